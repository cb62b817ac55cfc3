"""Struct layouts against the compilers, and conversion between them."""

from __future__ import annotations

import os
import struct
import subprocess
from pathlib import Path
from shutil import which

import pytest

from hqemu_core.linux.syscalls.structs import converter, is_narrow, layout_of, same
from hqemu_core.linux.syscalls.tables.structs import STRUCTS

INCLUDES = """
#define _GNU_SOURCE
#include <linux/types.h>
#include <linux/stat.h>
#include <asm/stat.h>
#include <asm/statfs.h>
#include <asm/fcntl.h>
#include <asm/termbits.h>
#include <asm/termios.h>
#include <linux/time.h>
#include <linux/timex.h>
#include <linux/times.h>
#include <linux/utime.h>
#include <linux/resource.h>
#include <linux/sysinfo.h>
#include <linux/utsname.h>
#include <linux/capability.h>
#include <linux/eventpoll.h>
#include <linux/sem.h>
#include <linux/shm.h>
#include <linux/msg.h>
#include <linux/mqueue.h>
#include <linux/filter.h>
#include <linux/uio.h>
#include <linux/openat2.h>
#include <linux/sched/types.h>
#include <linux/fs.h>
#include <linux/fiemap.h>
#include <linux/rtc.h>
#include <linux/vt.h>
#include <linux/hdreg.h>
#include <asm/poll.h>
#include <asm/siginfo.h>
#include <asm/signal.h>
"""
LIBC_INCLUDES = """
#include <sys/types.h>
#include <sys/socket.h>
#include <net/if.h>
#include <net/if_arp.h>
"""
FROM_LIBC = ("ifreq", "ifconf", "arpreq", "cmsghdr")
"""the kernel's headers for them do not go with the rest"""
C_NAMES = {
    "iovec": "struct iovec", "timespec": "struct timespec", "timeval": "struct timeval", "timex": "struct timex",
    "timezone": "struct timezone", "itimerspec": "struct itimerspec", "itimerval": "struct itimerval",
    "utimbuf": "struct utimbuf", "tms": "struct tms", "stat": "struct stat", "statx": "struct statx",
    "statfs": "struct statfs", "open_how": "struct open_how", "flock": "struct flock",
    "f_owner_ex": "struct f_owner_ex",
    "epoll_event": "struct epoll_event", "pollfd": "struct pollfd", "rlimit": "struct rlimit",
    "rlimit64": "struct rlimit64", "rusage": "struct rusage", "sysinfo": "struct sysinfo",
    "utsname": "struct new_utsname", "cap_header": "struct __user_cap_header_struct",
    "cap_data": "struct __user_cap_data_struct", "sigevent": "struct sigevent", "siginfo": "siginfo_t",
    "stack": "stack_t", "sigaction": "struct sigaction", "sock_fprog": "struct sock_fprog", "sembuf": "struct sembuf",
    "semid_ds": "struct semid64_ds", "shmid_ds": "struct shmid64_ds", "msqid_ds": "struct msqid64_ds",
    "shminfo": "struct shminfo64", "shm_info": "struct shm_info", "seminfo": "struct seminfo",
    "msginfo": "struct msginfo", "mq_attr": "struct mq_attr", "termios": "struct termios",
    "termios2": "struct termios2", "termio": "struct termio", "winsize": "struct winsize", "ifreq": "struct ifreq",
    "ifconf": "struct ifconf", "arpreq": "struct arpreq", "fsxattr": "struct fsxattr",
    "file_clone_range": "struct file_clone_range", "fiemap": "struct fiemap", "hd_geometry": "struct hd_geometry",
    "rtc_time": "struct rtc_time", "vt_mode": "struct vt_mode", "vt_stat": "struct vt_stat",
    "sched_attr": "struct sched_attr",
    "siginfo_kill": "siginfo_t", "siginfo_timer": "siginfo_t", "siginfo_rt": "siginfo_t", "siginfo_chld": "siginfo_t",
    "siginfo_fault": "siginfo_t", "siginfo_poll": "siginfo_t", "siginfo_sys": "siginfo_t", "cmsghdr": "struct cmsghdr",
}  # fmt: skip

NARROW_C_NAMES = {
    "stat64": "struct stat64", "statfs64": "struct statfs64", "flock64": "struct flock64",
    "timespec64": "struct __kernel_timespec", "itimerspec64": "struct __kernel_itimerspec",
    "timex64": "struct __kernel_timex", "old_sigaction": "struct sigaction", "off64": "long long",
    "old_sigset": "unsigned long",
}  # fmt: skip
"""of 32-bit ABIs; the headers' struct sigaction is the old one"""
COMPILERS = [("generic64", "aarch64-linux-gnu-gcc"), ("x86_64", "gcc"), ("arm", "arm-linux-gnueabi-gcc")]


