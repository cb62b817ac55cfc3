"""Rows: Advanced SIMD modified immediate."""

from __future__ import annotations

from hqemu_core.isa.table import Row

from ..lift import simd_imm as lift

_IMM8 = "abc << 5 | defgh"
_FP32 = "sx(a << 31 | (b ^ 1) << 30 | b * 0x1f << 25 | (c << 5 | defgh) << 19, 32)"
_FP16 = "sx((a << 15 | (b ^ 1) << 14 | b * 3 << 12 | (c << 5 | defgh) << 6) * 0x10001, 32)"
_FP64 = "a << 63 | (b ^ 1) << 62 | b * 0xff << 54 | (c << 5 | defgh) << 48"
_BYTES = "a * 0xff << 56 | b * 0xff << 48 | c * 0xff << 40 | d * 0xff << 32 | e * 0xff << 24 | f * 0xff << 16 | g * 0xff << 8 | h * 0xff"
_ZERO = "2 if not (abc or defgh) else q"

# fmt: off
ROWS = [
    Row("movi_32", "0 q 0 0111100000 abc:3 0 shift:2 0 0 1 defgh:5 rd:5", lift.lift_pattern, _ZERO, f"v(rd) i(sx(({_IMM8}) << 8 * shift, 32))", insn="movi v0.4s, #1, lsl #8"),
    Row("mvni_32", "0 q 1 0111100000 abc:3 0 shift:2 0 0 1 defgh:5 rd:5", lift.lift_pattern, "q", f"v(rd) i(sx(~(({_IMM8}) << 8 * shift) & 0xffffffff, 32))", insn="mvni v0.4s, #1, lsl #8"),
    Row("orr_v_imm32", "0 q 0 0111100000 abc:3 0 shift:2 1 0 1 defgh:5 rd:5", lift.lift_logic, "q, 0", f"v(rd) i(sx(({_IMM8}) << 8 * shift, 32))", insn="orr v0.4s, #1, lsl #8"),
    Row("bic_v_imm32", "0 q 1 0111100000 abc:3 0 shift:2 1 0 1 defgh:5 rd:5", lift.lift_logic, "q, 1", f"v(rd) i(sx(~(({_IMM8}) << 8 * shift) & 0xffffffff, 32))", insn="bic v0.4s, #1, lsl #8"),
    Row("movi_16", "0 q 0 0111100000 abc:3 10 shift 0 0 1 defgh:5 rd:5", lift.lift_pattern, _ZERO, f"v(rd) i(sx((({_IMM8}) << 8 * shift) * 0x10001, 32))", insn="movi v0.8h, #1, lsl #8"),
    Row("mvni_16", "0 q 1 0111100000 abc:3 10 shift 0 0 1 defgh:5 rd:5", lift.lift_pattern, "q", f"v(rd) i(sx((~(({_IMM8}) << 8 * shift) & 0xffff) * 0x10001, 32))", insn="mvni v0.8h, #1, lsl #8"),
    Row("orr_v_imm16", "0 q 0 0111100000 abc:3 10 shift 1 0 1 defgh:5 rd:5", lift.lift_logic, "q, 0", f"v(rd) i(sx((({_IMM8}) << 8 * shift) * 0x10001, 32))", insn="orr v0.8h, #1, lsl #8"),
    Row("bic_v_imm16", "0 q 1 0111100000 abc:3 10 shift 1 0 1 defgh:5 rd:5", lift.lift_logic, "q, 1", f"v(rd) i(sx((~(({_IMM8}) << 8 * shift) & 0xffff) * 0x10001, 32))", insn="bic v0.8h, #1, lsl #8"),
    Row("movi_msl", "0 q 0 0111100000 abc:3 110 shift 0 1 defgh:5 rd:5", lift.lift_pattern, "q", f"v(rd) i((({_IMM8}) + 1 << 8 + 8 * shift) - 1)", insn="movi v0.4s, #1, msl #8"),
    Row("mvni_msl", "0 q 1 0111100000 abc:3 110 shift 0 1 defgh:5 rd:5", lift.lift_pattern, "q", f"v(rd) i(-(({_IMM8}) + 1 << 8 + 8 * shift))", insn="mvni v0.4s, #1, msl #8"),
    Row("movi_8", "0 q 0 0111100000 abc:3 1110 0 1 defgh:5 rd:5", lift.lift_pattern, _ZERO, f"v(rd) i(sx(({_IMM8}) * 0x1010101, 32))", insn="movi v0.16b, #1"),
    Row("movi_64_zero", "0 q 1 0111100000 000 1110 0 1 00000 rd:5", lift.lift_pattern, "2", "v(rd) i(0)", insn="movi v0.2d, #0"),
    Row("movi_64", "0 q 1 0111100000 a b c 1110 0 1 d e f g h rd:5", lift.lift_pattern64, "q", f"v(rd) wide({_BYTES})", insn="movi v0.2d, #0xff00ff"),
    Row("fmov_v_imm_s", "0 q 0 0111100000 a b c 1111 0 1 defgh:5 rd:5", lift.lift_pattern, "q", f"v(rd) i({_FP32})", insn="fmov v0.4s, #1.0"),
    Row("fmov_v_imm_d", "0 1 1 0111100000 a b c 1111 0 1 defgh:5 rd:5", lift.lift_pattern64, "1", f"v(rd) wide({_FP64})", insn="fmov v0.2d, #1.0"),
    Row("fmov_v_imm_h", "0 q 0 0111100000 a b c 1111 1 1 defgh:5 rd:5", lift.lift_pattern, "q", f"v(rd) i({_FP16})", insn="fmov v0.8h, #1.0", feature="fp16"),
]
