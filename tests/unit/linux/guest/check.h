/* What every program of this folder uses. Output must not depend on addresses, ids, times or the architecture. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* name, result, and errno if it failed */
#define SHOW(call)                                                                                                     \
    do {                                                                                                               \
        errno = 0;                                                                                                     \
        long result_ = (long)(call);                                                                                   \
        int errno_ = errno;                                                                                            \
        if (result_ == -1)                                                                                             \
            printf("%s: errno %d\n", #call, errno_);                                                                   \
        else                                                                                                           \
            printf("%s: %ld\n", #call, result_);                                                                       \
    } while (0)

static inline void on(int signo, void *function, int flags, int blocked)
{
    struct sigaction action = {0};
    action.sa_handler = function;
    action.sa_flags = flags;
    sigemptyset(&action.sa_mask);
    if (blocked)
        sigaddset(&action.sa_mask, blocked);
    sigaction(signo, &action, 0);
}

static inline sigset_t set_of(int signo)
{
    sigset_t set;
    sigemptyset(&set);
    if (signo)
        sigaddset(&set, signo);
    return set;
}

static inline int blocked(int signo)
{
    sigset_t set;
    sigprocmask(SIG_BLOCK, 0, &set);
    return sigismember(&set, signo);
}

/* again and again, should the first come before the call that it is to interrupt; 0 stops it */
static inline void alarm_after(int ms)
{
    struct itimerval timer = {{0, ms * 1000}, {0, ms * 1000}};
    setitimer(ITIMER_REAL, &timer, 0);
}

static inline void show_end(const char *what, pid_t child)
{
    int status;
    waitpid(child, &status, 0);
    printf("%s: signal %d status %d\n", what, WIFSIGNALED(status) ? WTERMSIG(status) : 0, WEXITSTATUS(status));
}
