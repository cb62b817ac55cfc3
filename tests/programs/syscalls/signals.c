/* Signals and the calls that they interrupt, timers, waiting for children. */
#include "check.h"
#include <poll.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/time.h>

static volatile int alarms, hits;

static void on_alarm(int signo)
{
    alarms++;
}

static void on_user(int signo)
{
    hits += 10;
}

int main(void)
{
    int ep = epoll_create1(0);
    struct epoll_event evs[4];
    struct itimerspec it = {{0, 0}, {0, 0}}, oi;
    sigset_t ss, os;
    sigemptyset(&ss);
    sigaddset(&ss, SIGUSR1);
    sigaddset(&ss, SIGRTMIN + 1);
    RESULT(sigprocmask(SIG_BLOCK, &ss, &os));
    int sfd;
    RESULT((sfd = signalfd(-1, &ss, SFD_CLOEXEC)) >= 0);
    raise(SIGUSR1);
    struct signalfd_siginfo si;
    RESULT(read(sfd, &si, sizeof si));
    SHOW("%d %d", si.ssi_signo, si.ssi_pid == getpid());

    union sigval sv = {.sival_int = 77};
    RESULT(sigqueue(getpid(), SIGRTMIN + 1, sv));
    siginfo_t inf;
    RESULT(sigwaitinfo(&ss, &inf) == SIGRTMIN + 1);
    SHOW("%d %d", inf.si_value.sival_int, inf.si_code);
    struct timespec zero = {0, 1000};
    RESULT(sigtimedwait(&ss, &inf, &zero));

    struct sigaction sa = {.sa_handler = on_alarm};
    sigaction(SIGALRM, &sa, NULL);
    sa.sa_handler = on_user;
    sa.sa_flags = SA_RESTART;
    sigaction(SIGUSR1, &sa, NULL);

    /* again and again, since the first may come before the call that it is to interrupt */
    struct itimerval iv = {{0, 20000}, {0, 20000}}, ov;
    RESULT(setitimer(ITIMER_REAL, &iv, NULL));
    RESULT(pause());
    SHOW("%d", alarms > 0);
    RESULT(getitimer(ITIMER_REAL, &ov));
    SHOW("%d", ov.it_value.tv_usec > 0);
    struct timespec rq = {3, 0}, rm = {9, 9};
    RESULT(nanosleep(&rq, &rm));
    SHOW("%ld", (long)rm.tv_sec);
    RESULT(poll(NULL, 0, 3000));
    RESULT(epoll_wait(ep, evs, 1, 3000));
    int q[2];
    RESULT(pipe(q));
    RESULT(read(q[0], buf, 1));
    iv.it_value.tv_usec = 0;
    RESULT(setitimer(ITIMER_REAL, &iv, NULL));

    raise(SIGUSR1);
    SHOW("%d", hits);
    sigset_t none;
    sigemptyset(&none);
    RESULT(ppoll(NULL, 0, NULL, &none));
    SHOW("%d", hits);
    raise(SIGUSR1);
    RESULT(pselect(0, NULL, NULL, NULL, NULL, &none));
    SHOW("%d", hits);
    raise(SIGUSR1);
    RESULT(epoll_pwait(ep, evs, 1, -1, &none));
    SHOW("%d", hits);
    raise(SIGUSR1);
    RESULT(sigsuspend(&none));
    SHOW("%d", hits);
    RESULT(sigpending(&os));
    SHOW("%d", sigismember(&os, SIGUSR1));
    sigprocmask(SIG_UNBLOCK, &ss, NULL);

    pid_t c = fork();
    if (!c) {
        usleep(30000);
        kill(getppid(), SIGUSR1);
        usleep(30000);
        write(q[1], "x", 1);
        _exit(3);
    }
    int status;
    RESULT(read(q[0], buf, 1));
    SHOW("%d", hits);
    RESULT(waitpid(c, &status, 0) == c);
    SHOW("%x", status);
    RESULT(wait(NULL));

    c = fork();
    if (!c) {
        raise(SIGKILL);
    }
    struct rusage ru;
    RESULT(wait4(c, &status, 0, &ru) == c);
    SHOW("%x", status);
    c = fork();
    if (!c)
        _exit(0);
    RESULT(waitid(P_PID, c, &inf, WEXITED));
    SHOW("%d %d %d", inf.si_signo, inf.si_code, inf.si_status);

    timer_t tm;
    struct sigevent se = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    RESULT(timer_create(CLOCK_MONOTONIC, &se, &tm));
    it.it_value.tv_nsec = 10000000;
    int h = hits;
    RESULT(timer_settime(tm, 0, &it, NULL));
    while (hits == h)
        usleep(1000);
    RESULT(timer_gettime(tm, &oi));
    RESULT(timer_getoverrun(tm));
    RESULT(timer_delete(tm));
    RESULT(timer_delete(tm));

    /* calls that do not wait are never interrupted, however many signals come */
    iv.it_interval.tv_usec = iv.it_value.tv_usec = 500;
    alarms = 0;
    int failed = 0, f = open("/proc/self/exe", O_RDONLY);
    struct stat st;
    setitimer(ITIMER_REAL, &iv, NULL);
    for (int i = 0; alarms < 200 || i < 2000; i++) {
        failed += lseek(f, 0, SEEK_SET) != 0;
        failed += read(f, buf, 16) != 16;
        failed += getppid() < 0;
        failed += fstat(f, &st) != 0;
        failed += fcntl(f, F_GETFL) < 0;
        int g = open("/proc/self/exe", O_RDONLY);
        failed += g < 0 || close(g);
    }
    iv.it_interval.tv_usec = iv.it_value.tv_usec = 0;
    RESULT(setitimer(ITIMER_REAL, &iv, NULL));
    SHOW("%d", failed);
    return 0;
}
