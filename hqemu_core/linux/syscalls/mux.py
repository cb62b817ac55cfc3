"""Calls whose arguments depend on one of them: one converted call per value met (``tables/mux.py``)."""

from __future__ import annotations

import errno
from importlib import import_module
from typing import TYPE_CHECKING, Any

from .marshal import Call, make_call
from .row import Row, parse
from .tables.mux import MUX

if TYPE_CHECKING:
    from ..ports import GuestThread
    from ..process import Process


def case(row: Row, value: int) -> tuple[str, Row | None, str]:
    """(name of the value, what its arguments are, errno name if it is refused); the row is None if unknown."""
    _, mask, prefix, unknown, module, table_name = MUX[row.name]
    table: dict[int, str] = getattr(import_module(f"{__package__}.tables.{module}"), table_name)
    text = table.get(value & mask)
    if text is None:
        return "", None, unknown
    name, _, rest = text.partition(" ")
    rest, _, refused = rest.partition("!")
    if rest.startswith("->"):
        rest = " " + rest
    return name, parse((row.name, row.host, f"{prefix} {rest}", "host", row.options)), refused


def make_mux(row: Row, layout: str, paths: Any) -> Call:
    selector, mask = MUX[row.name][:2]
    known: dict[int, Call] = {}

    def make(value: int) -> Call:
        _, found, refused = case(row, value)
        if found is None or refused:
            code = -getattr(errno, refused)
            return lambda process, thread, *args: code
        call, number = make_call(found, layout, paths), len(found.args)
        # registers past the value's own arguments are 0, as a C library would leave them to chance
        return lambda process, thread, *args: call(process, thread, *args[:number])

    def call(process: Process, thread: GuestThread, *args: int) -> int:
        value = args[selector] & mask
        made = known.get(value)
        if made is None:
            made = known[value] = make(value)
        return made(process, thread, *args)

    return call
