"""An ISA for control flow and faults: eight registers, one instruction per terminator and kind of access."""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand
from hqemu_core.ir.opcodes import MemOp
from hqemu_core.isa.spec import Helper, IsaSpec
from hqemu_core.isa.state import StateLayout
from hqemu_core.isa.table import OperandKind, Row, Table

LAYOUT = StateLayout()
PC = LAYOUT.add("pc", ty.I64)
R = LAYOUT.add("r", ty.I64, 8)
MODE = LAYOUT.add("mode", ty.I64)

ACCESSES: tuple[tuple[int, MemOp], ...] = (
    (ty.I64, MemOp(8)),
    (ty.I32, MemOp(4, align=4, order="acq")),
    (ty.I16, MemOp(2, big=True, align=2)),
    (ty.I128, MemOp(16, align=16)),
    (ty.I8X16, MemOp(16)),
)


def _fit(b: IRBuilder, v: int, t: int) -> int:
    """A register as a value of type ``t``."""
    bits = ty.bits(t)
    value = b.zext(v, bits) if bits > 64 else b.trunc(v, bits)
    return b.bitcast(value, t)


def _low(b: IRBuilder, v: int) -> int:
    value = b.bitcast(v, ty.bits(b.type_of(v)))
    return b.trunc(value, ty.I64) if ty.bits(b.type_of(v)) > 64 else b.zext(value, ty.I64)


def lift_add(b: IRBuilder, shape: tuple[int, ...], rd: Operand, ra: Operand, imm: Operand) -> None:
    b.set(rd, b.add(b.get(ra, ty.I64), b.imm(imm, ty.I64)))


def lift_jump(b: IRBuilder, shape: tuple[int, ...], target: Operand) -> None:
    b.jump(target)


def lift_call(b: IRBuilder, shape: tuple[int, ...], target: Operand, link: Operand) -> None:
    b.set(R + 56, b.imm(link, ty.I64))
    b.jump(target, 1)


def lift_branch(b: IRBuilder, shape: tuple[int, ...], ra: Operand, taken: Operand, fall: Operand) -> None:
    b.branch(b.ne(b.get(ra, ty.I64), b.const(0, ty.I64)), taken, fall)


def lift_countdown(b: IRBuilder, shape: tuple[int, ...], ra: Operand, taken: Operand, fall: Operand) -> None:
    """Decrement and branch: state is written and tested by one instruction."""
    left = b.sub(b.get(ra, ty.I64), b.const(1, ty.I64))
    b.set(ra, left)
    b.branch(b.slt(b.const(0, ty.I64), left), taken, fall)


def lift_indirect(b: IRBuilder, shape: tuple[int, ...], ra: Operand) -> None:
    b.indirect(b.get(ra, ty.I64), shape[0])


def lift_syscall(b: IRBuilder, shape: tuple[int, ...], following: Operand) -> None:
    b.set(R, b.add(b.get(R, ty.I64), b.const(1, ty.I64)))
    b.syscall(following)


def lift_trap(b: IRBuilder, shape: tuple[int, ...], pc: Operand) -> None:
    b.trap(shape[0], pc)


def lift_mode(b: IRBuilder, shape: tuple[int, ...], ra: Operand, following: Operand) -> None:
    b.set(MODE, b.get(ra, ty.I64))
    b.resync(following)


def lift_where(b: IRBuilder, shape: tuple[int, ...], rd: Operand) -> None:
    """The mode this was translated in."""
    b.set(rd, b.const(b.memo["mode"], ty.I64))


def lift_load(b: IRBuilder, shape: tuple[int, ...], rd: Operand, ra: Operand) -> None:
    t, mem = ACCESSES[shape[0]]
    b.set(rd, _low(b, b.load(b.get(ra, ty.I64), t, mem)))


def lift_store(b: IRBuilder, shape: tuple[int, ...], rd: Operand, ra: Operand) -> None:
    t, mem = ACCESSES[shape[0]]
    b.store(b.get(ra, ty.I64), _fit(b, b.get(rd, ty.I64), t), mem)


def lift_cas(b: IRBuilder, shape: tuple[int, ...], rd: Operand, ra: Operand) -> None:
    value = b.get(rd, ty.I64)
    b.set(rd, b.cas(b.get(ra, ty.I64), value, b.get(R, ty.I64), MemOp(8, align=8, order="seq")))


def lift_rmw(b: IRBuilder, shape: tuple[int, ...], rd: Operand, ra: Operand) -> None:
    b.set(rd, b.rmw(shape[0], b.get(ra, ty.I64), b.get(rd, ty.I64), MemOp(8, align=8, order="seq")))


