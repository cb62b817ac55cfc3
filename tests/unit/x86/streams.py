"""Streams of random integer instructions, ours against the host CPU.

Memory operands use registers that no instruction of a stream writes, so that they stay within the data area; what
leaves it all the same, or traps, is thrown away. Flags that an instruction leaves undefined are not compared, and no
instruction that reads them follows.
"""

from __future__ import annotations

import random
from functools import lru_cache
from typing import Any, Final, NamedTuple

from hqemu_core.ir import opcodes as op
from hqemu_core.isa.spec import IsaSpec
from hqemu_core.testing.caserun import PAGE, RUNNERS, CaseMemory, CaseState, Stop
from hqemu_x86.decode.prefixes import scan
from hqemu_x86.state import GPR, read_eflags, write_eflags

from .hostcpu import CODE, DATA, DATA_SIZE, FLAG_BITS, HostCpu

CF, PF, AF, ZF, SF, OF = 1, 4, 0x10, 0x40, 0x80, 0x800
ALL: Final = CF | PF | AF | ZF | SF | OF
SHIFT_UNDEFINED: Final = AF | OF
UNDEFINED: Final = {
    "and": AF, "or": AF, "xor": AF, "test": AF, "andn": AF | PF, "blsr": AF | PF, "blsmsk": AF | PF, "blsi": AF | PF,
    "bextr": AF | SF | PF, "bzhi": AF | PF, "bt": ALL & ~CF & ~ZF, "bts": ALL & ~CF & ~ZF, "btr": ALL & ~CF & ~ZF,
    "btc": ALL & ~CF & ~ZF, "bsf": ALL & ~ZF, "bsr": ALL & ~ZF, "tzcnt": ALL & ~CF & ~ZF, "lzcnt": ALL & ~CF & ~ZF,
    "mul": ALL & ~CF & ~OF, "imul": ALL & ~CF & ~OF, "imul1": ALL & ~CF & ~OF, "imul3": ALL & ~CF & ~OF,
    "div": ALL, "idiv": ALL, "shl": AF | OF | CF, "shr": AF | OF | CF, "sar": AF | OF | CF, "rol": OF, "ror": OF,
    "rcl": OF, "rcr": OF, "shl1": AF, "shr1": AF, "sar1": AF, "shld": AF | OF | CF, "shrd": AF | OF | CF,
    "daa": OF, "das": OF, "aaa": ALL & ~CF & ~AF, "aas": ALL & ~CF & ~AF, "aam": CF | OF | AF, "aad": CF | OF | AF,
    "lock_and": AF, "lock_or": AF, "lock_xor": AF, "lock_bts": ALL & ~CF & ~ZF, "lock_btr": ALL & ~CF & ~ZF,
    "lock_btc": ALL & ~CF & ~ZF,
}  # fmt: skip
"""flags, by mnemonic (SDM volume 1, appendix A)"""
EXCLUDED: Final = {
    "pushf": "IF and what the kernel keeps in EFLAGS differ",
    "popf": "may set the trap flag",
    "enter": "frames of any size leave the data area",
    "leave": "sets the stack pointer",
    "store_selector": "the harness runs in segments of its own",
    "push_selector": "the same",
    "load_far": "needs the personality",
    "rdfsbase": "Python's own",
    "rdgsbase": "Python's own",
    "wrfsbase": "Python's own",
    "wrgsbase": "Python's own",
    "lock_neg": "a branch to itself",
    "bound": "traps nearly always",
}  # fmt: skip
POINTERS: Final = (3, 5, 6, 7)
"""RBX RBP RSI RDI: bases of memory operands; string instructions move the last two"""
_PREFIXES: Final = (0x66, 0xF2, 0xF3, 0xF0, 0x67)


class Stream(NamedTuple):
    code: bytes
    keys: list[bytes]
    undefined: int
    """flags at the end"""


@lru_cache(maxsize=1)
def host() -> HostCpu:
    return HostCpu()


def random_key(isa: IsaSpec, rng: random.Random) -> bytes | None:
    """Some instruction's bytes, often with a memory operand."""
    table: Any = isa.tables[0]
    prefix = b""
    if rng.random() < 0.35:
        prefix = bytes((rng.choice(_PREFIXES),))
    if isa.bits == 64 and rng.random() < 0.6:
        prefix += bytes((0x40 + rng.randrange(16),))
    kind = rng.random()
    if kind < 0.55:
        opcode = bytes((rng.randrange(256),))
    elif kind < 0.85:
        opcode = b"\x0f" + bytes((rng.randrange(256),))
    elif kind < 0.9:
        opcode = b"\x0f\x38" + bytes((rng.choice((0xF0, 0xF1, 0xF6)),))
    else:
        prefix = b""
        pp, w = rng.randrange(4), rng.randrange(2) << 7
        second = (rng.randrange(8) << 5 if isa.bits == 64 else 0xE0) | rng.choice((2, 2, 3))
        vvvv = rng.randrange(16) if isa.bits == 64 else 8 | rng.randrange(8)
        opcode = bytes((0xC4, second, w | vvvv << 3 | pp, rng.choice((0xF2, 0xF3, 0xF5, 0xF6, 0xF7, 0xF0))))
    body = prefix + opcode + bytes((_modrm(rng),)) + rng.randbytes(1) + bytes((0, 0, 0)) + rng.randbytes(8)
    size = table.lengths.length(body, 0)
    return body[:size]


