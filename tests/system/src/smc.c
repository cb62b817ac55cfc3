/* Code that a program writes: first use, change after __builtin___clear_cache, data beside code, W^X, several threads,
   remapped and shared pages, code that changes what comes next. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

typedef long (*function)(long);
static uint32_t movz(int rd, unsigned value) { return 0xd2800000u | value << 5 | rd; }
static uint32_t add_imm(int rd, int rn, unsigned value) { return 0x91000000u | value << 10 | rn << 5 | rd; }
#define RET 0xd65f03c0u
#define FLUSH(p, n) __builtin___clear_cache((char *)(p), (char *)(p) + (n))

static void *pages(int count, int prot, int flags)
{
    void *p = mmap(NULL, count * 4096, prot, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
    if (p == MAP_FAILED)
        perror("mmap"), exit(1);
    return p;
}

struct work { uint32_t *code; long sum; int seed; };

static void *jit_thread(void *arg)
{
    struct work *w = arg;
    for (int i = 0; i < 200; i++) {
        w->code[0] = movz(0, (i * w->seed) & 0xfff);
        w->code[1] = add_imm(0, 0, i & 0xfff);
        w->code[2] = RET;
        FLUSH(w->code, 12);
        w->sum += ((function)w->code)(0);
    }
    return NULL;
}

static atomic_int go;
static uint32_t *shared_code;
static void *caller(void *arg)
{
    long wrong = 0, changes = 0, last = -1;
    while (!go) {
        long v = ((function)shared_code)(0);
        if (v < 1 || v > 400)
            wrong++;
        if (v < last)
            wrong++;
        changes += v != last;
        last = v;
    }
    *(long *)arg = wrong;
    return (void *)changes;
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    uint32_t *code = pages(2, PROT_READ | PROT_WRITE | PROT_EXEC, 0);
    long sum = 0;
    for (int i = 0; i < 300; i++) {
        code[0] = movz(0, i);
        code[1] = RET;
        FLUSH(code, 8);
        sum += ((function)code)(0);
    }
    printf("rewritten %ld\n", sum);

    /* data in the page of the code */
    volatile long *data = (long *)(code + 512);
    *data = 0;
    for (int i = 0; i < 300; i++)
        *data += ((function)code)(0);
    printf("data beside code %ld\n", *data);

    /* a loop in generated code that stores into its own page: str x0,[x1]; sub; cbnz */
    static const uint32_t loop[] = {
        0xf9400001, /* ldr x1, [x0] */
        0x91000421, /* add x1, x1, #1 */
        0xf9000001, /* str x1, [x0] */
        0xf1000c3f, /* cmp x1, #3 -- replaced below */
        0x54ffff83, /* b.lo loop */
        0xaa0103e0, /* mov x0, x1 */
        RET,
    };
    memcpy(code + 16, loop, sizeof loop);
    code[19] = 0xf13e803f; /* cmp x1, #4000 */
    FLUSH(code, 4096);
    *data = 0;
    printf("stores into own page %ld\n", ((function)(code + 16))((long)data));

    /* code that overwrites the instruction after itself: str w1,[x2]; dc cvau; dsb; ic ivau; dsb; isb; target */
    static const uint32_t patch[] = {
        0x10000102, /* adr x2, +32 */
        0xb9000041, /* str w1, [x2] */
        0xd50b7b22, /* dc cvau, x2 */
        0xd5033b9f, /* dsb ish */
        0xd50b7522, /* ic ivau, x2 */
        0xd5033b9f, /* dsb ish */
        0xd5033fdf, /* isb */
        0xd503201f, /* nop */
        0xd2800020, /* movz x0, #1 -- overwritten */
        RET,
    };
    memcpy(code + 64, patch, sizeof patch);
    FLUSH(code, 4096);
    sum = 0;
    for (int i = 0; i < 50; i++) {
        register long x0 __asm__("x0") = 0;
        register long x1 __asm__("x1") = movz(0, i * 3);
        register uint32_t *x9 __asm__("x9") = code + 64;
        __asm__ volatile("blr x9" : "+r"(x0), "+r"(x1), "+r"(x9) : : "x2", "x30", "memory");
        sum += x0;
    }
    printf("patches what follows %ld\n", sum);

    /* W^X */
    uint32_t *wx = pages(1, PROT_READ | PROT_WRITE, 0);
    sum = 0;
    for (int i = 0; i < 100; i++) {
        mprotect(wx, 4096, PROT_READ | PROT_WRITE);
        wx[0] = movz(0, i + 5), wx[1] = RET;
        mprotect(wx, 4096, PROT_READ | PROT_EXEC);
        FLUSH(wx, 8);
        sum += ((function)wx)(0);
    }
    printf("W^X %ld\n", sum);

    /* unmapped and mapped again at the same place, with other code */
    sum = 0;
    for (int i = 0; i < 50; i++) {
        munmap(wx, 4096);
        wx = mmap(wx, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        wx[0] = movz(0, i * 2), wx[1] = RET;
        FLUSH(wx, 8);
        sum += ((function)wx)(0);
    }
    printf("mapped again %ld\n", sum);

    /* read(2) into code; mremap of code; across a page boundary */
    int fds[2];
    pipe(fds);
    sum = 0;
    for (int i = 0; i < 40; i++) {
        uint32_t fresh[2] = {movz(0, i + 9), RET};
        write(fds[1], fresh, 8);
        read(fds[0], code + 200, 8);
        FLUSH(code + 200, 8);
        sum += ((function)(code + 200))(0);
    }
    printf("read into code %ld\n", sum);
    sum = 0;
    for (int i = 0; i < 40; i++) {
        code[1022] = movz(0, i), code[1023] = add_imm(0, 0, 1), code[1024] = add_imm(0, 0, i), code[1025] = RET;
        FLUSH(code + 1022, 16);
        sum += ((function)(code + 1022))(0);
        code[1024] = add_imm(0, 0, 100);
        FLUSH(code + 1024, 4);
        sum += ((function)(code + 1022))(0);
    }
    printf("over a page end %ld\n", sum);
    uint32_t *moved = mremap(code, 8192, 16384, MREMAP_MAYMOVE);
    printf("moved %ld\n", ((function)(moved + 1022))(0));

    /* fork: the child's changes are its own */
    moved[0] = movz(0, 11), moved[1] = RET;
    FLUSH(moved, 8);
    sum = ((function)moved)(0);
    if (!fork()) {
        moved[0] = movz(0, 22);
        FLUSH(moved, 8);
        _exit(((function)moved)(0));
    }
    int status;
    wait(&status);
    printf("child %d parent %ld %ld\n", WEXITSTATUS(status), sum, ((function)moved)(0));

    pthread_t t[4];
    struct work works[4];
    uint32_t *arena = pages(4, PROT_READ | PROT_WRITE | PROT_EXEC, 0);
    for (int i = 0; i < 4; i++) { /* two threads' code in one page */
        works[i] = (struct work){arena + i * 512, 0, i + 3};
        pthread_create(&t[i], NULL, jit_thread, &works[i]);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(t[i], NULL);
        printf("thread %d %ld\n", i, works[i].sum);
    }
    /* others run what one changes: an aligned instruction is old or new */
    shared_code = arena;
    shared_code[0] = movz(0, 1), shared_code[1] = RET;
    FLUSH(arena, 8);
    long wrong[2];
    for (int i = 0; i < 2; i++)
        pthread_create(&t[i], NULL, caller, &wrong[i]);
    for (int i = 2; i <= 400; i++) {
        atomic_store_explicit((_Atomic uint32_t *)shared_code, movz(0, i), memory_order_release);
        FLUSH(arena, 4);
        if (i % 20 == 0)
            usleep(500);
    }
    go = 1;
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    printf("seen wrong %ld %ld, now %ld\n", wrong[0], wrong[1], ((function)shared_code)(0));
    return 0;
}
