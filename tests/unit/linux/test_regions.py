"""The interval map against a plain dictionary of pages."""

from __future__ import annotations

import random

from hqemu_core.linux.regions import Region, RegionMap

PAGE = 4096


def pages_of(regions: RegionMap) -> dict[int, tuple[int, object, int]]:
    found: dict[int, tuple[int, object, int]] = {}
    for r in regions.regions:
        for at in range(r.start, r.end, PAGE):
            found[at // PAGE] = (r.prot, r.file, r.offset + at - r.start if r.file else 0)
    return found


def test_random_changes_agree_with_pages() -> None:
    rng = random.Random(1)
    for _ in range(60):
        regions = RegionMap()
        model: dict[int, tuple[int, object, int]] = {}
        for _ in range(80):
            start = rng.randrange(100) * PAGE
            end = start + rng.randrange(1, 20) * PAGE
            span = range(start // PAGE, end // PAGE)
            kind = rng.randrange(3)
            if kind == 0:
                file = rng.choice([None, (1, 2), (1, 3)])
                offset = rng.randrange(8) * PAGE if file else 0
                regions.remove(start, end)
                regions.add(Region(start, end, rng.randrange(4), False, file, offset))
                added = regions.find(start)
                assert added is not None
                for page in span:
                    model[page] = (added.prot, file, offset + page * PAGE - start if file else 0)
            elif kind == 1:
                regions.remove(start, end)
                for page in span:
                    model.pop(page, None)
            else:
                prot = rng.randrange(4)
                regions.set_prot(start, end, prot)
                for page in span:
                    if page in model:
                        model[page] = (prot, *model[page][1:])
            assert pages_of(regions) == model
            assert regions.starts == [r.start for r in regions.regions]
            assert all(a.end <= b.start for a, b in zip(regions.regions, regions.regions[1:], strict=False))
            holes = [page for page in span if page not in model]
            assert regions.first_hole(start, end) == (holes[0] * PAGE if holes else end)
            assert regions.is_free(start, end) == (len(holes) == len(span))


def test_neighbours_of_one_kind_are_one_region() -> None:
    regions = RegionMap()
    regions.add(Region(0x1000, 0x2000, 3))
    regions.add(Region(0x3000, 0x4000, 3))
    regions.add(Region(0x2000, 0x3000, 3))
    assert regions.regions == [Region(0x1000, 0x4000, 3)]
    regions.add(Region(0x4000, 0x5000, 3, False, (1, 1), 0x1000))
    regions.add(Region(0x5000, 0x6000, 3, False, (1, 1), 0x2000))
    regions.add(Region(0x6000, 0x7000, 3, False, (1, 1), 0x9000))
    assert [(r.start, r.end) for r in regions.regions] == [(0x1000, 0x4000), (0x4000, 0x6000), (0x6000, 0x7000)]


def lowest_of_highest_gap(regions: RegionMap, size: int, low: int, high: int) -> int | None:
    taken = set(pages_of(regions))
    for top in range(high // PAGE, low // PAGE + size // PAGE - 1, -1):
        if not any(page in taken for page in range(top - size // PAGE, top)):
            return (top - size // PAGE) * PAGE
    return None


def test_gap_down_finds_the_highest_gap_whatever_was_searched_before() -> None:
    rng = random.Random(2)
    regions = RegionMap()
    for _ in range(1500):
        size = rng.randrange(1, 6) * PAGE
        high = rng.choice([200, 200, 200, 150]) * PAGE
        found = regions.gap_down(size, 10 * PAGE, high)
        assert found == lowest_of_highest_gap(regions, size, 10 * PAGE, high)
        if found is not None and rng.random() < 0.8:
            regions.add(Region(found, found + size, rng.randrange(4)))
        if rng.random() < 0.5:
            start = rng.randrange(10, 200) * PAGE
            regions.remove(start, start + rng.randrange(1, 10) * PAGE)
