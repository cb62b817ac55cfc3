"""MXCSR, FXSAVE, XSAVE."""

from __future__ import annotations

from typing import Final

from ..lift import fpsave as lift
from ..lift.bind import Op

ENCODINGS: Final = """
NP 0F AE /0   fxsave Ma @o
NP 0F AE /1   fxrstor Ma @o t
NP 0F AE /2   ldmxcsr Md t
NP 0F AE /3   stmxcsr Md
VEX L0 NP 0F AE /2   ldmxcsr Md t
VEX L0 NP 0F AE /3   stmxcsr Md
NP 0F AE /4   xsave Ma @o
NP 0F AE /5   xrstor Ma @o t
NP 0F 01 /2:0   xgetbv t
"""

OPS: Final = {
    "fxsave": Op(lift.lift_fxsave, feature="fxsr"),
    "fxrstor": Op(lift.lift_fxrstor, feature="fxsr"),
    "ldmxcsr": Op(lift.lift_ldmxcsr, feature="sse"),
    "stmxcsr": Op(lift.lift_stmxcsr, feature="sse"),
    "xsave": Op(lift.lift_xsave, feature="xsave"),
    "xrstor": Op(lift.lift_xrstor, feature="xsave"),
    "xgetbv": Op(lift.lift_xgetbv, feature="xsave"),
}
