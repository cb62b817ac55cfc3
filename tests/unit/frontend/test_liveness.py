"""Which flags are dead: the look-ahead over made-up instructions, one letter each."""

from __future__ import annotations

import struct

import pytest

from hqemu_core.frontend.liveness import LOOK, FlagLiveness
from hqemu_core.ir import types as ty
from hqemu_core.isa.code import split_words
from hqemu_core.isa.spec import IsaSpec
from hqemu_core.isa.state import StateLayout
from hqemu_core.isa.table import OperandKind, Row, Table

LAYOUT = StateLayout()
PC = LAYOUT.add("pc", ty.I64)
FLAG = LAYOUT.add("flag", ty.I8)
BASE = 0x5000

LETTERS = {
    "n": ("", ""), "w": ("w", ""), "r": ("r", ""), "u": ("rw", ""), "j": ("", "jump"), "b": ("", "branch"),
    "c": ("", "call"), "i": ("", "indirect"), "s": ("", "syscall"), "t": ("", "trap"),
}  # fmt: skip
"""flags column, end column"""


def _lift_nothing(*_: object) -> None:
    pass


def _make_isa(flags: bool = True) -> IsaSpec:
    rows = [
        Row(letter, f"{n + 1:08b} imm:24", _lift_nothing, "", "to(pc + sx(imm) * 4)" if end else "", flags=f, end=end)
        for n, (letter, (f, end)) in enumerate(LETTERS.items())
    ]
    space = {"sx": lambda value: value - (1 << 24) if value >> 23 else value}
    table = Table(rows, {"to": OperandKind("to", "pc")}, space, (24, 0xFF))
    isa_flags = frozenset({FLAG}) if flags else frozenset()
    return IsaSpec(name="letters", bits=64, state=LAYOUT, tables={0: table}, pc=PC, flags=isa_flags)


class Code:
    """Words from BASE on; "x" is an unallocated one. "j3" jumps three instructions on."""

    def __init__(self, text: str) -> None:
        words = []
        for part in text.split():
            number = list(LETTERS).index(part[0]) + 1 if part[0] in LETTERS else 0xFF
            words.append(number << 24 | int(part[1:] or 0) & 0xFFFFFF)
        self.data = bytearray(struct.pack(f"<{len(words)}I", *words))

    def executable(self, addr: int) -> int:
        end = BASE + len(self.data)
        return end if BASE <= addr < end else 0

    def view(self, addr: int, size: int, write: bool = False) -> memoryview:
        return memoryview(self.data)[addr - BASE : addr - BASE + size]


def dead(text: str, at: int = 1, isa: IsaSpec | None = None) -> bool:
    """Are the flags that the first instruction writes dead from instruction ``at`` on?"""
    liveness = FlagLiveness(isa or _make_isa(), Code(text))
    return liveness.dead(BASE + 4 * at, 0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("w w", True), ("w r", False), ("w u", False), ("w n n w", True), ("w n n r w", False), ("w n", False),
        ("w b2 w w", False), ("w c2 w w", False), ("w i", False), ("w s w", False), ("w t", False), ("w x", False),
        ("w j2 r w", True), ("w j2 w r", False), ("w n j-1", False), ("w j3 r r j-3", False), ("w j100", False),
        ("w " + "n " * (LOOK - 1) + "w", True), ("w " + "n " * LOOK + "w", False),
        ("w " + "n " * 6 + "j2 r " + "n " * 5 + "w", False),
    ],
)  # fmt: skip
def test_look_ahead(text: str, expected: bool) -> None:
    assert dead(text) is expected


def test_without_flags() -> None:
    assert dead("w w", isa=_make_isa(flags=False)) is False


def test_exact() -> None:
    """A handler of the guest may look at any time."""
    liveness = FlagLiveness(_make_isa(), Code("w w"))
    liveness.exact = True
    assert liveness.dead(BASE + 4, 0) is False


def test_changed_words_are_classified_anew() -> None:
    code = Code("w w")
    liveness = FlagLiveness(_make_isa(), code)
    assert liveness.dead(BASE + 4, 0)
    code.data[4:] = Code("r").data
    assert not liveness.dead(BASE + 4, 0)


def test_pages_relied_on() -> None:
    """A translation that drops flags must go when code outside its own pages changes, if that is why."""
    page = 4096 // 4
    writer = BASE + 4 * (page - 4)
    for text, pages in (
        ("n " * (page - 4) + "w n n w", ()),
        ("n " * (page - 4) + "w n n n w", (6,)),
        ("n " * (page - 4) + "w n n n r", ()),
        ("n " * (page - 4) + f"w j{page + 8} {'r ' * (page + 7)} n w", (7,)),
        ("n " * (page - 4) + f"w j{page + 8} {'r ' * (page + 7)} n r", ()),
    ):
        liveness = FlagLiveness(_make_isa(), Code(text))
        liveness.begin(split_words(b"", writer, 1))
        assert liveness.dead(writer + 4, 0) is text.endswith("w")
        assert liveness.end(writer + 3) == pages
        liveness.begin(split_words(b"", writer, 1))
        assert liveness.end(writer + 3) == ()


def test_pages_of_the_unit_itself() -> None:
    liveness = FlagLiveness(_make_isa(), Code("n " * 1024 + "w w"))
    liveness.begin(split_words(b"", BASE + 4092, 1))
    assert liveness.dead(BASE + 4100, 0)
    assert liveness.end(BASE + 4096) == ()
    assert liveness.end(BASE + 4092) == (6,)
