"""What the float ops mean for one lane, by opcode: patterns in, pattern out, flags into the environment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from . import opcodes as op
from .softfloat import Format, FpEnv
from .softfloat_ops import EQUAL, LESS, UNORDERED, compare, fadd, fdiv, fmul, fsub

FLOAT_BINARY: Final[dict[int, Callable[[Format, FpEnv, int, int], int]]] = {
    op.FADD: fadd,
    op.FSUB: fsub,
    op.FMUL: fmul,
    op.FDIV: fdiv,
}

FLOAT_COMPARE: Final[dict[int, Callable[[Format, FpEnv, int, int], int]]] = {
    op.FEQ: lambda f, env, x, y: int(compare(f, env, x, y) == EQUAL),
    op.FLT: lambda f, env, x, y: int(compare(f, env, x, y) == LESS),
    op.FLE: lambda f, env, x, y: int(compare(f, env, x, y) in (LESS, EQUAL)),
    op.FUNO: lambda f, env, x, y: int(compare(f, env, x, y) == UNORDERED),
    op.FUEQ: lambda f, env, x, y: int(compare(f, env, x, y) in (UNORDERED, EQUAL)),
    op.FLTS: lambda f, env, x, y: int(compare(f, env, x, y, True) == LESS),
    op.FLES: lambda f, env, x, y: int(compare(f, env, x, y, True) in (LESS, EQUAL)),
}
