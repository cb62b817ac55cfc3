"""``-debuglv``: what is translated, and how.

Status lines begin with the time since the start; dumps of code follow them as they are.
"""

from __future__ import annotations

import ctypes
import itertools
import threading
from collections.abc import Callable, Sequence
from typing import Any, Final

from hqemu_core.backend.base import LiftedBlock
from hqemu_core.backend.llvm.watch import Watch
from hqemu_core.errors import HqemuError
from hqemu_core.frontend.lift import lift_block
from hqemu_core.frontend.unit import size_between
from hqemu_core.ir import opcodes as op
from hqemu_core.ir.printer import format_op, format_ops

from .disasm import Disassembler, functions
from .log import Log

RULE: Final = "----------------\n"


class Debug(Watch):
    """``masks`` as in :data:`hqemu_core.config.DEBUG`."""

    def __init__(self, masks: frozenset[str], log: Log, engine: Any) -> None:
        self.masks = masks
        self.log = log
        self.engine = engine
        self.timed = "pass" in masks
        self.disassembler = Disassembler(engine.isa) if masks & {"in_asm", "out_asm"} else None
        self.number = itertools.count(1)
        self.workers: dict[int, int] = {}
        """thread ident -> translator's number"""

    def status(self, text: str) -> None:
        if "llvm" in self.masks:
            self.log.line(text)

    # -- units of the first tier, blocks of mode ``block``
    def on_translated(self, pc: int, context: int, data: bytes, host: int, size: int) -> None:
        text = ""
        if "in_asm" in self.masks and self.disassembler is not None:
            text += f"{RULE}IN: [size={len(data)}]\n" + self.disassembler.guest_code(data, pc) + "\n"
        if "op" in self.masks:
            text += "OP:\n" + self._ops(pc, context, data) + "\n"
        self.log.text(text + self._host_code(host, size))

    def _host_code(self, host: int, size: int) -> str:
        if "out_asm" not in self.masks or self.disassembler is None:
            return ""
        code = ctypes.string_at(host, size)
        return f"OUT: [size={size}]\n" + self.disassembler.host_code(code, host) + "\n"

    def _ops(self, pc: int, context: int, data: bytes) -> str:
        isa = self.engine.isa
        text = ""
        while data:
            code = isa.decoder(pc).split(data, pc, len(data))
            if not code.keys:
                break
            block = lift_block(isa, code, context, "llvm")
            text += f" ---- {pc:#x}\n" + format_ops(block.ops)
            data = data[size_between(pc, block.ends[-1]) :]
            pc = block.ends[-1]
        return text

    # -- LLVM
    def lifted(self, blocks: Sequence[LiftedBlock]) -> None:
        if "entry" in self.masks:
            for block in blocks:
                self.log.text("".join(f"op_{format_op(o, n)}\n" for n, o in enumerate(block.ops)) + "\n")

    def parsed(self, module: Any) -> None:
        if "verify" in self.masks:
            try:
                module.verify()
                self.log.line("Verify: function is well-formed.")
            except RuntimeError as error:
                self.log.line(f"Verify: {error}")
        if "ir" in self.masks:
            self.log.text("".join(f"{text}\n" for text in functions(module)))

    def optimized(self, module: Any, timings: str) -> None:
        if "ir_opt" in self.masks:
            self.log.text("".join(f"{text}\n" for text in functions(module)))
        if timings:
            self.log.text(timings)

    # -- regions
    def watch_hybrid(self) -> None:
        """Requests, what becomes of them, and the optimized code of regions."""
        optimizer = self.engine.optimizer
        self.status(f"Creating {max(optimizer.workers, 1)} translator(s).")
        submit, compile, make, dropped = optimizer.submit, optimizer.compile, optimizer.make_compiler, optimizer.dropped

        def on_submit(recording: Any) -> bool:
            skipped = optimizer.requests >= optimizer.count
            number = next(self.number)
            self.status(f"Received an optimization request ID={number}." + (" (skip)" if skipped else ""))
            return bool(submit(recording))

        def on_make() -> Any:
            worker = self.workers.setdefault(threading.get_ident(), len(self.workers))
            self.status(f"Starting LLVM Translator {worker}.")
            compiler = make()
            self.status(f"LLVM initialized for target ({compiler.compiler.machine.triple}).")
            self.status(f"LLVM Translator {worker} initialized.")
            return compiler

        def on_compile(compiler: Any, recording: Any) -> None:
            self.status(f"Requested trace info: pc {recording.head:#x} length {len(recording.seen)}")
            self.status(f"Translator {self.workers.get(threading.get_ident(), 0)} starts compiling...")
            compile(compiler, recording)

        def on_dropped(recording: Any) -> None:
            self.status(f"Abort: abort trace pc {recording.head:#x}")
            dropped(recording)

        optimizer.submit, optimizer.compile, optimizer.make_compiler = on_submit, on_compile, on_make
        optimizer.dropped = self.engine._withdraw = on_dropped

    def on_region(self, plan: Any, compiled: Any, host: int, size: int, seconds: float) -> None:
        for text in self._edges(plan):
            self.status(text)
        loops = sum(exit.kind == "check" for exit in compiled.targets)
        self.status(f"PostProcess: pc {plan.head:#x} length {len(plan.blocks)} is_loop {int(loops > 0)}")
        self.log.text(self._host_code(host, size))
        self.status("Compile: done.")

    def _edges(self, plan: Any) -> list[str]:
        """Where the blocks of a region go: the last instructions decide."""
        lines = []
        for pc in plan.blocks:
            lines.append(f"  - Process block pc {pc:#x}")
            try:
                block = lift_block(self.engine.isa, plan.codes[pc], plan.context, "llvm")
            except HqemuError:
                continue
            for end in (o for o in block.ops if o[0] in op.END):
                for target in {op.JUMP: end[2:3], op.BRANCH: end[3:5]}.get(end[0], ()):
                    lines.append(
                        f"    - Found a direct branch to pc {target:#x}" + ("" if target in plan.codes else " (exit)")
                    )
                if end[0] == op.INDIRECT:
                    guesses = plan.targets.get(pc) or ("none",)
                    lines += [
                        f"    - Found an indirect branch. Guess pc {t if isinstance(t, str) else hex(t)}"
                        for t in guesses
                    ]
        return lines

    def watch_cache(self) -> None:
        cache = self.engine.cache
        evict: Callable[[int, int], bool] = cache.on_evict

        def on_evict(start: int, end: int) -> bool:
            self.status("llvm_tb_flush entered.")
            done = evict(start, end)
            self.status(f"llvm_tb_flush: {end - start} bytes of the code cache flushed.")
            return done

        cache.on_evict = on_evict

    def begin(self) -> None:
        self.status("Initializing LLVM Environment.")

    def ready(self) -> None:
        cache = self.engine.cache
        self.status(
            f"LLVM environment initialized. guest_base={self.engine.memory.base:#x}\n"
            f"\tBlock/trace code cache: start={cache.base:#x} size={cache.limit - cache.base}"
        )

    def end(self) -> None:
        self.status("Finalizing LLVM environment.")
