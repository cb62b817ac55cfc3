"""Regions as LLVM functions: any control-flow graph of guest blocks, guest registers in SSA across all of it.

Every state slot that the region touches becomes an ``alloca`` which SROA turns into SSA values; it is loaded at the
entry and stored at the exits. Direct branches between the region's blocks, returns to its calls and recorded targets
of indirect branches stay inside. Edges back in the order of blocks test the exit request.

Flags that a block sets and that no block of the region reads are written on the way out only, so that computing them
moves out of loops.

With ``exact`` state stays in memory and is written before every access that may fault, as in mode ``block``: for
guests that handle their own faults.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Any, Final

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.isa.spec import IsaSpec
from hqemu_core.isa.state import STATE_BASE, Slot, StateLayout
from hqemu_core.passes.added import run_added
from hqemu_core.passes.dce import dce
from hqemu_core.passes.state_ssa import state_ssa
from hqemu_core.runtime import header

from ..base import CompiledBlock, Exit, LiftedBlock, RegionPlan, helpers_in
from ..objfile import ObjectFile
from ..stencil.render import render_module
from . import watch
from .blocks import PASSES, BlockRenderer, _flatten
from .natives import natives_of
from .target import Compiler

_FLUSH: Final = "; flush"
_RELOAD: Final = "; reload"


def lift_region_block(isa: IsaSpec, plan: RegionPlan, pc: int, first: int) -> LiftedBlock:
    """One block; ends before another block of the region too. ``first`` is its first instruction's number."""
    b = isa.builder(plan.context)
    decode = isa.decoder(pc).decode
    keys, pcs, _ = plan.codes[pc]
    count = 0
    for key in keys:
        pc = pcs[count]
        if count and pc in plan.codes:
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


