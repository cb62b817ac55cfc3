"""Rows: Advanced SIMD, single precision (ARM ARM A7.4.1, A7.4.5)."""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.isa.fp import rules
from hqemu_core.isa.fp.integers import AWAY, DOWN, NEAREST, UP, ZERO
from hqemu_core.isa.table import Row

from ..lift import neon_fp as lift
from ..lift.neon_regs import Lift
from .neon_three import ALIGNED, RD, RM, RN

_ALIGNED = "not (q and (vd | vm) & 1)"
_REGS = f"{RD} {RM}"


def _three(name: str, u: int, sz: str, code: str, low: int, function: Lift, sample: str = "", feature: str = "neon") -> Row:
    pattern = f"1111 001 {u} 0 D {sz} vn:4 vd:4 {code} N q M {low} vm:4"
    sample = sample or f"{name.removesuffix('_f')}.f32 q0, q1, q2"
    return Row(name, pattern, function, "q", f"{RD} {RN} {RM}", ALIGNED, insn=sample, feature=feature)


def _pairs(name: str, u: int, sz: str, code: str, low: int, function: Lift) -> Row:
    pattern = f"1111 001 {u} 0 D {sz} vn:4 vd:4 {code} N 0 M {low} vm:4"
    return Row(name, pattern, function, "", f"{RD} {RN} {RM}", insn=f"{name.removesuffix('_f')}.f32 d0, d1, d2", feature="neon")


def _two(name: str, group: str, code: str, function: Lift, sample: str, shape: str = "q", feature: str = "neon") -> Row:
    pattern = f"1111 0011 1 D 11 10 {group} vd:4 0 {code} q M 0 vm:4"
    return Row(name, pattern, function, shape, _REGS, _ALIGNED, insn=sample, feature=feature)


def _compare(name: str, code: str, kind: str, swap: int = 0) -> Row:
    function = lift.make_one(lift.make_zero_compare(kind, swap))
    return _two(f"{name}_zero_f", "01", f"1 {code}", function, f"{name}.f32 q0, q1, #0")


def _to_int(name: str, signed: int, mode: int) -> Lift:
    return lift.make_one(lift.make_to_int(bool(signed), mode))


_MODES = (("a", "00", AWAY), ("n", "01", NEAREST), ("p", "10", UP), ("m", "11", DOWN))

