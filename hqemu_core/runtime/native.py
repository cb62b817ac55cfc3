"""The native side of the runtime, as LLVM text: entry and exit, indirect-branch misses, system calls, host signals.

It is compiled once per LLVM version and kept on disk (``runtime.image``). It reaches its globals through symbols at
absolute addresses, like the operands of stencils. Registers: guest code holds ``env`` in r12; between two stencils
nothing else lives.
"""

from __future__ import annotations

from typing import Final

from . import header as h

GLOBALS_SIZE: Final = 4096
CACHE_LO: Final = 0
CACHE_HI: Final = 8
EMPTY_IBTC: Final = 16
THREADS: Final = 24  # address of the (tid, env) table
MAIN_ENV: Final = 32
IBTC_SHIFT: Final = 40
THREAD_SLOTS: Final = 8192

QUEUE_SLOTS: Final = 64
QUEUE_SIZE: Final = 16 + QUEUE_SLOTS * 128
"""u32 written, u32 read, 8 bytes unused, then raw siginfo records"""

SYNCHRONOUS: Final = (4, 5, 7, 8, 11)
"""SIGILL SIGTRAP SIGBUS SIGFPE SIGSEGV"""

SAMPLE_SIGNAL: Final = 33
"""with SAMPLE_CODE: notes where a thread is, for profiles. C libraries never leave it blocked; guests use it too"""
SAMPLE_CODE: Final = -60
"""si_code of no signal that somebody else sends"""

_RIP: Final = 40 + 16 * 8
_EFLAGS: Final = 40 + 17 * 8
_R12: Final = 40 + 4 * 8
_RSP: Final = 40 + 15 * 8
_RAX: Final = 40 + 13 * 8
_FPREGS: Final = 40 + 23 * 8
_ARGS: Final = ("rdi", "rsi", "rdx", "r10", "r8", "r9")


_EXITS: Final = (
    ("link", h.EXIT_LINK), ("trap", h.EXIT_TRAP), ("resync", h.EXIT_RESYNC), ("check", h.EXIT_CHECK),
    ("hot", h.EXIT_HOT),
)  # fmt: skip
_SYSCALL: Final = (
    'call i64 asm sideeffect "syscall", '
    '"={ax},{ax},{di},{si},{dx},{r10},~{rcx},~{r11},~{memory}"'
)
_COPY: Final = 'call void asm sideeffect "rep movsb", "{di},{si},{cx},~{memory},~{rdi},~{rsi},~{rcx}"'


