"""AES, SHA-1 and SHA-256 instructions on whole 128-bit registers: lift functions.

SHA rounds work on scalars: each depends on the one before.
"""

from __future__ import annotations

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand


def lift_aes_round(b: IRBuilder, shape: tuple[int, ...], vd: Operand, vn: Operand) -> None:
    """AESE, AESD. shape: decrypt."""
    (decrypt,) = shape
    b.set(vd, b.aes(decrypt, b.xor(b.get(vd, ty.I8X16), b.get(vn, ty.I8X16))))


def lift_aes_mix(b: IRBuilder, shape: tuple[int, ...], vd: Operand, vn: Operand) -> None:
    """AESMC, AESIMC. shape: inverse."""
    (inverse,) = shape
    b.set(vd, b.aes(2 + inverse, b.get(vn, ty.I8X16)))


def _words(b: IRBuilder, v: Operand) -> list[int]:
    whole = b.get(v, ty.I32X4)
    return [b.extract(whole, n) for n in range(4)]


def _set_words(b: IRBuilder, vd: Operand, words: list[int]) -> None:
    value = b.const(0, ty.I32X4)
    for n, word in enumerate(words):
        value = b.insert(value, n, word)
    b.set(vd, value)


def _rotate(b: IRBuilder, x: int, right: int) -> int:
    return b.rotr(x, b.const(right, b.type_of(x)))


def _choose(b: IRBuilder, x: int, y: int, z: int) -> int:
    return b.xor(b.and_(b.xor(y, z), x), z)


def _parity(b: IRBuilder, x: int, y: int, z: int) -> int:
    return b.xor(b.xor(x, y), z)


def _majority(b: IRBuilder, x: int, y: int, z: int) -> int:
    return b.or_(b.and_(x, y), b.and_(b.or_(x, y), z))


_FUNCTIONS = (_choose, _parity, _majority)


def lift_sha1_rounds(b: IRBuilder, shape: tuple[int, ...], vd: Operand, vn: Operand, vm: Operand) -> None:
    """SHA1C, SHA1P, SHA1M: four rounds. ``vd`` holds a b c d, ``vn`` e. shape: function."""
    (kind,) = shape
    x = _words(b, vd)
    e = b.get(vn, ty.I32)
    for word in _words(b, vm):
        mixed = b.add(_rotate(b, x[0], 27), _FUNCTIONS[kind](b, x[1], x[2], x[3]))
        first = b.add(b.add(e, mixed), word)
        e = x[3]
        x = [first, x[0], _rotate(b, x[1], 2), x[2]]
    _set_words(b, vd, x)


def lift_sha1h(b: IRBuilder, shape: tuple[int, ...], vd: Operand, vn: Operand) -> None:
    b.set(vd, b.insert(b.const(0, ty.I32X4), 0, _rotate(b, b.get(vn, ty.I32), 2)))


def lift_sha1su0(b: IRBuilder, shape: tuple[int, ...], vd: Operand, vn: Operand, vm: Operand) -> None:
    d = b.get(vd, ty.I64X2)
    shifted = b.shuffle(d, b.get(vn, ty.I64X2), (1, 2))
    b.set(vd, b.xor(b.xor(d, shifted), b.get(vm, ty.I64X2)))


def lift_sha1su1(b: IRBuilder, shape: tuple[int, ...], vd: Operand, vn: Operand) -> None:
    """Lane 3 also needs the new lane 0."""
    n = b.get(vn, ty.I32X4)
    t = b.xor(b.get(vd, ty.I32X4), b.shuffle(n, b.const(0, ty.I32X4), (1, 2, 3, 4)))
    by = b.const(31, ty.I32)
    turned = b.rotr(t, b.splat(by, 4))
    last = b.xor(b.extract(turned, 3), b.rotr(b.extract(t, 0), b.const(30, ty.I32)))
    b.set(vd, b.insert(turned, 3, last))


def lift_sha256_rounds(b: IRBuilder, shape: tuple[int, ...], vd: Operand, vn: Operand, vm: Operand) -> None:
    """SHA256H (``vd`` holds a b c d, ``vn`` e f g h; writes the new a b c d), SHA256H2 (``vd`` and ``vn``
    exchanged; writes the new e f g h). shape: second part."""
    (second,) = shape
    x, y = (_words(b, vn), _words(b, vd)) if second else (_words(b, vd), _words(b, vn))
    for word in _words(b, vm):
        sigma1 = b.xor(b.xor(_rotate(b, y[0], 6), _rotate(b, y[0], 11)), _rotate(b, y[0], 25))
        sigma0 = b.xor(b.xor(_rotate(b, x[0], 2), _rotate(b, x[0], 13)), _rotate(b, x[0], 22))
        mixed = b.add(b.add(b.add(y[3], sigma1), _choose(b, y[0], y[1], y[2])), word)
        below = b.add(mixed, x[3])
        above = b.add(b.add(mixed, sigma0), _majority(b, x[0], x[1], x[2]))
        x, y = [above, *x[:3]], [below, *y[:3]]
    _set_words(b, vd, y if second else x)


def _schedule(b: IRBuilder, x: int, first: int, second: int, shift: int) -> int:
    """Two rotations and a shift of each lane, combined."""
    turned = b.xor(b.rotr(x, b.splat(b.const(first, ty.I32), 4)), b.rotr(x, b.splat(b.const(second, ty.I32), 4)))
    return b.xor(turned, b.lshr(x, b.splat(b.const(shift, ty.I32), 4)))


def lift_sha256su0(b: IRBuilder, shape: tuple[int, ...], vd: Operand, vn: Operand) -> None:
    d = b.get(vd, ty.I32X4)
    following = b.shuffle(d, b.get(vn, ty.I32X4), (1, 2, 3, 4))
    b.set(vd, b.add(d, _schedule(b, following, 7, 18, 3)))


def lift_sha256su1(b: IRBuilder, shape: tuple[int, ...], vd: Operand, vn: Operand, vm: Operand) -> None:
    """The upper two lanes depend on the new lower two."""
    m = b.get(vm, ty.I32X4)
    base = b.add(b.get(vd, ty.I32X4), b.shuffle(b.get(vn, ty.I32X4), m, (1, 2, 3, 4)))
    zero = b.const(0, ty.I32X4)
    low = b.add(base, _schedule(b, b.shuffle(m, zero, (2, 3, 4, 4)), 17, 19, 10))
    b.set(vd, b.add(low, _schedule(b, b.shuffle(low, zero, (4, 4, 0, 1)), 17, 19, 10)))
