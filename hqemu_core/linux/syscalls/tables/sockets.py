"""Sockets. Columns: see ``row.py``."""

# fmt: off
ROWS = (
    ("socket", 41, "family:int=AF type:int=SOCK protocol:int", "host", ""),
    ("connect", 42, "fd:fd addr:sockaddr[addrlen] addrlen:int", "host", "R"),
    ("accept", 43, "fd:fd addr:ptr addrlen:inout{int}", "host", "R1"),
    ("accept4", 288, "fd:fd addr:ptr addrlen:inout{int} flags:int=SOCK", "host", "R1"),
    ("sendto", 44, "fd:fd buf:in[len] len:ulong flags:int=MSG addr:sockaddr[addrlen] addrlen:int", "host", "R"),
    ("recvfrom", 45, "fd:fd buf:out[len] len:ulong flags:int=MSG addr:ptr addrlen:inout{int}", "host", "R1"),
    ("sendmsg", 46, "fd:fd msg:in{msghdr} flags:int=MSG", "syscalls.messages", "R"),
    ("recvmsg", 47, "fd:fd msg:inout{msghdr} flags:int=MSG", "syscalls.messages", "R"),
    ("sendmmsg", 307, "fd:fd msgvec:inout{mmsghdr}*vlen= vlen:uint flags:int=MSG", "syscalls.messages", "R"),
    ("recvmmsg", 299, "fd:fd msgvec:inout{mmsghdr}*vlen= vlen:uint flags:int=MSG timeout:inout{timespec}", "syscalls.messages", "R"),
    ("shutdown", 48, "fd:fd how:int=SHUT", "host", ""),
    ("bind", 49, "fd:fd addr:sockaddr[addrlen] addrlen:int", "host", ""),
    ("listen", 50, "fd:fd backlog:int", "host", ""),
    ("getsockname", 51, "fd:fd addr:ptr addrlen:inout{int}", "host", ""),
    ("getpeername", 52, "fd:fd addr:ptr addrlen:inout{int}", "host", ""),
    ("socketpair", 53, "family:int=AF type:int=SOCK protocol:int fds:out{int}*2", "host", ""),
    ("setsockopt", 54, "fd:fd level:int=SOL name:int=SO value:in[len] len:int", "syscalls.messages", ""),
    ("getsockopt", 55, "fd:fd level:int=SOL name:int=SO value:ptr len:inout{int}", "host", ""),
)
