"""Guest code to units of stencils: the hot path of cold code.

A unit begins at the asked-for instruction and goes on through conditional branches and calls (the code after them is
usually run too) to an unconditional end or LIMIT instructions. Per instruction the ordinary case is one dictionary
look-up and one append.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any, Final

from hqemu_core.backend.stencil.tier import COLD, FLAGS, ILLEGAL, PCFLAGS, PCREL, PLAIN, StencilTier, fill
from hqemu_core.errors import BackendError
from hqemu_core.isa.code import Code, Key
from hqemu_core.isa.spec import IsaSpec
from hqemu_core.runtime import header
from hqemu_core.runtime.cache import FIXED, CodeCache

from .fetch import CodeMemory, fetch
from .liveness import FlagLiveness
from .unit import PAGE_BITS, Unit, UnitIndex, page_of, size_between
from .warm import WarmCode

LIMIT: Final = 128
"""instructions in a unit"""
CHANGED: Final = -1
_TRIES: Final = 4
"""at a form: another thread may change the code that says which it is"""


def _call(slot: int) -> bytes:
    """``call *slot(%r12)``, eight bytes; the return address tells where it was."""
    return b"\x41\xff\x94\x24" + slot.to_bytes(4, "little")


CALL_LINK: Final = _call(header.LINK)
CALL_SYSCALL: Final = _call(header.SYSCALL)
CALL_TRAP: Final = _call(header.TRAP)
CALL_RESYNC: Final = _call(header.RESYNC)
CALL_CHECK: Final = _call(header.CHECK)
CALL_HOT: Final = _call(header.HOT)
CHECK: Final = b"\x41\x83\x3c\x24\x00\x0f\x85\0\0\0\0"
"""cmpl $0, (%r12); jne <stub>"""
NOPS: Final = (
    b"", b"\x90", b"\x66\x90", b"\x0f\x1f\x00", b"\x0f\x1f\x40\x00", b"\x0f\x1f\x44\x00\x00",
    b"\x66\x0f\x1f\x44\x00\x00", b"\x0f\x1f\x80\x00\x00\x00\x00",
)  # fmt: skip
_LEAVE: Final = {"trap": CALL_TRAP, "resync": CALL_RESYNC, "syscall": CALL_SYSCALL}


class Translator:
    def __init__(self, isa: IsaSpec, tier: StencilTier, cache: CodeCache, memory: CodeMemory) -> None:
        self.isa = isa
        self.tier = tier
        self.cache = cache
        self.memory = memory
        self.index = UnitIndex()
        self.entries: dict[int, dict[int, int]] = {}
        """by context: guest pc -> host address"""
        self.liveness = FlagLiveness(isa, memory)
        self.explorers: dict[int, Any] = {}
        """by context: what ``discover`` has seen"""
        self.warm: WarmCode | None = None
        """translations of an earlier run"""
        self.quiet = False
        """units are neither found nor linked (while a trace is recorded)"""
        self.unguarded = False
        """a write to what is translated is not noticed"""
        self.units = 0
        self.insns = 0
        self.new_insns = 0
        """translated since the last fork"""
        self.on_translated: Callable[..., Any] | None = None
        """who wants to know of new units: the hook ``on_block_translated``"""
        cache.on_evict = self.on_evict

    # -- instructions
    def learn(self, key: Key, pc: int, context: int) -> tuple[Any, ...] | None:
        """First sight of an instruction: its entry, or None when its form must be compiled."""
        entry = self.tier.entry(self.isa.decoder(pc).decode(key, pc), context)
        if entry is not None:
            self.tier.known_at(pc, context)[key] = entry
        return entry

    def fetch(self, pc: int, limit: int = LIMIT) -> Code:
        """The instructions from ``pc`` on, as many as a unit may hold. Raises GuestFault."""
        return fetch(self.isa, self.memory, pc, limit)

    # -- units
    def translate(self, pc: int, context: int) -> int:
        """Host address of the translation of ``pc``. Raises GuestFault when there is no code."""
        if self.warm is not None:
            host = self.warm.lookup(pc, context)
            if host:
                self.entries.setdefault(context, {})[pc] = host
                return host
        return self.build(pc, LIMIT, context)

    def build(self, pc: int, limit: int, context: int) -> int:
        """Translate ``limit`` instructions at most, compiling what the library lacks."""
        tries = _TRIES
        while True:
            # another thread may be writing it; whether it did is known once its pages are protected
            code = self.fetch(pc, limit)
            self.liveness.begin(code)
            host = self._build(code, context)
            if host > 0:
                return host
            if not host:
                if not tries:
                    raise BackendError(f"no stencil for the instruction {key_text(code.keys[0])} at {pc:#x}")
                from .discover import compile_from

                compile_from(self, pc, context)
                tries -= 1

    def step(self, pc: int, context: int) -> int:
        """Host address of a translation of the one instruction at ``pc`` that is used only once. Its page stays
        writable, so an instruction that writes beside itself gets past its write. Raises GuestFault."""
        before = self.quiet
        self.quiet = self.unguarded = True
        try:
            return self.build(pc, 1, context)
        finally:
            self.quiet, self.unguarded = before, False

    def _build(self, code: Code, context: int) -> int:
        """Host address of the unit that ``code`` begins with; it ends before an instruction whose form has to be
        compiled. 0 when that is the first, CHANGED when the code is not what it was any more."""
        parts: list[bytes] = []
        fixes: list[tuple[Any, ...]] = []
        fused: list[int] = []
        checks: list[int] = []
        inline: dict[int, int] = {}  # parts that end in a direct exit: index -> target
        append = parts.append
        keys, pcs, _ = code
        known = self.tier.known_at(pcs[0], context)
        decoder, dead_at = self.isa.decoder(pcs[0]), self.liveness.dead
        count = len(keys)
        i = 0
        closed = False
        while i < count:
            key = keys[i]
            entry = known.get(key)
            if entry is None:
                entry = self.learn(key, pcs[i], context)
                if entry is None:
                    break
            kind = entry[0]
            if kind == PLAIN:
                append(entry[1])
                i += 1
                continue
            pc = pcs[i]
            if kind == PCFLAGS:
                entry = FLAGS, decoder.decode(key, pc), {}
                kind = FLAGS
            if kind == FLAGS:
                after = pcs[i + 1]
                pair = None if i + 1 == count else self.tier.pair(key, keys[i + 1], entry, after, context)
                if pair is None:
                    dead = dead_at(after, context, i + 1)
                    plain = entry[2].get(dead) or self.tier.flagged(entry, dead, context)
                    if plain is None:
                        break
                    hot, recipe = plain
                    if recipe.jumps:
                        cold = fill(recipe.cold, recipe.cold_patches, entry[1][2])
                        fixes.append((i, 0, cold, recipe.jumps, None))
                    append(hot)
                    i += 1
                    continue
                target = self.tier.pair_end(pair, after)
                dead = dead_at(pcs[i + 2], context, i + 2) and (target is None or dead_at(target, context))
                both = pair[3].get(dead) or self.tier.fused(pair, dead, context)
                if both is None:
                    break
                hot, cold, jumps = both
                shift = 0
                if target is not None and target <= pc:
                    checks.append(i)
                    shift = len(CHECK)
                if jumps:
                    fixes.append((i, shift, cold, jumps, target))
                append(CHECK + hot if shift else hot)
                append(b"")
                fused.append(i + 1)
                i += 2
                continue
            if kind == COLD:
                fixes.append((i, 0, entry[2], entry[3], None))
                append(entry[1])
                i += 1
                continue
            if kind == PCREL:
                recipe = entry[2]
                _, operands = decoder.extractor(entry[1])(key, pc)
                hot = fill(recipe.hot, recipe.hot_patches, operands)
                if recipe.jumps:
                    cold = fill(recipe.cold, recipe.cold_patches, operands)
                    fixes.append((i, 0, cold, recipe.jumps, None))
                append(hot)
                i += 1
                continue
            if kind == ILLEGAL:
                append(CALL_TRAP)
                i += 1
                closed = True
                break
            # END
            _, end, row, recipe, _ = entry
            _, operands = decoder.extractor(row)(key, pc)
            hot = fill(recipe.hot, recipe.hot_patches, operands)
            cold = fill(recipe.cold, recipe.cold_patches, operands)
            i += 1
            if end == "branch":
                target = operands[row.target]
                shift = 0
                if target <= pc:
                    checks.append(i - 1)
                    shift = len(CHECK)
                fixes.append((i - 1, shift, cold, recipe.jumps, target))
                append(CHECK + hot if shift else hot)
            elif end == "jump" or end == "call":
                hot = recipe_prefix(hot, recipe)
                target = operands[row.target]
                shift = 0
                if end == "jump" and target <= pc:
                    checks.append(i - 1)
                    hot = CHECK + hot
                inline[i - 1] = target
                append(hot)
                if end == "jump":
                    closed = True
                    break
            elif end in ("indirect", "ret", "icall"):
                if recipe.jumps:
                    fixes.append((i - 1, 0, cold, recipe.jumps, None))
                append(hot)
                if end != "icall":
                    closed = True
                    break
            else:
                if recipe.jumps:
                    fixes.append((i - 1, 0, cold, recipe.jumps, pcs[i]))  # a conditional one is jumped over
                append(hot + _LEAVE[end])
                if end != "syscall":
                    closed = True
                    break
        if not i:
            return 0
        if not closed:  # goes on elsewhere
            inline[i] = pcs[i]
            append(b"")
        return self._install(code, i, parts, fixes, fused, checks, inline, context)

    def _install(
        self, guest: Code, count: int, parts: list[bytes], fixes: list[tuple[Any, ...]], fused: list[int],
        checks: list[int], inline: dict[int, int], context: int,
    ) -> int:  # fmt: skip
        pcs, ends = guest.pcs[:count], guest.pcs[1 : count + 1]
        heads = self.heads_of(pcs, fixes, fused, inline)
        sites: list[tuple[int, int]] = []  # exit stubs: (offset, target)
        entry = self.place(pcs, parts, inline, heads, sites, context) if inline or heads else {}
        offsets = list(accumulate(map(len, parts), initial=0))
        code = bytearray(b"".join(parts))
        tails: list[tuple[int, int]] = []
        table = self.entries.setdefault(context, {})
        own: dict[int, int] = {}
        for index in checks:
            tails.append((len(code), index))
            at = offsets[index] + heads.get(index, 0) + len(CHECK)
            code[at - 4 : at] = (len(code) - at).to_bytes(4, "little")
            code += CALL_CHECK
        for index, shift, cold, jumps, target in fixes:
            hot_base = offsets[index] + heads.get(index, 0) + shift
            cold_base = len(code)
            if cold:
                tails.append((cold_base, index))
                code += cold
            for piece, offset, to, inside in jumps:
                at = (cold_base if piece else hot_base) + offset
                if to == 0:
                    goal = hot_base + inside
                elif to == 1:
                    goal = cold_base + inside
                elif not self.quiet and (inner := index_in(pcs, target)) >= 0 and inner not in fused:
                    goal = entry.get(inner, offsets[inner])
                else:
                    goal = own.get(target, -1)
                    if goal < 0:
                        code += NOPS[-len(code) & 7]
                        goal = own[target] = len(code)
                        tails.append((goal, index))
                        sites.append((goal, target))
                        code += CALL_LINK + (target & 0xFFFFFFFFFFFFFFFF).to_bytes(8, "little")
                code[at : at + 4] = (goal - at - 4 & 0xFFFFFFFF).to_bytes(4, "little")
        for index, at in entry.items():
            tails.append((len(code), index))
            code[at + 10 : at + 14] = (len(code) - at - 14).to_bytes(4, "little")
            code += CALL_HOT
        cache = self.cache
        start = cache.reserve(len(code))
        unit = Unit(start, len(code), pcs, ends, offsets, tails, fused, context)
        unit.hidden = self.quiet
        unit.beyond = self.liveness.end(ends[-1] - 1)
        base = cache.base + start
        fresh = dict(zip(pcs, map(base.__add__, offsets), strict=False))
        for index in fused:
            fresh.pop(pcs[index], None)
        for index, at in entry.items():
            fresh[pcs[index]] = base + at
        if not self.quiet:
            self.prelink(code, base, start, sites, table, fresh)
        if entry:
            unit.heads = [(pcs[index], start + at) for index, at in entry.items()]
        cache.code[start : start + len(code)] = code
        self.index.add(cache.region, unit)
        if unit.heads:
            self.add_heads(unit)
        source = guest.source[: size_between(pcs[0], ends[-1])]
        if not self.unguarded and not self.protect(unit, source):
            return CHANGED
        if not self.quiet:
            table.update(fresh)  # last: other threads look here without a lock
        self.units += 1
        self.insns += count
        self.new_insns += count
        if self.on_translated is not None:
            self.tell(pcs[0], source, context, base, len(code))
        return base

    def protect(self, unit: Unit, source: bytes) -> bool:
        """From now on a write to what the unit was made from is noticed; False: there was one, the unit is dropped."""
        pc = unit.pc & ~self.isa.pc_bits
        self.memory.code_pages(pc, len(source))
        for page in unit.beyond:
            self.memory.code_pages(page << PAGE_BITS, 1)
        if self.memory.view(pc, len(source)) == source:
            return True
        self.drop([unit])
        return False

    def tell(self, pc: int, source: bytes, context: int, host: int, size: int) -> None:
        assert self.on_translated is not None
        self.on_translated(pc=pc, context=context, data=source, host=host, size=size)

    # -- trace heads, in the modes that have them
    def heads_of(
        self, pcs: Sequence[int], fixes: list[tuple[Any, ...]], fused: list[int], inline: dict[int, int]
    ) -> dict[int, int]:
        """Indices of instructions that get a counter; values are filled in by :meth:`place`."""
        return {}

    def counter(self, pc: int, context: int) -> bytes:
        """``decl`` of the head's counter and a jump for when it runs out: 14 bytes, the first 8 to be patched."""
        raise NotImplementedError

    def add_heads(self, unit: Unit) -> None:
        """A unit with trace heads was installed."""

    def place(
        self, pcs: Sequence[int], parts: list[bytes], inline: dict[int, int], heads: dict[int, int],
        sites: list[tuple[int, int]], context: int,
    ) -> dict[int, int]:  # fmt: skip
        """Put 8-aligned exit stubs and head counters into the parts. Returns the heads' offsets (of the counter);
        ``heads`` gets the bytes put before each head's code, ``sites`` the stubs."""
        entry: dict[int, int] = {}
        at = before = 0
        for index in sorted({*inline, *heads}):
            at += sum(map(len, parts[before:index]))
            before = index
            if index in heads:
                pad = NOPS[-at & 7]
                prefix = pad + self.counter(pcs[index], context)
                entry[index] = at + len(pad)
                heads[index] = len(prefix)
                parts[index] = prefix + parts[index]
            if index in inline:
                target = inline[index]
                part = parts[index]
                part += NOPS[-(at + len(part)) & 7]
                sites.append((at + len(part), target))
                parts[index] = part + CALL_LINK + (target & 0xFFFFFFFFFFFFFFFF).to_bytes(8, "little")
        return entry

    def extra_record(self, units: list[Unit]) -> tuple[Any, ...]:
        """What else a later run needs of these units, for :meth:`adopt`."""
        return ()

    def adopt(self, extra: tuple[Any, ...], unit_of: Callable[[int], Unit], context: int) -> None:
        """A module of an earlier run came to life; ``unit_of`` finds its units by offset in the cache."""

    def shared_record(self) -> tuple[Any, ...]:
        """What the whole image depends on, for :meth:`adopt_shared`."""
        return ()

    def adopt_shared(self, shared: tuple[Any, ...]) -> bool:
        """False: the image cannot be used."""
        return not shared

    def clean_image(self, image: bytearray, start: int, kept: set[int]) -> None:
        """Take out of a copy of the cache (from offset ``start``) what refers to units that are not ``kept`` (ids)."""

    # -- linking and dropping
    def prelink(
        self, code: bytearray, base: int, start: int, sites: list[tuple[int, int]], table: dict[int, int],
        fresh: dict[int, int],
    ) -> None:  # fmt: skip
        """Exit stubs of new code whose targets are translated already go there at once."""
        links = self.index.links
        for offset, target in sites:
            host = fresh.get(target) or table.get(target)
            if host:
                links.setdefault(page_of(target), []).append(start + offset)
                jump = host - base - offset - 5 & 0xFFFFFFFF
                code[offset : offset + 8] = b"\xe9" + jump.to_bytes(4, "little") + b"\x90\x90\x90"

    def link(self, site: int, target: int, host: int) -> None:
        """Make the exit stub at cache offset ``site`` jump to ``host`` from now on."""
        self.index.links.setdefault(page_of(target), []).append(site)
        jump = host - (self.cache.base + site) - 5 & 0xFFFFFFFF
        self.cache.patch(site, 0x909090_00000000E9 | jump << 8)

    def unlink_page(self, page: int) -> None:
        unlinked = int.from_bytes(CALL_LINK, "little")
        for site in self.index.links.pop(page, ()):
            self.cache.patch(site, unlinked)

    def drop(self, units: list[Unit]) -> None:
        """Forget units: nothing finds or links to them any more; code that is running in one may finish there."""
        pages: set[int] = set()
        self.explorers.clear()  # other code may come where this was
        for unit in units:
            if not unit.alive:
                continue
            unit.alive = False
            table = self.entries.get(unit.context, {})
            base = self.cache.base + unit.start
            end = base + unit.size
            for pc in unit.pcs:
                if base <= table.get(pc, 0) < end:
                    del table[pc]
            pages.update(unit.pages)
        for page in pages:
            self.unlink_page(page)
            left = [u for u in self.index.by_page.get(page, ()) if u.alive]
            if left:
                self.index.by_page[page] = left
            else:
                self.index.by_page.pop(page, None)

    def on_evict(self, start: int, end: int) -> bool:
        """Nothing leads into the region any more; False: but somebody is still in it."""
        region = (start - FIXED) // self.cache.region_size
        if self.warm is not None and start == FIXED:
            self.warm.materialize(0, 1 << 64)
            self.drop(list(self.warm.found.values()))
        self.drop(self.index.in_region(region))
        if not self.evicted(start, end):
            return False
        if start == FIXED:
            self.warm = None
        links = self.index.links
        for page, sites in list(links.items()):
            links[page] = [s for s in sites if not start <= s < end]
        self.index.begin_region(region)
        return True

    def evicted(self, start: int, end: int) -> bool:
        """Set by the engine: look-up tables hold addresses that are gone, other threads may be there. False: a thread
        will go on in the range."""
        return True

    def units_in(self, start: int, size: int) -> list[Unit]:
        """Live units that contain guest bytes of the range, by page."""
        if self.warm is not None:
            self.warm.materialize(start, start + size)
        first, last = start >> PAGE_BITS, (start + size - 1) >> PAGE_BITS
        pages = self.index.by_page
        if last - first > len(pages):
            return [u for page, units in pages.items() if first <= page <= last for u in units]
        return [u for page in range(first, last + 1) for u in pages.get(page, ())]

    def reset(self) -> None:
        """Forget everything (execve): no guest code is running."""
        self.index = UnitIndex()
        self.entries.clear()
        self.explorers.clear()
        self.warm = None
        self.insns = self.new_insns = 0
        self.liveness.exact = False
        self.tier.reset()
        self.cache.reset()

    def unit_at(self, host: int) -> Unit | None:
        """The unit whose code holds a host address."""
        offset = host - self.cache.base
        if offset < FIXED:
            return None
        if self.warm is not None and offset < self.warm.end:
            return self.warm.unit_at(offset)
        return self.index.find((offset - FIXED) // self.cache.region_size, offset)


def index_in(pcs: Sequence[int], pc: int) -> int:
    """Which of the ascending addresses ``pc`` is; -1: none."""
    if not pcs[0] <= pc <= pcs[-1]:
        return -1
    try:
        return pcs.index(pc)
    except ValueError:  # between two
        return -1


def key_text(key: Key) -> str:
    return f"{key:#x}" if isinstance(key, int) else key.hex()


def recipe_prefix(hot: bytes, recipe: Any) -> bytes:
    """What a direct jump or call does before it goes: LLVM ends it with ``jmp taken``, which the exit site replaces."""
    piece, offset, to, _ = recipe.jumps[0]
    if len(recipe.jumps) != 1 or piece or to != 2 or offset + 4 != len(hot):
        raise AssertionError("a direct jump must end in its exit")
    return hot[: offset - 1]
