"""Rendering of floating-point and FP-environment ops for an x86-64 host (MXCSR)."""

from __future__ import annotations

from hqemu_core.errors import BackendError
from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.runtime import header

from .render import Renderer, RenderFn, constant, llvm_type, mangle, register

ROUND = 'metadata !"round.dynamic"'
STRICT = 'metadata !"fpexcept.strict"'


def _constrained(r: Renderer, t: int, name: str, *args: str) -> str:
    if name.startswith("fma.") and name.endswith("f16"):
        raise BackendError("fma of f16 has no exact rendering")
    return r.let(r.call(llvm_type(t), f"llvm.experimental.constrained.{name}", *args, attrs=" strictfp"))


def _arith(name: str) -> RenderFn:
    def emit(r: Renderer, t: int, *args: int) -> str:
        return _constrained(r, t, f"{name}.{mangle(t)}", *[r.typed(a) for a in args], ROUND, STRICT)

    return emit


def _compare(name: str, predicate: str) -> RenderFn:
    def emit(r: Renderer, t: int, a: int, b: int) -> str:
        source = mangle(r.types[a])
        return _constrained(r, t, f"{name}.{source}", r.typed(a), r.typed(b), f'metadata !"{predicate}"', STRICT)

    return emit


def _convert(name: str, rounds: bool) -> RenderFn:
    def emit(r: Renderer, t: int, a: int) -> str:
        modes = (ROUND, STRICT) if rounds else (STRICT,)
        return _constrained(r, t, f"{name}.{mangle(t)}.{mangle(r.types[a])}", r.typed(a), *modes)

    return emit


def _sitof(r: Renderer, t: int, source: int, x: str) -> str:
    return _constrained(
        r, t, f"sitofp.{mangle(t)}.{mangle(source)}", f"{llvm_type(source)} {x}", ROUND, STRICT
    )


def _uitof(r: Renderer, t: int, a: int) -> str:
    """Through a signed conversion: LLVM's sequences for unsigned ones round twice, or make -0 when rounding down."""
    source = r.types[a]
    wide = ty.with_lane(source, ty.I32 if ty.lane_bits(source) < 32 else ty.I64)
    kind = llvm_type(wide)
    if source != wide:
        return _sitof(r, t, wide, r.let(f"zext {r.typed(a)} to {kind}"))
    # above the signed range: half of it, the lost bit kept for rounding, then doubled
    x = r.ref(a)
    truth = llvm_type(ty.with_lane(wide, ty.I1))
    big = r.let(f"icmp slt {kind} {x}, {constant(r, wide, 0)}")
    one = _splat(r, wide, 1)
    half = r.let(f"lshr {kind} {x}, {one}")
    odd = r.let(f"and {kind} {x}, {one}")
    halved = r.let(f"or {kind} {half}, {odd}")
    y = _sitof(r, t, wide, r.let(f"select {truth} {big}, {kind} {halved}, {kind} {x}"))
    result = llvm_type(t)
    more = r.let(f"select {truth} {big}, {result} {y}, {result} {_splat(r, t, 0)}")
    return _constrained(r, t, f"fadd.{mangle(t)}", f"{result} {y}", f"{result} {more}", ROUND, STRICT)


def _fnarrow(r: Renderer, t: int, a: int) -> str:
    source = r.types[a]
    x, kind = r.ref(a), llvm_type(source)
    if ty.lane(source) == ty.F64 and ty.lane(t) == ty.F16:
        # Through single precision. What that would lose becomes one bit that the second rounding sees.
        plain = ty.as_int(source)
        bits = llvm_type(plain)
        raw = r.let(f"bitcast {kind} {x} to {bits}")
        low = r.let(f"and {bits} {raw}, {_splat(r, plain, (1 << 29) - 1)}")
        lost = r.let(f"icmp ne {bits} {low}, {constant(r, plain, 0)}")
        truth = llvm_type(ty.with_lane(plain, ty.I1))
        high = r.let(f"xor {bits} {raw}, {low}")
        sticky = r.let(f"select {truth} {lost}, {bits} {_splat(r, plain, 1 << 29)}, {bits} {constant(r, plain, 0)}")
        joined = r.let(f"or {bits} {high}, {sticky}")
        x = r.let(f"bitcast {bits} {joined} to {kind}")
        single = ty.with_lane(source, ty.F32)
        x = _constrained(r, single, f"fptrunc.{mangle(single)}.{mangle(source)}", f"{kind} {x}", ROUND, STRICT)
        source, kind = single, llvm_type(single)
    return _constrained(r, t, f"fptrunc.{mangle(t)}.{mangle(source)}", f"{kind} {x}", ROUND, STRICT)


_RINT = {0: "roundeven", 1: "floor", 2: "ceil", 3: "trunc", 4: "rint", 5: "nearbyint"}
_INTEGRAL = {16: 0x6400, 32: 0x4B000000, 64: 0x4330000000000000}  # 2**10, 2**23, 2**52: no fraction bits from here
_HALF = {16: 0x3800, 32: 0x3F000000, 64: 0x3FE0000000000000}
_ONE = {16: 0x3C00, 32: 0x3F800000, 64: 0x3FF0000000000000}


def _splat(r: Renderer, t: int, pattern: int) -> str:
    width = ty.lane_bits(t)
    value = 0
    for n in range(ty.lanes(t)):
        value |= pattern << (width * n)
    return constant(r, t, value)


def _rint(r: Renderer, t: int, name: str, x: str) -> str:
    modes = (ROUND, STRICT) if name in ("rint", "nearbyint") else (STRICT,)
    return _constrained(r, t, f"{name}.{mangle(t)}", f"{llvm_type(t)} {x}", *modes)


