"""Regions before they are rendered: what to compile, its blocks as IR, their order, and which flags matter where."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import Op
from hqemu_core.isa.code import Code
from hqemu_core.isa.spec import IsaSpec
from hqemu_core.isa.state import Slot, StateLayout
from hqemu_core.passes.added import run_added
from hqemu_core.passes.dce import dce
from hqemu_core.passes.state_ssa import state_ssa
from hqemu_core.runtime import header

from ..base import LiftedBlock, RegionPlan


def loops_back(isa: IsaSpec, code: Code, pc: int) -> bool:
    """Whether the block may branch to ``pc`` directly."""
    decoded = isa.decoder(pc).decode(code.keys[-1], code.pcs[len(code.keys) - 1])
    return decoded is not None and decoded[0].end == "branch" and decoded[2][decoded[0].target] == pc


def lift_region_block(isa: IsaSpec, plan: RegionPlan, pc: int, first: int) -> LiftedBlock:
    """One block; ends before another block of the region too, unless that closes a loop to this one. ``first`` is its
    first instruction's number."""
    b = isa.builder(plan.context)
    decode = isa.decoder(pc).decode
    keys, pcs, _ = plan.codes[pc]
    count = 0
    for key in keys:
        pc = pcs[count]
        if count and pc in plan.codes and not loops_back(isa, plan.codes[pc], pcs[0]):
            break
        count += 1
        if plan.exact:
            b.set(header.INSN, b.const(first + count - 1, ty.I32))
        decoded = decode(key, pc)
        if decoded is None:
            b.trap(op.TRAP_ILLEGAL, pc)
            break
        row, shape, operands = decoded
        row.lift(b, shape, *operands)
        if row.end:
            break
    if not b.ops or b.ops[-1][0] not in op.END:
        b.jump(pcs[count])
    ops, types = state_ssa(b.ops, b.types, plan.exact, isa.helpers)
    ops, types = run_added(isa, "llvm", *dce(ops, types, isa.helpers))
    return LiftedBlock(ops, types, pcs[:count], pcs[1 : count + 1])


Flags = tuple[tuple[int, int], ...]
"""(state offset, value) of the flags that a block leaves behind"""


def split_flags(isa: IsaSpec, block: LiftedBlock) -> tuple[LiftedBlock, Flags, bool]:
    """The block without the writes of its final flags, these, and whether it reads flags that came in.

    Nothing is split off unless the block sets all flags."""
    flags = isa.flags
    last: dict[int, int] = {}
    reads = guarded = False
    for n, o in enumerate(block.ops):
        if o[0] in (op.GUARD, op.UNGUARD):
            guarded = o[0] == op.GUARD
        elif guarded and o[0] == op.SET and o[2] in flags:  # the old ones live on where it is skipped
            reads = reads or o[2] not in last
            last.pop(o[2], None)
        elif o[0] == op.GET and o[2] in flags:
            reads = reads or o[2] not in last
            last.pop(o[2], None)
        elif o[0] == op.SET and o[2] in flags:
            last[o[2]] = n
        elif o[0] in (op.CALL, op.CCALL):
            helper = isa.helpers[o[2] if o[0] == op.CALL else o[3]]
            if helper.effects in ("state", "memory"):
                return block, (), True
    if len(last) != len(flags) or not flags:
        return block, (), reads
    found = tuple((offset, block.ops[n][3]) for offset, n in last.items())
    ops = list(block.ops)
    for n in last.values():
        ops[n] = (op.CONST, ty.I8, 0)  # keeps the numbers of the values
    return LiftedBlock(ops, block.types, block.pcs, block.ends), found, reads


_AGAIN: Final = frozenset(
    (op.CONST, op.ADD, op.SUB, op.AND, op.OR, op.XOR, op.SHL, op.LSHR, op.ASHR, op.UADDO, op.SADDO, op.USUBO, op.SSUBO,
     op.EQ, op.NE, op.ULT, op.ULE, op.SLT, op.SLE, op.SELECT, op.ZEXT, op.SEXT, op.TRUNC)
)  # fmt: skip
"""Ops that are cheaper done twice than kept in registers."""


class LateFlags(NamedTuple):
    """What a block leaves behind, to be computed on its ways out: its ops with the names of their values."""

    ops: Sequence[Op]
    types: Sequence[int]
    names: list[str]
    flags: Flags

    def slice(self) -> set[int]:
        """The ops to do again."""
        found: set[int] = set()
        todo = [v for _, v in self.flags]
        while todo:
            v = todo.pop()
            o = self.ops[v]
            if v not in found and o[0] in _AGAIN:
                found.add(v)
                todo += [arg for kind, arg in zip(op.INFO[o[0]].args, o[2:], strict=True) if kind == "v"]
        return found


def terminators(block: LiftedBlock) -> list[Any]:
    """The last op, and those in guards."""
    return [o for o in block.ops if o[0] in op.END]


