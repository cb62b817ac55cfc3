"""T32 code to keys: IT blocks in code addresses and keys, entered anywhere."""

from __future__ import annotations

from hqemu_arm.spec import make_spec
from hqemu_arm.state import IT_SHIFT
from hqemu_arm.tables.itstate import advance, join_thumb, split_thumb
from hqemu_core.backend.stencil.prebuild import list_forms

BLOCK = bytes.fromhex("1abf" "0120" "4ff00203" "0422" "0523")
"""itte ne; movne r0, #1; movne.w r3, #2; moveq r2, #4; movs r3, #5"""
AT = 0x1001


def test_conditions_come_from_the_block() -> None:
    keys, pcs, _ = split_thumb(BLOCK, AT, 99)
    assert [key >> 32 for key in keys] == [14, 1, 1, 0, 14]  # type: ignore[operator]
    assert [pc & 0xFFFFFFFF for pc in pcs] == [0x1001, 0x1003, 0x1005, 0x1009, 0x100B, 0x100D]
    assert [pc >> IT_SHIFT for pc in pcs] == [0, 0x1A, 0x14, 0x08, 0, 0]


def test_entered_in_the_middle_it_is_the_same() -> None:
    keys, pcs, _ = split_thumb(BLOCK, AT, 99)
    for n in range(len(keys)):
        rest = split_thumb(BLOCK[(pcs[n] & 0xFFFFFFFF) - AT :], pcs[n], 99)
        assert (rest.keys, rest.pcs) == (keys[n:], pcs[n:])


def test_a_limit_ends_in_the_block() -> None:
    keys, pcs, _ = split_thumb(BLOCK, AT, 2)
    assert len(keys) == 2
    assert pcs[2] >> IT_SHIFT == 0x14


def test_a_cut_instruction_is_left_out() -> None:
    assert len(split_thumb(BLOCK[:6], AT, 99).keys) == 2


def test_always_in_a_block_does_not_set_flags() -> None:
    keys, _, _ = split_thumb(bytes.fromhex("e8bf" "0120"), AT, 9)
    assert keys[1] == 15 << 32 | 0x2001 << 16
    table = make_spec().tables[1]
    found = table.decode(keys[1], AT + 2)
    assert found is not None
    assert not found[0].flags


def test_join_puts_the_block_before() -> None:
    for key, code in (
        (14 << 32 | 0x2001 << 16, "0120"),
        (0 << 32 | 0x2001 << 16, "08bf0120"),
        (13 << 32 | 0xF04F0302, "d8bf4ff00203"),
    ):
        assert join_thumb(key).hex() == code
        assert split_thumb(join_thumb(key), AT, 9).keys[-1] == key


def test_advance_ends() -> None:
    state, states = 0x01, []
    while state:
        states.append(state)
        state = advance(state)
    assert states == [0x01, 0x02, 0x04, 0x08]


def test_forms_to_build_in_advance_are_few() -> None:
    """What programs have, not what conditions and shifts could make."""
    forms = list_forms(make_spec())
    assert 3000 < len(forms) < 8000
    assert len({form.key for form in forms}) == len(forms)
