"""Processes and threads: start, end, wait. Columns: see ``row.py``."""

# fmt: off
ROWS = (
    ("clone", 56, "flags:int=CLONE stack:addr a2:addr a3:addr a4:addr -> pid", "process", ""),
    ("clone3", 435, "args:addr size:ulong -> pid", "process", ""),
    ("fork", 57, "-> pid", "process", ""),
    ("vfork", 58, "-> pid", "process", ""),
    ("execve", 59, "path:path argv:strings envp:addr", "process", ""),
    ("execveat", 322, "dfd:dirfd path:path argv:strings envp:addr flags:int=AT", "process", ""),
    ("exit", 60, "status:int", "process", ""),
    ("exit_group", 231, "status:int", "process", ""),
    ("wait4", 61, "pid:pid status:out{int} options:int=WAIT rusage:out{rusage} -> pid", "host", "R1"),
    ("waitid", 247, "idtype:int=P pid:pid info:out{siginfo} options:int=WAIT rusage:out{rusage}", "host", "R1"),
    ("set_tid_address", 218, "tidptr:addr -> pid", "process", ""),
    ("set_robust_list", 273, "head:addr len:ulong", "process", ""),
    ("get_robust_list", 274, "pid:pid head:addr len:addr", "process", ""),
)
