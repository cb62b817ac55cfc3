"""Rows: Advanced SIMD two-register miscellaneous, integer, vector forms."""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.isa.simd import ops
from hqemu_core.isa.simd import saturate as sat
from hqemu_core.isa.table import Row

from ..lift import simd_two_reg as lift
from ..lift.simd_lanes import Lift

ALL, BHS, BH, B = "size < 3 or q", "size < 3", "size < 2", "size == 0"
_LONG, _NARROW = "v0.8h, v1.16b", "v0.8b, v1.8h"


def _row(name: str, u: int, opcode: str, when: str, function: Lift, example: str = "v0.16b, v1.16b") -> Row:
    return Row(
        f"{name}_v", f"0 q {u} 01110 size:2 10000 {opcode} 10 rn:5 rd:5", function, "size, q", "v(rd) v(rn)",
        when=when, insn=f"{name} {example}",
    )  # fmt: skip


def _zero(name: str, u: int, opcode: str, code: int, swap: int = 0) -> Row:
    return Row(
        f"{name}_zero_v", f"0 q {u} 01110 size:2 10000 {opcode} 10 rn:5 rd:5",
        _each(ops.make_zero_compare(code, swap)), "size, q", "v(rd) v(rn)",
        when=ALL, insn=f"{name} v0.16b, v1.16b, #0",
    )  # fmt: skip


_each, _acc = lift.make_each, lift.make_each_acc

# fmt: off
ROWS = [
    Row("rev64_v", "0 q 0 01110 size:2 10000 00000 10 rn:5 rd:5", lift.lift_rev, "size, q, 3 - size", "v(rd) v(rn)", when=BHS, insn="rev64 v0.16b, v1.16b"),
    Row("rev32_v", "0 q 1 01110 size:2 10000 00000 10 rn:5 rd:5", lift.lift_rev, "size, q, 2 - size", "v(rd) v(rn)", when=BH, insn="rev32 v0.16b, v1.16b"),
    Row("rev16_v", "0 q 0 01110 00 10000 00001 10 rn:5 rd:5", lift.lift_rev, "0, q, 1", "v(rd) v(rn)", insn="rev16 v0.16b, v1.16b"),
    _row("saddlp", 0, "00010", BHS, lift.make_add_pairs(1, 0), _LONG),
    _row("uaddlp", 1, "00010", BHS, lift.make_add_pairs(0, 0), _LONG),
    _row("suqadd", 0, "00011", ALL, _acc(sat.make_mixed_add(op.UADDSAT))),
    _row("usqadd", 1, "00011", ALL, _acc(sat.make_mixed_add(op.SADDSAT))),
    _row("cls", 0, "00100", BHS, _each(ops.emit_cls)),
    _row("clz", 1, "00100", BHS, _each(ops.make_unary(op.CLZ))),
    _row("cnt", 0, "00101", B, _each(ops.make_unary(op.POPCNT))),
    Row("not_v", "0 q 1 01110 00 10000 00101 10 rn:5 rd:5", _each(ops.emit_not), "3, q", "v(rd) v(rn)", insn="mvn v0.16b, v1.16b"),
    Row("rbit_v", "0 q 1 01110 01 10000 00101 10 rn:5 rd:5", _each(ops.make_unary(op.BITREV)), "0, q", "v(rd) v(rn)", insn="rbit v0.16b, v1.16b"),
    _row("sadalp", 0, "00110", BHS, lift.make_add_pairs(1, 1), _LONG),
    _row("uadalp", 1, "00110", BHS, lift.make_add_pairs(0, 1), _LONG),
    _row("sqabs", 0, "00111", ALL, _each(sat.emit_sqabs)),
    _row("sqneg", 1, "00111", ALL, _each(sat.emit_sqneg)),
    _zero("cmgt", 0, "01000", op.SLT, 1),
    _zero("cmge", 1, "01000", op.SLE, 1),
    _zero("cmeq", 0, "01001", op.EQ),
    _zero("cmle", 1, "01001", op.SLE),
    _zero("cmlt", 0, "01010", op.SLT),
    _row("abs", 0, "01011", ALL, _each(ops.make_unary(op.ABS))),
    _row("neg", 1, "01011", ALL, _each(ops.emit_neg)),
    _row("xtn", 0, "10010", BHS, lift.lift_xtn, _NARROW),
    _row("sqxtun", 1, "10010", BHS, lift.make_narrow(1, 0), _NARROW),
    Row("shll_width_v", "0 q 1 01110 size:2 10000 10011 10 rn:5 rd:5", lift.lift_shll, "size, q", "v(rd) v(rn)", when=BHS, insn="shll v0.8h, v1.8b, #8"),
    _row("sqxtn", 0, "10100", BHS, lift.make_narrow(1, 1), _NARROW),
    _row("uqxtn", 1, "10100", BHS, lift.make_narrow(0, 0), _NARROW),
]
