"""execve: a new program in the same host process; and the first program of all."""

from __future__ import annotations

import ctypes
import fcntl
import os
from typing import TYPE_CHECKING, Final, NoReturn

from hqemu_core.errors import LoadError

from . import signals, threads, vfork
from .calls import SyscallError, host_call, s32
from .loader import map_program, stack_limit
from .ports import ExecRequest, ProcessExit
from .process import Process, ThreadState
from .program import HostProgram, Program, ProgramError, open_program
from .stack import E2BIG, MAX_STRING, check_arguments

if TYPE_CHECKING:
    from .memory import GuestMemory
    from .ports import GuestThread

_EFAULT, _EINVAL, _ENAMETOOLONG, _ELOOP = 14, 22, 36, 40
_AT_FDCWD, _AT_SYMLINK_NOFOLLOW, _AT_EMPTY_PATH = -100, 0x100, 0x1000
_EM_X86_64: Final = 62
_PYTHON_IGNORES: Final = (13, 25)
"""SIGPIPE and SIGXFSZ: CPython ignores them at start-up, programs do not expect that"""


def start_process(process: Process, path: bytes, argv: list[bytes], env: list[bytes]) -> GuestThread:
    """Load the first program. ``path`` is a host path. The thread is ready for :func:`threads.run_thread`."""
    try:
        program = open_program(
            path, path, argv, process.abi.machine, process.resolve, refuse=process.abi.extra.get("refuse_elf")
        )
    except HostProgram:
        raise LoadError(f"{os.fsdecode(path)}: is for the host") from None
    thread = process.engine.new_thread()
    thread.linux = ThreadState(os.getpid())
    process.main = thread
    process.threads = {thread.linux.tid: thread}
    inherit_signals(process, thread)
    load(process, program, env)
    return thread


def inherit_signals(process: Process, thread: GuestThread) -> None:
    """Take over the mask and what is ignored; undo what Python did to signals."""
    for signo in _PYTHON_IGNORES:
        signals.set_default(signo)
    action = (ctypes.c_uint64 * 4)()
    for signo in range(1, 65):
        host_call(13, signo, 0, ctypes.addressof(action), 8)
        if action[0] == signals.SIG_IGN:
            process.actions[signo] = (signals.SIG_IGN, 0, 0, 0)
        elif action[0] != signals.SIG_DFL and not signals.SYNCHRONOUS >> signo - 1 & 1:
            signals.set_default(signo)  # Python's own for SIGINT
    mask = ctypes.c_uint64()
    host_call(14, 0, 0, ctypes.addressof(mask), 8)
    signals.set_mask(process, thread, mask.value)


def load(process: Process, program: Program, env: list[bytes]) -> None:
    """Map the program into empty memory and set the main thread's registers."""
    thread = process.main
    assert thread is not None
    try:
        entry, sp = map_program(process, program, env)
        process.exe_path = os.fsencode(os.readlink(f"/proc/self/fd/{program.file.fd}"))
    finally:
        program.close()
    process.argv, process.environ = program.argv, env
    # an execveat without a path has only a number for a name: the kernel takes the file's own then
    shown = process.exe_path if program.name.startswith(b"/dev/fd/") else program.name
    thread.linux.name = os.path.basename(shown)[:15]
    comm = ctypes.create_string_buffer(thread.linux.name)
    host_call(157, 15, ctypes.addressof(comm))  # prctl PR_SET_NAME
    process.abi.setup(thread, entry, sp)
    thread.fp_flags = thread.fp_rounding = 0


def sys_execve(process: Process, thread: GuestThread, path: int, argv: int, envp: int) -> int:
    return execute(process, thread, process.memory.read_cstr(path), argv, envp)


def sys_execveat(process: Process, thread: GuestThread, dirfd: int, path: int, argv: int, envp: int, flags: int) -> int:
    dirfd, flags = s32(dirfd), s32(flags)
    if flags & ~(_AT_EMPTY_PATH | _AT_SYMLINK_NOFOLLOW):
        raise SyscallError(_EINVAL)
    name = process.memory.read_cstr(path)
    if not name and flags & _AT_EMPTY_PATH:
        return execute(process, thread, b"/dev/fd/%d" % dirfd, argv, envp, b"/proc/self/fd/%d" % dirfd)
    if not name.startswith(b"/") and dirfd != _AT_FDCWD:
        directory = os.fsencode(os.readlink(f"/proc/self/fd/{dirfd}"))
        name = os.path.join(directory, name)
        if flags & _AT_SYMLINK_NOFOLLOW and os.path.islink(name):
            raise SyscallError(_ELOOP)
        return execute(process, thread, name, argv, envp, name)
    if flags & _AT_SYMLINK_NOFOLLOW and os.path.islink(process.resolve(name)):
        raise SyscallError(_ELOOP)
    return execute(process, thread, name, argv, envp)


