"""Rows: loads and stores of SIMD&FP registers."""

from __future__ import annotations

from hqemu_core.isa.table import Row

from ..lift import simd_loads as lift

# ``hi`` is the upper bit of opc: with size 0 it selects the 128-bit register, with another size it is unallocated.
# fmt: off
ROWS = [
    Row("ldr_v_imm", "size:2 111 1 01 hi 1 imm12:12 rn:5 rt:5", lift.lift_load, "size | hi << 2, 0", "v(rt) sp(rn) i(imm12 << (size | hi << 2))", when="not hi or size == 0", insn="ldr q0, [x1, #16]"),
    Row("str_v_imm", "size:2 111 1 01 hi 0 imm12:12 rn:5 rt:5", lift.lift_store, "size | hi << 2, 0", "v(rt) sp(rn) i(imm12 << (size | hi << 2))", when="not hi or size == 0", insn="str q0, [x1, #16]"),
    Row("ldur_v", "size:2 111 1 00 hi 1 0 imm9:9 00 rn:5 rt:5", lift.lift_load, "size | hi << 2, 0", "v(rt) sp(rn) i(sx(imm9, 9))", when="not hi or size == 0", insn="ldur q0, [x1, #-3]"),
    Row("stur_v", "size:2 111 1 00 hi 0 0 imm9:9 00 rn:5 rt:5", lift.lift_store, "size | hi << 2, 0", "v(rt) sp(rn) i(sx(imm9, 9))", when="not hi or size == 0", insn="stur q0, [x1, #-3]"),
    Row("ldr_v_post", "size:2 111 1 00 hi 1 0 imm9:9 01 rn:5 rt:5", lift.lift_load, "size | hi << 2, 1", "v(rt) sp(rn) i(sx(imm9, 9))", when="not hi or size == 0", insn="ldr q0, [x1], #16"),
    Row("str_v_post", "size:2 111 1 00 hi 0 0 imm9:9 01 rn:5 rt:5", lift.lift_store, "size | hi << 2, 1", "v(rt) sp(rn) i(sx(imm9, 9))", when="not hi or size == 0", insn="str q0, [x1], #16"),
    Row("ldr_v_pre", "size:2 111 1 00 hi 1 0 imm9:9 11 rn:5 rt:5", lift.lift_load, "size | hi << 2, 2", "v(rt) sp(rn) i(sx(imm9, 9))", when="not hi or size == 0", insn="ldr q0, [x1, #16]!"),
    Row("str_v_pre", "size:2 111 1 00 hi 0 0 imm9:9 11 rn:5 rt:5", lift.lift_store, "size | hi << 2, 2", "v(rt) sp(rn) i(sx(imm9, 9))", when="not hi or size == 0", insn="str q0, [x1, #16]!"),
    Row("ldr_v_reg", "size:2 111 1 00 hi 1 1 rm:5 sign 1 x64 s 10 rn:5 rt:5", lift.lift_load_register_offset, "size | hi << 2, 1 if x64 else sign << 1, (size | hi << 2) * s", "v(rt) sp(rn) x(rm)", when="not hi or size == 0", insn="ldr q0, [x1, w2, uxtw #4]"),
    Row("str_v_reg", "size:2 111 1 00 hi 0 1 rm:5 sign 1 x64 s 10 rn:5 rt:5", lift.lift_store_register_offset, "size | hi << 2, 1 if x64 else sign << 1, (size | hi << 2) * s", "v(rt) sp(rn) x(rm)", when="not hi or size == 0", insn="str q0, [x1, x2, lsl #4]"),
    Row("ldr_v_lit", "opc:2 011 1 00 imm19:19 rt:5", lift.lift_load_literal, "opc + 2", "v(rt) to(pc + sx(imm19 << 2, 21))", when="opc != 3", insn="ldr q0, #16"),
    Row("ldnp_v", "opc:2 101 1 000 1 imm7:7 rt2:5 rn:5 rt:5", lift.lift_load_pair, "opc + 2, 0", "v(rt) v(rt2) sp(rn) i(sx(imm7, 7) << opc + 2)", when="opc != 3", insn="ldnp q0, q1, [x2, #-32]"),
    Row("stnp_v", "opc:2 101 1 000 0 imm7:7 rt2:5 rn:5 rt:5", lift.lift_store_pair, "opc + 2, 0", "v(rt) v(rt2) sp(rn) i(sx(imm7, 7) << opc + 2)", when="opc != 3", insn="stnp q0, q1, [x2, #-32]"),
    Row("ldp_v", "opc:2 101 1 010 1 imm7:7 rt2:5 rn:5 rt:5", lift.lift_load_pair, "opc + 2, 0", "v(rt) v(rt2) sp(rn) i(sx(imm7, 7) << opc + 2)", when="opc != 3", insn="ldp q0, q1, [x2, #-32]"),
    Row("stp_v", "opc:2 101 1 010 0 imm7:7 rt2:5 rn:5 rt:5", lift.lift_store_pair, "opc + 2, 0", "v(rt) v(rt2) sp(rn) i(sx(imm7, 7) << opc + 2)", when="opc != 3", insn="stp q0, q1, [x2, #-32]"),
    Row("ldp_v_post", "opc:2 101 1 001 1 imm7:7 rt2:5 rn:5 rt:5", lift.lift_load_pair, "opc + 2, 1", "v(rt) v(rt2) sp(rn) i(sx(imm7, 7) << opc + 2)", when="opc != 3", insn="ldp q0, q1, [x2], #32"),
    Row("stp_v_post", "opc:2 101 1 001 0 imm7:7 rt2:5 rn:5 rt:5", lift.lift_store_pair, "opc + 2, 1", "v(rt) v(rt2) sp(rn) i(sx(imm7, 7) << opc + 2)", when="opc != 3", insn="stp q0, q1, [x2], #32"),
    Row("ldp_v_pre", "opc:2 101 1 011 1 imm7:7 rt2:5 rn:5 rt:5", lift.lift_load_pair, "opc + 2, 2", "v(rt) v(rt2) sp(rn) i(sx(imm7, 7) << opc + 2)", when="opc != 3", insn="ldp q0, q1, [x2, #-32]!"),
    Row("stp_v_pre", "opc:2 101 1 011 0 imm7:7 rt2:5 rn:5 rt:5", lift.lift_store_pair, "opc + 2, 2", "v(rt) v(rt2) sp(rn) i(sx(imm7, 7) << opc + 2)", when="opc != 3", insn="stp q0, q1, [x2, #-32]!"),
]
