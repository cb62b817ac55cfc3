"""Rows: hints, barriers, system registers, cache maintenance."""

from __future__ import annotations

from hqemu_core.isa.table import Row

from ..lift import system as lift

_READ = "1101010100 1 1"
_WRITE = "1101010100 0 1"

# fmt: off
ROWS = [
    Row("hint", "11010101000000110010 crm:4 op2:3 11111", lift.lift_nothing, insn="nop"),
    Row("clrex", "11010101000000110011 crm:4 010 11111", lift.lift_clrex, insn="clrex"),
    Row("barrier", "11010101000000110011 crm:4 10 type 11111", lift.lift_barrier, "barrier_kind(crm)", insn="dmb ish"),
    Row("isb", "11010101000000110011 crm:4 110 11111", lift.lift_isb, "", "to(pc + 4)", end="resync", insn="isb"),

    Row("mrs_tpidr", f"{_READ} 1 011 1101 0000 010 rt:5", lift.lift_read_tpidr, "", "xd(rt)", insn="mrs x0, tpidr_el0"),
    Row("msr_tpidr", f"{_WRITE} 1 011 1101 0000 010 rt:5", lift.lift_write_tpidr, "", "x(rt)", insn="msr tpidr_el0, x0"),
    Row("mrs_nzcv", f"{_READ} 1 011 0100 0010 000 rt:5", lift.lift_read_nzcv, "", "xd(rt)", flags="r", insn="mrs x0, nzcv"),
    Row("msr_nzcv", f"{_WRITE} 1 011 0100 0010 000 rt:5", lift.lift_write_nzcv, "", "x(rt)", flags="w", insn="msr nzcv, x0"),
    Row("mrs_constant", f"{_READ} 1 011 crn:4 crm:4 op2:3 rt:5", lift.lift_read_constant, "", "xd(rt) wide(user_register(crn, crm, op2))", when="user_register(crn, crm, op2) is not None", insn="mrs x0, dczid_el0"),
    Row("mrs_id", f"{_READ} 1 000 0000 0 crm:3 op2:3 rt:5", lift.lift_read_constant, "", "xd(rt) wide(id_register(crm, op2))", when="id_register(crm, op2) is not None", insn="mrs x0, midr_el1"),

    Row("dc_zva", "1101010100 0 01 011 0111 0100 001 rt:5", lift.lift_dc_zva, "", "x(rt)", insn="dc zva, x0"),
    Row("ic_ivau", "1101010100 0 01 011 0111 0101 001 rt:5", lift.lift_ic_ivau, "", "x(rt) to(pc + 4)", end="resync", insn="ic ivau, x0"),
    Row("dc_clean", "1101010100 0 01 011 0111 crm:4 001 rt:5", lift.lift_nothing, when="crm in (10, 11, 14)", insn="dc cvau, x0"),
]