class RegionRenderer(BlockRenderer):
    """Renders the blocks one after the other into one function."""

    def __init__(
        self, isa: IsaSpec, plan: RegionPlan, declares: set[str], slots: dict[str, int], layout: SlotMap
    ) -> None:
        super().__init__((), (), declares, slots, isa.insn_align.bit_length() - 1)
        self.start(plan.head, 0)
        self.isa = isa
        self.plan = plan
        self.layout = layout
        self.order = {pc: n for n, pc in enumerate(plan.blocks)}
        self.places: dict[int, str] = {}
        """pieces of state in allocas: offset -> LLVM type"""
        self.written: set[int] = set()
        self.first: dict[int, int] = {}
        """block -> number of its first instruction"""
        self.returns: list[int] = []
        self.pending: list[tuple[str, str, int, int, list[tuple[int, str]], int]] = []
        """exits to render behind the blocks: (label, kind, target, instruction, stores of flags, block)"""
        self.edges: list[tuple[str, int, bool, list[tuple[int, str]], int]] = []
        """edges with something on them: (label, target, backwards, flags, block)"""
        self.places_counted: list[tuple[str, int, int]] = []
        """see :meth:`Watch.counted`"""
        self.current = 0
        self.flags: Flags = ()
        """of the current block"""
        self.live: frozenset[int] = frozenset()
        """blocks that flags must reach: they, or one that follows, read them or leave the region with them"""

    # -- state
    def _place(self, offset: int, write: bool) -> str:
        start, self.places[start] = self.layout.find(offset)
        if write:
            self.written.add(start)
        if offset == start:
            return f"%s{start}"
        return self.let(f"getelementptr i8, ptr %s{start}, i64 {offset - start}")

    def read_address(self, offset: Any) -> str:
        if self.plan.exact or offset < STATE_BASE:
            return self.state_address(offset)
        return self._place(offset, False)

    def write_address(self, offset: Any) -> str:
        if self.plan.exact or offset < STATE_BASE:
            return self.state_address(offset)
        return self._place(offset, True)

    def rotate(self, offset: int, by: int) -> None:
        if self.plan.exact:
            super().rotate(offset, by)
            return
        places = [self._place(offset + 16 * n, True) for n in range(8)]
        values = [self.let(f"load x86_fp80, ptr {place}, align 16") for place in places]
        for n, place in enumerate(places):
            self.put(f"store x86_fp80 {values[n + by & 7]}, ptr {place}, align 16")

    def helper_call(self, helper: str, t: int, args: str) -> str:
        touches = self.isa.helpers[helper].effects in ("state", "memory") and not self.plan.exact
        if touches:
            self.put(_FLUSH)
        value = super().helper_call(helper, t, args)
        if touches:
            self.put(_RELOAD)
        return value

    # -- control flow
    def block(self, lifted: LiftedBlock, number: int, first: int, flags: Flags) -> None:
        self.flags = flags
        self.ops, self.types, self.names = lifted.ops, lifted.types, [""] * len(lifted.ops)
        self.current = number
        self.first[lifted.pcs[0]] = first
        self.last = first + len(lifted.pcs) - 1
        self.following = lifted.ends[-1]
        self.start_block(f"b{number}")
        self.render()

    def edge(self, target: int) -> str:
        """Label to go to for guest address ``target``."""
        number = self.order.get(target)
        if number is None:
            return self.exit_label("link", target)
        if number > self.current and (not self.flags or target not in self.live):
            return f"b{number}"
        self.fresh += 1
        label = f"edge{self.fresh}"
        self.edges.append((label, target, number <= self.current, self.flag_stores(), self.current))
        return label

    def flag_stores(self) -> list[tuple[int, str]]:
        """(offset, typed value) of the flags that the current block leaves behind."""
        return [(offset, self.typed(v)) for offset, v in self.flags]

    def exit_label(self, kind: str, target: int) -> str:
        label = f"x{len(self.pending)}"
        self.pending.append((label, kind, target, self.last, self.flag_stores(), self.current))
        return label

    def count(self, kind: str, block: int) -> None:
        """Where somebody wants to know how often: one more execution of this place."""
        counter = None if watch.current is None else watch.current.counter
        number = -1 if counter is None else counter()
        self.places_counted.append((kind, block, number))
        if number < 0:
            return
        table = self.let(f"load ptr, ptr {self.state_address(header.COUNTS)}")
        place = self.let(f"getelementptr i64, ptr {table}, i64 {number}")
        more = self.let(f"add i64 {self.let(f'load i64, ptr {place}')}, 1")
        self.put(f"store i64 {more}, ptr {place}")

    def terminator(self, code: int, args: tuple[Any, ...]) -> None:
        if code == op.JUMP:
            self.put(f"br label %{self.edge(args[0])}")
        elif code == op.BRANCH:
            taken, fall = self.edge(args[1]), self.edge(args[2])
            self.put(f"br {self.typed(args[0])}, label %{taken}, label %{fall}")
        elif code == op.INDIRECT:
            self.indirect(args[0], args[1])
        elif code == op.SYSCALL:
            self.put(f"br label %{self.exit_label('syscall', args[0])}")
        elif code == op.TRAP:
            self.put(f"br label %{self.exit_label('trap', args[1])}")
        else:
            self.put(f"br label %{self.exit_label('resync', args[0])}")

    def indirect(self, target: int, hint: int) -> None:
        pc = self.ref(target)
        wide = pc if self.types[target] == ty.I64 else self.let(f"zext i32 {pc} to i64")
        block = self.plan.blocks[self.current]
        known = list(self.plan.targets.get(block, ()))
        if hint == 2:
            known += [r for r in self.returns if r not in known]
        cases = " ".join(f"i64 {t}, label %{self.edge(t)}" for t in known if t in self.order)
        self.fresh += 1
        away = f"away{self.fresh}"
        self.put(f"switch i64 {wide}, label %{away} [ {cases} ]")
        self.start_block(away)
        self.count("ibtc", self.current)
        self.put_flags(self.flag_stores())
        self.put(_FLUSH)
        self.leave_indirect(wide)

    def leave_indirect(self, wide: str) -> None:
        """Through the IBTC, as stencils do."""
        index = self.let(f"lshr i64 {wide}, {self.ibtc_shift}")
        slot = self.let(f"and i64 {index}, {(1 << header.IBTC_BITS) - 1}")
        table = self.let(f"load ptr, ptr {self.state_address(header.IBTC)}")
        entry = self.let(f"getelementptr [2 x i64], ptr {table}, i64 {slot}")
        tag = self.let(f"load i64, ptr {entry}")
        hit = self.let(f"icmp eq i64 {tag}, {wide}")
        self.fresh += 1
        n = self.fresh
        self.put(f"br i1 {hit}, label %hit{n}, label %miss{n}, !prof !2")
        self.start_block(f"miss{n}")
        self.put(f"store i64 {wide}, ptr {self.state_address(header.SITE)}")
        self._tail(self.let(f"load ptr, ptr {self.state_address(header.MISS)}"))
        self.start_block(f"hit{n}")
        at = self.let(f"getelementptr i8, ptr {entry}, i64 8")
        self._tail(self.let(f"load ptr, ptr {at}"))

    def put_flags(self, flags: list[tuple[int, str]]) -> None:
        for offset, value in flags:
            self.put(f"store {value}, ptr {self.write_address(offset)}, align 1")

    def finish(self) -> str:
        """The function's body."""
        for label, target, back, flags, block in self.edges:
            self.start_block(label)
            if target in self.live:
                self.put_flags(flags)
                flags = []
            if not back:
                self.put(f"br label %b{self.order[target]}")
                continue
            asked = self.let(f"load volatile i32, ptr {self.state_address(header.EXIT_REQUEST)}")
            wanted = self.let(f"icmp ne i32 {asked}, 0")
            leave = f"x{len(self.pending)}"
            self.pending.append((leave, "check", target, self.first[target], flags, block))
            self.count("loop", block)
            self.put(f"br i1 {wanted}, label %{leave}, label %b{self.order[target]}, !prof !0")
        for label, kind, target, insn, flags, block in self.pending:
            self.start_block(label)
            self.count("exit", block)
            self.put_flags(flags)
            self.put(_FLUSH)
            number = len(self.exits)
            self.exits.append(Exit(kind, target, insn))
            self.declares.add(f"declare preserve_nonecc void @exit{number}(ptr)")
            self._tail(f"@exit{number}")
        lines = ["entry:"]
        slots = sorted(self.places.items())
        lines += [f"%s{start} = alloca {kind}, align 16" for start, kind in slots]
        lines += self._copies(slots, True)
        lines.append("br label %b0")
        written = [(start, kind) for start, kind in slots if start in self.written]
        for line in self.lines:
            if line == _FLUSH:
                lines += self._copies(written, False)
            elif line == _RELOAD:
                lines += self._copies(slots, True)
            else:
                lines.append(line)
        return "\n".join(lines)

    def _copies(self, slots: Sequence[tuple[int, str]], load: bool) -> list[str]:
        # volatile: merged into vector accesses, they would defeat store forwarding between units
        lines = []
        for start, kind in slots:
            self.fresh += 2
            address, value = f"%t{self.fresh - 1}", f"%t{self.fresh}"
            lines.append(f"{address} = getelementptr i8, ptr %env, i64 {start}")
            source, goal = (address, f"%s{start}") if load else (f"%s{start}", address)
            from_env, to_env = ("volatile ", "") if load else ("", "volatile ")
            lines.append(f"{value} = load {from_env}{kind}, ptr {source}, align 1")
            lines.append(f"store {to_env}{kind} {value}, ptr {goal}, align 1")
        return lines


