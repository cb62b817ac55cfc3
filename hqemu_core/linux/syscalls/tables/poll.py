"""Waiting for several descriptors. Columns: see ``row.py``."""

# fmt: off
ROWS = (
    ("poll", 7, "fds:inout{pollfd}*nfds nfds:uint timeout:int", "host", "N"),
    ("ppoll", 271, "fds:inout{pollfd}*nfds nfds:uint timeout:inout{timespec} sigmask:in{sigset} size:ulong", "syscalls.waiting", "N"),
    ("select", 23, "nfds:int rfds:fdset wfds:fdset efds:fdset timeout:inout{timeval}", "host", "N"),
    ("pselect6", 270, "nfds:int rfds:fdset wfds:fdset efds:fdset timeout:inout{timespec} sig:in{sigset_arg}", "syscalls.waiting", "N"),
    ("epoll_create", 213, "size:int", "host", ""),
    ("epoll_create1", 291, "flags:int=EPOLL_CREATE", "host", ""),
    ("epoll_ctl", 233, "epfd:fd op:int=EPOLL_CTL fd:fd event:in{epoll_event}", "host", ""),
    ("epoll_wait", 232, "epfd:fd events:out{epoll_event}*maxevents= maxevents:int timeout:int", "host", "N1"),
    ("epoll_pwait", 281, "epfd:fd events:out{epoll_event}*maxevents= maxevents:int timeout:int sigmask:in{sigset} size:ulong", "syscalls.waiting", "N1"),
    ("epoll_pwait2", 441, "epfd:fd events:out{epoll_event}*maxevents= maxevents:int timeout:in{timespec64} sigmask:in{sigset} size:ulong", "syscalls.waiting", "N1"),
)
