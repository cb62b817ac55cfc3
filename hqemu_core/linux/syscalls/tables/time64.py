"""Calls of 32-bit ABIs whose times have 64 bits. Columns: see ``row.py``."""

# fmt: off
ROWS = (
    ("clock_gettime64", 228, "clock:int=CLOCK tp:out{timespec64}", "host", ""),
    ("clock_settime64", 227, "clock:int=CLOCK tp:in{timespec64}", "host", ""),
    ("clock_getres_time64", 229, "clock:int=CLOCK tp:out{timespec64}", "host", ""),
    ("clock_adjtime64", 305, "clock:int=CLOCK buf:inout{timex64}", "host", ""),
    ("clock_nanosleep_time64", 230, "clock:int=CLOCK flags:int=TIMER req:in{timespec64} rem:out{timespec64}", "syscalls.sleep", ""),
    ("timer_gettime64", 224, "timerid:int cur:out{itimerspec64}", "host", ""),
    ("timer_settime64", 223, "timerid:int flags:int=TIMER new:in{itimerspec64} old:out{itimerspec64}", "host", ""),
    ("timerfd_gettime64", 287, "fd:fd cur:out{itimerspec64}", "host", ""),
    ("timerfd_settime64", 286, "fd:fd flags:int=TFD_TIMER new:in{itimerspec64} old:out{itimerspec64}", "host", ""),
    ("utimensat_time64", 280, "dfd:dirfd path:path?flags times:in{timespec64}*2 flags:int=AT", "host", ""),
    ("pselect6_time64", 270, "nfds:int rfds:fdset wfds:fdset efds:fdset timeout:inout{timespec64} sig:in{sigset_arg}", "syscalls.waiting", "N"),
    ("ppoll_time64", 271, "fds:inout{pollfd}*nfds nfds:uint timeout:inout{timespec64} sigmask:in{sigset} size:ulong", "syscalls.waiting", "N"),
    ("io_pgetevents_time64", 333, "ctx:ulong min_nr:long nr:long events:ptr timeout:ptr sig:ptr", "ENOSYS", ""),
    ("recvmmsg_time64", 299, "fd:fd msgvec:inout{mmsghdr}*vlen= vlen:uint flags:int=MSG timeout:inout{timespec64}", "syscalls.messages", "R"),
    ("mq_timedsend_time64", 242, "fd:fd msg:in[len] len:ulong prio:uint timeout:in{timespec64}", "host", "R"),
    ("mq_timedreceive_time64", 243, "fd:fd msg:out[len] len:ulong prio:out{uint} timeout:in{timespec64}", "host", "R1"),
    ("semtimedop_time64", 220, "semid:int sops:in{sembuf}*nsops nsops:uint timeout:in{timespec64}", "host", "N"),
    ("rt_sigtimedwait_time64", 128, "set:in{sigset} info:out{siginfo} timeout:in{timespec64} size:ulong", "signal_calls", ""),
    ("futex_time64", 202, "uaddr:ptr op:int=FUTEX val:uint timeout:ulong uaddr2:ptr val3:uint", "mux", "R"),
    ("sched_rr_get_interval_time64", 148, "pid:pid interval:out{timespec64}", "host", ""),
)
