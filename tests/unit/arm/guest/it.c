/* Faults, traps and system calls between the instructions of IT blocks; the handler goes on behind or at them. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

static int word = 77, skip;
static volatile unsigned seen;

static unsigned it_of(unsigned cpsr) { return (cpsr >> 10 & 0x3f) << 2 | cpsr >> 25 & 3; }

static void on_fault(int signo, siginfo_t *info, void *context)
{
    ucontext_t *uc = context;
    seen = it_of(uc->uc_mcontext.arm_cpsr) << 8 | signo;
    if (skip) { /* the instruction is done: the next of the block, with its own state */
        unsigned it = it_of(uc->uc_mcontext.arm_cpsr);
        it = it & 7 ? (it & 0xe0) | (it << 1 & 0x1f) : 0;
        uc->uc_mcontext.arm_pc += skip;
        uc->uc_mcontext.arm_cpsr = (uc->uc_mcontext.arm_cpsr & ~0x0600fc00) | it >> 2 << 10 | (it & 3) << 25;
    } else {
        uc->uc_mcontext.arm_r3 = (unsigned)&word;
    }
}

static void again(int equal)
{
    unsigned a = 1, b = 2, c = 3, d = 4;
    __asm__ volatile("mov r3, #16\n cmp %4, #1\n ittee eq\n moveq %0, #10\n ldreq %1, [r3]\n movne %2, #30\n movne %3, #40\n"
                     : "+r"(a), "+r"(b), "+r"(c), "+r"(d) : "r"(equal) : "r3", "cc");
    printf("load %u %u %u %u, %x\n", a, b, c, d, seen);
}

static void undefined(int equal)
{
    unsigned a = 1, b = 2, c = 3;
    seen = 0;
    __asm__ volatile("cmp %3, #1\n itete eq\n moveq %0, #10\n udfne #5\n addeq %1, %1, #20\n addne %2, %2, #30\n"
                     : "+r"(a), "+r"(b), "+r"(c) : "r"(equal) : "cc");
    printf("trap %u %u %u, %x\n", a, b, c, seen);
}

static void call(int equal)
{
    register long r0 __asm__("r0") = -1, r7 __asm__("r7") = 20 /* getpid */;
    unsigned a = 1, b = 2;
    __asm__ volatile("cmp %4, #1\n ittee eq\n svceq #0\n moveq %1, #10\n movne %1, #11\n movne %2, #12\n"
                     : "+r"(r0), "+r"(a), "+r"(b) : "r"(r7), "r"(equal) : "cc", "memory");
    printf("call %d %u %u\n", r0 == getpid(), a, b);
}

static void hot(void)
{
    unsigned odd = 0, even = 0, state = 1;
    for (int i = 0; i < 200000; i++) {
        state = state * 1664525 + 1013904223;
        __asm__ volatile("tst %2, #0x10000\n ite eq\n addeq %0, %0, #1\n addne %1, %1, #1\n" : "+r"(even), "+r"(odd) : "r"(state) : "cc");
    }
    printf("hot %u %u\n", even, odd);
}

int main(void)
{
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGILL, &action, NULL);
    again(1), again(0);
    seen = 0, skip = 2;
    again(1);
    undefined(1), undefined(0);
    call(1), call(0);
    hot();
    return 0;
}
