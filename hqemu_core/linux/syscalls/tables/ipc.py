"""System V and POSIX inter-process communication. Columns: see ``row.py``."""

# fmt: off
ROWS = (
    ("shmget", 29, "key:int size:ulong flags:int=IPC_GET", "host", ""),
    ("shmat", 30, "shmid:int addr:addr flags:int=SHM -> addr", "syscalls.shared", ""),
    ("shmdt", 67, "addr:addr", "syscalls.shared", ""),
    ("shmctl", 31, "shmid:int cmd:int=IPC_CMD buf:ulong", "mux", ""),
    ("semget", 64, "key:int nsems:int flags:int=IPC_GET", "host", ""),
    ("semop", 65, "semid:int sops:in{sembuf}*nsops nsops:uint", "host", "N"),
    ("semtimedop", 220, "semid:int sops:in{sembuf}*nsops nsops:uint timeout:in{timespec}", "host", "N"),
    ("semctl", 66, "semid:int semnum:int cmd:int=IPC_CMD arg:ulong", "mux", ""),
    ("msgget", 68, "key:int flags:int=IPC_GET", "host", ""),
    ("msgsnd", 69, "msqid:int msg:ptr size:ulong flags:int=IPC_MSG", "host", "N"),
    ("msgrcv", 70, "msqid:int msg:ptr size:ulong type:long flags:int=IPC_MSG", "host", "N"),
    ("msgctl", 71, "msqid:int cmd:int=IPC_CMD buf:ulong", "mux", ""),
    ("mq_open", 240, "name:str flags:oflags mode:mode attr:in{mq_attr}", "host", ""),
    ("mq_unlink", 241, "name:str", "host", ""),
    ("mq_timedsend", 242, "fd:fd msg:in[len] len:ulong prio:uint timeout:in{timespec}", "host", "R"),
    ("mq_timedreceive", 243, "fd:fd msg:out[len] len:ulong prio:out{uint} timeout:in{timespec}", "host", "R1"),
    ("mq_notify", 244, "fd:fd event:in{sigevent}", "syscalls.shared", ""),
    ("mq_getsetattr", 245, "fd:fd new:in{mq_attr} old:out{mq_attr}", "host", ""),
    ("process_vm_readv", 310, "pid:pid local:in{iovec}*nl nl:ulong remote:in{iovec}*nr nr:ulong flags:ulong", "syscalls.vectors", ""),
    ("process_vm_writev", 311, "pid:pid local:in{iovec}*nl nl:ulong remote:in{iovec}*nr nr:ulong flags:ulong", "syscalls.vectors", ""),
)
