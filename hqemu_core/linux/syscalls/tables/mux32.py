"""What 32-bit ABIs change in ``mux.py``; ``NAME=number`` is called ``number`` by the host."""

from __future__ import annotations

from .ioctls import IOCTL as _IOCTL
from .mux import FCNTL as _FCNTL
from .mux import FUTEX as _FUTEX
from .mux import MSGCTL as _MSGCTL
from .mux import SEMCTL as _SEMCTL
from .mux import SHMCTL as _SHMCTL

# fmt: off
MUX: dict[str, tuple[int, int, str, str, str, str]] = {
    "fcntl": (1, 0xFFFFFFFF, "fd:fd cmd:int=F", "EINVAL", "mux32", "FCNTL"),
    "fcntl64": (1, 0xFFFFFFFF, "fd:fd cmd:int=F", "EINVAL", "mux32", "FCNTL64"),
    "futex_time64": (1, 0x7F, "uaddr:ptr op:int=FUTEX val:uint", "ENOSYS", "mux32", "FUTEX_TIME64"),
    "semctl": (2, 0xFFFFFFFF, "semid:int semnum:int cmd:int", "EINVAL", "mux32", "SEMCTL"),
    "shmctl": (1, 0xFFFFFFFF, "shmid:int cmd:int", "EINVAL", "mux32", "SHMCTL"),
    "msgctl": (1, 0xFFFFFFFF, "msqid:int cmd:int", "EINVAL", "mux32", "MSGCTL"),
    "ioctl": (1, 0xFFFFFFFF, "fd:fd request:uint=IOCTL", "ENOTTY", "mux32", "IOCTL"),
}

_OFD = (36, 37, 38)
FCNTL = {value: text for value, text in _FCNTL.items() if value not in _OFD}
FCNTL64 = _FCNTL | {
    12: "F_GETLK64=5 lock:inout{flock64}", 13: "F_SETLK64=6 lock:in{flock64}", 14: "F_SETLKW64=7 lock:in{flock64}",
    36: "F_OFD_GETLK lock:inout{flock64}", 37: "F_OFD_SETLK lock:in{flock64}", 38: "F_OFD_SETLKW lock:in{flock64}",
}

FUTEX_TIME64 = {value: text.replace("{timespec}", "{timespec64}") for value, text in _FUTEX.items()}

_IPC_64 = 0x100
"""asks for the structs with 32-bit user numbers; those without it are not described"""


def _both(table: dict[int, str]) -> dict[int, str]:
    found = {value: text for value, text in table.items() if "{" not in text}
    for value, text in table.items():
        name, blank, rest = text.partition(" ")
        found[value | _IPC_64] = f"{name}={value}{blank}{rest}"
    return found


SEMCTL = _both(_SEMCTL)
SHMCTL = _both(_SHMCTL)
MSGCTL = _both(_MSGCTL)

_LONG_SIZED = ("FS_IOC_GETFLAGS", "FS_IOC_SETFLAGS", "FS_IOC_GETVERSION", "FS_IOC_SETVERSION", "BLKBSZGET",
               "BLKGETSIZE64")
"""their numbers hold the size of a long"""


def _requests() -> dict[int, str]:
    found = dict(_IOCTL)
    for value, text in _IOCTL.items():
        name, _, rest = text.partition(" ")
        if name in _LONG_SIZED:
            del found[value]
            found[value - 0x40000] = f"{name}={value} {rest}"
    return found


IOCTL = _requests() | {
    0x80108906: "SIOCGSTAMP_NEW arg:out[16]", 0x80108907: "SIOCGSTAMPNS_NEW arg:out[16]",
    0x8912: "SIOCGIFCONF arg:inout{ifconf} !ENOTTY",
}
