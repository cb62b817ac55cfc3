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

from collections.abc import Sequence
from typing import Any, Final

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import Op
from hqemu_core.isa.spec import IsaSpec
from hqemu_core.isa.state import STATE_BASE
from hqemu_core.runtime import header

from ..base import CompiledBlock, Exit, LiftedBlock, RegionPlan, helpers_in
from ..objfile import ObjectFile
from ..stencil.render import render_module
from . import watch
from .blocks import PASSES, BlockRenderer, _flatten
from .natives import natives_of
from .region_blocks import (
    Flags,
    LateFlags,
    SlotMap,
    elements_of,
    follow,
    in_order,
    lift_region_block,
    live_flags,
    split_flags,
    terminators,
)  # fmt: skip
from .render import llvm_type
from .target import Compiler

_FLUSH: Final = "; flush"
_RELOAD: Final = "; reload"


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
        self.order: dict[int, int] = {}
        """block -> its place in the function"""
        self.places: dict[int, str] = {}
        """pieces of state in allocas: offset -> LLVM type"""
        self.written: set[int] = set()
        self.first: dict[int, int] = {}
        """block -> number of its first instruction"""
        self.returns: list[int] = []
        self.pending: list[tuple[str, str, int, int, LateFlags | None, int]] = []
        """exits to render behind the blocks: (label, kind, target, instruction, flags, block)"""
        self.edges: list[tuple[str, int, bool, LateFlags | None, str, int]] = []
        """edges with something on them: (label, target, backwards, flags, label to go to, block)"""
        self.next_copy = ""
        """label of the next copy of the block that is rendered"""
        self.places_counted: list[tuple[str, int, int]] = []
        """see :meth:`Watch.counted`"""
        self.current = 0
        self.pc_of_block = 0
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

    def one(self, entry: Op) -> str | None:
        code, t = entry[0], entry[1]
        if code in (op.GET, op.SET) and not self.plan.exact and entry[2] >= STATE_BASE:
            t = t if code == op.GET else self.types[entry[3]]
            start, kind = self.layout.find(entry[2])
            if kind == "i64" and ty.bits(t) < 64:
                return self._narrow(code, t, entry, 8 * (entry[2] - start))
        return super().one(entry)

    def _narrow(self, code: int, t: int, entry: Op, shift: int) -> str | None:
        """Part of an element. Read and written as a whole, because SROA would make it two values otherwise."""
        address = self._place(entry[2] - shift // 8, code == op.SET)
        whole = self.let(f"load i64, ptr {address}")
        plain = llvm_type(ty.bits(t))
        if code == op.GET:
            part = self.let(f"trunc i64 {self.let(f'lshr i64 {whole}, {shift}') if shift else whole} to {plain}")
            return part if plain == llvm_type(t) else self.let(f"bitcast {plain} {part} to {llvm_type(t)}")
        value = self.ref(entry[3])
        if plain != llvm_type(t):
            value = self.let(f"bitcast {self.typed(entry[3])} to {plain}")
        wide = self.let(f"zext {plain} {value} to i64")
        if shift:
            wide = self.let(f"shl i64 {wide}, {shift}")
        kept = self.let(f"and i64 {whole}, {~(((1 << ty.bits(t)) - 1) << shift) & (1 << 64) - 1}")
        self.put(f"store i64 {self.let(f'or i64 {kept}, {wide}')}, ptr {address}")
        return None

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
    def block(self, lifted: LiftedBlock, first: int, flags: Flags, follows: Sequence[int]) -> None:
        """A loop of this block alone is rendered several times: its last copy goes back."""
        head = lifted.pcs[0]
        self.pc_of_block = head
        self.current = self.order[head]
        self.first[head] = first
        self.last = first + len(lifted.pcs) - 1
        self.flags = flags
        counted = watch.current is not None and watch.current.counter is not None  # each round
        copies = copies_of(len(lifted.pcs)) if head in follows and not counted else 1
        for copy in range(copies):
            self.next_copy = f"b{self.current}c{copy + 1}" if copy + 1 < copies else ""
            self.ops, self.types, self.names = lifted.ops, lifted.types, [""] * len(lifted.ops)
            self.start_block(f"b{self.current}c{copy}" if copy else f"b{self.current}")
            self.render()

    def edge(self, target: int) -> str:
        """Label to go to for guest address ``target``."""
        number = self.order.get(target)
        if number is None:
            return self.exit_label("link", target)
        if number == self.current and self.next_copy:
            if not self.flags or target not in self.live:
                return self.next_copy
            self.fresh += 1
            label = f"edge{self.fresh}"
            self.edges.append((label, target, False, self.late_flags(), self.next_copy, self.current))
            return label
        if number > self.current and (not self.flags or target not in self.live):
            return f"b{number}"
        self.fresh += 1
        label = f"edge{self.fresh}"
        self.edges.append((label, target, number <= self.current, self.late_flags(), f"b{number}", self.current))
        return label

    def late_flags(self) -> LateFlags | None:
        """The flags that the current block leaves behind."""
        return LateFlags(self.ops, self.types, self.names, self.flags) if self.flags else None

    def exit_label(self, kind: str, target: int) -> str:
        label = f"x{len(self.pending)}"
        self.pending.append((label, kind, target, self.last, self.late_flags(), self.current))
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
        known = list(self.plan.targets.get(self.pc_of_block, ()))
        if hint == 2:
            known += [r for r in self.returns if r not in known]
        cases = " ".join(f"i64 {t}, label %{self.edge(t)}" for t in known if t in self.order)
        self.fresh += 1
        away = f"away{self.fresh}"
        self.put(f"switch i64 {wide}, label %{away} [ {cases} ]")
        self.start_block(away)
        self.count("ibtc", self.current)
        self.put_flags(self.late_flags())
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

    def put_flags(self, late: LateFlags | None) -> None:
        """Computes them again here, so that they need not be computed where the way out is not taken."""
        if late is None:
            return
        before = self.ops, self.types, self.names
        self.ops, self.types, names, flags = late
        self.names = list(names)
        for v in sorted(late.slice()):
            self.names[v] = self.one(self.ops[v]) or ""
        for offset, v in flags:
            self.put(f"store {self.typed(v)}, ptr {self.write_address(offset)}, align 1")
        self.ops, self.types, self.names = before

    def finish(self) -> str:
        """The function's body."""
        for label, target, back, flags, goal, block in self.edges:
            self.start_block(label)
            if target in self.live:
                self.put_flags(flags)
                flags = None
            if not back:
                self.put(f"br label %{goal}")
                continue
            asked = self.let(f"load volatile i32, ptr {self.state_address(header.EXIT_REQUEST)}")
            wanted = self.let(f"icmp ne i32 {asked}, 0")
            leave = f"x{len(self.pending)}"
            self.pending.append((leave, "check", target, self.first[target], flags, block))
            self.count("loop", block)
            self.put(f"br i1 {wanted}, label %{leave}, label %{goal}, !prof !0")
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


def copies_of(insns: int) -> int:
    """How often a loop of a single block goes round for each look at the exit request."""
    return 4 if insns <= 12 else 2 if insns <= 32 else 1


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
        r = RegionRenderer(self.isa, plan, declares, self.slots, self.layout)
        r.natives = self.natives
        blocks: dict[int, LiftedBlock] = {}
        firsts: dict[int, int] = {}
        first = 0
        for pc in plan.blocks:
            blocks[pc] = lift_region_block(self.isa, plan, pc, first)
            firsts[pc] = first
            first += len(blocks[pc].pcs)
        for block in blocks.values():
            if any(end[0] in (op.JUMP, op.INDIRECT) and end[3] == 1 for end in terminators(block)):
                r.returns.append(block.ends[-1])
        r.layout = self.layout.split(
            (o[2], o[1]) for block in blocks.values() for o in block.ops if o[0] in (op.GET, op.SET)
        )
        split = {pc: (b, (), True) if plan.exact else split_flags(self.isa, b) for pc, b in blocks.items()}
        follows, leaves = follow(plan, blocks, r.returns)
        r.live = live_flags(follows, leaves, split)
        r.order = {pc: n for n, pc in enumerate(in_order(plan.head, follows))}
        for pc in r.order:
            block, flags, _ = split[pc]
            r.block(block, firsts[pc], flags, follows[pc])
        body = r.finish()
        lifted = list(blocks.values())
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
        helpers = helpers_in([o for block in lifted for o in block.ops], self.natives)
        code, exits, absolute, align = _flatten(obj, by_name[".text.f0"], 0)
        pcs = tuple(pc for block in lifted for pc in block.pcs)
        ends = tuple(end for block in lifted for end in block.ends)
        return CompiledBlock(code, tuple(exits), tuple(absolute), tuple(r.exits), pcs, ends, helpers, align)


