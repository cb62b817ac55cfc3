"""The kernel's structs, field by field, in its own names.

A description is ``name:type`` per field, natural alignment of the layout; ``packed`` first when there is none. Types:
``i8 u8 i16 u16 i32 u32 i64 u64 long ulong ptr`` (the last three as wide as the guest's long; a ``ptr`` is translated,
NULL stays), ``type[n]`` an array, ``u8[n]`` bytes. A name with ``_`` first is padding that the kernel writes as zero.
A dict gives layouts that differ in more than the width of a long; "" is the rest.
"""

from __future__ import annotations

# fmt: off
_PERM = "key:i32 uid:u32 gid:u32 cuid:u32 cgid:u32 mode:u32 seq:u16 _p1:u16 _p2:ulong _p3:ulong"
# 32-bit ABIs have the upper halves of times after the lower ones; their mode is 16 bits and padding
_SEM32 = f"packed {_PERM} sem_otime:u64 sem_ctime:u64 sem_nsems:ulong _p4:ulong _p5:ulong"
_SHM32 = (f"packed {_PERM} shm_segsz:ulong shm_atime:u64 shm_dtime:u64 shm_ctime:u64 shm_cpid:i32 shm_lpid:i32 "
          "shm_nattch:ulong _p4:ulong _p5:ulong")
_MSG32 = (f"packed {_PERM} msg_stime:u64 msg_rtime:u64 msg_ctime:u64 msg_cbytes:ulong msg_qnum:ulong msg_qbytes:ulong "
          "msg_lspid:i32 msg_lrpid:i32 _p4:ulong _p5:ulong")
_STAT32 = ("st_dev:ulong st_ino:ulong st_mode:u16 st_nlink:u16 st_uid:u16 st_gid:u16 st_rdev:ulong st_size:long "
           "st_blksize:ulong st_blocks:ulong st_atime:long st_atime_nsec:ulong st_mtime:long st_mtime_nsec:ulong "
           "st_ctime:long st_ctime_nsec:ulong _p1:ulong _p2:ulong")
# the inode number is there twice, first cut
_STAT64 = ("st_dev:u64 _p1:u32 st_ino:u32 st_mode:u32 st_nlink:u32 st_uid:u32 st_gid:u32 st_rdev:u64 _p2:u32 st_size:i64 "
           "st_blksize:ulong st_blocks:u64 st_atime:long st_atime_nsec:ulong st_mtime:long st_mtime_nsec:ulong "
           "st_ctime:long st_ctime_nsec:ulong st_ino:u64")
_STAT_X86_64 = ("st_dev:ulong st_ino:ulong st_nlink:ulong st_mode:u32 st_uid:u32 st_gid:u32 _p1:u32 st_rdev:ulong "
                "st_size:long st_blksize:long st_blocks:long st_atime:long st_atime_nsec:ulong "
                "st_mtime:long st_mtime_nsec:ulong st_ctime:long st_ctime_nsec:ulong _p2:long _p3:long _p4:long")
_STATFS64 = ("packed f_type:u32 f_bsize:u32 f_blocks:u64 f_bfree:u64 f_bavail:u64 f_files:u64 f_ffree:u64 f_fsid:i32[2] "
             "f_namelen:u32 f_frsize:u32 f_flags:u32 f_spare:u32[4]")
_STATFS = ("f_type:ulong f_bsize:ulong f_blocks:ulong f_bfree:ulong f_bavail:ulong f_files:ulong f_ffree:ulong "
           "f_fsid:i32[2] f_namelen:ulong f_frsize:ulong f_flags:ulong f_spare:ulong[4]")
# what fills the upper half of tv_nsec does not count
_NSEC64 = "tv_sec:i64 tv_nsec:i32 _p1:i32"
_ITIMER64 = "interval_sec:i64 interval_nsec:i32 _p1:i32 value_sec:i64 value_nsec:i32 _p2:i32"
_SYSINFO32 = ("uptime:long loads:ulong[3] totalram:ulong freeram:ulong sharedram:ulong bufferram:ulong "
              "totalswap:ulong freeswap:ulong procs:u16 _p1:u16 totalhigh:ulong freehigh:ulong mem_unit:u32 _f:u8[8]")
_INFO = "si_signo:i32 si_errno:i32 si_code:i32 _p:ulong[0] "

