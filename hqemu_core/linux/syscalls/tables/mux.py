"""Calls whose arguments depend on one of them.

``MUX[call] = (index of the deciding argument, mask, the arguments before the variable ones, errno of the unknown,
module with the table, its name)``. A table maps the deciding value to ``NAME further arguments -> result`` in the
language of ``row.py``; ``NAME !ERRNO`` always fails so; ``NAME @module`` is done by ``on_<name>`` of that module.
"""

from __future__ import annotations

# fmt: off
MUX: dict[str, tuple[int, int, str, str, str, str]] = {
    "fcntl": (1, 0xFFFFFFFF, "fd:fd cmd:int=F", "EINVAL", "mux", "FCNTL"),
    "prctl": (0, 0xFFFFFFFF, "option:int=PR", "EINVAL", "mux", "PRCTL"),
    "futex": (1, 0x7F, "uaddr:ptr op:int=FUTEX val:uint", "ENOSYS", "mux", "FUTEX"),
    "semctl": (2, 0xFFFFFFFF, "semid:int semnum:int cmd:int", "EINVAL", "mux", "SEMCTL"),
    "shmctl": (1, 0xFFFFFFFF, "shmid:int cmd:int", "EINVAL", "mux", "SHMCTL"),
    "msgctl": (1, 0xFFFFFFFF, "msqid:int cmd:int", "EINVAL", "mux", "MSGCTL"),
    "ioctl": (1, 0xFFFFFFFF, "fd:fd request:uint=IOCTL", "ENOTTY", "ioctls", "IOCTL"),
}

FCNTL: dict[int, str] = {
    0: "F_DUPFD minfd:int -> fd", 1: "F_GETFD", 2: "F_SETFD flags:int=FD", 3: "F_GETFL -> oflags",
    4: "F_SETFL flags:oflags", 5: "F_GETLK lock:inout{flock}", 6: "F_SETLK lock:in{flock}", 7: "F_SETLKW lock:in{flock}",
    8: "F_SETOWN pid:pid", 9: "F_GETOWN -> pid", 10: "F_SETSIG sig:int=SIG", 11: "F_GETSIG",
    15: "F_SETOWN_EX owner:in{f_owner_ex}", 16: "F_GETOWN_EX owner:out{f_owner_ex}",
    17: "F_GETOWNER_UIDS uids:out{uint}*2", 36: "F_OFD_GETLK lock:inout{flock}", 37: "F_OFD_SETLK lock:in{flock}",
    38: "F_OFD_SETLKW lock:in{flock}", 1024: "F_SETLEASE type:int", 1025: "F_GETLEASE", 1026: "F_NOTIFY mask:int",
    1027: "F_DUPFD_QUERY other:fd", 1030: "F_DUPFD_CLOEXEC minfd:int -> fd", 1031: "F_SETPIPE_SZ size:int",
    1032: "F_GETPIPE_SZ", 1033: "F_ADD_SEALS seals:int", 1034: "F_GET_SEALS", 1035: "F_GET_RW_HINT hint:inout{u64}",
    1036: "F_SET_RW_HINT hint:in{u64}", 1037: "F_GET_FILE_RW_HINT hint:inout{u64}",
    1038: "F_SET_FILE_RW_HINT hint:in{u64}",
}

