"""Rows: Advanced SIMD loads and stores of elements and structures (ARM ARM A7.7).

Patterns begin with ``1111 0100``, which T32 has as ``1111 1001``.
"""

from __future__ import annotations

from hqemu_core.isa.table import Row

from ..lift import neon_loads as lift

_MODE = "index_mode(rm)"
_INDEXED = (("", "rm in (13, 15)", ""), ("_reg", "rm not in (13, 15)", "r(rm) "))
"""suffix of the name, condition, operand"""
_D = "dreg(D, vd)"


def _multiple() -> list[Row]:
    """By the type field: structure members, registers each, stride, and what the alignment field may be."""
    rows = []
    kinds = (
        # members, type, registers, stride, highest alignment field
        (1, "0111", 1, 1, 1), (1, "1010", 2, 1, 2), (1, "0110", 3, 1, 1), (1, "0010", 4, 1, 3),
        (2, "1000", 1, 1, 2), (2, "1001", 1, 2, 2), (2, "0011", 2, 2, 3),
        (3, "0100", 1, 1, 1), (3, "0101", 1, 2, 1), (4, "0000", 1, 1, 3), (4, "0001", 1, 2, 3),
    )  # fmt: skip
    for members, code, each, stride, most in kinds:
        last = (members - 1) * stride + each
        for load in (0, 1):
            kind = "ld" if load else "st"
            function = lift.lift_load if load else lift.lift_store
            for suffix, when, index in _INDEXED:
                for whole in (0, 1) if not each & 1 else (0,):
                    shape = f"{_MODE}, {members}, {each >> whole}, {stride}, size, {whole}, 4 << align if align else 1"
                    fits = f"{when} and rn != 15 and {_D} + {last} <= 32 and align <= {most}"
                    if members > 1:
                        fits += " and size < 3"
                    if not each & 1:
                        fits += f" and {'not ' * whole}vd & 1"
                    first = 0 if whole or each & 1 else 1
                    registers = ", ".join(f"d{first + n * stride + part}" for n in range(members) for part in range(each))
                    rows.append(Row(
                        f"v{kind}{members}_{code}{suffix}{'_q' * whole}", f"1111 0100 0 D {load} 0 rn:4 vd:4 {code} size:2 align:2 rm:4",
                        function, shape, f"r(rn) {index}d({_D})", fits,
                        insn=f"v{kind}{members}.16 {{{_in_order(members, each, stride, first) or registers}}}, [r1]{', r2' if index else '!'}",
                        feature="neon",
                    ))  # fmt: skip
    return rows


def _in_order(members: int, each: int, stride: int, first: int) -> str:
    """Registers of an example as assemblers want them: ascending."""
    return ", ".join(f"d{n}" for n in sorted(first + m * stride + part for m in range(members) for part in range(each)))


def _lanes() -> list[Row]:
    """One lane; the field ``spec`` says lane, stride and alignment as the size allows."""
    rows = []
    for members in (1, 2, 3, 4):
        for size in (0, 1, 2):
            for form in _forms(members, size):
                fields, stride, align = form
                code = format(members - 1, "02b")
                for load in (0, 1):
                    kind = "ld" if load else "st"
                    function = lift.lift_load_lane if load else lift.lift_store_lane
                    for suffix, when, index in _INDEXED:
                        elements = " ".join(f"e(8 * ({_D} + {n * stride}) + (lane << {size}))" for n in range(members))
                        registers = ", ".join(f"d{n * stride}[0]" for n in range(members))
                        rows.append(Row(
                            f"v{kind}{members}_lane{8 << size}{suffix}{'_spaced' * (stride - 1)}",
                            f"1111 0100 1 D {load} 0 rn:4 vd:4 {size:02b} {code} {fields} rm:4", function,
                            f"{_MODE}, {size}, {align}", f"r(rn) {index}{elements}",
                            f"{when} and rn != 15 and {_D} + {(members - 1) * stride} < 32" + _align_when(members, size),
                            insn=f"v{kind}{members}.{8 << size} {{{registers}}}, [r1]{', r2' if index else '!'}", feature="neon",
                        ))  # fmt: skip
    return rows


def _align_when(members: int, size: int) -> str:
    return " and a != 3" if members == 4 and size == 2 else " and a in (0, 3)" if members == 1 and size == 2 else ""


def _forms(members: int, size: int) -> list[tuple[str, int, str]]:
    """(pattern of the index_align field, stride, alignment in bytes)."""
    whole = members << size
    if members == 1:
        return [(("lane:3 0", "lane:2 0 a", "lane 0 a:2")[size], 1, ("1", "2 if a else 1", "4 if a else 1")[size])]
    if members == 3:
        fields = ("lane:3 0", "lane:2 {} 0", "lane {} 00")[size]
        align = "1"
    else:
        fields = ("lane:3 a", "lane:2 {} a", "lane {} a:2" if members == 4 else "lane {} 0 a")[size]
        align = f"{whole} if a else 1" if members == 2 or size < 2 else "(1, 8, 16)[a]"
    if size == 0:
        return [(fields, 1, align)]
    return [(fields.format(spaced), 1 + spaced, align) for spaced in (0, 1)]


def _all() -> list[Row]:
    """One element in every lane."""
    rows = []
    for members in (1, 2, 3, 4):
        for suffix, when, index in _INDEXED:
            stride = "1" if members == 1 else "1 + T"
            each = "1 + T" if members == 1 else "1"
            align = {
                1: "1 << size if a else 1", 2: "2 << size if a else 1", 3: "1",
                4: "(16 if size == 3 else 8 if size == 2 else 4 << size) if a else 1",
            }[members]  # fmt: skip
            sizes = {1: "size < 3 and (size or not a)", 2: "size < 3", 3: "size < 3 and not a", 4: "(size < 3 or a)"}[members]
            last = "T" if members == 1 else f"{members - 1} * (1 + T)"
            registers = ", ".join(f"d{n}[]" for n in range(members))
            rows.append(Row(
                f"vld{members}_all{suffix}", f"1111 0100 1 D 10 rn:4 vd:4 11 {members - 1:02b} size:2 T a rm:4", lift.lift_load_all,
                f"{_MODE}, {members}, {each}, {stride}, min(size, 2), {align}", f"r(rn) {index}d({_D})",
                f"{when} and rn != 15 and {sizes} and {_D} + {last} < 32",
                insn=f"vld{members}.16 {{{registers}}}, [r1]{', r2' if index else '!'}", feature="neon",
            ))  # fmt: skip
    return rows


ROWS = [*_multiple(), *_lanes(), *_all()]
