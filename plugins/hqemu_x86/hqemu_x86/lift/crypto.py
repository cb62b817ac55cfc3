"""AES-NI, PCLMULQDQ, SHA."""

from __future__ import annotations

from functools import partial
from typing import Final

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder

from .common import Mem, Reg
from .natives import Body, instruction
from .vector import SSE, read, write

_T: Final = ty.I8X16


def _round(steps: tuple[int, ...], b: IRBuilder, x: int, key: int) -> int:
    """``steps``: kinds of ``IRBuilder.aes``, then the key."""
    for step in steps:
        x = b.aes(step, x)
    return b.xor(x, key)


def _aes(name: str, steps: tuple[int, ...]) -> Body:
    return instruction(name, (_T, _T), _T, partial(_round, steps), f"v{name} $2, $1, $0", "=x,x,x", "aes")


AES: Final = {
    "aesenc": _aes("aesenc", (0, 2)), "aesenclast": _aes("aesenclast", (0,)),
    "aesdec": _aes("aesdec", (1, 3)), "aesdeclast": _aes("aesdeclast", (1,)),
}  # fmt: skip


def op_aes(name: str, b: IRBuilder, x: int, key: int) -> int:
    return AES[name](b, x, key)


def op_aesimc(b: IRBuilder, x: int) -> int:
    return b.aes(3, x)


def op_keygen(b: IRBuilder, x: int, constant: int) -> int:
    """AESKEYGENASSIST: the odd dwords substituted, beside them rotated and with the constant."""
    # ShiftRows moves bytes between columns: with all columns the same it changes nothing
    words = b.bitcast(x, ty.I32X4)
    parts = []
    for n in (1, 3):
        column = b.bitcast(b.shuffle(words, words, [n] * 4), _T)
        parts.append(b.extract(b.bitcast(b.aes(0, column), ty.I32X4), 0))
    result = b.const(0, ty.I32X4)
    for n, word in enumerate(parts):
        turned = b.xor(b.rotr(word, b.const(8, ty.I32)), b.const(constant, ty.I32))
        result = b.insert(b.insert(result, 2 * n, word), 2 * n + 1, turned)
    return b.bitcast(result, _T)


def op_clmul(b: IRBuilder, x: int, y: int, imm: int) -> int:
    return b.bitcast(b.clmul(b.extract(x, imm & 1), b.extract(y, imm >> 4 & 1)), ty.I64X2)


def _rol(b: IRBuilder, x: int, n: int) -> int:
    return b.rotr(x, b.const(32 - n, ty.I32))


def _words(b: IRBuilder, x: int) -> list[int]:
    """Highest first, as the manual numbers them."""
    return [b.extract(x, n) for n in (3, 2, 1, 0)]


def _join(b: IRBuilder, words: list[int]) -> int:
    result = b.const(0, ty.I32X4)
    for n, word in enumerate(reversed(words)):
        result = b.insert(result, n, word)
    return result


def _sha1nexte(b: IRBuilder, x: int, y: int) -> int:
    return b.insert(y, 3, b.add(b.extract(y, 3), _rol(b, b.extract(x, 3), 30)))


def _sha1msg1(b: IRBuilder, x: int, y: int) -> int:
    w = _words(b, x) + _words(b, y)[:2]
    return _join(b, [b.xor(w[n + 2], w[n]) for n in range(4)])


def _sha1msg2(b: IRBuilder, x: int, y: int) -> int:
    a, c = _words(b, x), _words(b, y)
    w16 = _rol(b, b.xor(a[0], c[1]), 1)
    w17 = _rol(b, b.xor(a[1], c[2]), 1)
    w18 = _rol(b, b.xor(a[2], c[3]), 1)
    return _join(b, [w16, w17, w18, _rol(b, b.xor(a[3], w16), 1)])


_SHA1_K: Final = (0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xCA62C1D6)


