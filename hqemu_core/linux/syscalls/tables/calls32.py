"""Calls that only 32-bit ABIs have, or that are another call there. Columns: see ``row.py``.

A row here replaces the one of the same name. The host's number is that of the call that does the same.
"""

# fmt: off
ROWS = (
    # 64-bit file offsets and sizes
    ("_llseek", 8, "fd:fd offset_high:ulong offset_low:ulong result:out{off64} whence:int=SEEK", "syscalls.directories", ""),
    ("lseek", 8, "fd:fd offset:off whence:int=SEEK -> off", "syscalls.directories", ""),
    ("truncate64", 76, "path:path length:off64", "host", ""),
    ("ftruncate64", 77, "fd:fd length:off64", "host", ""),
    ("sendfile64", 40, "out_fd:fd in_fd:fd offset:inout{off64} count:ulong", "host", "R"),
    ("fadvise64_64", 221, "fd:fd offset:off64 len:off64 advice:int=FADV", "host", ""),
    ("arm_fadvise64_64", 221, "fd:fd advice:int=FADV offset:off64 len:off64", "syscalls.calls32", ""),
    ("arm_sync_file_range", 277, "fd:fd flags:int=SYNC_RANGE offset:off64 nbytes:off64", "syscalls.calls32", ""),
    ("mmap2", 9, "addr:addr length:ulong prot:int=PROT flags:int=MAP fd:fd pgoff:ulong -> addr", "syscalls.calls32", ""),
    ("fcntl64", 72, "fd:fd cmd:int=F arg:ulong", "mux", "R"),
    # the wide structs
    ("stat64", 4, "path:path statbuf:out{stat64}", "host", ""),
    ("fstat64", 5, "fd:fd statbuf:out{stat64}", "host", ""),
    ("lstat64", 6, "path:lpath statbuf:out{stat64}", "host", ""),
    ("fstatat64", 262, "dfd:dirfd path:path?flags statbuf:out{stat64} flags:int=AT", "host", ""),
    ("statfs64", 137, "path:path size:ulong buf:out{statfs64}", "syscalls.calls32", ""),
    ("fstatfs64", 138, "fd:fd size:ulong buf:out{statfs64}", "syscalls.calls32", ""),
    ("ugetrlimit", 97, "resource:int=RLIMIT rlim:out{rlimit}", "syscalls.limits", ""),
    ("sysinfo", 99, "info:out{sysinfo}", "syscalls.calls32", ""),
    ("getdents", 78, "fd:fd dirent:out[count] count:uint", "syscalls.directories", ""),
    ("getdents64", 217, "fd:fd dirent:out[count] count:uint", "syscalls.directories", ""),
    # old names
    ("_newselect", 23, "nfds:int rfds:fdset wfds:fdset efds:fdset timeout:inout{timeval}", "host", "N"),
    ("send", 44, "fd:fd buf:in[len] len:ulong flags:int=MSG", "syscalls.calls32", "R"),
    ("recv", 45, "fd:fd buf:out[len] len:ulong flags:int=MSG", "syscalls.calls32", "R1"),
    ("getsockopt", 55, "fd:fd level:int=SOL name:int=SO value:ptr len:inout{int}", "syscalls.messages", ""),
    ("nice", 141, "increment:int", "syscalls.calls32", ""),
    ("ustat", 136, "dev:uint buf:ptr", "ENOSYS", ""),
    ("uselib", 134, "path:path", "ENOSYS", ""),
    ("sysfs", 139, "option:int a1:ulong a2:ulong", "ENOSYS", ""),
    ("bdflush", -1, "", "ENOSYS", ""),
    ("_sysctl", 156, "args:addr", "ENOSYS", ""),
    ("vserver", 236, "", "ENOSYS", ""),
    ("pciconfig_iobase", -1, "which:long bus:ulong dfn:ulong", "ENOSYS", ""),
    ("pciconfig_read", -1, "bus:ulong dfn:ulong off:ulong len:ulong buf:addr", "ENOSYS", ""),
    ("pciconfig_write", -1, "bus:ulong dfn:ulong off:ulong len:ulong buf:addr", "ENOSYS", ""),
    # the message type is a long
    ("msgsnd", 69, "msqid:int msg:ptr size:ulong flags:int=IPC_MSG", "syscalls.calls32", "N"),
    ("msgrcv", 70, "msqid:int msg:ptr size:ulong type:long flags:int=IPC_MSG", "syscalls.calls32", "N"),
    # sets of processors are made of longs
    ("sched_getaffinity", 204, "pid:pid len:uint mask:out[len]", "syscalls.calls32", ""),
    # signals with 32-bit sets
    ("sigaction", 13, "sig:int=SIG act:in{old_sigaction} oact:out{old_sigaction}", "signal_calls32", ""),
    ("sigprocmask", 14, "how:int=SIG_HOW set:in{old_sigset} oset:out{old_sigset}", "signal_calls32", ""),
    ("sigpending", 127, "set:out{old_sigset}", "signal_calls32", ""),
    ("sigsuspend", 130, "_1:int _2:int mask:ulong", "signal_calls32", ""),
    ("sigreturn", 15, "", "signal_calls32", ""),
)
