"""Rows: VFP data processing (ARM ARM A7.5; unconditional ones of ARMv8).

Patterns begin with the condition, or with ``1111 1110``; in T32 both are ``1110`` and ``1111 1110``.
"""

from __future__ import annotations

from hqemu_core.isa.fp.integers import AWAY, DOWN, NEAREST, UP, ZERO
from hqemu_core.isa.table import Row

from ..lift import vfp_arith as lift
from ..lift import vfp_convert as convert
from ..lift.common import Lift
from .variants import conditional

_RD, _RN, _RM = "f(freg(sz, vd, D))", "f(freg(sz, vn, N))", "f(freg(sz, vm, M))"
_SINGLE_D, _SINGLE_M = "s(vd << 1 | D)", "s(vm << 1 | M)"


def _three(
    name: str, first: str, second: str, op: str, function: Lift, shape: str, insn: str, feature: str = "vfp"
) -> list[Row]:
    pattern = f"1110 {first} D {second} vn:4 vd:4 101 sz N {op} M 0 vm:4"
    return conditional(name, pattern, function, shape, f"{_RD} {_RN} {_RM}", insn=insn, feature=feature)


def _two(
    name: str, code: str, low: str, function: Lift, shape: str, insn: str, operands: str = f"{_RD} {_RM}",
    feature: str = "vfp", when: str = "",
) -> list[Row]:  # fmt: skip
    pattern = f"1110 1 D 11 {code} vd:4 101 sz {low} M 0 vm:4"
    return conditional(name, pattern, function, shape, operands, when, insn=insn, feature=feature)


def _always(name: str, pattern: str, function: Lift, shape: str, operands: str, insn: str, flags: str = "") -> Row:
    return Row(name, f"1111 1110 {pattern}", function, shape, operands, flags=flags, insn=insn, feature="vfpv4")


