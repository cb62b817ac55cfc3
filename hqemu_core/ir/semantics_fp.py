"""How the interpreter runs float ops: lane by lane on softfloat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hqemu_core.errors import IsaError

from .builder import Op
from .semantics import join, signed, split
from .semantics_float import FLOAT_BINARY, FLOAT_COMPARE
from .semantics_values import Run
from .softfloat import FORMATS
from .softfloat_convert import convert, from_int, to_int, to_integral
from .softfloat_ops import fma, fsqrt

if TYPE_CHECKING:
    from .interp import Interp


def make_float_binary(code: int) -> Run:
    f = FLOAT_BINARY[code]

    def run(m: Interp, o: Op) -> int:
        t = o[1]
        form = FORMATS[t & 0xFFFF]
        n, lanes = t & 0xFFF, t >> 16
        if lanes == 0:
            return f(form, m.env, m.vals[o[2]], m.vals[o[3]])
        pairs = zip(split(m.vals[o[2]], n, lanes), split(m.vals[o[3]], n, lanes), strict=True)
        return join([f(form, m.env, x, y) for x, y in pairs], n)

    return run


def make_float_compare(code: int) -> Run:
    f = FLOAT_COMPARE[code]

    def run(m: Interp, o: Op) -> int:
        t = m.types[o[2]]
        form = FORMATS[t & 0xFFFF]
        n, lanes = t & 0xFFF, t >> 16 or 1
        pairs = zip(split(m.vals[o[2]], n, lanes), split(m.vals[o[3]], n, lanes), strict=True)
        return join([f(form, m.env, x, y) for x, y in pairs], 1)

    return run


def on_fsqrt(m: Interp, o: Op) -> int:
    t = o[1]
    form, n = FORMATS[t & 0xFFFF], t & 0xFFF
    return join([fsqrt(form, m.env, x) for x in split(m.vals[o[2]], n, t >> 16 or 1)], n)


def on_fma(m: Interp, o: Op) -> int:
    t = o[1]
    form, n, lanes = FORMATS[t & 0xFFFF], t & 0xFFF, t >> 16 or 1
    a, b, c = (split(m.vals[v], n, lanes) for v in o[2:5])
    return join([fma(form, m.env, x, y, z) for x, y, z in zip(a, b, c, strict=True)], n)


def _convert(m: Interp, o: Op) -> int:
    t, source = o[1], m.types[o[2]]
    form, to = FORMATS[source & 0xFFFF], FORMATS[t & 0xFFFF]
    return join([convert(form, to, m.env, x) for x in split(m.vals[o[2]], form.bits, t >> 16 or 1)], to.bits)


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
    return join([to_int(form, m.env, x, n) for x in split(m.vals[o[2]], form.bits, t >> 16 or 1)], n)


def on_frint(m: Interp, o: Op) -> int:
    t = o[1]
    form = FORMATS[t & 0xFFFF]
    return join([to_integral(form, m.env, x, o[3]) for x in split(m.vals[o[2]], form.bits, t >> 16 or 1)], form.bits)


def on_fpget(m: Interp, o: Op) -> int:
    return m.env.flags


def on_fpset(m: Interp, o: Op) -> int:
    m.env.flags = m.vals[o[2]]
    return 0


def on_fpmode(m: Interp, o: Op) -> int:
    return m.env.rounding


def on_fpround(m: Interp, o: Op) -> int:
    mode = m.vals[o[2]]
    if mode > 3:
        raise IsaError(f"rounding mode {mode}")
    m.env.rounding = mode
    return 0


on_fwiden = _convert
on_fnarrow = _convert
