"""Translations kept on disk between runs of a program: the code cache's image and an index into it.

At exit the cache's used part is written as it is, linked, with the units of each file mapping ("module") in sorted
arrays. A later run of the same program reads the image back to the same addresses in one go. A module comes to life
when something in it is first looked for, provided that the guest bytes its units were made from are the same: nothing
else is trusted, so a changed library or another load address only costs its translations. Units become objects only
when a fault, a system call or an invalidation asks for them.
"""

from __future__ import annotations

import marshal
import os
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from hqemu_core.backend.stencil.library import prune
from hqemu_core.runtime.cache import FIXED

from .unit import PAGE_BITS, Unit

if TYPE_CHECKING:
    from .translator import Translator

MAGIC: Final = b"hqemu-code-1\n\0\0\0"
GROWTH: Final = 400
"""instructions that must have been translated anew before a file is written (again: and a 16th of what it has)"""
_HEAD: Final = len(MAGIC) + 16


def _content(memory: Any, pages: Any) -> int:
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
        "active", "context", "crc", "end", "extra", "hosts", "links", "pages", "pcs", "start", "starts", "units",
    )  # fmt: skip

    def __init__(self, values: tuple[Any, ...]) -> None:
        self.start, self.end, self.context, self.crc, pages, pcs, hosts, starts, *rest = values
        self.units, self.links, self.extra = rest
        self.pages, self.pcs = array("Q", pages), array("Q", pcs)
        self.hosts, self.starts = array("I", hosts), array("I", starts)
        self.active: bool | None = None
        """None: not looked at yet"""

    def unit(self, n: int) -> Unit:
        return Unit.from_record(marshal.loads(self.units[n]))


class WarmCode:
    """What an earlier run left, as far as this run may use it."""

    def __init__(self, translator: Translator, modules: list[Module], end: int, insns: int) -> None:
        self.translator = translator
        self.modules = modules
        self.all = list(modules)
        self.end = end
        """offset in the code cache behind the restored units"""
        self.insns = insns
        self.found: dict[int, Unit] = {}

    def lookup(self, pc: int, context: int) -> int:
        """Host address of the translation of ``pc``, 0 if there is none."""
        for module in self.modules:
            if module.start <= pc < module.end and module.context == context and module.active is not False:
                if module.active is None:
                    module.active = self._same(module)
                    if module.active:
                        self.translator.adopt(marshal.loads(module.extra), self._unit_of(module), context)
                if module.active:
                    at = bisect_left(module.pcs, pc)
                    if at < len(module.pcs) and module.pcs[at] == pc:
                        host: int = self.translator.cache.base + module.hosts[at]
                        return host
        return 0

    def _same(self, module: Module) -> bool:
        memory = self.translator.memory
        for page in (module.pages[0], module.pages[-1]):
            if memory.constant_code(page << PAGE_BITS) < (page + 1) << PAGE_BITS:
                return False
        end: int = memory.constant_code(module.pages[0] << PAGE_BITS)
        return bool(end >= (module.pages[-1] + 1) << PAGE_BITS) and _content(memory, module.pages) == module.crc

    def _unit_of(self, module: Module) -> Callable[[int], Unit]:
        def find(start: int) -> Unit:
            unit = self.found.get(start)
            if unit is None:
                unit = self.found[start] = module.unit(bisect_left(module.starts, start))
            return unit

        return find

    def unit_at(self, offset: int) -> Unit | None:
        for module in self.all:
            at = bisect_right(module.starts, offset) - 1
            if at >= 0:
                start = module.starts[at]
                unit = self.found.get(start)
                if unit is None:
                    unit = module.unit(at)
                if offset < unit.start + unit.size:
                    self.found[start] = unit
                    return unit
        return None

    def materialize(self, start: int, end: int) -> None:
        """Before guest bytes are invalidated: make their modules' units ordinary ones."""
        for module in [m for m in self.modules if m.start < end and start < m.end]:
            self.modules.remove(module)
            if module.active:
                self._materialize(module)

    def _materialize(self, module: Module) -> None:
        index, base = self.translator.index, self.translator.cache.base
        table = self.translator.entries.setdefault(module.context, {})
        for pc, host in zip(module.pcs, module.hosts, strict=True):
            table.setdefault(pc, base + host)
        for n, start in enumerate(module.starts):
            unit = self.found.get(start)
            if unit is None:
                unit = self.found[start] = module.unit(n)
            index.file(unit)
        for page, sites in marshal.loads(module.links).items():
            index.links.setdefault(page, []).extend(sites)


