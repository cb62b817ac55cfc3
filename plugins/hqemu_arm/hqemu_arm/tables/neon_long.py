"""Rows: Advanced SIMD, three registers of different lengths, and two registers and a scalar (ARM ARM A7.4.2, A7.4.3)."""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.isa.simd import ops, saturate
from hqemu_core.isa.table import Row

from ..lift import neon_fp as fp
from ..lift import neon_long as lift
from ..lift.neon_regs import Lift, make_element, make_element_acc
from .neon_three import RD, RM, RN

_ELEMENT = "e(8 * (vm & 7) + 2 * (M << 1 | vm >> 3) if size == 1 else 8 * vm + 4 * M)"
_LONG, _WIDE, _NARROW = "not vd & 1", "not (vd | vn) & 1", "not (vn | vm) & 1"


def _diff(
    name: str, u: int, code: str, function: Lift, sample: str, shape: str = "size", when: str = _LONG,
    sizes: str = "size < 3",
) -> Row:  # fmt: skip
    pattern = f"1111 001 {u} 1 D size:2 vn:4 vd:4 {code} N 0 M 0 vm:4"
    return Row(name, pattern, function, shape, f"{RD} {RN} {RM}", f"{sizes} and {when}", insn=sample, feature="neon")


def _scalar(name: str, code: str, function: Lift, kind: str, sizes: str = "size in (1, 2)", shape: str = "size, q") -> Row:
    """Bit 24 is Q."""
    pattern = f"1111 001 q 1 D size:2 vn:4 vd:4 {code} N 1 M 0 vm:4"
    sample = f"{name.split('_')[0]}.{kind} q0, q1, d2[1]"
    when = f"{sizes} and not (q and (vd | vn) & 1)"
    return Row(name, pattern, function, shape, f"{RD} {RN} {_ELEMENT}", when, insn=sample, feature="neon")


def _scalar_long(name: str, u: int, code: str, function: Lift, kind: str) -> Row:
    pattern = f"1111 001 {u} 1 D size:2 vn:4 vd:4 {code} N 1 M 0 vm:4"
    sample = f"{name.split('_')[0]}.{kind} q0, d1, d2[1]"
    return Row(name, pattern, function, "size", f"{RD} {RN} {_ELEMENT}", f"size in (1, 2) and {_LONG}", insn=sample, feature="neon")


def _both_signs(name: str, code: str, make: object) -> list[Row]:
    assert callable(make)
    return [
        _diff(f"{name}_{kind}", u, code, make(1 - u), f"{name}.{kind}16 q0, d1, d2") for u, kind in ((0, "s"), (1, "u"))
    ]


def _both_signs_scalar(name: str, code: str, make: object) -> list[Row]:
    assert callable(make)
    return [_scalar_long(f"{name}_{kind}_lane", u, code, make(1 - u), f"{kind}16") for u, kind in ((0, "s"), (1, "u"))]


_long, _acc, _one, _one_acc = lift.make_long, lift.make_long_acc, lift.make_long_element, lift.make_long_element_acc
_HS = "size in (1, 2)"

