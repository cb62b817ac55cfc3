"""Signals. Columns: see ``row.py``."""

# fmt: off
ROWS = (
    ("rt_sigaction", 13, "sig:int=SIG act:in{sigaction} oact:out{sigaction} size:ulong", "signal_calls", ""),
    ("rt_sigprocmask", 14, "how:int=SIG_HOW set:in{sigset} oset:out{sigset} size:ulong", "signal_calls", ""),
    ("rt_sigreturn", 15, "", "signal_calls", ""),
    ("rt_sigpending", 127, "set:out{sigset} size:ulong", "signal_calls", ""),
    ("rt_sigtimedwait", 128, "set:in{sigset} info:out{siginfo} timeout:in{timespec} size:ulong", "signal_calls", ""),
    ("rt_sigqueueinfo", 129, "pid:pid sig:int=SIG info:in{siginfo}", "signal_calls", ""),
    ("rt_tgsigqueueinfo", 297, "tgid:pid tid:pid sig:int=SIG info:in{siginfo}", "signal_calls", ""),
    ("rt_sigsuspend", 130, "set:in{sigset} size:ulong", "signal_calls", ""),
    ("sigaltstack", 131, "ss:in{stack} old:out{stack}", "signal_calls", ""),
    ("kill", 62, "pid:pid sig:int=SIG", "signal_calls", ""),
    ("tkill", 200, "tid:pid sig:int=SIG", "signal_calls", ""),
    ("tgkill", 234, "tgid:pid tid:pid sig:int=SIG", "signal_calls", ""),
    ("pause", 34, "", "signal_calls", ""),
    ("restart_syscall", 219, "", "EINTR", ""),
)
