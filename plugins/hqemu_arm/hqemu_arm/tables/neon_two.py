"""Rows: Advanced SIMD, two registers, integers and permutations (ARM ARM A7.4.5, A7.4.6)."""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.isa.simd import crypto, ops, saturate
from hqemu_core.isa.table import Row

from ..lift import neon_long as wide
from ..lift import neon_permute as permute
from ..lift.neon_regs import Lift, make_one
from .neon_three import ALIGNED, RD, RM, RN
from .variants import conditional

_ALIGNED = "not (q and (vd | vm) & 1)"
_REGS = f"{RD} {RM}"
_BHS = "size < 3"


def _row(name: str, group: str, code: str, function: Lift, sizes: str, sample: str, shape: str = "size, q") -> Row:
    pattern = f"1111 0011 1 D 11 size:2 {group} vd:4 0 {code} q M 0 vm:4"
    when = " and ".join(c for c in (sizes, _ALIGNED) if c)
    return Row(name, pattern, function, shape, _REGS, when, insn=sample, feature="neon")


def _narrow(name: str, code: str, low: int, function: Lift, sample: str) -> Row:
    pattern = f"1111 0011 1 D 11 size:2 10 vd:4 0 {code} {low} M 0 vm:4"
    return Row(name, pattern, function, "size", _REGS, f"{_BHS} and not vm & 1", insn=sample, feature="neon")


def _crypto(name: str, size: str, group: str, code: str, function: Lift, shape: str, word: str, feature: str) -> Row:
    pattern = f"1111 0011 1 D 11 {size} {group} vd:4 0 {code} M 0 vm:4"
    kind = "8" if feature == "aes" else "32"
    return Row(name, pattern, function, shape, _REGS, "not (vd | vm) & 1", insn=f".word 0x{word} // {name}.{kind} q0, q1", feature=feature)


def _compare(name: str, code: str, emit: int, swap: int) -> Row:
    return _row(name + "_zero", "01", code, make_one(ops.make_zero_compare(emit, swap)), _BHS, f"{name}.s16 q0, q1, #0")


