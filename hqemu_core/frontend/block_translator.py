"""Mode ``block``: every block through LLVM when it is first executed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from hqemu_core.backend.base import BlockCompiler
from hqemu_core.backend.own import LLVM
from hqemu_core.backend.stencil.tier import StencilTier
from hqemu_core.errors import GuestFault
from hqemu_core.ir import opcodes as op
from hqemu_core.isa.spec import IsaSpec
from hqemu_core.runtime.cache import CodeCache

from .fetch import CodeMemory
from .translator import CALL_CHECK, CALL_LINK, CALL_RESYNC, CALL_SYSCALL, CALL_TRAP, NOPS, Translator
from .unit import Unit, size_between

BATCH: Final = 4
"""blocks per LLVM module: the one that is needed and its nearest successors, which share the fixed cost"""
BLOCK: Final = 64
"""instructions in a block"""
_LEAVE: Final = {"trap": CALL_TRAP, "resync": CALL_RESYNC, "check": CALL_CHECK}


class BlockTranslator(Translator):
    """Like Translator, but its units are blocks from a backend's block compiler, which is made when it is needed."""

    batch = BATCH

    def __init__(
        self, isa: IsaSpec, tier: StencilTier, cache: CodeCache, memory: CodeMemory,
        make_compiler: Callable[[IsaSpec], BlockCompiler] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(isa, tier, cache, memory)
        self.make_compiler = make_compiler or LLVM.make_block_compiler
        self.compiler: BlockCompiler | None = None

    def translate(self, pc: int, context: int) -> int:
        if self.warm is not None:
            host = self.warm.lookup(pc, context)
            if host:
                self.entries.setdefault(context, {})[pc] = host
                return host
        from .lift import lift_block

        if self.compiler is None:
            assert self.make_compiler is not None
            self.compiler = self.make_compiler(self.isa)
        table = self.entries.setdefault(context, {})
        blocks: list[Any] = []
        sources: dict[int, bytes] = {}
        todo, seen = [pc], {pc}
        while todo and len(blocks) < self.batch:
            at = todo.pop(0)
            try:
                code = self.fetch(at, BLOCK)
            except GuestFault:
                if not blocks:
                    raise
                continue
            sources[at] = code.source
            block = lift_block(self.isa, code, context, "llvm")
            blocks.append(block)
            for target in successors(block):
                if target not in seen and target not in table:
                    seen.add(target)
                    todo.append(target)
        # the one that is wanted last: others must not push it out of the cache
        for compiled in reversed(self.compiler.compile(blocks)):
            self._install_block(compiled, context, sources[compiled.pcs[0]])
        found = table.get(pc)
        return self.translate(pc, context) if found is None else found

    def _install_block(self, compiled: Any, context: int, source: bytes) -> None:
        for helper in compiled.helpers:
            self.tier.load_helper(helper)
        code = bytearray(compiled.code)
        tails: list[tuple[int, int]] = []
        sites: list[tuple[int, int]] = []
        stubs: list[int] = []
        for kind, target, insn in compiled.targets:
            code += NOPS[-len(code) & 7]
            stubs.append(len(code))
            tails.append((len(code), insn))
            if kind in _LEAVE:
                code += _LEAVE[kind]
                continue
            if kind == "syscall":
                code += CALL_SYSCALL
            sites.append((len(code), target))
            code += CALL_LINK + target.to_bytes(8, "little")
        for field, number in compiled.exits:
            code[field : field + 4] = (stubs[number] - field - 4 & 0xFFFFFFFF).to_bytes(4, "little")
        cache = self.cache
        start = cache.reserve(len(code), compiled.align)
        base = cache.base + start
        for field, size, target in compiled.absolute:
            code[field : field + size] = (base + target).to_bytes(size, "little")
        pcs, ends = compiled.pcs, compiled.ends
        unit = Unit(start, len(code), pcs, ends, [0], tails, [], context)
        unit.counted = True
        table = self.entries.setdefault(context, {})
        fresh = {pcs[0]: base}
        self.prelink(code, base, start, sites, table, fresh)
        cache.code[start : start + len(code)] = code
        self.index.add(cache.region, unit)
        source = source[: size_between(pcs[0], ends[-1])]
        if not self.protect(unit, source):
            return
        table.update(fresh)
        self.units += 1
        self.insns += len(pcs)
        self.new_insns += len(pcs)
        if self.on_translated is not None:
            self.tell(pcs[0], source, context, base, len(code))


def successors(block: Any) -> list[int]:
    """Guest addresses that a block goes on to directly."""
    return [target for o in block.ops[-1:] for target in _targets(o)]


def _targets(end: tuple[Any, ...]) -> list[int]:
    if end[0] == op.JUMP:
        return [end[2]]
    if end[0] == op.BRANCH:
        return [end[4], end[3]]
    return [end[2]] if end[0] == op.SYSCALL else []
