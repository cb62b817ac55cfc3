/* Thread-local storage, keys with destructors, pthread_once, thread return paths, detached threads, storms of threads. */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static __thread int number = 5;
static __thread char text[100] = "initial";
static __thread double zero;
static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static atomic_int destroyed, inits, detached_done, cleaned;

static void init(void) { inits++; }
static void destroy(void *value) { destroyed += (int)(long)value; }
static void clean(void *value) { cleaned += (int)(long)value; }

static void *local(void *arg)
{
    long me = (long)arg;
    pthread_once(&once, init);
    if (number != 5 || strcmp(text, "initial") || zero != 0)
        printf("thread found another's TLS\n");
    pthread_setspecific(key, (void *)1);
    for (int i = 0; i < 1000; i++) {
        number += me, zero += 0.5;
        snprintf(text, sizeof text, "%ld %d", me, number);
        errno = (int)me;
        if (i % 100 == 0)
            usleep(1);
    }
    if (number != 5 + 1000 * me || zero != 500 || errno != (int)me)
        printf("TLS changed under thread %ld\n", me);
    pthread_cleanup_push(clean, (void *)2);
    if (me % 2)
        pthread_exit((void *)(me + 100));
    pthread_cleanup_pop(0);
    return (void *)(me + 100);
}

static void *small(void *arg) { return (char *)arg + 1; }
static void *lonely(void *arg) { detached_done++; return arg; }
static void *forever(void *arg) { for (;;) pause(); return arg; }

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    pthread_t t[64];
    pthread_key_create(&key, destroy);
    long sum = 0;
    for (long i = 0; i < 16; i++)
        pthread_create(&t[i], NULL, local, (void *)i);
    for (int i = 0; i < 16; i++) {
        void *result;
        pthread_join(t[i], &result);
        sum += (long)result;
    }
    printf("%ld %d %d %d %d %s\n", sum, destroyed, inits, cleaned, number, text);
    sum = 0;
    for (int round = 0; round < 12; round++) {
        for (long i = 0; i < 48; i++) {
            int error = pthread_create(&t[i], NULL, small, (void *)i);
            if (error)
                printf("create: %s\n", strerror(error));
        }
        for (int i = 0; i < 48; i++) {
            void *result;
            pthread_join(t[i], &result);
            sum += (long)result;
        }
    }
    printf("storm %ld\n", sum);
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attr, 64 << 10);
    for (int i = 0; i < 100; i++)
        while (pthread_create(&t[0], &attr, lonely, NULL) == EAGAIN)
            usleep(1000);
    while (detached_done < 100)
        usleep(1000);
    printf("detached %d\n", detached_done);
    void *result;
    pthread_create(&t[0], NULL, forever, NULL);
    usleep(10000);
    pthread_cancel(t[0]);
    pthread_join(t[0], &result);
    printf("cancelled %d\n", result == PTHREAD_CANCELED);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_JOINABLE);
    pthread_create(&t[0], &attr, lonely, NULL);
    printf("self join %s\n", strerror(pthread_join(pthread_self(), NULL)));
    pthread_join(t[0], NULL);
    fflush(stdout);
    pthread_create(&t[0], NULL, lonely, NULL);
    pthread_exit(NULL); /* the process ends with its last thread, status 0 */
}