PRCTL: dict[int, str] = {
    1: "PR_SET_PDEATHSIG sig:int=SIG", 2: "PR_GET_PDEATHSIG sig:out{int}", 3: "PR_GET_DUMPABLE",
    4: "PR_SET_DUMPABLE on:ulong", 7: "PR_GET_KEEPCAPS", 8: "PR_SET_KEEPCAPS on:ulong", 13: "PR_GET_TIMING",
    14: "PR_SET_TIMING mode:ulong", 15: "PR_SET_NAME name:str", 16: "PR_GET_NAME name:out[16]", 21: "PR_GET_SECCOMP",
    22: "PR_SET_SECCOMP mode:ulong filter:addr !EINVAL", 23: "PR_CAPBSET_READ cap:ulong",
    24: "PR_CAPBSET_DROP cap:ulong", 25: "PR_GET_TSC mode:addr !EINVAL", 26: "PR_SET_TSC mode:ulong !EINVAL",
    27: "PR_GET_SECUREBITS", 28: "PR_SET_SECUREBITS bits:ulong", 29: "PR_SET_TIMERSLACK ns:ulong",
    30: "PR_GET_TIMERSLACK", 33: "PR_MCE_KILL how:ulong when:ulong _3:ulong _4:ulong", 34: "PR_MCE_KILL_GET _2:ulong _3:ulong _4:ulong _5:ulong",
    35: "PR_SET_MM what:ulong addr:addr _3:ulong _4:ulong !EPERM", 36: "PR_SET_CHILD_SUBREAPER on:ulong",
    37: "PR_GET_CHILD_SUBREAPER on:out{int}", 38: "PR_SET_NO_NEW_PRIVS on:ulong _3:ulong _4:ulong _5:ulong",
    39: "PR_GET_NO_NEW_PRIVS _2:ulong _3:ulong _4:ulong _5:ulong", 40: "PR_GET_TID_ADDRESS addr:addr !EINVAL",
    41: "PR_SET_THP_DISABLE on:ulong _3:ulong _4:ulong _5:ulong", 42: "PR_GET_THP_DISABLE _2:ulong _3:ulong _4:ulong _5:ulong",
    47: "PR_CAP_AMBIENT op:ulong cap:ulong _4:ulong _5:ulong", 50: "PR_SVE_SET_VL arg:ulong !EINVAL",
    51: "PR_SVE_GET_VL !EINVAL", 52: "PR_GET_SPECULATION_CTRL which:ulong _3:ulong _4:ulong _5:ulong",
    53: "PR_SET_SPECULATION_CTRL which:ulong how:ulong _4:ulong _5:ulong",
    54: "PR_PAC_RESET_KEYS keys:ulong !EINVAL", 55: "PR_SET_TAGGED_ADDR_CTRL how:ulong !EINVAL",
    56: "PR_GET_TAGGED_ADDR_CTRL !EINVAL", 57: "PR_SET_IO_FLUSHER on:ulong _3:ulong _4:ulong _5:ulong",
    58: "PR_GET_IO_FLUSHER _2:ulong _3:ulong _4:ulong _5:ulong", 59: "PR_SET_SYSCALL_USER_DISPATCH on:ulong !EINVAL",
    62: "PR_SCHED_CORE cmd:ulong !EINVAL", 65: "PR_SET_MDWE bits:ulong !EINVAL", 66: "PR_GET_MDWE !EINVAL",
    0x59616D61: "PR_SET_PTRACER pid:long", 0x53564D41: "PR_SET_VMA attr:ulong addr:addr size:ulong name:str !EINVAL",
}

FUTEX: dict[int, str] = {
    0: "FUTEX_WAIT timeout:in{timespec}", 1: "FUTEX_WAKE", 3: "FUTEX_REQUEUE val2:uint uaddr2:ptr",
    4: "FUTEX_CMP_REQUEUE val2:uint uaddr2:ptr val3:uint", 5: "FUTEX_WAKE_OP val2:uint uaddr2:ptr val3:uint",
    6: "FUTEX_LOCK_PI timeout:in{timespec}", 7: "FUTEX_UNLOCK_PI", 8: "FUTEX_TRYLOCK_PI",
    9: "FUTEX_WAIT_BITSET timeout:in{timespec} _:ulong val3:uint", 10: "FUTEX_WAKE_BITSET _:ulong _:ulong val3:uint",
    11: "FUTEX_WAIT_REQUEUE_PI timeout:in{timespec} uaddr2:ptr val3:uint",
    12: "FUTEX_CMP_REQUEUE_PI val2:uint uaddr2:ptr val3:uint", 13: "FUTEX_LOCK_PI2 timeout:in{timespec}",
}

SEMCTL: dict[int, str] = {
    0: "IPC_RMID", 1: "IPC_SET buf:in{semid_ds}", 2: "IPC_STAT buf:out{semid_ds}", 3: "IPC_INFO buf:out{seminfo}",
    11: "GETPID", 12: "GETVAL", 13: "GETALL array:ptr", 14: "GETNCNT", 15: "GETZCNT", 16: "SETVAL val:int",
    17: "SETALL array:ptr", 18: "SEM_STAT buf:out{semid_ds}", 19: "SEM_INFO buf:out{seminfo}",
    20: "SEM_STAT_ANY buf:out{semid_ds}",
}

SHMCTL: dict[int, str] = {
    0: "IPC_RMID", 1: "IPC_SET buf:in{shmid_ds}", 2: "IPC_STAT buf:out{shmid_ds}", 3: "IPC_INFO buf:out{shminfo}",
    11: "SHM_LOCK", 12: "SHM_UNLOCK", 13: "SHM_STAT buf:out{shmid_ds}", 14: "SHM_INFO buf:out{shm_info}",
    15: "SHM_STAT_ANY buf:out{shmid_ds}",
}

MSGCTL: dict[int, str] = {
    0: "IPC_RMID", 1: "IPC_SET buf:in{msqid_ds}", 2: "IPC_STAT buf:out{msqid_ds}", 3: "IPC_INFO buf:out{msginfo}",
    11: "MSG_STAT buf:out{msqid_ds}", 12: "MSG_INFO buf:out{msginfo}", 13: "MSG_STAT_ANY buf:out{msqid_ds}",
}