def live_flags(
    plan: RegionPlan, lifted: Sequence[LiftedBlock], split: Sequence[tuple[LiftedBlock, Flags, bool]],
    returns: Sequence[int],
) -> frozenset[int]:  # fmt: skip
    """The blocks into which flags are live. Outside of the region they are."""
    inside = set(plan.blocks)
    follows: dict[int, set[int]] = {}
    leaves: set[int] = set()
    for pc, block in zip(plan.blocks, lifted, strict=True):
        targets: set[int] = set()
        for end in terminators(block):
            if end[0] == op.JUMP:
                targets.add(end[2])
            elif end[0] == op.BRANCH:
                targets.update(end[3:5])
            else:
                leaves.add(pc)
                if end[0] == op.INDIRECT:
                    targets |= {*plan.targets.get(pc, ()), *(returns if end[3] == 2 else ())} & inside
        if not targets <= inside:
            leaves.add(pc)
        follows[pc] = targets & inside
    reads = {pc for pc, (_, _, read) in zip(plan.blocks, split, strict=True) if read}
    kills = {pc for pc, (_, flags, _) in zip(plan.blocks, split, strict=True) if flags}
    live = reads | (leaves - kills)
    grew = True
    while grew:
        more = {pc for pc in inside - live - kills if follows[pc] & live}
        grew = bool(more)
        live |= more
    return frozenset(live)


