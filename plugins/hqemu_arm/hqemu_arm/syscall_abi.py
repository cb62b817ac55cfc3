"""System calls of the EABI (``arch/arm/tools/syscall.tbl``): r7 the number, r0 to r5 the arguments, 64-bit ones in even
and odd register; and those of Arm alone, from 0xf0001 on."""

from __future__ import annotations

from typing import Any

from hqemu_core.errors import HqemuError
from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.isa.abi import Cpu, Memory

from .state import TPIDRURO, R

NUMBER = R + 4 * 7
ARGS = (R, R + 4, R + 8, R + 12, R + 16, R + 20)
RET = R
OABI_BASE = 0x900000
EINVAL = 22

_RUNS = (
    (0,
     ("restart_syscall exit fork read write open close _ creat link unlink execve chdir _ mknod chmod lchown _ _ "
     "lseek getpid mount _ setuid getuid _ ptrace _ _ pause")),
    (33,
     ("access nice _ sync kill rename mkdir rmdir dup pipe times _ brk setgid getgid _ geteuid getegid acct umount2 "
     "_ ioctl fcntl _ setpgid _ _ umask chroot ustat dup2 getppid getpgrp setsid sigaction _ _ setreuid setregid "
     "sigsuspend sigpending sethostname setrlimit _ getrusage gettimeofday settimeofday getgroups setgroups _ "
     "symlink _ readlink uselib swapon reboot _ _ munmap truncate ftruncate fchmod fchown getpriority setpriority "
     "_ statfs fstatfs _ _ syslog setitimer getitimer stat lstat fstat _ _ vhangup _ _ wait4 swapoff sysinfo _ "
     "fsync sigreturn clone setdomainname uname _ adjtimex mprotect sigprocmask _ init_module delete_module _ "
     "quotactl getpgid fchdir bdflush sysfs personality _ setfsuid setfsgid _llseek getdents _newselect flock "
     "msync readv writev getsid fdatasync _sysctl mlock munlock mlockall munlockall sched_setparam sched_getparam "
     "sched_setscheduler sched_getscheduler sched_yield sched_get_priority_max sched_get_priority_min "
     "sched_rr_get_interval nanosleep mremap setresuid getresuid _ _ poll nfsservctl setresgid getresgid prctl "
     "rt_sigreturn rt_sigaction rt_sigprocmask rt_sigpending rt_sigtimedwait rt_sigqueueinfo rt_sigsuspend pread64 "
     "pwrite64 chown getcwd capget capset sigaltstack sendfile _ _ vfork ugetrlimit mmap2 truncate64 ftruncate64 "
     "stat64 lstat64 fstat64 lchown32 getuid32 getgid32 geteuid32 getegid32 setreuid32 setregid32 getgroups32 "
     "setgroups32 fchown32 setresuid32 getresuid32 setresgid32 getresgid32 chown32 setuid32 setgid32 setfsuid32 "
     "setfsgid32 getdents64 pivot_root mincore madvise fcntl64 _ _ gettid readahead setxattr lsetxattr fsetxattr "
     "getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr removexattr lremovexattr fremovexattr tkill "
     "sendfile64 futex sched_setaffinity sched_getaffinity io_setup io_destroy io_getevents io_submit io_cancel "
     "exit_group lookup_dcookie epoll_create epoll_ctl epoll_wait remap_file_pages _ _ set_tid_address "
     "timer_create timer_settime timer_gettime timer_getoverrun timer_delete clock_settime clock_gettime "
     "clock_getres clock_nanosleep statfs64 fstatfs64 tgkill utimes arm_fadvise64_64 pciconfig_iobase "
     "pciconfig_read pciconfig_write mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr waitid "
     "socket bind connect listen accept getsockname getpeername socketpair send sendto recv recvfrom shutdown "
     "setsockopt getsockopt sendmsg recvmsg semop semget semctl msgsnd msgrcv msgget msgctl shmat shmdt shmget "
     "shmctl add_key request_key keyctl semtimedop vserver ioprio_set ioprio_get inotify_init inotify_add_watch "
     "inotify_rm_watch mbind get_mempolicy set_mempolicy openat mkdirat mknodat fchownat futimesat fstatat64 "
     "unlinkat renameat linkat symlinkat readlinkat fchmodat faccessat pselect6 ppoll unshare set_robust_list "
     "get_robust_list splice arm_sync_file_range tee vmsplice move_pages getcpu epoll_pwait kexec_load utimensat "
     "signalfd timerfd_create eventfd fallocate timerfd_settime timerfd_gettime signalfd4 eventfd2 epoll_create1 "
     "dup3 pipe2 inotify_init1 preadv pwritev rt_tgsigqueueinfo perf_event_open recvmmsg accept4 fanotify_init "
     "fanotify_mark prlimit64 name_to_handle_at open_by_handle_at clock_adjtime syncfs sendmmsg setns "
     "process_vm_readv process_vm_writev kcmp finit_module sched_setattr sched_getattr renameat2 seccomp getrandom "
     "memfd_create bpf execveat userfaultfd membarrier mlock2 copy_file_range preadv2 pwritev2 pkey_mprotect "
     "pkey_alloc pkey_free statx rseq io_pgetevents migrate_pages kexec_file_load _ clock_gettime64 "
     "clock_settime64 clock_adjtime64 clock_getres_time64 clock_nanosleep_time64 timer_gettime64 timer_settime64 "
     "timerfd_gettime64 timerfd_settime64 utimensat_time64 pselect6_time64 ppoll_time64 _ io_pgetevents_time64 "
     "recvmmsg_time64 mq_timedsend_time64 mq_timedreceive_time64 semtimedop_time64 rt_sigtimedwait_time64 "
     "futex_time64 sched_rr_get_interval_time64 pidfd_send_signal io_uring_setup io_uring_enter io_uring_register "
     "open_tree move_mount fsopen fsconfig fsmount fspick pidfd_open clone3 close_range openat2 pidfd_getfd "
     "faccessat2 process_madvise epoll_pwait2 mount_setattr quotactl_fd landlock_create_ruleset landlock_add_rule "
     "landlock_restrict_self _ process_mrelease futex_waitv set_mempolicy_home_node cachestat fchmodat2 "
     "map_shadow_stack futex_wake futex_wait futex_requeue statmount listmount lsm_get_self_attr lsm_set_self_attr "
     "lsm_list_modules mseal setxattrat getxattrat listxattrat removexattrat open_tree_attr")),
)  # fmt: skip
"""runs of consecutive numbers: (first number, names); ``_`` has none"""