class SlotMap:
    """State offsets to pieces of state: (offset, LLVM type), the elements of the layout's slots or parts of them."""

    def __init__(self, pieces: Iterable[tuple[int, str]]) -> None:
        self.pieces = sorted(pieces)
        self.starts = [start for start, _ in self.pieces]

    def find(self, offset: int) -> tuple[int, str]:
        """The piece that holds ``offset``."""
        piece: tuple[int, str] = self.pieces[bisect_right(self.starts, offset) - 1]
        return piece

    def split(self, accesses: Iterable[tuple[int, int]]) -> SlotMap:
        """Vector elements taken apart where all ``accesses``, (offset, type), are to parts that do not overlap: each
        part is a value of its own then. Two that are accessed together are one."""
        accesses = set(accesses)
        pairs = {offset for offset, t in accesses if ty.bits(t) == 256 and offset >= self.starts[0]}
        if pairs:
            joined = {**dict(self.pieces), **dict.fromkeys(pairs, "<4 x i64>")}
            return SlotMap((at, kind) for at, kind in joined.items() if at - 16 not in pairs).split(
                access for access in accesses if access[0] not in pairs and access[0] - 16 not in pairs
            )
        parts: dict[int, list[tuple[int, int, str]]] = {}
        for start, size, t in sorted((offset, ty.bits(t) // 8, t) for offset, t in accesses):
            if start < self.starts[0]:
                continue
            element, kind = self.find(start)
            if kind != _VECTOR:
                continue
            found = parts.setdefault(element, [])
            if not found or start >= found[-1][1]:
                found.append((start, start + size, _part_type(size, t)))
                continue
            first, end, kind = found[-1]
            if (first, end) != (start, start + size):
                kind = _part_type(max(end, start + size) - first, ty.I8)
            elif kind.startswith("i"):
                kind = _part_type(size, t)
            found[-1] = (first, max(end, start + size), kind)
        pieces = dict(self.pieces)
        for element, found in parts.items():
            if all(end - start in (4, 8) for start, end, _ in found):
                del pieces[element]
                pieces.update((start, kind) for start, _, kind in found)
        return SlotMap(pieces.items())


_VECTOR: Final = "<2 x i64>"
"""16 bytes: SROA would split a wide integer in halves"""


def _part_type(size: int, t: int) -> str:
    """A register that holds floats shall be one of the host's for them."""
    if ty.is_float(t) and not ty.is_vector(t) and ty.bits(t) == 8 * size:
        return "double" if size == 8 else "float"
    return f"i{8 * size}"


def elements_of(layout: StateLayout) -> SlotMap:
    elements = [(s.offset + n * s.size, s) for s in layout.slots.values() for n in range(s.count)]
    return SlotMap((start, _element_type(slot)) for start, slot in elements)


def _element_type(slot: Slot) -> str:
    if slot.type == ty.F80:
        return "x86_fp80"
    return _VECTOR if slot.size == 16 else f"i{8 * slot.size}"


def follow(
    plan: RegionPlan, lifted: Mapping[int, LiftedBlock], returns: Iterable[int]
) -> tuple[dict[int, list[int]], set[int]]:
    """The blocks of the region that each goes on to, and those that may leave it."""
    follows: dict[int, list[int]] = {}
    leaves: set[int] = set()
    for pc, block in lifted.items():
        targets: list[int] = []
        for end in terminators(block):
            if end[0] == op.JUMP:
                targets.append(end[2])
            elif end[0] == op.BRANCH:
                targets += end[3:5]
            else:
                leaves.add(pc)
                if end[0] == op.INDIRECT:
                    known = (*plan.targets.get(pc, ()), *(returns if end[3] == 2 else ()))
                    targets += [target for target in known if target in lifted]
        follows[pc] = [target for target in dict.fromkeys(targets) if target in lifted]
        if any(target not in lifted for target in targets):
            leaves.add(pc)
    return follows, leaves


def in_order(head: int, follows: Mapping[int, Sequence[int]]) -> list[int]:
    """The blocks that are reached, in reverse postorder: edges against it are those that close loops."""
    order: list[int] = []
    seen = {head}
    path = [(head, iter(follows[head]))]
    while path:
        pc, rest = path[-1]
        target = next((t for t in rest if t not in seen), None)
        if target is None:
            order.append(pc)
            path.pop()
        else:
            seen.add(target)
            path.append((target, iter(follows[target])))
    return order[::-1]


def live_flags(
    follows: Mapping[int, Sequence[int]], leaves: set[int], split: Mapping[int, tuple[LiftedBlock, Flags, bool]]
) -> frozenset[int]:
    """The blocks into which flags are live. Outside of the region they are."""
    reads = {pc for pc, (_, _, read) in split.items() if read}
    kills = {pc for pc, (_, flags, _) in split.items() if flags}
    live = reads | (leaves - kills)
    grew = True
    while grew:
        more = {pc for pc in split.keys() - live - kills if live.intersection(follows[pc])}
        grew = bool(more)
        live |= more
    return frozenset(live)
