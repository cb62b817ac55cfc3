"""How the interpreter runs float ops: lane by lane on softfloat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hqemu_core.errors import IsaError

from .builder import Op
from .opcodes import MODE_ZERO_IN
from .semantics import join, signed, split
from .semantics_float import FLOAT_BINARY, FLOAT_COMPARE
from .semantics_values import Run
from .softfloat import FORMATS, Format, is_denormal
from .softfloat_convert import convert, from_int, to_int, to_integral
from .softfloat_ops import fma, fsqrt

if TYPE_CHECKING:
    from .interp import Interp


def operands(m: Interp, v: int, f: Format, lanes: int) -> list[int]:
    """The lanes of a float value as arithmetic sees them."""
    found = split(m.vals[v], f.bits, lanes)
    if m.env.rounding & MODE_ZERO_IN and f.bits in (32, 64):
        sign = 1 << f.bits - 1
        return [x & sign if is_denormal(f, x) else x for x in found]
    return found


def make_float_binary(code: int) -> Run:
    f = FLOAT_BINARY[code]

    def run(m: Interp, o: Op) -> int:
        t = o[1]
        form = FORMATS[t & 0xFFFF]
        lanes = t >> 16 or 1
        pairs = zip(operands(m, o[2], form, lanes), operands(m, o[3], form, lanes), strict=True)
        return join([f(form, m.env, x, y) for x, y in pairs], t & 0xFFF)

    return run


def make_float_compare(code: int) -> Run:
    f = FLOAT_COMPARE[code]

    def run(m: Interp, o: Op) -> int:
        t = m.types[o[2]]
        form = FORMATS[t & 0xFFFF]
        lanes = t >> 16 or 1
        pairs = zip(operands(m, o[2], form, lanes), operands(m, o[3], form, lanes), strict=True)
        return join([f(form, m.env, x, y) for x, y in pairs], 1)

    return run


def on_fsqrt(m: Interp, o: Op) -> int:
    t = o[1]
    form, n = FORMATS[t & 0xFFFF], t & 0xFFF
    return join([fsqrt(form, m.env, x) for x in operands(m, o[2], form, t >> 16 or 1)], n)


def on_fma(m: Interp, o: Op) -> int:
    t = o[1]
    form, n, lanes = FORMATS[t & 0xFFFF], t & 0xFFF, t >> 16 or 1
    a, b, c = (operands(m, v, form, lanes) for v in o[2:5])
    return join([fma(form, m.env, x, y, z) for x, y, z in zip(a, b, c, strict=True)], n)


def _convert(m: Interp, o: Op) -> int:
    t, source = o[1], m.types[o[2]]
    form, to = FORMATS[source & 0xFFFF], FORMATS[t & 0xFFFF]
    return join([convert(form, to, m.env, x) for x in operands(m, o[2], form, t >> 16 or 1)], to.bits)


def on_sitof(m: Interp, o: Op) -> int:
    t, n = o[1], m.types[o[2]] & 0xFFF
    to = FORMATS[t & 0xFFFF]
    return join([from_int(to, m.env, signed(x, n)) for x in split(m.vals[o[2]], n, t >> 16 or 1)], to.bits)


def on_uitof(m: Interp, o: Op) -> int:
    t, n = o[1], m.types[o[2]] & 0xFFF
    to = FORMATS[t & 0xFFFF]
    return join([from_int(to, m.env, x) for x in split(m.vals[o[2]], n, t >> 16 or 1)], to.bits)


def on_ftosi(m: Interp, o: Op) -> int:
    t = o[1]
    form, n = FORMATS[m.types[o[2]] & 0xFFFF], t & 0xFFF
    return join([to_int(form, m.env, x, n) for x in operands(m, o[2], form, t >> 16 or 1)], n)


def on_frint(m: Interp, o: Op) -> int:
    t = o[1]
    form = FORMATS[t & 0xFFFF]
    return join([to_integral(form, m.env, x, o[3]) for x in operands(m, o[2], form, t >> 16 or 1)], form.bits)


def on_fpget(m: Interp, o: Op) -> int:
    return m.env.flags


def on_fpset(m: Interp, o: Op) -> int:
    m.env.flags = m.vals[o[2]]
    return 0


def on_fpmode(m: Interp, o: Op) -> int:
    return m.env.rounding


def on_fpround(m: Interp, o: Op) -> int:
    mode = m.vals[o[2]]
    if mode > 1023:
        raise IsaError(f"floating-point mode {mode:#x}")
    m.env.rounding = mode
    return 0


on_fwiden = _convert
on_fnarrow = _convert
