"""Translations kept on disk between runs of a program: the code cache's image and an index into it.

At exit the cache's used part is written as it is, linked, with the units of each file mapping ("module") in sorted
arrays. A later run of the same program reads the image back to the same addresses in one go. A module comes to life
when something in it is first looked for, provided that the guest bytes its units were made from are the same: nothing
else is trusted, so a changed library or another load address only costs its translations, and nothing in a module
jumps to another one. Units become objects only when a fault, a system call or an invalidation asks for them.
"""

from __future__ import annotations

import marshal
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from hqemu_core.runtime import disk
from hqemu_core.runtime.cache import FIXED

from .unit import PAGE_BITS, Unit

if TYPE_CHECKING:
    from .translator import Translator

MAGIC: Final = b"hqemu-code-3\n\0\0\0"
GROWTH: Final = 400
"""instructions that must have been translated anew before a file is written (again: and a 16th of what it has)"""


def content(memory: Any, pages: Any) -> int:
    """CRC-32 of guest pages (ascending numbers)."""
    crc = 0
    at = 0
    while at < len(pages):
        end = at + 1
        while end < len(pages) and pages[end] == pages[end - 1] + 1:
            end += 1
        crc = zlib.crc32(memory.view(pages[at] << PAGE_BITS, (end - at) << PAGE_BITS), crc)
        at = end
    return crc


class Module:
    """The units of one file mapping. ``pcs`` and ``hosts`` (from the cache's start) are parallel, pcs ascending."""

    __slots__ = (
        "active", "context", "crc", "end", "extra", "hosts", "links", "pages", "pcs", "size", "start", "starts",
        "units", "values",
    )  # fmt: skip

    def __init__(self, values: tuple[Any, ...]) -> None:
        self.values = values
        self.start, self.end, self.context, self.crc, self.size = values[:5]
        pages, pcs, hosts, starts, self.units, self.links, self.extra = values[5:]
        self.pages, self.pcs = array("Q", pages), array("Q", pcs)
        self.hosts, self.starts = array("I", hosts), array("I", starts)
        self.active: bool | None = None
        """None: not looked at since the memory there last changed"""

    def unit(self, n: int) -> Unit:
        return Unit.from_record(marshal.loads(self.units[n]))


class WarmCode:
    """What an earlier run left, as far as this run may use it."""

    def __init__(self, translator: Translator, modules: list[Module], end: int, insns: int) -> None:
        self.translator = translator
        self.modules = modules
        """those whose units are not yet ordinary ones"""
        self.all = list(modules)
        self.end = end
        """offset in the code cache behind the restored units"""
        self.insns = insns
        self.found: dict[int, Unit] = {}
        """by start: units that were asked for"""

    def lookup(self, pc: int, context: int) -> int:
        """Host address of the translation of ``pc``, 0 if there is none."""
        if self.translator.liveness.exact:
            return 0  # it was made when that was not asked for
        for module in self.modules:
            if module.start <= pc < module.end and module.context == context and module.active is not False:
                if module.active is None:
                    module.active = self.same(module)
                    if module.active:
                        self.translator.adopt(marshal.loads(module.extra), self._unit_of(module), context)
                if module.active:
                    at = bisect_left(module.pcs, pc)
                    if at < len(module.pcs) and module.pcs[at] == pc:
                        host: int = self.translator.cache.base + module.hosts[at]
                        return host
        return 0

    def same(self, module: Module) -> bool:
        """The guest bytes are those that the module's units were made from, and cannot change unnoticed."""
        memory = self.translator.memory
        end: int = memory.constant_code(module.pages[0] << PAGE_BITS)
        return bool(end >= (module.pages[-1] + 1) << PAGE_BITS) and content(memory, module.pages) == module.crc

    def _unit_of(self, module: Module) -> Callable[[int], Unit]:
        return lambda start: self._unit(module, bisect_left(module.starts, start))

    def _unit(self, module: Module, n: int) -> Unit:
        """One object per unit, however many threads ask."""
        start = module.starts[n]
        unit = self.found.get(start)
        return unit if unit is not None else self.found.setdefault(start, module.unit(n))

    def unit_at(self, offset: int) -> Unit | None:
        best: tuple[int, Module, int] | None = None
        for module in self.all:
            n = bisect_right(module.starts, offset) - 1
            if n >= 0 and (best is None or module.starts[n] > best[0]):
                best = module.starts[n], module, n
        if best is None:
            return None
        unit = self._unit(best[1], best[2])
        return unit if offset < unit.start + unit.size else None

    def materialize(self, start: int, end: int) -> None:
        """Before guest bytes are invalidated: make their modules' units ordinary ones."""
        for module in [m for m in self.modules if m.start < end and start < m.end]:
            if module.active:
                self.modules.remove(module)
                self._materialize(module)
            else:
                module.active = None

    def _materialize(self, module: Module) -> None:
        index, base = self.translator.index, self.translator.cache.base
        table = self.translator.entries.setdefault(module.context, {})
        for pc, host in zip(module.pcs, module.hosts, strict=True):
            table.setdefault(pc, base + host)
        for n in range(len(module.starts)):
            index.file(self._unit(module, n))
        for page, sites in marshal.loads(module.links).items():
            index.links.setdefault(page, []).extend(sites)


def load(translator: Translator, path: str) -> WarmCode | None:
    """Restore the image into the empty code cache; None when there is none that fits."""
    cache, tier = translator.cache, translator.tier
    parts = disk.read_parts(path, MAGIC, 2)
    if parts is None:
        return None
    image = parts[1]
    base, fixed, end, constants, helpers, modules, insns, shared = marshal.loads(parts[0])
    if base != cache.base or fixed < cache.fixed_end or end > cache.end or len(image) != fixed + end - FIXED:
        return None
    if image[: cache.fixed_end] != cache.code[: cache.fixed_end]:
        return None
    if not translator.adopt_shared(shared):
        return None
    cache.code[:fixed] = image[:fixed]
    cache.code[FIXED:end] = image[fixed:]
    cache.fixed_end, cache.at = fixed, end
    tier.adopt(constants, helpers)
    return WarmCode(translator, [Module(m) for m in modules], end, insns)
