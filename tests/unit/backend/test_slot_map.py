"""Which parts of vector registers become values of their own in a region."""

from __future__ import annotations

from hqemu_core.backend.llvm.regions import elements_of
from hqemu_core.ir import types as ty
from hqemu_core.isa.state import STATE_BASE, StateLayout

LAYOUT = StateLayout()
R = LAYOUT.add("r", ty.I32, 4)
V = LAYOUT.add("v", ty.I128, 4)
WHOLE = "<2 x i64>"


def found(*accesses: tuple[int, int]) -> dict[int, tuple[int, str]]:
    """By byte of the vector registers, from the first: the piece that holds it."""
    pieces = elements_of(LAYOUT).split((V + at, t) for at, t in accesses)
    return {at: (pieces.find(V + at)[0] - V, pieces.find(V + at)[1]) for at, _ in accesses}


def test_halves_and_quarters_are_apart() -> None:
    assert found((0, ty.F64), (8, ty.I64)) == {0: (0, "double"), 8: (8, "i64")}
    assert found((16, ty.F32), (20, ty.I32), (24, ty.F64)) == {16: (16, "float"), 20: (20, "i32"), 24: (24, "double")}


def test_what_overlaps_stays_together() -> None:
    assert found((0, ty.F64), (8, ty.F64), (0, ty.F32X4)) == {0: (0, WHOLE), 8: (0, WHOLE)}
    assert found((0, ty.F64), (4, ty.F32), (8, ty.F64)) == {0: (0, "i64"), 4: (0, "i64"), 8: (8, "double")}


def test_a_float_wins_over_an_integer_of_its_size() -> None:
    assert found((8, ty.I64), (8, ty.F64))[8] == (8, "double")
    assert found((8, ty.F64), (8, ty.I8X8))[8] == (8, "double")
    assert found((8, ty.I8X8), (8, ty.I16X4))[8] == (8, "i64")


def test_bytes_and_other_elements_are_left_alone() -> None:
    assert found((3, ty.I8), (8, ty.F64)) == {3: (0, WHOLE), 8: (0, WHOLE)}
    pieces = elements_of(LAYOUT).split([(R, ty.I8), (R + 4, ty.F32), (STATE_BASE - 8, ty.I64)])
    assert [pieces.find(R + n) for n in (0, 4)] == [(R, "i32"), (R + 4, "i32")]
