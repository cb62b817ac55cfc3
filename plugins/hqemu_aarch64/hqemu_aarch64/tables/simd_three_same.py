"""Rows: Advanced SIMD three same (integer, logical, and the RDM extension), vector forms.

Shifts and polynomial products have tables of their own.
"""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.isa.simd import ops
from hqemu_core.isa.simd import saturate as sat
from hqemu_core.isa.table import Row

from ..lift import simd_three_same as lift
from ..lift.simd_lanes import Lift
from ..lift.simd_pairwise import make_pairwise

ALL, BHS, HS = "size < 3 or q", "size < 3", "size in (1, 2)"
"""Which lane sizes exist."""


def _row(name: str, u: int, opcode: str, when: str, function: Lift) -> Row:
    arrangement = "8h" if when == HS else "16b"
    return Row(
        f"{name}_v", f"0 q {u} 01110 size:2 1 rm:5 {opcode} 1 rn:5 rd:5", function, "size, q", "v(rd) v(rn) v(rm)",
        when=when, insn=f"{name} v0.{arrangement}, v1.{arrangement}, v2.{arrangement}",
    )  # fmt: skip


def _logic(name: str, u: int, size: str, function: Lift) -> Row:
    return Row(
        f"{name}_v", f"0 q {u} 01110 {size} 1 rm:5 00011 1 rn:5 rd:5", function, "3, q", "v(rd) v(rn) v(rm)",
        insn=f"{name} v0.16b, v1.16b, v2.16b",
    )  # fmt: skip


def _rdm(name: str, opcode: str, sub: int) -> Row:
    return Row(
        f"{name}_v", f"0 q 1 01110 size:2 0 rm:5 {opcode} 1 rn:5 rd:5",
        lift.make_same_acc(sat.make_sqrdml(sub)), "size, q", "v(rd) v(rn) v(rm)",
        when=HS, insn=f"{name} v0.8h, v1.8h, v2.8h", feature="rdm",
    )  # fmt: skip


_same, _acc, _op, _compare = lift.make_same, lift.make_same_acc, ops.make_op, ops.make_compare

# fmt: off
ROWS = [
    _row("shadd", 0, "00000", BHS, _same(ops.make_halving_add(1, 0))),
    _row("uhadd", 1, "00000", BHS, _same(ops.make_halving_add(0, 0))),
    _row("sqadd", 0, "00001", ALL, _same(sat.emit_sqadd)),
    _row("uqadd", 1, "00001", ALL, _same(sat.emit_uqadd)),
    _row("srhadd", 0, "00010", BHS, _same(ops.make_halving_add(1, 1))),
    _row("urhadd", 1, "00010", BHS, _same(ops.make_halving_add(0, 1))),
    _row("shsub", 0, "00100", BHS, _same(ops.make_halving_sub(1))),
    _row("uhsub", 1, "00100", BHS, _same(ops.make_halving_sub(0))),
    _row("sqsub", 0, "00101", ALL, _same(sat.emit_sqsub)),
    _row("uqsub", 1, "00101", ALL, _same(sat.emit_uqsub)),
    _row("cmgt", 0, "00110", ALL, _same(_compare(op.SLT, 1))),
    _row("cmhi", 1, "00110", ALL, _same(_compare(op.ULT, 1))),
    _row("cmge", 0, "00111", ALL, _same(_compare(op.SLE, 1))),
    _row("cmhs", 1, "00111", ALL, _same(_compare(op.ULE, 1))),
    _row("smax", 0, "01100", BHS, _same(_op(op.SMAX))),
    _row("umax", 1, "01100", BHS, _same(_op(op.UMAX))),
    _row("smin", 0, "01101", BHS, _same(_op(op.SMIN))),
    _row("umin", 1, "01101", BHS, _same(_op(op.UMIN))),
    _row("sabd", 0, "01110", BHS, _same(ops.emit_sabd)),
    _row("uabd", 1, "01110", BHS, _same(ops.emit_uabd)),
    _row("saba", 0, "01111", BHS, _acc(ops.emit_saba)),
    _row("uaba", 1, "01111", BHS, _acc(ops.emit_uaba)),
    _row("add", 0, "10000", ALL, _same(_op(op.ADD))),
    _row("sub", 1, "10000", ALL, _same(_op(op.SUB))),
    _row("cmtst", 0, "10001", ALL, _same(ops.emit_cmtst)),
    _row("cmeq", 1, "10001", ALL, _same(_compare(op.EQ))),
    _row("mla", 0, "10010", BHS, _acc(ops.emit_mla)),
    _row("mls", 1, "10010", BHS, _acc(ops.emit_mls)),
    _row("mul", 0, "10011", BHS, _same(_op(op.MUL))),
    _row("smaxp", 0, "10100", BHS, make_pairwise(_op(op.SMAX))),
    _row("umaxp", 1, "10100", BHS, make_pairwise(_op(op.UMAX))),
    _row("sminp", 0, "10101", BHS, make_pairwise(_op(op.SMIN))),
    _row("uminp", 1, "10101", BHS, make_pairwise(_op(op.UMIN))),
    _row("sqdmulh", 0, "10110", HS, _same(sat.emit_sqdmulh)),
    _row("sqrdmulh", 1, "10110", HS, _same(sat.emit_sqrdmulh)),
    _row("addp", 0, "10111", ALL, make_pairwise(_op(op.ADD))),

    Row("mov_v", "0 q 0 01110 10 1 rm:5 00011 1 rn:5 rd:5", lift.lift_mov, "q", "v(rd) v(rn)", when="rm == rn", insn="mov v0.16b, v1.16b"),
    _logic("and", 0, "00", _same(_op(op.AND))),
    _logic("bic", 0, "01", _same(ops.emit_bic)),
    _logic("orr", 0, "10", _same(_op(op.OR))),
    _logic("orn", 0, "11", _same(ops.emit_orn)),
    _logic("eor", 1, "00", _same(_op(op.XOR))),
    _logic("bsl", 1, "01", _acc(ops.emit_bsl)),
    _logic("bit", 1, "10", _acc(ops.emit_bit)),
    _logic("bif", 1, "11", _acc(ops.emit_bif)),

    _rdm("sqrdmlah", "10000", 0),
    _rdm("sqrdmlsh", "10001", 1),
]