def lift_pair(b: IRBuilder, shape: tuple[int, ...], rd: Operand, ra: Operand) -> None:
    """Two loads, then two writes of state: neither happens when the second load faults."""
    address = b.get(ra, ty.I64)
    first = b.load(address, ty.I64)
    second = b.load(b.add(address, b.const(8, ty.I64)), ty.I64)
    b.set(rd, first)
    b.set(ra, second)


def lift_helper(b: IRBuilder, shape: tuple[int, ...], rd: Operand, ra: Operand) -> None:
    """shape: 0 a call, 1 a conditional one."""
    address = b.get(ra, ty.I64)
    value = b.get(rd, ty.I64)
    if shape[0]:
        b.set(rd, b.ccall(b.ne(value, b.const(0, ty.I64)), "outer", (address,), value))
    else:
        b.set(rd, b.call("outer", ty.I64, address))


def _outer(b: IRBuilder, address: int) -> int:
    return b.xor(b.call("inner", ty.I64, address), address)


def _inner(b: IRBuilder, address: int) -> int:
    return b.load(address, ty.I64, MemOp(8, align=2))


_R = tuple(R + 8 * n for n in range(8))
_KINDS = {
    kind.name: kind
    for kind in (OperandKind("r", "off", _R), OperandKind("i", "s32"), OperandKind("to", "pc"))
}  # fmt: skip


def _sx(value: int) -> int:
    return value - 0x1000 if value >> 11 else value


# An instruction is opcode, rd, ra, and a number: shape or signed immediate (branches: in instructions).
_SPECS = (
    ("add", lift_add, "", "r(rd) r(ra) i(sx(imm))", ""),
    ("jump", lift_jump, "", "to(pc + sx(imm) * 4)", "jump"),
    ("call", lift_call, "", "to(pc + sx(imm) * 4) to(pc + 4)", "call"),
    ("branch", lift_branch, "", "r(ra) to(pc + sx(imm) * 4) to(pc + 4)", "branch"),
    ("countdown", lift_countdown, "", "r(ra) to(pc + sx(imm) * 4) to(pc + 4)", "branch"),
    ("goto", lift_indirect, "0", "r(ra)", "indirect"),
    ("icall", lift_indirect, "1", "r(ra)", "icall"),
    ("ret", lift_indirect, "2", "r(ra)", "ret"),
    ("syscall", lift_syscall, "", "to(pc + 4)", "syscall"),
    ("trap", lift_trap, "imm", "to(pc)", "trap"),
    ("mode", lift_mode, "", "r(ra) to(pc + 4)", "resync"),
    ("where", lift_where, "", "r(rd)", ""),
    ("load", lift_load, "imm", "r(rd) r(ra)", ""),
    ("store", lift_store, "imm", "r(rd) r(ra)", ""),
    ("cas", lift_cas, "", "r(rd) r(ra)", ""),
    ("rmw", lift_rmw, "imm", "r(rd) r(ra)", ""),
    ("pair", lift_pair, "", "r(rd) r(ra)", ""),
    ("helper", lift_helper, "imm", "r(rd) r(ra)", ""),
)
OPCODES = {name: n + 1 for n, (name, *_) in enumerate(_SPECS)}


def make_isa() -> IsaSpec:
    rows = [
        Row(name, f"{OPCODES[name]:08b} rd:6 ra:6 imm:12", lift, shape, operands, end=end)
        for name, lift, shape, operands, end in _SPECS
    ]

    def make_builder(b: IRBuilder, context: int) -> None:
        b.memo["mode"] = context

    helpers = {
        helper.name: helper
        for helper in (
            Helper("outer", (ty.I64,), ty.I64, _outer, "memory"),
            Helper("inner", (ty.I64,), ty.I64, _inner, "memory"),
        )
    }
    return IsaSpec(
        name="ends", bits=64, state=LAYOUT, tables={0: Table(rows, _KINDS, {"sx": _sx}, (24, 0xFF))}, pc=PC,
        helpers=helpers, make_builder=make_builder, context_of=lambda read: read(MODE, ty.I64) & 1,
    )  # fmt: skip


def assemble(text: str) -> bytes:
    """``name [rd ra imm]`` separated by ";"."""
    code = b""
    for part in text.split(";"):
        name, *numbers = part.split()
        rd, ra, imm = (*(int(n, 0) for n in numbers), 0, 0, 0)[:3]
        code += (OPCODES[name] << 24 | rd << 18 | ra << 12 | imm & 0xFFF).to_bytes(4, "little")
    return code


TRAPS = tuple(op.TRAP_NAMES)