def execute(
    process: Process, thread: GuestThread, name: bytes, argv: int, envp: int, host_path: bytes | None = None,
) -> int:  # fmt: skip
    """All that may fail happens before the old program is gone; then the engine unwinds by ExecRequest."""
    memory = process.memory
    arguments = read_strings(memory, argv)
    env = read_strings(memory, envp)
    check_arguments(arguments, env, stack_limit(process.config.stack_size))
    if not name:
        raise SyscallError(2)
    if host_path is None:
        own = (b"/proc/self/exe", b"/proc/thread-self/exe", b"/proc/%d/exe" % os.getpid())
        host_path = process.exe_path if name in own else process.resolve(name)
    host_machine = _EM_X86_64 if process.abi.machine != _EM_X86_64 else -1
    # the kernel gives a program without argv an empty argv[0]
    arguments = arguments or [b""]
    try:
        program = open_program(
            host_path, name, arguments, process.abi.machine, process.resolve, host_machine,
            process.abi.extra.get("refuse_elf"),
        )  # fmt: skip
    except ProgramError as error:
        raise SyscallError(error.errno) from None
    except HostProgram as native:
        execute_on_host(native.path, native.argv, env)
    try:
        threads.stop_others(process, thread)
    except BaseException:
        program.close()
        raise
    process.next_program = program
    signals.set_host_mask(signals.ALL)
    raise ExecRequest(host_path, arguments, env)


def execute_on_host(path: bytes, argv: list[bytes], env: list[bytes]) -> NoReturn:
    """The kernel's execve, with the environment as it is."""

    def pointers(texts: list[bytes]) -> ctypes.Array[ctypes.c_char_p]:
        return (ctypes.c_char_p * (len(texts) + 1))(*texts)

    name, arguments, environment = ctypes.create_string_buffer(path), pointers(argv), pointers(env)
    places = (ctypes.addressof(part) for part in (name, arguments, environment))
    raise SyscallError(-host_call(59, *places))


def read_strings(memory: GuestMemory, addr: int) -> list[bytes]:
    """A NULL-terminated array of pointers to strings; a NULL pointer to the array is an empty one."""
    found: list[bytes] = []
    size = memory.bits // 8
    while addr:
        pointer = memory.read_int(addr, size)
        if not pointer:
            break
        try:
            found.append(memory.read_cstr(pointer, MAX_STRING))
        except SyscallError:
            raise SyscallError(E2BIG) from None
        addr += size
    return found


def load_next(process: Process) -> None:
    """On the main host thread, all others gone: replace the program."""
    request, program, thread = process.next_exec, process.next_program, process.main
    assert request is not None
    assert program is not None
    assert thread is not None
    process.next_exec = process.next_program = process.stopping = None
    process.takes_tags = False
    for call in process.on_exec:
        call()
    state = thread.linux
    threads.release_memory(process, thread)
    pending = state.pending
    thread.linux = state = ThreadState(os.getpid())
    state.pending = pending
    process.threads = {state.tid: thread}
    process.engine.reset()
    clear_memory(process.memory)
    threads.forget_wakes(state)
    process.engine.release_signal(threads.WAKE, process.actions.get(threads.WAKE, (0,))[0] == signals.SIG_IGN)
    for signo, action in list(process.actions.items()):
        if action[0] != signals.SIG_IGN:
            del process.actions[signo]
            process.engine.release_signal(signo, False)
    close_on_exec(process, {program.file.fd, program.interpreter.fd if program.interpreter is not None else -1})
    signals.set_mask(process, thread, process.next_mask)
    try:
        load(process, program, request.env)
    except LoadError:
        # past the point of no return the kernel, too, can only kill
        raise ProcessExit(128 + signals.SIGKILL, signals.SIGKILL) from None
    vfork.release(process)


def clear_memory(memory: GuestMemory) -> None:
    from .mmap import drop_pages

    regions = memory.regions.regions
    if regions:
        drop_pages(memory, regions[0].start, regions[-1].end - regions[0].start)


def close_on_exec(process: Process, but: set[int]) -> None:
    but = but | process.kept_fds | {process.vfork_fd}
    for name in os.listdir("/proc/self/fd"):
        fd = int(name)
        if fd not in but:
            try:
                if fcntl.fcntl(fd, fcntl.F_GETFD) & fcntl.FD_CLOEXEC:
                    os.close(fd)
            except OSError:
                pass  # the listing's own
