"""Another machine altogether."""

from __future__ import annotations

from typing import Any

from hqemu_core import hookimpl


class ProbeMachine:
    def __init__(self, words: list[str]) -> None:
        self.words = words

    def run(self) -> int:
        print("probe machine:", *self.words)
        return 7


@hookimpl
def make_machine(config: Any, isa: Any) -> ProbeMachine:
    return ProbeMachine([isa.name, *config.arguments])
