/* Oracle: the host.
   fork, vfork and posix_spawn while other threads run; exec from a thread that is not the first. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
static atomic_int stop;
static int before, parents, children;
static char *self;

static void *churn(void *arg)
{
    unsigned long n = 1;
    while (!stop) {
        char *p = malloc(n % 5000 + 1);
        memset(p, 1, n % 5000 + 1);
        n = n * 6364136223846793005UL + 1;
        free(p);
    }
    return arg;
}

static void *forker(void *arg)
{
    int good = 0;
    for (int i = 0; i < 15; i++) {
        pid_t pid = fork();
        if (!pid) {
            char *p = malloc(100000);
            memset(p, i, 100000);
            pthread_t t;
            void *result;
            pthread_create(&t, NULL, (void *(*)(void *))strdup, "made in the child");
            pthread_join(t, &result);
            _exit(p[777] + (strcmp(result, "made in the child") != 0));
        }
        int status;
        if (waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == i)
            good++;
        else
            printf("child %d: status %x\n", i, status);
    }
    *(int *)arg += good;
    return NULL;
}

static void on_prepare(void) { before++; }
static void on_parent(void) { parents++; }
static void on_child(void) { children++; }

static void *executor(void *arg)
{
    (void)arg;
    execl(self, self, "executed", "from a thread", NULL);
    perror("execl");
    return NULL;
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    pthread_t t[3], f[2];
    self = argv[0];
    if (argc > 1) {
        printf("%s %s, threads gone\n", argv[1], argv[2]);
        if (!strcmp(argv[1], "status"))
            return atoi(argv[2]);
        return 23;
    }
    int good[2] = {0, 0};
    for (int i = 0; i < 3; i++)
        pthread_create(&t[i], NULL, churn, NULL);
    for (int i = 0; i < 2; i++)
        pthread_create(&f[i], NULL, forker, &good[i]);
    for (int i = 0; i < 2; i++)
        pthread_join(f[i], NULL);
    printf("forked %d %d\n", good[0], good[1]);
    pthread_atfork(on_prepare, on_parent, on_child);
    pid_t pid = fork();
    if (!pid)
        _exit(before * 100 + parents * 10 + children);
    int status;
    waitpid(pid, &status, 0);
    printf("atfork %d%d%d %d\n", before, parents, children, WEXITSTATUS(status));

    volatile int written = 1;
    pid = vfork();
    if (!pid) {
        written = 2; /* in the parent's memory */
        _exit(9);
    }
    waitpid(pid, &status, 0);
    printf("vfork %d %d\n", written, WEXITSTATUS(status));
    fflush(stdout);
    char *args[] = {self, "status", "7", NULL};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    int error = posix_spawn(&pid, self, &actions, NULL, args, environ);
    waitpid(pid, &status, 0);
    printf("spawn %d %d\n", error, WEXITSTATUS(status));
    printf("spawn of nothing %s\n", strerror(posix_spawn(&pid, "/nonexistent", NULL, NULL, args, environ)));
    FILE *pipe = popen("echo popen; exit 5", "r");
    char line[50] = "";
    fgets(line, sizeof line, pipe);
    status = pclose(pipe);
    printf("%s%d\n", line, WEXITSTATUS(status));

    /* shared anonymous memory: futex-based mutex between processes */
    struct shared { pthread_mutex_t mutex; int count; } *shared =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutexattr_t attr;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&shared->mutex, &attr);
    for (int i = 0; i < 3; i++)
        if (!fork()) {
            for (int k = 0; k < 5000; k++) {
                pthread_mutex_lock(&shared->mutex);
                shared->count++;
                pthread_mutex_unlock(&shared->mutex);
            }
            _exit(0);
        }
    for (int i = 0; i < 3; i++)
        wait(NULL);
    printf("shared %d\n", shared->count);
    pid = fork();
    if (!pid) {
        pthread_mutex_lock(&shared->mutex);
        _exit(0); /* dies with the lock */
    }
    waitpid(pid, NULL, 0);
    error = pthread_mutex_lock(&shared->mutex);
    printf("owner died %d %d\n", error == EOWNERDEAD, pthread_mutex_consistent(&shared->mutex));
    pthread_mutex_unlock(&shared->mutex);
    fflush(stdout);
    pthread_create(&f[0], NULL, executor, NULL);
    pthread_join(f[0], NULL);
    return 1;
}
