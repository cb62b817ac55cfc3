"""The stencil tier: guest instruction words to ready-made host code.

``entry(word, ...)`` is the hot path of translation: a lookup. The first sight of a word decodes it, fetches its
form's stencil (from the library, or compiled) and patches the operands in; the result is kept by word, because a
word's operands are all in it, except where they depend on the pc.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any, Final

from hqemu_core.errors import BackendError
from hqemu_core.isa.code import Key
from hqemu_core.isa.spec import IsaSpec
from hqemu_core.isa.table import Decoded, Row
from hqemu_core.runtime.cache import CodeCache

from ..base import FormCompiler
from ..own import STENCIL
from .form import Form
from .library import Library

PLAIN: Final = 0  # (PLAIN, hot)
COLD: Final = 1  # (COLD, hot, cold, jumps)
FLAGS: Final = 2  # (FLAGS, decoded, {dead: (hot, recipe)}): writes the flags; may be fused or have dead flags
PCREL: Final = 3  # (PCREL, (row, recipe)): operands depend on the pc
END: Final = 4  # (END, name, (row, recipe)): a block ender; name is the row's ``end``
ILLEGAL: Final = 5  # (ILLEGAL,): no such instruction
PCFLAGS: Final = 6  # (PCFLAGS,): as FLAGS, but operands depend on the pc: to be decoded again at each place

Entry = tuple[Any, ...]
_UNKNOWN: Final = ()

_pack_signed: Final = struct.Struct("<i").pack_into
_pack_word: Final = struct.Struct("<I").pack_into
_pack_wide: Final = struct.Struct("<Q").pack_into


class Recipe:
    """A stencil as loaded: code pieces, patches as (offset, size, operand, add, signed) per piece, jumps."""

    __slots__ = ("cold", "cold_patches", "hot", "hot_patches", "jumps")

    def __init__(self, record: tuple[Any, ...], constants: list[int]) -> None:
        hot, cold, patches, jumps = record[0], record[1], record[2], record[3]
        pieces: tuple[list[Any], list[Any]] = ([], [])
        code = (bytearray(hot), bytearray(cold))
        for piece, offset, size, operand, add, signed in patches:
            if operand < 0:
                _pack_signed(code[piece], offset, constants[-1 - operand] + add)
            else:
                pieces[piece].append((offset, size, operand, add, signed))
        self.hot = bytes(code[0])
        self.cold = bytes(code[1])
        self.hot_patches, self.cold_patches = pieces
        self.jumps = jumps


def join(recipes: list[Recipe], counts: list[int]) -> Recipe:
    """One recipe that runs through several; ``counts`` are their numbers of operands."""
    hot = cold = b""
    operand = 0
    patches: list[tuple[int, ...]] = []
    jumps: list[tuple[int, ...]] = []
    for recipe, count in zip(recipes, counts, strict=True):
        base = len(hot), len(cold), 0
        for piece, fields in enumerate((recipe.hot_patches, recipe.cold_patches)):
            patches += [(piece, base[piece] + at, size, operand + n, add, sign) for at, size, n, add, sign in fields]
        jumps += [(piece, base[piece] + at, to, base[to] + target) for piece, at, to, target in recipe.jumps]
        hot += recipe.hot
        cold += recipe.cold
        operand += count
    return Recipe((hot, cold, patches, tuple(jumps)), [])


def fill(code: bytes, patches: list[Any], operands: tuple[int, ...]) -> bytes:
    """The code with its operands. Raises struct.error when one does not fit, which is a table's mistake."""
    if not patches:
        return code
    out = bytearray(code)
    for offset, size, operand, add, signed in patches:
        value = operands[operand] + add
        if signed:
            _pack_signed(out, offset, value)
        elif size == 4:
            _pack_word(out, offset, value & 0xFFFFFFFF)
        else:
            _pack_wide(out, offset, value & 0xFFFFFFFFFFFFFFFF)
    return bytes(out)