STRUCTS: dict[str, str | dict[str, str]] = {
    "int": "value:i32",
    "uint": "value:u32",
    "off": "value:long",
    "off64": "value:i64",
    "time": "value:long",
    "sigset": "bits:u64",
    "iovec": "base:ptr len:ulong",
    "sigset_arg": "set:ptr size:ulong",
    "timespec": "tv_sec:long tv_nsec:long",
    "timespec64": {"": "tv_sec:i64 tv_nsec:i64", "arm": _NSEC64, "i386": _NSEC64},
    "itimerspec64": {"": "interval_sec:i64 interval_nsec:i64 value_sec:i64 value_nsec:i64", "arm": _ITIMER64,
                     "i386": _ITIMER64},
    "timeval": "tv_sec:long tv_usec:long",
    "timezone": "tz_minuteswest:i32 tz_dsttime:i32",
    "itimerspec": "interval_sec:long interval_nsec:long value_sec:long value_nsec:long",
    "itimerval": "interval_sec:long interval_usec:long value_sec:long value_usec:long",
    "utimbuf": "actime:long modtime:long",
    "tms": "utime:long stime:long cutime:long cstime:long",
    "timex": "modes:u32 offset:long freq:long maxerror:long esterror:long status:i32 constant:long precision:long "
             "tolerance:long tv_sec:long tv_usec:long tick:long ppsfreq:long jitter:long shift:i32 stabil:long "
             "jitcnt:long calcnt:long errcnt:long stbcnt:long tai:i32 _pad:u8[44]",
    "timex64": "modes:u32 _p1:u32 offset:i64 freq:i64 maxerror:i64 esterror:i64 status:i32 _p2:i32 constant:i64 "
               "precision:i64 tolerance:i64 tv_sec:i64 tv_usec:i64 tick:i64 ppsfreq:i64 jitter:i64 shift:i32 _p3:i32 "
               "stabil:i64 jitcnt:i64 calcnt:i64 errcnt:i64 stbcnt:i64 tai:i32 _pad:u8[44]",
    "stat": {
        "generic64": "st_dev:ulong st_ino:ulong st_mode:u32 st_nlink:u32 st_uid:u32 st_gid:u32 st_rdev:ulong _p1:ulong "
                     "st_size:long st_blksize:i32 _p2:i32 st_blocks:long st_atime:long st_atime_nsec:ulong "
                     "st_mtime:long st_mtime_nsec:ulong st_ctime:long st_ctime_nsec:ulong _p3:u32 _p4:u32",
        "x86_64": _STAT_X86_64, "arm": _STAT32, "i386": _STAT32,
    },
    "old_stat": {
        "": "st_dev:u16 st_ino:u16 st_mode:u16 st_nlink:u16 st_uid:u16 st_gid:u16 st_rdev:u16 st_size:ulong "
            "st_atime:ulong st_mtime:ulong st_ctime:ulong",
        "x86_64": _STAT_X86_64,
    },
    "stat64": {"x86_64": _STAT_X86_64, "": _STAT64},
    "statx": "stx_mask:u32 stx_blksize:u32 stx_attributes:u64 stx_nlink:u32 stx_uid:u32 stx_gid:u32 stx_mode:u16 "
             "_p1:u16 stx_ino:u64 stx_size:u64 stx_blocks:u64 stx_attributes_mask:u64 "
             "atime_sec:i64 atime_nsec:u32 _p2:i32 btime_sec:i64 btime_nsec:u32 _p3:i32 "
             "ctime_sec:i64 ctime_nsec:u32 _p4:i32 mtime_sec:i64 mtime_nsec:u32 _p5:i32 "
             "stx_rdev_major:u32 stx_rdev_minor:u32 stx_dev_major:u32 stx_dev_minor:u32 stx_mnt_id:u64 more:u64[13]",
    "statfs": _STATFS,
    "statfs64": {"x86_64": _STATFS, "": _STATFS64},
    "open_how": "flags:u64 mode:u64 resolve:u64",
    "cachestat_range": "off:u64 len:u64",
    "cachestat": "nr_cache:u64 nr_dirty:u64 nr_writeback:u64 nr_evicted:u64 nr_recently_evicted:u64",
    "flock": "l_type:i16 l_whence:i16 l_start:long l_len:long l_pid:i32",
    "flock64": "l_type:i16 l_whence:i16 l_start:i64 l_len:i64 l_pid:i32",
    "f_owner_ex": "type:i32 pid:i32",
    "u64": "value:u64",
    "epoll_event": {"": "events:u32 data:u64", "x86_64": "packed events:u32 data:u64",
                    "i386": "packed events:u32 data:u64"},
    "pollfd": "fd:i32 events:i16 revents:i16",
    "rlimit": "rlim_cur:ulong rlim_max:ulong",
    "rlimit64": "rlim_cur:u64 rlim_max:u64",
    "rusage": "utime_sec:long utime_usec:long stime_sec:long stime_usec:long ru_maxrss:long ru_ixrss:long "
              "ru_idrss:long ru_isrss:long ru_minflt:long ru_majflt:long ru_nswap:long ru_inblock:long "
              "ru_oublock:long ru_msgsnd:long ru_msgrcv:long ru_nsignals:long ru_nvcsw:long ru_nivcsw:long",
    "sysinfo": {
        "": "uptime:long loads:ulong[3] totalram:ulong freeram:ulong sharedram:ulong bufferram:ulong "
            "totalswap:ulong freeswap:ulong procs:u16 _p1:u16 totalhigh:ulong freehigh:ulong mem_unit:u32",
        "arm": _SYSINFO32, "i386": _SYSINFO32,
    },
    "utsname": "sysname:u8[65] nodename:u8[65] release:u8[65] version:u8[65] machine:u8[65] domainname:u8[65]",
    "cap_header": "version:u32 pid:i32",
    "cap_data": "effective:u32 permitted:u32 inheritable:u32",
    "sched_attr": "size:u32 sched_policy:u32 sched_flags:u64 sched_nice:i32 sched_priority:u32 sched_runtime:u64 "
                  "sched_deadline:u64 sched_period:u64 sched_util_min:u32 sched_util_max:u32",
    "sigevent": {"": "sigev_value:ulong sigev_signo:i32 sigev_notify:i32 sigev_tid:i32 more:u8[44]",
                 "arm": "sigev_value:ulong sigev_signo:i32 sigev_notify:i32 sigev_tid:i32 more:u8[48]",
                 "i386": "sigev_value:ulong sigev_signo:i32 sigev_notify:i32 sigev_tid:i32 more:u8[48]"},
    "siginfo": "si_signo:i32 si_errno:i32 si_code:i32 more:u8[116]",
    "siginfo_kill": _INFO + "si_pid:i32 si_uid:u32",
    "siginfo_timer": _INFO + "si_tid:i32 si_overrun:i32 si_value:ulong _si_private:i32",
    "siginfo_rt": _INFO + "si_pid:i32 si_uid:u32 si_value:ulong",
    "siginfo_chld": _INFO + "si_pid:i32 si_uid:u32 si_status:i32 si_utime:long si_stime:long",
    "siginfo_fault": _INFO + "si_addr:ulong si_addr_lsb:i16",
    "siginfo_poll": _INFO + "si_band:long si_fd:i32",
    "siginfo_sys": _INFO + "si_call_addr:ulong si_syscall:i32 si_arch:u32",
    "stack": "ss_sp:ulong ss_flags:i32 ss_size:ulong",
    "sigaction": {"": "handler:ulong flags:ulong restorer:ulong mask:u64",
                  "arm": "packed handler:ulong flags:ulong restorer:ulong mask:u64"},
    "old_sigaction": "handler:ulong mask:ulong flags:ulong restorer:ulong",
    "old_sigset": "bits:ulong",
    "msghdr": "msg_name:ptr msg_namelen:u32 msg_iov:ptr msg_iovlen:ulong msg_control:ptr msg_controllen:ulong "
              "msg_flags:u32",
    "mmsghdr": "msg_name:ptr msg_namelen:u32 msg_iov:ptr msg_iovlen:ulong msg_control:ptr msg_controllen:ulong "
               "msg_flags:u32 _p:ulong[0] msg_len:u32",
    "cmsghdr": "cmsg_len:ulong cmsg_level:i32 cmsg_type:i32",
    "sock_fprog": "len:u16 filter:ptr",
    "sembuf": "sem_num:u16 sem_op:i16 sem_flg:i16",
    "semid_ds": {
        "generic64": _PERM + " sem_otime:long sem_ctime:long sem_nsems:ulong _p4:ulong _p5:ulong",
        "x86_64": _PERM + " sem_otime:long _p4:ulong sem_ctime:long _p5:ulong sem_nsems:ulong _p6:ulong _p7:ulong",
        "arm": _SEM32, "i386": _SEM32,
    },
    "shmid_ds": {
        "generic64": _PERM + " shm_segsz:ulong shm_atime:long shm_dtime:long shm_ctime:long shm_cpid:i32 shm_lpid:i32 "
                     "shm_nattch:ulong _p4:ulong _p5:ulong",
        "x86_64": _PERM + " shm_segsz:ulong shm_atime:long shm_dtime:long shm_ctime:long shm_cpid:i32 shm_lpid:i32 "
                  "shm_nattch:ulong _p4:ulong _p5:ulong",
        "arm": _SHM32, "i386": _SHM32,
    },
    "msqid_ds": {
        "generic64": _PERM + " msg_stime:long msg_rtime:long msg_ctime:long msg_cbytes:ulong msg_qnum:ulong "
                     "msg_qbytes:ulong msg_lspid:i32 msg_lrpid:i32 _p4:ulong _p5:ulong",
        "x86_64": _PERM + " msg_stime:long msg_rtime:long msg_ctime:long msg_cbytes:ulong msg_qnum:ulong "
                  "msg_qbytes:ulong msg_lspid:i32 msg_lrpid:i32 _p4:ulong _p5:ulong",
        "arm": _MSG32, "i386": _MSG32,
    },
    "shminfo": "shmmax:ulong shmmin:ulong shmmni:ulong shmseg:ulong shmall:ulong _p:ulong[4]",
    "shm_info": "used_ids:i32 shm_tot:ulong shm_rss:ulong shm_swp:ulong swap_attempts:ulong swap_successes:ulong",
    "seminfo": "semmap:i32 semmni:i32 semmns:i32 semmnu:i32 semmsl:i32 semopm:i32 semume:i32 semusz:i32 semvmx:i32 "
               "semaem:i32",
    "msginfo": "msgpool:i32 msgmap:i32 msgmax:i32 msgmnb:i32 msgmni:i32 msgssz:i32 msgtql:i32 msgseg:u16",
    "mq_attr": "mq_flags:long mq_maxmsg:long mq_msgsize:long mq_curmsgs:long _p:long[4]",
    "termios": "c_iflag:u32 c_oflag:u32 c_cflag:u32 c_lflag:u32 c_line:u8 c_cc:u8[19]",
    "termios2": "c_iflag:u32 c_oflag:u32 c_cflag:u32 c_lflag:u32 c_line:u8 c_cc:u8[19] c_ispeed:u32 c_ospeed:u32",
    "termio": "c_iflag:u16 c_oflag:u16 c_cflag:u16 c_lflag:u16 c_line:u8 c_cc:u8[8]",
    "winsize": "ws_row:u16 ws_col:u16 ws_xpixel:u16 ws_ypixel:u16",
    "ifreq": {"": "ifr_name:u8[16] ifr_data:u8[24]", "arm": "ifr_name:u8[16] ifr_data:u8[16]",
              "i386": "ifr_name:u8[16] ifr_data:u8[16]"},
    "ifconf": "ifc_len:i32 ifc_buf:ptr",
    "arpreq": "arp_pa:u8[16] arp_ha:u8[16] arp_flags:i32 arp_netmask:u8[16] arp_dev:u8[16]",
    "long": "value:long",
    "fsxattr": "fsx_xflags:u32 fsx_extsize:u32 fsx_nextents:u32 fsx_projid:u32 fsx_cowextsize:u32 fsx_pad:u8[8]",
    "file_clone_range": "src_fd:i64 src_offset:u64 src_length:u64 dest_offset:u64",
    "fiemap": "fm_start:u64 fm_length:u64 fm_flags:u32 fm_mapped_extents:u32 fm_extent_count:u32 fm_reserved:u32",
    "hd_geometry": "heads:u8 sectors:u8 cylinders:u16 start:ulong",
    "rtc_time": "tm_sec:i32 tm_min:i32 tm_hour:i32 tm_mday:i32 tm_mon:i32 tm_year:i32 tm_wday:i32 tm_yday:i32 "
                "tm_isdst:i32",
    "vt_mode": "mode:u8 waitv:u8 relsig:i16 acqsig:i16 frsig:i16",
    "vt_stat": "v_active:u16 v_signal:u16 v_state:u16",
}
