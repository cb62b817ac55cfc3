/* A thread executes a program, again and again, while the others compute, wait and make system calls. */
#include "check.h"
#include <pthread.h>

static char *self, left[12];
static int ends[2];

static void *computes(void *arg)
{
    for (volatile unsigned long n = 0;; n++)
        ;
    return arg;
}

static void *waits(void *arg)
{
    char byte;
    (void)!read(ends[0], &byte, 1);
    return arg;
}

static void *calls(void *arg)
{
    for (;;)
        usleep(100);
    return arg;
}

static void *executes(void *arg)
{
    usleep(1000);
    execl(self, self, left, (char *)0);
    return arg;
}

int main(int argc, char **argv)
{
    pthread_t threads[4];
    int n = argc > 1 ? atoi(argv[1]) : 8;
    sigset_t none = set_of(0);
    self = argv[0];
    sprintf(left, "%d", n - 1);
    (void)!pipe2(ends, O_CLOEXEC);
    sigprocmask(SIG_SETMASK, &none, 0);
    if (n == 0) {
        printf("all executed, %d signals blocked\n", blocked(33));
        return 0;
    }
    pthread_create(&threads[0], 0, computes, 0);
    pthread_create(&threads[1], 0, waits, 0);
    pthread_create(&threads[2], 0, calls, 0);
    pthread_create(&threads[3], 0, executes, 0);
    pthread_join(threads[3], 0);
    return 1;
}
