"""Packed integers: MMX, SSE2 to SSE4.1, AVX and AVX2 forms of the same operations."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty

from ..lift import sse_int as lift
from ..lift.bind import Op
from ..lift.vector import MMX, SSE, VEX, lift_binary, lift_binary_imm, lift_unary, lift_unary_imm

_B, _W, _D, _Q = ty.I8, ty.I16, ty.I32, ty.I64
_OPS: Final = lift.op_binary
_FAST: Final = lift.FAST

# fmt: off
_BINARY: Final[tuple[tuple[str, str, int, Any, str], ...]] = (
    # name, opcode, lanes, what is computed, feature: sse2 has an MMX form too (by SSE), sse2! has none
    ("paddb", "0F FC", _B, partial(_OPS, op.ADD), "sse2"), ("paddw", "0F FD", _W, partial(_OPS, op.ADD), "sse2"),
    ("paddd", "0F FE", _D, partial(_OPS, op.ADD), "sse2"), ("paddq", "0F D4", _Q, partial(_OPS, op.ADD), "sse2"),
    ("psubb", "0F F8", _B, partial(_OPS, op.SUB), "sse2"), ("psubw", "0F F9", _W, partial(_OPS, op.SUB), "sse2"),
    ("psubd", "0F FA", _D, partial(_OPS, op.SUB), "sse2"), ("psubq", "0F FB", _Q, partial(_OPS, op.SUB), "sse2"),
    ("paddsb", "0F EC", _B, partial(_OPS, op.SADDSAT), "sse2"),
    ("paddsw", "0F ED", _W, partial(_OPS, op.SADDSAT), "sse2"),
    ("paddusb", "0F DC", _B, partial(_OPS, op.UADDSAT), "sse2"),
    ("paddusw", "0F DD", _W, partial(_OPS, op.UADDSAT), "sse2"),
    ("psubsb", "0F E8", _B, partial(_OPS, op.SSUBSAT), "sse2"),
    ("psubsw", "0F E9", _W, partial(_OPS, op.SSUBSAT), "sse2"),
    ("psubusb", "0F D8", _B, partial(_OPS, op.USUBSAT), "sse2"),
    ("psubusw", "0F D9", _W, partial(_OPS, op.USUBSAT), "sse2"),
    ("pand", "0F DB", _Q, partial(_OPS, op.AND), "sse2"), ("pandn", "0F DF", _Q, lift.op_andn, "sse2"),
    ("por", "0F EB", _Q, partial(_OPS, op.OR), "sse2"), ("pxor", "0F EF", _Q, partial(_OPS, op.XOR), "sse2"),
    ("pcmpeqb", "0F 74", _B, partial(lift.op_compare, op.EQ), "sse2"),
    ("pcmpeqw", "0F 75", _W, partial(lift.op_compare, op.EQ), "sse2"),
    ("pcmpeqd", "0F 76", _D, partial(lift.op_compare, op.EQ), "sse2"),
    ("pcmpgtb", "0F 64", _B, partial(lift.op_compare, op.SLT), "sse2"),
    ("pcmpgtw", "0F 65", _W, partial(lift.op_compare, op.SLT), "sse2"),
    ("pcmpgtd", "0F 66", _D, partial(lift.op_compare, op.SLT), "sse2"),
    ("pminub", "0F DA", _B, partial(_OPS, op.UMIN), "sse2"), ("pmaxub", "0F DE", _B, partial(_OPS, op.UMAX), "sse2"),
    ("pminsw", "0F EA", _W, partial(_OPS, op.SMIN), "sse2"), ("pmaxsw", "0F EE", _W, partial(_OPS, op.SMAX), "sse2"),
    ("pavgb", "0F E0", _B, lift.op_average, "sse2"), ("pavgw", "0F E3", _W, lift.op_average, "sse2"),
    ("pmullw", "0F D5", _W, partial(_OPS, op.MUL), "sse2"),
    ("pmulhw", "0F E5", _W, partial(lift.op_mul_high, True), "sse2"),
    ("pmulhuw", "0F E4", _W, partial(lift.op_mul_high, False), "sse2"),
    ("pmuludq", "0F F4", _Q, partial(lift.op_mul_even, False), "sse2"),
    ("pmaddwd", "0F F5", _W, _FAST["pmaddwd"], "sse2"), ("psadbw", "0F F6", _B, _FAST["psadbw"], "sse2"),
    ("packsswb", "0F 63", _W, _FAST["packsswb"], "sse2"), ("packssdw", "0F 6B", _D, _FAST["packssdw"], "sse2"),
    ("packuswb", "0F 67", _W, _FAST["packuswb"], "sse2"),
    ("punpcklbw", "0F 60", _B, partial(lift.op_unpack, False), "sse2!"),
    ("punpcklwd", "0F 61", _W, partial(lift.op_unpack, False), "sse2!"),
    ("punpckldq", "0F 62", _D, partial(lift.op_unpack, False), "sse2!"),
    ("punpcklqdq", "0F 6C", _Q, partial(lift.op_unpack, False), "sse2!"),
    ("punpckhbw", "0F 68", _B, partial(lift.op_unpack, True), "sse2"),
    ("punpckhwd", "0F 69", _W, partial(lift.op_unpack, True), "sse2"),
    ("punpckhdq", "0F 6A", _D, partial(lift.op_unpack, True), "sse2"),
    ("punpckhqdq", "0F 6D", _Q, partial(lift.op_unpack, True), "sse2!"),
    ("pshufb", "0F 38 00", _B, _FAST["pshufb"], "ssse3"),
    ("phaddw", "0F 38 01", _W, lift.op_hadd, "ssse3"), ("phaddd", "0F 38 02", _D, lift.op_hadd, "ssse3"),
    ("phaddsw", "0F 38 03", _W, lift.op_hadds, "ssse3"), ("pmaddubsw", "0F 38 04", _B, _FAST["pmaddubsw"], "ssse3"),
    ("phsubw", "0F 38 05", _W, lift.op_hsub, "ssse3"), ("phsubd", "0F 38 06", _D, lift.op_hsub, "ssse3"),
    ("phsubsw", "0F 38 07", _W, lift.op_hsubs, "ssse3"), ("psignb", "0F 38 08", _B, _FAST["psignb"], "ssse3"),
    ("psignw", "0F 38 09", _W, _FAST["psignw"], "ssse3"), ("psignd", "0F 38 0A", _D, _FAST["psignd"], "ssse3"),
    ("pmulhrsw", "0F 38 0B", _W, _FAST["pmulhrsw"], "ssse3"),
    ("pmuldq", "0F 38 28", _Q, partial(lift.op_mul_even, True), "sse4_1"),
    ("pcmpeqq", "0F 38 29", _Q, partial(lift.op_compare, op.EQ), "sse4_1"),
    ("packusdw", "0F 38 2B", _D, _FAST["packusdw"], "sse4_1"),
    ("pcmpgtq", "0F 38 37", _Q, partial(lift.op_compare, op.SLT), "sse4_2"),
    ("pminsb", "0F 38 38", _B, partial(_OPS, op.SMIN), "sse4_1"),
    ("pminsd", "0F 38 39", _D, partial(_OPS, op.SMIN), "sse4_1"),
    ("pminuw", "0F 38 3A", _W, partial(_OPS, op.UMIN), "sse4_1"),
    ("pminud", "0F 38 3B", _D, partial(_OPS, op.UMIN), "sse4_1"),
    ("pmaxsb", "0F 38 3C", _B, partial(_OPS, op.SMAX), "sse4_1"),
    ("pmaxsd", "0F 38 3D", _D, partial(_OPS, op.SMAX), "sse4_1"),
    ("pmaxuw", "0F 38 3E", _W, partial(_OPS, op.UMAX), "sse4_1"),
    ("pmaxud", "0F 38 3F", _D, partial(_OPS, op.UMAX), "sse4_1"),
    ("pmulld", "0F 38 40", _D, partial(_OPS, op.MUL), "sse4_1"),
)
_UNARY: Final = (("pabsb", "0F 38 1C", _B), ("pabsw", "0F 38 1D", _W), ("pabsd", "0F 38 1E", _D))
_SHIFTS: Final = (
    # name, opcode by a count in a vector, opcode and ModRM.reg by a byte, lanes, kind
    ("psrlw", "D1", "71 /2", _W, op.LSHR), ("psraw", "E1", "71 /4", _W, op.ASHR), ("psllw", "F1", "71 /6", _W, op.SHL),
    ("psrld", "D2", "72 /2", _D, op.LSHR), ("psrad", "E2", "72 /4", _D, op.ASHR), ("pslld", "F2", "72 /6", _D, op.SHL),
    ("psrlq", "D3", "73 /2", _Q, op.LSHR), ("psllq", "F3", "73 /6", _Q, op.SHL),
)
# fmt: on


def _make() -> tuple[str, dict[str, Op]]:
    lines: list[str] = []
    ops: dict[str, Op] = {}
    for name, code, lane, compute, feature in _BINARY:
        lines += [f"66 {code} /r  {name} Vdq Wdq", f"VEX 66 {code} /r  v{name} Vx Hx Wx"]
        ops[name] = Op(partial(lift_binary, SSE, lane, compute), feature=feature.rstrip("!"))
        ops["v" + name] = Op(partial(lift_binary, VEX, lane, compute), feature="avx2")
        if feature in ("sse2", "ssse3"):
            lines.append(f"NP {code} /r  mmx_{name} Pq Qq")
            ops["mmx_" + name] = Op(partial(lift_binary, MMX, lane, compute), feature="mmx")
    for name, code, lane in (("punpcklbw", "0F 60", _B), ("punpcklwd", "0F 61", _W), ("punpckldq", "0F 62", _D)):
        lines.append(f"NP {code} /r  mmx_{name} Pq Qq")
        ops["mmx_" + name] = Op(partial(lift_binary, MMX, lane, partial(lift.op_unpack, False)), feature="mmx")
    for name, code, lane in _UNARY:
        lines += [f"66 {code} /r  {name} Vdq Wdq", f"VEX 66 {code} /r  v{name} Vx Wx", f"NP {code} /r  mmx_{name} Pq Qq"]
        for prefix, encoding, feature in (("", SSE, "ssse3"), ("v", VEX, "avx2"), ("mmx_", MMX, "ssse3")):
            ops[prefix + name] = Op(partial(lift_unary, encoding, lane, lift.op_abs), feature=feature)
    for name, code, by_imm, lane, kind in _SHIFTS:
        compute = partial(lift.op_shift, kind)
        number, reg = by_imm.split()
        lines += [f"66 0F {code} /r  {name} Vdq Wdq", f"VEX 66 0F {code} /r  v{name} Vx Hx Wdq",
                  f"NP 0F {code} /r  mmx_{name} Pq Qq", f"66 0F {number} {reg}  {name}i Udq K",
                  f"VEX 66 0F {number} {reg}  v{name}i Hx Ux K", f"NP 0F {number} {reg}  mmx_{name}i Nq K"]  # fmt: skip
        for prefix, encoding, feature in (("", SSE, "sse2"), ("v", VEX, "avx2"), ("mmx_", MMX, "mmx")):
            ops[prefix + name] = Op(partial(lift.lift_shift, encoding, lane, compute), feature=feature)
            ops[f"{prefix}{name}i"] = Op(
                partial(lift.lift_shift_imm, encoding, lane, partial(lift.op_shift_imm, kind)), feature=feature
            )
    return "\n".join(lines), ops


_MADE: Final = _make()

ENCODINGS: Final = _MADE[0] + """
66 0F 73 /3   psrldq Udq K
VEX 66 0F 73 /3   vpsrldq Hx Ux K
66 0F 73 /7   pslldq Udq K
VEX 66 0F 73 /7   vpslldq Hx Ux K
66 0F 70 /r   pshufd Vdq Wdq K
VEX 66 0F 70 /r   vpshufd Vx Wx K
F3 0F 70 /r   pshufhw Vdq Wdq K
VEX F3 0F 70 /r   vpshufhw Vx Wx K
F2 0F 70 /r   pshuflw Vdq Wdq K
VEX F2 0F 70 /r   vpshuflw Vx Wx K
NP 0F 70 /r   pshufw Pq Qq K
66 0F 3A 0F /r   palignr Vdq Wdq K
VEX 66 0F 3A 0F /r   vpalignr Vx Hx Wx K
NP 0F 3A 0F /r   mmx_palignr Pq Qq K
66 0F 38 41 /r   phminposuw Vdq Wdq
VEX L0 66 0F 38 41 /r   vphminposuw Vdq Wdq
66 0F 3A 42 /r   mpsadbw Vdq Wdq K
VEX 66 0F 3A 42 /r   vmpsadbw Vx Hx Wx K
66 0F 3A 0E /r   pblendw Vdq Wdq K
VEX 66 0F 3A 0E /r   vpblendw Vx Hx Wx K
VEX W0 66 0F 3A 02 /r   vpblendd Vx Hx Wx K
VEX W0 66 0F 38 45 /r   vpsrlvd Vx Hx Wx
VEX W1 66 0F 38 45 /r   vpsrlvq Vx Hx Wx
VEX W0 66 0F 38 46 /r   vpsravd Vx Hx Wx
VEX W0 66 0F 38 47 /r   vpsllvd Vx Hx Wx
VEX W1 66 0F 38 47 /r   vpsllvq Vx Hx Wx
66 0F 38 10 /r   pblendvb Vdq Wdq V0
VEX W0 66 0F 3A 4C /r   vpblendvb Vx Hx Wx Lx
66 0F 38 17 /r   ptest Vdq Wdq
VEX 66 0F 38 17 /r   vptest Vx Wx
"""


def _both(name: str, lift_one: Any, lane: int, compute: Any, feature: str) -> dict[str, Op]:
    return {
        name: Op(partial(lift_one, SSE, lane, compute), feature=feature),
        "v" + name: Op(partial(lift_one, VEX, lane, compute), feature="avx2"),
    }


OPS: Final = _MADE[1] | {
    **_both("psrldq", lift.lift_shift_imm, _B, partial(lift.op_shift_bytes, True), "sse2"),
    **_both("pslldq", lift.lift_shift_imm, _B, partial(lift.op_shift_bytes, False), "sse2"),
    **_both("pshufd", lift_unary_imm, _D, lift.op_shuffle_dwords, "sse2"),
    **_both("pshufhw", lift_unary_imm, _W, partial(lift.op_shuffle_words, 4), "sse2"),
    **_both("pshuflw", lift_unary_imm, _W, partial(lift.op_shuffle_words, 0), "sse2"),
    "pshufw": Op(partial(lift_unary_imm, MMX, _W, partial(lift.op_shuffle_words, 0)), feature="mmx"),
    **_both("palignr", lift_binary_imm, _B, lift.op_align, "ssse3"),
    "mmx_palignr": Op(partial(lift_binary_imm, MMX, _B, lift.op_align), feature="ssse3"),
    **_both("phminposuw", lift_unary, _W, lift.op_min_position, "sse4_1"),
    **_both("mpsadbw", lift_binary_imm, _B, lift.op_sad_multi, "sse4_1"),
    **_both("pblendw", lift_binary_imm, _W, lift.op_blend_imm, "sse4_1"),
    "vpblendd": Op(partial(lift_binary_imm, VEX, _D, lift.op_blend_imm), feature="avx2"),
    "vpsrlvd": Op(partial(lift_binary, VEX, _D, partial(lift.op_shift_each, op.LSHR)), feature="avx2"),
    "vpsrlvq": Op(partial(lift_binary, VEX, _Q, partial(lift.op_shift_each, op.LSHR)), feature="avx2"),
    "vpsravd": Op(partial(lift_binary, VEX, _D, partial(lift.op_shift_each, op.ASHR)), feature="avx2"),
    "vpsllvd": Op(partial(lift_binary, VEX, _D, partial(lift.op_shift_each, op.SHL)), feature="avx2"),
    "vpsllvq": Op(partial(lift_binary, VEX, _Q, partial(lift.op_shift_each, op.SHL)), feature="avx2"),
    "pblendvb": Op(partial(lift.lift_blend, SSE, _B), feature="sse4_1"),
    "vpblendvb": Op(partial(lift.lift_blend, VEX, _B), feature="avx2"),
    "ptest": Op(partial(lift.lift_test, SSE, _Q), "w", feature="sse4_1"),
    "vptest": Op(partial(lift.lift_test, VEX, _Q), "w", feature="avx"),
}
