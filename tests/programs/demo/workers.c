/* A real static libc program: four threads share work under a mutex, results go through a file and stdio. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORKERS 4
#define CHUNK 1000
#define CHUNKS 40

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int next_chunk;
static int primes[CHUNKS];

static int is_prime(int n)
{
    if (n < 2)
        return 0;
    for (int d = 2; d * d <= n; d++)
        if (n % d == 0)
            return 0;
    return 1;
}

static void *work(void *unused)
{
    for (;;) {
        pthread_mutex_lock(&lock);
        int chunk = next_chunk < CHUNKS ? next_chunk++ : -1;
        pthread_mutex_unlock(&lock);
        if (chunk < 0)
            return unused;
        int count = 0;
        for (int n = chunk * CHUNK; n < (chunk + 1) * CHUNK; n++)
            count += is_prime(n);
        primes[chunk] = count;
    }
}

int main(void)
{
    pthread_t threads[WORKERS];
    for (int i = 0; i < WORKERS; i++)
        if (pthread_create(&threads[i], NULL, work, NULL) != 0) {
            perror("pthread_create");
            return 1;
        }
    for (int i = 0; i < WORKERS; i++)
        pthread_join(threads[i], NULL);

    FILE *file = tmpfile();
    if (file == NULL) {
        perror("tmpfile");
        return 1;
    }
    for (int i = 0; i < CHUNKS; i++)
        fprintf(file, "%d %d\n", i * CHUNK, primes[i]);
    rewind(file);
    int from, count, total = 0, lines = 0;
    while (fscanf(file, "%d %d", &from, &count) == 2)
        total += count, lines++;
    fclose(file);
    printf("%d primes below %d, from %d lines of a file\n", total, CHUNKS * CHUNK, lines);
    return 0;
}