class RegionCompiler:
    """One per worker: LLVM's objects are not shared between threads."""

    def __init__(self, isa: IsaSpec, passes: tuple[str, ...] = PASSES) -> None:
        self.isa = isa
        self.slots = {name: n for n, name in enumerate(isa.helper_names)}
        self.layout = elements_of(isa.state)
        self.natives = natives_of(isa)
        self.compiler = Compiler(2, passes)

    def render(self, plan: RegionPlan) -> tuple[str, RegionRenderer, list[LiftedBlock]]:
        declares: set[str] = set()
        lifted: list[LiftedBlock] = []
        first = 0
        firsts = []
        for pc in plan.blocks:
            lifted.append(lift_region_block(self.isa, plan, pc, first))
            firsts.append(first)
            first += len(lifted[-1].pcs)
        accesses = ((o[2], o[1]) for block in lifted for o in block.ops if o[0] in (op.GET, op.SET))
        r = RegionRenderer(self.isa, plan, declares, self.slots, self.layout.split(accesses))
        r.natives = self.natives
        for block in lifted:
            if any(end[0] in (op.JUMP, op.INDIRECT) and end[3] == 1 for end in terminators(block)):
                r.returns.append(block.ends[-1])
        split = [(b, (), True) if plan.exact else split_flags(self.isa, b) for b in lifted]
        r.live = live_flags(plan, lifted, split, r.returns)
        for number, (block, flags, _) in enumerate(split):
            r.block(block, number, firsts[number], flags)
        body = r.finish()
        name = f'@"{plan.head:x}"'
        function = f'define preserve_nonecc void {name}(ptr %env) nounwind strictfp section ".text.f0" {{\n{body}\n}}\n'
        return render_module([function], declares), r, lifted

    def compile(self, plan: RegionPlan) -> CompiledBlock:
        """Raises BackendError. ``pcs`` are the instructions of all blocks in order."""
        text, r, lifted = self.render(plan)
        if watch.current is not None:
            watch.current.lifted(lifted)
            watch.current.counted(plan.head, r.places_counted)
        obj = ObjectFile(self.compiler.compile(text, watch.current))
        by_name = {s.name: n for n, s in enumerate(obj.sections)}
        ops = [o for block in lifted for o in block.ops]
        helpers = helpers_in(ops, self.natives)
        code, exits, absolute, align = _flatten(obj, by_name[".text.f0"], 0)
        pcs = tuple(pc for block in lifted for pc in block.pcs)
        ends = tuple(end for block in lifted for end in block.ends)
        return CompiledBlock(code, tuple(exits), tuple(absolute), tuple(r.exits), pcs, ends, helpers, align)


