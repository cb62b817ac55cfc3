"""Rows: floating-point two-register miscellaneous and conversions with fraction bits; vector and scalar forms."""

from __future__ import annotations

from hqemu_core.isa.fp import estimate as estimate
from hqemu_core.isa.fp import rules as fp
from hqemu_core.isa.fp.integers import AWAY, DOWN, NEAREST, UP, ZERO
from hqemu_core.isa.table import Row

from ..lift import simd_two_reg as integer
from ..lift import simd_two_reg_fp as lift
from ..lift.simd_lanes import Lift


def _row(name: str, u: int, a: int, opcode: str, function: Lift, zero: int = 0) -> Row:
    return Row(
        f"{name}{'_zero' * zero}_v", f"0 q {u} 01110 {a} sz 10000 {opcode} 10 rn:5 rd:5", function, "sz, q",
        "v(rd) v(rn)", when="q or not sz", insn=f"{name} v0.4s, v1.4s{', #0.0' * zero}",
    )  # fmt: skip


def _scalar(name: str, u: int, a: int, opcode: str, function: Lift, zero: int = 0) -> Row:
    return Row(
        f"{name}{'_zero' * zero}_s", f"01 {u} 11110 {a} sz 10000 {opcode} 10 rn:5 rd:5", function, "sz, -1",
        "v(rd) v(rn)", insn=f"{name} s0, s1{', #0.0' * zero}",
    )  # fmt: skip


_FBITS = "i((64 << (immh >> 3)) - (immh << 3 | immb))"


def _fixed(name: str, u: int, opcode: str, function: Lift) -> list[Row]:
    """The vector and the scalar row."""
    return [
        Row(f"{name}_fixed_v", f"0 q {u} 011110 immh:4 immb:3 {opcode} 1 rn:5 rd:5", function, "immh >> 3, q",
            f"v(rd) v(rn) {_FBITS}", when="4 <= immh < 8 or q and immh >= 8", insn=f"{name} v0.4s, v1.4s, #3"),
        Row(f"{name}_fixed_s", f"01 {u} 111110 immh:4 immb:3 {opcode} 1 rn:5 rd:5", function, "immh >> 3, -1",
            f"v(rd) v(rn) {_FBITS}", when="immh >= 4", insn=f"{name} s0, s1, #3"),
    ]  # fmt: skip


_each, _rint, _zero = lift.make_each, lift.make_rint, lift.make_zero_compare


def _to_int(mode: int, signed: bool) -> Lift:
    return lift.make_each(lift.make_to_int(mode, signed))