def _asm() -> str:
    lines = f"""
.globl hq_enter
hq_enter:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rdi, %r12
  stmxcsr {h.MXCSR_HOST}(%r12)
  ldmxcsr {h.MXCSR}(%r12)
  fldenv {h.F80_ENV}(%r12)
  movq %rsp, {h.HOST_SP}(%r12)
  movq {h.NATIVE_SP}(%r12), %rsp
  movl $1, {h.IN_NATIVE}(%r12)
  jmpq *%rsi

.globl hq_enter_timed
hq_enter_timed:
  pushq %rdi
  callq hq_enter
  movl $228, %eax
  movl $1, %edi
  movq (%rsp), %rsi
  addq ${h.LEFT}, %rsi
  syscall
  popq %rdi
  retq

.globl hq_resume
hq_resume:
  movq {h.SAVED}(%r12), %rsp
  movl $15, %eax
  syscall

hq_leave:
  movl %eax, {h.REASON}(%r12)
  movl $0, {h.IN_NATIVE}(%r12)
  stmxcsr {h.MXCSR}(%r12)
  ldmxcsr {h.MXCSR_HOST}(%r12)
  fnstenv {h.F80_ENV}(%r12)
  fninit
  andw $0xc7ff, {h.F80_ENV + 4}(%r12)
  movw $0xffff, {h.F80_ENV + 8}(%r12)
  movq {h.HOST_SP}(%r12), %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  retq
.globl hq_fault
hq_fault:
  movl ${h.EXIT_FAULT}, %eax
  jmp hq_leave
"""
    for name, reason in _EXITS:
        lines += f"""
.globl hq_{name}
hq_{name}:
  popq %rax
  movq %rax, {h.SITE}(%r12)
  movl ${reason}, %eax
  jmp hq_leave
"""
    lines += f"""
.globl hq_miss
hq_miss:
  movq {h.IBTC}(%r12), %r10
  cmpq g_empty_ibtc, %r10
  je 4f
  cmpl $0, {h.EXIT_REQUEST}(%r12)
  jne 4f
  movq {h.SITE}(%r12), %rax
  testq %rax, %rax
  je 4f
  movl g_ibtc_shift, %ecx
  movq %rax, %rdx
  shrq %cl, %rdx
  movq %rdx, %rdi
  movq {h.TABLE}(%r12), %rsi
1:
  andq {h.TABLE_MASK}(%r12), %rdx
  movq %rdx, %r8
  shlq $4, %r8
  movq (%rsi,%r8), %r9
  cmpq %rax, %r9
  je 2f
  testq %r9, %r9
  je 4f
  incq %rdx
  jmp 1b
2:
  movq 8(%rsi,%r8), %r9
  testq %r9, %r9
  je 4f
  andl $0xffff, %edi
  shlq $4, %rdi
  addq %r10, %rdi
  movq %r9, 8(%rdi)
  movq %rax, (%rdi)
  jmpq *%r9
4:
  movl ${h.EXIT_MISS}, %eax
  jmp hq_leave

.globl hq_syscall
hq_syscall:
  movl {h.SYS_NR}(%r12), %eax
  movq (%r12,%rax), %rax
  andq {h.SYS_MASK}(%r12), %rax
  cmpq $512, %rax
  jae 5f
  shlq $4, %rax
  addq {h.SYSCALLS}(%r12), %rax
  movq %rax, %rbx
  cmpl $0, (%rbx)
  js 5f
"""
    for n, register in enumerate(_ARGS):
        lines += f"""
  movl {h.SYS_ARGS + 4 * n}(%r12), %ecx
  movq (%r12,%rcx), %{register}
  andq {h.SYS_MASK}(%r12), %{register}
  movzbl {4 + n}(%rbx), %ecx
  testl %ecx, %ecx
  je 2f
  cmpl $2, %ecx
  jne 1f
  movslq {_dword(register)}, %{register}
  jmp 2f
1:
  testq %{register}, %{register}
  je 2f
  cmpl $3, %ecx
  je 5f
  movq {h.GUEST_LIMIT}(%r12), %rcx
  cmpq %rcx, %{register}
  jb 3f
  movq $-1, %{register}
  shrq $1, %{register}
  jmp 2f
3:
  addq {h.GUEST_BASE}(%r12), %{register}
2:
"""
    lines += f"""
  movq (%rsp), %rax
  movq %rax, {h.SITE}(%r12)
  movl $1, {h.IN_SYSCALL}(%r12)
  movl (%rbx), %eax
.globl hq_sys_check
hq_sys_check:
  cmpl $0, {h.EXIT_REQUEST}(%r12)
  jne hq_sys_before
.globl hq_sys_insn
hq_sys_insn:
  syscall
.globl hq_sys_done
hq_sys_done:
  xorl %ecx, %ecx
  xchgl %ecx, {h.IN_SYSCALL}(%r12)
  cmpq $-14, %rax
  je 5f
  movl {h.SYS_RET}(%r12), %ecx
  movl %eax, (%r12,%rcx)
  cmpl $0, {h.SYS_MASK + 4}(%r12)
  je 4f
  movq %rax, (%r12,%rcx)
4:
  incq {h.COUNT_NATIVE_SYSCALLS}(%r12)
  cmpq $-4, %rax
  je 6f
  cmpl $0, {h.EXIT_REQUEST}(%r12)
  jne 6f
  retq
5:
  popq %rax
  movq %rax, {h.SITE}(%r12)
  movl ${h.EXIT_SYSCALL}, %eax
  jmp hq_leave
6:
  popq %rax
  movq %rax, {h.SITE}(%r12)
  movl ${h.EXIT_EINTR}, %eax
  jmp hq_leave
.globl hq_sys_interrupted
hq_sys_interrupted:
  movl $0, {h.IN_SYSCALL}(%r12)
  popq %rax
  movq %rax, {h.SITE}(%r12)
  movl ${h.EXIT_INTERRUPTED}, %eax
  jmp hq_leave
.globl hq_sys_before
hq_sys_before:
  movl $0, {h.IN_SYSCALL}(%r12)
  popq %rax
  movq %rax, {h.SITE}(%r12)
  movl ${h.EXIT_BEFORE}, %eax
  jmp hq_leave

.globl hq_host_call
hq_host_call:
  pushq %r12
  movq %rdi, %r12
  movq %rsi, %rax
  movq %rdx, %rcx
  movq (%rcx), %rdi
  movq 8(%rcx), %rsi
  movq 16(%rcx), %rdx
  movq 24(%rcx), %r10
  movq 32(%rcx), %r8
  movq 40(%rcx), %r9
.globl hq_call_check
hq_call_check:
  cmpl $0, {h.EXIT_REQUEST}(%r12)
  jne hq_call_before
.globl hq_call_insn
hq_call_insn:
  syscall
  popq %r12
  retq
.globl hq_call_interrupted
hq_call_interrupted:
  movq $-512, %rax
  popq %r12
  retq
.globl hq_call_before
hq_call_before:
  movq $-513, %rax
  popq %r12
  retq
"""
    statements = [line.strip().replace('"', '\\"') for line in lines.splitlines() if line.strip()]
    return "\n".join(f'module asm "{statement}"' for statement in statements)


