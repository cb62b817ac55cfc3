"""Rows: Advanced SIMD vector x indexed element and scalar x indexed element, integer."""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.isa.simd import ops
from hqemu_core.isa.simd import saturate as sat
from hqemu_core.isa.table import Row

from ..lift import simd_by_element as lift
from ..lift.simd_lanes import Lift

_ELEMENT = "ve(16 * rm + 2 * (h << 2 | l << 1 | m) if size == 1 else 16 * (m << 4 | rm) + 4 * (h << 1 | l))"
"""Half-word elements are of v0 to v15."""


def _row(name: str, u: int, opcode: str, function: Lift, example: str = "v0.8h, v1.8h", feature: str = "") -> Row:
    return Row(
        f"{name}_e", f"0 q {u} 01111 size:2 l m rm:4 {opcode} h 0 rn:5 rd:5", function, "size, q",
        f"v(rd) v(rn) {_ELEMENT}", when="size in (1, 2)", insn=f"{name} {example}, v2.h[5]", feature=feature,
    )  # fmt: skip


def _scalar(name: str, u: int, opcode: str, function: Lift, example: str = "h0, h1", feature: str = "") -> Row:
    return Row(
        f"{name}_es", f"01 {u} 11111 size:2 l m rm:4 {opcode} h 0 rn:5 rd:5", function, "size, -1",
        f"v(rd) v(rn) {_ELEMENT}", when="size in (1, 2)", insn=f"{name} {example}, v2.h[5]", feature=feature,
    )  # fmt: skip


_one, _acc, _long, _long_acc = (
    lift.make_element, lift.make_element_acc, lift.make_element_long, lift.make_element_long_acc,
)  # fmt: skip
_LONG, _LONG_S = "v0.4s, v1.4h", "s0, h1"

# fmt: off
ROWS = [
    _row("mla", 1, "0000", _acc(ops.emit_mla)),
    _row("smlal", 0, "0010", _long_acc(ops.make_mla_long(0, 1)), _LONG),
    _row("umlal", 1, "0010", _long_acc(ops.make_mla_long(0, 0)), _LONG),
    _row("sqdmlal", 0, "0011", _long_acc(sat.make_sqdmlal(0)), _LONG),
    _row("mls", 1, "0100", _acc(ops.emit_mls)),
    _row("smlsl", 0, "0110", _long_acc(ops.make_mla_long(1, 1)), _LONG),
    _row("umlsl", 1, "0110", _long_acc(ops.make_mla_long(1, 0)), _LONG),
    _row("sqdmlsl", 0, "0111", _long_acc(sat.make_sqdmlal(1)), _LONG),
    _row("mul", 0, "1000", _one(ops.make_op(op.MUL))),
    _row("smull", 0, "1010", _long(ops.make_mul_long(1)), _LONG),
    _row("umull", 1, "1010", _long(ops.make_mul_long(0)), _LONG),
    _row("sqdmull", 0, "1011", _long(sat.emit_sqdmull), _LONG),
    _row("sqdmulh", 0, "1100", _one(sat.emit_sqdmulh)),
    _row("sqrdmulh", 0, "1101", _one(sat.emit_sqrdmulh)),
    _row("sqrdmlah", 1, "1101", _acc(sat.make_sqrdml(0)), feature="rdm"),
    _row("sqrdmlsh", 1, "1111", _acc(sat.make_sqrdml(1)), feature="rdm"),

    _scalar("sqdmlal", 0, "0011", _long_acc(sat.make_sqdmlal(0)), _LONG_S),
    _scalar("sqdmlsl", 0, "0111", _long_acc(sat.make_sqdmlal(1)), _LONG_S),
    _scalar("sqdmull", 0, "1011", _long(sat.emit_sqdmull), _LONG_S),
    _scalar("sqdmulh", 0, "1100", _one(sat.emit_sqdmulh)),
    _scalar("sqrdmulh", 0, "1101", _one(sat.emit_sqrdmulh)),
    _scalar("sqrdmlah", 1, "1101", _acc(sat.make_sqrdml(0)), feature="rdm"),
    _scalar("sqrdmlsh", 1, "1111", _acc(sat.make_sqrdml(1)), feature="rdm"),
]
