/* Signals to threads, masks of threads, interrupted calls, queued values and their order, timers. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static atomic_int hits, wrong_thread, ready, order[16], ordered;
static __thread volatile int my_hits;
static __thread volatile int spinning;
static sem_t ack;

static void on_usr1(int signo) { (void)signo; hits++, my_hits++; }
static void on_queue(int signo, siginfo_t *info, void *context)
{
    (void)context;
    order[ordered++] = (signo - SIGRTMIN) * 100 + info->si_value.sival_int;
    if (info->si_code != SI_QUEUE || info->si_pid != getpid())
        order[0] = -1;
}
static void on_ack(int signo) { (void)signo; sem_post(&ack); }
static void on_nothing(int signo) { (void)signo; }

static void *spinner(void *arg)
{
    volatile unsigned long n = 0;
    ready++;
    while (my_hits < 200)
        n = n * 3 + 1;
    return arg;
}

static void *sleeper(void *arg)
{
    ready++;
    while (my_hits < 50) {
        struct timespec t = {10, 0}, left;
        if (nanosleep(&t, &left) != -1 || errno != EINTR)
            wrong_thread++;
    }
    return arg;
}

static void *waiter(void *arg)
{
    sigset_t set;
    int signo, sum = 0;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    ready++;
    for (int i = 0; i < 20; i++) {
        sigwait(&set, &signo);
        sum += signo == SIGUSR2;
        sem_post(&ack);
    }
    *(int *)arg = sum;
    return NULL;
}

static void *reader(void *arg)
{
    int *fds = arg;
    char c = 0;
    ready++;
    ssize_t n = read(fds[0], &c, 1);
    fds[0] = n == 1 ? c : -errno;
    return NULL;
}

static void act(int signo, void (*function)(int), int flags)
{
    struct sigaction action = {.sa_handler = function, .sa_flags = flags};
    sigaction(signo, &action, NULL);
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    pthread_t t[8];
    sem_init(&ack, 0, 0);
    act(SIGUSR1, on_usr1, 0);
    for (int i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, i % 2 ? sleeper : spinner, NULL);
    while (ready < 4)
        sched_yield();
    for (int left = 4; left;) {
        left = 0;
        for (int i = 0; i < 4; i++)
            if (!pthread_tryjoin_np(t[i], NULL))
                t[i] = 0;
            else if (t[i])
                pthread_kill(t[i], SIGUSR1), left++;
        usleep(100);
        for (int i = 0; i < 4; i++)
            if (!t[i])
                t[i] = pthread_self(), left += 0;
        for (left = 4; left && pthread_equal(t[left - 1], pthread_self());)
            left--;
        for (int i = 0; i < left; i++)
            if (pthread_equal(t[i], pthread_self()))
                t[i] = t[--left];
        if (!left)
            break;
        for (int i = left; i < 4; i++)
            t[i] = pthread_self();
    }
    printf("threads were hit %d %d\n", hits >= 500, wrong_thread);

    sigset_t set, old;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    int sum = 0;
    pthread_create(&t[0], NULL, waiter, &sum);
    for (int i = 0; i < 20; i++) {
        kill(getpid(), SIGUSR2);
        sem_wait(&ack);
    }
    pthread_join(t[0], NULL);
    printf("sigwait %d\n", sum);

    /* blocked signals wait; real-time ones queue in order, lowest number first */
    struct sigaction action = {.sa_sigaction = on_queue, .sa_flags = SA_SIGINFO};
    sigfillset(&action.sa_mask);
    for (int i = 0; i < 3; i++)
        sigaction(SIGRTMIN + i, &action, NULL);
    sigfillset(&set);
    pthread_sigmask(SIG_BLOCK, &set, &old);
    for (int i = 0; i < 9; i++)
        sigqueue(getpid(), SIGRTMIN + 2 - i % 3, (union sigval){.sival_int = i});
    hits = 0;
    for (int i = 0; i < 5; i++)
        raise(SIGUSR1);
    sigset_t pending;
    sigpending(&pending);
    printf("pending %d %d %d\n", sigismember(&pending, SIGUSR1), sigismember(&pending, SIGRTMIN), sigismember(&pending, SIGHUP));
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    printf("queued");
    for (int i = 0; i < ordered; i++)
        printf(" %d", order[i]);
    printf("; standard ones merge: %d\n", hits);

    /* read(2): restarted with SA_RESTART, EINTR without */
    for (int restart = 0; restart < 2; restart++) {
        int fds[2];
        pipe(fds);
        int end = fds[1], start = fds[0];
        act(SIGUSR1, on_usr1, restart ? SA_RESTART : 0);
        ready = 0;
        pthread_create(&t[0], NULL, reader, fds);
        while (!ready)
            sched_yield();
        usleep(20000);
        pthread_kill(t[0], SIGUSR1);
        usleep(20000);
        write(end, "x", 1);
        pthread_join(t[0], NULL);
        printf("read %s: %d\n", restart ? "restarts" : "ends", fds[0] == -EINTR ? -1 : fds[0]);
        close(end);
        close(start);
    }

    /* sigsuspend and timers */
    act(SIGALRM, on_nothing, 0);
    sigemptyset(&set);
    sigaddset(&set, SIGALRM);
    sigprocmask(SIG_BLOCK, &set, &old);
    struct itimerval timer = {{0, 0}, {0, 20000}};
    setitimer(ITIMER_REAL, &timer, NULL);
    printf("sigsuspend %d %d\n", sigsuspend(&old), errno == EINTR);
    sigprocmask(SIG_SETMASK, &old, NULL);
    timer_t id;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR2};
    act(SIGUSR2, on_ack, 0);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    timer_create(CLOCK_MONOTONIC, &event, &id);
    struct itimerspec spec = {{0, 5000000}, {0, 5000000}};
    timer_settime(id, 0, &spec, NULL);
    for (int i = 0; i < 10; i++)
        while (sem_wait(&ack))
            ;
    timer_delete(id);
    printf("timer ticked\n");

    /* a tick while computing must not disturb registers */
    act(SIGALRM, on_usr1, SA_RESTART);
    hits = 0;
    timer = (struct itimerval){{0, 1000}, {0, 1000}};
    setitimer(ITIMER_REAL, &timer, NULL);
    unsigned long x = 1, rounds = 0;
    double d = 1;
    while (hits < 100) {
        x = 1, d = 1;
        for (int i = 1; i < 20000; i++)
            x = x * 6364136223846793005UL + i, d = d * 1.0000001 + 1e-9;
        if (x != 8044018474513450928UL && !rounds)
            printf("x %lu d %.17g\n", x, d);
        rounds++;
    }
    timer = (struct itimerval){0};
    setitimer(ITIMER_REAL, &timer, NULL);
    printf("x %lu d %.17g\n", x, d);

    /* one-shot, nested and ignored */
    act(SIGUSR1, on_usr1, SA_RESETHAND);
    raise(SIGUSR1);
    struct sigaction now;
    sigaction(SIGUSR1, NULL, &now);
    printf("reset %d\n", now.sa_handler == SIG_DFL);
    signal(SIGUSR1, SIG_IGN);
    raise(SIGUSR1);
    printf("tgkill %d\n", (int)syscall(SYS_tgkill, getpid(), (pid_t)syscall(SYS_gettid), 0));
    printf("bad signal %d %d\n", kill(getpid(), 65) == -1 && errno == EINVAL, sigaction(SIGKILL, &action, NULL) == -1 && errno == EINVAL);
    return 0;
}