def form_record(compiled: Any) -> tuple[Any, ...]:
    """What the library keeps of a form (``compile.Compiled``); :class:`Recipe` reads it."""
    s = compiled.stencil
    patches, jumps = tuple(map(tuple, s.patches)), tuple(map(tuple, s.jumps))
    return s.hot, s.cold, patches, jumps, s.constants, compiled.helpers


class StencilTier:
    def __init__(
        self, isa: IsaSpec, cache: CodeCache, library: Library, set_helper: Callable[[int, int], None],
        make_compiler: Callable[[IsaSpec], FormCompiler] | None = None,
    ) -> None:  # fmt: skip
        self.isa = isa
        self.cache = cache
        self.library = library
        self.set_helper = set_helper
        self.slots = {name: n for n, name in enumerate(isa.helper_names)}
        self.helper_addresses: dict[str, int] = {}
        self.constants: dict[bytes, int] = {}
        self.recipes: dict[str, Recipe] = {}
        self.known: dict[tuple[int, int], dict[Key, Entry]] = {}
        """by context and instruction set: key -> entry"""
        self.pairs: dict[tuple[int, int], dict[tuple[Key, Key], Entry | None]] = {}
        self.make_compiler = make_compiler or STENCIL.make_form_compiler
        self.compiler: FormCompiler | None = None
        self.compiled = 0

    # -- forms
    def recipe(self, insns: tuple[tuple[Row, tuple[int, ...]], ...], context: int, dead: bool) -> Recipe | None:
        """The stencil of a form, or None when it has to be compiled first."""
        if insns[0][0].parts or insns[-1][0].parts:
            return self._joined(Form(insns, context, dead))
        if len(insns) == 1:
            row, shape = insns[0]
            key = f"{context}|{row.name}:{','.join(map(str, map(int, shape)))}|{int(dead)}"
        else:
            key = Form(insns, context, dead).key
        found = self.recipes.get(key)
        if found is None:
            record = self.library.get(key)
            if record is None:
                return None
            for name in record[5]:
                self.load_helper(name)
            found = self.recipes[key] = Recipe(record, [self._constant(c) for c in record[4]])
        return found

    def _joined(self, form: Form) -> Recipe | None:
        """The stencils of a form's parts, one behind the other."""
        parts = form.parts
        key = "/".join([part.key for part in parts])
        found = self.recipes.get(key)
        if found is None:
            recipes = []
            for part in parts:
                recipe = self.recipe(part.insns, part.context, part.dead)
                if recipe is None:
                    return None
                recipes.append(recipe)
            counts = [sum(len(row.kinds) for row, _ in part.insns) for part in parts]
            found = self.recipes[key] = join(recipes, counts)
        return found

    def _constant(self, data: bytes) -> int:
        address = self.constants.get(data)
        if address is None:
            address = self.constants[data] = self.cache.add_fixed(data, len(data))
        return address

    def compile(self, forms: list[Any]) -> None:
        """Compile forms (``compile.Form``) that the library lacks and keep them."""
        missing = self._missing(forms)
        if missing and self.library.refresh():
            missing = self._missing(forms)
        if not missing:
            return
        for key, compiled in self._compiler().forms(missing.values()).items():
            self.library.put(key, form_record(compiled))
        self.compiled += len(missing)

    def _missing(self, forms: list[Any]) -> dict[str, Any]:
        return {part.key: part for f in forms for part in f.parts if part.key not in self.library}

    def _compiler(self) -> FormCompiler:
        """Made when something must be compiled: it imports LLVM."""
        if self.compiler is None:
            assert self.make_compiler is not None
            self.compiler = self.make_compiler(self.isa)
        return self.compiler

    def load_helper(self, name: str) -> None:
        if name in self.helper_addresses:
            return
        record = self.library.get("helper " + name)
        if record is None:
            if name not in self.slots:
                raise BackendError(f"unknown helper function {name}")
            record = self._compiler().helper(name)
            self.library.put("helper " + name, record)
        code, needs = record
        address = self.helper_addresses[name] = self.cache.add_fixed(code, 32)
        self.set_helper(self.slots[name], address)
        for other in needs:
            self.load_helper(other)

    def adopt(self, constants: dict[bytes, int], helpers: dict[str, int]) -> None:
        """Take over what an earlier run has put into the code cache, which was restored from disk."""
        self.constants = constants
        self.helper_addresses = helpers
        for name, address in helpers.items():
            self.set_helper(self.slots[name], address)

    def reset(self) -> None:
        """The code cache was emptied: forget everything that holds addresses in it."""
        for kept in (self.constants, self.helper_addresses, self.recipes, self.known, self.pairs):
            kept.clear()

    # -- instructions
    def known_at(self, pc: int, context: int) -> dict[Key, Entry]:
        """The entries of the instructions that were met, for code at ``pc``."""
        return self.known.setdefault((context, pc & self.isa.table_bits), {})

    def entry(self, decoded: Decoded | None, context: int) -> Entry | None:
        """The entry of a decoded instruction; None when its form has to be compiled."""
        if decoded is None:
            return (ILLEGAL,)
        row, shape, operands = decoded
        if row.flags in ("w", "p") and not row.end:
            return (FLAGS, decoded, {}) if row.target < 0 else (PCFLAGS,)
        recipe = self.recipe(((row, shape),), context, False)
        if recipe is None:
            return None
        if row.end:
            return END, row.end, row, recipe, operands
        if row.target >= 0:
            return PCREL, row, recipe
        hot = fill(recipe.hot, recipe.hot_patches, operands)
        if recipe.cold or recipe.jumps:
            return COLD, hot, fill(recipe.cold, recipe.cold_patches, operands), recipe.jumps
        return PLAIN, hot

    # -- flags
    def flagged(self, entry: Entry, dead: bool, context: int) -> tuple[bytes, Recipe] | None:
        """A flag writer's code, with flags or (``dead``) without; None when its form has to be compiled."""
        row, shape, operands = entry[1]
        recipe = self.recipe(((row, shape),), context, dead)
        if recipe is None:
            return None
        found = entry[2][dead] = (fill(recipe.hot, recipe.hot_patches, operands), recipe)
        return found

    def pair(self, first_key: Key, second: Key, entry: Entry, pc: int, context: int) -> Entry | None:
        """(first decoded, second decoded, second's key, code by ``dead``) of a flag writer that is to be fused with
        its reader, which is at ``pc``; None: not to be fused."""
        known = self.pairs.setdefault((context, pc & self.isa.table_bits), {})
        key = first_key, second
        found: Entry | None = known.get(key, _UNKNOWN)
        if found is _UNKNOWN:
            found = None
            first = entry[1]
            if first[0].fuse == "first":
                decoded = self.isa.decoder(pc).decode(second, pc)
                if decoded is not None and decoded[0].fuse == "second" and decoded[0].flags == "r":
                    found = (first, decoded, second, {})
            if first[0].target < 0:
                known[key] = found
        return found

    def pair_end(self, pair: Entry, pc: int) -> int | None:
        """Where a fused pair whose second is at ``pc`` branches to; None when it does not."""
        row = pair[1][0]
        if row.end != "branch":
            return None
        _, operands = self.isa.decoder(pc).extractor(row)(pair[2], pc)
        target: int = operands[row.target]
        return target

    def fused(self, pair: Entry, dead: bool, context: int) -> tuple[bytes, bytes, Any] | None:
        """(hot, cold, jumps) of a fused pair; None when its form has to be compiled."""
        first, second, _, made = pair
        recipe = self.recipe(((first[0], first[1]), (second[0], second[1])), context, dead)
        if recipe is None:
            return None
        operands = first[2] + second[2]
        hot, cold = fill(recipe.hot, recipe.hot_patches, operands), fill(recipe.cold, recipe.cold_patches, operands)
        found = made[dead] = (hot, cold, recipe.jumps)
        return found