@pytest.mark.parametrize(("layout", "compiler"), COMPILERS)
def test_sizes_and_offsets(tmp_path: Path, layout: str, compiler: str) -> None:
    """Sizes of all, and the offset of every field whose name the kernel uses as well."""
    if which(compiler) is None:
        pytest.skip(f"no {compiler}")
    sources: dict[str, list[str]] = {INCLUDES: [], LIBC_INCLUDES: []}
    checked = 0
    names = dict(C_NAMES)
    if is_narrow(layout):
        del names["sigaction"]
        names.update(NARROW_C_NAMES)
    for name, c_name in names.items():
        found = layout_of(name, layout)
        lines = sources[LIBC_INCLUDES if name in FROM_LIBC else INCLUDES]
        if not name.startswith("siginfo_"):
            lines.append(f'_Static_assert(sizeof({c_name}) == {found.size}, "{name}");')
        for field, offset in {name: at for name, at, _, _ in found.fields}.items():
            if field in KERNEL_FIELDS.get(name, ()):
                kernel = KERNEL_FIELDS[name][field]
                lines.append(f'_Static_assert(__builtin_offsetof({c_name}, {kernel}) == {offset}, "{name}");')
                checked += 1
    for includes, lines in sources.items():
        source = tmp_path / "structs.c"
        source.write_text(includes + "\n".join(lines) + "\n")
        done = subprocess.run([compiler, "-fsyntax-only", str(source)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    assert checked > 120


def _same_names(struct_name: str, fields: str) -> dict[str, str]:
    return {field: field for field in fields.split()}


KERNEL_FIELDS = {
    "iovec": {"base": "iov_base", "len": "iov_len"},
    "timex": _same_names("timex", "modes offset freq maxerror esterror status constant precision tolerance tick "
                         "ppsfreq jitter shift stabil jitcnt calcnt errcnt stbcnt tai"),
    "tms": {name: f"tms_{name}" for name in ("utime", "stime", "cutime", "cstime")},
    "stat": _same_names("stat", "st_dev st_ino st_mode st_nlink st_uid st_gid st_rdev st_size st_blksize st_blocks "
                        "st_atime st_atime_nsec st_mtime st_mtime_nsec st_ctime st_ctime_nsec"),
    "statx": _same_names("statx", "stx_mask stx_blksize stx_attributes stx_nlink stx_uid stx_gid stx_mode stx_ino "
                         "stx_size stx_blocks stx_attributes_mask stx_rdev_major stx_dev_minor stx_mnt_id")
             | {"atime_sec": "stx_atime.tv_sec", "mtime_nsec": "stx_mtime.tv_nsec", "btime_sec": "stx_btime.tv_sec"},
    "statfs": _same_names("statfs", "f_type f_bsize f_blocks f_bfree f_bavail f_files f_ffree f_fsid f_namelen "
                          "f_frsize f_flags f_spare"),
    "stat64": _same_names("stat64", "st_dev st_ino st_mode st_nlink st_uid st_gid st_rdev st_size st_blksize st_blocks "
                          "st_atime st_atime_nsec st_mtime st_mtime_nsec st_ctime st_ctime_nsec"),
    "statfs64": _same_names("statfs64", "f_type f_bsize f_blocks f_bfree f_bavail f_files f_ffree f_fsid f_namelen "
                            "f_frsize f_flags f_spare"),
    "flock64": _same_names("flock64", "l_type l_whence l_start l_len l_pid"),
    "timespec64": _same_names("timespec64", "tv_sec tv_nsec"),
    "itimerspec64": {"interval_nsec": "it_interval.tv_nsec", "value_sec": "it_value.tv_sec"},
    "timex64": _same_names("timex64", "modes offset status constant tick jitter shift stabil stbcnt tai")
               | {"tv_sec": "time.tv_sec", "tv_usec": "time.tv_usec"},
    "old_sigaction": {"handler": "_u", "mask": "sa_mask", "flags": "sa_flags", "restorer": "sa_restorer"},
    "siginfo_kill": {"si_pid": "si_pid", "si_uid": "si_uid"},
    "siginfo_timer": {"si_tid": "si_tid", "si_overrun": "si_overrun", "si_value": "si_value",
                      "_si_private": "si_sys_private"},
    "siginfo_rt": _same_names("siginfo_rt", "si_pid si_uid si_value"),
    "siginfo_chld": _same_names("siginfo_chld", "si_pid si_uid si_status si_utime si_stime"),
    "siginfo_fault": _same_names("siginfo_fault", "si_addr si_addr_lsb"),
    "siginfo_poll": _same_names("siginfo_poll", "si_band si_fd"),
    "siginfo_sys": _same_names("siginfo_sys", "si_call_addr si_syscall si_arch"),
    "flock": _same_names("flock", "l_type l_whence l_start l_len l_pid"),
    "epoll_event": {"events": "events", "data": "data"},
    "pollfd": _same_names("pollfd", "fd events revents"),
    "rusage": _same_names("rusage", "ru_maxrss ru_minflt ru_nswap ru_nsignals ru_nvcsw ru_nivcsw"),
    "sysinfo": _same_names("sysinfo", "uptime loads totalram freeswap procs totalhigh freehigh mem_unit"),
    "utsname": _same_names("utsname", "sysname nodename release version machine domainname"),
    "sigevent": _same_names("sigevent", "sigev_value sigev_signo sigev_notify") | {"sigev_tid": "_sigev_un._tid"},
    "siginfo": {"si_signo": "si_signo", "si_errno": "si_errno", "si_code": "si_code"},
    "stack": _same_names("stack", "ss_sp ss_flags ss_size"),
    "sigaction": {"flags": "sa_flags", "restorer": "sa_restorer", "mask": "sa_mask"},
    "sock_fprog": {"len": "len", "filter": "filter"},
    "sembuf": _same_names("sembuf", "sem_num sem_op sem_flg"),
    "semid_ds": _same_names("semid_ds", "sem_otime sem_ctime sem_nsems")
                | {name: f"sem_perm.{name}" for name in ("key", "uid", "gid", "cuid", "cgid", "mode", "seq")},
    "shmid_ds": _same_names("shmid_ds", "shm_segsz shm_atime shm_dtime shm_ctime shm_cpid shm_lpid shm_nattch"),
    "msqid_ds": _same_names("msqid_ds", "msg_stime msg_rtime msg_ctime msg_qnum msg_qbytes msg_lspid msg_lrpid"),
    "shm_info": _same_names("shm_info", "used_ids shm_tot shm_rss shm_swp swap_attempts swap_successes"),
    "msginfo": _same_names("msginfo", "msgpool msgmax msgmni msgtql msgseg"),
    "mq_attr": _same_names("mq_attr", "mq_flags mq_maxmsg mq_msgsize mq_curmsgs"),
    "termios": _same_names("termios", "c_iflag c_oflag c_cflag c_lflag c_line c_cc"),
    "termios2": _same_names("termios2", "c_iflag c_line c_cc c_ispeed c_ospeed"),
    "winsize": _same_names("winsize", "ws_row ws_col ws_xpixel ws_ypixel"),
    "ifreq": {"ifr_name": "ifr_name", "ifr_data": "ifr_addr"},
    "arpreq": _same_names("arpreq", "arp_pa arp_ha arp_flags arp_netmask arp_dev"),
    "fsxattr": _same_names("fsxattr", "fsx_xflags fsx_nextents fsx_projid fsx_pad"),
    "sched_attr": _same_names("sched_attr", "size sched_policy sched_flags sched_nice sched_priority sched_runtime "
                              "sched_deadline sched_period"),
}  # fmt: skip


def test_every_struct_has_64_bit_layouts() -> None:
    for name in STRUCTS:
        for layout in ("generic64", "x86_64"):
            found = layout_of(name, layout)
            assert found.packer.size == found.size


def test_what_differs_on_arm64() -> None:
    different = {
        name for name in STRUCTS
        if layout_of(name, "generic64").fields != layout_of(name, "x86_64").fields
    }  # fmt: skip
    narrow = {"stat64", "statfs64", "timespec64", "itimerspec64", "old_stat"}
    assert different - narrow == {"stat", "epoll_event", "semid_ds"}
    assert same("timespec", "generic64")
    assert not same("timespec", "arm")
    assert not same("iovec", "generic64")  # holds a pointer


def test_32_bit_layouts() -> None:
    assert layout_of("timespec", "arm").size == 8
    assert layout_of("statx", "i386").size == 256
    assert layout_of("epoll_event", "arm").size == 16
    assert layout_of("epoll_event", "i386").size == 12
    assert layout_of("rusage", "arm").size == 72


def test_stat_of_a_file() -> None:
    """The host's bytes, converted, unpack to what Python knows of the file."""
    from ctypes import addressof, create_string_buffer

    from hqemu_core.linux.calls import host_call

    buffer, path = create_string_buffer(144), create_string_buffer(b"/bin/sh")
    assert host_call(4, addressof(path), addressof(buffer)) == 0
    generic = converter("stat", "x86_64", "generic64")(buffer.raw)
    known = os.stat("/bin/sh")
    fields = struct.unpack("<QQIIIIQQqiiqqQqQqQII", generic)
    assert fields[:6] == (known.st_dev, known.st_ino, known.st_mode, known.st_nlink, known.st_uid, known.st_gid)
    assert fields[8] == known.st_size
    assert fields[9] == known.st_blksize
    assert fields[11] == known.st_blocks
    assert fields[14] * 10**9 + fields[15] == known.st_mtime_ns


def test_narrowing_keeps_the_low_bits() -> None:
    wide = struct.pack("<qq", -3, 0x1_0000_0007)
    assert converter("timespec", "x86_64", "arm")(wide) == struct.pack("<ii", -3, 7)
    assert converter("timespec", "arm", "x86_64")(struct.pack("<ii", -3, 7)) == struct.pack("<qq", -3, 7)


def test_epoll_event_both_ways() -> None:
    packed = struct.pack("<IQ", 5, 0x1122334455667788)
    padded = struct.pack("<I4xQ", 5, 0x1122334455667788)
    assert converter("epoll_event", "x86_64", "generic64")(packed) == padded
    assert converter("epoll_event", "generic64", "x86_64")(padded) == packed
