"""A trace to the region that is compiled for it. Done by optimizer threads: guest threads do not wait for it."""

from __future__ import annotations

from collections.abc import Callable

from hqemu_core.backend.base import RegionPlan
from hqemu_core.errors import GuestFault, IsaError
from hqemu_core.frontend.unit import size_between
from hqemu_core.ir import opcodes as op
from hqemu_core.isa.code import Code
from hqemu_core.isa.spec import IsaSpec
from hqemu_core.isa.table import Decoded
from hqemu_core.trace.former import TraceFormer
from hqemu_core.trace.net import Recording


def make_plan(
    isa: IsaSpec, recording: Recording, former: TraceFormer, fetch: Callable[[int], Code], exact: bool
) -> RegionPlan | None:
    """None: its code is gone. ``fetch(pc)``: the instructions at ``pc``, as many as a block may have."""
    codes: dict[int, Code] = {}
    ends: dict[int, list[int]] = {}

    def follow(pc: int) -> list[int]:
        found = ends.get(pc)
        if found is None:
            found = ends[pc] = read_block(isa, fetch, pc, codes)
        return found

    for pc in recording.seen:
        follow(pc)
    blocks = [pc for pc in former.choose(recording, follow) if pc in codes]
    if not blocks or blocks[0] != recording.head:
        return None
    targets = {pc: tuple(found) for pc, found in recording.successors().items()}
    chosen = {pc: codes[pc] for pc in blocks}
    return RegionPlan(recording.head, recording.context, tuple(blocks), chosen, targets, exact)


def read_block(isa: IsaSpec, fetch: Callable[[int], Code], pc: int, codes: dict[int, Code]) -> list[int]:
    """Direct successors of the block at ``pc``; its instructions go to ``codes``, if there are any."""
    try:
        keys, pcs, source = fetch(pc)
    except (GuestFault, IsaError):
        return []
    decode = isa.decoder(pc).decode
    following = [pcs[len(keys)]]
    for n, key in enumerate(keys):
        decoded = decode(key, pcs[n])
        if decoded is None or decoded[0].end:
            following = [] if decoded is None else successors(isa, decoded, pcs[n + 1])
            keys, pcs = keys[: n + 1], pcs[: n + 2]
            break
    codes[pc] = Code(keys, pcs, source[: size_between(pcs[0], pcs[-1])])
    return following


def successors(isa: IsaSpec, decoded: Decoded, following: int) -> list[int]:
    """Where the guest code says that a block with this last instruction may go directly."""
    row, shape, operands = decoded
    if row.end == "branch":
        return [following, operands[row.target]]
    b = isa.builder()
    row.lift(b, shape, *operands)
    found = [o[2] for o in b.ops if o[0] == op.JUMP]
    if b.ops and b.ops[-1][0] not in op.END:  # a conditional one
        found.append(following)
    return found
