/* Addresses with a tag in their highest byte: loads, stores, atomics, vectors, branches, faults, system calls. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#define TAG(p, tag) ((void *)((uintptr_t)(p) | (uint64_t)(tag) << 56))

struct node {
    struct node *next;
    unsigned long value;
};

static unsigned char *bytes;
static volatile sig_atomic_t caught;
static void *volatile where;

static void on_fault(int signo, siginfo_t *info, void *context)
{
    where = info->si_addr;
    caught++;
    if (mprotect((void *)((uintptr_t)where & -4096ul), 4096, PROT_READ | PROT_WRITE))
        _exit(9);
}

static unsigned long forms(unsigned long *p)
{
    unsigned long sum = 0, a, b, c, *q;
    for (int i = 0; i < 8; i++)
        p[i] = i * 0x0101010101010101ul + 0x80;
    __asm__ volatile("ldr %0, [%1, #8]!" : "=r"(a), "=r"(q) : "1"(p));
    sum = sum * 31 + a + (q == p + 1);
    __asm__ volatile("ldr %0, [%1], #16" : "=r"(a), "=r"(q) : "1"(p));
    sum = sum * 31 + a + (q == p + 2);
    __asm__ volatile("ldp %0, %1, [%2, #16]" : "=r"(a), "=r"(b) : "r"(p));
    sum = sum * 31 + a * 3 + b;
    __asm__ volatile("ldr %0, [%0]" : "=r"(a) : "0"(p)); /* the address itself is replaced */
    sum = sum * 31 + a;
    __asm__ volatile("ldrsw %0, [%1, %2, lsl #2]" : "=r"(a) : "r"(p), "r"(3L));
    sum = sum * 31 + a;
    __asm__ volatile("ldrb %w0, [%1, %2]" : "=r"(a) : "r"(9L), "r"(p)); /* in the index */
    sum = sum * 31 + a;
    __asm__ volatile("ldrh %w0, [%1, #-2]" : "=r"(a) : "r"(p + 1));
    sum = sum * 31 + a;
    __asm__ volatile("stp %1, %2, [%0, #48]" ::"r"(p), "r"(sum), "r"(~sum) : "memory");
    __asm__ volatile("1: ldaxr %0, [%3]\n add %1, %0, #5\n stlxr %w2, %1, [%3]\n cbnz %w2, 1b"
                     : "=&r"(a), "=&r"(b), "=&r"(c) : "r"(p) : "memory");
    sum = sum * 31 + a + p[0];
    __asm__ volatile("ld2 {v0.4s, v1.4s}, [%0]\n add v0.4s, v0.4s, v1.4s\n st1 {v0.4s}, [%0]\n ldr q2, [%0, #16]\n"
                     "str q2, [%0, #32]\n ld1 {v3.b}[5], [%0]\n st3 {v0.b, v1.b, v2.b}[3], [%0]"
                     ::"r"(p) : "v0", "v1", "v2", "v3", "memory");
    for (int i = 0; i < 8; i++)
        sum = sum * 31 + p[i];
    sum += __atomic_fetch_add(&p[1], 7, __ATOMIC_SEQ_CST) + __atomic_exchange_n(&p[2], 9, __ATOMIC_ACQUIRE);
    a = 9;
    sum += __atomic_compare_exchange_n(&p[2], &a, 11, 0, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED) + p[2];
    __asm__ volatile("dc zva, %0" ::"r"(p) : "memory");
    return sum * 31 + p[3];
}

static void *adds(void *counter)
{
    for (int i = 0; i < 500; i++)
        __atomic_fetch_add((unsigned long *)counter, 1, __ATOMIC_SEQ_CST);
    return NULL;
}

static int doubled(int n) { return 2 * n; }

int main(void)
{
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
    unsigned long *words = aligned_alloc(64, 128);
    struct node ring[3];
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("%lx\n", forms(words));
    for (int tag = 1; tag < 256; tag += 50)
        printf("%lx\n", forms(TAG(words, tag)));

    for (int i = 0; i < 3; i++)
        ring[i] = (struct node){TAG(&ring[(i + 1) % 3], i + 1), i};
    struct node *at = TAG(ring, 0x55);
    unsigned long sum = 0;
    for (int i = 0; i < 300; i++, at = at->next) /* hot enough for a region */
        sum = sum * 3 + at->value;
    printf("ring %lx %d\n", sum, (int)((uintptr_t)at >> 56));
    ring[0].next = ring;
    at = TAG(ring, 7);
    printf("self %d\n", ((struct node *volatile)at)->next == ring);

    pthread_t threads[3];
    unsigned long counter = 0;
    for (int i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, adds, TAG(&counter, i));
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    printf("counter %lu\n", counter);

    int (*function)(int) = TAG(doubled, 0x12);
    printf("called %d\n", function(21));

    sigaction(SIGSEGV, &action, NULL);
    bytes = mmap(NULL, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    *(volatile char *)TAG(bytes + 5, 0xab) = 3;
    printf("fault %d at %d, %d\n", caught, where == bytes + 5, bytes[5]);
    ((volatile unsigned char *)bytes)[4096 + 7] += *(volatile char *)TAG(bytes + 5, 1);
    printf("fault %d at %d, %d\n", caught, where == bytes + 4096 + 7, bytes[4096 + 7]);

    char *text = TAG("text\n", 0x42), *name = TAG("/", 3);
    printf("write %zd %d\n", write(1, text, 5), errno);
    printf("control %d\n", prctl(55, 1, 0, 0, 0));
    printf("wrong control %d %d\n", prctl(55, 1, 1, 0, 0), errno);
    printf("is %d\n", prctl(56, 0, 0, 0, 0));
    printf("write %zd\n", write(1, text, 5));
    printf("access %d\n", access(name, F_OK));
    printf("lseek %ld %d\n", (long)lseek(0, -1, SEEK_SET), errno == EINVAL || errno == ESPIPE);
    printf("control %d\n", prctl(55, 0, 0, 0, 0));
    printf("access %d %d\n", access(name, F_OK), errno);
    return 0;
}
