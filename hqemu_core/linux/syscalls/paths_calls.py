"""Opening files, reading links, the working directory: calls where the guest's own world shows."""

from __future__ import annotations

import errno
import os
from ctypes import addressof, c_uint64, create_string_buffer
from typing import TYPE_CHECKING, Final, cast

from ..calls import host_call, s32
from .marshal import AT_FDCWD, call_blocking, host_address
from .oflags import O_NOFOLLOW, to_host

if TYPE_CHECKING:
    from ..ports import GuestThread
    from ..process import Process
    from .paths import Paths

_OPENAT, _OPENAT2, _GETCWD, _CHDIR, _FCHDIR, _READLINKAT = 257, 437, 79, 80, 81, 267
_CREAT: Final = os.O_CREAT | os.O_WRONLY | os.O_TRUNC
_EXCL: Final = os.O_CREAT | os.O_EXCL


def paths_of(process: Process) -> Paths:
    return cast("Paths", process.resolve)


def redirect(process: Process, dfd: int, text: bytes, follow: bool) -> bytes:
    """The host path of ``text`` relative to ``dfd``."""
    if text[:1] == b"/" or s32(dfd) == AT_FDCWD:
        return paths_of(process)(text, follow)
    return text


def _open(process: Process, thread: GuestThread, dfd: int, path: int, flags: int, mode: int) -> int:
    """``flags`` are the host's already."""
    text = process.memory.read_cstr(path)
    if text[:6] == b"/proc/":
        from .proc_entries import open_entry

        fd = open_entry(process, text, flags)
        if fd is not None:
            return fd
    found = redirect(process, dfd, text, not (flags & O_NOFOLLOW or flags & _EXCL == _EXCL))
    if found is text:
        return call_blocking(process, thread, _OPENAT, dfd, process.memory.base + path, flags, mode)
    kept = create_string_buffer(found)
    return call_blocking(process, thread, _OPENAT, dfd, addressof(kept), flags, mode)


def sys_openat(process: Process, thread: GuestThread, dfd: int, path: int, flags: int, mode: int) -> int:
    return _open(process, thread, dfd, path, to_host(flags, process.abi.layout), mode)


def sys_open(process: Process, thread: GuestThread, path: int, flags: int, mode: int) -> int:
    return _open(process, thread, AT_FDCWD, path, to_host(flags, process.abi.layout), mode)


def sys_creat(process: Process, thread: GuestThread, path: int, mode: int) -> int:
    return _open(process, thread, AT_FDCWD, path, _CREAT, mode)


def sys_openat2(process: Process, thread: GuestThread, dfd: int, path: int, how: int, size: int) -> int:
    """struct open_how may grow at its end: what is beyond the three known words is the kernel's to judge."""
    if size < 24 or size > 4096:
        return -errno.EINVAL if size < 24 else -errno.E2BIG
    memory = process.memory
    block = create_string_buffer(memory.read(how, size), size)
    words = (c_uint64 * 3).from_buffer(block)
    words[0] = flags = to_host(words[0], process.abi.layout)
    text = memory.read_cstr(path)
    # with any RESOLVE_ flag the caller cares how the path is walked
    found = text if words[2] else redirect(process, dfd, text, not flags & O_NOFOLLOW)
    kept = create_string_buffer(found)
    return call_blocking(process, thread, _OPENAT2, dfd, addressof(kept), addressof(block), size)


def sys_readlink(process: Process, thread: GuestThread, path: int, buf: int, size: int) -> int:
    return sys_readlinkat(process, thread, AT_FDCWD, path, buf, size)


def sys_readlinkat(process: Process, thread: GuestThread, dfd: int, path: int, buf: int, size: int) -> int:
    """Links of /proc that lead into the sysroot show the guest's names."""
    memory = process.memory
    size = s32(size)
    if size <= 0:
        return -errno.EINVAL
    text = memory.read_cstr(path)
    paths = paths_of(process)
    if text[:6] != b"/proc/":
        kept = create_string_buffer(redirect(process, dfd, text, False))
        memory.prepare_write(buf, size)
        return host_call(_READLINKAT, dfd, addressof(kept), host_address(memory, buf), size)
    if paths.own_proc_entry(text) == b"exe":
        target = process.exe_path
    else:
        target = os.readlink(text)
    data = paths.guest_view(target)[:size]
    memory.write(buf, data)
    return len(data)


def sys_getcwd(process: Process, thread: GuestThread, buf: int, size: int) -> int:
    memory, paths = process.memory, paths_of(process)
    if not paths.inside:
        memory.prepare_write(buf, min(size, 4096))
        return host_call(_GETCWD, host_address(memory, buf), size)
    data = paths.guest_view(os.getcwdb()) + b"\0"
    if len(data) > size:
        return -errno.ERANGE
    memory.write(buf, data)
    return len(data)


def sys_chdir(process: Process, thread: GuestThread, path: int) -> int:
    paths = paths_of(process)
    kept = create_string_buffer(paths(process.memory.read_cstr(path)))
    result = host_call(_CHDIR, addressof(kept))
    if not result:
        paths.note_cwd()
    return result


def sys_fchdir(process: Process, thread: GuestThread, fd: int) -> int:
    result = host_call(_FCHDIR, fd)
    if not result:
        paths_of(process).note_cwd()
    return result
