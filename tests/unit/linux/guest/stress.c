/* Everything at once: threads that map, fork, execute and take signals while others compute. */
#include "check.h"
#include <pthread.h>

static volatile int quit;
static volatile long ticks;

static void tick(int signo)
{
    (void)signo;
    __atomic_add_fetch(&ticks, 1, __ATOMIC_RELAXED);
}

static void *mapper(void *seed)
{
    unsigned long sum = 0;
    for (int i = 0; i < 300; i++) {
        size_t size = 4096 * (1 + (i * 7 + (long)seed) % 20);
        unsigned char *p = mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        memset(p, i, size);
        if (i % 3 == 0)
            p = mremap(p, size, size * 2, MREMAP_MAYMOVE), size *= 2;
        sum += p[0] + p[4095];
        mprotect(p, 4096, PROT_READ);
        munmap(p, size);
    }
    return (void *)sum;
}

static void *forker(void *unused)
{
    long sum = 0;
    for (int i = 0; i < 12; i++) {
        pid_t child = fork();
        if (!child) {
            void *result;
            pthread_t thread;
            pthread_create(&thread, 0, mapper, (void *)1);
            pthread_join(thread, &result);
            _exit((long)result & 63);
        }
        int status;
        while (waitpid(child, &status, 0) < 0)
            ;
        sum += status;
    }
    (void)unused;
    return (void *)sum;
}

static void *starter(void *unused)
{
    long sum = 0;
    for (int i = 0; i < 12; i++) {
        pid_t child = vfork();
        if (!child) {
            execl("/proc/self/exe", "me", "child", (char *)0);
            _exit(99);
        }
        int status;
        while (waitpid(child, &status, 0) < 0)
            ;
        sum += WEXITSTATUS(status);
    }
    (void)unused;
    return (void *)sum;
}

static void *computer(void *unused)
{
    long sum = 0;
    for (volatile int i = 0; i < 3000000; i++)
        sum += i;
    (void)unused;
    return (void *)sum;
}

static void *spin(void *unused)
{
    while (!quit)
        ;
    return unused;
}

static void *killer(void *target)
{
    while (!quit) {
        pthread_kill(*(pthread_t *)target, SIGUSR1);
        usleep(300);
    }
    return 0;
}

int main(int argc, char **argv)
{
    (void)argv;
    if (argc > 1)
        return 3;
    setvbuf(stdout, 0, _IONBF, 0);
    on(SIGUSR1, tick, SA_RESTART, 0);
    on(SIGPROF, tick, SA_RESTART, 0);
    struct itimerval timer = {{0, 2000}, {0, 2000}};
    setitimer(ITIMER_PROF, &timer, 0);
    pthread_t threads[7], victim, murderer;
    void *(*work[7])(void *) = {mapper, mapper, forker, starter, computer, computer, mapper};
    pthread_create(&victim, 0, spin, 0);
    pthread_create(&murderer, 0, killer, &victim);
    for (long i = 0; i < 7; i++)
        pthread_create(threads + i, 0, work[i], (void *)i);
    for (int i = 0; i < 7; i++) {
        void *result;
        pthread_join(threads[i], &result);
        printf("%d: %d\n", i, (int)(long)result);
    }
    while (!ticks)
        usleep(1000);
    quit = 1;
    pthread_join(murderer, 0);
    pthread_join(victim, 0);
    printf("signals came\n");
    return 0;
}
