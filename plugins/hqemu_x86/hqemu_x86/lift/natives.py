"""Helper functions that are one instruction of an x86-64 host: exact by construction, which NaN and which flags too.

``HELPERS`` collects them; their bodies say what they mean, for other hosts and the interpreter.
"""

from __future__ import annotations

from collections.abc import Callable

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder
from hqemu_core.isa.spec import Helper

HELPERS: list[Helper] = []
Body = Callable[..., int]


def instruction(
    name: str, params: tuple[int, ...], result: int, body: Body, text: str, constraints: str, feature: str = "avx",
    fp: bool = False,
) -> Body:  # fmt: skip
    """A helper function, and what calls it. ``text`` has the result as $0, the arguments as $1 and so on."""
    HELPERS.append(Helper(name, params, result, body, "fp" if fp else "pure", (text, constraints, feature)))

    def compute(b: IRBuilder, *values: int) -> int:
        return b.call(name, result, *values)

    return compute


def packed(name: str, lane: int, body: Body, fp: bool = False, text: str = "") -> Body:
    """An operation of two vectors of 128 or 256 bits; of 64 bits by its body."""
    made = {}
    for bits in (128, 256):
        t = ty.vec(lane, bits // ty.lane_bits(lane))
        feature = "avx" if bits == 128 or fp else "avx2"
        asm = f"v{text or name + ' '}$2, $1, $0"
        made[bits] = instruction(f"{name}_{bits}", (t, t), t, body, asm, "=x,x,x", feature, fp)

    def compute(b: IRBuilder, x: int, y: int) -> int:
        function = made.get(ty.bits(b.type_of(x)), body)
        return function(b, x, y)

    return compute


def unary(name: str, lane: int, body: Body, text: str = "") -> Body:
    """A floating-point operation of one vector of 128 or 256 bits."""
    made = {}
    for bits in (128, 256):
        t = ty.vec(lane, bits // ty.lane_bits(lane))
        asm = f"v{text or name + ' '}$1, $0"
        made[bits] = instruction(f"{name}_{bits}", (t,), t, body, asm, "=x,x", "avx", True)

    def compute(b: IRBuilder, x: int) -> int:
        return made[ty.bits(b.type_of(x))](b, x)

    return compute


def scalar(name: str, lane: int, body: Body, text: str = "") -> Body:
    """An operation on the lowest lanes; the other lanes are the first operand's. ``body`` is of scalars."""
    t = ty.vec(lane, 128 // ty.lane_bits(lane))

    def whole(b: IRBuilder, x: int, y: int) -> int:
        return b.insert(x, 0, body(b, b.extract(x, 0), b.extract(y, 0)))

    return instruction(name, (t, t), t, whole, f"v{text or name + ' '}$2, $1, $0", "=x,x,x", "avx", True)
