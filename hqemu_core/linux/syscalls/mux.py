"""Calls whose arguments depend on one of them: one converted call per value met (``tables/mux.py``)."""

from __future__ import annotations

import errno
from importlib import import_module
from typing import TYPE_CHECKING, Any

from .marshal import Call, make_call
from .row import Row, parse
from .structs import is_narrow
from .tables.mux import MUX

if TYPE_CHECKING:
    from ..ports import GuestThread
    from ..process import Process


def rule(name: str, layout: str) -> tuple[int, int, str, str, str, str]:
    if is_narrow(layout):
        from .tables import mux32

        found = mux32.MUX.get(name)
        if found is not None:
            return found
    return MUX[name]


def case(row: Row, value: int, layout: str) -> tuple[str, Row | None, str, int]:
    """(name of the value, what its arguments are, errno name if it is refused, the host's value); the row is None if
    unknown."""
    _, mask, prefix, unknown, module, table_name = rule(row.name, layout)
    table: dict[int, str] = getattr(import_module(f"{__package__}.tables.{module}"), table_name)
    text = table.get(value & mask)
    if text is None:
        return "", None, unknown, value
    name, _, rest = text.partition(" ")
    name, equals, number = name.partition("=")
    rest, _, refused = rest.partition("!")
    if rest.startswith("->"):
        rest = " " + rest
    found = parse((row.name, row.host, f"{prefix} {rest}", "host", row.options))
    return name, found, refused, int(number) if equals else value


def make_mux(row: Row, layout: str, paths: Any) -> Call:
    selector, mask = rule(row.name, layout)[:2]
    known: dict[int, Call] = {}

    def make(value: int) -> Call:
        _, found, refused, host_value = case(row, value, layout)
        if found is None or refused:
            code = -getattr(errno, refused)
            return lambda process, thread, *args: code
        call, number = make_call(found, layout, paths), len(found.args)
        # registers past the value's own arguments are 0, as a C library would leave them to chance
        if host_value == value:
            return lambda process, thread, *args: call(process, thread, *args[:number])
        before, after = slice(0, selector), slice(selector + 1, number)
        return lambda process, thread, *args: call(process, thread, *args[before], host_value, *args[after])

    def call(process: Process, thread: GuestThread, *args: int) -> int:
        value = args[selector] & mask
        made = known.get(value)
        if made is None:
            made = known[value] = make(value)
        return made(process, thread, *args)

    return call
