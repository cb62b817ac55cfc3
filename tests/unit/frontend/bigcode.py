"""AArch64 programs with much code, and what they must compute."""

from __future__ import annotations

import random

import pytest

MASK = (1 << 64) - 1
BASE = 0x10078
"""where make_elf puts the first instruction"""
RET = 0xD65F03C0

SINGLE = """
    ldr x20, =SEED
    mov x21, #ROUNDS
round:
    bl CALLER
    sub x21, x21, #1
    cbnz x21, round
    str x20, [sp, #-16]!
    mov x0, #1
    mov x1, sp
    mov x2, #8
    mov x8, #64
    svc #0
    mov x0, #0
    mov x8, #94
    svc #0
"""

TWO = """
    ldr x26, [sp]
    ldr x20, =SEED
    bl CALLER
    cmp x26, #1
    b.eq print
    bl SECOND
    bl CALLER
print:
    str x20, [sp, #-16]!
    mov x0, #1
    mov x1, sp
    mov x2, #8
    mov x8, #64
    svc #0
    mov x0, #0
    mov x8, #94
    svc #0
"""
"""Calls the first program only unless it gets an argument."""

THREADED = """
    sub x19, sp, #8192
    mov x0, x19
    mov x1, #0
    mov x8, #59
    svc #0
    ldp w0, w1, [x19]
    stp w0, w1, [x19, #248]
    str xzr, [x19]
    mov x22, #1
start:
    lsl x1, x22, #15
    sub x1, x19, x1
    mov x0, #0xf00
    movk x0, #5, lsl #16
    mov x2, #0
    mov x3, #0
    mov x4, #0
    mov x8, #220
    svc #0
    cbz x0, child
    add x22, x22, #1
    cmp x22, #THREADS
    b.le start
    mov x22, #0
    mov x20, #SEED
    mov x21, #ROUNDS
main:
    bl CALLER
    add x1, x19, #2056
    strb w21, [x1]
    ldr w0, [x19, #252]
    mov x2, #1
    mov x8, #64
    svc #0
    sub x21, x21, #1
    cbnz x21, main
    bl done
    mov x23, #0
wait:
    add x24, x19, x23, lsl #4
    mov x8, #124
    svc #0
    ldar x0, [x24]
    cbz x0, wait
    mov x0, #1
    add x1, x24, #8
    mov x2, #8
    mov x8, #64
    svc #0
    add x23, x23, #1
    cmp x23, #THREADS
    b.le wait
    mov x0, #0
    mov x8, #94
    svc #0
child:
    mov x21, #ROUNDS
    cmp x22, #THREADS
    b.eq reader
    add x20, x22, #SEED
work:
    bl CALLER
    sub x21, x21, #1
    cbnz x21, work
    b end
reader:
    mov x20, #0
read:
    ldr w0, [x19, #248]
    add x1, x19, #2060
    mov x2, #1
    mov x8, #63
    svc #0
    ldrb w0, [x19, #2060]
    add x20, x20, x0
    sub x21, x21, #1
    cbnz x21, read
end:
    bl done
    mov x0, #0
    mov x8, #93
    svc #0
done:
    add x0, x19, x22, lsl #4
    str x20, [x0, #8]
    mov x1, #1
    stlr x1, [x0]
    ret
"""
"""Thread 0 to THREADS - 1 compute; the last one reads a pipe, into which the first puts a byte each round, and waits
in the kernel most of the time. x19 points to (flag, result) of each thread."""


class Function:
    """Random arithmetic on x20: its words, and the same in Python."""

    def __init__(self, rng: random.Random, size: int) -> None:
        self.words: list[int] = []
        self.steps: list[tuple[int, int]] = []
        for _ in range(size):
            kind, value = rng.randrange(4), rng.randrange(1, 60)
            self.steps.append((kind, value))
            if kind == 0:
                self.words.append(0x91000294 | value << 10)  # add x20, x20, value
            elif kind == 1:
                self.words.append(0xCA140294 | value << 10)  # eor x20, x20, x20, lsl value
            elif kind == 2:
                self.words.append(0x8B140294 | value << 10)  # add x20, x20, x20, lsl value
            else:
                self.words += [0xF100029F | value << 10, 0x9A940694]  # cmp x20, value; csinc x20, x20, x20, eq
        self.words.append(RET)

    def run(self, x: int) -> int:
        for kind, value in self.steps:
            if kind == 0:
                x = x + value & MASK
            elif kind == 1:
                x ^= x << value & MASK
            elif kind == 2:
                x = x + (x << value) & MASK
            elif x != value:
                x = x + 1 & MASK
        return x


class Program:
    """``functions`` functions of ``size`` steps, all of which ``CALLER`` calls in turn; x25 is its own."""

    def __init__(self, functions: int, size: int, seed: int = 1) -> None:
        rng = random.Random(seed)
        self.functions = [Function(rng, size) for _ in range(functions)]

    def code(self, source: str, also: Program | None = None, **numbers: int) -> bytes:
        """``also``: what ``SECOND`` calls."""
        keystone = pytest.importorskip("keystone")
        assembler = keystone.Ks(keystone.KS_ARCH_ARM64, keystone.KS_MODE_LITTLE_ENDIAN)
        for name, value in numbers.items():
            source = source.replace(name, str(value))

        def assemble(caller: int, second: int) -> bytes:
            text = source.replace("CALLER", hex(caller)).replace("SECOND", hex(second))
            return bytes(assembler.asm(text, BASE)[0])

        caller = BASE + len(assemble(BASE, BASE))
        first = self.image(caller)
        second = caller + len(first)
        return assemble(caller, second) + first + (also.image(second) if also is not None else b"")

    def image(self, caller: int) -> bytes:
        """What calls all functions, at its address, and the functions."""
        place = caller + 4 * (len(self.functions) + 2)
        words = [0xAA1E03F9]  # mov x25, x30
        for function in self.functions:
            words.append(0x94000000 | (place - caller - 4 * len(words) >> 2) & 0x3FFFFFF)
            place += 4 * len(function.words)
        words.append(0xD65F0320)  # ret x25
        for function in self.functions:
            words += function.words
        return b"".join(word.to_bytes(4, "little") for word in words)

    def expected(self, x: int, rounds: int) -> int:
        for _ in range(rounds):
            for function in self.functions:
                x = function.run(x)
        return x


def single(program: Program, rounds: int, seed: int) -> tuple[bytes, bytes]:
    """One thread: the code, and what it prints."""
    return program.code(SINGLE, SEED=seed, ROUNDS=rounds), program.expected(seed, rounds).to_bytes(8, "little")


def threaded(program: Program, rounds: int, threads: int) -> tuple[bytes, bytes]:
    """``rounds`` is below 256."""
    results = [program.expected(1000 + n, rounds) for n in range(threads)]
    results.append(sum(range(1, rounds + 1)))
    code = program.code(THREADED, SEED=1000, ROUNDS=rounds, THREADS=threads)
    return code, b"".join(result.to_bytes(8, "little") for result in results)
