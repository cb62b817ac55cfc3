"""Guest path -> host path: ``-L sysroot``, as far as the file is there, and the guest's own ``/proc`` entries."""

from __future__ import annotations

import os
from ctypes import addressof, c_uint64, create_string_buffer
from typing import TYPE_CHECKING, Final

from ..calls import host_call

if TYPE_CHECKING:
    from ..process import Process

_OPENAT2: Final = 437
_O_PATH: Final = 0o10000000
_O_NOFOLLOW: Final = 0o400000
_RESOLVE_IN_ROOT: Final = 0x10
_HOSTS: Final = frozenset((b"proc", b"sys", b"dev", b"tmp"))
"""What the kernel makes, and what programs share: the host's, though a sysroot has (empty) directories there."""
_FOLLOW: Final = (c_uint64 * 3)(_O_PATH | os.O_CLOEXEC, 0, _RESOLVE_IN_ROOT)
_LINK: Final = (c_uint64 * 3)(_O_PATH | os.O_CLOEXEC | _O_NOFOLLOW, 0, _RESOLVE_IN_ROOT)


class Paths:
    """Called with a guest path gives the host's; the same object when nothing changes.

    Whether a path is in the sysroot is the kernel's answer (openat2 RESOLVE_IN_ROOT), asked every time: absolute
    symbolic links in the sysroot stay inside it, and a file that comes or goes is noticed. Its dentry cache makes that
    about a microsecond; a cache of ours could only be wrong.
    """

    def __init__(self, process: Process) -> None:
        self.process = process
        self.root = b""
        self.root_fd = -1
        self.inside = False
        """the working directory is in the sysroot: relative paths name what absolute ones would"""
        sysroot = process.config.sysroot
        if sysroot:
            self.root = os.path.realpath(os.fsencode(sysroot))
            if self.root == b"/":
                self.root = b""
            else:
                self.note_cwd()
        self._own = (b"/proc/self/", b"/proc/thread-self/")

    def __call__(self, path: bytes, follow: bool = True) -> bytes:
        if path[:6] == b"/proc/":
            entry = self.own_proc_entry(path)
            if entry == b"exe" and follow:
                return self.process.exe_path
        if not self.root:
            return path
        if path[:1] != b"/":
            if not self.inside or not path:
                return path
            whole = os.path.join(self.guest_view(os.getcwdb()), path)
            # what is nowhere yet is made where the guest is
            return self._find(whole, follow) or (whole if os.path.lexists(whole) else path)
        return self._find(path, follow) or path

    def own_proc_entry(self, path: bytes) -> bytes:
        """``maps`` for /proc/self/maps or /proc/<own pid>/maps and so on; b"" for other paths."""
        if path.startswith(self._own[0]):
            return path[11:]
        if path.startswith(self._own[1]):
            return path[18:]
        own = b"/proc/%d/" % os.getpid()
        return path[len(own) :] if path.startswith(own) else b""

    def _find(self, path: bytes, follow: bool) -> bytes:
        """The host path of a guest path that exists in the sysroot, without links on the way; else b""."""
        if path.lstrip(b"/").partition(b"/")[0] in _HOSTS:
            return b""
        if self.root_fd < 0:
            self.root_fd = self._open_root()
        text = create_string_buffer(path)
        how = _FOLLOW if follow else _LINK
        fd = host_call(_OPENAT2, self.root_fd, addressof(text), addressof(how), 24)
        if fd < 0:
            if fd in (-38, -1):  # ENOSYS, EPERM: no openat2 here
                joined = self.root + path
                return joined if (os.path.exists if follow else os.path.lexists)(joined) else b""
            if fd == -9:  # the guest closed our descriptor
                self.root_fd = self._open_root()
                return self._find(path, follow)
            return b""
        try:
            found = os.readlink(b"/proc/self/fd/%d" % fd)
        except OSError:
            found = self.root + path
        finally:
            os.close(fd)
        return found + b"/" if path[-1:] == b"/" and found[-1:] != b"/" else found

    def _open_root(self) -> int:
        from .own_fds import keep_private

        return keep_private(self.process, os.open(self.root, _O_PATH | os.O_DIRECTORY | os.O_CLOEXEC))

    def guest_view(self, path: bytes) -> bytes:
        """A host path as the guest names it: without the sysroot, if that leads back to the same file."""
        root = self.root
        if root and path.startswith(root) and path[len(root) : len(root) + 1] in (b"/", b""):
            short = path[len(root) :] or b"/"
            if self._find(short, False).rstrip(b"/") == path:
                return short
        return path

    def note_cwd(self) -> None:
        """The working directory changed."""
        if self.root:
            cwd = os.getcwdb()
            self.inside = cwd == self.root or cwd.startswith(self.root + b"/")