def load(translator: Translator, path: str) -> WarmCode | None:
    """Restore the image into the empty code cache; None when there is none that fits."""
    cache, tier = translator.cache, translator.tier
    try:
        with open(path, "rb", buffering=0) as file:
            status = os.fstat(file.fileno())
            head = file.read(_HEAD)
            if status.st_uid != os.geteuid() or len(head) != _HEAD or head[: len(MAGIC)] != MAGIC:
                return None
            crc, size, code_size = (int.from_bytes(head[a:b], "little") for a, b in ((16, 20), (20, 24), (24, 32)))
            if status.st_size != _HEAD + size + code_size:
                return None
            body = file.read(size)
            image = file.read(code_size)
    except OSError:
        return None
    if zlib.crc32(image, zlib.crc32(body)) != crc:
        return None
    base, fixed, end, constants, helpers, modules, insns, shared = marshal.loads(body)
    if base != cache.base or fixed < cache.fixed_end or end > cache.end:
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


def save(translator: Translator, path: str) -> None:
    """Write the image if it has grown enough. Failing to is not an error."""
    cache, tier, warm = translator.cache, translator.tier, translator.warm
    known = warm.insns if warm is not None else 0
    if cache.generation or translator.liveness.exact or translator.new_insns < max(GROWTH, known // 16):
        return
    if warm is not None:
        for module in list(warm.modules):
            if module.active is None:  # not used in this run: keep it for the next if the bytes are there
                module.active = warm._same(module) if _mapped(translator, module) else False
        warm.materialize(0, 1 << 64)
    kept: set[int] = set()
    modules = [m for context in list(translator.entries) for m in _modules(translator, context, kept)]
    if not modules:
        return
    fixed, end = cache.fixed_end, cache.at
    insns = sum(len(u.pcs) for u in translator.index.live())
    shared = translator.shared_record()
    body = marshal.dumps((cache.base, fixed, end, tier.constants, tier.helper_addresses, modules, insns, shared))
    units = bytearray(cache.code[FIXED:end])
    translator.clean_image(units, FIXED, kept)
    image = bytes(cache.code[:fixed]) + bytes(units)
    crc = zlib.crc32(image, zlib.crc32(body))
    head = MAGIC + crc.to_bytes(4, "little") + len(body).to_bytes(4, "little") + len(image).to_bytes(8, "little")
    temporary = f"{path}.{os.getpid()}"
    try:
        with open(temporary, "wb") as file:
            file.write(head)
            file.write(body)
            file.write(image)
        os.replace(temporary, path)
        prune(os.path.dirname(path))
    except OSError:
        return


def _mapped(translator: Translator, module: Module) -> bool:
    return bool(translator.memory.constant_code(module.pages[0] << PAGE_BITS))


def _modules(translator: Translator, context: int, kept: set[int]) -> list[tuple[Any, ...]]:
    """The live units grouped by the read-only file mapping they come from, as values for :class:`Module`."""
    memory, index, base = translator.memory, translator.index, translator.cache.base
    groups: dict[int, list[Unit]] = {}
    ends: dict[int, int] = {}
    for unit in index.live():
        if unit.context == context and not unit.hidden:
            first, last = min(unit.pcs), max(unit.pcs)
            key = memory.constant_start(first)
            if key is not None and memory.constant_code(first) > last:
                kept.add(id(unit))
                groups.setdefault(key, []).append(unit)
                ends[key] = memory.constant_code(first)
    table = translator.entries.get(context, {})
    result = []
    for start, units in groups.items():
        end = ends[start]
        units.sort(key=lambda u: u.start)
        pages = array("Q", sorted({n for u in units for n in u.pages}))
        found = sorted((pc, host - base) for pc, host in table.items() if start <= pc < end)
        records = [marshal.dumps(u.to_record()) for u in units]
        links = {page: sites for page, sites in index.links.items() if start <= page << PAGE_BITS < end}
        result.append((
            start, end, context, _content(memory, pages), pages.tobytes(), array("Q", [p for p, _ in found]).tobytes(),
            array("I", [h for _, h in found]).tobytes(), array("I", [u.start for u in units]).tobytes(), records,
            marshal.dumps(links), marshal.dumps(translator.extra_record(units)),
        ))  # fmt: skip
    return result
