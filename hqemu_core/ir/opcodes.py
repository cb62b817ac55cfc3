"""The IR's ops: one row each. Everything that must know an op (printer, verifier, docs) reads this table.

An op is a tuple ``(opcode, type, *args)``; its index in the list of ops is the number of its value.
``type`` is the type of the result, or of the value written for ``set`` and ``store``.
``args`` are described by one letter each:

====  =======================================================================================
v     value: index of an earlier op
i     int
o     state byte offset: int, or an operand (:class:`hqemu_core.ir.builder.Hole`)
t     guest address known at translation: int, or an operand
m     :class:`MemOp`
h     name of a helper function
V     tuple of values
s     tuple of ints (shuffle mask)
====  =======================================================================================

Integer ops work lane by lane on vectors. Floats are IEEE 754; arithmetic rounds as the dynamic rounding
mode says and raises the sticky exception flags; which NaN an operation returns is *unspecified*: a lifter
whose ISA has a rule tests the result with ``funo`` and repairs it with ``ccall``.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class MemOp(NamedTuple):
    """One guest memory access: ``size`` bytes; ``order`` is "" (plain), "acq", "rel" or "seq";
    ``align`` is the alignment in bytes that the guest architecture demands (else it faults), 1 for none."""

    size: int
    big: bool = False
    align: int = 1
    order: str = ""
    mmu: int = 0


class OpInfo(NamedTuple):
    code: int
    name: str
    args: str
    result: str
    """"t" the op's type, "1" truth value(s) of the operands' lane count, "-" none"""
    group: str
    doc: str


_ROWS: list[OpInfo] = []


def _op(name: str, args: str, result: str, group: str, doc: str) -> int:
    _ROWS.append(OpInfo(len(_ROWS), name, args, result, group, doc))
    return len(_ROWS) - 1


CONST: Final = _op("const", "i", "t", "value", "bit pattern (of the whole vector, lane 0 lowest)")
HOLE: Final = _op("hole", "o", "t", "value", "operand known when the instruction is translated")

GET: Final = _op("get", "o", "t", "state", "read guest CPU state")
SET: Final = _op("set", "ov", "-", "state", "write guest CPU state")

ROTATE: Final = _op(
    "rotate", "ii", "-", "state",
    "eight f80 of state, 16 bytes apart, from an offset on: number n takes what number n + k (modulo 8) had",
)  # fmt: skip

ADD: Final = _op("add", "vv", "t", "int", "sum modulo 2**n")
SUB: Final = _op("sub", "vv", "t", "int", "difference modulo 2**n")
MUL: Final = _op("mul", "vv", "t", "int", "product modulo 2**n")
UDIV: Final = _op("udiv", "vv", "t", "int", "unsigned quotient; divisor must not be 0")
SDIV: Final = _op("sdiv", "vv", "t", "int", "quotient towards 0; divisor not 0, no overflow")
UREM: Final = _op("urem", "vv", "t", "int", "unsigned remainder; divisor must not be 0")
SREM: Final = _op("srem", "vv", "t", "int", "remainder with the dividend's sign")
AND: Final = _op("and", "vv", "t", "int", "bitwise and")
OR: Final = _op("or", "vv", "t", "int", "bitwise or")
XOR: Final = _op("xor", "vv", "t", "int", "bitwise exclusive or")
SHL: Final = _op("shl", "vv", "t", "int", "shift left; the amount must be below the lane width")
LSHR: Final = _op("lshr", "vv", "t", "int", "logical shift right; amount below the lane width")
ASHR: Final = _op("ashr", "vv", "t", "int", "arithmetic shift right; amount below the lane width")
ROTR: Final = _op("rotr", "vv", "t", "int", "rotate right; amount modulo the lane width")
UMIN: Final = _op("umin", "vv", "t", "int", "unsigned minimum")
UMAX: Final = _op("umax", "vv", "t", "int", "unsigned maximum")
SMIN: Final = _op("smin", "vv", "t", "int", "signed minimum")
SMAX: Final = _op("smax", "vv", "t", "int", "signed maximum")
UADDSAT: Final = _op("uaddsat", "vv", "t", "int", "unsigned saturating sum")
SADDSAT: Final = _op("saddsat", "vv", "t", "int", "signed saturating sum")
USUBSAT: Final = _op("usubsat", "vv", "t", "int", "unsigned saturating difference")
SSUBSAT: Final = _op("ssubsat", "vv", "t", "int", "signed saturating difference")
ABS: Final = _op("abs", "v", "t", "int", "absolute value modulo 2**n")
CLZ: Final = _op("clz", "v", "t", "int", "leading zero bits; n for 0")
CTZ: Final = _op("ctz", "v", "t", "int", "trailing zero bits; n for 0")
POPCNT: Final = _op("popcnt", "v", "t", "int", "number of one bits")
BSWAP: Final = _op("bswap", "v", "t", "int", "reverse the bytes of each lane")
BITREV: Final = _op("bitrev", "v", "t", "int", "reverse the bits of each lane")

UADDO: Final = _op("uaddo", "vv", "1", "carry", "carry out of the sum")
SADDO: Final = _op("saddo", "vv", "1", "carry", "signed overflow of the sum")
USUBO: Final = _op("usubo", "vv", "1", "carry", "borrow of the difference")
SSUBO: Final = _op("ssubo", "vv", "1", "carry", "signed overflow of the difference")

EQ: Final = _op("eq", "vv", "1", "compare", "equal")
NE: Final = _op("ne", "vv", "1", "compare", "not equal")
ULT: Final = _op("ult", "vv", "1", "compare", "unsigned less")
ULE: Final = _op("ule", "vv", "1", "compare", "unsigned less or equal")
SLT: Final = _op("slt", "vv", "1", "compare", "signed less")
SLE: Final = _op("sle", "vv", "1", "compare", "signed less or equal")
SELECT: Final = _op("select", "vvv", "t", "compare", "second where the first is true, else third")

ZEXT: Final = _op("zext", "v", "t", "convert", "zero-extend each lane")
SEXT: Final = _op("sext", "v", "t", "convert", "sign-extend each lane (true becomes all ones)")
TRUNC: Final = _op("trunc", "v", "t", "convert", "keep the low bits of each lane")
BITCAST: Final = _op("bitcast", "v", "t", "convert", "same bits, other type of the same total width")

EXTRACT: Final = _op("extract", "vi", "t", "vector", "one lane")
INSERT: Final = _op("insert", "viv", "t", "vector", "replace one lane")
SPLAT: Final = _op("splat", "v", "t", "vector", "every lane the scalar")
SHUFFLE: Final = _op("shuffle", "vvs", "t", "vector", "lanes picked from first then second (-1: any value)")
TBL: Final = _op("tbl", "vv", "t", "vector", "i8x16: byte of first at index second, 0 for an index above 15")

FADD: Final = _op("fadd", "vv", "t", "float", "sum")
FSUB: Final = _op("fsub", "vv", "t", "float", "difference")
FMUL: Final = _op("fmul", "vv", "t", "float", "product")
FDIV: Final = _op("fdiv", "vv", "t", "float", "quotient")
FSQRT: Final = _op("fsqrt", "v", "t", "float", "square root")
FMA: Final = _op("fma", "vvv", "t", "float", "first * second + third, rounded once")
FEQ: Final = _op("feq", "vv", "1", "float", "ordered and equal; invalid only for signalling NaN")
FLT: Final = _op("flt", "vv", "1", "float", "ordered and less; invalid only for signalling NaN")
FLE: Final = _op("fle", "vv", "1", "float", "ordered and less or equal; invalid only for signalling NaN")
FUNO: Final = _op("funo", "vv", "1", "float", "either is NaN; invalid only for signalling NaN")
FUEQ: Final = _op("fueq", "vv", "1", "float", "equal or either is NaN; invalid only for signalling NaN")
FLTS: Final = _op("flts", "vv", "1", "float", "ordered and less; invalid for any NaN")
FLES: Final = _op("fles", "vv", "1", "float", "ordered and less or equal; invalid for any NaN")
FWIDEN: Final = _op("fwiden", "v", "t", "float", "to a wider format")
FNARROW: Final = _op("fnarrow", "v", "t", "float", "to a narrower format, rounding")
SITOF: Final = _op("sitof", "v", "t", "float", "from signed integer, rounding")
UITOF: Final = _op("uitof", "v", "t", "float", "from unsigned integer, rounding")
FTOSI: Final = _op(
    "ftosi", "v", "t", "float",
    "to i32/i64 towards 0; out of range or NaN: 1 << (n-1) and invalid",
)  # fmt: skip
FRINT: Final = _op(
    "frint", "vi", "t", "float",
    "to an integral value; mode 0 nearest-even 1 down 2 up 3 zero: no inexact flag; "
    "4 dynamic, raises inexact; 5 dynamic, no inexact; 6 nearest, ties away, no inexact",
)  # fmt: skip

FPGET: Final = _op("fpget", "", "t", "fpenv", "i32: sticky flags, bits FP_INVALID..FP_DENORMAL")
FPSET: Final = _op("fpset", "v", "-", "fpenv", "replace the sticky flags (i32)")
FPMODE: Final = _op("fpmode", "", "t", "fpenv", "i32: the dynamic modes, as fpround sets them")
FPROUND: Final = _op("fpround", "v", "-", "fpenv", "set the dynamic modes (i32): see MODE_*")

LOAD: Final = _op("load", "vm", "t", "memory", "read guest memory; type's width is the access size")
STORE: Final = _op("store", "vvm", "-", "memory", "write guest memory (address, value)")
CAS: Final = _op("cas", "vvvm", "t", "memory", "atomic compare-and-swap (address, expected, new); old value")
RMW: Final = _op(
    "rmw", "ivvm", "t", "memory",
    "atomic read-modify-write (kind, address, value); old value; kinds RMW_*",
)  # fmt: skip
FENCE: Final = _op("fence", "i", "-", "memory", "order memory: 0 load, 1 store, 2 full")

CHECK: Final = _op("check", "vit", "-", "memory", "guest exception TRAP_* at the address if the i1 (unlikely) is true")

CALL: Final = _op("call", "hV", "t", "call", "call a helper function")
CCALL: Final = _op("ccall", "vhVv", "t", "call", "where the i1 is true (unlikely) the helper's value, else the last")
CLMUL: Final = _op("clmul", "vv", "t", "crypto", "i128: carry-less product of two i64")
AES: Final = _op(
    "aes", "iv", "t", "crypto",
    "i8x16; 0 ShiftRows+SubBytes 1 their inverses 2 MixColumns 3 InvMixColumns",
)  # fmt: skip

HANDED: Final = _op("handed", "", "t", "parts", "i64 that the part of the instruction before this one handed over")
HAND: Final = _op("hand", "v", "-", "parts", "hand an i64 to the next part of the instruction")

GUARD: Final = _op(
    "guard", "v", "-", "guard",
    "where the i1 is false nothing happens up to the next unguard; guards do not nest",
)  # fmt: skip
UNGUARD: Final = _op("unguard", "", "-", "guard", "end of what a guard is about")

JUMP: Final = _op("jump", "ti", "-", "end", "continue at a guest address; hint 0 jump, 1 call")
BRANCH: Final = _op("branch", "vtt", "-", "end", "continue at the first address if true, else at the second")
INDIRECT: Final = _op("indirect", "vi", "-", "end", "continue at a computed address; hint 0 jump, 1 call, 2 return")
SYSCALL: Final = _op("syscall", "ti", "-", "end", "system call, then continue at the address; int: the ISA's call code")
TRAP: Final = _op("trap", "it", "-", "end", "guest exception TRAP_* at the address")
RESYNC: Final = _op(
    "resync", "t", "-", "end",
    "leave to the dispatcher, continue at the address: mode bits may have changed",
)  # fmt: skip

INFO: Final[tuple[OpInfo, ...]] = tuple(_ROWS)
BY_NAME: Final = {row.name: row for row in INFO}
END: Final = frozenset(row.code for row in INFO if row.group == "end")
PURE: Final = frozenset(
    row.code for row in INFO if row.group in ("value", "int", "carry", "compare", "convert", "vector", "crypto")
)
"""Ops without effects: may be removed or merged. Float ops raise flags, so they are not here."""

FP_INVALID: Final = 1
FP_DENORMAL: Final = 2
FP_DIVZERO: Final = 4
FP_OVERFLOW: Final = 8
FP_UNDERFLOW: Final = 16
FP_INEXACT: Final = 32

MODE_ROUND: Final = 3
"""rounding: 0 nearest 1 down 2 up 3 zero"""
MODE_FLUSH: Final = 4
"""results of f32 and f64 arithmetic below the normal range become zero"""
MODE_ZERO_IN: Final = 8
"""operands of f32 and f64 arithmetic below the normal range count as zero"""
MODE_TRAPS: Final = 4
"""lowest of six bits, FP_* in their order, for exceptions that trap"""

RMW_XCHG: Final = 0
RMW_ADD: Final = 1
RMW_AND: Final = 2
RMW_OR: Final = 3
RMW_XOR: Final = 4
RMW_SMAX: Final = 5
RMW_SMIN: Final = 6
RMW_UMAX: Final = 7
RMW_UMIN: Final = 8
RMW_NAMES: Final = ("xchg", "add", "and", "or", "xor", "smax", "smin", "umax", "umin")

TRAP_ILLEGAL: Final = 1
TRAP_BREAKPOINT: Final = 2
TRAP_DIVIDE: Final = 3
TRAP_ALIGN: Final = 4
TRAP_FETCH: Final = 5
TRAP_PRIVILEGED: Final = 6
TRAP_NAMES: Final = {1: "illegal", 2: "breakpoint", 3: "divide", 4: "align", 5: "fetch", 6: "privileged"}
