"""The decoder of the family: encodings to rows.

An instruction's opcode, map and prefixes lead to a *plan*: a function that takes the operands out of the bytes, or a
list of such by ModRM.reg and whether ModRM names memory (and by ModRM.rm where that belongs to the opcode). Plans are
made when they are first needed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NoReturn

from hqemu_core.errors import IsaError
from hqemu_core.isa.code import Code
from hqemu_core.isa.joined import JoinedRow
from hqemu_core.isa.table import Decoded, Row, Table

from ..lift.bind import Op, bind
from ..mode import Mode
from ..state import KINDS
from . import address as modes
from .encoding import Encoding
from .length import MODRM, Lengths
from .operands import SPACE, Parsed, parse
from .prefixes import A67, LOCK, LONG, P66, PF2, PF3, TABLES, VEX, W, scan

_LAST: Final = frozenset((0xC3, 0xC2, 0xE9, 0xEB, 0xF4, 0xCC))
"""first bytes of instructions that never go on to the next one"""

Plan = Any
"""a function (key, index of the opcode, rex, segment, vvvv, pc) -> decoded, a list of plans, or False: none"""


class X86Row(Row):
    """An operation with operands of certain kinds; several encodings may lead to it."""

    def __init__(self, name: str, op: Op, letters: str, kinds: tuple[str, ...], insn: str) -> None:
        self.name = name
        self.pattern = self.shape = self.operands = self.when = ""
        self.mask = self.value = self.width = 0
        self.fields = ()
        self.parts = ()
        self.flags, self.end, self.fuse, self.feature = op.flags, op.end, op.fuse, op.feature
        self.insn = insn
        self.letters = letters
        self.kinds = kinds
        self.target = kinds.index("to") if "to" in kinds else -1
        self.lift = bind(op, letters)
        self.joins: dict[Row, JoinedRow] = {}

    def join(self, first: Row) -> JoinedRow:
        found = self.joins[first] = JoinedRow(first, self)
        return found


class X86Table(Table):
    """``rows`` are the parts that stencils are made of."""

    def __init__(self, mode: Mode, encodings: Sequence[Encoding], ops: Mapping[str, Op]) -> None:
        self.mode = mode
        self.long = mode.bits == 64
        self.ops = ops
        self.kinds = dict(KINDS)
        self.namespace = {}
        self.pairs = None
        self.forms = self._no_forms
        self.wide = None
        self.align = 1
        self.longest = 15
        self.bucket = (0, 0)
        self.lengths = Lengths(self.long)
        self.encodings: dict[int, list[Encoding]] = {}
        """by map << 8 | opcode; those that ask for a prefix first"""
        self.by_name: dict[str, Row] = {row.name: row for row in modes.ROWS}
        self._plans: dict[int, Plan] = {}
        self._codes: dict[str, Any] = {}
        self._prefixes = TABLES[self.long]
        for e in encodings:
            if e.mode in (None, mode.bits):
                if e.mnemonic not in ops:
                    raise IsaError(f"no operation is called {e.mnemonic}")
                for opcode in range(e.opcode, e.opcode + e.opcodes):
                    self.encodings.setdefault(e.map << 8 | opcode, []).append(e)
        for found in self.encodings.values():
            found.sort(key=lambda e: (not e.test, e.prefix is None, e.prefix == 0, e.reg < 0, e.rm < 0, e.w is None))

    @property
    def rows(self) -> list[Row]:  # type: ignore[override]
        """Every row there is: what decoding makes when it is needed, made."""
        for number, found in self.encodings.items():
            for bits in range(64):
                for vex in (0, VEX, VEX | LONG):
                    if any(_matches(e, bits | vex) for e in found):
                        self._plan(number >> 8, bits | vex, number & 0xFF)
        return list(self.by_name.values())

    def _no_forms(self) -> NoReturn:
        text = f"which forms programs of {self.mode.bits} bits use is not listed: they are compiled when one needs them"
        raise IsaError(text)

    @property
    def features(self) -> frozenset[str]:
        mnemonics = {e.mnemonic for found in self.encodings.values() for e in found}
        return frozenset(self.ops[name].feature for name in mnemonics) - {""}

    # -- instructions
    def split(self, source: bytes, pc: int, limit: int) -> Code:
        keys: list[int | bytes] = []
        pcs = [pc]
        at, end = 0, len(source)
        length = self.lengths.length
        try:
            while len(keys) < limit:
                first = source[at]
                stop = at + length(source, at)
                if stop > end:
                    break
                keys.append(source[at:stop])
                pcs.append(pc + stop)
                at = stop
                if first in _LAST:
                    break
        except IndexError:
            pass
        return Code(keys, pcs, source)

    def join(self, key: Any) -> bytes:
        return bytes(key)

    def decode(self, key: Any, pc: int = 0) -> Decoded | None:
        byte = key[0]
        if self._prefixes[byte] or byte == 0x0F or byte & 0xFE == 0xC4:
            at, number, bits, rex, segment, vvvv = scan(key, 0, self.long)
            byte = key[at] | bits << 8 | number << 16
        else:
            at = rex = segment = vvvv = 0
        plan = self._plans.get(byte)
        if plan is None:
            plan = self._plan(byte >> 16, byte >> 8 & 0xFF, byte & 0xFF)
        if type(plan) is list:
            m = key[at + 1]
            plan = plan[m >> 3 & 7 | (8 if m >= 0xC0 else 0)]
            if type(plan) is list:
                plan = plan[m & 7]
        return plan(key, at, rex, segment, vvvv, pc) if plan else None

    def extractor(self, row: Row) -> Callable[[Any, int], Any]:
        decode = self.decode

        def extract(key: Any, pc: int) -> Any:
            found = decode(key, pc)
            return None if found is None else found[1:]

        return extract

    # -- plans
    def _plan(self, number: int, bits: int, opcode: int) -> Plan:
        index = number << 16 | bits << 8 | opcode
        known = self._plans.get(index)
        if known is not None:
            return known
        found = [e for e in self.encodings.get(number << 8 | opcode, ()) if _matches(e, bits)]
        plan: Plan = False
        if found and number < 4 and self.lengths.maps[number][opcode] & MODRM and any(e.modrm for e in found):
            plan = [self._group(found, bits, opcode, n & 7, n > 7) for n in range(16)]
        elif found and found[0].test:
            plan = self._choice(found[0], bits, opcode)
        elif found:
            plan = self._leaf(found[0], bits, opcode, True)
        self._plans[index] = plan
        return plan

    def _choice(self, e: Encoding, bits: int, opcode: int) -> Plan:
        """An encoding with a test of its own, else the next one."""
        others = [o for o in self.encodings[e.map << 8 | opcode] if _matches(o, bits) and not o.test]
        first, second = self._leaf(e, bits, opcode, True), self._first(others, bits, opcode, True)
        test = eval(f"lambda key, rex: {e.test}")

        def choose(key: bytes, at: int, rex: int, *others: int) -> Any:
            plan = first if test(key, rex) else second
            return plan(key, at, rex, *others) if plan else None

        return choose

    def _group(self, found: list[Encoding], bits: int, opcode: int, reg: int, register: bool) -> Plan:
        found = [e for e in found if e.reg in (-1, reg) and register in e.registers]
        if any(e.rm >= 0 for e in found):
            return [self._first([e for e in found if e.rm in (-1, rm)], bits, opcode, register) for rm in range(8)]
        return self._first(found, bits, opcode, register)

    def _first(self, found: list[Encoding], bits: int, opcode: int, register: bool) -> Plan:
        return self._leaf(found[0], bits, opcode, register) if found else False

    def _leaf(self, e: Encoding, bits: int, opcode: int, register: bool) -> Plan:
        parsed = [parse(token, bits, opcode, register, self.long) for token in e.tokens]
        row = self._row(e, parsed)
        numbers = [str(n) for p in parsed for n in p.shape]
        shape = f"({''.join(n + ',' for n in numbers)})"
        values = f"({''.join(p.expr + ',' for p in parsed if p.kind)})"
        lines = ["def extract(key, at, rex, segment, vvvv, pc):"]
        if e.vex and not any(t[0] in "HB" for t in e.tokens):
            lines.append("    if vvvv: return None")
        if "m " in shape + values:
            lines.append("    m = key[at + 1]")
        if "m" in row.letters:
            size = 32 if bits & A67 else 64
            if not self.long:
                size = 16 if bits & A67 else 32
            segment = "0" if any(t in ("Ma", "M") for t in e.tokens) else "segment"
            if any(t[0] == "O" for t in e.tokens):
                where = f"moffs(key, at, segment, {size})"
            elif size == 16:
                where = f"address16(key, at + 1, {segment})"
            else:
                where = f"address(key, at + 1, rex, {segment}, pc, {size}, {self.long})"
            lines.append(f"    first, around, places = {where}")
            result = f"joins.get(first) or join(first), (around, {shape}), places + {values}"
        else:
            result = f"row, {shape}, {values}"
        lines.append(f"    return {result}")
        text = "\n".join(lines)
        code = self._codes.get(text)
        if code is None:
            code = self._codes[text] = compile(text, "<encoding>", "exec")
        space = {
            **SPACE, "row": row, "joins": row.joins, "join": row.join, "address": modes.address,
            "address16": modes.address16, "moffs": modes.moffs,
        }  # fmt: skip
        exec(code, space)
        return space["extract"]

    def _row(self, e: Encoding, parsed: list[Parsed]) -> X86Row:
        letters = "".join(p.letter or "#" for p in parsed)
        name = e.mnemonic
        if plain := letters.replace("#", ""):
            name += "." + plain
        row = self.by_name.get(name)
        if row is None:
            kinds = tuple(p.kind for p in parsed if p.kind)
            row = self.by_name[name] = X86Row(name, self.ops[e.mnemonic], letters, kinds, e.mnemonic)
        assert isinstance(row, X86Row)
        if row.letters != letters:
            raise IsaError(f"row {name}: encodings differ in operands: {row.letters} and {letters}")
        return row


def _matches(e: Encoding, bits: int) -> bool:
    """Do the prefixes fit?"""
    if e.vex != bool(bits & VEX) or e.lock != bool(bits & LOCK):
        return False
    if (e.w is not None and e.w != bool(bits & W)) or (e.long is not None and e.long != bool(bits & LONG)):
        return False
    if e.prefix is None:
        return True
    if e.vex:
        return bits & (P66 | PF2 | PF3) == e.prefix
    repeat = bits & (PF2 | PF3)
    return repeat == e.prefix if e.prefix in (PF2, PF3) else not repeat and bits & P66 == e.prefix
