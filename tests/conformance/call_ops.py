"""Snippets that call helper functions: argument and result types of every kind, effects, helpers that call helpers."""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder
from hqemu_core.isa.spec import Helper
from hqemu_core.testing.oplists import Snippet

from .memory_ops import draw_at
from .values import draw

SCRATCH = 8192 - 8 * 16
"""State that helpers read and write: past the runtime's slots, before the ISA's state."""

MANY = (ty.I8, ty.I64, ty.I32, ty.F64, ty.I16, ty.I64, ty.I8X16, ty.I64, ty.F32, ty.I32, ty.I1, ty.I128, ty.I64)


def _sum(b: IRBuilder, *v: int) -> int:
    """Everything mixed so that no argument may be lost or swapped."""
    total = b.const(0, ty.I128)
    for x in v:
        t = b.type_of(x)
        plain = x if not ty.is_float(t) and not ty.is_vector(t) else b.bitcast(x, ty.bits(t))
        total = b.add(b.mul(total, b.const(0x1_0000_0001_B3, ty.I128)), b.zext(plain, ty.I128))
    return total


def _identity(b: IRBuilder, x: int) -> int:
    return x


def _count(b: IRBuilder, x: int) -> int:
    total = b.add(b.get(SCRATCH, ty.I64), x)
    b.set(SCRATCH, total)
    return total


def _clear(b: IRBuilder) -> None:
    b.set(SCRATCH, b.const(0, ty.I64))


def _divide(b: IRBuilder, x: int, y: int) -> int:
    return b.fbin(op.FDIV, x, y)


def _swap(b: IRBuilder, address: int, value: int) -> int:
    old = b.load(address, ty.I64)
    b.store(address, value)
    return old


def _outer(b: IRBuilder, x: int, y: int) -> int:
    """Uses the stack, calls twice, keeps values across."""
    first = b.call("identity_i64", ty.I64, b.add(x, y))
    second = b.call("sum", ty.I128, *_as_many(b, first, y))
    return b.xor(b.trunc(second, ty.I64), b.mul(first, y))


def _as_many(b: IRBuilder, x: int, y: int) -> list[int]:
    """Arguments of the types MANY made of two."""
    found = []
    for n, t in enumerate(MANY):
        value = b.rotr(x if n & 1 else y, b.const(n, ty.I64))
        width = ty.bits(t)
        resized = b.trunc(value, width) if width < 64 else b.zext(value, width)
        found.append(b.bitcast(resized, t))
    return found


IDENTITIES = (
    ty.I1, ty.I8, ty.I16, ty.I32, ty.I64, ty.I128, ty.F32, ty.F64, ty.I8X16, ty.I64X2, ty.F32X4, ty.F64X2, ty.I32X2,
)  # fmt: skip

HELPERS = {
    helper.name: helper
    for helper in (
        *(Helper(f"identity_{ty.name(t)}", (t,), t, _identity) for t in IDENTITIES),
        Helper("sum", MANY, ty.I128, _sum),
        Helper("outer", (ty.I64, ty.I64), ty.I64, _outer),
        Helper("count", (ty.I64,), ty.I64, _count, "state"),
        Helper("clear", (), ty.VOID, _clear, "state"),
        Helper("divide", (ty.F64, ty.F64), ty.F64, _divide, "fp"),
        Helper("swap", (ty.I64, ty.I64), ty.I64, _swap, "memory"),
    )
}


def call_snippets() -> list[Snippet]:
    found = []
    two, floats = (ty.I64, ty.I64), (ty.F64, ty.F64, ty.I1)
    for t in IDENTITIES:
        name = f"identity_{ty.name(t)}"

        def build(b: IRBuilder, v: list[int], t: int = t, name: str = name) -> list[int]:
            return [b.call(name, t, v[0])]

        def build_cold(b: IRBuilder, v: list[int], name: str = name) -> list[int]:
            return [b.ccall(v[0], name, (v[1],), v[2])]

        found.append(Snippet(f"call {name}", (t,), (t,), build, draw(t)))
        found.append(Snippet(f"ccall {name}", (ty.I1, t, t), (t,), build_cold, draw(ty.I1, t, t)))
    found += [
        Snippet("call sum", MANY, (ty.I128,), lambda b, v: [b.call("sum", ty.I128, *v)], draw(*MANY)),
        Snippet("call outer", two, (ty.I64,), lambda b, v: [b.call("outer", ty.I64, *v)], draw(*two)),
        Snippet("call count", (ty.I64, ty.I64, ty.I1), (ty.I64,) * 4, _counted, draw(ty.I64, ty.I64, ty.I1)),
        Snippet("call divide", floats, (ty.F64, ty.F64, ty.I32), _divided, draw(*floats)),
        Snippet("call swap", two, (ty.I64,), lambda b, v: [b.call("swap", ty.I64, *v)], draw_at(1, ty.I64)),
    ]
    return found


def _counted(b: IRBuilder, v: list[int]) -> list[int]:
    """State that a helper changes is read again; what a conditional call does happens only when it is made."""
    b.call("clear", ty.VOID)
    first = b.call("count", ty.I64, v[0])
    b.set(SCRATCH, b.xor(b.get(SCRATCH, ty.I64), v[1]))
    second = b.ccall(v[2], "count", (v[1],), first)
    return [first, second, b.get(SCRATCH, ty.I64), b.add(first, second)]


def _divided(b: IRBuilder, v: list[int]) -> list[int]:
    """Flags that a helper raises, or does not when it is not called."""
    b.fpset(b.const(0, ty.I32))
    quotient = b.ccall(v[2], "divide", (v[0], v[1]), v[0])
    flags = b.fpget()
    return [quotient, b.call("divide", ty.F64, v[1], v[0]), flags]