SYSCALLS = {
    number: name for first, names in _RUNS for number, name in enumerate(names.split(), first) if name != "_"
} | {
    0xF0001: "breakpoint", 0xF0002: "cacheflush", 0xF0003: "usr26", 0xF0004: "usr32", 0xF0005: "set_tls",
    0xF0006: "get_tls",
}  # fmt: skip


def sys_breakpoint(process: Any, thread: Any) -> int:
    """As the instruction BKPT: at the call itself."""
    thread.pc -= call_size(thread.pc)
    process.on_trap(thread, op.TRAP_BREAKPOINT)
    return thread.read(RET, ty.I32)  # type: ignore[no-any-return]


def sys_cacheflush(process: Any, thread: Any, start: int, end: int, flags: int) -> int:
    """Code between the addresses was written."""
    if end < start or flags:
        return -EINVAL
    process.memory.invalidate(start, end - start)
    return 0


def sys_set_tls(process: Any, thread: Any, value: int) -> int:
    thread.write(TPIDRURO, ty.I32, value)
    return 0


def sys_get_tls(process: Any, thread: Any) -> int:
    return thread.read(TPIDRURO, ty.I32)  # type: ignore[no-any-return]


def sys_usr32(process: Any, thread: Any) -> int:
    """There is no other mode than 32-bit any more, so the kernel's answer is r0."""
    return thread.read(RET, ty.I32)  # type: ignore[no-any-return]


CALLS = {
    "breakpoint": ("", sys_breakpoint),
    "cacheflush": ("start:addr end:addr flags:int", sys_cacheflush),
    "usr26": ("", sys_usr32),
    "usr32": ("", sys_usr32),
    "set_tls": ("value:addr", sys_set_tls),
    "get_tls": ("-> addr", sys_get_tls),
}
"""name -> (arguments, function)"""


def call_size(after: int) -> int:
    """Bytes of the svc instruction before a code address."""
    return 2 if after & 1 else 4


_checked: set[int] = set()
"""addresses behind instructions that are the EABI's; one that is rewritten is not looked at again"""


def check_call(cpu: Cpu, memory: Memory) -> None:
    """The old ABI has the number in the instruction. The kernel's own return from a signal has it there as well as in
    r7; other numbers there are unknown to the EABI, which ignores them."""
    pc = cpu.pc
    if pc & 1 or pc in _checked:
        return
    number = int.from_bytes(memory.read(pc - 4, 3), "little")
    if number >= OABI_BASE and number != OABI_BASE + cpu.read(NUMBER, ty.I32):
        raise HqemuError(f"system call {number:#x} at {pc - 4:#x} is of the old Arm ABI, which is not supported")
    _checked.add(pc)
