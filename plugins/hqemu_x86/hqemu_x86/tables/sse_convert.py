"""Conversions."""

from __future__ import annotations

from functools import partial
from typing import Final

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty

from ..lift import sse_convert as lift
from ..lift.bind import Op
from ..lift.vector import SSE, VEX

_PACKED: Final = (
    # name, prefix, opcode, SSE operands, VEX operands
    ("cvtdq2ps", "NP", "5B", "Vdq Wdq", "Vx Wx"), ("cvtps2dq", "66", "5B", "Vdq Wdq", "Vx Wx"),
    ("cvttps2dq", "F3", "5B", "Vdq Wdq", "Vx Wx"), ("cvtdq2pd", "F3", "E6", "Vdq Wq", "Vx Wh"),
    ("cvtpd2dq", "F2", "E6", "Vdq Wdq", "Vdq Wx"), ("cvttpd2dq", "66", "E6", "Vdq Wdq", "Vdq Wx"),
    ("cvtps2pd", "NP", "5A", "Vdq Wq", "Vx Wh"), ("cvtpd2ps", "66", "5A", "Vdq Wdq", "Vdq Wx"),
)  # fmt: skip
_EXTEND: Final = (("bw", 8, 16, "20"), ("bd", 8, 32, "21"), ("bq", 8, 64, "22"), ("wd", 16, 32, "23"),
                  ("wq", 16, 64, "24"), ("dq", 32, 64, "25"))  # fmt: skip
_PART: Final = {2: ("q", "h"), 4: ("d", "q"), 8: ("w", "d")}
"""how many times wider lanes become -> sizes of the source for 128 bits and (VEX.L set) for 256"""


def _make() -> tuple[str, dict[str, Op]]:
    lines: list[str] = []
    ops: dict[str, Op] = {}
    for name, prefix, code, short, wide in _PACKED:
        lines += [f"{prefix} 0F {code} /r  {name} {short}", f"VEX {prefix} 0F {code} /r  v{name} {wide}"]
        ops[name] = Op(partial(lift.lift_packed, SSE, name), feature="sse2")
        ops["v" + name] = Op(partial(lift.lift_packed, VEX, name), feature="avx")
    for letter, lane, prefix, size in (("s", ty.F32, "F3", "d"), ("d", ty.F64, "F2", "q")):
        feature = "sse" if letter == "s" else "sse2"
        for mark, encoding, vex in (("", SSE, ""), ("v", VEX, "VEX ")):
            known = "avx" if mark else feature
            first = "Hdq " if mark else ""
            name = f"{mark}cvtsi2s{letter}"
            lines.append(f"{vex}{prefix} 0F 2A /r  {name} Vdq {first}Ey")
            ops[name] = Op(partial(lift.lift_from_int, encoding, lane), feature=known)
            for code, truncate in (("2C", True), ("2D", False)):
                name = f"{mark}cvt{'t' if truncate else ''}s{letter}2si"
                lines.append(f"{vex}{prefix} 0F {code} /r  {name} Gy W{size}")
                ops[name] = Op(partial(lift.lift_to_int, lane, truncate), feature=known)
            name = f"{mark}cvts{letter}2s{'d' if letter == 's' else 's'}"
            lines.append(f"{vex}{prefix} 0F 5A /r  {name} Vdq {first}W{size}")
            way = op.FWIDEN if letter == "s" else op.FNARROW
            ops[name] = Op(partial(lift.lift_scalar_format, encoding, way, lane), feature="avx" if mark else "sse2")
    for name, narrow, lane, code in _EXTEND:
        for letter, base, signed in (("s", 0, True), ("z", 0x10, False)):
            at = f"{int(code, 16) + base:02X}"
            small, large = _PART[lane // narrow]
            full = f"pmov{letter}x{name}"
            lines += [f"66 0F 38 {at} /r  {full} Vdq W{small}", f"VEX L0 66 0F 38 {at} /r  v{full} Vdq W{small}",
                      f"VEX L1 66 0F 38 {at} /r  v{full} Vqq W{'dq' if large == 'h' else large}"]  # fmt: skip
            ops[full] = Op(partial(lift.lift_extend, SSE, narrow, lane, signed), feature="sse4_1")
            ops["v" + full] = Op(partial(lift.lift_extend, VEX, narrow, lane, signed), feature="avx2")
    return "\n".join(lines), ops


_MADE: Final = _make()
ENCODINGS: Final = _MADE[0]
OPS: Final = _MADE[1]
