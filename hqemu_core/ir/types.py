"""IR types as small ints.

Layout of a type id: bits 0..11 the width of one lane in bits, bit 12 set for floating point,
bits 16.. the number of lanes (0 for a scalar). ``I1`` is a truth value; ``i1xN`` the result of a
vector comparison. ``VOID`` is the type of ops without a result.
"""

from __future__ import annotations

from typing import Final

FLOAT: Final = 0x1000
VOID: Final = 0
I1: Final = 1
I8: Final = 8
I16: Final = 16
I32: Final = 32
I64: Final = 64
I128: Final = 128
F16: Final = FLOAT | 16
F32: Final = FLOAT | 32
F64: Final = FLOAT | 64
F80: Final = FLOAT | 80

SCALARS: Final = (I1, I8, I16, I32, I64, I128, F16, F32, F64, F80)


def vec(lane: int, lanes: int) -> int:
    """The type of a vector of ``lanes`` lanes of scalar type ``lane``."""
    return lanes << 16 | lane


I8X16: Final = vec(I8, 16)
I16X8: Final = vec(I16, 8)
I32X4: Final = vec(I32, 4)
I64X2: Final = vec(I64, 2)
F16X8: Final = vec(F16, 8)
F32X4: Final = vec(F32, 4)
F64X2: Final = vec(F64, 2)
I8X8: Final = vec(I8, 8)
I16X4: Final = vec(I16, 4)
I32X2: Final = vec(I32, 2)
I64X1: Final = vec(I64, 1)
F16X4: Final = vec(F16, 4)
F32X2: Final = vec(F32, 2)


def lanes(t: int) -> int:
    """Number of lanes; 1 for a scalar."""
    return t >> 16 or 1


def lane(t: int) -> int:
    """Scalar type of one lane (the type itself when scalar)."""
    return t & 0xFFFF


def lane_bits(t: int) -> int:
    """Width of one lane in bits."""
    return t & 0xFFF


def bits(t: int) -> int:
    """Width of the whole value in bits."""
    return (t & 0xFFF) * (t >> 16 or 1)


def is_vector(t: int) -> bool:
    return t >> 16 != 0


def is_float(t: int) -> bool:
    return t & FLOAT != 0


def as_int(t: int) -> int:
    """The integer type of the same shape."""
    return t & ~FLOAT


def as_float(t: int) -> int:
    """The floating-point type of the same shape."""
    return t | FLOAT


def with_lane(t: int, lane_type: int) -> int:
    """The type with as many lanes as ``t``, each of type ``lane_type``."""
    return (t >> 16) << 16 | lane_type


def name(t: int) -> str:
    """Text form: ``i32``, ``f64``, ``i8x16``, ``void``."""
    if t == VOID:
        return "void"
    scalar = ("f" if t & FLOAT else "i") + str(t & 0xFFF)
    return f"{scalar}x{t >> 16}" if t >> 16 else scalar


def parse(text: str) -> int:
    """Inverse of :func:`name`. Raises ValueError."""
    if text == "void":
        return VOID
    scalar, _, count = text.partition("x")
    if scalar[:1] not in ("i", "f") or not scalar[1:].isdigit():
        raise ValueError(f"not an IR type: {text!r}")
    t = int(scalar[1:]) | (FLOAT if scalar[0] == "f" else 0)
    if t not in SCALARS or (count and not count.isdigit()):
        raise ValueError(f"not an IR type: {text!r}")
    return vec(t, int(count)) if count else t
