"""AVX and AVX2 beyond wider SSE, FMA, F16C, AES, carry-less multiplication, SHA."""

from __future__ import annotations

from functools import partial
from typing import Final

from hqemu_core.ir import types as ty

from ..lift import avx as lift
from ..lift import crypto, fma
from ..lift.bind import Op
from ..lift.vector import SSE, VEX, lift_binary, lift_binary_imm, lift_unary, lift_unary_imm

_LINES: Final = """
VEX L0 NP 0F 77   vzeroupper
VEX L1 NP 0F 77   vzeroall
VEX W0 66 0F 38 18 /r   vbroadcastd Vx Wd
VEX L1 W0 66 0F 38 19 /r   vbroadcastq Vqq Wq
VEX L1 W0 66 0F 38 1A /r   vbroadcast128 Vqq Mdq
VEX L1 W0 66 0F 38 5A /r   vbroadcast128 Vqq Mdq
VEX W0 66 0F 38 58 /r   vbroadcastd Vx Wd
VEX W0 66 0F 38 59 /r   vbroadcastq Vx Wq
VEX W0 66 0F 38 78 /r   vbroadcastb Vx Wb
VEX W0 66 0F 38 79 /r   vbroadcastw Vx Ww
VEX L1 W0 66 0F 3A 19 /r   vextract128 Wdq Vqq K
VEX L1 W0 66 0F 3A 39 /r   vextract128 Wdq Vqq K
VEX L1 W0 66 0F 3A 18 /r   vinsert128 Vqq Hqq Wdq K
VEX L1 W0 66 0F 3A 38 /r   vinsert128 Vqq Hqq Wdq K
VEX L1 W0 66 0F 3A 06 /r   vperm2128 Vqq Hqq Wqq K
VEX L1 W0 66 0F 3A 46 /r   vperm2128 Vqq Hqq Wqq K
VEX L1 W1 66 0F 3A 00 /r   vpermq Vqq Wqq K
VEX L1 W1 66 0F 3A 01 /r   vpermq Vqq Wqq K
VEX L1 W0 66 0F 38 16 /r   vpermd Vqq Hqq Wqq
VEX L1 W0 66 0F 38 36 /r   vpermd Vqq Hqq Wqq
VEX W0 66 0F 3A 04 /r   vpermilps_imm Vx Wx K
VEX W0 66 0F 3A 05 /r   vpermilpd_imm Vx Wx K
VEX W0 66 0F 38 0C /r   vpermilps Vx Hx Wx
VEX W0 66 0F 38 0D /r   vpermilpd Vx Hx Wx
VEX W0 66 0F 38 0E /r   vtestps Vx Wx
VEX W0 66 0F 38 0F /r   vtestpd Vx Wx
VEX W0 66 0F 38 2C /r   vmaskloadd Vx Hx Mx
VEX W0 66 0F 38 2D /r   vmaskloadq Vx Hx Mx
VEX W0 66 0F 38 2E /r   vmaskstored Mx Hx Vx
VEX W0 66 0F 38 2F /r   vmaskstoreq Mx Hx Vx
VEX W0 66 0F 38 8C /r   vmaskloadd Vx Hx Mx
VEX W1 66 0F 38 8C /r   vmaskloadq Vx Hx Mx
VEX W0 66 0F 38 8E /r   vmaskstored Mx Hx Vx
VEX W1 66 0F 38 8E /r   vmaskstoreq Mx Hx Vx
VEX W0 66 0F 38 13 /r   vcvtph2ps Vx Wh
VEX W0 66 0F 3A 1D /r   vcvtps2ph Wh Vx K
66 0F 38 DB /r   aesimc Vdq Wdq
VEX L0 66 0F 38 DB /r   vaesimc Vdq Wdq
66 0F 3A DF /r   aeskeygenassist Vdq Wdq K
VEX L0 66 0F 3A DF /r   vaeskeygenassist Vdq Wdq K
66 0F 3A 44 /r   pclmulqdq Vdq Wdq K
VEX L0 66 0F 3A 44 /r   vpclmulqdq Vdq Hdq Wdq K
NP 0F 38 C8 /r   sha1nexte Vdq Wdq
NP 0F 38 C9 /r   sha1msg1 Vdq Wdq
NP 0F 38 CA /r   sha1msg2 Vdq Wdq
NP 0F 38 CB /r   sha256rnds2 Vdq Wdq V0
NP 0F 38 CC /r   sha256msg1 Vdq Wdq
NP 0F 38 CD /r   sha256msg2 Vdq Wdq
NP 0F 3A CC /r   sha1rnds4 Vdq Wdq K
"""
_FORMS: Final = (("132", 0x90), ("213", 0xA0), ("231", 0xB0))
_FMA: Final = (("maddsub", 6, "p"), ("msubadd", 7, "p"), ("madd", 8, "p"), ("madd", 9, "s"), ("msub", 10, "p"),
               ("msub", 11, "s"), ("nmadd", 12, "p"), ("nmadd", 13, "s"), ("nmsub", 14, "p"), ("nmsub", 15, "s"))  # fmt: skip