# fmt: off
ROWS = [
    *_both_signs("vaddl", "0000", lambda s: _long(ops.make_add_long(0, s))),
    _diff("vaddw_s", 0, "0001", lift.lift_wide, "vaddw.s16 q0, q1, d2", "size, 0, 0", _WIDE),
    _diff("vaddw_u", 1, "0001", lift.lift_wide, "vaddw.u16 q0, q1, d2", "size, 1, 0", _WIDE),
    *_both_signs("vsubl", "0010", lambda s: _long(ops.make_add_long(1, s))),
    _diff("vsubw_s", 0, "0011", lift.lift_wide, "vsubw.s16 q0, q1, d2", "size, 0, 1", _WIDE),
    _diff("vsubw_u", 1, "0011", lift.lift_wide, "vsubw.u16 q0, q1, d2", "size, 1, 1", _WIDE),
    _diff("vaddhn", 0, "0100", lift.lift_high_half, "vaddhn.i16 d0, q1, q2", "size, 0, 0", _NARROW),
    _diff("vraddhn", 1, "0100", lift.lift_high_half, "vraddhn.i16 d0, q1, q2", "size, 1, 0", _NARROW),
    _diff("vabal_s", 0, "0101", _acc(ops.emit_sabal), "vabal.s16 q0, d1, d2"),
    _diff("vabal_u", 1, "0101", _acc(ops.emit_uabal), "vabal.u16 q0, d1, d2"),
    _diff("vsubhn", 0, "0110", lift.lift_high_half, "vsubhn.i16 d0, q1, q2", "size, 0, 1", _NARROW),
    _diff("vrsubhn", 1, "0110", lift.lift_high_half, "vrsubhn.i16 d0, q1, q2", "size, 1, 1", _NARROW),
    _diff("vabdl_s", 0, "0111", _long(ops.emit_sabdl), "vabdl.s16 q0, d1, d2"),
    _diff("vabdl_u", 1, "0111", _long(ops.emit_uabdl), "vabdl.u16 q0, d1, d2"),
    *_both_signs("vmlal", "1000", lambda s: _acc(ops.make_mla_long(0, s))),
    *_both_signs("vmlsl", "1010", lambda s: _acc(ops.make_mla_long(1, s))),
    *_both_signs("vmull", "1100", lambda s: _long(ops.make_mul_long(s))),
    _diff("vqdmlal", 0, "1001", _acc(saturate.make_sqdmlal(0)), "vqdmlal.s16 q0, d1, d2", sizes=_HS),
    _diff("vqdmlsl", 0, "1011", _acc(saturate.make_sqdmlal(1)), "vqdmlsl.s16 q0, d1, d2", sizes=_HS),
    _diff("vqdmull", 0, "1101", _long(saturate.emit_sqdmull), "vqdmull.s16 q0, d1, d2", sizes=_HS),
    _diff("vmull_p8", 0, "1110", lift.lift_poly, "vmull.p8 q0, d1, d2", "", sizes="size == 0"),
    Row("vmull_p64", "1111 001 0 1 D 10 vn:4 vd:4 1110 N 0 M 0 vm:4", lift.lift_poly_64, "", f"{RD} {RN} {RM}", _LONG, insn=".word 0xf2a10e02 // vmull.p64 q0, d1, d2", feature="pmull"),

    _scalar("vmla_lane", "0000", make_element_acc(ops.emit_mla), "i16"),
    _scalar("vmls_lane", "0100", make_element_acc(ops.emit_mls), "i16"),
    _scalar("vmla_lane_f", "0001", fp.make_element_acc(fp.make_mla(0)), "f32", "size == 2", "q"),
    _scalar("vmls_lane_f", "0101", fp.make_element_acc(fp.make_mla(1)), "f32", "size == 2", "q"),
    *_both_signs_scalar("vmlal", "0010", lambda s: _one_acc(ops.make_mla_long(0, s))),
    *_both_signs_scalar("vmlsl", "0110", lambda s: _one_acc(ops.make_mla_long(1, s))),
    _scalar_long("vqdmlal_lane", 0, "0011", _one_acc(saturate.make_sqdmlal(0)), "s16"),
    _scalar_long("vqdmlsl_lane", 0, "0111", _one_acc(saturate.make_sqdmlal(1)), "s16"),
    _scalar("vmul_lane", "1000", make_element(ops.make_op(op.MUL)), "i16"),
    _scalar("vmul_lane_f", "1001", fp.make_element(fp.make_binary(op.FMUL)), "f32", "size == 2", "q"),
    *_both_signs_scalar("vmull", "1010", lambda s: _one(ops.make_mul_long(s))),
    _scalar_long("vqdmull_lane", 0, "1011", _one(saturate.emit_sqdmull), "s16"),
    _scalar("vqdmulh_lane", "1100", make_element(saturate.emit_sqdmulh), "s16"),
    _scalar("vqrdmulh_lane", "1101", make_element(saturate.emit_sqrdmulh), "s16"),
]
