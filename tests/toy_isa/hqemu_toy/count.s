# Prints the digits 5 to 1, a line each, by a subroutine; exits with 5 + 4 + 3 + 2 + 1 = 15.
# r14 is the stack pointer that the loader sets.
    li r10, 5           # digit
    li r11, 0           # sum
    li r12, 1
    li r13, 10
    stb r13, r14, -1    # newline
loop:
    li r9, 48
    add r9, r9, r10
    stb r9, r14, -2
    jal show
    add r11, r11, r10
    sub r10, r10, r12
    bnz r10, loop
    add r1, r11, r0
    li r8, 2
    sys                 # exit_group(sum)
show:
    li r1, 1
    li r2, -2
    add r2, r2, r14
    li r3, 2
    li r8, 1
    sys                 # write(1, sp - 2, 2)
    jr r15
