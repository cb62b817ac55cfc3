"""Clocks, timers and sleeping. Columns: see ``row.py``."""

# fmt: off
ROWS = (
    ("nanosleep", 35, "req:in{timespec} rem:out{timespec}", "syscalls.sleep", ""),
    ("clock_nanosleep", 230, "clock:int=CLOCK flags:int=TIMER req:in{timespec} rem:out{timespec}", "syscalls.sleep", ""),
    ("getitimer", 36, "which:int=ITIMER cur:out{itimerval}", "host", ""),
    ("setitimer", 38, "which:int=ITIMER new:in{itimerval} old:out{itimerval}", "host", ""),
    ("alarm", 37, "seconds:uint", "host", ""),
    ("gettimeofday", 96, "tv:out{timeval} tz:out{timezone}", "host", ""),
    ("settimeofday", 164, "tv:in{timeval} tz:in{timezone}", "host", ""),
    ("times", 100, "buf:out{tms}", "host", ""),
    ("time", 201, "tloc:out{time}", "host", ""),
    ("clock_settime", 227, "clock:int=CLOCK tp:in{timespec}", "host", ""),
    ("clock_gettime", 228, "clock:int=CLOCK tp:out{timespec}", "host", ""),
    ("clock_getres", 229, "clock:int=CLOCK tp:out{timespec}", "host", ""),
    ("clock_adjtime", 305, "clock:int=CLOCK buf:inout{timex}", "host", ""),
    ("adjtimex", 159, "buf:inout{timex}", "host", ""),
    ("timer_create", 222, "clock:int=CLOCK event:in{sigevent} timerid:out{int}", "syscalls.timers", ""),
    ("timer_settime", 223, "timerid:int flags:int=TIMER new:in{itimerspec} old:out{itimerspec}", "host", ""),
    ("timer_gettime", 224, "timerid:int cur:out{itimerspec}", "host", ""),
    ("timer_getoverrun", 225, "timerid:int", "host", ""),
    ("timer_delete", 226, "timerid:int", "host", ""),
)
