"""Processes and threads: start, end, wait. Columns: see ``row.py``."""

# fmt: off
ROWS = (
    ("clone", 56, "flags:int=CLONE stack:addr a2:addr a3:addr a4:addr -> pid", "thread_calls", ""),
    ("clone3", 435, "args:addr size:ulong -> pid", "thread_calls", ""),
    ("fork", 57, "-> pid", "thread_calls", ""),
    ("vfork", 58, "-> pid", "thread_calls", ""),
    ("execve", 59, "path:path argv:strings envp:addr", "exec", ""),
    ("execveat", 322, "dfd:dirfd path:path argv:strings envp:addr flags:int=AT", "exec", ""),
    ("exit", 60, "status:int", "thread_calls", ""),
    ("exit_group", 231, "status:int", "thread_calls", ""),
    ("wait4", 61, "pid:pid status:out{int} options:int=WAIT rusage:out{rusage} -> pid", "host", "R1"),
    ("waitid", 247, "idtype:int=P pid:pid info:out{siginfo} options:int=WAIT rusage:out{rusage}", "host", "R1"),
    ("set_tid_address", 218, "tidptr:addr -> pid", "thread_calls", ""),
    ("set_robust_list", 273, "head:addr len:ulong", "thread_calls", ""),
    ("get_robust_list", 274, "pid:pid head:addr len:addr", "thread_calls", ""),
)
