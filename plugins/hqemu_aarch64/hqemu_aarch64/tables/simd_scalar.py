"""Rows: Advanced SIMD scalar instructions on integers: three same, three different, two-register, pairwise."""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.isa.simd import ops
from hqemu_core.isa.simd import saturate as sat
from hqemu_core.isa.table import Row

from ..lift import simd_three_diff as long
from ..lift import simd_three_same as same
from ..lift import simd_two_reg as two
from ..lift.simd_lanes import Lift
from ..lift.simd_pairwise import make_scalar_pair

ANY, HS, D = "", "size in (1, 2)", "size == 3"


def _same(name: str, u: int, opcode: str, when: str, function: Lift, rdm: int = 0) -> Row:
    r = "s" if when == HS else "d"
    return Row(
        f"{name}_s", f"01 {u} 11110 size:2 {1 - rdm} rm:5 {opcode} 1 rn:5 rd:5", function, "size, -1",
        "v(rd) v(rn) v(rm)", when=when, insn=f"{name} {r}0, {r}1, {r}2", feature="rdm" if rdm else "",
    )  # fmt: skip


def _diff(name: str, opcode: str, function: Lift) -> Row:
    return Row(
        f"{name}_s", f"01 0 11110 size:2 1 rm:5 {opcode} 00 rn:5 rd:5", function, "size, -1",
        "v(rd) v(rn) v(rm)", when=HS, insn=f"{name} s0, h1, h2",
    )  # fmt: skip


def _two(name: str, u: int, opcode: str, when: str, function: Lift, example: str = "d0, d1") -> Row:
    zero = example.endswith("#0")
    return Row(
        f"{name}{'_zero' * zero}_s", f"01 {u} 11110 size:2 10000 {opcode} 10 rn:5 rd:5", function, "size, -1",
        "v(rd) v(rn)", when=when, insn=f"{name} {example}",
    )  # fmt: skip


def _zero(code: int, swap: int = 0) -> Lift:
    return two.make_each(ops.make_zero_compare(code, swap))


_make, _compare = same.make_same, ops.make_compare

# fmt: off
ROWS = [
    _same("sqadd", 0, "00001", ANY, _make(sat.emit_sqadd)),
    _same("uqadd", 1, "00001", ANY, _make(sat.emit_uqadd)),
    _same("sqsub", 0, "00101", ANY, _make(sat.emit_sqsub)),
    _same("uqsub", 1, "00101", ANY, _make(sat.emit_uqsub)),
    _same("cmgt", 0, "00110", D, _make(_compare(op.SLT, 1))),
    _same("cmhi", 1, "00110", D, _make(_compare(op.ULT, 1))),
    _same("cmge", 0, "00111", D, _make(_compare(op.SLE, 1))),
    _same("cmhs", 1, "00111", D, _make(_compare(op.ULE, 1))),
    _same("add", 0, "10000", D, _make(ops.make_op(op.ADD))),
    _same("sub", 1, "10000", D, _make(ops.make_op(op.SUB))),
    _same("cmtst", 0, "10001", D, _make(ops.emit_cmtst)),
    _same("cmeq", 1, "10001", D, _make(_compare(op.EQ))),
    _same("sqdmulh", 0, "10110", HS, _make(sat.emit_sqdmulh)),
    _same("sqrdmulh", 1, "10110", HS, _make(sat.emit_sqrdmulh)),
    _same("sqrdmlah", 1, "10000", HS, same.make_same_acc(sat.make_sqrdml(0)), rdm=1),
    _same("sqrdmlsh", 1, "10001", HS, same.make_same_acc(sat.make_sqrdml(1)), rdm=1),

    _diff("sqdmlal", "1001", long.make_long_acc(sat.make_sqdmlal(0))),
    _diff("sqdmlsl", "1011", long.make_long_acc(sat.make_sqdmlal(1))),
    _diff("sqdmull", "1101", long.make_long(sat.emit_sqdmull)),

    _two("suqadd", 0, "00011", ANY, two.make_each_acc(sat.make_mixed_add(op.UADDSAT))),
    _two("usqadd", 1, "00011", ANY, two.make_each_acc(sat.make_mixed_add(op.SADDSAT))),
    _two("sqabs", 0, "00111", ANY, two.make_each(sat.emit_sqabs)),
    _two("sqneg", 1, "00111", ANY, two.make_each(sat.emit_sqneg)),
    _two("cmgt", 0, "01000", D, _zero(op.SLT, 1), "d0, d1, #0"),
    _two("cmge", 1, "01000", D, _zero(op.SLE, 1), "d0, d1, #0"),
    _two("cmeq", 0, "01001", D, _zero(op.EQ), "d0, d1, #0"),
    _two("cmle", 1, "01001", D, _zero(op.SLE), "d0, d1, #0"),
    _two("cmlt", 0, "01010", D, _zero(op.SLT), "d0, d1, #0"),
    _two("abs", 0, "01011", D, two.make_each(ops.make_unary(op.ABS))),
    _two("neg", 1, "01011", D, two.make_each(ops.emit_neg)),
    _two("sqxtun", 1, "10010", "size < 3", two.make_narrow(1, 0), "b0, h1"),
    _two("sqxtn", 0, "10100", "size < 3", two.make_narrow(1, 1), "b0, h1"),
    _two("uqxtn", 1, "10100", "size < 3", two.make_narrow(0, 0), "b0, h1"),

    Row("addp_s", "01 0 11110 11 11000 11011 10 rn:5 rd:5", make_scalar_pair(ops.make_op(op.ADD)), "3", "v(rd) v(rn)", insn="addp d0, v1.2d"),
]