def _dword(register: str) -> str:
    return {"rdi": "%edi", "rsi": "%esi", "rdx": "%edx", "r10": "%r10d", "r8": "%r8d", "r9": "%r9d"}[register]


def _symbols() -> str:
    names = ("g_cache_lo", "g_cache_hi", "g_empty_ibtc", "g_threads", "g_main_env", "g_ibtc_shift")
    text = "".join(f"@{name} = external hidden global i64, !absolute_symbol !0\n" for name in names)
    return text + "".join(
        f"@{name} = external hidden global i8\n"
        for name in (
            "hq_fault", "hq_sys_check", "hq_sys_insn", "hq_sys_interrupted", "hq_sys_before",
            "hq_call_check", "hq_call_insn", "hq_call_interrupted", "hq_call_before",
        )
    )


def text() -> str:
    """The LLVM module."""
    sync = "\n".join(f"    i32 {signo}, label %sync" for signo in SYNCHRONOUS)
    return f"""target triple = "x86_64-unknown-linux-gnu"
{_asm()}
{_symbols()}
define internal ptr @env_of_thread() nounwind {{
entry:
  %tid = call i64 asm sideeffect "syscall", "={{ax}},{{ax}},~{{rcx}},~{{r11}},~{{memory}}"(i64 186)
  %table = load ptr, ptr @g_threads
  %first = and i64 %tid, {THREAD_SLOTS - 1}
  br label %probe
probe:
  %n = phi i64 [ %first, %entry ], [ %wrapped, %next ]
  %slot = getelementptr [2 x i64], ptr %table, i64 %n
  %found = load volatile i64, ptr %slot
  %hit = icmp eq i64 %found, %tid
  br i1 %hit, label %yes, label %other
other:
  %none = icmp eq i64 %found, 0
  br i1 %none, label %no, label %next
next:
  %more = add i64 %n, 1
  %wrapped = and i64 %more, {THREAD_SLOTS - 1}
  br label %probe
yes:
  %at = getelementptr i8, ptr %slot, i64 8
  %env = load ptr, ptr %at
  ret ptr %env
no:
  ret ptr null
}}

define void @hq_on_signal(i32 %signo, ptr %info, ptr %context) nounwind {{
entry:
  %env = call ptr @env_of_thread()
  %riplace = getelementptr i8, ptr %context, i64 {_RIP}
  %rip = load i64, ptr %riplace
  %codeplace = getelementptr i8, ptr %info, i64 8
  %code = load i32, ptr %codeplace
  %asked = icmp eq i32 %code, {SAMPLE_CODE}
  br i1 %asked, label %sample, label %signal
signal:
  switch i32 %signo, label %async [
{sync}
  ]
sample:
  %sampled = icmp ne ptr %env, null
  br i1 %sampled, label %note, label %end
note:
  %sampleplace = getelementptr i8, ptr %env, i64 {h.SAMPLE}
  store volatile i64 %rip, ptr %sampleplace
  ret void
sync:
  %sent = icmp sle i32 %code, 0
  br i1 %sent, label %async, label %fault
fault:
  %known = icmp ne ptr %env, null
  %lo = load i64, ptr @g_cache_lo
  %hi = load i64, ptr @g_cache_hi
  %above = icmp uge i64 %rip, %lo
  %below = icmp ult i64 %rip, %hi
  %inside = and i1 %above, %below
  %ours = and i1 %inside, %known
  br i1 %ours, label %leave, label %crash
leave:
  %f1 = getelementptr i8, ptr %env, i64 {h.FAULT_RIP}
  store i64 %rip, ptr %f1
  %addrplace = getelementptr i8, ptr %info, i64 16
  %addr = load i64, ptr %addrplace
  %f2 = getelementptr i8, ptr %env, i64 {h.FAULT_ADDR}
  store i64 %addr, ptr %f2
  %f3 = getelementptr i8, ptr %env, i64 {h.FAULT_SIGNO}
  store i32 %signo, ptr %f3
  %f4 = getelementptr i8, ptr %env, i64 {h.FAULT_CODE}
  store i32 %code, ptr %f4
  %errplace = getelementptr i8, ptr %context, i64 {40 + 19 * 8}
  %err = load i64, ptr %errplace
  %f5 = getelementptr i8, ptr %env, i64 {h.FAULT_ERROR}
  store i64 %err, ptr %f5
  ; the whole context, so that Python may let the access be tried again: ucontext up to the end of the FP state
  %areaplace = getelementptr i8, ptr %env, i64 {h.SAVE_AREA}
  %area = load ptr, ptr %areaplace
  %contextint = ptrtoint ptr %context to i64
  %phase = and i64 %contextint, 63 ; the FP state must stay aligned
  %keep = getelementptr i8, ptr %area, i64 %phase
  %keepplace = getelementptr i8, ptr %env, i64 {h.SAVED}
  store ptr %keep, ptr %keepplace
  %fpplace = getelementptr i8, ptr %context, i64 {_FPREGS}
  %fp = load i64, ptr %fpplace
  %sizeplace = inttoptr i64 %fp to ptr
  %sizeat = getelementptr i8, ptr %sizeplace, i64 468
  %fpsize = load i32, ptr %sizeat
  %fpsize64 = zext i32 %fpsize to i64
  %fpend = add i64 %fp, %fpsize64
  %length = sub i64 %fpend, %contextint
  {_COPY}(ptr %keep, ptr %context, i64 %length)
  %shift = sub i64 %fp, %contextint
  %keepint = ptrtoint ptr %keep to i64
  %newfp = add i64 %keepint, %shift
  %newfpplace = getelementptr i8, ptr %keep, i64 {_FPREGS}
  store i64 %newfp, ptr %newfpplace
  store i64 ptrtoint (ptr @hq_fault to i64), ptr %riplace
  ; one instruction at a time (runtime.tagged) was meant for guest code only
  %flagsplace = getelementptr i8, ptr %context, i64 {_EFLAGS}
  %flags = load i64, ptr %flagsplace
  %steady = and i64 %flags, -257
  store i64 %steady, ptr %flagsplace
  %r12 = getelementptr i8, ptr %context, i64 {_R12}
  %envint = ptrtoint ptr %env to i64
  store i64 %envint, ptr %r12
  ret void
crash:
  ; not guest code: let the default action show the fault where it is
  %act = alloca [32 x i8], align 8
  call void @llvm.memset.p0.i64(ptr %act, i8 0, i64 32, i1 false)
  %no64 = sext i32 %signo to i64
  %unused = {_SYSCALL}(i64 13, i64 %no64, ptr %act, i64 0, i64 8)
  ret void
async:
  %isnull = icmp eq ptr %env, null
  %main = load ptr, ptr @g_main_env
  %target = select i1 %isnull, ptr %main, ptr %env
  %qplace = getelementptr i8, ptr %target, i64 {h.QUEUE}
  %queue = load ptr, ptr %qplace
  %written = load volatile i32, ptr %queue
  %readplace = getelementptr i8, ptr %queue, i64 4
  %read = load volatile i32, ptr %readplace
  %used = sub i32 %written, %read
  %full = icmp uge i32 %used, {QUEUE_SLOTS}
  br i1 %full, label %wake, label %store
store:
  %index = urem i32 %written, {QUEUE_SLOTS}
  %index64 = zext i32 %index to i64
  %byte = mul i64 %index64, 128
  %slotoff = add i64 %byte, 16
  %slot = getelementptr i8, ptr %queue, i64 %slotoff
  {_COPY}(ptr %slot, ptr %info, i64 128)
  %bump = add i32 %written, 1
  store volatile i32 %bump, ptr %queue
  br label %wake
wake:
  ; first the request: a thread that misses in the empty IBTC must see why
  store volatile i32 1, ptr %target
  %empty = load i64, ptr @g_empty_ibtc
  %iplace = getelementptr i8, ptr %target, i64 {h.IBTC}
  store volatile i64 %empty, ptr %iplace
  %c1 = icmp uge i64 %rip, ptrtoint (ptr @hq_sys_check to i64)
  %c2 = icmp ule i64 %rip, ptrtoint (ptr @hq_sys_insn to i64)
  %window = and i1 %c1, %c2
  br i1 %window, label %rewind, label %done
rewind:
  ; at the instruction itself the kernel has put it back there: the call had begun to wait
  %begun = icmp eq i64 %rip, ptrtoint (ptr @hq_sys_insn to i64)
  %way = select i1 %begun, i64 ptrtoint (ptr @hq_sys_interrupted to i64), i64 ptrtoint (ptr @hq_sys_before to i64)
  store i64 %way, ptr %riplace
  ret void
done:
  %c3 = icmp uge i64 %rip, ptrtoint (ptr @hq_call_check to i64)
  %c4 = icmp ule i64 %rip, ptrtoint (ptr @hq_call_insn to i64)
  %window2 = and i1 %c3, %c4
  br i1 %window2, label %rewind2, label %end
rewind2:
  %begun2 = icmp eq i64 %rip, ptrtoint (ptr @hq_call_insn to i64)
  %way2 = select i1 %begun2, i64 ptrtoint (ptr @hq_call_interrupted to i64), i64 ptrtoint (ptr @hq_call_before to i64)
  store i64 %way2, ptr %riplace
  ret void
end:
  ret void
}}
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)

define void @hq_restorer() naked nounwind {{
  call void asm sideeffect "movl $$15, %eax; syscall", ""()
  unreachable
}}
!0 = !{{i64 0, i64 2147483648}}
"""
