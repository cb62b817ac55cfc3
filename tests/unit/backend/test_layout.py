"""Layout of stencils, from objects made by hand: how blocks are joined, what becomes of constants and operands."""

from __future__ import annotations

import pytest

from hqemu_core.backend.objfile import R_8, R_32, R_32S, R_64, R_PC32, R_PLT32, ObjectFile, Reloc, Section
from hqemu_core.backend.stencil.layout import COLD, HOT, TO_TAKEN, Jump, Patch, Stencil, lay_out
from hqemu_core.errors import BackendError

LOAD = bytes.fromhex("498b442408")  # mov 8(%r12), %rax
STORE = bytes.fromhex("4989442410")  # mov %rax, 16(%r12)
TEST = bytes.fromhex("4885c0")  # test %rax, %rax
NEG = bytes.fromhex("48f7d8")  # neg %rax
JMP = b"\xe9\0\0\0\0"
JE, JNE = b"\x0f\x84", b"\x0f\x85"


class Text:
    """Code with labels and jumps to labels or symbols."""

    def __init__(self) -> None:
        self.code = bytearray()
        self.relocs: list[Reloc] = []
        self.labels: dict[str, int] = {}
        self.short: list[tuple[int, str]] = []

    def put(self, *parts: bytes) -> Text:
        for part in parts:
            self.code += part
        return self

    def label(self, name: str) -> Text:
        self.labels[name] = len(self.code)
        return self

    def leave(self, symbol: str, opcode: bytes = b"\xe9") -> Text:
        """A jump out of the function."""
        self.code += opcode + bytes(4)
        self.relocs.append(Reloc(len(self.code) - 4, R_PLT32, symbol, -4, 0, 0))
        return self

    def jump(self, label: str, opcode: bytes = b"\xeb") -> Text:
        """A short jump inside."""
        self.code += opcode + b"\0"
        self.short.append((len(self.code) - 1, label))
        return self

    def reloc(self, back: int, kind: int, symbol: str, addend: int = 0, section: int = 0, value: int = 0) -> Text:
        """The field ``back`` bytes before the end."""
        self.relocs.append(Reloc(len(self.code) - back, kind, symbol, addend, section, value))
        return self

    def lay_out(self, *constants: Section) -> Stencil:
        for at, label in self.short:
            self.code[at] = self.labels[label] - at - 1 & 0xFF
        section = Section(".text.f0", 6, 16, bytes(self.code), self.relocs)
        obj = ObjectFile.__new__(ObjectFile)
        obj.sections = [Section("", 0, 0, b"", []), *constants, section]
        return lay_out(obj, section)


def constants(data: bytes, align: int = 16, name: str = ".rodata.cst16") -> Section:
    return Section(name, 2, align, data, [])


def test_straight_code_falls_out_of_its_end() -> None:
    assert Text().put(LOAD, STORE).leave("next").lay_out() == Stencil(LOAD + STORE, b"", (), (), ())


def test_the_branch_that_goes_on_becomes_the_fall_through() -> None:
    """jne next; jmp taken -> je taken"""
    s = Text().put(LOAD, TEST).leave("next", JNE).leave("taken").lay_out()
    assert s.hot == LOAD + TEST + JE + bytes(4)
    assert s.jumps == (Jump(HOT, len(s.hot) - 4, TO_TAKEN, 0),)
    assert s.cold == b""


def test_a_branch_away_stays() -> None:
    s = Text().put(TEST).leave("taken", JE).put(STORE).leave("next").lay_out()
    assert s.hot == TEST + JE + bytes(4) + STORE
    assert s.jumps == (Jump(HOT, len(TEST) + 2, TO_TAKEN, 0),)


def test_several_exits_each_get_a_jump() -> None:
    s = Text().put(TEST).leave("taken", JE).put(TEST).leave("taken", JNE).put(STORE).leave("next").lay_out()
    assert [jump.to for jump in s.jumps] == [TO_TAKEN, TO_TAKEN]
    assert s.hot.endswith(STORE)


def test_code_aside_becomes_the_cold_piece() -> None:
    """The other side of a branch, which comes back."""
    s = Text().put(TEST).jump("aside", b"\x74").put(STORE).leave("next").label("aside").put(NEG).leave("next").lay_out()
    assert s.hot == TEST + JE + bytes(4) + STORE
    assert s.cold == NEG + JMP
    assert s.jumps == (Jump(HOT, len(TEST) + 2, COLD, 0), Jump(COLD, len(NEG) + 1, HOT, len(s.hot)))


def test_jumps_to_jumps_are_threaded() -> None:
    text = Text().put(TEST).jump("one", b"\x74").put(STORE).leave("next")
    s = text.label("one").jump("two").label("two").leave("taken").lay_out()
    assert s.cold == b""
    assert s.jumps == (Jump(HOT, len(TEST) + 2, TO_TAKEN, 0),)


def test_a_loop_stays_inside() -> None:
    s = Text().put(LOAD).label("again").put(NEG, TEST).jump("again", b"\x75").put(STORE).leave("next").lay_out()
    back = (len(LOAD) - (len(LOAD) + len(NEG) + len(TEST) + 6)) & 0xFFFFFFFF
    assert s.hot == LOAD + NEG + TEST + JNE + back.to_bytes(4, "little") + STORE
    assert s.jumps == ()


