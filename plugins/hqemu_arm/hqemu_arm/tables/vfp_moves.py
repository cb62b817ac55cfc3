"""Rows: moves between core and VFP registers, constants, FPSCR, loads and stores (ARM ARM A7.5 to A7.9)."""

from __future__ import annotations

from hqemu_core.isa.table import Row

from ..lift import vfp_arith
from ..lift import vfp_moves as lift
from ..lift.common import reading_pc
from .variants import PC_VALUE, conditional

_NEXT = "to(following(pc, 4))"
_RD = "f(freg(sz, vd, D))"
_OFFSET = "i(signed_offset(U, imm) << 2)"
_FITS = "(imm > 1 and imm < 34 and (D << 4 | vd) + (imm >> 1) <= 32 if sz else imm and (vd << 1 | D) + imm <= 32)"
_MODE = "P << 1 | (W and not P)"


def _multiple(name: str, load: int, example: str) -> list[Row]:
    function = lift.lift_load_multiple if load else lift.lift_store_multiple
    return [
        *conditional(name, f"110 P U D W {load} rn:4 vd:4 101 sz imm:8", function, f"sz, imm, {_MODE}", f"r(rn) {_RD}",
                     f"(P + U == 1) and (W or not P) and rn != 15 and {_FITS}", insn=f"{example} r1!, {{d8-d15}}",
                     feature="vfp"),
        *conditional(f"{name}_pc", f"110 0 1 D 0 {load} 1111 vd:4 101 sz imm:8", reading_pc(function), "sz, imm, 0",
                     f"r(15) {_RD} {PC_VALUE}", _FITS, insn=f"{example} pc, {{d8-d15}}", feature="vfp"),
    ]  # fmt: skip


# fmt: off
ROWS = [
    *conditional("vmov_imm", "1110 1 D 11 high:4 vd:4 101 sz 0000 low:4", lift.lift_constant, "sz", f"{_RD} i(fp_imm(high << 4 | low, 64 if sz else 32))", insn="vmov.f64 d0, #1.5", feature="vfpv3"),
    *conditional("vmov_core", "1110 000 L vn:4 rt:4 1010 N 001 0000", lift.lift_core, "L", "r(rt) s(vn << 1 | N)", "rt != 15", insn="vmov s1, r0", feature="vfp"),
    *conditional("vmov_pair", "1100 010 L rt2:4 rt:4 1011 00 M 1 vm:4", lift.lift_core_pair, "L", "r(rt) r(rt2) d(M << 4 | vm)", "15 not in (rt, rt2) and not (L and rt == rt2)", insn="vmov d0, r0, r1", feature="vfp"),
    *conditional("vmov_pair_s", "1100 010 L rt2:4 rt:4 1010 00 M 1 vm:4", lift.lift_core_singles, "L", "r(rt) r(rt2) s(vm << 1 | M)", "15 not in (rt, rt2) and not (L and rt == rt2) and (vm << 1 | M) != 31", insn="vmov s1, s2, r0, r1", feature="vfp"),
    *conditional("vmov_to_byte", "1110 0 1 a 0 vd:4 rt:4 1011 D b:2 1 0000", lift.lift_to_element, "0", "e(8 * (D << 4 | vd) + (a << 2 | b)) r(rt)", "rt != 15", insn="vmov.8 d0[5], r0", feature="neon"),
    *conditional("vmov_to_half", "1110 0 0 a 0 vd:4 rt:4 1011 D b 1 1 0000", lift.lift_to_element, "1", "e(8 * (D << 4 | vd) + 2 * (a << 1 | b)) r(rt)", "rt != 15", insn="vmov.16 d0[3], r0", feature="neon"),
    *conditional("vmov_to_word", "1110 0 0 a 0 vd:4 rt:4 1011 D 00 1 0000", lift.lift_to_element, "2", "e(8 * (D << 4 | vd) + 4 * a) r(rt)", "rt != 15", insn="vmov.32 d0[1], r0", feature="vfp"),
    *conditional("vmov_byte", "1110 U 1 a 1 vn:4 rt:4 1011 N b:2 1 0000", lift.lift_from_element, "0, U", "r(rt) e(8 * (N << 4 | vn) + (a << 2 | b))", "rt != 15", insn="vmov.u8 r0, d0[5]", feature="neon"),
    *conditional("vmov_half", "1110 U 0 a 1 vn:4 rt:4 1011 N b 1 1 0000", lift.lift_from_element, "1, U", "r(rt) e(8 * (N << 4 | vn) + 2 * (a << 1 | b))", "rt != 15", insn="vmov.s16 r0, d0[3]", feature="neon"),
    *conditional("vmov_word", "1110 0 0 a 1 vn:4 rt:4 1011 N 00 1 0000", lift.lift_from_element, "2, 1", "r(rt) e(8 * (N << 4 | vn) + 4 * a)", "rt != 15", insn="vmov.32 r0, d0[1]", feature="vfp"),
    *conditional("vmrs_flags", "1110 1111 0001 1111 1010 000 1 0000", vfp_arith.lift_flags, flags="w", fuse="first", insn="vmrs apsr_nzcv, fpscr", feature="vfp"),
    *conditional("vmrs", "1110 1111 0001 rt:4 1010 000 1 0000", lift.lift_read_fpscr, "", "r(rt)", "rt != 15", insn="vmrs r0, fpscr", feature="vfp"),
    *conditional("vmsr", "1110 1110 0001 rt:4 1010 000 1 0000", lift.lift_write_fpscr, "", f"r(rt) {_NEXT}", "rt != 15", end="resync", insn="vmsr fpscr, r0", feature="vfp"),

    *conditional("vldr_lit", "1101 U D 01 1111 vd:4 101 sz imm:8", lift.lift_load_literal, "sz", f"{_RD} to(u32(literal(pc) + (signed_offset(U, imm) << 2)))", insn="vldr d0, [pc, #8]", feature="vfp"),
    *conditional("vldr", "1101 U D 01 rn:4 vd:4 101 sz imm:8", lift.lift_load, "sz", f"{_RD} r(rn) {_OFFSET}", "rn != 15", insn="vldr d0, [r1, #8]", feature="vfp"),
    *conditional("vstr", "1101 U D 00 rn:4 vd:4 101 sz imm:8", lift.lift_store, "sz", f"{_RD} r(rn) {_OFFSET}", "rn != 15", insn="vstr s1, [r1, #8]", feature="vfp"),
    *conditional("vstr_pc", "1101 U D 00 1111 vd:4 101 sz imm:8", reading_pc(lift.lift_store), "sz", f"{_RD} r(15) {_OFFSET} {PC_VALUE}", insn="vstr s1, [pc, #8]", feature="vfp"),
    *_multiple("vldm", 1, "vldm"),
    *_multiple("vstm", 0, "vstm"),
]
