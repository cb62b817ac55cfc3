/* Threads: locals, locks, signals to one of them, cancelling, robust locks, ends in every order. */
#include "check.h"
#include <pthread.h>
#include <sys/prctl.h>

static __thread int local = 5;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int total;
static pthread_t target;
static volatile int got, quit;
static int pipes[2];

static void *work(void *step)
{
    local += (long)step;
    for (int i = 0; i < 2000; i++) {
        pthread_mutex_lock(&lock);
        total++;
        pthread_mutex_unlock(&lock);
    }
    return (void *)(long)local;
}

static void which(int signo)
{
    (void)signo;
    got = pthread_equal(pthread_self(), target) ? 1 : 2;
}

static void *spin(void *unused)
{
    while (!quit)
        ;
    return unused;
}

static void *read_one(void *fd)
{
    char byte;
    long result = read((int)(long)fd, &byte, 1);
    return (void *)(result < 0 ? -(long)errno : result);
}

static void *lock_and_die(void *mutex)
{
    pthread_mutex_lock(mutex);
    return 0;
}

static void *nothing(void *unused)
{
    return unused;
}

static void *sleeping(void *ms)
{
    usleep((long)ms * 1000);
    return 0;
}

static void *forking(void *unused)
{
    char name[16];
    prctl(PR_SET_NAME, "forker");
    pid_t child = fork();
    if (!child) {
        prctl(PR_GET_NAME, name);
        printf("child of thread: %s, tid is pid %d, local %d\n", name, gettid() == getpid(), local);
        pthread_t thread;
        pthread_create(&thread, 0, work, (void *)1);
        pthread_join(thread, 0);
        _exit(11);
    }
    show_end("fork in thread", child);
    return unused;
}

static void signals(void)
{
    void *result;
    on(SIGUSR1, which, 0, 0);
    pthread_create(&target, 0, spin, 0);
    usleep(10000);
    pthread_kill(target, SIGUSR1);
    while (!got)
        ;
    quit = 1;
    pthread_join(target, 0);
    printf("spinning thread got it: %d\n", got);
    got = 0;
    pthread_create(&target, 0, read_one, (void *)(long)pipes[0]);
    usleep(50000);
    pthread_kill(target, SIGUSR1);
    pthread_join(target, &result);
    printf("blocked thread got it: %d, read gave %ld\n", got, (long)result);
    sigset_t usr1 = set_of(SIGUSR1);
    quit = got = 0;
    pthread_create(&target, 0, spin, 0);
    pthread_sigmask(SIG_BLOCK, &usr1, 0);
    kill(getpid(), SIGUSR1);
    while (!got)
        ;
    printf("the process's signal goes to who does not block it: %d\n", got);
    quit = 1;
    pthread_join(target, 0);
    pthread_create(&target, 0, read_one, (void *)(long)pipes[0]);
    usleep(10000);
    pthread_cancel(target);
    pthread_join(target, &result);
    printf("cancelled %d\n", result == PTHREAD_CANCELED);
}

static void many(void)
{
    pthread_t threads[20];
    int started = 0;
    for (int round = 0; round < 10; round++) {
        for (int i = 0; i < 20; i++)
            started += pthread_create(threads + i, 0, nothing, 0) == 0;
        for (int i = 0; i < 20; i++)
            pthread_join(threads[i], 0);
    }
    printf("started %d\n", started);
}

static void ends(int how)
{
    pthread_t thread;
    quit = 0;
    switch (how) {
    case 0: pthread_create(&thread, 0, spin, 0); usleep(5000); exit(4);
    case 1: pthread_create(&thread, 0, sleeping, (void *)30); pthread_exit(0);
    case 2: pthread_create(&thread, 0, sleeping, (void *)1000); syscall(SYS_exit_group, 6); break;
    case 3: syscall(SYS_exit, 7); break;
    case 4: pthread_create(&thread, 0, spin, 0); pthread_create(&target, 0, read_one, (void *)(long)pipes[0]);
            usleep(5000); kill(getpid(), SIGTERM); pause();
    }
    _exit(99);
}

int main(void)
{
    setvbuf(stdout, 0, _IONBF, 0);
    (void)!pipe(pipes);
    pthread_t threads[4];
    void *result;
    for (long i = 0; i < 4; i++)
        pthread_create(threads + i, 0, work, (void *)i);
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], &result);
        printf("local %ld\n", (long)result);
    }
    printf("total %d local %d\n", total, local);
    signals();
    pthread_mutexattr_t robust;
    pthread_mutex_t mutex;
    pthread_mutexattr_init(&robust);
    pthread_mutexattr_setrobust(&robust, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&mutex, &robust);
    pthread_create(threads, 0, lock_and_die, &mutex);
    pthread_join(threads[0], 0);
    SHOW(pthread_mutex_lock(&mutex) == EOWNERDEAD);
    pthread_create(threads, 0, forking, 0);
    pthread_join(threads[0], 0);
    many();
    for (int how = 0; how < 5; how++) {
        pid_t child = fork();
        if (!child)
            ends(how);
        show_end("end", child);
    }
    return 0;
}
