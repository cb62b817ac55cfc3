"""``-profile``: the text, in the layout of HQEMU's quickstart with times in seconds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from .hotspot import Sampler
from .profile import Profile, Region

RULE: Final = "-------------------------"
COVER: Final = 0.9


def report(profile: Profile, sampler: Sampler | None, mode: str, threshold: int, predict: int) -> str:
    masks = profile.masks
    lines = [""]
    hybrid = mode in ("hybrids", "hybridm")
    if "basic" in masks:
        lines += _blocks(profile)
        if hybrid:
            lines += _traces(profile, threshold, predict)
    if hybrid and "exit" in masks:
        lines.append(f"Num of TraceExit : {sum(_leaves(profile, region) for region in profile.regions)}")
    if sampler is not None:
        lines += _hotspot(sampler)
    if "pass" in masks:
        lines += [RULE, "Pass(es) information:"]
        slowest = sorted(profile.passes.items(), key=lambda item: -item[1])
        lines += [f"{name:<28} : {seconds:.6f} seconds" for name, seconds in slowest]
    if "cache" in masks:
        lines += _cache(profile)
    if hybrid and "trace" in masks:
        lines += _trace_information(profile)
        for n, table in enumerate(profile.tables.values()):
            lines += _thread(profile.regions, table, n)
    return "\n".join((*lines, ""))


def _time(seconds: Sequence[float]) -> str:
    return f"Translation Time : {sum(seconds):.6f} seconds (max={int(max(seconds, default=0) * 1000)} ms)"


def _blocks(profile: Profile) -> Iterator[str]:
    blocks = profile.blocks
    yield "Block statistic:"
    yield f"Num of Blocks  : {len(blocks)}"
    yield f"G/H Code size  : {sum(b.guest_size for b in blocks)}/{sum(b.host_size for b in blocks)} bytes"
    yield f"Guest iCount   : {sum(b.insns for b in blocks)}"
    yield _time(profile.block_times)
    yield ""


def _average(label: str, values: Sequence[int]) -> str:
    return f"{label:<15}: {sum(values) / len(values):.1f} (max={max(values)})"


def _shared(label: str, unique: int, total: int, unit: str = "") -> str:
    return f"{label:<15}: {unique}/{total} (Duplicate {total - unique}){unit}"


def _traces(profile: Profile, threshold: int, predict: int) -> Iterator[str]:
    regions = profile.regions
    yield "Trace statistic:"
    yield f"Num of Traces  : {len(regions)}"
    if profile.ran:
        stall = sum(profile.stalls.values())
        parts = " ".join(f"{name}={seconds:.6f}" for name, seconds in profile.stalls.items())
        yield f"Guest Stall    : {stall:.6f} seconds ({100 * stall / profile.ran:.1f}% {parts})"
    if not regions:
        yield ""
        return
    yield f"Profile Thres. : {threshold}"
    yield f"Predict Thres. : {predict}"
    yield f"G/H Code size  : {sum(sum(r.guest_sizes) for r in regions)}/{sum(r.host_size for r in regions)} bytes"
    yield _time([r.seconds for r in regions])
    yield _average("Average Len", [len(r.blocks) for r in regions])
    yield _average("Average # Loop", [r.number_of("loop") for r in regions])
    yield _average("Average # Exit", [r.number_of("exit", "ibtc") for r in regions])
    yield _average("Average # IB", [r.number_of("ibtc") for r in regions])
    sizes = {pc: size for r in regions for pc, size in zip(r.blocks, r.guest_sizes, strict=True)}
    insns = {pc: count for r in regions for pc, count in zip(r.blocks, r.insns, strict=True)}
    yield _shared("TB covered", len(sizes), sum(len(r.blocks) for r in regions))
    yield _shared("Guest Size", sum(sizes.values()), sum(sum(r.guest_sizes) for r in regions), " bytes")
    yield _shared("Guest iCount", sum(insns.values()), sum(sum(r.insns) for r in regions))
    yield f"Flush Count    : {profile.engine.cache.generation}"
    lengths = Counter(len(r.blocks) for r in regions)
    longest = max(lengths)
    yield f"Length distribution: (1-{longest})"
    yield "    " + "".join(f"{lengths[n]} " for n in range(1, longest + 1))


def _cache(profile: Profile) -> Iterator[str]:
    """Blocks and traces share one cache."""
    cache = profile.engine.cache
    yield RULE
    yield "Block/Trace Cache information:"
    for label, sizes in (
        ("Block", [b.host_size for b in profile.blocks]),
        ("Trace", [r.host_size for r in profile.regions]),
    ):
        used = sum(sizes)
        yield f"{label}: start={cache.base:#x} size={cache.size} code={used:8d} (ratio={100 * used / cache.size:.2f}%)"
    yield ""


def _trace_information(profile: Profile) -> Iterator[str]:
    yield RULE
    yield "Trace information:"
    yield " Id (Len) PC of TBs"
    for n, region in enumerate(profile.regions):
        yield f"{n:3d} ({len(region.blocks):2d}): " + " ".join(f"{pc:#x}" for pc in region.blocks)


def _count(table: memoryview, region: Region, *kinds: str) -> int:
    return sum(table[number] for kind, _, number in region.places if number >= 0 and kind in kinds)


def _leaves(profile: Profile, region: Region) -> int:
    return sum(_count(table, region, "exit", "ibtc") for table in profile.tables.values())


def _thread(regions: Sequence[Region], table: memoryview, number: int) -> Iterator[str]:
    """C edges back, Ex exits; Len blocks executed per entry; then exits behind the first block, the second, ..."""
    rows = []
    for n, region in enumerate(regions):
        loops = _count(table, region, "loop")
        exits = [0] * len(region.blocks)
        for kind, block, place in region.places:
            if kind != "loop" and place >= 0:
                exits[block] += table[place]
        left = sum(exits)
        if not loops and not left:
            continue
        blocks = loops * len(region.blocks) + sum(count * (at + 1) for at, count in enumerate(exits))
        head = f"{n:3d} ({region.number_of('loop')}:{region.number_of('exit', 'ibtc'):2d})"
        length = blocks / left if left else float(blocks)
        rows.append(f"{head} {loops:8d}/{loops + left:8d}: ({length:4.1f}) " + " ".join(map(str, exits)))
    yield RULE
    yield f"Thread {number}:"
    yield f"Trace used: {len(rows)}/{len(regions)}"
    yield "  Id (C:Ex)  LoopCnt/   Count: ( Len) Accumulated Exit Cnt"
    yield from rows


def _hotspot(sampler: Sampler) -> Iterator[str]:
    total = sum(sampler.where.values()) or 1
    shares = [f"{kind} ({100 * sampler.where[kind] / total:.1f}%)" for kind in ("block", "trace", "other")]
    yield f"Breakdown        : {' '.join(shares)}"
    hot = sampler.traces.most_common()
    every = sum(count for _, count in hot)
    cover = reached = 0
    while cover < len(hot) and reached < COVER * every:
        reached += hot[cover][1]
        cover += 1
    yield f"90% CoverSet     : {cover}"
    yield "Percentage of CoverSet (top 10): " + " ".join(f"{100 * n / every:.1f}%" for _, n in hot[: min(cover, 10)])
