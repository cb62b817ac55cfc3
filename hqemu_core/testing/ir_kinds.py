"""The filetest kinds about IR: run, print, verify, fold, opt.

Input of ``run``: directives, then ops (:mod:`hqemu_core.ir.printer`)::

    set 2048 i64 0x10             initial state; vectors as <lane, ...>, f32 and f64 also as 1.5
    mem 0x1000 01 02 ff           initial memory, mapped from there on
    round 3                       dynamic rounding mode
    flags inexact                 sticky flags
    hole 0 8                      what operand 0 of a form is
    helper twice (i64) i64 pure   a helper; indented ops follow, v0.. are its parameters, then "return v1"

Output: the state that the ops set, the memory that changed, the sticky flags, how the list ended.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from hqemu_core.errors import GuestFault, IsaError
from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Op, Operand
from hqemu_core.ir.interp import Interp
from hqemu_core.ir.parser import parse_ops, parse_types, parse_value
from hqemu_core.ir.printer import KINDS, format_ops
from hqemu_core.ir.semantics import join, split
from hqemu_core.ir.semantics_effects import Outcome
from hqemu_core.ir.verifier import verify, verify_helper
from hqemu_core.isa.spec import Helper
from hqemu_core.passes.dce import dce
from hqemu_core.passes.renumber import remap
from hqemu_core.passes.state_ssa import state_ssa

STATE_SIZE = 4096
FLAG_NAMES = {
    "invalid": op.FP_INVALID,
    "denormal": op.FP_DENORMAL,
    "divzero": op.FP_DIVZERO,
    "overflow": op.FP_OVERFLOW,
    "underflow": op.FP_UNDERFLOW,
    "inexact": op.FP_INEXACT,
}
_FLOATS = {ty.F32: "<f", ty.F64: "<d"}


def parse_pattern(text: str, t: int) -> int:
    """A value's bit pattern: an int, a decimal float, or ``<lane, ...>`` with lane 0 first."""
    text = text.strip()
    if text.startswith("<"):
        lanes = [parse_pattern(part, ty.lane(t)) for part in text.strip("<>").split(",")]
        if len(lanes) != ty.lanes(t):
            raise ValueError(f"{len(lanes)} lanes for {ty.name(t)}")
        return join(lanes, ty.lane_bits(t))
    if t in _FLOATS and not text.lower().lstrip("-").startswith("0x"):
        return int.from_bytes(struct.pack(_FLOATS[t], float(text)), "little")
    return int(text, 0) & ((1 << ty.bits(t)) - 1)


def format_pattern(value: int, t: int) -> str:
    """Inverse of :func:`parse_pattern`; floats as patterns, with the number as a comment."""
    if not ty.is_vector(t):
        return hex(value) + _number(value, t)
    lanes = split(value, ty.lane_bits(t), ty.lanes(t))
    numbers = "".join(_number(x, ty.lane(t)) for x in lanes)
    return "<" + ", ".join(map(hex, lanes)) + ">" + numbers


