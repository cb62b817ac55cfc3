"""Rows: Advanced SIMD, three registers of the same length, integer and logical (ARM ARM A7.4.1).

Patterns begin with ``1111 001 U``, which T32 has as ``111 U 1111``.
"""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.isa.simd import crypto, ops, saturate
from hqemu_core.isa.table import Row

from ..lift import neon_permute as permute
from ..lift import neon_shift as shift
from ..lift.neon_long import lift_poly_8
from ..lift.neon_regs import Lift, make_acc, make_pairs, make_two

RD, RN, RM = "d(dreg(D, vd))", "d(dreg(N, vn))", "d(dreg(M, vm))"
ALIGNED = "not (q and (vd | vn | vm) & 1)"
"""Q registers are even pairs of D registers"""
BHS, ALL, HS, D_ONLY = "size < 3", "", "size in (1, 2)", "not q"


def _row(
    name: str, u: int, a: str, low: int, function: Lift, sizes: str, shape: str = "size, q", kind: str = "i",
    operands: str = f"{RD} {RN} {RM}", feature: str = "neon", q: str = "q",
) -> Row:  # fmt: skip
    """The example has lanes of 16 bits where there is a choice."""
    register = "q" if q == "q" else "d"
    sample = f"{name.split('_')[0]}.{kind}16 {register}0, {register}1, {register}2"
    when = " and ".join(c for c in (sizes, ALIGNED if q == "q" else "") if c)
    pattern = f"1111 001 {u} 0 D size:2 vn:4 vd:4 {a} N {q} M {low} vm:4"
    return Row(name, pattern, function, shape, operands, when, insn=sample, feature=feature)


def _logic(name: str, u: int, size: str, function: Lift, when: str = "") -> Row:
    pattern = f"1111 001 {u} 0 D {size} vn:4 vd:4 0001 N q M 1 vm:4"
    return Row(name, pattern, function, "3, q", f"{RD} {RN} {RM}", ALIGNED, insn=f"{name[:4]} q0, q1, q2", feature="neon")


def _crypto(name: str, u: int, size: str, function: Lift, shape: str, word: str, feature: str) -> Row:
    pattern = f"1111 001 {u} 0 D {size} vn:4 vd:4 1100 N 1 M 0 vm:4"
    sample = f".word 0x{word} // {name}.32 q0, q1, q2"
    return Row(name, pattern, function, shape, f"{RD} {RN} {RM}", "not (vd | vn | vm) & 1", insn=sample, feature=feature)


_SHIFTED = f"{RD} {RM} {RN}"
_SWAPPED = 1

