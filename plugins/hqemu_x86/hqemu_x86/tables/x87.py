"""x87 and EMMS."""

from __future__ import annotations

from functools import partial
from typing import Final

from hqemu_core.ir import opcodes as op

from ..lift import mmx, x87_stack
from ..lift import x87 as lift
from ..lift import x87_more as more
from ..lift.bind import Op

_ARITH: Final = (("fadd", op.FADD, 0), ("fmul", op.FMUL, 0), ("fcom", -1, 0), ("fcomp", -1, 1), ("fsub", op.FSUB, 0),
                 ("fsubr", op.FSUB, 1), ("fdiv", op.FDIV, 0), ("fdivr", op.FDIV, 1))  # fmt: skip
"""by ModRM.reg: name, operation, reversed (of a comparison: pops)"""
_TO: Final = {4: 5, 5: 4, 6: 7, 7: 6}
"""with ST(n) as the destination subtraction and division have changed places"""
_CMOV: Final = (("b", 2), ("e", 4), ("be", 6), ("u", 10))
_CONSTANTS: Final = ("fld1", "fldl2t", "fldl2e", "fldpi", "fldlg2", "fldln2", "fldz")
_ALONE: Final = {
    "D9 /4:0": "fchs", "D9 /4:1": "fabs", "D9 /4:4": "ftst", "D9 /4:5": "fxam", "D9 /6:0": "f2xm1", "D9 /6:1": "fyl2x",
    "D9 /6:2": "fptan", "D9 /6:3": "fpatan", "D9 /6:4": "fxtract", "D9 /6:5": "fprem1", "D9 /6:6": "fdecstp",
    "D9 /6:7": "fincstp", "D9 /7:0": "fprem", "D9 /7:1": "fyl2xp1", "D9 /7:2": "fsqrt", "D9 /7:3": "fsincos",
    "D9 /7:4": "frndint", "D9 /7:5": "fscale", "D9 /7:6": "fsin", "D9 /7:7": "fcos", "D9 /2:0": "fnop",
    "DB /4:2": "fnclex", "DB /4:3": "fninit", "9B": "fwait", "NP 0F 77": "emms",
}  # fmt: skip