# fmt: off
ROWS = [
    _row("vrev64", "00", "0000", permute.lift_rev, _BHS, "vrev64.16 q0, q1", "size, q, 3 - size"),
    _row("vrev32", "00", "0001", permute.lift_rev, "size < 2", "vrev32.16 q0, q1", "size, q, 2 - size"),
    _row("vrev16", "00", "0010", permute.lift_rev, "size < 1", "vrev16.8 q0, q1", "size, q, 1 - size"),
    _row("vpaddl", "00", "010 U", wide.lift_pair_sums, _BHS, "vpaddl.s16 q0, q1", "size, q, U, 0"),
    _row("vpadal", "00", "110 U", wide.lift_pair_sums, _BHS, "vpadal.u16 q0, q1", "size, q, U, 1"),
    _row("vcls", "00", "1000", make_one(ops.emit_cls), _BHS, "vcls.s16 q0, q1"),
    _row("vclz", "00", "1001", make_one(ops.make_unary(op.CLZ)), _BHS, "vclz.i16 q0, q1"),
    _row("vcnt", "00", "1010", make_one(ops.make_unary(op.POPCNT)), "size == 0", "vcnt.8 q0, q1"),
    _row("vmvn", "00", "1011", make_one(ops.emit_not), "size == 0", "vmvn q0, q1"),
    _row("vqabs", "00", "1110", make_one(saturate.emit_sqabs), _BHS, "vqabs.s16 q0, q1"),
    _row("vqneg", "00", "1111", make_one(saturate.emit_sqneg), _BHS, "vqneg.s16 q0, q1"),
    _compare("vcgt", "0000", op.SLT, 1),
    _compare("vcge", "0001", op.SLE, 1),
    _row("vceq_zero", "01", "0010", make_one(ops.make_zero_compare(op.EQ)), _BHS, "vceq.i16 q0, q1, #0"),
    _compare("vcle", "0011", op.SLE, 0),
    _compare("vclt", "0100", op.SLT, 0),
    _row("vabs_i", "01", "0110", make_one(ops.make_unary(op.ABS)), _BHS, "vabs.s16 q0, q1"),
    _row("vneg_i", "01", "0111", make_one(ops.emit_neg), _BHS, "vneg.s16 q0, q1"),

    Row("vswp", "1111 0011 1 D 11 00 10 vd:4 0 0000 q M 0 vm:4", permute.lift_swap, "q", _REGS, f"(D != M or vd != vm) and {_ALIGNED}", insn="vswp q0, q1", feature="neon"),
    _row("vtrn", "10", "0001", permute.lift_both, f"{_BHS} and (D != M or vd != vm)", "vtrn.16 q0, q1", "size, q, 0"),
    _row("vuzp", "10", "0010", permute.lift_both, "size < 2 + q and (D != M or vd != vm)", "vuzp.16 q0, q1", "size, q, 1"),
    _row("vzip", "10", "0011", permute.lift_both, "size < 2 + q and (D != M or vd != vm)", "vzip.16 q0, q1", "size, q, 2"),
    _narrow("vmovn", "0100", 0, wide.lift_movn, "vmovn.i16 d0, q1"),
    _narrow("vqmovun", "0100", 1, wide.make_narrow(1, 0), "vqmovun.s16 d0, q1"),
    _narrow("vqmovn_s", "0101", 0, wide.make_narrow(1, 1), "vqmovn.s16 d0, q1"),
    _narrow("vqmovn_u", "0101", 1, wide.make_narrow(0, 0), "vqmovn.u16 d0, q1"),
    Row("vshll_max", "1111 0011 1 D 11 size:2 10 vd:4 0 0110 0 M 0 vm:4", wide.lift_shll_max, "size", _REGS, f"{_BHS} and not vd & 1", insn="vshll.i16 q0, d1, #16", feature="neon"),

    _crypto("aese", "00", "00", "0110 0", crypto.lift_aes_round, "0", "f3b00302", "aes"),
    _crypto("aesd", "00", "00", "0110 1", crypto.lift_aes_round, "1", "f3b00342", "aes"),
    _crypto("aesmc", "00", "00", "0111 0", crypto.lift_aes_mix, "0", "f3b00382", "aes"),
    _crypto("aesimc", "00", "00", "0111 1", crypto.lift_aes_mix, "1", "f3b003c2", "aes"),
    _crypto("sha1h", "10", "01", "0101 1", crypto.lift_sha1h, "", "f3b902c2", "sha1"),
    _crypto("sha1su1", "10", "10", "0111 0", crypto.lift_sha1su1, "", "f3ba0382", "sha1"),
    _crypto("sha256su0", "10", "10", "0111 1", crypto.lift_sha256su0, "", "f3ba03c2", "sha2"),

    *[Row(f"vdup_{8 << size}", f"1111 0011 1 D 11 index:{3 - size} 1{'0' * size} vd:4 1100 0 q M 0 vm:4", permute.lift_dup, f"{size}, q", f"{RD} e(8 * dreg(M, vm) + (index << {size}))", "not (q and vd & 1)", insn=f"vdup.{8 << size} q0, d1[1]", feature="neon") for size in (0, 1, 2)],
    Row("vext", "1111 0010 1 D 11 vn:4 vd:4 imm4:4 N q M 0 vm:4", permute.lift_ext, "imm4, q", f"{RD} {RN} {RM}", f"(q or imm4 < 8) and {ALIGNED}", insn="vext.8 q0, q1, q2, #3", feature="neon"),
    Row("vtbl", "1111 0011 1 D 11 vn:4 vd:4 10 len:2 N keep M 0 vm:4", permute.lift_table, "len + 1, keep", f"{RD} {RN} {RM}", "dreg(N, vn) + len < 32", insn="vtbl.8 d0, {d1, d2}, d3", feature="neon"),
    *conditional("vdup_core", "1110 1 B q 0 vd:4 rt:4 1011 D 0 E 1 0000", permute.lift_dup_core, "0 if B else 1 if E else 2, q", f"{RD} r(rt)", "not (B and E) and rt != 15 and not (q and vd & 1)", insn="vdup.16 q0, r0", feature="neon"),
]
