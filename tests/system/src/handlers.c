/* Signal functions: longjmp out of them, an alternate stack, changed registers, what ucontext holds, nesting. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

static sigjmp_buf back;
static char alternate[65536];
static volatile int on_alternate, count, depth, *volatile nowhere = (int *)16;

static void jump_out(int signo, siginfo_t *info, void *context)
{
    (void)info, (void)context;
    char here;
    on_alternate = &here >= alternate && &here < alternate + sizeof alternate;
    siglongjmp(back, signo);
}

__attribute__((noinline)) static int overflow(int n)
{
    if (n < 0)
        return 0;
    volatile char frame[5000]; frame[0] = n; return overflow(n + 1) + frame[0];
}

static void skip(int signo, siginfo_t *info, void *context)
{
    ucontext_t *uc = context;
    count++;
    uc->uc_mcontext.pc += 4;
    uc->uc_mcontext.regs[0] = 1000 + count;
    uc->uc_mcontext.regs[20] += signo == SIGSEGV ? info->si_code : 0;
    struct fpsimd_context *fp = (void *)uc->uc_mcontext.__reserved;
    if (fp->head.magic == FPSIMD_MAGIC)
        fp->vregs[8] += (unsigned __int128)7 << 64 | 5;
}

static void make_writable(int signo, siginfo_t *info, void *context)
{
    (void)signo, (void)context;
    count++;
    mprotect((void *)((uintptr_t)info->si_addr & ~4095UL), 4096, PROT_READ | PROT_WRITE);
}

static void nested(int signo)
{
    depth++;
    printf("depth %d signal %d\n", depth, signo);
    if (depth < 3)
        raise(signo == SIGUSR1 ? SIGUSR2 : SIGUSR1);
    depth--;
}

static void handle(int signo, void (*function)(int, siginfo_t *, void *), int flags)
{
    struct sigaction action = {.sa_sigaction = function, .sa_flags = SA_SIGINFO | flags};
    sigaction(signo, &action, NULL);
}

static uint64_t seen[34];
static void dump(int signo, siginfo_t *info, void *context)
{
    ucontext_t *uc = context;
    (void)info, (void)signo;
    memcpy(seen, uc->uc_mcontext.regs, 31 * 8);
    seen[31] = uc->uc_mcontext.sp, seen[32] = uc->uc_mcontext.pc, seen[33] = uc->uc_mcontext.pstate;
    struct fpsimd_context *fp = (void *)uc->uc_mcontext.__reserved;
    printf("fpsimd %d %d v0 %llx v31 %llx fpcr %x fpsr %x\n", fp->head.magic == FPSIMD_MAGIC, fp->head.size,
           (unsigned long long)fp->vregs[0], (unsigned long long)(fp->vregs[31] >> 64), fp->fpcr, fp->fpsr);
    uc->uc_mcontext.pc += 4;
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate};
    sigaltstack(&stack, NULL);
    handle(SIGSEGV, jump_out, SA_ONSTACK);
    handle(SIGBUS, jump_out, 0);
    handle(SIGILL, jump_out, 0);
    handle(SIGTRAP, jump_out, 0);
    for (volatile int i = 0; i < 200; i++) {
        volatile int signo = sigsetjmp(back, 1);
        if (!signo)
            *(volatile int *)((char *)nowhere + i * 8) = 1;
        if (signo != SIGSEGV)
            printf("got %d\n", signo);
    }
    printf("out of a fault on the alternate stack %d\n", on_alternate);
    for (volatile int i = 0; i < 3; i++) {
        int signo = sigsetjmp(back, 1);
        if (!signo)
            overflow(0);
        printf("stack overflow: %d %d\n", signo, on_alternate);
    }
    int signo = sigsetjmp(back, 1);
    if (!signo)
        __asm__ volatile("udf #17");
    printf("udf %d %d\n", signo, on_alternate);
    if (!(signo = sigsetjmp(back, 1)))
        __asm__ volatile("brk #3");
    printf("brk %d\n", signo);
    if (!(signo = sigsetjmp(back, 1)))
        __asm__ volatile("mrs x0, sctlr_el1" : : : "x0");
    printf("privileged %d\n", signo);

    handle(SIGSEGV, skip, 0);
    handle(SIGILL, skip, 0);
    handle(SIGTRAP, skip, 0);
    long r0, r20;
    uint64_t low, high;
    __asm__ volatile("mov x9, #16\n mov x20, #100\n movi v8.2d, #0\n ldr x0, [x9]\n mov %0, x0\n mov %1, x20\n"
                     "mov %2, v8.d[0]\n mov %3, v8.d[1]"
                     : "=r"(r0), "=r"(r20), "=r"(low), "=r"(high) : : "x0", "x9", "x20", "v8");
    printf("skipped a load: x0 %ld x20 %ld v8 %lu:%lu\n", r0, r20, high, low);
    __asm__ volatile("mov x20, #0\n udf #0\n mov %0, x0\n mov %1, x20" : "=r"(r0), "=r"(r20) : : "x0", "x20", "v8");
    printf("skipped udf: x0 %ld x20 %ld\n", r0, r20);
    __asm__ volatile("mov x20, #0\n brk #1000\n mov %0, x0\n mov %1, x20" : "=r"(r0), "=r"(r20) : : "x0", "x20", "v8");
    printf("skipped brk: x0 %ld x20 %ld\n", r0, r20);

    /* all registers as they were, base not written back by the load that failed */
    handle(SIGSEGV, dump, 0);
    __asm__ volatile(
        "stp x29, x30, [sp, #-16]!\n mov x29, #0x29\n mov x30, #0x30\n"
        ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,19,20,21,22,23,24,25,26,27,28\n mov x\\n, #\\n * 3\n .endr\n"
        "fmov d0, #1.5\n movi v31.16b, #0x5a\n mov x18, #64\n cmp x1, x2\n"
        "ldp x4, x5, [x18], #16\n"
        "mov x1, x18\n"
        "ldp x29, x30, [sp], #16"
        : : : "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16",
        "x17", "x18", "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28", "v0", "v31", "memory", "cc");
    printf("registers");
    for (int i = 0; i < 31; i++)
        printf(" %lx", seen[i]);
    printf(" flags %lx sp %d\n", seen[33] & 0xf0000000, seen[31] % 16 == 0);

    char *page = mmap(NULL, 8 * 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    handle(SIGSEGV, make_writable, 0);
    count = 0;
    for (int i = 0; i < 8 * 4096; i += 64)
        page[i] = i / 64;
    memset(page, 3, 8 * 4096);
    printf("writable on demand %d\n", count);

    struct sigaction simple = {.sa_handler = nested, .sa_flags = SA_NODEFER};
    sigaction(SIGUSR1, &simple, NULL);
    sigaction(SIGUSR2, &simple, NULL);
    raise(SIGUSR1);
    simple.sa_flags = 0;
    sigaddset(&simple.sa_mask, SIGUSR2);
    sigaction(SIGUSR1, &simple, NULL);
    printf("with the mask:\n");
    raise(SIGUSR1);
    stack_t old;
    sigaltstack(NULL, &old);
    printf("altstack %d %d %s\n", old.ss_flags, (int)old.ss_size, old.ss_sp == alternate ? "ours" : "other");
    stack.ss_size = 1000;
    printf("too small %d %s\n", sigaltstack(&stack, NULL), strerrorname_np(errno));
    sigset_t set;
    sigprocmask(SIG_SETMASK, NULL, &set);
    printf("mask now %d%d%d\n", sigismember(&set, SIGSEGV), sigismember(&set, SIGUSR1), sigismember(&set, SIGUSR2));

    /* ways to die in a signal's function */
    for (int way = 0; way < 4; way++) {
        fflush(stdout);
        pid_t pid = fork();
        if (!pid) {
            signal(SIGSEGV, SIG_DFL);
            if (way == 0) {
                sigemptyset(&set);
                sigaddset(&set, SIGSEGV);
                sigprocmask(SIG_BLOCK, &set, NULL);
                handle(SIGSEGV, skip, 0);
                *nowhere = 0; /* blocked: dies */
            } else if (way == 1) {
                signal(SIGSEGV, SIG_IGN);
                *nowhere = 0; /* ignored: dies */
            } else if (way == 2) {
                handle(SIGSEGV, jump_out, 0);
                __asm__ volatile("mov x0, #0\n mov sp, x0\n ldr x0, [sp]"); /* no room for a frame */
            } else {
                handle(SIGSEGV, (void (*)(int, siginfo_t *, void *))64, 0);
                *nowhere = 0;
            }
            _exit(1);
        }
        int status;
        waitpid(pid, &status, 0);
        printf("way %d: %x\n", way, status & 0x7f);
    }
    return 0;
}
