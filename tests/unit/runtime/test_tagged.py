"""Memory operands of host instructions, against capstone: what LLVM makes of guest accesses."""

from __future__ import annotations

import random

import capstone
import keystone
import pytest
from capstone import x86

from hqemu_core.runtime.tagged import memory_operand

NUMBERS = {
    name: n
    for size in (
        "rax rcx rdx rbx rsp rbp rsi rdi r8 r9 r10 r11 r12 r13 r14 r15",
        "eax ecx edx ebx esp ebp esi edi r8d r9d r10d r11d r12d r13d r14d r15d",
    )
    for n, name in enumerate(size.split())
}
REGISTERS = list(NUMBERS)[:16]
FORMS = [
    "mov {r}, {m}", "mov {r:d}, dword ptr {m}", "mov {m}, {r}", "movzx {r:d}, byte ptr {m}", "movsx {r}, word ptr {m}",
    "movsxd {r}, dword ptr {m}", "add {r}, {m}", "and {m}, {r}", "imul {r}, {m}", "imul {r}, {m}, 1000", "cmp {m}, {r}",
    "cmp byte ptr {m}, 3", "mov qword ptr {m}, 77", "inc qword ptr {m}", "lock xadd {m}, {r}", "xchg {m}, {r}",
    "lock cmpxchg {m}, {r}", "lock cmpxchg16b {m}", "cmovne {r}, {m}", "bsf {r}, {m}", "popcnt {r}, {m}",
    "movaps xmm9, {m}", "movups {m}, xmm1", "paddd xmm3, {m}", "pshufb xmm3, {m}", "pinsrb xmm3, byte ptr {m}, 5",
    "pextrd dword ptr {m}, xmm3, 1", "movsd xmm1, {m}", "cvttsd2si {r}, qword ptr {m}", "vmovups xmm9, {m}",
    "vaddpd ymm9, ymm1, {m}", "vpshufb xmm3, xmm12, {m}", "vpblendd xmm3, xmm12, {m}, 3", "andn {r}, {s}, {m}",
    "shlx {r}, {m}, {s}", "shrx {r:d}, dword ptr {m}, {s:d}", "rorx {r}, {m}, 7", "movbe {r}, {m}", "movbe {m}, {r}",
    "crc32 {r}, qword ptr {m}", "xor {r}, {m}", "sub {m}, {r}", "prefetcht0 {m}", "movnti {m}, {r}",
]  # fmt: skip
REPLACES = {"mov", "movzx", "movsx", "movsxd", "add", "imul", "xadd", "xchg", "cmovne", "bsf", "popcnt", "cvttsd2si",
            "andn", "shlx", "shrx", "rorx", "movbe", "crc32", "xor"}  # fmt: skip
"""instructions that write a register when their first operand is one, and those that always do"""


class _Register(str):
    def __format__(self, spec: str) -> str:
        names = list(NUMBERS)
        return names[names.index(self) + 16] if spec == "d" else str(self)


@pytest.fixture(scope="module")
def disassembler() -> capstone.Cs:
    cs = capstone.Cs(capstone.CS_ARCH_X86, capstone.CS_MODE_64)
    cs.detail = True
    return cs


@pytest.mark.parametrize("form", FORMS)
def test_operands_are_those_that_capstone_sees(form: str, disassembler: capstone.Cs) -> None:
    assembler = keystone.Ks(keystone.KS_ARCH_X86, keystone.KS_MODE_64)
    rng = random.Random(form)
    for _ in range(40):
        r, s, base, index = (_Register(rng.choice(REGISTERS)) for _ in range(4))
        disp = rng.choice([0, 8, -8, 127, 128, -4096, 0x12345678])
        parts = [str(base)] if index == "rsp" or rng.random() < 0.9 else []
        if index != "rsp" and (not parts or rng.random() < 0.5):
            parts.append(f"{index}*{rng.choice([1, 2, 4, 8])}")
        memory = "gs:[" + "+".join(parts) + (f"{disp:+}" if disp else "") + "]"
        code = bytes(assembler.asm(form.format(m=memory, r=r, s=s))[0])
        insn = next(disassembler.disasm(code + bytes(16), 0))
        assert insn.size == len(code)
        wanted = next(o.mem for o in insn.operands if o.type == x86.X86_OP_MEM)
        found = memory_operand(code + bytes(16))
        assert found is not None
        names = [insn.reg_name(n) if n else None for n in (wanted.base, wanted.index)]
        assert (found.base, found.other) == tuple(NUMBERS.get(str(n)) for n in names), (memory, code.hex())
        assert (found.scale if found.other is not None else 1, found.disp) == (wanted.scale, wanted.disp)
        first = insn.operands[0]
        is_register = first.type == x86.X86_OP_REG and insn.reg_name(first.reg) in NUMBERS
        name = insn.mnemonic.split()[-1]
        writes = name in REPLACES and (is_register or name in ("xadd", "xchg"))
        assert found.replaced == (NUMBERS[str(r)] if writes else None), str(insn)


OTHERS = ["mov rax, [rbx]", "mov rax, fs:[rbx]", "nop", "mov eax, ebx", "por xmm1, xmm2", "vpor ymm1, ymm2, ymm3"]


@pytest.mark.parametrize("text", OTHERS)
def test_others_have_none(text: str) -> None:
    code = bytes(keystone.Ks(keystone.KS_ARCH_X86, keystone.KS_MODE_64).asm(text)[0])
    assert memory_operand(code + bytes(16)) is None
