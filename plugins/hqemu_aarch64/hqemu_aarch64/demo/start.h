/* Start and output of a program without libc: two system calls. */
#ifndef START_H
#define START_H
typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long u64;

static long call3(long number, long a, long b, long c)
{
    register long x8 asm("x8") = number, x0 asm("x0") = a, x1 asm("x1") = b, x2 asm("x2") = c;
    asm volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
    return x0;
}

__attribute__((unused)) static void print(const char *text)
{
    long size = 0;
    while (text[size])
        size++;
    call3(64 /* write */, 1, (long)text, size);
}

__attribute__((unused)) static void print_number(long n)
{
    char digits[24], *p = digits + sizeof digits;
    u64 rest = n < 0 ? -(u64)n : (u64)n;
    *--p = 0;
    do
        *--p = '0' + rest % 10;
    while (rest /= 10);
    if (n < 0)
        *--p = '-';
    print(p);
}

void run(void);

__attribute__((noreturn)) void start_c(void)
{
    run();
    call3(94 /* exit_group */, 0, 0, 0);
    __builtin_unreachable();
}

asm(".globl _start\n_start: mov x29, 0\n mov x30, 0\n bl start_c\n");
#endif
