"""llvmlite's lock, without importing llvmlite."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from typing import Any


def llvm_lock() -> AbstractContextManager[Any]:
    """Held by whoever is inside LLVM: a fork must wait for that, or the child could never use LLVM again."""
    lib = getattr(sys.modules.get("llvmlite.binding.ffi"), "lib", None)
    lock: AbstractContextManager[Any] | None = getattr(lib, "_lock", None)
    return lock if lock is not None else nullcontext()