# fmt: off
ROWS = [
    _row("vhadd_s", 0, "0000", 0, make_two(ops.make_halving_add(1, 0)), BHS, kind="s"),
    _row("vhadd_u", 1, "0000", 0, make_two(ops.make_halving_add(0, 0)), BHS, kind="u"),
    _row("vqadd_s", 0, "0000", 1, make_two(saturate.emit_sqadd), ALL, kind="s"),
    _row("vqadd_u", 1, "0000", 1, make_two(saturate.emit_uqadd), ALL, kind="u"),
    _row("vrhadd_s", 0, "0001", 0, make_two(ops.make_halving_add(1, 1)), BHS, kind="s"),
    _row("vrhadd_u", 1, "0001", 0, make_two(ops.make_halving_add(0, 1)), BHS, kind="u"),
    _row("vhsub_s", 0, "0010", 0, make_two(ops.make_halving_sub(1)), BHS, kind="s"),
    _row("vhsub_u", 1, "0010", 0, make_two(ops.make_halving_sub(0)), BHS, kind="u"),
    _row("vqsub_s", 0, "0010", 1, make_two(saturate.emit_sqsub), ALL, kind="s"),
    _row("vqsub_u", 1, "0010", 1, make_two(saturate.emit_uqsub), ALL, kind="u"),
    _row("vcgt_s", 0, "0011", 0, make_two(ops.make_compare(op.SLT, _SWAPPED)), BHS, kind="s"),
    _row("vcgt_u", 1, "0011", 0, make_two(ops.make_compare(op.ULT, _SWAPPED)), BHS, kind="u"),
    _row("vcge_s", 0, "0011", 1, make_two(ops.make_compare(op.SLE, _SWAPPED)), BHS, kind="s"),
    _row("vcge_u", 1, "0011", 1, make_two(ops.make_compare(op.ULE, _SWAPPED)), BHS, kind="u"),
    _row("vshl_s", 0, "0100", 0, shift.lift_by_register, ALL, "size, q, 0, 0, 0", "s", _SHIFTED),
    _row("vshl_u", 1, "0100", 0, shift.lift_by_register, ALL, "size, q, 1, 0, 0", "u", _SHIFTED),
    _row("vqshl_s", 0, "0100", 1, shift.lift_by_register, ALL, "size, q, 0, 0, 1", "s", _SHIFTED),
    _row("vqshl_u", 1, "0100", 1, shift.lift_by_register, ALL, "size, q, 1, 0, 1", "u", _SHIFTED),
    _row("vrshl_s", 0, "0101", 0, shift.lift_by_register, ALL, "size, q, 0, 1, 0", "s", _SHIFTED),
    _row("vrshl_u", 1, "0101", 0, shift.lift_by_register, ALL, "size, q, 1, 1, 0", "u", _SHIFTED),
    _row("vqrshl_s", 0, "0101", 1, shift.lift_by_register, ALL, "size, q, 0, 1, 1", "s", _SHIFTED),
    _row("vqrshl_u", 1, "0101", 1, shift.lift_by_register, ALL, "size, q, 1, 1, 1", "u", _SHIFTED),
    _row("vmax_s", 0, "0110", 0, make_two(ops.make_op(op.SMAX)), BHS, kind="s"),
    _row("vmax_u", 1, "0110", 0, make_two(ops.make_op(op.UMAX)), BHS, kind="u"),
    _row("vmin_s", 0, "0110", 1, make_two(ops.make_op(op.SMIN)), BHS, kind="s"),
    _row("vmin_u", 1, "0110", 1, make_two(ops.make_op(op.UMIN)), BHS, kind="u"),
    _row("vabd_s", 0, "0111", 0, make_two(ops.emit_sabd), BHS, kind="s"),
    _row("vabd_u", 1, "0111", 0, make_two(ops.emit_uabd), BHS, kind="u"),
    _row("vaba_s", 0, "0111", 1, make_acc(ops.emit_saba), BHS, kind="s"),
    _row("vaba_u", 1, "0111", 1, make_acc(ops.emit_uaba), BHS, kind="u"),
    _row("vadd_i", 0, "1000", 0, make_two(ops.make_op(op.ADD)), ALL),
    _row("vsub_i", 1, "1000", 0, make_two(ops.make_op(op.SUB)), ALL),
    _row("vtst", 0, "1000", 1, make_two(ops.emit_cmtst), BHS, kind=""),
    _row("vceq_i", 1, "1000", 1, make_two(ops.make_compare(op.EQ)), BHS),
    _row("vmla_i", 0, "1001", 0, make_acc(ops.emit_mla), BHS),
    _row("vmls_i", 1, "1001", 0, make_acc(ops.emit_mls), BHS),
    _row("vmul_i", 0, "1001", 1, make_two(ops.make_op(op.MUL)), BHS),
    Row("vmul_p", "1111 001 1 0 D 00 vn:4 vd:4 1001 N q M 1 vm:4", lift_poly_8, "q", f"{RD} {RN} {RM}", ALIGNED, insn="vmul.p8 q0, q1, q2", feature="neon"),
    _row("vpmax_s", 0, "1010", 0, make_pairs(ops.make_op(op.SMAX)), BHS, "size", "s", q="0"),
    _row("vpmax_u", 1, "1010", 0, make_pairs(ops.make_op(op.UMAX)), BHS, "size", "u", q="0"),
    _row("vpmin_s", 0, "1010", 1, make_pairs(ops.make_op(op.SMIN)), BHS, "size", "s", q="0"),
    _row("vpmin_u", 1, "1010", 1, make_pairs(ops.make_op(op.UMIN)), BHS, "size", "u", q="0"),
    _row("vqdmulh", 0, "1011", 0, make_two(saturate.emit_sqdmulh), HS, kind="s"),
    _row("vqrdmulh", 1, "1011", 0, make_two(saturate.emit_sqrdmulh), HS, kind="s"),
    _row("vpadd_i", 0, "1011", 1, make_pairs(ops.make_op(op.ADD)), BHS, "size", q="0"),

    Row("vmov_v", "1111 001 0 0 D 10 vn:4 vd:4 0001 N q M 1 vm:4", permute.lift_move, "q", f"{RD} {RM}", f"vn == vm and N == M and {ALIGNED}", insn="vmov q0, q1", feature="neon"),
    _logic("vand", 0, "00", make_two(ops.make_op(op.AND))),
    _logic("vbic", 0, "01", make_two(ops.emit_bic)),
    _logic("vorr", 0, "10", make_two(ops.make_op(op.OR))),
    _logic("vorn", 0, "11", make_two(ops.emit_orn)),
    _logic("veor", 1, "00", make_two(ops.make_op(op.XOR))),
    _logic("vbsl", 1, "01", make_acc(ops.emit_bsl)),
    _logic("vbit", 1, "10", make_acc(ops.emit_bit)),
    _logic("vbif", 1, "11", make_acc(ops.emit_bif)),

    _crypto("sha1c", 0, "00", crypto.lift_sha1_rounds, "0", "f2020c44", "sha1"),
    _crypto("sha1p", 0, "01", crypto.lift_sha1_rounds, "1", "f2120c44", "sha1"),
    _crypto("sha1m", 0, "10", crypto.lift_sha1_rounds, "2", "f2220c44", "sha1"),
    _crypto("sha1su0", 0, "11", crypto.lift_sha1su0, "", "f2320c44", "sha1"),
    _crypto("sha256h", 1, "00", crypto.lift_sha256_rounds, "0", "f3020c44", "sha2"),
    _crypto("sha256h2", 1, "01", crypto.lift_sha256_rounds, "1", "f3120c44", "sha2"),
    _crypto("sha256su1", 1, "10", crypto.lift_sha256su1, "", "f3220c44", "sha2"),
]