def _make() -> tuple[str, dict[str, Op]]:
    lines, ops = [_LINES], {}
    for form, base in _FORMS:
        for kind, code, shape in _FMA:
            for letter, w in (("s", 0), ("d", 1)):
                name = f"vf{kind}{form}{shape}{letter}"
                tokens = "Vx Hx Wx" if shape == "p" else f"Vdq Hdq W{'d' if letter == 's' else 'q'}"
                lines.append(f"VEX W{w} 66 0F 38 {base + code:02X} /r  {name} {tokens}")
                ops[name] = Op(partial(fma.lift_fma, kind, form, shape, letter), feature="fma")
    for n, name in enumerate(("aesenc", "aesenclast", "aesdec", "aesdeclast")):
        lines += [f"66 0F 38 D{'CDEF'[n]} /r  {name} Vdq Wdq", f"VEX L0 66 0F 38 D{'CDEF'[n]} /r  v{name} Vdq Hdq Wdq"]
        for mark, encoding in (("", SSE), ("v", VEX)):
            ops[mark + name] = Op(partial(lift_binary, encoding, ty.I8, partial(crypto.op_aes, name)), feature="aes")
    for mark, encoding in (("", SSE), ("v", VEX)):
        ops[mark + "aesimc"] = Op(partial(lift_unary, encoding, ty.I8, crypto.op_aesimc), feature="aes")
        ops[mark + "aeskeygenassist"] = Op(partial(lift_unary_imm, encoding, ty.I8, crypto.op_keygen), feature="aes")
        ops[mark + "pclmulqdq"] = Op(
            partial(lift_binary_imm, encoding, ty.I64, crypto.op_clmul), feature="pclmulqdq"
        )
    for lane, letter in ((ty.I8, "b"), (ty.I16, "w"), (ty.I32, "d"), (ty.I64, "q")):
        ops["vbroadcast" + letter] = Op(partial(lift.lift_broadcast, lane), feature="avx")
    for lane, letter, form in ((ty.I32, "d", "ps"), (ty.I64, "q", "pd")):
        ops["vmaskload" + letter] = Op(partial(lift.lift_maskload, lane), feature="avx")
        ops["vmaskstore" + letter] = Op(partial(lift.lift_maskstore, lane), feature="avx")
        ops[f"vpermil{form}_imm"] = Op(partial(lift.lift_permil_imm, lane), feature="avx")
        ops["vpermil" + form] = Op(partial(lift.lift_permil, lane), feature="avx")
        ops["vtest" + form] = Op(partial(lift.lift_testp, lane), "w", feature="avx")
    for name in crypto.SHA:
        ops[name] = Op(partial(crypto.lift_sha, name), feature="sha_ni")
    return "\n".join(lines), ops


_MADE: Final = _make()
ENCODINGS: Final = _MADE[0]
OPS: Final = _MADE[1] | {
    "vzeroupper": Op(partial(lift.lift_zero, 0), feature="avx"),
    "vzeroall": Op(partial(lift.lift_zero, 1), feature="avx"),
    "vbroadcast128": Op(lift.lift_broadcast128, feature="avx"),
    "vextract128": Op(lift.lift_extract128, feature="avx"),
    "vinsert128": Op(lift.lift_insert128, feature="avx"),
    "vperm2128": Op(lift.lift_perm128, feature="avx"),
    "vpermq": Op(lift.lift_permq, feature="avx2"),
    "vpermd": Op(lift.lift_permd, feature="avx2"),
    "vcvtph2ps": Op(fma.lift_from_half, feature="f16c"),
    "vcvtps2ph": Op(fma.lift_to_half, feature="f16c"),
    "sha1rnds4": Op(crypto.lift_sha1rnds4, feature="sha_ni"),
    "sha256rnds2": Op(crypto.lift_sha256rnds2, feature="sha_ni"),
}
