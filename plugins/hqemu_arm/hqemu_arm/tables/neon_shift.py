"""Rows: Advanced SIMD, two registers and a shift amount; modified immediates (ARM ARM A7.4.4, A7.4.6)."""

from __future__ import annotations

from hqemu_core.isa.table import Row

from ..lift import neon_fp as fp
from ..lift import neon_permute as permute
from ..lift import neon_shift as lift
from ..lift.neon_regs import Lift
from .neon_three import RD, RM

_SIZE = "shift_size(L, imm6)"
_RIGHT, _LEFT = "shift_right(L, imm6)", "shift_left(L, imm6)"
_ALIGNED = "not (q and (vd | vm) & 1)"
_REGS = f"{RD} {RM}"


def _same(name: str, u: str, code: str, function: Lift, shape: str, amount: str, sample: str) -> Row:
    pattern = f"1111 001 {u} 1 D imm6:6 vd:4 {code} L q M 1 vm:4"
    return Row(name, pattern, function, f"{_SIZE}, q, {shape}".rstrip(", "), f"{_REGS} i({amount})",
               f"(L or imm6 > 7) and {_ALIGNED}", insn=sample, feature="neon")  # fmt: skip


def _narrow(name: str, u: int, low: str, rounding: int, kind: int, sample: str) -> Row:
    amount = f"shift_right(0, imm6){' - 1' * rounding}"
    return Row(name, f"1111 001 {u} 1 D imm6:6 vd:4 100 {low} M 1 vm:4", lift.lift_narrow,
               f"shift_size(0, imm6), {rounding}, {kind}", f"{_REGS} i({amount})", "imm6 > 7 and not vm & 1",
               insn=sample, feature="neon")  # fmt: skip


def _immediate(name: str, cmode: str, op: str, kind: int, when: str, sample: str, inverted: str = "op") -> Row:
    """kind: 0 move, 1 or, 2 and with the complement."""
    return Row(name, f"1111 001 i 1 D 000 imm3:3 vd:4 {cmode} 0 q {op} 1 imm4:4", permute.lift_constant, f"q, {kind}",
               f"{RD} wide(simd_imm({inverted}, cmode, i << 7 | imm3 << 4 | imm4))",
               " and ".join(c for c in (when, "not (q and vd & 1)") if c), insn=sample, feature="neon")  # fmt: skip


_CAPPED = f"{_RIGHT} if U else min({_RIGHT}, (8 << {_SIZE}) - 1)"

# fmt: off
ROWS = [
    # one of these where no size bit is set
    _immediate("vorr_imm", "cmode:4", "0", 1, "cmode & 1 and cmode < 12", "vorr.i32 q0, #0x1200", "0"),
    _immediate("vbic_imm", "cmode:4", "1", 2, "cmode & 1 and cmode < 12", "vbic.i32 q0, #0x1200", "1"),
    _immediate("vmov_v_imm", "cmode:4", "op", 0, "not (op and cmode == 15)", "vmov.i16 q0, #0x12"),

    _same("vshr", "U", "0000", lift.lift_right, f"U, 0, U and {_RIGHT} == 8 << {_SIZE}", f"({_CAPPED}) & ((8 << {_SIZE}) - 1)", "vshr.s16 q0, q1, #3"),
    _same("vsra", "U", "0001", lift.lift_right, f"U, 1, U and {_RIGHT} == 8 << {_SIZE}", f"({_CAPPED}) & ((8 << {_SIZE}) - 1)", "vsra.u16 q0, q1, #3"),
    _same("vrshr", "U", "0010", lift.lift_right_rounded, "U, 0", f"{_RIGHT} - 1", "vrshr.s16 q0, q1, #3"),
    _same("vrsra", "U", "0011", lift.lift_right_rounded, "U, 1", f"{_RIGHT} - 1", "vrsra.u16 q0, q1, #3"),
    _same("vsri", "1", "0100", lift.lift_insert, f"1, {_RIGHT} == 8 << {_SIZE}", f"{_RIGHT} & ((8 << {_SIZE}) - 1)", "vsri.16 q0, q1, #3"),
    _same("vshl_imm", "0", "0101", lift.lift_left, "", _LEFT, "vshl.i16 q0, q1, #3"),
    _same("vsli", "1", "0101", lift.lift_insert, "0, 0", _LEFT, "vsli.16 q0, q1, #3"),
    _same("vqshlu", "1", "0110", lift.lift_left_saturated, "2", _LEFT, "vqshlu.s16 q0, q1, #3"),
    _same("vqshl_imm", "U", "0111", lift.lift_left_saturated, "U", _LEFT, "vqshl.s16 q0, q1, #3"),

    _narrow("vshrn", 0, "000", 0, 0, "vshrn.i16 d0, q1, #3"),
    _narrow("vrshrn", 0, "001", 1, 0, "vrshrn.i16 d0, q1, #3"),
    _narrow("vqshrun", 1, "000", 0, 3, "vqshrun.s16 d0, q1, #3"),
    _narrow("vqrshrun", 1, "001", 1, 3, "vqrshrun.s16 d0, q1, #3"),
    _narrow("vqshrn_s", 0, "100", 0, 1, "vqshrn.s16 d0, q1, #3"),
    _narrow("vqrshrn_s", 0, "101", 1, 1, "vqrshrn.s16 d0, q1, #3"),
    _narrow("vqshrn_u", 1, "100", 0, 2, "vqshrn.u16 d0, q1, #3"),
    _narrow("vqrshrn_u", 1, "101", 1, 2, "vqrshrn.u16 d0, q1, #3"),

    Row("vshll", "1111 001 U 1 D imm6:6 vd:4 1010 0 0 M 1 vm:4", lift.lift_long, "shift_size(0, imm6), U, shift_left(0, imm6) == 0", f"{_REGS} i(shift_left(0, imm6))", "imm6 > 7 and not vd & 1", insn="vshll.s16 q0, d1, #3", feature="neon"),
    Row("vcvt_v_from_fixed", "1111 001 U 1 D 1 less:5 vd:4 1110 0 q M 1 vm:4", fp.lift_from_fixed, "q, U", f"{_REGS} i(32 - less)", _ALIGNED, insn="vcvt.f32.s32 q0, q1, #3", feature="neon"),
    Row("vcvt_v_to_fixed", "1111 001 U 1 D 1 less:5 vd:4 1111 0 q M 1 vm:4", fp.lift_to_fixed, "q, U", f"{_REGS} i(32 - less)", _ALIGNED, insn="vcvt.s32.f32 q0, q1, #3", feature="neon"),
]
