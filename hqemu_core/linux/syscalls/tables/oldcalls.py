"""Calls that only the oldest 32-bit ABIs still have: others began with their successors. Columns: see ``row.py``."""

# fmt: off
ROWS = (
    ("waitpid", 61, "pid:pid status:out{int} options:int=WAIT -> pid", "host", "R1"),
    ("umount", 166, "target:path", "host", ""),
    ("stime", 227, "tptr:in{time}", "syscalls.oldcalls", ""),
    ("signal", 13, "sig:int=SIG handler:addr -> addr", "syscalls.oldcalls", ""),
    ("sgetmask", 14, "", "syscalls.oldcalls", ""),
    ("ssetmask", 14, "mask:ulong", "syscalls.oldcalls", ""),
    ("oldolduname", 63, "buf:out[45]", "syscalls.oldcalls", ""),
    ("olduname", 63, "buf:out[325]", "syscalls.oldcalls", ""),
    ("oldstat", 4, "path:path statbuf:out{old_stat}", "host", ""),
    ("oldfstat", 5, "fd:fd statbuf:out{old_stat}", "host", ""),
    ("oldlstat", 6, "path:lpath statbuf:out{old_stat}", "host", ""),
    ("readdir", 78, "fd:fd dirent:ptr count:uint", "syscalls.oldcalls", ""),
    ("old_getrlimit", 97, "resource:int=RLIMIT rlim:out{rlimit}", "syscalls.oldcalls", ""),
    # arguments in memory
    ("old_mmap", 9, "args:ptr -> addr", "syscalls.multiplexed", ""),
    ("old_select", 23, "args:ptr", "syscalls.multiplexed", "N"),
    ("socketcall", -1, "call:int args:ptr", "syscalls.multiplexed", "R"),
    ("ipc", -1, "call:uint first:int second:ulong third:ulong ptr:addr fifth:long", "syscalls.multiplexed", "N"),
)
