"""Every op of the IR on its useful types: each backend against the interpreter."""

from __future__ import annotations

import pytest

from hqemu_core.backend.base import Backend

from . import call_ops, float_ops, int_ops, memory_ops
from .suite import Group

INT_ROUNDS = 30
FLOAT_ROUNDS = 10

INT_GROUPS = [
    Group("int", int_ops.int_snippets()),
    Group("constant shifts", int_ops.constant_shift_snippets()),
    Group("carry and compare", int_ops.truth_snippets()),
    Group("select", int_ops.select_snippets()),
    Group("convert", int_ops.convert_snippets()),
    Group("vector", int_ops.vector_snippets()),
    Group("crypto", int_ops.crypto_snippets()),
]
FLOAT_GROUPS = [
    Group("arithmetic", float_ops.arithmetic_snippets()),
    Group("compare", float_ops.compare_snippets()),
    Group("conversion", float_ops.conversion_snippets()),
    Group("rounding", float_ops.rounding_snippets()),
    Group("environment", float_ops.environment_snippets()),
]
MEMORY = [*memory_ops.plain_snippets(), *memory_ops.overlap_snippets(), *memory_ops.atomic_snippets()]
CALLS = call_ops.call_snippets()
EFFECT_GROUPS = [
    Group("memory", MEMORY, data=memory_ops.size_of_data()),
    Group("calls", CALLS, call_ops.HELPERS, data=memory_ops.size_of_data()),
]


@pytest.mark.parametrize("group", INT_GROUPS, ids=lambda group: group.name)
def test_integer_ops(backend: Backend, group: Group) -> None:
    group.prepare(INT_ROUNDS, (0,))
    wrong = group.check(backend)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("group", FLOAT_GROUPS, ids=lambda group: group.name)
def test_float_ops(backend: Backend, group: Group) -> None:
    group.prepare(FLOAT_ROUNDS, (0, 1, 2, 3))
    wrong = group.check(backend)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("group", EFFECT_GROUPS, ids=lambda group: group.name)
def test_effects(backend: Backend, group: Group) -> None:
    group.prepare(FLOAT_ROUNDS, (0, 3))
    wrong = group.check(backend)
    assert not wrong, "\n".join(wrong)
