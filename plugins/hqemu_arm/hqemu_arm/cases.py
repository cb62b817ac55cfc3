"""Names for test cases: r0..r14, sp, lr, n z c v q, ge (four bits), the thread registers, the exclusive monitor,
s0..s31, d0..d31, q0..q15, fpscr."""

from __future__ import annotations

from functools import lru_cache

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder
from hqemu_core.isa.casespec import CaseSpec, OracleNames, Special

from .lift.status import read_ge, write_ge
from .lift.vfp_env import read_fpscr, write_fpscr
from .spec import THUMB, make_spec
from .state import LR, MONITOR_ADDR, MONITOR_VALUE, SP, TPIDRURO, TPIDRURW, C, N, Q, R, V, V_FLAG, Z
from .streams import make_stream_rules


def _registers() -> dict[str, tuple[int, int]]:
    names = {
        "sp": (SP, ty.I32),
        "lr": (LR, ty.I32),
        "n": (N, ty.I8),
        "z": (Z, ty.I8),
        "c": (C, ty.I8),
        "v": (V_FLAG, ty.I8),
        "q": (Q, ty.I8),
        "tpidrurw": (TPIDRURW, ty.I32),
        "tpidruro": (TPIDRURO, ty.I32),
        "monitor_addr": (MONITOR_ADDR, ty.I64),
        "monitor_value": (MONITOR_VALUE, ty.I64),
    }
    for n in range(15):
        names[f"r{n}"] = (R + 4 * n, ty.I32)
    for n in range(32):
        names[f"s{n}"] = (V + 4 * n, ty.F32)
        names[f"d{n}"] = (V + 8 * n, ty.F64)
    for n in range(16):
        names[f"q{n}"] = (V + 16 * n, ty.I128)
    return names


def _read(b: IRBuilder) -> int:
    return read_ge(b)


def _write(b: IRBuilder, value: int) -> None:
    write_ge(b, value)


def _flag(bit: int) -> Special:
    """One bit of APSR.GE."""

    def read(b: IRBuilder) -> int:
        bits = b.lshr(read_ge(b), b.const(bit, ty.I32))
        return b.trunc(b.and_(bits, b.const(1, ty.I32)), ty.I8)

    def write(b: IRBuilder, value: int) -> None:
        keep = b.and_(read_ge(b), b.const(~(1 << bit), ty.I32))
        one = b.and_(b.zext(value, ty.I32), b.const(1, ty.I32))
        write_ge(b, b.or_(keep, b.shl(one, b.const(bit, ty.I32))))

    return Special(ty.I8, read, write)


def _oracle(mode: str) -> OracleNames:
    flags = (("n", 31), ("z", 30), ("c", 29), ("v", 28), ("q", 27), ("ge3", 19), ("ge2", 18), ("ge1", 17), ("ge0", 16))
    registers: dict[str, tuple[tuple[str, int], ...]] = {"UC_ARM_REG_APSR": flags}
    registers |= {f"UC_ARM_REG_R{n}": ((f"r{n}", 0),) for n in range(15)}
    registers |= {f"UC_ARM_REG_D{n}": ((f"d{n}", 0),) for n in range(32)}
    registers["UC_ARM_REG_FPSCR"] = (("fpscr", 0),)
    return OracleNames(
        arch="UC_ARCH_ARM",
        mode=mode,
        cpu="UC_CPU_ARM_MAX",
        pc="UC_ARM_REG_PC",
        registers=registers,
        illegal=frozenset({1}),
        breakpoint=frozenset({7}),
        syscall=frozenset({2}),
        setup={"UC_ARM_REG_C1_C0_2": 0xF << 20, "UC_ARM_REG_FPEXC": 1 << 30},
    )


def _make(mode: int, assembler: str, capstone: str, unicorn: str) -> CaseSpec:
    special = {f"ge{n}": _flag(n) for n in range(4)}
    special["ge"] = Special(ty.I32, _read, _write)
    special["fpscr"] = Special(ty.I32, read_fpscr, write_fpscr)
    isa = make_spec()
    return CaseSpec(
        isa=isa,
        assembler=("KS_ARCH_ARM", assembler),
        registers=_registers(),
        special=special,
        oracle=_oracle(unicorn),
        mode=mode,
        disassembler=("CS_ARCH_ARM", capstone),
        streams=lambda: make_stream_rules(isa.tables[mode].rows),
    )


@lru_cache(maxsize=1)
def make_case_spec() -> CaseSpec:
    """A32."""
    return _make(0, "KS_MODE_ARM", "CS_MODE_V8", "UC_MODE_ARM")


@lru_cache(maxsize=1)
def make_thumb_case_spec() -> CaseSpec:
    """T32."""
    return _make(THUMB, "KS_MODE_THUMB", "CS_MODE_THUMB+CS_MODE_V8", "UC_MODE_THUMB")
