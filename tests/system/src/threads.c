/* Mutexes, condition variables, read-write locks, semaphores, barriers, C11 atomics of every size: totals are exact. */
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { THREADS = 8, ROUNDS = 20000 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER, recursive;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_spinlock_t spin;
static pthread_barrier_t barrier;
static sem_t sem;
static long plain, spun, written, seen_odd, recursed, guarded;
static _Atomic uint8_t a8;
static _Atomic uint16_t a16;
static _Atomic uint32_t a32, bits, least = 1u << 31;
static _Atomic uint64_t a64, swapped, cas_loops;
static atomic_flag flag = ATOMIC_FLAG_INIT;
static __int128 wide;
static int rounds_done[THREADS];

static void *work(void *arg)
{
    long me = (long)arg;
    for (int i = 0; i < ROUNDS; i++) {
        pthread_mutex_lock(&mutex);
        plain++;
        pthread_mutex_unlock(&mutex);
        pthread_spin_lock(&spin);
        spun++;
        pthread_spin_unlock(&spin);
        if (i % 16 == 0) {
            pthread_rwlock_wrlock(&rwlock);
            written++;
            written++;
            pthread_rwlock_unlock(&rwlock);
            sem_wait(&sem);
            guarded += 1;
            sem_post(&sem);
        } else {
            pthread_rwlock_rdlock(&rwlock);
            if (written & 1)
                seen_odd++;
            pthread_rwlock_unlock(&rwlock);
        }
        if (i % 64 == 0) {
            pthread_mutex_lock(&recursive);
            pthread_mutex_lock(&recursive);
            recursed++;
            pthread_mutex_unlock(&recursive);
            pthread_mutex_unlock(&recursive);
        }
        a8++;
        atomic_fetch_add_explicit(&a16, 3, memory_order_relaxed);
        atomic_fetch_sub(&a32, 5);
        atomic_fetch_or(&bits, 1u << (i % 32));
        uint64_t old = atomic_load(&a64);
        while (!atomic_compare_exchange_weak(&a64, &old, old * 3 % 1000003 + 1))
            atomic_fetch_add_explicit(&cas_loops, 1, memory_order_relaxed);
        atomic_exchange(&swapped, me + 1);
        while (atomic_flag_test_and_set(&flag))
            sched_yield();
        wide += 0x100000001LL;
        atomic_flag_clear(&flag);
        uint32_t low = atomic_load(&least);
        while (low > (uint32_t)(i * 7 + me) && !atomic_compare_exchange_strong(&least, &low, i * 7 + me))
            ;
        if (i % 5000 == 4999) {
            rounds_done[me]++;
            pthread_barrier_wait(&barrier);
            for (int k = 0; k < THREADS; k++)
                if (rounds_done[k] != rounds_done[me])
                    printf("barrier let thread through early\n");
            pthread_barrier_wait(&barrier);
        }
    }
    return (void *)(me * me);
}

enum { SLOTS = 7, ITEMS = 20000 };
static pthread_mutex_t qlock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t not_full = PTHREAD_COND_INITIALIZER, not_empty = PTHREAD_COND_INITIALIZER;
static int queue[SLOTS], count, head;
static long consumed[3];

static void *produce(void *arg)
{
    for (int i = 1; i <= ITEMS; i++) {
        pthread_mutex_lock(&qlock);
        while (count == SLOTS)
            pthread_cond_wait(&not_full, &qlock);
        queue[(head + count++) % SLOTS] = i;
        pthread_cond_signal(&not_empty);
        pthread_mutex_unlock(&qlock);
    }
    return arg;
}

static void *consume(void *arg)
{
    long me = (long)arg;
    for (;;) {
        pthread_mutex_lock(&qlock);
        while (!count)
            pthread_cond_wait(&not_empty, &qlock);
        int item = queue[head];
        head = (head + 1) % SLOTS, count--;
        pthread_cond_signal(&not_full);
        pthread_mutex_unlock(&qlock);
        if (item < 0)
            return NULL;
        consumed[me] += item;
    }
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    pthread_t t[THREADS];
    pthread_mutexattr_t attr;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&recursive, &attr);
    pthread_spin_init(&spin, 0);
    pthread_barrier_init(&barrier, NULL, THREADS);
    sem_init(&sem, 0, 1);
    for (long i = 0; i < THREADS; i++)
        if (pthread_create(&t[i], NULL, work, (void *)i))
            return 1;
    long results = 0;
    for (int i = 0; i < THREADS; i++) {
        void *result;
        pthread_join(t[i], &result);
        results += (long)result;
    }
    printf("%ld %ld %ld %ld %ld %ld\n", plain, spun, written, seen_odd, recursed, guarded);
    printf("%u %u %u %x %u %d\n", a8, a16, a32, bits, least, swapped >= 1 && swapped <= THREADS);
    printf("%llx%016llx %ld\n", (long long)(wide >> 64), (long long)wide, results);

    pthread_t p[2], c[3];
    for (long i = 0; i < 3; i++)
        pthread_create(&c[i], NULL, consume, (void *)i);
    for (int i = 0; i < 2; i++)
        pthread_create(&p[i], NULL, produce, NULL);
    for (int i = 0; i < 2; i++)
        pthread_join(p[i], NULL);
    for (int i = 0; i < 3; i++) {
        pthread_mutex_lock(&qlock);
        while (count == SLOTS)
            pthread_cond_wait(&not_full, &qlock);
        queue[(head + count++) % SLOTS] = -1;
        pthread_cond_broadcast(&not_empty);
        pthread_mutex_unlock(&qlock);
    }
    for (int i = 0; i < 3; i++)
        pthread_join(c[i], NULL);
    printf("%ld\n", consumed[0] + consumed[1] + consumed[2]);
    return 0;
}
