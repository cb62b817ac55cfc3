/* Jumps to where no code is: the right signal, code and address. */
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>

static sigjmp_buf back;
static siginfo_t last;
static void on_fault(int signo, siginfo_t *info, void *context)
{
    (void)signo, (void)context;
    last = *info;
    siglongjmp(back, 1);
}

static void jump(const char *name, char *to)
{
    if (!sigsetjmp(back, 1))
        ((void (*)(void))to)();
    printf("%s: signal %d code %d %s\n", name, last.si_signo, last.si_code, (char *)last.si_addr == to ? "there" : "elsewhere");
}

int main(void)
{
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    sigaction(SIGILL, &action, NULL);
    char *p = mmap(NULL, 2 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    jump("not executable", p);
    jump("null", NULL);
    jump("nothing mapped", (char *)4096);
    for (int i = 0; i < 1024; i++)
        ((unsigned *)p)[i] = 0xd503201f; /* nop */
    munmap(p + 4096, 4096);
    mprotect(p, 4096, PROT_READ | PROT_EXEC);
    if (!sigsetjmp(back, 1))
        ((void (*)(void))(p + 4000))();
    printf("runs off the end: signal %d code %d %d\n", last.si_signo, last.si_code, (char *)last.si_addr == p + 4096);
    mprotect(p, 4096, PROT_NONE);
    jump("no access", p);
    return 0;
}