def _frint(r: Renderer, t: int, a: int, mode: int) -> str:
    if mode != 6:
        return _rint(r, t, _RINT[mode], r.ref(a))
    # Ties away: truncate, and step outwards where half or more was cut off. Every step is exact, so no inexact flag.
    kind, width, mangled = llvm_type(t), ty.lane_bits(t), mangle(t)
    truth = ty.with_lane(t, ty.I1)
    size = r.let(r.call(kind, f"llvm.fabs.{mangled}", r.typed(a)))
    limit = _splat(r, t, _INTEGRAL[width])
    small = _constrained(r, truth, f"fcmp.{mangled}", f"{kind} {size}", f"{kind} {limit}", 'metadata !"olt"', STRICT)
    bits = llvm_type(truth)
    x = r.let(f"select {bits} {small}, {r.typed(a)}, {kind} zeroinitializer")
    whole = _rint(r, t, "trunc", x)
    rest = _constrained(r, t, f"fsub.{mangled}", f"{kind} {x}", f"{kind} {whole}", ROUND, STRICT)
    part = r.let(r.call(kind, f"llvm.fabs.{mangled}", f"{kind} {rest}"))
    half = _splat(r, t, _HALF[width])
    up = _constrained(r, truth, f"fcmp.{mangled}", f"{kind} {part}", f"{kind} {half}", 'metadata !"oge"', STRICT)
    one = r.let(r.call(kind, f"llvm.copysign.{mangled}", f"{kind} {_splat(r, t, _ONE[width])}", f"{kind} {x}"))
    step = r.let(f"select {bits} {up}, {kind} {one}, {kind} zeroinitializer")
    moved = _constrained(r, t, f"fadd.{mangled}", f"{kind} {whole}", f"{kind} {step}", ROUND, STRICT)
    signed = r.let(r.call(kind, f"llvm.copysign.{mangled}", f"{kind} {moved}", r.typed(a)))
    big = _rint(r, t, "trunc", r.ref(a))
    return r.let(f"select {bits} {small}, {kind} {signed}, {kind} {big}")


def _mxcsr(r: Renderer) -> tuple[str, str]:
    slot = r.let(f"getelementptr i8, ptr %env, i64 {header.SCRATCH}")
    r.put(r.call("void", "llvm.x86.sse.stmxcsr", f"ptr {slot}"))
    return slot, r.let(f"load i32, ptr {slot}, align 4")


def _fpget(r: Renderer, t: int) -> str:
    _, old = _mxcsr(r)
    return r.let(f"and i32 {old}, 63")


def _write(r: Renderer, keep: int, bits: str) -> None:
    slot, old = _mxcsr(r)
    kept = r.let(f"and i32 {old}, {keep}")
    new = r.let(f"or i32 {kept}, {bits}")
    r.put(f"store i32 {new}, ptr {slot}, align 4")
    r.put(r.call("void", "llvm.x86.sse.ldmxcsr", f"ptr {slot}"))


def _fpset(r: Renderer, t: int, v: int) -> None:
    _write(r, ~63 & 0xFFFF, r.let(f"and i32 {r.ref(v)}, 63"))


_MODE_FIELDS = [(13, 2, 0), (15, 1, 2), (6, 1, 3), (7, 6, 4)]
"""(bit of MXCSR, width, bit of FPMODE's value)"""
_TRAP_MASKS = 0x1F80


def _moved(r: Renderer, value: str, fields: list[tuple[int, int, int]]) -> str:
    """Fields (from, width, to) of an i32 put together."""
    whole = "0"
    for at, width, to in fields:
        low = r.let(f"lshr i32 {value}, {at}")
        cut = r.let(f"and i32 {low}, {(1 << width) - 1}")
        whole = r.let(f"or i32 {whole}, {r.let(f'shl i32 {cut}, {to}')}")
    return whole


def _fpmode(r: Renderer, t: int) -> str:
    _, old = _mxcsr(r)
    return _moved(r, r.let(f"xor i32 {old}, {_TRAP_MASKS}"), _MODE_FIELDS)


def _fpround(r: Renderer, t: int, v: int) -> None:
    # traps are on where MXCSR's masks are off
    bits = _moved(r, r.ref(v), [(to, width, at) for at, width, to in _MODE_FIELDS])
    _write(r, 63, r.let(f"xor i32 {bits}, {_TRAP_MASKS}"))


for _code, _name in {
    op.FADD: "fadd", op.FSUB: "fsub", op.FMUL: "fmul", op.FDIV: "fdiv", op.FSQRT: "sqrt", op.FMA: "fma",
}.items():  # fmt: skip
    register(_code, _arith(_name))
for _code, _pair in {
    op.FEQ: ("fcmp", "oeq"), op.FLT: ("fcmp", "olt"), op.FLE: ("fcmp", "ole"), op.FUNO: ("fcmp", "uno"),
    op.FUEQ: ("fcmp", "ueq"), op.FLTS: ("fcmps", "olt"), op.FLES: ("fcmps", "ole"),
}.items():  # fmt: skip
    register(_code, _compare(*_pair))
for _code, _way in {
    op.FWIDEN: ("fpext", False), op.SITOF: ("sitofp", True), op.FTOSI: ("fptosi", False),
}.items():  # fmt: skip
    register(_code, _convert(*_way))
register(op.FNARROW, _fnarrow)
register(op.UITOF, _uitof)
register(op.FRINT, _frint)
register(op.FPGET, _fpget)
register(op.FPSET, _fpset)
register(op.FPMODE, _fpmode)
register(op.FPROUND, _fpround)
