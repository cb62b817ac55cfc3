/* Masks, pending signals, nesting, waiting, values, death. */
#include "check.h"

static volatile int count;

static void counted(int signo)
{
    (void)signo;
    count++;
}

static void nested(int signo)
{
    printf("in %d: USR1 blocked %d, USR2 blocked %d\n", signo, blocked(SIGUSR1), blocked(SIGUSR2));
    if (signo == SIGUSR1)
        raise(SIGUSR2);
    printf("out of %d\n", signo);
}

static void with_value(int signo, siginfo_t *info, void *context)
{
    (void)context;
    printf("signal %d code %d value %d ours %d\n", signo - SIGRTMIN, info->si_code, info->si_value.sival_int,
           info->si_pid == getpid());
}

static void masks(void)
{
    sigset_t usr1 = set_of(SIGUSR1), old, pending;
    on(SIGUSR1, counted, 0, 0);
    raise(SIGUSR1);
    kill(getpid(), SIGUSR1);
    printf("delivered %d\n", count);
    sigprocmask(SIG_BLOCK, &usr1, &old);
    raise(SIGUSR1);
    raise(SIGUSR1);
    sigpending(&pending);
    printf("pending %d delivered %d\n", sigismember(&pending, SIGUSR1), count);
    sigprocmask(SIG_SETMASK, &old, 0);
    printf("delivered %d\n", count);
    sigprocmask(SIG_BLOCK, &usr1, 0);
    raise(SIGUSR1);
    SHOW(sigsuspend(&old));
    printf("delivered %d blocked %d\n", count, blocked(SIGUSR1));
    struct timespec soon = {0, 2000000};
    raise(SIGUSR1);
    SHOW(sigtimedwait(&usr1, 0, &soon));
    SHOW(sigtimedwait(&usr1, 0, &soon));
    raise(SIGUSR1);
    signal(SIGUSR1, SIG_IGN);
    sigpending(&pending);
    printf("pending after it was ignored: %d\n", sigismember(&pending, SIGUSR1));
    sigprocmask(SIG_SETMASK, &old, 0);
    SHOW(syscall(SYS_rt_sigprocmask, 9, &usr1, 0, 8));
    SHOW(syscall(SYS_rt_sigprocmask, SIG_BLOCK, &usr1, 0, 4));
    SHOW(syscall(SYS_rt_sigprocmask, SIG_BLOCK, 8, 0, 8));
    SHOW(syscall(SYS_rt_sigaction, 65, 0, 0, 8));
    SHOW(syscall(SYS_rt_sigaction, SIGUSR1, 8, 0, 8));
    SHOW(signal(SIGKILL, SIG_IGN) == SIG_ERR);
    SHOW(kill(getpid(), 99));
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &old);
    printf("KILL blocked %d STOP blocked %d TERM blocked %d\n", blocked(SIGKILL), blocked(SIGSTOP), blocked(SIGTERM));
    sigprocmask(SIG_SETMASK, &old, 0);
}

static void functions(void)
{
    struct sigaction action;
    on(SIGUSR1, nested, 0, SIGUSR2);
    on(SIGUSR2, nested, SA_NODEFER, 0);
    raise(SIGUSR1);
    on(SIGRTMIN, with_value, SA_SIGINFO, 0);
    on(SIGRTMIN + 1, with_value, SA_SIGINFO, 0);
    for (int n = 0; n < 3; n++)
        sigqueue(getpid(), SIGRTMIN + n % 2, (union sigval){.sival_int = 40 + n});
    count = 0;
    on(SIGUSR1, counted, SA_RESETHAND | SA_RESTART, SIGUSR2);
    sigaction(SIGUSR1, 0, &action);
    printf("flags %x masks USR2 %d\n", action.sa_flags & ~0x04000000, sigismember(&action.sa_mask, SIGUSR2));
    raise(SIGUSR1);
    sigaction(SIGUSR1, 0, &action);
    printf("once %d default %d\n", count, action.sa_handler == SIG_DFL);
}

static void die(int how)
{
    sigset_t all;
    sigfillset(&all);
    switch (how) {
    case 0: raise(SIGUSR1); break;
    case 1: *(volatile int *)8 = 1; break;
    case 2: abort();
    case 3: sigprocmask(SIG_BLOCK, &all, 0); *(volatile int *)8 = 1; break;
    case 4: signal(SIGSEGV, SIG_IGN); *(volatile int *)8 = 1; break;
    case 5: kill(getpid(), SIGKILL); break;
    case 6: signal(SIGSEGV, SIG_IGN); kill(getpid(), SIGSEGV); break;
    case 7: kill(getpid(), SIGBUS); break;
    case 8: signal(SIGCHLD, SIG_DFL); raise(SIGCHLD); raise(SIGURG); break;
    }
    _exit(9);
}

int main(void)
{
    setvbuf(stdout, 0, _IONBF, 0);
    masks();
    functions();
    for (int how = 0; how < 9; how++) {
        pid_t child = fork();
        if (!child)
            die(how);
        char name[20];
        sprintf(name, "end %d", how);
        show_end(name, child);
    }
    return 0;
}
