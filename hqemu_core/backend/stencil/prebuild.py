"""Builds an ISA's whole stencil library: what ``hqemu --prebuild`` does.

The forms come from the tables alone: every shape of every row, twice where flags may be dead, the fused pairs, in
context 0 (others are rare; what they need is compiled when it is met). Compiled in batches, by one process per host
CPU, and saved as they come: an interrupted build goes on where it was.
"""

from __future__ import annotations

import marshal
import os
import select
from collections.abc import Callable, Iterator
from typing import Final

from hqemu_core.errors import BackendError, IsaError
from hqemu_core.isa.shapes import row_shapes
from hqemu_core.isa.spec import IsaSpec
from hqemu_core.isa.table import Row, Table
from hqemu_core.runtime import image

from .compile import FormCompiler
from .form import Form
from .library import Library
from .tier import form_record

BATCH: Final = 100
WORKERS: Final = 4
PAIRS: Final = 4000
"""fused pairs of a table that does not say which ones compilers emit"""
SAVE: Final = 1000
"""forms between two savings"""

Shapes = dict[str, list[tuple[int, ...]]]
Done = Callable[[int, int], None]
"""called with (forms that are there, all forms)"""


def list_forms(isa: IsaSpec) -> list[Form]:
    """Every form that is worth building in advance, what is used most first."""
    single: dict[str, Form] = {}
    pairs: dict[str, Form] = {}
    for table in isa.tables.values():
        shapes = shapes_of(table)
        for row in table.rows:
            for shape in shapes.get(row.name, ()):
                for dead in (False, True) if row.flags in ("w", "p") else (False,):
                    form = Form(((row, shape),), 0, dead)
                    single[form.key] = form
        for insns in fused_pairs(table, shapes):
            for dead in (False, True):
                form = Form(insns, 0, dead)
                pairs[form.key] = form
    return [*pairs.values(), *single.values()]


def shapes_of(table: Table) -> Shapes:
    """By row. Raises IsaError when ``forms`` names a row that does not exist."""
    if table.forms is None:
        return {row.name: row_shapes(table, row) for row in table.rows}
    found: Shapes = {}
    for name, shapes in table.forms().items():
        if name not in table.by_name:
            raise IsaError(f"forms: no row is called {name}")
        found[name] = [_parse(text) for text in shapes.split(" ")]
    return found


def fused_pairs(table: Table, shapes: Shapes) -> Iterator[tuple[tuple[Row, tuple[int, ...]], ...]]:
    """The fused pairs to be built, of shapes that exist. Raises IsaError when ``pairs`` names a row that does not."""
    if table.pairs is None:
        firsts = [(row, shape) for row in table.rows if row.fuse == "first" for shape in shapes[row.name]]
        seconds = [row for row in table.rows if row.fuse == "second" and row.flags == "r"]
        # whoever ends a block matters most
        seconds.sort(key=lambda row: row.end != "branch")
        every = ((first, (row, shape)) for row in seconds for first in firsts for shape in shapes[row.name])
        yield from (pair for _, pair in zip(range(PAIRS), every, strict=False))
        return
    for text, by_row in table.pairs().items():
        name, _, shape = text.partition(" ")
        for second, others in by_row.items():
            for row in (name, second):
                if row not in table.by_name:
                    raise IsaError(f"pairs: no row is called {row}")
            for other in others.split(" "):
                parts = (name, _parse(shape)), (second, _parse(other))
                if all(numbers in shapes.get(row, ()) for row, numbers in parts):
                    yield tuple((table.by_name[row], numbers) for row, numbers in parts)


def _parse(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(","))) if text not in ("", "-") else ()


def build(isa: IsaSpec, library: Library, done: Done, workers: int | None = None) -> list[str]:
    """Compile what the library lacks and save it. What could not be compiled, a line each."""
    wrong: list[str] = []
    if "runtime" not in library:
        library.put("runtime", image.build())
    forms = list_forms(isa)
    missing = [form for form in forms if form.key not in library]
    have = len(forms) - len(missing)
    done(have, len(forms))
    batches = [missing[at : at + BATCH] for at in range(0, len(missing), BATCH)]
    unsaved = 0
    try:
        for records, failed in _compile_all(isa, batches, workers or min(len(os.sched_getaffinity(0)), WORKERS)):
            for key, record in records.items():
                library.put(key, record)
            wrong += failed
            have += len(records) + len(failed)
            unsaved += len(records)
            if unsaved >= SAVE:
                library.save()
                unsaved = 0
            done(have, len(forms))
        compiler = None
        for name in isa.helper_names:
            if "helper " + name not in library:
                compiler = compiler or FormCompiler(isa)
                try:
                    library.put("helper " + name, compiler.helper(name))
                except (BackendError, IsaError) as error:
                    wrong.append(str(error))
    finally:
        library.save()
    return wrong


Result = tuple[dict[str, tuple[object, ...]], list[str]]
"""records by key, and what went wrong"""


def _compile_all(isa: IsaSpec, batches: list[list[Form]], workers: int) -> Iterator[Result]:
    left = set(range(len(batches)))
    if workers > 1 and len(batches) > 1:
        for n, result in _in_children(isa, batches, workers):
            left.discard(n)
            yield result
    compiler = FormCompiler(isa) if left else None
    for n in sorted(left):  # all, or what children that died have left
        assert compiler is not None
        yield compile_batch(compiler, batches[n])


def compile_batch(compiler: FormCompiler, batch: list[Form]) -> Result:
    """A form that fails does so alone."""
    try:
        return {key: form_record(compiled) for key, compiled in compiler.forms(batch).items()}, []
    except (BackendError, IsaError) as error:
        if len(batch) == 1:
            return {}, [str(error)]
    records: dict[str, tuple[object, ...]] = {}
    wrong = []
    for form in batch:
        found, failed = compile_batch(compiler, [form])
        records.update(found)
        wrong += failed
    return records, wrong


def _in_children(isa: IsaSpec, batches: list[list[Form]], workers: int) -> Iterator[tuple[int, Result]]:
    """LLVM takes a lock per process, so each child is a process; it takes every ``workers``-th batch."""
    pipes: dict[int, int] = {}
    buffers: dict[int, bytearray] = {}
    try:
        for worker in range(workers):
            read, write = os.pipe()
            pid = os.fork()
            if not pid:
                _child(isa, batches, range(worker, len(batches), workers), write)
            os.close(write)
            pipes[read] = pid
            buffers[read] = bytearray()
        while pipes:
            for read in select.select(list(pipes), (), ())[0]:
                data = os.read(read, 1 << 16)
                if not data:
                    os.close(read)
                    os.waitpid(pipes.pop(read), 0)
                    continue
                buffer = buffers[read]
                buffer += data
                while len(buffer) >= 8 and len(buffer) >= (end := 8 + int.from_bytes(buffer[:8], "little")):
                    n, records, wrong = marshal.loads(buffer[8:end])
                    del buffer[:end]
                    yield n, (records, wrong)
    finally:
        for read, pid in pipes.items():
            os.close(read)
            os.kill(pid, 9)
            os.waitpid(pid, 0)


def _child(isa: IsaSpec, batches: list[list[Form]], mine: range, write: int) -> None:
    """Does not return. Whatever goes wrong, the parent does what is missing."""
    try:
        compiler = FormCompiler(isa)
        with open(write, "wb", buffering=0) as pipe:
            for n in mine:
                body = marshal.dumps((n, *compile_batch(compiler, batches[n])))
                rest = memoryview(len(body).to_bytes(8, "little") + body)
                while rest:
                    rest = rest[pipe.write(rest) :]
    finally:
        os._exit(0)
