"""Streams of random instructions on every execution and on Unicorn: a short run with a fixed seed.

The long one: ``python -m hqemu_core.testing.streams --isa arm --count 200000``, and ``--isa arm:thumb``.
"""

from __future__ import annotations

import pytest

from hqemu_arm.cases import make_case_spec, make_thumb_case_spec
from hqemu_core.isa.casespec import CaseSpec
from hqemu_core.testing import streams

COUNT = 2500


@pytest.mark.parametrize("spec", [make_case_spec(), make_thumb_case_spec()], ids=["a32", "t32"])
def test_streams(spec: CaseSpec) -> None:
    pytest.importorskip("unicorn")
    maker, _, wrong = streams.run(spec, ["stencil", "llvm", "unicorn"], COUNT, seed=7)
    assert not wrong, "\n".join(wrong)
    assert not maker.missing
