"""The guest programs that plugins bundle, and what each must print, worked out in Python by other means than theirs.

Their sources are ``tests/programs/demo``; ``tests/programs/build.sh`` compiles them for every ISA."""

from __future__ import annotations

import math
import os

from hqemu_core import Demo


def sha1() -> bytes:
    import hashlib

    buffer = bytes([(i * 7 + (i >> 8)) & 255 for i in range(65536)])
    return f"SHA1={hashlib.sha1(buffer * 32).hexdigest()}\n".encode()


def workers() -> bytes:
    limit = 40000
    sieve = bytearray(b"\1") * limit
    sieve[:2] = b"\0\0"
    for n in range(2, math.isqrt(limit) + 1):
        if sieve[n]:
            sieve[n * n :: n] = bytes(len(sieve[n * n :: n]))
    return f"{sum(sieve)} primes below {limit}, from 40 lines of a file\n".encode()


def mandel() -> bytes:
    total = 0
    lines = []
    for row in range(24):
        line = ""
        for column in range(64):
            count = _escape(complex(column * 0.046875 - 2.25, row * 0.09375 - 1.125), 500)
            line += "#" if count == 500 else " .:-=+*%"[count & 7]
            total = (total * 31 + count) % (1 << 64)
        lines.append(line)
    return "\n".join([*lines, f"checksum {total & (1 << 63) - 1}\n"]).encode()


def _escape(c: complex, limit: int) -> int:
    """Steps until z*z + c leaves the circle of radius 2; IEEE doubles, each operation rounded, as the guest's."""
    x = y = 0.0
    for n in range(limit):
        xx, yy = x * x, y * y
        if xx + yy > 4.0:
            return n
        x, y = xx - yy + c.real, 2 * (x * y) + c.imag
    return limit


def nbody() -> bytes:
    from .demo_nbody import energy

    return f"energy {int(energy(4000) * 1e12)}e-12\n".encode()


def standard_demos(plugin: str) -> tuple[Demo, ...]:
    """Those that all ISAs have: ``demo/NAME.elf`` beside the plugin's file."""
    directory = os.path.join(os.path.dirname(plugin), "demo")
    programs = (sha1, nbody, mandel, workers)
    return tuple(Demo(make.__name__, os.path.join(directory, make.__name__ + ".elf"), make) for make in programs)
