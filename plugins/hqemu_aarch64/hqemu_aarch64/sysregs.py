"""System registers that an EL0 program may read and that never change.

The ID registers are what Linux shows to user space (``Documentation/arm64/cpu-feature-registers``): only the
fields of features that this plugin implements are set, everything else of the ID space reads as zero.
"""

from __future__ import annotations

from collections.abc import Callable

from .cpus import Model

ZVA_BYTES = 64
LINE_BYTES = 64
COUNTER_HZ = 1_000_000_000

_LINE = (LINE_BYTES // 4).bit_length() - 1

_USER = {
    # CTR_EL0: 64-byte lines, PIPT, no IDC and no DIC, so guests that write code announce it
    (0, 0, 1): 1 << 31 | 4 << 24 | 4 << 20 | _LINE << 16 | 3 << 14 | _LINE,
    # DCZID_EL0: log2 of the words of a DC ZVA block
    (0, 0, 7): (ZVA_BYTES // 4).bit_length() - 1,
    # TPIDRRO_EL0: Linux leaves it zero
    (13, 0, 3): 0,
    # CNTFRQ_EL0
    (14, 0, 0): COUNTER_HZ,
}

ISAR0 = {"aes": 2 << 4, "sha1": 1 << 8, "sha2": 1 << 12, "crc32": 1 << 16, "lse": 2 << 20, "rdm": 1 << 28}
"""feature -> what it adds to ID_AA64ISAR0_EL1; AES is with PMULL"""


def user_register(crn: int, crm: int, op2: int) -> int | None:
    """A constant register of op0 3, op1 3; None: not readable (or not constant)."""
    return _USER.get((crn, crm, op2))


def id_registers(model: Model) -> Callable[[int, int], int | None]:
    """ID space (op0 3, op1 0, CRn 0, CRm 0 to 7) by CRm and op2. CRm 0 has holes that Linux does not emulate."""
    known = {
        (0, 0): model.midr,
        (0, 5): 1 << 31,  # MPIDR_EL1: multiprocessor extensions, affinity hidden
        (0, 6): 0,  # REVIDR_EL1
        # ID_AA64PFR0_EL1: EL0 and EL1 AArch64 only, FP and AdvSIMD without half precision
        (4, 0): 0x11,
        (6, 0): sum(value for name, value in ISAR0.items() if name not in model.lacks),
    }

    def id_register(crm: int, op2: int) -> int | None:
        return known.get((crm, op2), None if crm == 0 else 0)

    return id_register
