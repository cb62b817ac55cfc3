"""Every error a user may see. The command line prints ``hqemu: <text>`` and exits with ``status``."""

from __future__ import annotations


class HqemuError(Exception):
    """Base: one clear line, an exit status, never a traceback."""

    status = 1


class UsageError(HqemuError):
    """A wrong option or value on the command line or in the environment."""

    status = 2


class LoadError(HqemuError):
    """The guest program cannot be loaded. 127: not found; 126: found but not runnable (as shells report)."""

    def __init__(self, text: str, status: int = 126) -> None:
        super().__init__(text)
        self.status = status


class IsaError(HqemuError):
    """A defect in an ISA plugin's tables or lift functions, named with row and cause."""


class BackendError(HqemuError):
    """A backend cannot express or compile something; named with the form."""


class GuestFault(HqemuError):
    """A guest memory access that the guest may not do; becomes the guest's SIGSEGV/SIGBUS or a syscall's EFAULT."""

    def __init__(self, addr: int, write: bool = False, signo: int = 11, code: int = 1) -> None:
        super().__init__(f"guest fault at {addr:#x}")
        self.addr = addr
        self.write = write
        self.signo = signo
        self.code = code
