"""What translating new guest code costs: ``python bench/translation.py PROGRAM [ARGUMENTS...]``.

Runs the program twice in mode ``none``, without translations kept from earlier runs, and prints for the second run,
whose stencils are all in the library, the CPU time spent in the translator per guest instruction that it translated.
"""

from __future__ import annotations

import os
import sys
import time
from typing import Any

from hqemu_core import cli, machine
from hqemu_core.frontend.translator import Translator


class TimedTranslation:
    """Counts from the engine's first translation to the program's end."""

    def __init__(self) -> None:
        self.nanoseconds = 0
        self.translator: Any = None
        self.build = Translator.build
        Translator.build = self.timed  # type: ignore[method-assign,assignment]

    def timed(self, *arguments: int) -> int:
        begun = time.thread_time_ns()
        host = self.build(self.translator, *arguments)
        self.nanoseconds += time.thread_time_ns() - begun
        return host

    def watch(self, engine: Any, process: Any, *rest: Any) -> None:
        """In the place of what keeps translations on disk."""
        self.translator = engine.translator
        process.at_exit.append(self.report)

    def report(self) -> None:
        insns, units = self.translator.insns, self.translator.units
        each = self.nanoseconds / 1000 / max(insns, 1)
        total = self.nanoseconds / 1e6
        print(f"{insns} instructions, {units} units: {total:.1f} ms, {each:.2f} us per instruction", file=sys.stderr)


def main() -> None:
    program = sys.argv[1:]
    if not program:
        sys.exit(__doc__)
    os.environ["LLVM_MODE"] = "none"
    for last in (False, True):
        child = os.fork()
        if not child:
            if last:
                machine.keep_translations = TimedTranslation().watch  # type: ignore[assignment]
            os._exit(cli.main(["hqemu", *program]))
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
