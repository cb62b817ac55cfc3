"""String instructions."""

from __future__ import annotations

from typing import Final

from ..lift import strings as lift
from ..lift.bind import Op


def _encodings() -> str:
    lines = []
    for opcode, bits in ((0, "=8"), (1, "@o")):
        for prefix in ("F2", "F3"):
            lines.append(f"{prefix} {0xA4 + opcode:02X}  rep_movs {bits} @a @g t n")
            lines.append(f"{prefix} {0xAA + opcode:02X}  rep_stos {bits} @a t n")
            lines.append(f"{prefix} {0xAC + opcode:02X}  rep_lods {bits} @a @g t n")
            equal = int(prefix == "F3")
            lines.append(f"{prefix} {0xA6 + opcode:02X}  rep_cmps ={equal} {bits} @a @g t n")
            lines.append(f"{prefix} {0xAE + opcode:02X}  rep_scas ={equal} {bits} @a t n")
        lines.append(f"{0xA4 + opcode:02X}  movs {bits} @a @g")
        lines.append(f"{0xAA + opcode:02X}  stos {bits} @a")
        lines.append(f"{0xAC + opcode:02X}  lods {bits} @a @g")
        lines.append(f"{0xA6 + opcode:02X}  cmps {bits} @a @g")
        lines.append(f"{0xAE + opcode:02X}  scas {bits} @a")
    return "\n".join(lines)


ENCODINGS: Final = _encodings()

OPS: Final = {
    "movs": Op(lift.lift_movs),
    "stos": Op(lift.lift_stos),
    "lods": Op(lift.lift_lods),
    "cmps": Op(lift.lift_cmps, "w", fuse="first"),
    "scas": Op(lift.lift_scas, "w", fuse="first"),
    "rep_movs": Op(lift.lift_rep_movs, "", "branch"),
    "rep_stos": Op(lift.lift_rep_stos, "", "branch"),
    "rep_lods": Op(lift.lift_rep_lods, "", "branch"),
    "rep_cmps": Op(lift.lift_rep_cmps, "rw", "branch"),
    "rep_scas": Op(lift.lift_rep_scas, "rw", "branch"),
}
