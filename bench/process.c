/* What processes, threads, signals and system calls cost: prints "name microseconds" lines. */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile int caught;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static void *run_thread(void *argument) { return argument; }

static void on_signal(int signo) { caught += signo; }

static void wait_for(pid_t pid)
{
    int status;
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
        exit(1);
}

static void one_call(void) { syscall(SYS_getppid); }

static void one_pipe(void)
{
    static int ends[2];
    char c = 1;
    if ((!ends[1] && pipe(ends)) || write(ends[1], &c, 1) != 1 || read(ends[0], &c, 1) != 1)
        exit(1);
}

static void one_signal(void) { raise(SIGUSR1); }

static void one_thread(void)
{
    pthread_t thread;
    if (pthread_create(&thread, 0, run_thread, 0) || pthread_join(thread, 0))
        exit(1);
}

static void one_fork(void)
{
    pid_t pid = fork();
    if (!pid)
        _exit(0);
    wait_for(pid);
}

static void one_exec(void)
{
    pid_t pid = vfork();
    if (!pid) {
        execl("/proc/self/exe", "process", "none", (char *)0);
        _exit(1);
    }
    wait_for(pid);
}

static const struct {
    const char *name;
    void (*once)(void);
    int times;
} measures[] = {
    {"syscall", one_call, 200000}, {"pipe", one_pipe, 50000}, {"signal", one_signal, 20000},
    {"thread", one_thread, 1000},  {"fork", one_fork, 100},   {"exec", one_exec, 40},
};

int main(int argc, char **argv)
{
    signal(SIGUSR1, on_signal);
    if (argc > 1 && !strcmp(argv[1], "none"))
        return 0;
    for (unsigned n = 0; n < sizeof measures / sizeof *measures; n++) {
        measures[n].once();
        double start = now();
        for (int k = 0; k < measures[n].times; k++)
            measures[n].once();
        printf("%s %.3f\n", measures[n].name, (now() - start) / measures[n].times);
    }
    return 0;
}
