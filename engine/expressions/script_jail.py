"""The walls around a process that runs a script: limits, and a filter of system calls.

They hold even if a script should get past the language: no file, socket or process can be
opened, no signal sent, no limit lifted. The filter (seccomp) is Linux on x86-64 and ARM64;
elsewhere the limits remain.
"""

from __future__ import annotations

import ctypes
import platform
import resource
import signal
import struct
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# Memory, time, random bytes, writing to what is open already, and the end. By the kernel's
# tables: write mmap mprotect munmap brk rt_sigaction rt_sigprocmask rt_sigreturn mremap madvise
# exit futex sched_yield clock_gettime exit_group getrandom (and gettimeofday on x86-64).
_X86_64 = (1, 9, 10, 11, 12, 13, 14, 15, 25, 28, 60, 202, 24, 228, 231, 318, 96)
_AARCH64 = (64, 222, 226, 215, 214, 134, 135, 139, 216, 233, 93, 98, 124, 113, 94, 278)
_CALLS: Mapping[str, tuple[int, tuple[int, ...]]] = {  # audit number of the machine, its calls
    "x86_64": (0xC000003E, _X86_64),
    "aarch64": (0xC00000B7, _AARCH64),
}
_LOAD, _JUMP_IF_EQUAL, _JUMP_IF_GREATER, _RETURN = 0x20, 0x15, 0x25, 0x06  # of classic BPF
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050001  # the call fails with "operation not permitted"
_HIGHEST_CALL = 0x3FFFFFFF  # above it are x86-64's calls in another numbering (x32)
_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER_MODE = 38, 22, 2


def enter_jail(*, cpu_s: float, memory_bytes: int) -> None:
    """Shut this process in for good; signals of the limits end it."""
    for limit in (signal.SIGPROF, signal.SIGXCPU):
        signal.signal(limit, signal.SIG_DFL)
    _limit(resource.RLIMIT_AS, memory_bytes)
    _limit(resource.RLIMIT_CPU, int(cpu_s) + 1)  # whole seconds only: behind the timer
    for none_of in (resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
        _limit(none_of, 0)
    _limit(resource.RLIMIT_NPROC, 0)
    signal.setitimer(signal.ITIMER_PROF, cpu_s)
    _filter_system_calls()


def _limit(what: int, most: int) -> None:
    _, hard = resource.getrlimit(what)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(what, (most, most))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def is_filter_supported() -> bool:
    """Tell whether system calls can be filtered on this machine."""
    return sys.platform == "linux" and platform.machine() in _CALLS


def _filter_system_calls() -> None:
    if not is_filter_supported():
        return
    code = _instructions(*_CALLS[platform.machine()])
    program = _Program(len(code) // 8, code)
    libc = ctypes.CDLL(None, use_errno=True)
    refused = libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    refused = refused or libc.prctl(_SET_SECCOMP, _FILTER_MODE, ctypes.byref(program), 0, 0)
    if refused:
        raise OSError(ctypes.get_errno(), "the system call filter could not be set")


def _instructions(machine: int, calls: tuple[int, ...]) -> bytes:
    """Return the filter: the right machine and an allowed call, or refused."""
    refuse = len(calls)  # the distance from the first test of a call to the refusal
    code = [
        (_LOAD, 0, 0, 4),
        (_JUMP_IF_EQUAL, 0, refuse + 2, machine),
        (_LOAD, 0, 0, 0),
        (_JUMP_IF_GREATER, refuse, 0, _HIGHEST_CALL),
        *((_JUMP_IF_EQUAL, refuse - position, 0, call) for position, call in enumerate(calls)),
        (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("HBBI", *instruction) for instruction in code)