def _modrm(rng: random.Random) -> int:
    if rng.random() < 0.6:
        return 0xC0 | rng.randrange(64)
    return rng.choice((0x40, 0x00)) | rng.randrange(8) << 3 | rng.choice((3, 6, 7))


def acceptable(isa: IsaSpec, key: bytes, undefined: int, last: bool) -> tuple[str, int] | None:
    """(mnemonic, flags undefined after it), or None: not in a stream."""
    found = isa.decoder(CODE).decode(key, CODE)
    if found is None:
        return None
    row, shape, operands = found
    name = row.name.rpartition("+")[2].partition(".")[0]
    if "v" in row.name.rpartition(".")[2]:
        return None  # vectors have their own tests
    if row.end or name in EXCLUDED or (row.feature and row.feature not in FEATURES):
        return None
    if row.flags in ("r", "rw") and undefined:
        return None
    if name in ("lahf", "salc", "cmc") and undefined:
        return None
    if scan(key, 0, isa.bits == 64).segment:
        return None
    own = shape[-1] if row.parts else shape
    if name in ("shld", "shrd") and 16 in own and (len(own) < 4 or key[-1] & 31 > 16 or row.name.endswith("rrr")):
        return None  # by more than 16: the result is undefined
    b = isa.builder()
    row.lift(b, shape, *operands)
    for o in b.ops:
        if o[0] == op.SET and GPR <= o[2] < GPR + 128 and (o[2] - GPR) // 8 in (*POINTERS, 4) and not _stack(name):
            return None
    now = UNDEFINED.get(name, 0)
    return name, now if row.flags == "w" else undefined | now


def _stack(name: str) -> bool:
    return name in ("push", "pop", "movs", "stos", "lods", "scas", "cmps", "pusha")


@lru_cache(maxsize=1)
def _features() -> frozenset[str]:
    with open("/proc/cpuinfo", encoding="ascii") as file:
        flags = next(line for line in file if line.startswith("flags"))
    return frozenset(flags.split())


FEATURES: Final = _features()


def make_stream(isa: IsaSpec, rng: random.Random, length: int) -> Stream:
    keys: list[bytes] = []
    undefined = 0
    while len(keys) < length:
        key = random_key(isa, rng)
        if key is not None:
            found = acceptable(isa, key, undefined, False)
            if found is not None:
                keys.append(key)
                undefined = found[1]
    return Stream(b"".join(keys), keys, undefined)


_EDGES: Final = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


def random_registers(isa: IsaSpec, rng: random.Random) -> list[int]:
    values = []
    for n in range(16):
        kind = rng.randrange(4)
        value = rng.choice(_EDGES) if kind == 0 else rng.getrandbits(64) if kind < 3 else rng.randrange(-40, 40)
        if kind == 0 and rng.random() < 0.5:
            value = value << 32 | rng.getrandbits(32)
        if n in POINTERS or n == 4:
            value = DATA + DATA_SIZE // 2 + rng.randrange(-256, 256) * (8 if n == 4 else 1)
        values.append(value & (0xFFFFFFFFFFFFFFFF if isa.bits == 64 else 0xFFFFFFFF))
    return values


class Outcome(NamedTuple):
    stop: Stop
    registers: list[int]
    flags: int
    data: bytes


def run_ours(isa: IsaSpec, runner: str, code: bytes, registers: list[int], flags: int, data: bytes) -> Outcome:
    state = CaseState(bytearray(isa.state.size))
    for n, value in enumerate(registers):
        state.write(GPR + 8 * n, 64, value)
    write_eflags(state, flags)
    memory = CaseMemory()
    memory.map(CODE, PAGE)
    memory.write(CODE, code)
    memory.map(DATA, DATA_SIZE)
    memory.write(DATA, data)
    stop = RUNNERS[runner](isa, code, CODE, state, memory)
    after = [state.read(GPR + 8 * n, 64) for n in range(16)]
    return Outcome(stop, after, read_eflags(state), memory.read(DATA, DATA_SIZE))


def trial(isa: IsaSpec, runner: str, stream: Stream, rng: random.Random) -> list[str] | None:
    """The differences; None when the stream cannot be compared."""
    registers = random_registers(isa, rng)
    flags = rng.getrandbits(16) & FLAG_BITS & ~0x400
    data = rng.randbytes(DATA_SIZE)
    ours = run_ours(isa, runner, stream.code, registers, flags, data)
    if ours.stop.kind != "end" or ours.stop.pc != CODE + len(stream.code):
        return None
    cpu = host()
    cpu.data()[:] = data
    after, their_flags = cpu.run(isa.bits, stream.code, registers, flags)
    wrong = []
    for n in range(16 if isa.bits == 64 else 8):
        if ours.registers[n] != after[n]:
            wrong.append(f"register {n}: {ours.registers[n]:#x}, host {after[n]:#x} (before {registers[n]:#x})")
    mask = FLAG_BITS & ~stream.undefined
    if (ours.flags ^ their_flags) & mask:
        wrong.append(f"flags {ours.flags & mask:#x}, host {their_flags & mask:#x}")
    theirs = bytes(cpu.data())
    if theirs != ours.data:
        at = next(n for n in range(DATA_SIZE) if theirs[n] != ours.data[n])
        wrong.append(f"memory at +{at:#x}: {ours.data[at]:#x}, host {theirs[at]:#x}")
    return wrong
