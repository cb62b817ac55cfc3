"""Rendering of guest memory ops: GS-relative accesses."""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.opcodes import MemOp
from hqemu_core.runtime import header

from .render import Renderer, llvm_type, mangle, register


def _address(r: Renderer, addr: int, mem: MemOp) -> str:
    wide = r.ref(addr)
    if r.types[addr] == ty.I32:
        wide = r.let(f"zext i32 {wide} to i64")
    if mem.align > 1:
        _check_alignment(r, wide, mem.align)
    return r.let(f"inttoptr i64 {wide} to ptr addrspace(256)")


_UD2 = 'call void asm sideeffect "ud2", "~{memory}"()'


def _check(r: Renderer, t: int, cond: int, kind: int, pc: object) -> None:
    """As with a misaligned access."""
    r.start_cold(cond)
    r.put(f"store i32 {kind}, ptr {r.state_address(header.CHECK_KIND)}")
    r.put(_UD2)
    r.end_cold()


def _check_alignment(r: Renderer, wide: str, align: int) -> None:
    # A misaligned access runs into an undefined instruction, from which the host signal handler leaves.
    low = r.let(f"and i64 {wide}, {align - 1}")
    bad = r.let(f"icmp ne i64 {low}, 0")
    r.fresh += 1
    cold, join = f"cold{r.fresh}", f"join{r.fresh}"
    r.put(f"br i1 {bad}, label %{cold}, label %{join}, !prof !0")
    r.start_block(cold)
    r.put(f"store i64 {wide}, ptr {r.state_address(header.ALIGN_ADDR)}")
    r.put(_UD2)
    r.put(f"br label %{join}")
    r.start_block(join)


def _swap(r: Renderer, t: int, value: str) -> str:
    if ty.lane_bits(t) == 8:
        return value
    plain = ty.as_int(t)
    if plain != t:
        value = r.let(f"bitcast {llvm_type(t)} {value} to {llvm_type(plain)}")
    kind = llvm_type(plain)
    value = r.let(r.call(kind, f"llvm.bswap.{mangle(plain)}", f"{kind} {value}"))
    return value if plain == t else r.let(f"bitcast {kind} {value} to {llvm_type(t)}")


def _load(r: Renderer, t: int, addr: int, mem: MemOp) -> str:
    pointer = _address(r, addr, mem)
    how = "volatile " if mem.order else r.volatile
    value = r.let(f"load {how}{llvm_type(t)}, ptr addrspace(256) {pointer}, align 1")
    if mem.order:
        r.put("fence acquire")  # only a compiler fence on x86
    return _swap(r, t, value) if mem.big else value


def _store(r: Renderer, t: int, addr: int, v: int, mem: MemOp) -> None:
    pointer = _address(r, addr, mem)
    value = _swap(r, t, r.ref(v)) if mem.big else r.ref(v)
    if mem.order:
        r.put("fence release")
    how = "volatile " if mem.order else r.volatile
    r.put(f"store {how}{llvm_type(t)} {value}, ptr addrspace(256) {pointer}, align 1")
    if mem.order == "seq":
        r.put("fence seq_cst")


def _cas(r: Renderer, t: int, addr: int, expected: int, new: int, mem: MemOp) -> str:
    pointer = _address(r, addr, mem)
    kind, old, fresh = llvm_type(t), r.ref(expected), r.ref(new)
    if mem.big:
        old, fresh = _swap(r, t, old), _swap(r, t, fresh)
    pair = r.let(
        f"cmpxchg volatile ptr addrspace(256) {pointer}, {kind} {old}, {kind} {fresh} seq_cst seq_cst, align {mem.size}"
    )
    value = r.let(f"extractvalue {{ {kind}, i1 }} {pair}, 0")
    return _swap(r, t, value) if mem.big else value


_RMW = ("xchg", "add", "and", "or", "xor", "max", "min", "umax", "umin")
_BYTEWISE = (op.RMW_XCHG, op.RMW_AND, op.RMW_OR, op.RMW_XOR)


def _rmw(r: Renderer, t: int, kind: int, addr: int, v: int, mem: MemOp) -> str:
    pointer = _address(r, addr, mem)
    swapped = mem.big and t != ty.I8
    if swapped and kind not in _BYTEWISE:
        return _rmw_swapped(r, t, kind, pointer, r.ref(v), mem)
    value = _swap(r, t, r.ref(v)) if swapped else r.ref(v)
    where = f"ptr addrspace(256) {pointer}, {llvm_type(t)} {value}"
    old = r.let(f"atomicrmw volatile {_RMW[kind]} {where} seq_cst, align {mem.size}")
    if ty.bits(t) <= 64:
        # LLVM makes "lock bts" and the like of an update whose old value is tested, and forgets the segment doing so
        old = r.let(f'call {llvm_type(t)} asm "", "=q,0"({llvm_type(t)} {old})')
    return _swap(r, t, old) if swapped else old


def _rmw_swapped(r: Renderer, t: int, kind: int, pointer: str, value: str, mem: MemOp) -> str:
    """Arithmetic on the other byte order: compare and swap until nobody came between."""
    text = llvm_type(t)
    first = r.let(f"load volatile {text}, ptr addrspace(256) {pointer}, align 1")
    r.fresh += 1
    again, done, before = f"again{r.fresh}", f"done{r.fresh}", r.label
    seen, found = r.temp(), r.temp()
    r.put(f"br label %{again}")
    r.start_block(again)
    r.put(f"{found} = phi {text} [ {first}, %{before} ], [ {seen}, %{again} ]")
    old = _swap(r, t, found)
    if kind == op.RMW_ADD:
        new = r.let(f"add {text} {old}, {value}")
    else:
        name = {op.RMW_SMAX: "smax", op.RMW_SMIN: "smin", op.RMW_UMAX: "umax", op.RMW_UMIN: "umin"}[kind]
        new = r.let(r.call(text, f"llvm.{name}.{mangle(t)}", f"{text} {old}", f"{text} {value}"))
    pair = r.let(
        f"cmpxchg volatile ptr addrspace(256) {pointer}, {text} {found}, {text} {_swap(r, t, new)} "
        f"seq_cst seq_cst, align {mem.size}"
    )
    r.put(f"{seen} = extractvalue {{ {text}, i1 }} {pair}, 0")
    ok = r.let(f"extractvalue {{ {text}, i1 }} {pair}, 1")
    r.put(f"br i1 {ok}, label %{done}, label %{again}")
    r.start_block(done)
    return old


def _fence(r: Renderer, t: int, kind: int) -> None:
    r.put(("fence acquire", "fence release", "fence seq_cst")[kind])


register(op.LOAD, _load)
register(op.STORE, _store)
register(op.CAS, _cas)
register(op.RMW, _rmw)
register(op.FENCE, _fence)
register(op.CHECK, _check)