def _sha1rnds4(kind: int, b: IRBuilder, x: int, y: int) -> int:
    a, c2, d, e = _words(b, x)
    w = _words(b, y)
    bb, c, dd, ee = c2, d, e, b.const(0, ty.I32)
    for n in range(4):
        if kind == 0:
            f = b.xor(b.and_(bb, c), b.and_(b.not_(bb), dd))
        elif kind == 2:
            f = b.or_(b.or_(b.and_(bb, c), b.and_(bb, dd)), b.and_(c, dd))
        else:
            f = b.xor(b.xor(bb, c), dd)
        total = b.add(b.add(f, _rol(b, a, 5)), b.add(b.add(w[n], ee), b.const(_SHA1_K[kind], ty.I32)))
        a, bb, c, dd, ee = total, a, _rol(b, bb, 30), c, dd
    return _join(b, [a, bb, c, dd])


def _sigma(b: IRBuilder, x: int, first: int, second: int, third: int, shift: bool) -> int:
    last = b.lshr(x, b.const(third, ty.I32)) if shift else b.rotr(x, b.const(third, ty.I32))
    return b.xor(b.xor(b.rotr(x, b.const(first, ty.I32)), b.rotr(x, b.const(second, ty.I32))), last)


def _sha256msg1(b: IRBuilder, x: int, y: int) -> int:
    w = [b.extract(x, n) for n in range(4)] + [b.extract(y, 0)]
    return _join(b, [b.add(w[n], _sigma(b, w[n + 1], 7, 18, 3, True)) for n in (3, 2, 1, 0)])


def _sha256msg2(b: IRBuilder, x: int, y: int) -> int:
    a = [b.extract(x, n) for n in range(4)]
    w16 = b.add(a[0], _sigma(b, b.extract(y, 2), 17, 19, 10, True))
    w17 = b.add(a[1], _sigma(b, b.extract(y, 3), 17, 19, 10, True))
    w18 = b.add(a[2], _sigma(b, w16, 17, 19, 10, True))
    w19 = b.add(a[3], _sigma(b, w17, 17, 19, 10, True))
    return _join(b, [w19, w18, w17, w16])


def _sha256rnds2(b: IRBuilder, x: int, y: int, key: int) -> int:
    c, d, g, h = _words(b, x)
    a, bb, e, f = _words(b, y)
    for n in range(2):
        wk = b.extract(key, n)
        ch = b.xor(b.and_(e, f), b.and_(b.not_(e), g))
        maj = b.xor(b.xor(b.and_(a, bb), b.and_(a, c)), b.and_(bb, c))
        t1 = b.add(b.add(b.add(ch, _sigma(b, e, 6, 11, 25, False)), b.add(wk, h)), b.const(0, ty.I32))
        t2 = b.add(maj, _sigma(b, a, 2, 13, 22, False))
        a, bb, c, d, e, f, g, h = b.add(t1, t2), a, bb, c, b.add(t1, d), e, f, g
    return _join(b, [a, bb, e, f])


_W: Final = ty.I32X4
SHA: Final = {
    name: instruction(name, (_W, _W), _W, body, f"{name} $2, $0", "=x,0,x", "sha")
    for name, body in (("sha1nexte", _sha1nexte), ("sha1msg1", _sha1msg1), ("sha1msg2", _sha1msg2),
                       ("sha256msg1", _sha256msg1), ("sha256msg2", _sha256msg2))
}  # fmt: skip
ROUNDS: Final = [
    instruction(f"sha1rnds4_{n}", (_W, _W), _W, partial(_sha1rnds4, n), f"sha1rnds4 $${n}, $2, $0", "=x,0,x", "sha")
    for n in range(4)
]
ROUNDS256: Final = instruction(
    "sha256rnds2", (_W, _W, _W), _W, _sha256rnds2, "sha256rnds2 $2, $0", "=x,0,x,{xmm0}", "sha"
)


def lift_sha(name: str, b: IRBuilder, to: Reg, source: Reg | Mem) -> None:
    write(b, SSE, to, SHA[name](b, b.get(to.offset, _W), read(b, SSE, source, _W)))


def lift_sha1rnds4(b: IRBuilder, to: Reg, source: Reg | Mem, imm: int) -> None:
    write(b, SSE, to, ROUNDS[imm & 3](b, b.get(to.offset, _W), read(b, SSE, source, _W)))


def lift_sha256rnds2(b: IRBuilder, to: Reg, source: Reg | Mem, key: Reg) -> None:
    value = ROUNDS256(b, b.get(to.offset, _W), read(b, SSE, source, _W), b.get(key.offset, _W))
    write(b, SSE, to, value)
