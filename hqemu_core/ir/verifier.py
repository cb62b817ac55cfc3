"""Checks an op list: operand and result types, definitions before uses, constants in range, terminator last.

Run on what lift functions and passes produce, in tests and with ``-debuglv=verify``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol

from hqemu_core.errors import IsaError

from . import opcodes as op
from . import types as ty
from .builder import Hole, IRBuilder, Op
from .helpers import PARAMETER, HelperBody, lift_helper
from .opcodes import MemOp, OpInfo
from .printer import has_result
from .semantics import split


class Signature(Protocol):
    """What the verifier needs of a helper that is called."""

    @property
    def params(self) -> tuple[int, ...]: ...

    @property
    def result(self) -> int: ...


class _Check:
    """One op under inspection; methods raise ValueError."""

    __slots__ = ("args", "helpers", "info", "o", "ops", "t")

    def __init__(self, ops: Sequence[Op], o: Op, helpers: Mapping[str, Signature] | None) -> None:
        self.ops = ops
        self.o = o
        self.t: int = o[1]
        self.args: tuple[Any, ...] = o[2:]
        self.info: OpInfo = op.INFO[o[0]]
        self.helpers = helpers

    def type_of(self, v: int) -> int:
        t: int = self.ops[v][1]
        return t

    def require(self, condition: bool, text: str) -> None:
        if not condition:
            raise ValueError(text)

    def operand(self, position: int, t: int) -> None:
        """The value at ``position`` has type ``t``."""
        found = self.type_of(self.args[position])
        if found != t:
            raise ValueError(f"operand {position + 1} is {ty.name(found)}, must be {ty.name(t)}")

    def address(self, position: int) -> None:
        """The value at ``position`` is a guest address."""
        if self.type_of(self.args[position]) not in (ty.I32, ty.I64):
            raise ValueError(f"operand {position + 1} is no address")

    def result(self, t: int) -> None:
        if self.t != t:
            raise ValueError(f"type is {ty.name(self.t)}, must be {ty.name(t)}")

    def in_range(self, what: str, value: int, end: int) -> None:
        if not 0 <= value < end:
            raise ValueError(f"{what} {value} not below {end}")

    def integer(self, t: int) -> None:
        if ty.is_float(t) or t == ty.VOID:
            raise ValueError(f"{ty.name(t)} is not an integer type")

    def floating(self, t: int) -> None:
        if not ty.is_float(t):
            raise ValueError(f"{ty.name(t)} is not a floating-point type")

    def same_lanes(self, a: int, b: int) -> None:
        if a >> 16 != b >> 16:
            raise ValueError(f"{ty.name(a)} and {ty.name(b)} differ in lanes")

    def constant_lanes(self, v: int) -> list[int]:
        """The lanes of a constant operand; empty when it is not constant."""
        source = self.ops[v]
        if source[0] != op.CONST:
            return []
        return split(source[2], ty.lane_bits(source[1]), ty.lanes(source[1]))


def _check_const(c: _Check) -> None:
    c.in_range("constant", c.args[0], 1 << ty.bits(c.t))


def _check_hole(c: _Check) -> None:
    c.require(isinstance(c.args[0], Hole), "not a hole")
    if c.args[0].cls != PARAMETER:
        c.integer(c.t)
    c.require(c.args[0].cls != "off", "a state offset is not a value")


def _check_set(c: _Check) -> None:
    c.operand(1, c.t)


def _check_int(c: _Check) -> None:
    c.integer(c.t)
    for position in range(len(c.args)):
        c.operand(position, c.t)
    code = c.info.code
    if code in (op.SHL, op.LSHR, op.ASHR):
        for amount in c.constant_lanes(c.args[1]):
            c.in_range("shift amount", amount, ty.lane_bits(c.t))
    elif code in (op.UDIV, op.SDIV, op.UREM, op.SREM):
        c.require(0 not in c.constant_lanes(c.args[1]), "division by zero")
    elif code == op.BSWAP:
        c.require(ty.lane_bits(c.t) % 8 == 0, "no bytes to swap")


def _check_truth(c: _Check) -> None:
    t = c.type_of(c.args[0])
    (c.floating if c.info.group == "float" else c.integer)(t)
    c.operand(1, t)
    c.result(ty.with_lane(t, ty.I1))


def _check_select(c: _Check) -> None:
    cond = c.type_of(c.args[0])
    if cond != ty.I1:
        c.require(ty.lane(cond) == ty.I1, "condition is not i1")
        c.same_lanes(cond, c.t)
    c.operand(1, c.t)
    c.operand(2, c.t)


def _check_resize(c: _Check) -> None:
    """zext sext trunc fwiden fnarrow: same lanes, strictly wider or narrower."""
    source = c.type_of(c.args[0])
    for t in (source, c.t):
        (c.floating if c.info.group == "float" else c.integer)(t)
    c.same_lanes(source, c.t)
    wider = ty.lane_bits(c.t) > ty.lane_bits(source)
    narrower = ty.lane_bits(c.t) < ty.lane_bits(source)
    grows = c.info.code in (op.ZEXT, op.SEXT, op.FWIDEN)
    c.require(wider if grows else narrower, f"{ty.name(source)} to {ty.name(c.t)}")


def _check_bitcast(c: _Check) -> None:
    source = c.type_of(c.args[0])
    c.require(ty.bits(source) == ty.bits(c.t), f"{ty.name(source)} and {ty.name(c.t)} differ in width")


def _check_extract(c: _Check) -> None:
    vector = c.type_of(c.args[0])
    c.require(ty.is_vector(vector), "not a vector")
    c.in_range("lane", c.args[1], ty.lanes(vector))
    c.result(ty.lane(vector))


def _check_insert(c: _Check) -> None:
    c.require(ty.is_vector(c.t), "not a vector")
    c.operand(0, c.t)
    c.in_range("lane", c.args[1], ty.lanes(c.t))
    c.operand(2, ty.lane(c.t))


def _check_splat(c: _Check) -> None:
    c.require(ty.is_vector(c.t), "not a vector")
    c.operand(0, ty.lane(c.t))


def _check_shuffle(c: _Check) -> None:
    source = c.type_of(c.args[0])
    c.require(ty.is_vector(source), "not a vector")
    c.operand(1, source)
    c.result(ty.vec(ty.lane(source), len(c.args[2])))
    for lane in c.args[2]:
        if lane != -1:
            c.in_range("lane", lane, 2 * ty.lanes(source))


def _check_tbl(c: _Check) -> None:
    c.result(ty.I8X16)
    c.operand(0, ty.I8X16)
    c.operand(1, ty.I8X16)


def _check_float(c: _Check) -> None:
    c.floating(c.t)
    for position, kind in enumerate(c.info.args):
        if kind == "v":
            c.operand(position, c.t)
    if c.info.code == op.FRINT:
        c.in_range("mode", c.args[1], 7)


def _check_from_int(c: _Check) -> None:
    source = c.type_of(c.args[0])
    c.integer(source)
    c.floating(c.t)
    c.same_lanes(source, c.t)


def _check_to_int(c: _Check) -> None:
    source = c.type_of(c.args[0])
    c.floating(source)
    c.require(ty.lane(c.t) in (ty.I32, ty.I64), f"{ty.name(c.t)}: lanes must be i32 or i64")
    c.same_lanes(source, c.t)


def _check_fpenv(c: _Check) -> None:
    if c.info.code in (op.FPGET, op.FPMODE):
        c.result(ty.I32)
    else:
        c.result(ty.VOID)
        c.operand(0, ty.I32)


def _check_memory(c: _Check) -> None:
    if c.info.code == op.FENCE:
        c.result(ty.VOID)
        return c.in_range("fence", c.args[0], 3)
    mem: MemOp = c.args[-1]
    c.address(c.info.args.index("v"))
    c.require(mem.size * 8 == ty.bits(c.t), f"{mem.size} bytes of {ty.name(c.t)}")
    c.require(mem.align > 0 and mem.align & (mem.align - 1) == 0, f"alignment {mem.align}")
    c.require(mem.order in ("", "acq", "rel", "seq"), f"order {mem.order!r}")
    c.require(not (mem.big and ty.is_vector(c.t)), "a big-endian vector access is ambiguous")
    if c.info.code in (op.CAS, op.RMW):
        c.require(not ty.is_vector(c.t), f"{ty.name(c.t)} cannot be accessed atomically")
        c.integer(c.t)
    if c.info.code == op.CAS:
        c.operand(1, c.t)
        c.operand(2, c.t)
    elif c.info.code == op.RMW:
        c.in_range("kind", c.args[0], len(op.RMW_NAMES))
        c.operand(2, c.t)
    elif c.info.code == op.STORE:
        c.operand(1, c.t)


def _check_call(c: _Check) -> None:
    name, args = (c.args[0], c.args[1]) if c.info.code == op.CALL else (c.args[1], c.args[2])
    if c.info.code == op.CCALL:
        c.operand(0, ty.I1)
        c.operand(3, c.t)
    if c.helpers is None:
        return
    helper = c.helpers.get(name)
    if helper is None:
        raise ValueError(f"unknown helper {name!r}")
    c.result(helper.result)
    found = tuple(c.type_of(v) for v in args)
    if found != helper.params:
        raise ValueError(
            f"{name} takes ({', '.join(map(ty.name, helper.params))}), not ({', '.join(map(ty.name, found))})"
        )


def _check_crypto(c: _Check) -> None:
    if c.info.code == op.CLMUL:
        c.result(ty.I128)
        c.operand(0, ty.I64)
        c.operand(1, ty.I64)
    else:
        c.result(ty.I8X16)
        c.in_range("kind", c.args[0], 4)
        c.operand(1, ty.I8X16)


_HINTS: Final = {op.JUMP: 2, op.INDIRECT: 3}


def _check_end(c: _Check) -> None:
    c.result(ty.VOID)
    code = c.info.code
    if code in _HINTS:
        c.in_range("hint", c.args[1], _HINTS[code])
    if code == op.BRANCH:
        c.operand(0, ty.I1)
    elif code == op.INDIRECT:
        c.address(0)
    elif code == op.TRAP:
        c.require(c.args[0] in op.TRAP_NAMES, f"trap kind {c.args[0]}")


def _check_check(c: _Check) -> None:
    c.result(ty.VOID)
    c.operand(0, ty.I1)
    c.require(c.args[1] in op.TRAP_NAMES, f"trap kind {c.args[1]}")


def _check_parts(c: _Check) -> None:
    if c.info.code == op.HAND:
        c.result(ty.VOID)
        c.operand(0, ty.I64)
    else:
        c.require(c.t == ty.I64, "is an i64")


def _check_guard(c: _Check) -> None:
    c.result(ty.VOID)
    if c.info.code == op.GUARD:
        c.operand(0, ty.I1)


_GROUPS: Final[dict[str, Callable[[_Check], None]]] = {
    "int": _check_int,
    "carry": _check_truth,
    "compare": _check_truth,
    "convert": _check_resize,
    "float": _check_float,
    "fpenv": _check_fpenv,
    "memory": _check_memory,
    "call": _check_call,
    "crypto": _check_crypto,
    "end": _check_end,
    "guard": _check_guard,
    "parts": _check_parts,
}
_OPS: Final[dict[int, Callable[[_Check], None]]] = {
    op.CHECK: _check_check,
    op.CONST: _check_const,
    op.HOLE: _check_hole,
    op.GET: lambda c: None,
    op.SET: _check_set,
    op.ROTATE: lambda c: c.in_range("step", c.args[1], 8),
    op.SELECT: _check_select,
    op.BITCAST: _check_bitcast,
    op.EXTRACT: _check_extract,
    op.INSERT: _check_insert,
    op.SPLAT: _check_splat,
    op.SHUFFLE: _check_shuffle,
    op.TBL: _check_tbl,
    op.FWIDEN: _check_resize,
    op.FNARROW: _check_resize,
    op.SITOF: _check_from_int,
    op.UITOF: _check_from_int,
    op.FTOSI: _check_to_int,
    **{row.code: _check_truth for row in op.INFO if row.group == "float" and row.result == "1"},
}


def _check_operand(c: _Check, kind: str, arg: object) -> None:
    """State offsets and guest addresses: ints, or holes of the right class."""
    if isinstance(arg, Hole):
        c.require(c.info.code == op.HOLE or (arg.cls == "off") == (kind == "o"), f"hole of class {arg.cls}")
    else:
        c.require(isinstance(arg, int) and arg >= 0, f"{'offset' if kind == 'o' else 'address'} {arg}")


def _check_op(c: _Check, index: int) -> None:
    c.require(len(c.args) == len(c.info.args), f"has {len(c.args)} arguments, must have {len(c.info.args)}")
    c.require(c.t == ty.VOID or ty.lane(c.t) in ty.SCALARS, f"bad type {c.t:#x}")
    for kind, arg in zip(c.info.args, c.args, strict=True):
        if kind in "vV":
            for v in (arg,) if kind == "v" else arg:
                c.require(0 <= v < index, f"v{v} is not defined before")
                c.require(has_result(c.ops[v]), f"v{v} is no value ({op.INFO[c.ops[v][0]].name})")
        elif kind in "ot":
            _check_operand(c, kind, arg)
    may_be_void = c.info.group in ("fpenv", "end", "call", "guard", "parts")
    may_be_void = may_be_void or c.info.code in (op.FENCE, op.CHECK, op.ROTATE)
    c.require(c.t != ty.VOID or may_be_void, "needs a type")
    (_OPS.get(c.info.code) or _GROUPS[c.info.group])(c)


class _Guards:
    """Guards do not nest, what they hide is not used outside, and terminators stand last in the list or in one."""

    def __init__(self, ops: Sequence[Op]) -> None:
        self.ops = ops
        self.begin = -1
        self.hidden: set[int] = set()

    def check(self, index: int, o: Op) -> None:
        code = o[0]
        for kind, arg in zip(op.INFO[code].args, o[2:], strict=True):
            for v in (arg,) if kind == "v" else arg if kind == "V" else ():
                if v in self.hidden:
                    raise ValueError(f"v{v} belongs to a guard that has ended")
        if code == op.GUARD:
            if self.begin >= 0:
                raise ValueError("guards do not nest")
            self.begin = index
        elif code == op.UNGUARD:
            if self.begin < 0:
                raise ValueError("no guard to end")
            self.hidden.update(range(self.begin, index))
            self.begin = -1
        elif code in op.END and index + 1 < len(self.ops):
            if self.begin < 0 or self.ops[index + 1][0] != op.UNGUARD:
                raise ValueError("terminator is not last")


def verify(
    ops: Sequence[Op], types: Sequence[int] | None = None, helpers: Mapping[str, Signature] | None = None
) -> None:
    """Raise IsaError naming the first bad op. Helper names are checked when ``helpers`` is given."""
    if types is not None and list(types) != [o[1] for o in ops]:
        raise IsaError("types do not match the ops")
    guards = _Guards(ops)
    for index, o in enumerate(ops):
        c = _Check(ops, o, helpers)
        try:
            _check_op(c, index)
            guards.check(index, o)
        except ValueError as error:
            raise IsaError(f"op {index} ({c.info.name}): {error}") from None
    if guards.begin >= 0:
        raise IsaError(f"op {guards.begin} (guard): is not ended")


class VerifiableHelper(HelperBody, Signature, Protocol):
    """A whole helper: signature, body, effects."""

    @property
    def effects(self) -> str: ...


_EFFECTS: Final = ("pure", "fp", "state", "memory")
_GROUP_EFFECTS: Final = {"float": "fp", "fpenv": "fp", "state": "state", "memory": "memory"}


def _effect_of(o: Op, helpers: Mapping[str, VerifiableHelper]) -> str:
    if o[0] in (op.CALL, op.CCALL):
        return helpers[o[2] if o[0] == op.CALL else o[3]].effects
    return _GROUP_EFFECTS.get(op.INFO[o[0]].group, "pure")


def verify_helper(
    name: str, helpers: Mapping[str, VerifiableHelper], make_builder: Callable[[], IRBuilder] = IRBuilder
) -> None:
    """Lift a helper and check its body, its result and that it declares its effects. "fp" and "state" are each
    more than "pure"; "state" and "memory" include what stands before them."""
    helper = helpers[name]
    ops, types, value = lift_helper(helper, make_builder())
    try:
        verify(ops, types, helpers)
        result = ty.VOID if value is None else types[value]
        if result != helper.result:
            raise IsaError(f"returns {ty.name(result)}, declares {ty.name(helper.result)}")
        for index, o in enumerate(ops):
            if o[0] in op.END:
                raise IsaError(f"op {index} ({op.INFO[o[0]].name}): a helper has no terminator")
            effect = _effect_of(o, helpers)
            if _EFFECTS.index(effect) > _EFFECTS.index(helper.effects):
                raise IsaError(f"op {index} ({op.INFO[o[0]].name}): needs effects {effect!r}, has {helper.effects!r}")
    except IsaError as error:
        raise IsaError(f"helper {name}: {error}") from None
