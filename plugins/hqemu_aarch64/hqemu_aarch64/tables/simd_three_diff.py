"""Rows: Advanced SIMD three different, vector forms. Polynomial products have a table of their own."""

from __future__ import annotations

from hqemu_core.isa.simd import ops
from hqemu_core.isa.simd import saturate as sat
from hqemu_core.isa.table import Row

from ..lift import simd_three_diff as lift
from ..lift.simd_lanes import Lift

BHS, HS = "size < 3", "size in (1, 2)"
LONG, WIDE, NARROW = 0, 1, 2
_EXAMPLES = {
    (LONG, 0): "v0.8h, v1.8b, v2.8b", (LONG, 1): "v0.4s, v1.4h, v2.4h",
    (WIDE, 0): "v0.8h, v1.8h, v2.8b", (NARROW, 0): "v0.8b, v1.8h, v2.8h",
}  # fmt: skip


def _row(name: str, u: int, opcode: str, when: str, function: Lift, kind: int = LONG) -> Row:
    return Row(
        f"{name}_v", f"0 q {u} 01110 size:2 1 rm:5 {opcode} 00 rn:5 rd:5", function, "size, q", "v(rd) v(rn) v(rm)",
        when=when, insn=f"{name} {_EXAMPLES[kind, int(when == HS)]}",
    )  # fmt: skip


_long, _acc = lift.make_long, lift.make_long_acc

# fmt: off
ROWS = [
    _row("saddl", 0, "0000", BHS, _long(ops.make_add_long(0, 1))),
    _row("uaddl", 1, "0000", BHS, _long(ops.make_add_long(0, 0))),
    _row("saddw", 0, "0001", BHS, lift.make_wide(0, 1), WIDE),
    _row("uaddw", 1, "0001", BHS, lift.make_wide(0, 0), WIDE),
    _row("ssubl", 0, "0010", BHS, _long(ops.make_add_long(1, 1))),
    _row("usubl", 1, "0010", BHS, _long(ops.make_add_long(1, 0))),
    _row("ssubw", 0, "0011", BHS, lift.make_wide(1, 1), WIDE),
    _row("usubw", 1, "0011", BHS, lift.make_wide(1, 0), WIDE),
    _row("addhn", 0, "0100", BHS, lift.make_high_half(0, 0), NARROW),
    _row("raddhn", 1, "0100", BHS, lift.make_high_half(0, 1), NARROW),
    _row("sabal", 0, "0101", BHS, _acc(ops.emit_sabal)),
    _row("uabal", 1, "0101", BHS, _acc(ops.emit_uabal)),
    _row("subhn", 0, "0110", BHS, lift.make_high_half(1, 0), NARROW),
    _row("rsubhn", 1, "0110", BHS, lift.make_high_half(1, 1), NARROW),
    _row("sabdl", 0, "0111", BHS, _long(ops.emit_sabdl)),
    _row("uabdl", 1, "0111", BHS, _long(ops.emit_uabdl)),
    _row("smlal", 0, "1000", BHS, _acc(ops.make_mla_long(0, 1))),
    _row("umlal", 1, "1000", BHS, _acc(ops.make_mla_long(0, 0))),
    _row("sqdmlal", 0, "1001", HS, _acc(sat.make_sqdmlal(0))),
    _row("smlsl", 0, "1010", BHS, _acc(ops.make_mla_long(1, 1))),
    _row("umlsl", 1, "1010", BHS, _acc(ops.make_mla_long(1, 0))),
    _row("sqdmlsl", 0, "1011", HS, _acc(sat.make_sqdmlal(1))),
    _row("smull", 0, "1100", BHS, _long(ops.make_mul_long(1))),
    _row("umull", 1, "1100", BHS, _long(ops.make_mul_long(0))),
    _row("sqdmull", 0, "1101", HS, _long(sat.emit_sqdmull)),
]