# fmt: off
ROWS = [
    *_three("vmla", "0", "00", "0", lift.lift_mla, "sz, 0, 0", "vmla.f64 d0, d1, d2"),
    *_three("vmls", "0", "00", "1", lift.lift_mla, "sz, 1, 0", "vmls.f64 d0, d1, d2"),
    *_three("vnmls", "0", "01", "0", lift.lift_mla, "sz, 0, 1", "vnmls.f64 d0, d1, d2"),
    *_three("vnmla", "0", "01", "1", lift.lift_mla, "sz, 1, 1", "vnmla.f64 d0, d1, d2"),
    *_three("vmul", "0", "10", "0", lift.lift_binary, "sz, 2", "vmul.f64 d0, d1, d2"),
    *_three("vnmul", "0", "10", "1", lift.lift_nmul, "sz", "vnmul.f64 d0, d1, d2"),
    *_three("vadd", "0", "11", "0", lift.lift_binary, "sz, 0", "vadd.f32 s1, s2, s3"),
    *_three("vsub", "0", "11", "1", lift.lift_binary, "sz, 1", "vsub.f32 s1, s2, s3"),
    *_three("vdiv", "1", "00", "0", lift.lift_binary, "sz, 3", "vdiv.f64 d0, d1, d2"),
    *_three("vfnms", "1", "01", "0", lift.lift_fma, "sz, 0, 1", ".word 0xee910b02 // vfnms.f64 d0, d1, d2", "vfpv4"),
    *_three("vfnma", "1", "01", "1", lift.lift_fma, "sz, 1, 1", ".word 0xee910b42 // vfnma.f64 d0, d1, d2", "vfpv4"),
    *_three("vfma", "1", "10", "0", lift.lift_fma, "sz, 0, 0", ".word 0xeea10b02 // vfma.f64 d0, d1, d2", "vfpv4"),
    *_three("vfms", "1", "10", "1", lift.lift_fma, "sz, 1, 0", ".word 0xeea10b42 // vfms.f64 d0, d1, d2", "vfpv4"),

    *_two("vmov_reg", "0000", "01", lift.lift_unary, "sz, 0", "vmov.f64 d0, d1"),
    *_two("vabs", "0000", "11", lift.lift_unary, "sz, 1", "vabs.f64 d0, d1"),
    *_two("vneg", "0001", "01", lift.lift_unary, "sz, 2", "vneg.f64 d0, d1"),
    *_two("vsqrt", "0001", "11", lift.lift_unary, "sz, 3", "vsqrt.f64 d0, d1"),
    *_two("vcmp", "0100", "E 1", lift.lift_compare, "sz, E", "vcmp.f64 d0, d1"),
    *conditional("vcmp_zero", "1110 1 D 11 0101 vd:4 101 sz E 1 0 0 0000", lift.lift_compare_zero, "sz, E", _RD, insn="vcmpe.f32 s1, #0", feature="vfp"),
    *_two("vrintr", "0110", "01", lift.lift_round, "sz, 5", ".word 0xeeb60b41 // vrintr.f64 d0, d1", feature="vfpv4"),
    *_two("vrintz", "0110", "11", lift.lift_round, "sz, 3", ".word 0xeeb60bc1 // vrintz.f64 d0, d1", feature="vfpv4"),
    *_two("vrintx", "0111", "01", lift.lift_round, "sz, 4", ".word 0xeeb70b41 // vrintx.f64 d0, d1", feature="vfpv4"),

    *_two("vcvt_to_double", "0111", "11", convert.lift_format, "0", "vcvt.f64.f32 d0, s1", f"d(D << 4 | vd) {_SINGLE_M}", when="not sz"),
    *_two("vcvt_to_single", "0111", "11", convert.lift_format, "1", "vcvt.f32.f64 s0, d1", f"{_SINGLE_D} d(M << 4 | vm)", when="sz"),
    *_two("vcvt_from_half", "0010", "top 1", convert.lift_from_half, "sz", ".word 0xeeb20a60 // vcvtb.f32.f16 s0, s1", f"{_RD} e(4 * (vm << 1 | M) + 2 * top)", "vfpv3"),
    *_two("vcvt_to_half", "0011", "top 1", convert.lift_to_half, "sz", ".word 0xeeb30ae0 // vcvtt.f16.f32 s0, s1", f"e(4 * (vd << 1 | D) + 2 * top) {_RM}", "vfpv3"),
    *_two("vcvt_from_int", "1000", "signed 1", convert.lift_from_int, "sz, signed", "vcvt.f64.s32 d0, s1", f"{_RD} {_SINGLE_M}"),
    *_two("vcvtr", "110 signed", "01", convert.lift_to_int_current, "sz, signed", "vcvtr.s32.f64 s0, d1", f"{_SINGLE_D} {_RM}"),
    *_two("vcvt_to_int", "110 signed", "11", convert.lift_to_int, f"sz, signed, {ZERO}", "vcvt.s32.f64 s0, d1", f"{_SINGLE_D} {_RM}"),
    *conditional("vcvt_from_fixed", "1110 1 D 11 101 U vd:4 101 sz sx 1 i 0 imm:4", convert.lift_from_fixed, "sz, U, sx", f"{_RD} i((32 if sx else 16) - (imm << 1 | i))", "(imm << 1 | i) <= (32 if sx else 16)", insn="vcvt.f64.s32 d0, d0, #8", feature="vfpv3"),
    *conditional("vcvt_to_fixed", "1110 1 D 11 111 U vd:4 101 sz sx 1 i 0 imm:4", convert.lift_to_fixed, "sz, U, sx", f"{_RD} i((32 if sx else 16) - (imm << 1 | i))", "(imm << 1 | i) <= (32 if sx else 16)", insn="vcvt.s32.f64 d0, d0, #8", feature="vfpv3"),

    _always("vsel", "0 D cond:2 vn:4 vd:4 101 sz N 0 M 0 vm:4", lift.lift_select, "sz, cond", f"{_RD} {_RN} {_RM}", ".word 0xfe210b02 // vselge.f64 d0, d1, d2", "r"),
    _always("vmaxnm", "1 D 00 vn:4 vd:4 101 sz N less M 0 vm:4", lift.lift_minmax, "sz, less", f"{_RD} {_RN} {_RM}", ".word 0xfe810b02 // vmaxnm.f64 d0, d1, d2"),
    _always("vrint", "1 D 11 10 mode:2 vd:4 101 sz 01 M 0 vm:4", lift.lift_round, f"sz, ({AWAY}, {NEAREST}, {UP}, {DOWN})[mode]", f"{_RD} {_RM}", ".word 0xfeb80b41 // vrinta.f64 d0, d1"),
    _always("vcvt_mode", "1 D 11 11 mode:2 vd:4 101 sz signed 1 M 0 vm:4", convert.lift_to_int, f"sz, signed, ({AWAY}, {NEAREST}, {UP}, {DOWN})[mode]", f"{_SINGLE_D} {_RM}", ".word 0xfebc0bc1 // vcvta.s32.f64 s0, d1"),
]
