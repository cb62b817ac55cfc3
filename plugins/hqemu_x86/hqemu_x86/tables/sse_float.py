"""Floating point of SSE to SSE4.1 and AVX."""

from __future__ import annotations

from functools import partial
from typing import Final

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty

from ..lift import sse_float as lift
from ..lift import sse_int as ints
from ..lift.bind import Op
from ..lift.vector import SSE, VEX, lift_binary, lift_binary_imm, lift_unary

_FORMS: Final = {"ps": ("NP", "dq", "x"), "pd": ("66", "dq", "x"), "ss": ("F3", "d", "d"), "sd": ("F2", "q", "q")}
"""prefix, size of the last operand in SSE and in VEX form"""
_FEATURE: Final = {"ps": "sse", "ss": "sse", "pd": "sse2", "sd": "sse2"}
_LANE: Final = {"s": ty.F32, "d": ty.F64}


def _make() -> tuple[str, dict[str, Op]]:
    lines: list[str] = []
    ops: dict[str, Op] = {}

    def three(code: str, prefix: str, name: str, size: str, wide: str, tail: str = "") -> None:
        lines.append(f"{prefix} {code} /r  {name} Vdq W{size}{tail}")
        operand = "x" if wide == "x" else "dq"
        lines.append(f"VEX {prefix} {code} /r  v{name} V{operand} H{operand} W{wide}{tail}")

    for code, stem in (("58", "add"), ("59", "mul"), ("5C", "sub"), ("5D", "min"), ("5E", "div"), ("5F", "max")):
        for form, (prefix, size, wide) in _FORMS.items():
            name, lane = stem + form, _LANE[form[1]]
            three("0F " + code, prefix, name, size, wide)
            compute = lift.PACKED[name] if form[0] == "p" else lift.SCALAR[name]
            for mark, encoding in (("", SSE), ("v", VEX)):
                ops[mark + name] = Op(
                    partial(lift.lift_fp, encoding, form[0], lane, compute), feature="avx" if mark else _FEATURE[form]
                )
    for code, stem in (("51", "sqrt"), ("52", "rsqrt"), ("53", "rcp")):
        for form, (prefix, size, wide) in _FORMS.items():
            name, lane = stem + form, _LANE[form[1]]
            if form[1] == "d" and stem != "sqrt":
                continue
            if form[0] == "s":
                three("0F " + code, prefix, name, size, wide)
            else:
                lines += [f"{prefix} 0F {code} /r  {name} Vdq Wdq", f"VEX {prefix} 0F {code} /r  v{name} Vx Wx"]
            for mark, encoding in (("", SSE), ("v", VEX)):
                function = (
                    partial(lift.lift_scalar, encoding, lane, lift.SCALAR[name]) if form[0] == "s"
                    else partial(lift_unary, encoding, lane, lift.UNARY[name])
                )  # fmt: skip
                ops[mark + name] = Op(function, feature="avx" if mark else _FEATURE[form])
    for form, (prefix, size, wide) in _FORMS.items():
        three("0F C2", prefix, "cmp" + form, size, wide, " K")
        for mark, encoding in (("", SSE), ("v", VEX)):
            ops[f"{mark}cmp{form}"] = Op(
                partial(lift.lift_compare, encoding, form[0], form[1]), feature="avx" if mark else _FEATURE[form]
            )
    logic = (("54", "and", partial(ints.op_binary, op.AND)), ("55", "andn", ints.op_andn),
             ("56", "or", partial(ints.op_binary, op.OR)), ("57", "xor", partial(ints.op_binary, op.XOR)))  # fmt: skip
    for code, stem, compute in logic:
        for form in ("ps", "pd"):
            name = stem + form
            three("0F " + code, _FORMS[form][0], name, "dq", "x")
            for mark, encoding in (("", SSE), ("v", VEX)):
                ops[mark + name] = Op(
                    partial(lift_binary, encoding, ty.I64, compute), feature="avx" if mark else _FEATURE[form]
                )
    for code, stem, high in (("14", "unpckl", False), ("15", "unpckh", True)):
        for form, lane in (("ps", ty.I32), ("pd", ty.I64)):
            name = stem + form
            three("0F " + code, _FORMS[form][0], name, "dq", "x")
            for mark, encoding in (("", SSE), ("v", VEX)):
                ops[mark + name] = Op(
                    partial(lift_binary, encoding, lane, partial(ints.op_unpack, high)),
                    feature="avx" if mark else _FEATURE[form],
                )
    for code, stem in (("7C", "hadd"), ("7D", "hsub"), ("D0", "addsub")):
        for form, prefix in (("ps", "F2"), ("pd", "66")):
            name = stem + form
            three("0F " + code, prefix, name, "dq", "x")
            for mark, encoding in (("", SSE), ("v", VEX)):
                ops[mark + name] = Op(
                    partial(lift_binary, encoding, _LANE[form[1]], lift.PACKED[name]),
                    feature="avx" if mark else "sse3",
                )
    for code, form in (("08", "ps"), ("09", "pd"), ("0A", "ss"), ("0B", "sd")):
        _, size, wide = _FORMS[form]
        if form[0] == "s":
            three("0F 3A " + code, "66", "round" + form, size, wide, " K")
        else:
            lines += [f"66 0F 3A {code} /r  round{form} Vdq Wdq K", f"VEX 66 0F 3A {code} /r  vround{form} Vx Wx K"]
        for mark, encoding in (("", SSE), ("v", VEX)):
            ops[f"{mark}round{form}"] = Op(
                partial(lift.lift_round, encoding, form[0], form[1]), feature="avx" if mark else "sse4_1"
            )
    for mark, encoding in (("", SSE), ("v", VEX)):
        for code, form, lane in (("0C", "ps", ty.I32), ("0D", "pd", ty.I64)):
            ops[f"{mark}blend{form}"] = Op(
                partial(lift_binary_imm, encoding, lane, ints.op_blend_imm), feature="avx" if mark else "sse4_1"
            )
            ops[f"{mark}blendv{form}"] = Op(
                partial(ints.lift_blend, encoding, lane), feature="avx" if mark else "sse4_1"
            )
            if not mark:
                three("0F 3A " + code, "66", "blend" + form, "dq", "x", " K")
        for form in ("ps", "pd"):
            ops[f"{mark}dp{form}"] = Op(
                partial(lift.lift_dot, encoding, form[1]), feature="avx" if mark else "sse4_1"
            )
        for code, stem, signalling in (("2E", "ucomi", 0), ("2F", "comi", 1)):
            for form, prefix, size in (("ss", "NP", "d"), ("sd", "66", "q")):
                vex = "VEX " if mark else ""
                lines.append(f"{vex}{prefix} 0F {code} /r  {mark}{stem}{form} Vdq W{size}")
                ops[f"{mark}{stem}{form}"] = Op(
                    partial(lift.lift_ucomi, _LANE[form[1]], signalling), "w",
                    feature="avx" if mark else _FEATURE[form],
                )
    return "\n".join(lines), ops


_MADE: Final = _make()
ENCODINGS: Final = _MADE[0] + """
66 0F 38 14 /r   blendvps Vdq Wdq V0
66 0F 38 15 /r   blendvpd Vdq Wdq V0
66 0F 3A 40 /r   dpps Vdq Wdq K
VEX 66 0F 3A 40 /r   vdpps Vx Hx Wx K
66 0F 3A 41 /r   dppd Vdq Wdq K
VEX L0 66 0F 3A 41 /r   vdppd Vdq Hdq Wdq K
VEX W0 66 0F 3A 4A /r   vblendvps Vx Hx Wx Lx
VEX W0 66 0F 3A 4B /r   vblendvpd Vx Hx Wx Lx
"""
OPS: Final = _MADE[1]