# fmt: off
ROWS = [
    _row("fabs", 0, 1, "01111", _each(fp.fp_abs)),
    _row("fneg", 1, 1, "01111", _each(fp.fp_neg)),
    _row("fsqrt", 1, 1, "11111", _each(fp.fp_sqrt)),
    _row("frintn", 0, 0, "11000", _each(_rint(0))),
    _row("frintm", 0, 0, "11001", _each(_rint(1))),
    _row("frintp", 0, 1, "11000", _each(_rint(2))),
    _row("frintz", 0, 1, "11001", _each(_rint(3))),
    _row("frintx", 1, 0, "11001", _each(_rint(4))),
    _row("frinti", 1, 1, "11001", _each(_rint(5))),
    _row("frinta", 1, 0, "11000", _each(_rint(6))),
    _row("fcmgt", 0, 1, "01100", _each(_zero("gt")), 1),
    _row("fcmge", 1, 1, "01100", _each(_zero("ge")), 1),
    _row("fcmeq", 0, 1, "01101", _each(_zero("eq")), 1),
    _row("fcmle", 1, 1, "01101", _each(_zero("ge", 1)), 1),
    _row("fcmlt", 0, 1, "01110", _each(_zero("gt", 1)), 1),
    _row("fcvtns", 0, 0, "11010", _to_int(NEAREST, True)),
    _row("fcvtnu", 1, 0, "11010", _to_int(NEAREST, False)),
    _row("fcvtps", 0, 1, "11010", _to_int(UP, True)),
    _row("fcvtpu", 1, 1, "11010", _to_int(UP, False)),
    _row("fcvtms", 0, 0, "11011", _to_int(DOWN, True)),
    _row("fcvtmu", 1, 0, "11011", _to_int(DOWN, False)),
    _row("fcvtzs", 0, 1, "11011", _to_int(ZERO, True)),
    _row("fcvtzu", 1, 1, "11011", _to_int(ZERO, False)),
    _row("fcvtas", 0, 0, "11100", _to_int(AWAY, True)),
    _row("fcvtau", 1, 0, "11100", _to_int(AWAY, False)),
    _row("scvtf", 0, 0, "11101", lift.make_from_int(True)),
    _row("ucvtf", 1, 0, "11101", lift.make_from_int(False)),
    _row("frecpe", 0, 1, "11101", _each(estimate.fp_recpe)),
    _row("frsqrte", 1, 1, "11101", _each(estimate.fp_rsqrte)),
    Row("urecpe_v", "0 q 0 01110 10 10000 11100 10 rn:5 rd:5", integer.make_each(estimate.fp_urecpe), "2, q", "v(rd) v(rn)", insn="urecpe v0.4s, v1.4s"),
    Row("ursqrte_v", "0 q 1 01110 10 10000 11100 10 rn:5 rd:5", integer.make_each(estimate.fp_ursqrte), "2, q", "v(rd) v(rn)", insn="ursqrte v0.4s, v1.4s"),
    Row("fcvtl_v", "0 q 0 01110 0 sz 10000 10111 10 rn:5 rd:5", lift.lift_fcvtl, "sz, q", "v(rd) v(rn)", insn="fcvtl v0.4s, v1.4h"),
    Row("fcvtn_v", "0 q 0 01110 0 sz 10000 10110 10 rn:5 rd:5", lift.lift_fcvtn, "sz, q", "v(rd) v(rn)", insn="fcvtn v0.4h, v1.4s"),
    Row("fcvtxn_v", "0 q 1 01110 01 10000 10110 10 rn:5 rd:5", lift.lift_fcvtxn, "q", "v(rd) v(rn)", insn="fcvtxn v0.2s, v1.2d"),

    _scalar("fcmgt", 0, 1, "01100", _each(_zero("gt")), 1),
    _scalar("fcmge", 1, 1, "01100", _each(_zero("ge")), 1),
    _scalar("fcmeq", 0, 1, "01101", _each(_zero("eq")), 1),
    _scalar("fcmle", 1, 1, "01101", _each(_zero("ge", 1)), 1),
    _scalar("fcmlt", 0, 1, "01110", _each(_zero("gt", 1)), 1),
    _scalar("fcvtns", 0, 0, "11010", _to_int(NEAREST, True)),
    _scalar("fcvtnu", 1, 0, "11010", _to_int(NEAREST, False)),
    _scalar("fcvtps", 0, 1, "11010", _to_int(UP, True)),
    _scalar("fcvtpu", 1, 1, "11010", _to_int(UP, False)),
    _scalar("fcvtms", 0, 0, "11011", _to_int(DOWN, True)),
    _scalar("fcvtmu", 1, 0, "11011", _to_int(DOWN, False)),
    _scalar("fcvtzs", 0, 1, "11011", _to_int(ZERO, True)),
    _scalar("fcvtzu", 1, 1, "11011", _to_int(ZERO, False)),
    _scalar("fcvtas", 0, 0, "11100", _to_int(AWAY, True)),
    _scalar("fcvtau", 1, 0, "11100", _to_int(AWAY, False)),
    _scalar("scvtf", 0, 0, "11101", lift.make_from_int(True)),
    _scalar("ucvtf", 1, 0, "11101", lift.make_from_int(False)),
    _scalar("frecpe", 0, 1, "11101", _each(estimate.fp_recpe)),
    _scalar("frsqrte", 1, 1, "11101", _each(estimate.fp_rsqrte)),
    _scalar("frecpx", 0, 1, "11111", _each(estimate.fp_recpx)),
    Row("fcvtxn_s", "01 1 11110 01 10000 10110 10 rn:5 rd:5", lift.lift_fcvtxn, "-1", "v(rd) v(rn)", insn="fcvtxn s0, d1"),

    *_fixed("scvtf", 0, "11100", lift.make_from_fixed(True)),
    *_fixed("ucvtf", 1, "11100", lift.make_from_fixed(False)),
    *_fixed("fcvtzs", 0, "11111", lift.make_to_fixed(True, ZERO)),
    *_fixed("fcvtzu", 1, "11111", lift.make_to_fixed(False, ZERO)),
]
