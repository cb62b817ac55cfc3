"""Scheduling, processors, futexes. Columns: see ``row.py``."""

# fmt: off
ROWS = (
    ("sched_yield", 24, "", "host", ""),
    ("sched_setparam", 142, "pid:pid param:in{int}", "host", ""),
    ("sched_getparam", 143, "pid:pid param:out{int}", "host", ""),
    ("sched_setscheduler", 144, "pid:pid policy:int=SCHED param:in{int}", "host", ""),
    ("sched_getscheduler", 145, "pid:pid", "host", ""),
    ("sched_get_priority_max", 146, "policy:int=SCHED", "host", ""),
    ("sched_get_priority_min", 147, "policy:int=SCHED", "host", ""),
    ("sched_rr_get_interval", 148, "pid:pid interval:out{timespec}", "host", ""),
    ("sched_setaffinity", 203, "pid:pid len:uint mask:in[len]", "host", ""),
    ("sched_getaffinity", 204, "pid:pid len:uint mask:out[len]", "host", ""),
    ("sched_setattr", 314, "pid:pid attr:inout{sched_attr} flags:int", "host", ""),
    ("sched_getattr", 315, "pid:pid attr:out[size] size:uint flags:int", "host", ""),
    ("getcpu", 309, "cpu:out{uint} node:out{uint} tcache:addr", "host", ""),
    ("futex", 202, "uaddr:ptr op:int=FUTEX val:uint timeout:ulong uaddr2:ptr val3:uint", "mux", "R"),
    ("futex_waitv", 449, "waiters:ptr nr:uint flags:uint timeout:in{timespec} clock:int=CLOCK", "ENOSYS", ""),
    ("membarrier", 324, "cmd:int=MEMBARRIER flags:uint cpu:int", "host", ""),
    ("rseq", 334, "rseq:addr len:uint flags:int sig:uint", "ENOSYS", ""),
)
