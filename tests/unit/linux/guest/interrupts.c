/* Signals and system calls that block: which are restarted, which end with EINTR, none is lost. */
#include "check.h"
#include <poll.h>
#include <sys/select.h>

static volatile int count;
static int pipes[2], ready[2];

/* What must not end before signals came waits for the third: no clock says when that is. */
static void counted(int signo)
{
    (void)signo;
    if (++count % 3 == 0)
        (void)!write(ready[1], "r", 1);
}

static void forget_ready(void)
{
    char bytes[64];
    while (read(ready[0], bytes, sizeof bytes) > 0)
        ;
}

/* the child does nothing but that, and then ends */
static pid_t child_when_ready(const char *text)
{
    pid_t child;
    forget_ready();
    child = fork();
    if (!child) {
        poll(&(struct pollfd){ready[0], POLLIN}, 1, -1);
        (void)!write(pipes[1], text, strlen(text));
        _exit(0);
    }
    return child;
}

#define INTERRUPTED(call)                                                                                              \
    do {                                                                                                               \
        alarm_after(40);                                                                                               \
        SHOW(call);                                                                                                    \
        alarm_after(0);                                                                                                \
    } while (0)

static void restarts(int flags)
{
    char byte;
    pid_t child = 0;
    struct timespec rest, long_time = {100, 0};
    struct pollfd none = {.fd = -1};
    printf("flags %x\n", flags);
    count = 0;
    on(SIGALRM, counted, flags, 0);
    if (flags)
        child = child_when_ready("x");
    INTERRUPTED(read(pipes[0], &byte, 1));
    if (flags)
        waitpid(child, 0, 0);
    INTERRUPTED(poll(&none, 1, 100000));
    INTERRUPTED(select(0, 0, 0, 0, &(struct timeval){100, 0}));
    INTERRUPTED(nanosleep(&long_time, &rest));
    printf("rest in range %d\n", rest.tv_sec >= 40 && rest.tv_sec < 100);
    INTERRUPTED(pause());
    count = 0;
    child = flags ? child_when_ready("") : fork();
    if (!child) {
        pause();
        _exit(0);
    }
    INTERRUPTED(waitpid(child, 0, 0) == child);
    printf("counted %d\n", count >= (flags ? 3 : 1));
    if (!flags) {
        kill(child, SIGKILL);
        waitpid(child, 0, 0);
    }
}

static void with_mask(void)
{
    sigset_t alarms = set_of(SIGALRM), old, waiting;
    struct timespec long_time = {100, 0};
    sigprocmask(SIG_BLOCK, &alarms, &old);
    count = 0;
    alarm_after(20);
    do {
        usleep(1000);
        sigpending(&waiting);
    } while (!sigismember(&waiting, SIGALRM));
    alarm_after(0);
    printf("kept back %d\n", count);
    SHOW(ppoll(0, 0, &long_time, &old));
    printf("count %d blocked %d\n", count, blocked(SIGALRM));
    INTERRUPTED(pselect(0, 0, 0, 0, &long_time, &old));
    printf("blocked %d\n", blocked(SIGALRM));
    INTERRUPTED(sigsuspend(&old));
    printf("blocked %d\n", blocked(SIGALRM));
    sigprocmask(SIG_SETMASK, &old, 0);
}

/* a signal every 200 microseconds while the program computes, reads and writes: nothing may be lost or done twice */
static void storm(void)
{
    struct itimerval timer = {{0, 200}, {0, 200}}, stop = {{0, 0}, {0, 0}};
    unsigned char byte;
    unsigned sum = 0;
    count = 0;
    on(SIGALRM, counted, SA_RESTART, 0);
    setitimer(ITIMER_REAL, &timer, 0);
    for (int i = 0; i < 3000 || count < 20; i++) {
        byte = i;
        if (write(pipes[1], &byte, 1) != 1 || read(pipes[0], &byte, 1) != 1)
            printf("lost\n");
        for (volatile int k = 0; k < 300; k++)
            ;
        if (i < 3000)
            sum = sum * 31 + byte;
    }
    setitimer(ITIMER_REAL, &stop, 0);
    printf("sum %u\n", sum);
}

static void loop_without_calls(void)
{
    struct itimerval timer = {{0, 1000}, {0, 1000}}, stop = {{0, 0}, {0, 0}};
    count = 0;
    on(SIGVTALRM, counted, 0, 0);
    setitimer(ITIMER_VIRTUAL, &timer, 0);
    while (count < 5)
        ;
    setitimer(ITIMER_VIRTUAL, &stop, 0);
    printf("left the loop\n");
}

int main(void)
{
    setvbuf(stdout, 0, _IONBF, 0);
    (void)!pipe(pipes);
    (void)!pipe2(ready, O_NONBLOCK);
    restarts(0);
    restarts(SA_RESTART);
    with_mask();
    storm();
    loop_without_calls();
    return 0;
}
