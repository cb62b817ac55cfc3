/* What only Arm's kernel offers: user helpers, private calls, returns from signals without a restorer. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

struct old_action {
    void *function;
    unsigned long mask, flags;
    void *restorer;
};

struct action {
    void *function;
    unsigned long flags;
    void *restorer;
    unsigned long mask[2];
};

static int swap(int old, int new, volatile int *at)
{
    return ((int (*)(int, int, volatile int *))0xffff0fc0)(old, new, at);
}

static int swap64(const int64_t *old, const int64_t *new, volatile int64_t *at)
{
    return ((int (*)(const int64_t *, const int64_t *, volatile int64_t *))0xffff0f60)(old, new, at);
}

static void helpers(void)
{
    volatile int word = 5;
    volatile int64_t wide = 0x100000005;
    int64_t old = 0x100000005, new = 0x700000008;
    printf("version %d\n", *(int *)0xffff0ffc >= 5);
    printf("swap %d", swap(5, 9, &word) == 0);
    printf(" %d %d\n", swap(5, 7, &word) == 0, word);
    printf("swap64 %d", swap64(&old, &new, &wide) == 0);
    printf(" %d %llx\n", swap64(&old, &new, &wide) == 0, (long long)wide);
    ((void (*)(void))0xffff0fa0)();
    printf("tls %d\n", ((void *(*)(void))0xffff0fe0)() == __builtin_thread_pointer());
}

static volatile int entered;
static ucontext_t seen;

static void plain(int signo)
{
    entered = signo;
}

static void with_info(int signo, siginfo_t *info, ucontext_t *context)
{
    entered = signo * 1000 + info->si_signo;
    memcpy(&seen, context, sizeof seen);
}

static void returns(void)
{
    struct old_action old = {plain, 1UL << (SIGUSR2 - 1), 0, 0}, before;
    printf("sigaction %ld\n", syscall(SYS_sigaction, SIGUSR1, &old, 0));
    raise(SIGUSR1);
    printf("entered %d\n", entered);
    printf("sigaction %ld", syscall(SYS_sigaction, SIGUSR1, 0, &before));
    printf(" %d %lx %lx\n", before.function == plain, before.mask, before.flags);
    struct action action = {with_info, SA_SIGINFO, 0, {0, 0}};
    syscall(SYS_rt_sigaction, SIGUSR2, &action, 0, 8);
    unsigned long mask = 1UL << (SIGALRM - 1);
    printf("sigprocmask %ld\n", syscall(SYS_sigprocmask, SIG_BLOCK, &mask, 0));
    raise(SIGUSR2);
    printf("entered %d\n", entered);
    struct sigcontext *mc = (void *)&seen.uc_mcontext;
    printf("user mode %lx, masks %lx %d\n", mc->arm_cpsr & 0x1f, mc->oldmask, sigismember(&seen.uc_sigmask, SIGALRM));
    printf("sp in stack %d\n", (unsigned long)&mc - mc->arm_sp < 1 << 16);
}

static void skip(int signo, siginfo_t *info, ucontext_t *context)
{
    struct sigcontext *mc = (void *)&context->uc_mcontext;
    printf("signal %d code %d at pc %d\n", signo, info->si_code, (unsigned long)info->si_addr == mc->arm_pc);
    mc->arm_pc += 4;
    mc->arm_r0 = 42;
    mc->arm_cpsr ^= 1 << 28;
}

static void changed_context(void)
{
    struct sigaction action = {.sa_sigaction = (void *)skip, .sa_flags = SA_SIGINFO};
    sigaction(SIGILL, &action, 0);
    int value;
    __asm__ volatile("mov r0, #1\n\t.inst 0xe7f000f0\n\tmov %0, r0" : "=r"(value) : : "r0", "cc");
    printf("value %d\n", value);
    int first, second;
    __asm__ volatile("cmp %2, #0\n\tmrs %0, cpsr\n\t.inst 0xe7f000f0\n\tmrs %1, cpsr"
                     : "=&r"(first), "=&r"(second) : "r"(value) : "r0", "cc");
    printf("flags %x\n", (first ^ second) & 0xff0f0000);
}

static long private_call(long number, long a, long b, long c)
{
    register long r0 __asm__("r0") = a;
    register long r1 __asm__("r1") = b;
    register long r2 __asm__("r2") = c;
    register long r7 __asm__("r7") = number;
    __asm__ volatile("svc #0" : "+r"(r0) : "r"(r1), "r"(r2), "r"(r7) : "memory");
    return r0;
}

static void private_calls(void)
{
    void *own = __builtin_thread_pointer();
    long set = private_call(0xf0005, 0x1234, 0, 0);
    void *changed = ((void *(*)(void))0xffff0fe0)();
    private_call(0xf0005, (long)own, 0, 0);
    printf("set_tls %ld %p\n", set, changed);
    uint32_t *code = mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (int n = 1; n < 4; n++) {
        code[0] = 0xe3a00000 | n; /* mov r0, #n; bx lr */
        code[1] = 0xe12fff1e;
        printf("cacheflush %ld", private_call(0xf0002, (long)code, (long)(code + 2), 0));
        printf(" %d\n", ((int (*)(void))code)());
    }
}

static void fixed_page(void)
{
    void *above = mmap((void *)0xffff0000, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    printf("map above %d\n", above == MAP_FAILED);
    printf("write %ld %d\n", (long)read(-1, (void *)0xffff0000, 1), errno == EBADF);
    char line[200];
    int found = 0;
    FILE *maps = fopen("/proc/self/maps", "r");
    while (fgets(line, sizeof line, maps))
        found += !strncmp(line, "ffff0000-ffff1000 r-xp", 22);
    fclose(maps);
    printf("in maps %d\n", found);
}

int main(void)
{
    setvbuf(stdout, 0, _IONBF, 0);
    helpers();
    returns();
    changed_context();
    private_calls();
    fixed_page();
    return 0;
}