def _make() -> tuple[str, dict[str, Op]]:
    lines: list[str] = []
    ops: dict[str, Op] = {}

    def add(pattern: str, name: str, tokens: str, function: object, flags: str = "") -> None:
        lines.append(f"{pattern}  {name} {tokens}")
        ops[name] = Op(function, flags, feature="fpu")  # type: ignore[arg-type]

    for n, (name, code, other) in enumerate(_ARITH):
        if code < 0:
            function = partial(lift.lift_compare, 0, other, 0)
            whole = partial(lift.lift_compare, 0, other, 1)
        else:
            function = partial(lift.lift_arith, code, other, 0)
            whole = partial(lift.lift_arith, code, other, 1)
        for pattern, tokens in ((f"D8 /{n}", "Md"), (f"DC /{n}", "Mq"), (f"D8 /{n}", "F")):
            add(pattern, name, tokens, function)
        for pattern, tokens in ((f"DA /{n}", "Md"), (f"DE /{n}", "Mw")):
            add(pattern, "fi" + name[1:], tokens, whole)
        if code >= 0:
            at = _TO.get(n, n)
            add(f"DC /{at}", name + "_to", "F", partial(lift.lift_arith_to, code, other, 0))
            add(f"DE /{at}", name + "p", "F", partial(lift.lift_arith_to, code, other, 1))
    add("DC /2", "fcom", "F", ops["fcom"].lift)
    add("DC /3", "fcomp", "F", ops["fcomp"].lift)
    add("DE /2", "fcomp", "F", ops["fcomp"].lift)
    add("DE /3:1", "fcompp", "=1", partial(lift.lift_compare, 0, 2, 0))
    add("DA /5:1", "fucompp", "=1", partial(lift.lift_compare, 1, 2, 0))
    add("DD /4", "fucom", "F", partial(lift.lift_compare, 1, 0, 0))
    add("DD /5", "fucomp", "F", partial(lift.lift_compare, 1, 1, 0))
    for n, (letters, cc) in enumerate(_CMOV):
        ops["fcmov" + letters] = Op(partial(lift.lift_cmov, cc), "r", feature="cmov")
        ops["fcmovn" + letters] = Op(partial(lift.lift_cmov, cc + 1), "r", feature="cmov")
        lines += [f"DA /{n}  fcmov{letters} F", f"DB /{n}  fcmovn{letters} F"]
    for pattern, quiet, pops, name in (("DB /5", 1, 0, "fucomi"), ("DB /6", 0, 0, "fcomi"), ("DF /5", 1, 1, "fucomip"),
                                       ("DF /6", 0, 1, "fcomip")):  # fmt: skip
        add(pattern, name, "F", partial(lift.lift_comi, quiet, pops), "w")
    for pattern, tokens in (("D9 /0", "Md"), ("DD /0", "Mq"), ("DB /5", "Mt"), ("D9 /0", "F")):
        add(pattern, "fld", tokens, lift.lift_fld)
    for pattern, tokens in (("D9 /2", "Md"), ("DD /2", "Mq"), ("DD /2", "F")):
        add(pattern, "fst", tokens, partial(lift.lift_fst, 0))
    for pattern, tokens in (("D9 /3", "Md"), ("DD /3", "Mq"), ("DB /7", "Mt"), ("DD /3", "F"), ("D9 /3", "F"),
                            ("DF /2", "F"), ("DF /3", "F")):  # fmt: skip
        add(pattern, "fstp", tokens, partial(lift.lift_fst, 1))
    for pattern, tokens in (("DF /0", "Mw"), ("DB /0", "Md"), ("DF /5", "Mq")):
        add(pattern, "fild", tokens, lift.lift_fild)
    for pattern, tokens in (("DF /2", "Mw"), ("DB /2", "Md")):
        add(pattern, "fist", tokens, partial(lift.lift_fist, 0))
    for pattern, tokens in (("DF /3", "Mw"), ("DB /3", "Md"), ("DF /7", "Mq")):
        add(pattern, "fistp", tokens, partial(lift.lift_fist, 1))
    for pattern, tokens in (("DF /1", "Mw"), ("DB /1", "Md"), ("DD /1", "Mq")):
        add(pattern, "fisttp", tokens, lift.lift_fisttp)
    for pattern in ("D9 /1", "DD /1", "DF /1"):
        add(pattern, "fxch", "F", lift.lift_xch)
    add("DD /0", "ffree", "F", partial(lift.lift_free, 0))
    add("DF /0", "ffreep", "F", partial(lift.lift_free, 1))
    add("DF /4:0", "fnstsw", "Aw", lift.lift_fnstsw)
    add("DD /7", "fnstsw", "Mw", lift.lift_fnstsw)
    add("D9 /7", "fnstcw", "Mw", lift.lift_fnstcw)
    add("D9 /5", "fldcw", "Mw", lift.lift_fldcw)
    add("DF /4", "fbld", "Mt", more.lift_fbld)
    add("DF /6", "fbstp", "Mt", more.lift_fbstp)
    add("D9 /6", "fnstenv", "Ma @o", more.lift_fnstenv)
    add("D9 /4", "fldenv", "Ma @o", more.lift_fldenv)
    add("DD /6", "fnsave", "Ma @o", more.lift_fnsave)
    add("DD /4", "frstor", "Ma @o", more.lift_frstor)
    for n, name in enumerate(_CONSTANTS):
        add(f"D9 /5:{n}", name, "", partial(more.lift_constant, name))
    functions = {
        "fchs": partial(lift.lift_sign, 1), "fabs": partial(lift.lift_sign, 0), "ftst": lift.lift_tst,
        "fxam": more.lift_fxam, "fdecstp": partial(lift.lift_turn, -1), "fincstp": partial(lift.lift_turn, 1),
        "fsqrt": more.lift_sqrt, "fnop": lift.lift_wait, "fwait": lift.lift_wait, "fnclex": lift.lift_fnclex,
        "fninit": lift.lift_fninit, "emms": mmx.lift_emms, "fsin": partial(more.lift_trig, "fsin"),
        "fcos": partial(more.lift_trig, "fcos"), "fptan": more.lift_tan, "fsincos": more.lift_sincos,
        "fxtract": more.lift_xtract, "fprem": partial(more.lift_rem, "fprem"),
        "fprem1": partial(more.lift_rem, "fprem1"),
    }  # fmt: skip
    for name in ("f2xm1", "frndint"):
        functions[name] = partial(more.lift_unary, name)
    functions["fscale"] = partial(more.lift_binary, "fscale", 0)
    for name in ("fyl2x", "fyl2xp1", "fpatan"):
        functions[name] = partial(more.lift_binary, name, 1)
    for pattern, name in _ALONE.items():
        add(pattern, name, "", functions[name])
    return "\n".join(lines), ops


_MADE: Final = _make()
ENCODINGS: Final = _MADE[0]
OPS: Final = _MADE[1]

__all__ = ["ENCODINGS", "OPS", "x87_stack"]
