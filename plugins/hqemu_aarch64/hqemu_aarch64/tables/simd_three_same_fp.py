"""Rows: floating-point three same, by element, pairwise and across lanes; vector and scalar forms."""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.isa.fp import rules as fp
from hqemu_core.isa.table import Row

from ..lift import simd_three_same_fp as lift
from ..lift.simd_lanes import Lift

_VECTORS, _EXISTS = "v0.4s, v1.4s, v2.4s", "q or not sz"


def _row(name: str, u: int, a: int, opcode: str, function: Lift) -> Row:
    return Row(
        f"{name}_v", f"0 q {u} 01110 {a} sz 1 rm:5 {opcode} 1 rn:5 rd:5", function, "sz, q", "v(rd) v(rn) v(rm)",
        when=_EXISTS, insn=f"{name} {_VECTORS}",
    )  # fmt: skip


def _scalar(name: str, u: int, a: int, opcode: str, function: Lift) -> Row:
    return Row(
        f"{name}_s", f"01 {u} 11110 {a} sz 1 rm:5 {opcode} 1 rn:5 rd:5", function, "sz, -1", "v(rd) v(rn) v(rm)",
        insn=f"{name} s0, s1, s2",
    )  # fmt: skip


def _pair(name: str, a: int, opcode: str, function: Lift) -> Row:
    return Row(
        f"{name}_s", f"01 1 11110 {a} sz 11000 {opcode} 10 rn:5 rd:5", function, "sz", "v(rd) v(rn)",
        insn=f"{name} s0, v1.2s",
    )  # fmt: skip


def _across(name: str, a: int, opcode: str, function: Lift) -> Row:
    return Row(
        f"{name}_v", f"0 1 1 01110 {a} 0 11000 {opcode} 10 rn:5 rd:5", function, "", "v(rd) v(rn)",
        insn=f"{name} s0, v1.4s",
    )  # fmt: skip


_ELEMENT = "ve(16 * (m << 4 | rm) + (8 * h if sz else 4 * (h << 1 | l)))"


def _element(name: str, u: int, opcode: str, function: Lift) -> Row:
    return Row(
        f"{name}_e", f"0 q {u} 01111 1 sz l m rm:4 {opcode} h 0 rn:5 rd:5", function, "sz, q",
        f"v(rd) v(rn) {_ELEMENT}", when="q and not l or not sz", insn=f"{name} v0.4s, v1.4s, v2.s[3]",
    )  # fmt: skip


def _element_scalar(name: str, u: int, opcode: str, function: Lift) -> Row:
    return Row(
        f"{name}_es", f"01 {u} 11111 1 sz l m rm:4 {opcode} h 0 rn:5 rd:5", function, "sz, -1",
        f"v(rd) v(rn) {_ELEMENT}", when="not l or not sz", insn=f"{name} s0, s1, v2.s[3]",
    )  # fmt: skip


_same, _acc, _pairs, _two = lift.make_same, lift.make_same_acc, lift.make_pairwise, lift.make_scalar_pair
_binary, _minmax, _compare = lift.make_binary, lift.make_minmax, lift.make_compare
_one, _one_acc = lift.make_element, lift.make_element_acc

# fmt: off
ROWS = [
    _row("fmaxnm", 0, 0, "11000", _same(_minmax("maxnm"))),
    _row("fmaxnmp", 1, 0, "11000", _pairs(_minmax("maxnm"))),
    _row("fminnm", 0, 1, "11000", _same(_minmax("minnm"))),
    _row("fminnmp", 1, 1, "11000", _pairs(_minmax("minnm"))),
    _row("fmla", 0, 0, "11001", _acc(fp.fp_fma)),
    _row("fmls", 0, 1, "11001", _acc(lift.emit_fmls)),
    _row("fadd", 0, 0, "11010", _same(_binary(op.FADD))),
    _row("faddp", 1, 0, "11010", _pairs(_binary(op.FADD))),
    _row("fsub", 0, 1, "11010", _same(_binary(op.FSUB))),
    _row("fabd", 1, 1, "11010", _same(fp.fp_abd)),
    _row("fmulx", 0, 0, "11011", _same(fp.fp_mulx)),
    _row("fmul", 1, 0, "11011", _same(_binary(op.FMUL))),
    _row("fcmeq", 0, 0, "11100", _same(_compare("eq"))),
    _row("fcmge", 1, 0, "11100", _same(_compare("ge"))),
    _row("fcmgt", 1, 1, "11100", _same(_compare("gt"))),
    _row("facge", 1, 0, "11101", _same(_compare("acge"))),
    _row("facgt", 1, 1, "11101", _same(_compare("acgt"))),
    _row("fmax", 0, 0, "11110", _same(_minmax("max"))),
    _row("fmaxp", 1, 0, "11110", _pairs(_minmax("max"))),
    _row("fmin", 0, 1, "11110", _same(_minmax("min"))),
    _row("fminp", 1, 1, "11110", _pairs(_minmax("min"))),
    _row("frecps", 0, 0, "11111", _same(fp.fp_recps)),
    _row("fdiv", 1, 0, "11111", _same(_binary(op.FDIV))),
    _row("frsqrts", 0, 1, "11111", _same(fp.fp_rsqrts)),

    _scalar("fabd", 1, 1, "11010", _same(fp.fp_abd)),
    _scalar("fmulx", 0, 0, "11011", _same(fp.fp_mulx)),
    _scalar("fcmeq", 0, 0, "11100", _same(_compare("eq"))),
    _scalar("fcmge", 1, 0, "11100", _same(_compare("ge"))),
    _scalar("fcmgt", 1, 1, "11100", _same(_compare("gt"))),
    _scalar("facge", 1, 0, "11101", _same(_compare("acge"))),
    _scalar("facgt", 1, 1, "11101", _same(_compare("acgt"))),
    _scalar("frecps", 0, 0, "11111", _same(fp.fp_recps)),
    _scalar("frsqrts", 0, 1, "11111", _same(fp.fp_rsqrts)),

    _pair("fmaxnmp", 0, "01100", _two(_minmax("maxnm"))),
    _pair("fminnmp", 1, "01100", _two(_minmax("minnm"))),
    _pair("faddp", 0, "01101", _two(_binary(op.FADD))),
    _pair("fmaxp", 0, "01111", _two(_minmax("max"))),
    _pair("fminp", 1, "01111", _two(_minmax("min"))),

    _across("fmaxnmv", 0, "01100", lift.make_across(_minmax("maxnm"))),
    _across("fminnmv", 1, "01100", lift.make_across(_minmax("minnm"))),
    _across("fmaxv", 0, "01111", lift.make_across(_minmax("max"))),
    _across("fminv", 1, "01111", lift.make_across(_minmax("min"))),

    _element("fmla", 0, "0001", _one_acc(fp.fp_fma)),
    _element("fmls", 0, "0101", _one_acc(lift.emit_fmls)),
    _element("fmul", 0, "1001", _one(_binary(op.FMUL))),
    _element("fmulx", 1, "1001", _one(fp.fp_mulx)),
    _element_scalar("fmla", 0, "0001", _one_acc(fp.fp_fma)),
    _element_scalar("fmls", 0, "0101", _one_acc(lift.emit_fmls)),
    _element_scalar("fmul", 0, "1001", _one(_binary(op.FMUL))),
    _element_scalar("fmulx", 1, "1001", _one(fp.fp_mulx)),
]
