"""Lines of the encoding tables.

``"66 0F 6F /r  movdqa Vdq Wdq"``: what the instruction's bytes must be; two blanks; mnemonic and operand tokens
(:mod:`.operands`). In front of the opcode's bytes: ``NP`` no prefix, ``66 F3 F2`` that prefix (without any of these
66 chooses the operand size and a repeat prefix means nothing), ``LOCK``, ``W0 W1`` REX.W or VEX.W, ``VEX``, ``L0 L1``,
``o32 o64`` that mode only. Behind: ``/r`` a ModRM byte, ``/4`` one whose reg field is 4, ``/4:1`` whose rm field is 1
as well and names a register, ``+r`` a register number in the opcode's low bits, ``+c`` a condition there,
``?expression`` of ``key`` and ``rex``: this encoding only if it is true.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from .prefixes import P66, PF2, PF3

_PREFIXES: Final = {"NP": 0, "66": P66, "F3": PF3, "F2": PF2}


class Encoding(NamedTuple):
    """``prefix`` None: any; ``w``, ``long`` (VEX.L), ``mode`` None: any; ``reg``, ``rm`` -1: any."""

    map: int
    opcode: int
    opcodes: int
    prefix: int | None
    lock: bool
    vex: bool
    w: int | None
    long: int | None
    mode: int | None
    test: str
    modrm: bool
    reg: int
    rm: int
    mnemonic: str
    tokens: tuple[str, ...]

    @property
    def registers(self) -> tuple[bool, ...]:
        """May ModRM name a register, memory, both? (True, False, (True, False))."""
        letters = {token[0] for token in self.tokens if not token.startswith(("cc", "@", "="))}
        if self.rm >= 0 or letters & set("RUNF"):
            return (True,)
        if letters & set("MX"):
            return (False,)
        return (True, False)


def parse_line(line: str) -> Encoding:
    """Raises ValueError."""
    pattern, _, rest = line.strip().partition("  ")
    mnemonic, *tokens = rest.split()
    prefix = w = long = mode = None
    test = ""
    lock = vex = modrm = False
    reg = rm = -1
    count = 1
    opcode: list[int] = []
    for token in pattern.split():
        if token in _PREFIXES and not opcode:
            prefix = _PREFIXES[token]
        elif token[0] == "?":
            test = token[1:]
        elif token == "LOCK":
            lock = True
        elif token == "VEX":
            vex = True
        elif token[0] == "W":
            w = int(token[1])
        elif token[0] == "L":
            long = int(token[1])
        elif token[0] == "o":
            mode = int(token[1:])
        elif token[0] == "/":
            modrm = True
            if token != "/r":
                reg = int(token[1])
                rm = int(token[3]) if len(token) > 2 else -1
        elif token[0] == "+":
            count = 16 if token[1] == "c" else 8
        else:
            opcode.append(int(token, 16))
    number = 0
    if opcode[0] == 0x0F:
        number = {0x38: 2, 0x3A: 3}.get(opcode[1], 1)
    return Encoding(
        number, opcode[-1], count, prefix, lock, vex, w, long, mode, test, modrm, reg, rm, mnemonic, tuple(tokens)
    )  # fmt: skip


def parse_lines(text: str) -> list[Encoding]:
    """Empty lines and those that begin with # mean nothing."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return [parse_line(line) for line in lines]
