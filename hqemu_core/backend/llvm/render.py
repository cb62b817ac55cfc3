"""IR to LLVM text. One function per op, found by opcode; shared by the stencil and the optimizing tier.

Floating point is rendered with the constrained intrinsics (dynamic rounding, strict exceptions), so that LLVM
neither folds, moves nor drops an operation whose flags or rounding the guest may see. Guest memory is address
space 256, i.e. relative to the GS base.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from hqemu_core.errors import BackendError
from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import Hole, Op
from hqemu_core.isa.spec import Helper

_SCALARS: Final = {16: "half", 32: "float", 64: "double", 80: "x86_fp80"}


def llvm_type(t: int) -> str:
    if t == ty.VOID:
        return "void"
    lane = _SCALARS[t & 0xFFF] if t & ty.FLOAT else f"i{t & 0xFFF}"
    return f"<{t >> 16} x {lane}>" if t >> 16 else lane


def mangle(t: int) -> str:
    """Suffix of an overloaded intrinsic: ``i32``, ``v4f32``."""
    lane = ("f" if t & ty.FLOAT else "i") + str(t & 0xFFF)
    return f"v{t >> 16}{lane}" if t >> 16 else lane


class Renderer:
    """Renders one list of ops into the body of a function; ``declares`` collects what the module must declare."""

    def __init__(self, ops: Sequence[Op], types: Sequence[int], declares: set[str]) -> None:
        self.ops = ops
        self.types = types
        self.declares = declares
        self.lines: list[str] = []
        self.names: list[str] = [""] * len(ops)
        self.fresh = 0
        self.at = 0
        """number of the op that is being rendered"""
        self.label = "entry"
        self.skip = ""
        self.end = -1
        """opcode of the terminator that was just rendered"""
        self.join = ""
        self.natives: Mapping[str, str] = {}
        """helpers that are done by inline assembly: its text, options and constraints"""
        self.volatile = ""
        """"volatile " makes guest accesses ordered and undroppable (the exact mode of the optimizing tier)"""

    # -- names
    def temp(self) -> str:
        self.fresh += 1
        return f"%t{self.fresh}"

    def let(self, text: str) -> str:
        """Append ``%tN = text``; returns the name."""
        name = self.temp()
        self.lines.append(f"{name} = {text}")
        return name

    def put(self, text: str) -> None:
        self.lines.append(text)

    def start_block(self, label: str) -> None:
        self.lines.append(f"{label}:")
        self.label = label

    def start_cold(self, cond: int) -> str:
        """What follows runs only where ``cond`` is true, which is unlikely. Returns the label before."""
        self.fresh += 1
        self.join, before = f"join{self.fresh}", self.label
        self.put(f"br {self.typed(cond)}, label %cold{self.fresh}, label %{self.join}, !prof !0")
        self.start_block(f"cold{self.fresh}")
        return before

    def end_cold(self) -> str:
        """Returns the label before."""
        after = self.label
        self.put(f"br label %{self.join}")
        self.start_block(self.join)
        return after

    def ref(self, v: int) -> str:
        """The operand text of a value, without its type."""
        return self.names[v]

    def typed(self, v: int) -> str:
        return f"{llvm_type(self.types[v])} {self.names[v]}"

    def call(self, result: str, name: str, *args: str, attrs: str = "") -> str:
        """Text of a call; declares the callee from the argument texts (``type value``)."""
        kinds = ", ".join(_type_of(a) for a in args)
        self.declares.add(f"declare {result} @{name}({kinds})")
        return f"call {result} @{name}({', '.join(args)}){attrs}"

    # -- hooks of the tiers
    def hole(self, hole: Hole, t: int) -> str:
        raise BackendError("operand holes only exist in stencils")

    def state_address(self, offset: Any) -> str:
        if isinstance(offset, Hole):
            return self.hole_address(offset)
        return self.let(f"getelementptr i8, ptr %env, i64 {offset}")

    def read_address(self, offset: Any) -> str:
        """Pointer to state for a ``get``."""
        return self.state_address(offset)

    def write_address(self, offset: Any) -> str:
        """Pointer to state for a ``set``."""
        return self.state_address(offset)

    def rotate(self, offset: int, by: int) -> None:
        _rotate(self, offset, by)

    def hole_address(self, hole: Hole) -> str:
        raise BackendError("operand holes only exist in stencils")

    def late(self, v: int) -> str:
        """:meth:`typed` of a value that only unlikely code needs here: the place to compute it again."""
        return self.typed(v)

    def helper_call(self, helper: str, t: int, args: str) -> str:
        raise NotImplementedError

    def terminator(self, code: int, args: tuple[Any, ...]) -> None:
        raise NotImplementedError

    # -- guards
    def guard(self, cond: int) -> None:
        self.fresh += 1
        self.skip = f"skip{self.fresh}"
        self.put(f"br {self.typed(cond)}, label %do{self.fresh}, label %{self.skip}")
        self.start_block(f"do{self.fresh}")
        self.end = -1

    def unguard(self) -> None:
        if self.end < 0:
            self.put(f"br label %{self.skip}")
        self.start_block(self.skip)
        self.end = -1

    # -- rendering
    def render(self) -> None:
        for v, entry in enumerate(self.ops):
            self.at = v
            code = entry[0]
            if code >= _FIRST_END:
                self.terminator(code, entry[2:])
                self.end = code
            else:
                self.names[v] = self.one(entry) or ""

    def one(self, entry: Op) -> str | None:
        """Render one op that is no terminator; returns its value."""
        return RENDER[entry[0]](self, entry[1], *entry[2:])


def _type_of(arg: str) -> str:
    if arg.startswith("metadata"):
        return "metadata"
    return arg[: arg.index(">") + 1] if arg[0] == "<" else arg.split(" ", 1)[0]


_FIRST_END: Final = op.JUMP
RenderFn = Callable[..., str | None]


def constant(r: Renderer, t: int, value: int) -> str:
    """Constant operand text; floats go through a bitcast, whose result LLVM folds."""
    width, count = t & 0xFFF, t >> 16
    if t & ty.FLOAT:
        plain = ty.as_int(t)
        return r.let(f"bitcast {llvm_type(plain)} {constant(r, plain, value)} to {llvm_type(t)}")
    if not count:
        return ("true" if value else "false") if t == ty.I1 else str(value)
    if not value:
        return "zeroinitializer"
    mask = (1 << width) - 1
    return "<" + ", ".join(f"i{width} {value >> (width * n) & mask}" for n in range(count)) + ">"


def _hole(r: Renderer, t: int, hole: Any) -> str:
    return r.hole(hole, t)


def _get(r: Renderer, t: int, offset: Any) -> str:
    return r.let(f"load {llvm_type(t)}, ptr {r.read_address(offset)}, align 1")


def _set(r: Renderer, t: int, offset: Any, v: int) -> None:
    address = r.write_address(offset)
    r.put(f"store {r.typed(v)}, ptr {address}, align 1")


def _rotate(r: Renderer, offset: int, by: int) -> None:
    """By eight and two bytes: what an x87 store leaves cannot be loaded at once in one piece."""
    moves = []
    for n in range(8):
        address = r.state_address(offset + 16 * n)
        high = r.let(f"getelementptr i8, ptr {address}, i64 8")
        low, top = r.let(f"load i64, ptr {address}, align 1"), r.let(f"load i16, ptr {high}, align 1")
        moves.append((address, high, low, top))
    for n, (address, high, _, _) in enumerate(moves):
        _, _, low, top = moves[n + by & 7]
        r.put(f"store i64 {low}, ptr {address}, align 1")
        r.put(f"store i16 {top}, ptr {high}, align 1")


def _plain(name: str) -> RenderFn:
    def emit(r: Renderer, t: int, a: int, b: int) -> str:
        return r.let(f"{name} {llvm_type(t)} {r.ref(a)}, {r.ref(b)}")

    return emit


def _divide(name: str) -> RenderFn:
    def emit(r: Renderer, t: int, a: int, b: int) -> str:
        if ty.lane_bits(t) < 128:
            return r.let(f"{name} {llvm_type(t)} {r.ref(a)}, {r.ref(b)}")
        if not t >> 16:
            return _divide_wide(r, name, r.ref(a), r.ref(b))
        result = "poison"
        for n in range(t >> 16):
            x, y = (r.let(f"extractelement {r.typed(v)}, i32 {n}") for v in (a, b))
            quotient = _divide_wide(r, name, x, y)
            result = r.let(f"insertelement {llvm_type(t)} {result}, i128 {quotient}, i32 {n}")
        return result

    return emit


def _divide_wide(r: Renderer, name: str, x: str, y: str) -> str:
    """LLVM calls a library for i128 but expands wider divisions in line, unless it sees that they need not be wider."""
    top = r.let('call i64 asm "", "=r,0"(i64 0)')
    wide = []
    for operand in (x, y):
        extended = r.let(f"{'zext' if name[0] == 'u' else 'sext'} i128 {operand} to i129")
        unknown = r.let(f"shl i129 {r.let(f'zext i64 {top} to i129')}, 128")
        wide.append(r.let(f"xor i129 {extended}, {unknown}"))
    return r.let(f"trunc i129 {r.let(f'{name} i129 {wide[0]}, {wide[1]}')} to i128")


def _intrinsic(name: str, *extra: str) -> RenderFn:
    def emit(r: Renderer, t: int, *args: int) -> str:
        return r.let(r.call(llvm_type(t), f"llvm.{name}.{mangle(t)}", *[r.typed(a) for a in args], *extra))

    return emit


def _rotr(r: Renderer, t: int, a: int, b: int) -> str:
    return r.let(r.call(llvm_type(t), f"llvm.fshr.{mangle(t)}", r.typed(a), r.typed(a), r.typed(b)))


def _overflow(name: str) -> RenderFn:
    def emit(r: Renderer, t: int, a: int, b: int) -> str:
        source = r.types[a]
        pair = f"{{ {llvm_type(source)}, {llvm_type(t)} }}"
        full = f"llvm.{name}.with.overflow.{mangle(source)}"
        kind = llvm_type(source)
        r.declares.add(f"declare {pair} @{full}({kind}, {kind})")
        both = r.let(f"call {pair} @{full}({r.typed(a)}, {r.typed(b)})")
        return r.let(f"extractvalue {pair} {both}, 1")

    return emit


def _icmp(predicate: str) -> RenderFn:
    def emit(r: Renderer, t: int, a: int, b: int) -> str:
        return r.let(f"icmp {predicate} {r.typed(a)}, {r.ref(b)}")

    return emit


def _select(r: Renderer, t: int, cond: int, a: int, b: int) -> str:
    return r.let(f"select {r.typed(cond)}, {r.typed(a)}, {r.typed(b)}")


def _convert(name: str) -> RenderFn:
    def emit(r: Renderer, t: int, a: int) -> str:
        return r.let(f"{name} {r.typed(a)} to {llvm_type(t)}")

    return emit


def _extract(r: Renderer, t: int, a: int, lane: int) -> str:
    return r.let(f"extractelement {r.typed(a)}, i32 {lane}")


def _insert(r: Renderer, t: int, a: int, lane: int, v: int) -> str:
    return r.let(f"insertelement {r.typed(a)}, {r.typed(v)}, i32 {lane}")


def _splat(r: Renderer, t: int, v: int) -> str:
    kind, count = llvm_type(t), t >> 16
    one = r.let(f"insertelement {kind} poison, {r.typed(v)}, i32 0")
    return r.let(f"shufflevector {kind} {one}, {kind} poison, <{count} x i32> zeroinitializer")


def _shuffle(r: Renderer, t: int, a: int, b: int, mask: tuple[int, ...]) -> str:
    lanes = ", ".join("i32 poison" if m < 0 else f"i32 {m}" for m in mask)
    return r.let(f"shufflevector {r.typed(a)}, {r.typed(b)}, <{len(mask)} x i32> <{lanes}>")


def _tbl(r: Renderer, t: int, table: int, index: int) -> str:
    # pshufb zeroes where bit 7 of the index is set: a saturating +0x70 sets it for 16..255
    bias = "<16 x i8> <" + ", ".join(["i8 112"] * 16) + ">"
    high = r.let(r.call("<16 x i8>", "llvm.uadd.sat.v16i8", r.typed(index), bias))
    return r.let(r.call("<16 x i8>", "llvm.x86.ssse3.pshuf.b.128", r.typed(table), f"<16 x i8> {high}"))


def _clmul(r: Renderer, t: int, a: int, b: int) -> str:
    wide = [r.let(f"insertelement <2 x i64> zeroinitializer, {r.typed(v)}, i32 0") for v in (a, b)]
    product = r.let(
        r.call("<2 x i64>", "llvm.x86.pclmulqdq", f"<2 x i64> {wide[0]}", f"<2 x i64> {wide[1]}", "i8 0")
    )
    return r.let(f"bitcast <2 x i64> {product} to i128")


def _aes(r: Renderer, t: int, kind: int, a: int) -> str:
    x = "<2 x i64> " + r.let(f"bitcast {r.typed(a)} to <2 x i64>")
    zero = "<2 x i64> zeroinitializer"
    if kind == 0:
        y = r.let(r.call("<2 x i64>", "llvm.x86.aesni.aesenclast", x, zero))
    elif kind == 1:
        y = r.let(r.call("<2 x i64>", "llvm.x86.aesni.aesdeclast", x, zero))
    elif kind == 2:  # undo the substitution, then a full round with a zero key
        undone = r.let(r.call("<2 x i64>", "llvm.x86.aesni.aesdeclast", x, zero))
        y = r.let(r.call("<2 x i64>", "llvm.x86.aesni.aesenc", f"<2 x i64> {undone}", zero))
    else:
        y = r.let(r.call("<2 x i64>", "llvm.x86.aesni.aesimc", x))
    return r.let(f"bitcast <2 x i64> {y} to <16 x i8>")


def _call(r: Renderer, t: int, helper: str, args: tuple[int, ...]) -> str:
    native = r.natives.get(helper)
    if native is not None:
        return r.let(f"call {llvm_type(t)} asm {native}({', '.join([r.typed(a) for a in args])})")
    return r.helper_call(helper, t, ", ".join(r.typed(a) for a in args))


def _ccall(r: Renderer, t: int, cond: int, helper: str, args: tuple[int, ...], otherwise: int) -> str:
    before = r.start_cold(cond)
    value = r.helper_call(helper, t, ", ".join(r.late(a) for a in args))
    after = r.end_cold()
    return r.let(f"phi {llvm_type(t)} [ {value}, %{after} ], [ {r.ref(otherwise)}, %{before} ]")


RENDER: list[RenderFn] = [lambda r, *a: _missing(r, *a)] * len(op.INFO)


def _missing(r: Renderer, *args: Any) -> str:
    raise BackendError("op without an LLVM rendering")


def register(code: int, emit: RenderFn) -> None:
    RENDER[code] = emit


for _code, _name in {
    op.ADD: "add", op.SUB: "sub", op.MUL: "mul", op.AND: "and", op.OR: "or", op.XOR: "xor",
    op.SHL: "shl", op.LSHR: "lshr", op.ASHR: "ashr",
}.items():  # fmt: skip
    register(_code, _plain(_name))
for _code, _name in {op.UDIV: "udiv", op.SDIV: "sdiv", op.UREM: "urem", op.SREM: "srem"}.items():
    register(_code, _divide(_name))
for _code, _name in {
    op.UMIN: "umin", op.UMAX: "umax", op.SMIN: "smin", op.SMAX: "smax", op.UADDSAT: "uadd.sat", op.SADDSAT: "sadd.sat",
    op.USUBSAT: "usub.sat", op.SSUBSAT: "ssub.sat", op.POPCNT: "ctpop", op.BSWAP: "bswap", op.BITREV: "bitreverse",
}.items():  # fmt: skip
    register(_code, _intrinsic(_name))
for _code, _name in {op.ABS: "abs", op.CLZ: "ctlz", op.CTZ: "cttz"}.items():
    register(_code, _intrinsic(_name, "i1 false"))
for _code, _name in {op.UADDO: "uadd", op.SADDO: "sadd", op.USUBO: "usub", op.SSUBO: "ssub"}.items():
    register(_code, _overflow(_name))
for _code, _name in {op.EQ: "eq", op.NE: "ne", op.ULT: "ult", op.ULE: "ule", op.SLT: "slt", op.SLE: "sle"}.items():
    register(_code, _icmp(_name))
for _code, _name in {op.ZEXT: "zext", op.SEXT: "sext", op.TRUNC: "trunc", op.BITCAST: "bitcast"}.items():
    register(_code, _convert(_name))
_REST: dict[int, RenderFn] = {
    op.ROTATE: lambda r, t, offset, by: r.rotate(offset, by),
    op.GUARD: lambda r, t, cond: r.guard(cond), op.UNGUARD: lambda r, t: r.unguard(),
    op.CONST: constant, op.HOLE: _hole, op.GET: _get, op.SET: _set, op.ROTR: _rotr, op.SELECT: _select,
    op.EXTRACT: _extract, op.INSERT: _insert, op.SPLAT: _splat, op.SHUFFLE: _shuffle, op.TBL: _tbl,
    op.CLMUL: _clmul, op.AES: _aes, op.CALL: _call, op.CCALL: _ccall,
}  # fmt: skip
for _code, _emit in _REST.items():
    register(_code, _emit)


def helper_signature(helper: Helper) -> str:
    params = "".join(f", {llvm_type(t)} %a{n}" for n, t in enumerate(helper.params))
    return f"{llvm_type(helper.result)} @helper_{helper.name}(ptr %env{params})"


Helpers = Mapping[str, Helper]
