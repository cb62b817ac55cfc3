"""Runs snippets on a backend and on the arbiter (the interpreter, operands known) and says what differs."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from functools import lru_cache

from hqemu_core.backend.base import Backend
from hqemu_core.errors import BackendError
from hqemu_core.isa.spec import Helper
from hqemu_core.plugins import Plugins
from hqemu_core.testing.caserun import PAGE, CaseMemory, CaseState, Runner, Stop, execute, runner_for
from hqemu_core.testing.oplists import OpIsa, Snippet, without_payloads

CODE = 0x400000
DATA = 0x10_0000_0000


@lru_cache(maxsize=1)
def backends() -> tuple[Backend, ...]:
    """Every registered backend."""
    return tuple(entry.load() for answer in Plugins().call("register_backend") for entry in answer)


class Group:
    """Snippets that are run together, on each backend with the same inputs."""

    def __init__(
        self, name: str, snippets: Sequence[Snippet], helpers: Mapping[str, Helper] | None = None, data: int = 0
    ) -> None:
        self.name = name
        self.isa = OpIsa(snippets, helpers)
        self.data = data
        """bytes of memory from DATA on"""
        self.before: list[tuple[CaseState, CaseMemory]] = []
        self.after: list[tuple[CaseState, CaseMemory]] = []

    def prepare(self, rounds: int, modes: Sequence[int]) -> None:
        """Inputs, and what the arbiter makes of them. Done once for all backends."""
        if self.before:
            return
        rng = random.Random(self.name)
        isa, spec = self.isa, self.isa.spec
        builders = []
        for n, row in enumerate(spec.tables[0].rows):
            b = spec.builder()
            row.lift(b, (), *isa.inputs[n], *isa.outputs[n])
            builders.append(b)
        for mode in modes:
            for _ in range(rounds):
                state = isa.state()
                state.fp_rounding = mode
                for n, snippet in enumerate(isa.snippets):
                    isa.put(state, n, snippet.draw(rng))
                memory = CaseMemory()
                memory.map(DATA, self.data)
                if self.data:
                    memory.write(DATA, rng.randbytes(self.data))
                self.before.append((state.copy(), memory.copy()))
                for b in builders:
                    execute(spec, b, state, memory)
                self.after.append((state, memory))

    def check(self, backend: Backend) -> list[str]:
        """One line per snippet that differs or cannot be compiled."""
        run = runner_for(backend)
        numbers = range(len(self.isa.snippets))
        try:
            return self._compare(run, numbers)
        except BackendError:
            pass
        wrong = []
        for n in numbers:
            try:
                wrong += self._compare(run, [n])
            except BackendError as error:
                wrong.append(f"{self.isa.snippets[n].name}: {' '.join(str(error).split())[:200]}")
        return wrong

    def _compare(self, run: Runner, numbers: Sequence[int]) -> list[str]:
        isa = self.isa
        code = isa.code(numbers)
        wrong: dict[int, str] = {}
        for (before, data), (after, changed) in zip(self.before, self.after, strict=True):
            state, memory = before.copy(), data.copy()
            memory.map(CODE, len(code))
            memory.write(CODE, code)
            stop = run(isa.spec, code, CODE, state, memory)
            if stop != Stop("end", CODE + len(code)):
                return [f"stopped: {stop}"]
            for n in numbers:
                if n not in wrong:
                    text = self._difference(n, before, after, state)
                    if text:
                        wrong[n] = text
            if len(numbers) == len(isa.snippets):
                wrong |= {-page: text for page, text in memory_differences(changed, memory)}
        return list(wrong.values())

    def _difference(self, n: int, before: CaseState, after: CaseState, state: CaseState) -> str:
        isa, snippet = self.isa, self.isa.snippets[n]
        for t, want, got in zip(snippet.outputs, isa.results(after, n), isa.results(state, n), strict=True):
            if want != got and without_payloads(want, t) != without_payloads(got, t):
                inputs = " ".join(
                    f"{before.read(o, t):#x}" for t, o in zip(snippet.inputs, isa.inputs[n], strict=True)
                )
                return f"{snippet.name} of {inputs} (rounding {before.fp_rounding}): {got:#x}, not {want:#x}"
        return ""


def memory_differences(expected: CaseMemory, found: CaseMemory) -> list[tuple[int, str]]:
    """(page, first difference in it)."""
    wrong = []
    for page, data in expected.pages.items():
        other = found.pages[page]
        if data != other:
            at = next(n for n, byte in enumerate(data) if byte != other[n])
            text = f"memory at {page * PAGE + at:#x}: {other[at : at + 16].hex()}, not {data[at : at + 16].hex()}"
            wrong.append((page, text))
    return wrong
