"""Moves of vectors and of their parts, shuffles of floating-point lanes."""

from __future__ import annotations

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, shift_operand
from hqemu_core.ir.opcodes import MemOp

from ..state import BASES, RDI
from .common import Mem, Reg, word
from .sse_int import mask_of
from .vector import MMX, SSE, by_halves, enter, read, vector, write


def lift_move(encoding: int, b: IRBuilder, to: Reg | Mem, source: Reg | Mem) -> None:
    """MOVQ, MOVNTQ of MMX registers."""
    enter(b, encoding)
    write(b, encoding, to, read(b, encoding, source, vector(ty.I64, to.bits)))


def lift_move_any(encoding: int, b: IRBuilder, to: Reg | Mem, source: Reg | Mem) -> None:
    """MOVUPS, MOVDQU, LDDQU; VMOVAPS demands alignment too, :func:`lift_move_aligned`."""
    t = vector(ty.I64, to.bits)
    value = b.load(source.address, t) if isinstance(source, Mem) else b.get(source.offset, t)
    if isinstance(to, Mem):
        b.store(to.address, value)
    else:
        write(b, encoding, to, value)


def lift_move_aligned(encoding: int, b: IRBuilder, to: Reg | Mem, source: Reg | Mem) -> None:
    """MOVAPS, MOVDQA, the non-temporal stores: memory is aligned to the operand's size."""
    t = vector(ty.I64, to.bits)
    size = to.bits // 8
    memory = MemOp(size, align=size)
    value = b.load(source.address, t, memory) if isinstance(source, Mem) else b.get(source.offset, t)
    if isinstance(to, Mem):
        b.store(to.address, value, memory)
    else:
        write(b, encoding, to, value)


def lift_to_vector(encoding: int, b: IRBuilder, to: Reg, source: Reg | Mem) -> None:
    """MOVD, MOVQ from a general register or memory: the rest of the register becomes zero."""
    enter(b, encoding)
    value = source.read(b)
    if encoding == MMX:
        write(b, encoding, to, b.zext(value, ty.I64))
        return
    t = vector(source.bits, 128)
    write(b, encoding, Reg(to.offset, 128), b.insert(b.const(0, t), 0, value))


def lift_from_vector(encoding: int, b: IRBuilder, to: Reg | Mem, source: Reg) -> None:
    """MOVD, MOVQ to a general register or memory."""
    enter(b, encoding)
    to.write(b, b.get(source.offset, to.bits))


def lift_load_low(encoding: int, b: IRBuilder, to: Reg, source: Reg | Mem) -> None:
    """MOVQ: the upper half becomes zero."""
    value = b.load(source.address, ty.I64) if isinstance(source, Mem) else b.get(source.offset, ty.I64)
    write(b, encoding, Reg(to.offset, 128), b.insert(b.const(0, ty.I64X2), 0, value))


def lift_movq2dq(b: IRBuilder, to: Reg, source: Reg) -> None:
    enter(b, MMX)
    b.set(to.offset, b.insert(b.const(0, ty.I64X2), 0, b.get(source.offset, ty.I64)))


def lift_movdq2q(b: IRBuilder, to: Reg, source: Reg) -> None:
    enter(b, MMX)
    write(b, MMX, to, b.get(source.offset, ty.I64))


def lift_movq_store(b: IRBuilder, to: Reg | Mem, source: Reg) -> None:
    """66 0F D6: a register's upper half becomes zero."""
    value = b.get(source.offset, ty.I64)
    if isinstance(to, Mem):
        to.write(b, value)
    else:
        b.set(to.offset, b.insert(b.const(0, ty.I64X2), 0, value))


def lift_movq_store_vex(b: IRBuilder, to: Reg | Mem, source: Reg) -> None:
    lift_movq_store(b, to, source)
    if isinstance(to, Reg):
        b.set(shift_operand(to.offset, 16), b.const(0, ty.I128))


def lift_load_scalar(encoding: int, b: IRBuilder, to: Reg, source: Mem) -> None:
    """MOVSS, MOVSD from memory: the rest becomes zero."""
    t = vector(source.bits, 128)
    write(b, encoding, Reg(to.offset, 128), b.insert(b.const(0, t), 0, source.read(b)))


def lift_store_scalar(b: IRBuilder, to: Mem, source: Reg) -> None:
    to.write(b, b.get(source.offset, to.bits))


def lift_merge_scalar(encoding: int, bits: int, b: IRBuilder, to: Reg, *sources: Reg) -> None:
    """MOVSS, MOVSD between registers: the other lanes are the first operand's."""
    first, second = sources if len(sources) == 2 else (to, sources[0])
    if encoding == SSE:
        b.set(to.offset, b.get(second.offset, bits))
        return
    t = vector(bits, 128)
    write(b, encoding, Reg(to.offset, 128), b.insert(b.get(first.offset, t), 0, b.get(second.offset, bits)))


def lift_half(encoding: int, high: int, from_high: int, b: IRBuilder, to: Reg, *sources: Reg | Mem) -> None:
    """MOVLPS, MOVHPS from memory, MOVHLPS, MOVLHPS: half ``high`` of the result; the other is the first operand's."""
    first, second = sources if len(sources) == 2 else (to, sources[0])
    if isinstance(second, Mem):
        value = b.load(second.address, ty.I64)
    else:
        value = b.get(shift_operand(second.offset, 8 * from_high), ty.I64)
    if encoding == SSE:
        b.set(shift_operand(to.offset, 8 * high), value)
        return
    assert isinstance(first, Reg)
    write(b, encoding, Reg(to.offset, 128), b.insert(b.get(first.offset, ty.I64X2), high, value))


