"""Names for test cases: x0..x30, w0.., sp, n z c v, v0..v31 (128 bits), q/d/s/h/b views, system registers."""

from __future__ import annotations

from functools import lru_cache

from hqemu_core.ir import types as ty
from hqemu_core.isa.casespec import CaseSpec, OracleNames, Special

from .lift.fp_status import read_fpcr, read_fpsr, write_fpcr, write_fpsr
from .spec import make_spec
from .state import MONITOR_ADDR, MONITOR_VALUE, SP, TPIDR, C, N, V, V_FLAG, X, Z
from .streams import make_stream_rules

_VIEWS = (("v", ty.I128), ("q", ty.I128), ("d", ty.F64), ("s", ty.F32), ("h", ty.F16), ("b", ty.I8))


def _registers() -> dict[str, tuple[int, int]]:
    names = {
        "sp": (SP, ty.I64),
        "n": (N, ty.I8),
        "z": (Z, ty.I8),
        "c": (C, ty.I8),
        "v": (V_FLAG, ty.I8),
        "tpidr_el0": (TPIDR, ty.I64),
        "monitor_addr": (MONITOR_ADDR, ty.I64),
        "monitor_value": (MONITOR_VALUE, ty.I128),
    }
    for n in range(31):
        names[f"x{n}"] = (X + 8 * n, ty.I64)
        names[f"w{n}"] = (X + 8 * n, ty.I32)
    for view, t in _VIEWS:
        for n in range(32):
            names[f"{view}{n}"] = (V + 16 * n, t)
    return names


def _oracle(special: dict[str, Special]) -> OracleNames:
    registers: dict[str, tuple[tuple[str, int], ...]] = {
        "UC_ARM64_REG_SP": (("sp", 0),),
        "UC_ARM64_REG_NZCV": (("n", 31), ("z", 30), ("c", 29), ("v", 28)),
        "UC_ARM64_REG_TPIDR_EL0": (("tpidr_el0", 0),),
    }
    registers |= {f"UC_ARM64_REG_X{n}": ((f"x{n}", 0),) for n in range(31)}
    registers |= {f"UC_ARM64_REG_V{n}": ((f"v{n}", 0),) for n in range(32)}
    registers |= {f"UC_ARM64_REG_{name.upper()}": ((name, 0),) for name in special}
    return OracleNames(
        arch="UC_ARCH_ARM64",
        mode="UC_MODE_ARM",
        cpu="UC_CPU_ARM64_MAX",
        pc="UC_ARM64_REG_PC",
        registers=registers,
        illegal=frozenset({1}),
        breakpoint=frozenset({7}),
        syscall=frozenset({2}),
        setup={"UC_ARM64_REG_CPACR_EL1": 3 << 20},
    )


@lru_cache(maxsize=1)
def make_case_spec() -> CaseSpec:
    special = {
        "fpcr": Special(ty.I32, read_fpcr, write_fpcr),
        "fpsr": Special(ty.I32, read_fpsr, write_fpsr),
    }
    return CaseSpec(
        isa=make_spec(),
        assembler=("KS_ARCH_ARM64", "KS_MODE_LITTLE_ENDIAN"),
        registers=_registers(),
        special=special,
        oracle=_oracle(special),
        streams=make_stream_rules,
    )