def _number(value: int, t: int) -> str:
    if t not in _FLOATS:
        return ""
    number = struct.unpack(_FLOATS[t], value.to_bytes(ty.bits(t) // 8, "little"))[0]
    return f" ({number!r})"


@dataclass
class PagedMemory:
    """Bytes that the test mapped; anything else faults."""

    data: dict[int, int] = field(default_factory=dict)

    def read(self, addr: int, size: int) -> bytes:
        return bytes(self._byte(a, False) for a in range(addr, addr + size))

    def _byte(self, addr: int, write: bool) -> int:
        if addr not in self.data:
            raise GuestFault(addr, write)
        return self.data[addr]

    def write(self, addr: int, data: bytes) -> None:
        for a in range(addr, addr + len(data)):
            self._byte(a, True)
        self.data.update(enumerate(data, addr))


@dataclass
class Scene:
    """The directives of a case and its ops."""

    state: bytearray = field(default_factory=lambda: bytearray(STATE_SIZE))
    memory: PagedMemory = field(default_factory=PagedMemory)
    rounding: int = 0
    flags: int = 0
    operands: dict[int, int] = field(default_factory=dict)
    helpers: dict[str, Helper] = field(default_factory=dict)
    ops: list[Op] = field(default_factory=list)


def make_helper(head: str, body: Sequence[str]) -> Helper:
    """From ``name (i64, i32) i64 effects`` and the lines of the body."""
    name, _, rest = head.partition("(")
    parameters, _, tail = rest.partition(")")
    result, _, effects = tail.strip().partition(" ")
    params = tuple(ty.parse(p.strip()) for p in parameters.split(",") if p.strip())
    lines = [line.strip() for line in body if line.strip()]
    last = lines.pop().split() if lines and lines[-1].startswith("return") else []
    padding = "".join(f"v{n} = const {ty.name(t)} 0x0\n" for n, t in enumerate(params))
    ops = parse_ops(padding + "\n".join(lines))[len(params) :]

    def emit_body(b: IRBuilder, *arguments: int) -> int | None:
        numbers = list(arguments)
        for o in ops:
            numbers.append(b.emit(*remap(o, numbers)))
        return numbers[parse_value(last[1])] if last else None

    return Helper(name.strip(), params, ty.parse(result), emit_body, effects.strip() or "pure")


def parse_scene(text: str) -> Scene:
    scene = Scene()
    lines = text.splitlines()
    rest: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at].partition("#")[0].strip()
        at += 1
        word, _, tail = line.partition(" ")
        if word == "helper":
            end = at
            while end < len(lines) and lines[end].startswith(" "):
                end += 1
            helper = make_helper(tail, lines[at:end])
            scene.helpers[helper.name] = helper
            at = end
        elif not _directive(scene, word, tail):
            rest.append(line)
    scene.ops = parse_ops("\n".join(rest))
    return scene


def _directive(scene: Scene, word: str, tail: str) -> bool:
    words = tail.split()
    if word == "set" and words[0].isdigit():
        t = ty.parse(words[1])
        offset = int(words[0])
        data = parse_pattern(tail.split(None, 2)[2], t).to_bytes((ty.bits(t) + 7) // 8, "little")
        scene.state[offset : offset + len(data)] = data
    elif word == "mem":
        scene.memory.data.update(enumerate(bytes.fromhex("".join(words[1:])), int(words[0], 0)))
    elif word == "round":
        scene.rounding = int(tail)
    elif word == "flags":
        scene.flags = sum(FLAG_NAMES[name] for name in words)
    elif word == "hole":
        scene.operands[int(words[0])] = int(words[1], 0)
    else:
        return False
    return True


def _format_outcome(outcome: Outcome | None) -> str:
    if outcome is None:
        return "end\n"
    name = op.INFO[outcome.code].name
    if outcome.code == op.TRAP:
        return f"{name} {KINDS[op.TRAP][outcome.args[0]]}, {outcome.args[1]:#x}\n"
    return f"{name} {', '.join([hex(outcome.args[0]), *map(str, outcome.args[1:])])}\n"


def run_case(text: str, options: tuple[str, ...]) -> str:
    """Verify, then interpret."""
    try:
        scene = parse_scene(text)
        verify(scene.ops, helpers=scene.helpers)
        return _run(scene)
    except (IsaError, ValueError) as error:
        return f"error {error}\n"


def _run(scene: Scene) -> str:
    interp = Interp(scene.helpers, scene.state, scene.memory)
    interp.env.rounding, interp.env.flags = scene.rounding, scene.flags
    operands = [scene.operands.get(n, 0) for n in range(max(scene.operands, default=-1) + 1)]
    before = dict(scene.memory.data)
    try:
        end = _format_outcome(interp.run(scene.ops, parse_types(scene.ops), operands))
    except GuestFault as fault:
        kind = "write" if fault.write else "read"
        end = f"fault {kind} {fault.addr:#x} signal {fault.signo} code {fault.code}\n"
    places = {(_offset(o[2], operands), o[1]): None for o in scene.ops if o[0] == op.SET}
    parts = []
    for offset, t in places:
        value = int.from_bytes(scene.state[offset : offset + (ty.bits(t) + 7) // 8], "little")
        parts.append(f"{offset} {ty.name(t)} {format_pattern(value, t)}\n")
    for addr, byte in sorted(scene.memory.data.items()):
        if before[addr] != byte:
            parts.append(f"mem {addr:#x} {byte:02x}\n")
    flags = [name for name, bit in FLAG_NAMES.items() if interp.env.flags & bit]
    if flags:
        parts.append(f"flags {' '.join(flags)}\n")
    if interp.env.rounding != scene.rounding:
        parts.append(f"round {interp.env.rounding}\n")
    return "".join(parts) + end


def _offset(operand: Operand, operands: Sequence[int]) -> int:
    return operand if isinstance(operand, int) else operands[operand.n] + operand.add


def print_case(text: str, options: tuple[str, ...]) -> str:
    """Parse, print."""
    try:
        return format_ops(parse_ops(text))
    except ValueError as error:
        return f"error {error}\n"


def verify_case(text: str, options: tuple[str, ...]) -> str:
    """ "ok" or what the verifier says."""
    try:
        scene = parse_scene(text)
        for name in scene.helpers:
            verify_helper(name, scene.helpers)
        verify(scene.ops, helpers=scene.helpers)
    except (IsaError, ValueError) as error:
        return f"error {error}\n"
    return "ok\n"


def fold_case(text: str, options: tuple[str, ...]) -> str:
    """Emit the ops again through a builder that folds."""
    ops = parse_ops(text)
    b = IRBuilder()
    numbers: list[int] = []
    for o in ops:
        numbers.append(_refold(b, remap(o, numbers)))
    verify(b.ops, b.types)
    return format_ops(b.ops)


def _refold(b: IRBuilder, o: Op) -> int:
    code, t, *args = o
    info = op.INFO[code]
    if code == op.CONST:
        return b.const(args[0], t)
    if code == op.SELECT:
        return b.select(*args)
    if code in (op.ZEXT, op.SEXT, op.TRUNC, op.BITCAST):
        return {op.ZEXT: b.zext, op.SEXT: b.sext, op.TRUNC: b.trunc, op.BITCAST: b.bitcast}[code](args[0], t)
    if info.group == "int":
        return b.bin(code, *args) if len(args) == 2 else b.un(code, *args)
    if info.group in ("carry", "compare"):
        return b.truth(code, *args)
    if code == op.CCALL:
        return b.ccall(*args)
    return b.emit(code, t, *args)


Pass = Callable[[list[Op], list[int], Mapping[str, Helper]], tuple[list[Op], list[int]]]
PASSES: dict[str, Pass] = {
    "state_ssa": lambda ops, types, helpers: state_ssa(ops, types, False, helpers),
    "state_ssa_exact": lambda ops, types, helpers: state_ssa(ops, types, True, helpers),
    "dce": lambda ops, types, helpers: dce(ops, types, helpers),
}


def opt_case(text: str, options: tuple[str, ...]) -> str:
    """Run the named passes in order, verifying between them."""
    scene = parse_scene(text)
    ops, types = scene.ops, parse_types(scene.ops)
    verify(ops, types, scene.helpers)
    for name in options:
        ops, types = PASSES[name](ops, types, scene.helpers)
        verify(ops, types, scene.helpers)
    return format_ops(ops)
