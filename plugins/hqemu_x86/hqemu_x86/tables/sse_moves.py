"""Moves and shuffles of vectors: SSE to SSE4.1, AVX, MMX."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from hqemu_core.ir import types as ty

from ..lift import sse_moves as lift
from ..lift.bind import Op
from ..lift.vector import MMX, SSE, VEX

ENCODINGS: Final = """
NP 0F 10 /r   movups Vdq Wdq
NP 0F 11 /r   movups Wdq Vdq
66 0F 10 /r   movups Vdq Wdq
66 0F 11 /r   movups Wdq Vdq
F3 0F 6F /r   movups Vdq Wdq
F3 0F 7F /r   movups Wdq Vdq
F2 0F F0 /r   movups Vdq Mdq
VEX NP 0F 10 /r   vmovups Vx Wx
VEX NP 0F 11 /r   vmovups Wx Vx
VEX 66 0F 10 /r   vmovups Vx Wx
VEX 66 0F 11 /r   vmovups Wx Vx
VEX F3 0F 6F /r   vmovups Vx Wx
VEX F3 0F 7F /r   vmovups Wx Vx
VEX F2 0F F0 /r   vmovups Vx Mx
NP 0F 28 /r   movaps Vdq Wdq
NP 0F 29 /r   movaps Wdq Vdq
66 0F 28 /r   movaps Vdq Wdq
66 0F 29 /r   movaps Wdq Vdq
66 0F 6F /r   movaps Vdq Wdq
66 0F 7F /r   movaps Wdq Vdq
NP 0F 2B /r   movaps Mdq Vdq
66 0F 2B /r   movaps Mdq Vdq
66 0F E7 /r   movaps Mdq Vdq
66 0F 38 2A /r   movaps Vdq Mdq
VEX NP 0F 28 /r   vmovaps Vx Wx
VEX NP 0F 29 /r   vmovaps Wx Vx
VEX 66 0F 28 /r   vmovaps Vx Wx
VEX 66 0F 29 /r   vmovaps Wx Vx
VEX 66 0F 6F /r   vmovaps Vx Wx
VEX 66 0F 7F /r   vmovaps Wx Vx
VEX NP 0F 2B /r   vmovaps Mx Vx
VEX 66 0F 2B /r   vmovaps Mx Vx
VEX 66 0F E7 /r   vmovaps Mx Vx
VEX 66 0F 38 2A /r   vmovaps Vx Mx
66 0F 6E /r   movd Vdq Ey
66 0F 7E /r   movd_from Ey Vdq
VEX L0 66 0F 6E /r   vmovd Vdq Ey
VEX L0 66 0F 7E /r   movd_from Ey Vdq
NP 0F 6E /r   mmx_movd Pq Ey
NP 0F 7E /r   mmx_movd_from Ey Pq
NP 0F 6F /r   mmx_movq Pq Qq
NP 0F 7F /r   mmx_movq Qq Pq
NP 0F E7 /r   mmx_movq Mq Pq
F3 0F D6 /r   movq2dq Vdq Nq
F2 0F D6 /r   movdq2q Pq Udq
F3 0F 7E /r   movq Vdq Wq
66 0F D6 /r   movq_store Wq Vdq
VEX L0 F3 0F 7E /r   vmovq Vdq Wq
VEX L0 66 0F D6 /r   vmovq_store Wq Vdq
F3 0F 10 /r   movss Vdq Ud
F3 0F 10 /r   movss_load Vdq Md
F3 0F 11 /r   movss Ud Vdq
F3 0F 11 /r   movs_store Md Vdq
F2 0F 10 /r   movsd Vdq Uq
F2 0F 10 /r   movss_load Vdq Mq
F2 0F 11 /r   movsd Uq Vdq
F2 0F 11 /r   movs_store Mq Vdq
VEX F3 0F 10 /r   vmovss Vdq Hdq Ud
VEX F3 0F 10 /r   vmovss_load Vdq Md
VEX F3 0F 11 /r   vmovss Ud Hdq Vdq
VEX F3 0F 11 /r   movs_store Md Vdq
VEX F2 0F 10 /r   vmovsd Vdq Hdq Uq
VEX F2 0F 10 /r   vmovss_load Vdq Mq
VEX F2 0F 11 /r   vmovsd Uq Hdq Vdq
VEX F2 0F 11 /r   movs_store Mq Vdq
NP 0F 12 /r   movhlps Vdq Udq
NP 0F 12 /r   movlps Vdq Mq
66 0F 12 /r   movlps Vdq Mq
NP 0F 13 /r   movlps_store Mq Vdq
66 0F 13 /r   movlps_store Mq Vdq
NP 0F 16 /r   movlhps Vdq Udq
NP 0F 16 /r   movhps Vdq Mq
66 0F 16 /r   movhps Vdq Mq
NP 0F 17 /r   movhps_store Mq Vdq
66 0F 17 /r   movhps_store Mq Vdq
VEX L0 NP 0F 12 /r   vmovhlps Vdq Hdq Udq
VEX L0 NP 0F 12 /r   vmovlps Vdq Hdq Mq
VEX L0 66 0F 12 /r   vmovlps Vdq Hdq Mq
VEX L0 NP 0F 13 /r   movlps_store Mq Vdq
VEX L0 66 0F 13 /r   movlps_store Mq Vdq
VEX L0 NP 0F 16 /r   vmovlhps Vdq Hdq Udq
VEX L0 NP 0F 16 /r   vmovhps Vdq Hdq Mq
VEX L0 66 0F 16 /r   vmovhps Vdq Hdq Mq
VEX L0 NP 0F 17 /r   movhps_store Mq Vdq
VEX L0 66 0F 17 /r   movhps_store Mq Vdq
F3 0F 12 /r   movsldup Vdq Wdq
F3 0F 16 /r   movshdup Vdq Wdq
F2 0F 12 /r   movddup Vdq Wq
VEX F3 0F 12 /r   vmovsldup Vx Wx
VEX F3 0F 16 /r   vmovshdup Vx Wx
VEX L0 F2 0F 12 /r   vmovddup Vdq Wq
VEX L1 F2 0F 12 /r   vmovddup Vqq Wqq
NP 0F 50 /r   movmskps Gd Udq
66 0F 50 /r   movmskpd Gd Udq
66 0F D7 /r   pmovmskb Gd Udq
NP 0F D7 /r   mmx_pmovmskb Gd Nq
VEX NP 0F 50 /r   movmskps Gd Ux
VEX 66 0F 50 /r   movmskpd Gd Ux
VEX 66 0F D7 /r   vpmovmskb Gd Ux
NP 0F C6 /r   shufps Vdq Wdq K
66 0F C6 /r   shufpd Vdq Wdq K
VEX NP 0F C6 /r   vshufps Vx Hx Wx K
VEX 66 0F C6 /r   vshufpd Vx Hx Wx K
66 0F C4 /r   pinsrw Vdq Rd K
66 0F C4 /r   pinsrw Vdq Mw K
NP 0F C4 /r   mmx_pinsrw Pq Rd K
NP 0F C4 /r   mmx_pinsrw Pq Mw K
66 0F C5 /r   pextrw Gd Udq K
NP 0F C5 /r   mmx_pextrw Gd Nq K
66 0F 3A 14 /r   pextrb Rd Vdq K
66 0F 3A 14 /r   pextrb Mb Vdq K
66 0F 3A 15 /r   pextrw_to Rd Vdq K
66 0F 3A 15 /r   pextrw_to Mw Vdq K
W0 66 0F 3A 16 /r   pextrd Ed Vdq K
W1 66 0F 3A 16 /r   pextrq Eq Vdq K
66 0F 3A 17 /r   pextrd Ed Vdq K
66 0F 3A 20 /r   pinsrb Vdq Rd K
66 0F 3A 20 /r   pinsrb Vdq Mb K
66 0F 3A 21 /r   insertps Vdq Wd K
W0 66 0F 3A 22 /r   pinsrd Vdq Ed K
W1 66 0F 3A 22 /r   pinsrq Vdq Eq K
VEX L0 66 0F C4 /r   vpinsrw Vdq Hdq Rd K
VEX L0 66 0F C4 /r   vpinsrw Vdq Hdq Mw K
VEX L0 66 0F C5 /r   pextrw Gd Udq K
VEX L0 66 0F 3A 14 /r   pextrb Rd Vdq K
VEX L0 66 0F 3A 14 /r   pextrb Mb Vdq K
VEX L0 66 0F 3A 15 /r   pextrw_to Rd Vdq K
VEX L0 66 0F 3A 15 /r   pextrw_to Mw Vdq K
VEX L0 W0 66 0F 3A 16 /r   pextrd Ed Vdq K
VEX L0 W1 66 0F 3A 16 /r   pextrq Eq Vdq K
VEX L0 66 0F 3A 17 /r   pextrd Ed Vdq K
VEX L0 66 0F 3A 20 /r   vpinsrb Vdq Hdq Rd K
VEX L0 66 0F 3A 20 /r   vpinsrb Vdq Hdq Mb K
VEX L0 66 0F 3A 21 /r   vinsertps Vdq Hdq Wd K
VEX L0 W0 66 0F 3A 22 /r   vpinsrd Vdq Hdq Ed K
VEX L0 W1 66 0F 3A 22 /r   vpinsrq Vdq Hdq Eq K
66 0F F7 /r   maskmovdqu Vdq Udq @a @g
NP 0F F7 /r   maskmovq Pq Nq @a @g
VEX L0 66 0F F7 /r   maskmovdqu Vdq Udq @a @g
"""


def _both(name: str, function: Callable[..., None], feature: str, *rest: int) -> dict[str, Op]:
    """The SSE and the VEX form; ``rest`` follows the encoding."""
    return {
        name: Op(partial(function, SSE, *rest), feature=feature),
        "v" + name: Op(partial(function, VEX, *rest), feature="avx"),
    }


OPS: Final = {
    **_both("movups", lift.lift_move_any, "sse"),
    **_both("movaps", lift.lift_move_aligned, "sse"),
    **_both("movd", lift.lift_to_vector, "sse2"),
    "movd_from": Op(partial(lift.lift_from_vector, SSE), feature="sse2"),
    "mmx_movd": Op(partial(lift.lift_to_vector, MMX), feature="mmx"),
    "mmx_movd_from": Op(partial(lift.lift_from_vector, MMX), feature="mmx"),
    "mmx_movq": Op(partial(lift.lift_move, MMX), feature="mmx"),
    "movq2dq": Op(lift.lift_movq2dq, feature="sse2"),
    "movdq2q": Op(lift.lift_movdq2q, feature="sse2"),
    **_both("movq", lift.lift_load_low, "sse2"),
    "movq_store": Op(lift.lift_movq_store, feature="sse2"),
    "vmovq_store": Op(lift.lift_movq_store_vex, feature="avx"),
    **_both("movss", lift.lift_merge_scalar, "sse", ty.I32),
    **_both("movsd", lift.lift_merge_scalar, "sse2", ty.I64),
    **_both("movss_load", lift.lift_load_scalar, "sse"),
    "movs_store": Op(lift.lift_store_scalar, feature="sse"),
    **_both("movhlps", lift.lift_half, "sse", 0, 1),
    **_both("movlps", lift.lift_half, "sse", 0, 0),
    "movlps_store": Op(partial(lift.lift_store_half, 0), feature="sse"),
    **_both("movlhps", lift.lift_half, "sse", 1, 0),
    **_both("movhps", lift.lift_half, "sse", 1, 0),
    "movhps_store": Op(partial(lift.lift_store_half, 1), feature="sse"),
    **_both("movsldup", lift.lift_duplicate, "sse3", 0),
    **_both("movshdup", lift.lift_duplicate, "sse3", 1),
    **_both("movddup", lift.lift_movddup, "sse3"),
    "movmskps": Op(partial(lift.lift_movmsk, ty.I32, SSE), feature="sse"),
    "movmskpd": Op(partial(lift.lift_movmsk, ty.I64, SSE), feature="sse2"),
    "pmovmskb": Op(partial(lift.lift_movmsk, ty.I8, SSE), feature="sse2"),
    "vpmovmskb": Op(partial(lift.lift_movmsk, ty.I8, SSE), feature="avx2"),
    "mmx_pmovmskb": Op(partial(lift.lift_movmsk, ty.I8, MMX), feature="sse"),
    **_both("shufps", lift.lift_shufps, "sse"),
    **_both("shufpd", lift.lift_shufpd, "sse2"),
    **_both("pinsrb", lift.lift_insert, "sse4_1", ty.I8),
    **_both("pinsrw", lift.lift_insert, "sse2", ty.I16),
    **_both("pinsrd", lift.lift_insert, "sse4_1", ty.I32),
    **_both("pinsrq", lift.lift_insert, "sse4_1", ty.I64),
    "mmx_pinsrw": Op(partial(lift.lift_insert, MMX, ty.I16), feature="sse"),
    "pextrb": Op(partial(lift.lift_extract, SSE, ty.I8), feature="sse4_1"),
    "pextrw": Op(partial(lift.lift_extract, SSE, ty.I16), feature="sse2"),
    "pextrw_to": Op(partial(lift.lift_extract, SSE, ty.I16), feature="sse4_1"),
    "pextrd": Op(partial(lift.lift_extract, SSE, ty.I32), feature="sse4_1"),
    "pextrq": Op(partial(lift.lift_extract, SSE, ty.I64), feature="sse4_1"),
    "mmx_pextrw": Op(partial(lift.lift_extract, MMX, ty.I16), feature="sse"),
    **_both("insertps", lift.lift_insertps, "sse4_1"),
    "maskmovdqu": Op(partial(lift.lift_mask_store, SSE), feature="sse2"),
    "maskmovq": Op(partial(lift.lift_mask_store, MMX), feature="sse"),
}
