"""Writes what ``warm`` reads."""

from __future__ import annotations

import marshal
from array import array
from bisect import bisect_right
from typing import TYPE_CHECKING, Any, Final

from hqemu_core.runtime import disk
from hqemu_core.runtime.cache import FIXED

from .translator import CALL_LINK
from .unit import PAGE_BITS, Unit
from .warm import GROWTH, MAGIC, content

if TYPE_CHECKING:
    from .translator import Translator

MODULES: Final = 200
"""of which those that this run did not use are the first to go"""
SLACK: Final = 2 << 20
"""bytes of code that nobody needs any more; when they are also half of all, it is better to begin anew"""
_JUMP: Final = 0xE9


class Group:
    """The live units of one file mapping and context."""

    def __init__(self, start: int, end: int, context: int) -> None:
        self.start, self.end, self.context = start, end, context
        self.units: list[Unit] = []


def save(translator: Translator, path: str) -> None:
    """Write the image if it has grown enough. Failing to is not an error."""
    cache, tier, warm = translator.cache, translator.tier, translator.warm
    known = warm.insns if warm is not None else 0
    if cache.generation or translator.liveness.exact or translator.new_insns < max(GROWTH, known // 16):
        return
    unused = []
    if warm is not None:
        unused = [m.values for m in warm.modules if not m.active]
        warm.materialize(0, 1 << 64)
    groups = group_units(translator)
    if not groups:
        return
    modules = [_module(translator, group) for group in groups]
    modules += unused[: max(0, MODULES - len(modules))]
    fixed, end = cache.fixed_end, cache.at
    waste = end - FIXED - sum(values[4] for values in modules)
    if waste > SLACK and waste * 2 > end - FIXED:
        disk.remove(path)
        return
    units = bytearray(cache.code[FIXED:end])
    cut_links(translator, groups, units)
    translator.clean_image(units, FIXED, {id(unit) for group in groups for unit in group.units})
    insns = sum(len(unit.pcs) for group in groups for unit in group.units)
    shared = translator.shared_record()
    body = marshal.dumps((cache.base, fixed, end, tier.constants, tier.helper_addresses, modules, insns, shared))
    disk.write_parts(path, MAGIC, (body, bytes(cache.code[:fixed]) + units))


def group_units(translator: Translator) -> list[Group]:
    """Units whose guest bytes, all those that were looked at, are in one file mapping that the guest cannot write."""
    memory = translator.memory
    groups: dict[tuple[int, int], Group] = {}
    for unit in translator.index.live():
        if unit.hidden:
            continue
        pages = unit.pages
        first, last = min(pages) << PAGE_BITS, max(pages) << PAGE_BITS
        start, end = memory.constant_start(first), memory.constant_code(first)
        if start is None or end <= last:
            continue
        group = groups.get((start, unit.context))
        if group is None:
            group = groups[start, unit.context] = Group(start, end, unit.context)
        group.units.append(unit)
    return list(groups.values())


def _module(translator: Translator, group: Group) -> tuple[Any, ...]:
    """Values for :class:`.warm.Module`."""
    index, base = translator.index, translator.cache.base
    start, end, units = group.start, group.end, group.units
    units.sort(key=lambda unit: unit.start)
    starts = array("I", [unit.start for unit in units])
    pages = array("Q", sorted({page for unit in units for page in unit.pages}))
    found = []
    for pc, host in translator.entries.get(group.context, {}).items():
        if start <= pc < end and _holder(starts, units, host - base) is not None:
            found.append((pc, host - base))
    found.sort()
    links = {page: sites for page, sites in index.links.items() if start <= page << PAGE_BITS < end}
    return (
        start, end, group.context, content(translator.memory, pages), sum(unit.size for unit in units),
        pages.tobytes(), array("Q", [pc for pc, _ in found]).tobytes(), array("I", [at for _, at in found]).tobytes(),
        starts.tobytes(), [marshal.dumps(unit.to_record()) for unit in units], marshal.dumps(links),
        marshal.dumps(translator.extra_record(units)),
    )  # fmt: skip


def _holder(starts: array[int], units: list[Unit], offset: int) -> Unit | None:
    """The unit whose code holds a cache offset."""
    at = bisect_right(starts, offset) - 1
    return units[at] if at >= 0 and offset < units[at].start + units[at].size else None


def cut_links(translator: Translator, groups: list[Group], image: bytearray) -> None:
    """In a copy of the units' code, undo the jumps of each group's units to any other unit."""
    everything = sorted((unit.start, n, unit) for n, group in enumerate(groups) for unit in group.units)
    starts = array("I", [start for start, _, _ in everything])
    units = [unit for _, _, unit in everything]
    group_of = {id(unit): n for _, n, unit in everything}
    for sites in translator.index.links.values():
        for site in sites:
            source = _holder(starts, units, site)
            at = site - FIXED
            if source is None or image[at] != _JUMP:
                continue
            jump = int.from_bytes(image[at + 1 : at + 5], "little", signed=True)
            target = _holder(starts, units, site + 5 + jump)
            if target is None or group_of[id(target)] != group_of[id(source)]:
                image[at : at + 8] = CALL_LINK