def test_an_indirect_jump_ends_the_piece() -> None:
    away = bytes.fromhex("ffe0")  # jmp *%rax
    s = Text().put(LOAD, TEST).jump("miss", b"\x74").put(away).label("miss").put(NEG, away).lay_out()
    assert s.hot == LOAD + TEST + JE + bytes(4) + away
    assert s.cold == NEG + away
    assert s.jumps == (Jump(HOT, len(LOAD) + len(TEST) + 2, COLD, 0),)


@pytest.mark.parametrize(
    ("kind", "field", "signed"), [(R_32, 4, 0), (R_32S, 4, 1), (R_64, 8, 0), (R_8, 1, 0)], ids=["32", "32S", "64", "8"]
)
def test_operands_become_patches(kind: int, field: int, signed: int) -> None:
    code = {4: bytes.fromhex("c7442408"), 8: bytes.fromhex("48b8"), 1: bytes.fromhex("6a")}[field] + bytes(field)
    s = Text().put(code).reloc(field, kind, "s3", 7).leave("next").lay_out()
    assert s.hot == code
    assert s.patches == (Patch(HOT, len(code) - field, field, 3, 7, signed),)


def test_an_operand_in_the_cold_piece() -> None:
    code = bytes.fromhex("49c7442408") + bytes(4)
    text = Text().put(TEST).jump("aside", b"\x74").put(STORE).leave("next").label("aside")
    s = text.put(code).reloc(4, R_32S, "s0").leave("next").lay_out()
    assert s.patches == (Patch(COLD, 5, 4, 0, 0, 1),)


def test_an_address_of_an_operand_becomes_an_immediate() -> None:
    """lea s1-1(%rip), %r9 -> mov $s1-1, %r9"""
    s = Text().put(bytes.fromhex("4c8d0d00000000")).reloc(4, R_PC32, "s1", -5).leave("next").lay_out()
    assert s.hot == bytes.fromhex("49c7c100000000")
    assert s.patches == (Patch(HOT, 3, 4, 1, -1, 1),)


def test_constants_are_addressed_absolutely() -> None:
    """paddd .LC+16(%rip), %xmm1; the same chunk once, however often it is used."""
    data = bytes(range(32))
    code = bytes.fromhex("660ffe0d00000000")
    text = Text()
    for start in (16, 0, 16):
        text.put(code).reloc(4, R_PC32, ".rodata.cst16", start - 4, 1)
    s = text.leave("next").lay_out(constants(data))
    absolute = bytes.fromhex("660ffe0c2500000000")
    assert s.hot == absolute * 3
    assert s.constants == (data[16:], data[:16])
    assert s.patches == tuple(Patch(HOT, 9 * n + 5, 4, operand, 0, 1) for n, operand in enumerate((-1, -2, -1)))


def test_an_instruction_with_an_immediate_behind_the_address() -> None:
    """cmpl $5, .LC+4(%rip): the address is relative to the end of the instruction."""
    data = bytes(range(16))
    s = Text().put(bytes.fromhex("833d0000000005")).reloc(5, R_PC32, ".rodata.cst16", 4 - 5, 1).leave("next")
    found = s.lay_out(constants(data))
    assert found.hot == bytes.fromhex("833c250000000005")
    assert found.patches == (Patch(HOT, 3, 4, -1, 4, 1),)


def test_wide_constants_keep_their_width() -> None:
    data = bytes(range(64))
    s = Text().put(bytes.fromhex("660ffe0d00000000")).reloc(4, R_PC32, ".rodata.cst32", 32 - 4, 1).leave("next")
    assert s.lay_out(constants(data, 32)).constants == (data[32:],)


def test_a_table_of_constants() -> None:
    """movss .LC(,%rax,4), %xmm0"""
    data = bytes(range(8))
    text = Text().put(bytes.fromhex("f30f10048500000000")).reloc(4, R_32S, ".rodata.cst8", 0, 1).leave("next")
    s = text.lay_out(constants(data, 8, ".rodata.cst8"))
    assert s.constants == (data + bytes(8),)
    assert s.patches == (Patch(HOT, 5, 4, -1, 0, 1),)


def test_calls_of_a_library_are_refused() -> None:
    text = Text().put(b"\xe8\0\0\0\0").reloc(4, R_PLT32, "__udivti3", -4).leave("next")
    with pytest.raises(BackendError, match="__udivti3"):
        text.lay_out()


def test_jump_tables_are_refused() -> None:
    text = Text().put(bytes.fromhex("ff24c500000000")).reloc(4, R_32S, ".rodata", 0, 1)
    with pytest.raises(BackendError, match=r"\.rodata"):
        text.lay_out(constants(bytes(64), 8, ".rodata"))


def test_other_uses_of_an_operand_s_address_are_refused() -> None:
    text = Text().put(bytes.fromhex("488b0500000000")).reloc(4, R_PC32, "s1", -4).leave("next")  # a load from it
    with pytest.raises(BackendError, match="operand"):
        text.lay_out()


def test_unknown_bytes_are_refused() -> None:
    with pytest.raises(BackendError, match="not instructions"):
        Text().put(LOAD, b"\xc4\xe2\x71\x52\xd0").leave("next").lay_out()


def test_running_off_the_end_is_refused() -> None:
    with pytest.raises(BackendError, match="off its end"):
        Text().put(LOAD).lay_out()