def lift_store_half(high: int, b: IRBuilder, to: Mem, source: Reg) -> None:
    b.store(to.address, b.get(shift_operand(source.offset, 8 * high), ty.I64))


def lift_duplicate(encoding: int, odd: int, b: IRBuilder, to: Reg, source: Reg | Mem) -> None:
    """MOVSLDUP (odd 0), MOVSHDUP (odd 1): every second lane twice."""
    t = vector(ty.I32, to.bits)
    value = read(b, encoding, source, t)
    write(b, encoding, to, b.shuffle(value, value, [n & ~1 | odd for n in range(ty.lanes(t))]))


def lift_movddup(encoding: int, b: IRBuilder, to: Reg, source: Reg | Mem) -> None:
    t = vector(ty.I64, to.bits)
    if to.bits == 256:
        value = read(b, encoding, source, t)
        write(b, encoding, to, b.shuffle(value, value, [0, 0, 2, 2]))
        return
    low = source.read(b, ty.I64)
    write(b, encoding, to, b.splat(low, 2))


def lift_movmsk(lane: int, encoding: int, b: IRBuilder, to: Reg, source: Reg) -> None:
    """MOVMSKPS, PMOVMSKB: sign bits to a general register."""
    enter(b, encoding)
    to.write(b, b.zext(mask_of(b, b.get(source.offset, vector(lane, source.bits))), to.bits))


def lift_shufps(encoding: int, b: IRBuilder, to: Reg, *rest: Reg | Mem | int) -> None:
    *sources, imm = rest
    first, second = sources if len(sources) == 2 else (to, sources[0])
    t = vector(ty.I32, to.bits)
    assert isinstance(imm, int)
    assert not isinstance(first, int)
    assert not isinstance(second, int)
    order = [(imm >> 2 * n & 3) + (4 if n > 1 else 0) for n in range(4)]
    x, y = read(b, encoding, first, t), read(b, encoding, second, t)
    write(b, encoding, to, b.shuffle(x, y, by_halves(b, t, order)))


def lift_shufpd(encoding: int, b: IRBuilder, to: Reg, *rest: Reg | Mem | int) -> None:
    *sources, imm = rest
    first, second = sources if len(sources) == 2 else (to, sources[0])
    t = vector(ty.I64, to.bits)
    assert isinstance(imm, int)
    assert not isinstance(first, int)
    assert not isinstance(second, int)
    count = ty.lanes(t)
    order = [(n & ~1) + (imm >> n & 1) + (count if n & 1 else 0) for n in range(count)]
    x, y = read(b, encoding, first, t), read(b, encoding, second, t)
    write(b, encoding, to, b.shuffle(x, y, order))


def lift_insert(encoding: int, lane: int, b: IRBuilder, to: Reg, *rest: Reg | Mem | int) -> None:
    """PINSRB, W, D, Q: the lane's number is in the shape."""
    enter(b, encoding)
    *sources, imm = rest
    first, second = sources if len(sources) == 2 else (to, sources[0])
    assert isinstance(imm, int)
    assert isinstance(first, Reg)
    assert not isinstance(second, int)
    t = vector(lane, 64 if encoding == MMX else 128)
    value = second.read(b, lane)
    result = b.insert(b.get(first.offset, t), imm % ty.lanes(t), value)
    write(b, encoding, Reg(to.offset, ty.bits(t)), result)


def lift_extract(encoding: int, lane: int, b: IRBuilder, to: Reg | Mem, source: Reg, imm: int) -> None:
    """PEXTRB, W, D, Q, EXTRACTPS: zero-extended in a register."""
    enter(b, encoding)
    t = vector(lane, 64 if encoding == MMX else 128)
    value = b.extract(b.get(source.offset, t), imm % ty.lanes(t))
    if isinstance(to, Mem):
        b.store(to.address, value)
    else:
        Reg(to.offset, max(32, lane)).write(b, b.zext(value, max(32, lane)))


def lift_insertps(encoding: int, b: IRBuilder, to: Reg, *rest: Reg | Mem | int) -> None:
    """INSERTPS: bits 7:6 the source's lane (0 of memory), 5:4 the result's, 3:0 lanes that become zero."""
    *sources, imm = rest
    first, second = sources if len(sources) == 2 else (to, sources[0])
    assert isinstance(imm, int)
    assert isinstance(first, Reg)
    assert not isinstance(second, int)
    if isinstance(second, Mem):
        value = b.load(second.address, ty.I32)
    else:
        value = b.extract(b.get(second.offset, ty.I32X4), imm >> 6)
    result = b.insert(b.get(first.offset, ty.I32X4), imm >> 4 & 3, value)
    for n in range(4):
        if imm >> n & 1:
            result = b.insert(result, n, b.const(0, ty.I32))
    write(b, encoding, Reg(to.offset, 128), result)


def lift_mask_store(encoding: int, b: IRBuilder, value: Reg, mask: Reg, size: int, segment: int) -> None:
    """MASKMOVQ, MASKMOVDQU: bytes whose mask's bit 7 is set, at [rDI]. Done as one guarded store for each."""
    enter(b, encoding)
    base = b.get(RDI, size)
    at = b.zext(base, word(b))
    if segment:
        at = b.add(at, b.get(BASES + 8 * segment, word(b)))
    at = b.zext(at, ty.I64)
    for n in range(value.bits // 8):
        b.guard(b.slt(b.get(shift_operand(mask.offset, n), ty.I8), b.const(0, ty.I8)))
        b.store(b.add(at, b.const(n, ty.I64)), b.get(shift_operand(value.offset, n), ty.I8))
        b.unguard()
