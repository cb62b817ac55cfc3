"""FCMP handing its operands to the conditional instruction that follows, against Unicorn; and with NZCV dead."""

from __future__ import annotations

import itertools

import pytest

from hqemu_aarch64.cases import make_case_spec
from hqemu_aarch64.state import FLAGS
from hqemu_core.ir import opcodes as op
from hqemu_core.testing.caserun import RUNNERS, CaseMemory, CaseState, execute
from hqemu_core.testing.cases import CODE, assemble, read_register, write_register
from hqemu_core.testing.oracle import run_unicorn

pytest.importorskip("unicorn")
pytest.importorskip("keystone")

CONDITIONS = ("eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le")
NUMBERS = (0, 1 << 63, 0x3FF0 << 48, 0xBFF0 << 48, 0x7FF0 << 48, 0xFFF0 << 48, 0x7FF8 << 48, 0x7FF4 << 48, 1)
COMPARED = ("x0", "x1", "x2", "v4", "n", "z", "c", "v", "fpsr")


def _state(x: int, y: int, fpcr: int) -> CaseState:
    spec = make_case_spec()
    state = CaseState(bytearray(spec.isa.state.size))
    for name, value in (("v0", x), ("v1", y), ("v2", 11), ("v3", 22), ("fpcr", fpcr)):
        write_register(spec, state, name, value)
    return state


def _run(code: bytes, state: CaseState, oracle: bool) -> list[int]:
    spec = make_case_spec()
    memory = CaseMemory()
    memory.map(CODE, len(code))
    memory.write(CODE, code)
    if oracle:
        stop = run_unicorn(spec, code, CODE, state, memory)
    else:
        stop = RUNNERS["interp-block"](spec.isa, code, CODE, state, memory)
    assert stop.kind == "end"
    return [read_register(spec, state, name) for name in COMPARED]


@pytest.mark.parametrize("compare", ["fcmp", "fcmpe"])
@pytest.mark.parametrize("cond", CONDITIONS)
def test_condition_after_compare(compare: str, cond: str) -> None:
    text = (
        f"{compare} d0, d1; cset x0, {cond}; fcsel d4, d2, d3, {cond}; fccmp d1, d0, #5, {cond};"
        f"cset x1, {cond}; {compare} d0, #0.0; ccmp x1, #1, #9, {cond}; cset x2, {cond}"
    )
    code = assemble(make_case_spec(), text)
    for x, y in itertools.product(NUMBERS, NUMBERS):
        for fpcr in (0, 1 << 24):
            start = _state(x, y, fpcr)
            assert _run(code, start.copy(), False) == _run(code, start.copy(), True), (hex(x), hex(y), fpcr)


@pytest.mark.parametrize("cond", CONDITIONS)
def test_branch_after_compare(cond: str) -> None:
    code = assemble(make_case_spec(), f"fcmp d0, d1; b.{cond} {CODE + 12}; mov x0, #1; mov x1, #1")
    for x, y in itertools.product(NUMBERS, NUMBERS):
        start = _state(x, y, 0)
        assert _run(code, start.copy(), False) == _run(code, start.copy(), True), (hex(x), hex(y))


def test_dead_flags_leave_one_comparison() -> None:
    """It stays because it raises the exception flags."""
    isa = make_case_spec().isa
    found = isa.tables[0].decode(int.from_bytes(assemble(make_case_spec(), "fcmpe d0, d1"), "little"))
    assert found is not None
    row, shape, operands = found
    b = isa.builder()
    b.dead = FLAGS
    row.lift(b, shape, *operands)
    assert [o[0] for o in b.ops if op.INFO[o[0]].group == "float"] == [op.FLTS]
    assert all(o[0] != op.SET for o in b.ops)


@pytest.mark.parametrize("compare", ["fcmp", "fcmpe"])
@pytest.mark.parametrize("cond", CONDITIONS)
def test_fused_with_dead_flags(compare: str, cond: str) -> None:
    """As the stencil tier fuses: one comparison for both (two where EQ and VS must also signal), and the right one."""
    spec = make_case_spec()
    code = assemble(spec, f"{compare} d0, d1; fcsel d4, d2, d3, {cond}")
    b = spec.isa.builder()
    b.dead = FLAGS
    for at in (0, 4):
        found = spec.isa.tables[0].decode(int.from_bytes(code[at : at + 4], "little"))
        assert found is not None
        found[0].lift(b, found[1], *found[2])
    compares = [o for o in b.ops if op.INFO[o[0]].group == "float"]
    assert len(compares) == 1 + (cond in ("eq", "ne", "vs", "vc"))
    for x, y in itertools.product(NUMBERS, NUMBERS):
        state = _state(x, y, 0)
        expected = _run(code, state.copy(), True)
        assert execute(spec.isa, b, state, CaseMemory()) is None
        got = [read_register(spec, state, name) for name in COMPARED]
        assert (got[3], got[8]) == (expected[3], expected[8]), (hex(x), hex(y))