# fmt: off
ROWS = [
    _three("vfma_f", 0, "00", "1100", 1, lift.make_acc(lift.make_fma(0)), ".word 0xf2020c54 // vfma.f32 q0, q1, q2", "vfpv4"),
    _three("vfms_f", 0, "10", "1100", 1, lift.make_acc(lift.make_fma(1)), ".word 0xf2220c54 // vfms.f32 q0, q1, q2", "vfpv4"),
    _three("vadd_f", 0, "00", "1101", 0, lift.make_two(lift.make_binary(op.FADD))),
    _three("vsub_f", 0, "10", "1101", 0, lift.make_two(lift.make_binary(op.FSUB))),
    _pairs("vpadd_f", 1, "00", "1101", 0, lift.make_pairs(lift.make_binary(op.FADD))),
    _three("vabd_f", 1, "10", "1101", 0, lift.make_two(rules.fp_abd)),
    _three("vmla_f", 0, "00", "1101", 1, lift.make_acc(lift.make_mla(0))),
    _three("vmls_f", 0, "10", "1101", 1, lift.make_acc(lift.make_mla(1))),
    _three("vmul_f", 1, "00", "1101", 1, lift.make_two(lift.make_binary(op.FMUL))),
    _three("vceq_f", 0, "00", "1110", 0, lift.make_two(lift.make_compare("eq"))),
    _three("vcge_f", 1, "00", "1110", 0, lift.make_two(lift.make_compare("ge"))),
    _three("vcgt_f", 1, "10", "1110", 0, lift.make_two(lift.make_compare("gt"))),
    _three("vacge_f", 1, "00", "1110", 1, lift.make_two(lift.make_compare("acge"))),
    _three("vacgt_f", 1, "10", "1110", 1, lift.make_two(lift.make_compare("acgt"))),
    _three("vmax_f", 0, "00", "1111", 0, lift.make_two(lift.make_minmax("max"))),
    _three("vmin_f", 0, "10", "1111", 0, lift.make_two(lift.make_minmax("min"))),
    _pairs("vpmax_f", 1, "00", "1111", 0, lift.make_pairs(lift.make_minmax("max"))),
    _pairs("vpmin_f", 1, "10", "1111", 0, lift.make_pairs(lift.make_minmax("min"))),
    _three("vrecps_f", 0, "00", "1111", 1, lift.make_two(lift.emit_recps)),
    _three("vrsqrts_f", 0, "10", "1111", 1, lift.make_two(lift.emit_rsqrts)),
    _three("vmaxnm_f", 1, "00", "1111", 1, lift.make_two(lift.make_minmax("maxnm")), ".word 0xf3020f54 // vmaxnm.f32 q0, q1, q2", "vfpv4"),
    _three("vminnm_f", 1, "10", "1111", 1, lift.make_two(lift.make_minmax("minnm")), ".word 0xf3220f54 // vminnm.f32 q0, q1, q2", "vfpv4"),

    _compare("vcgt", "000", "gt"),
    _compare("vcge", "001", "ge"),
    _compare("vceq", "010", "eq"),
    _compare("vcle", "011", "ge", 1),
    _compare("vclt", "100", "gt", 1),
    _two("vabs_f", "01", "1110", lift.make_one(rules.fp_abs), "vabs.f32 q0, q1"),
    _two("vneg_f", "01", "1111", lift.make_one(rules.fp_neg), "vneg.f32 q0, q1"),

    *[_two(f"vrint{name}_f", "10", f"1 {code}", lift.make_one(lift.make_round(mode)), f".word 0x{word} // vrint{name}.f32 q0, q1", feature="vfpv4")
      for name, code, mode, word in (("n", "000", NEAREST, "f3ba0442"), ("x", "001", 4, "f3ba04c2"), ("a", "010", AWAY, "f3ba0542"), ("z", "011", ZERO, "f3ba05c2"), ("m", "101", DOWN, "f3ba06c2"), ("p", "111", UP, "f3ba07c2"))],
    Row("vcvt_v_to_half", "1111 0011 1 D 11 01 10 vd:4 0 1100 0 M 0 vm:4", lift.lift_to_half, "", _REGS, "not vm & 1", insn=".word 0xf3b60602 // vcvt.f16.f32 d0, q1", feature="vfpv3"),
    Row("vcvt_v_from_half", "1111 0011 1 D 11 01 10 vd:4 0 1110 0 M 0 vm:4", lift.lift_from_half, "", _REGS, "not vd & 1", insn=".word 0xf3b60701 // vcvt.f32.f16 q0, d1", feature="vfpv3"),

    *[_two(f"vcvt{name}_{kind}", "11", f"0 {code} {unsigned}", _to_int(name, 1 - unsigned, mode), f".word 0x{0xF3BB0042 | mode_at << 8 | unsigned << 7:08x} // vcvt{name}.{kind}32.f32 q0, q1", feature="vfpv4")
      for mode_at, (name, code, mode) in enumerate(_MODES) for unsigned, kind in ((0, "s"), (1, "u"))],
    _two("vrecpe_f", "11", "10 1 0", lift.make_one(lift.emit_recpe), "vrecpe.f32 q0, q1"),
    _two("vrsqrte_f", "11", "10 1 1", lift.make_one(lift.emit_rsqrte), "vrsqrte.f32 q0, q1"),
    _two("vrecpe_u", "11", "10 0 0", lift.lift_estimate_int, "vrecpe.u32 q0, q1", "q, 0"),
    _two("vrsqrte_u", "11", "10 0 1", lift.lift_estimate_int, "vrsqrte.u32 q0, q1", "q, 1"),
    _two("vcvt_v_from_int", "11", "110 U", lift.lift_from_int, "vcvt.f32.s32 q0, q1", "q, U"),
    _two("vcvt_v_to_s", "11", "1110", lift.make_one(lift.make_to_int(True, ZERO)), "vcvt.s32.f32 q0, q1"),
    _two("vcvt_v_to_u", "11", "1111", lift.make_one(lift.make_to_int(False, ZERO)), "vcvt.u32.f32 q0, q1"),
]
