"""Resource limits and accounting. Columns: see ``row.py``."""

# fmt: off
ROWS = (
    ("getrlimit", 97, "resource:int=RLIMIT rlim:out{rlimit}", "syscalls.limits", ""),
    ("setrlimit", 160, "resource:int=RLIMIT rlim:in{rlimit}", "syscalls.limits", ""),
    ("prlimit64", 302, "pid:pid resource:int=RLIMIT new:in{rlimit64} old:out{rlimit64}", "syscalls.limits", ""),
    ("getrusage", 98, "who:int=RUSAGE usage:out{rusage}", "host", ""),
    ("sysinfo", 99, "info:out{sysinfo}", "host", ""),
)
