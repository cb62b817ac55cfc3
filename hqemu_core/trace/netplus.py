"""NETPlus: a trace grown to a region by the paths that leave it and come back (Davis and Hazelwood 2011)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

DEPTH: Final = 8
"""blocks on a path outside the trace, as HQEMU's MAX_SEARCH_DEPTH"""


def expand(blocks: Sequence[int], successors: Callable[[int], Sequence[int]], limit: int) -> list[int]:
    """``blocks`` and the blocks on paths of at most DEPTH that return to one of them; ``limit`` in all."""
    region = list(dict.fromkeys(blocks))
    inside = set(region)
    for start in list(region):
        _search(start, [], region, inside, successors, limit)
    return region


def _search(
    at: int, path: list[int], region: list[int], inside: set[int], successors: Callable[[int], Sequence[int]],
    limit: int,
) -> None:  # fmt: skip
    for target in successors(at):
        if target in inside:
            for pc in path:
                if pc not in inside and len(region) < limit:
                    inside.add(pc)
                    region.append(pc)
        elif len(path) < DEPTH and target not in path:
            _search(target, [*path, target], region, inside, successors, limit)
