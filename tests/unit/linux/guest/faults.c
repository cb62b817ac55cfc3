/* Synchronous signals: codes and addresses, the alternate stack, jumping out and going on. */
#include "check.h"
#include <setjmp.h>
#include <ucontext.h>

static char alternate[65536];
static sigjmp_buf back;
static char *expected;

static int on_alternate(void)
{
    char here;
    return &here >= alternate && &here < alternate + sizeof alternate;
}

static void jump_out(int signo, siginfo_t *info, void *context)
{
    (void)context;
    printf("signal %d code %d right address %d alternate %d\n", signo, info->si_code,
           (char *)info->si_addr == expected, on_alternate());
    siglongjmp(back, 1);
}

static void make_writable(int signo, siginfo_t *info, void *context)
{
    (void)signo;
    (void)context;
    mprotect((void *)((uintptr_t)info->si_addr & -4096), 4096, PROT_READ | PROT_WRITE);
}

static void recurse(int signo)
{
    stack_t stack;
    sigaltstack(0, &stack);
    printf("signal %d flags %d alternate %d\n", signo, stack.ss_flags, on_alternate());
    SHOW(sigaltstack(&stack, 0));
    if (signo == SIGUSR1)
        raise(SIGUSR2);
}

static void alternate_stack(void)
{
    stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate}, old;
    SHOW(sigaltstack(0, &old));
    printf("flags %d\n", old.ss_flags);
    SHOW(sigaltstack(&stack, 0));
    stack.ss_size = 100;
    SHOW(sigaltstack(&stack, 0));
    stack.ss_flags = 77;
    SHOW(sigaltstack(&stack, 0));
    on(SIGUSR1, recurse, SA_ONSTACK, 0);
    on(SIGUSR2, recurse, SA_ONSTACK, 0);
    raise(SIGUSR1);
    on(SIGUSR2, recurse, 0, 0);
    raise(SIGUSR2);
}

static void overflow(int depth)
{
    volatile char room[4096];
    room[0] = depth;
    if (depth < 1 << 20)
        overflow(depth + 1);
    room[1] = room[0];
}

int main(void)
{
    setvbuf(stdout, 0, _IONBF, 0);
    alternate_stack();
    on(SIGSEGV, jump_out, SA_SIGINFO | SA_ONSTACK, 0);
    on(SIGBUS, jump_out, SA_SIGINFO, 0);
    if (!sigsetjmp(back, 1)) {
        expected = (char *)0x345;
        *(volatile int *)expected = 1;
    }
    char *page = mmap(0, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(page + 4096, 4096);
    if (!sigsetjmp(back, 1)) {
        expected = page + 5;
        *(volatile char *)expected = 1;
    }
    if (!sigsetjmp(back, 1)) {
        expected = page + 4096;
        (void)*(volatile char *)expected;
    }
    FILE *file = tmpfile();
    char *empty = mmap(0, 4096, PROT_READ, MAP_SHARED, fileno(file), 0);
    if (!sigsetjmp(back, 1)) {
        expected = empty;
        (void)*(volatile char *)empty;
    }
    if (!sigsetjmp(back, 1)) {
        expected = page;
        ((void (*)(void))page)();
    }
    if (!sigsetjmp(back, 1)) {
        expected = 0;
        ((void (*)(void))0)();
    }
    on(SIGSEGV, make_writable, SA_SIGINFO, 0);
    for (int i = 0; i < 3; i++) {
        mprotect(page, 4096, PROT_READ);
        page[i] = 'a' + i;
    }
    printf("written %.3s\n", page);
    on(SIGSEGV, SIG_DFL, 0, 0);
    pid_t child = fork();
    if (!child) {
        overflow(0);
        _exit(0);
    }
    show_end("stack overflow", child);
    return 0;
}
