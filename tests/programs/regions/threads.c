/* A hot loop over plain memory runs alone, then, mid-run, another thread begins to change that memory: the loop must see
   it, in order. Handshakes through plain loads, with barriers where the architecture wants them. */
#include "guest.h"

enum { ROUNDS = 20000, ALONE = 100000 };
static int turn, value, sum_of_other, done;

__attribute__((noinline)) static void other(void)
{
    for (int n = 0; n < ROUNDS; n++) {
        while (__atomic_load_n(&turn, __ATOMIC_RELAXED) != 1)
            ;
        asm volatile("dmb ish" ::: "memory");
        sum_of_other += *(int *)&value;
        value = value * 3 + n;
        asm volatile("dmb ish" ::: "memory");
        __atomic_store_n(&turn, 0, __ATOMIC_RELAXED);
    }
    __atomic_store_n(&done, 1, __ATOMIC_RELEASE);
    for (;;)
        SYS(EXIT, 0);
}

__attribute__((noinline)) static void begin(void)
{
    char *stack = map(16 * PAGE, RW, PRIVATE) + 16 * PAGE;
    register long x8 asm("x8") = CLONE, x0 asm("x0") = 0x50f00, x1 asm("x1") = (long)stack, x2 asm("x2") = 0;
    register long x3 asm("x3") = 0, x4 asm("x4") = 0;
    asm volatile("svc 0\n cbnz x0, 1f\n bl %[other]\n 1:"
                 : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), [other] "S"(other) : "memory", "x30");
}

void run(void)
{
    u32 sum = 0;
    long rounds = 0;
    for (long n = 0; n < ALONE + ROUNDS; n++) {
        if (n == ALONE)
            begin();
        if (n >= ALONE) {
            __atomic_store_n(&turn, 1, __ATOMIC_RELAXED);
            while (*(volatile int *)&turn)
                ;
            asm volatile("dmb ish" ::: "memory");
            rounds++;
        }
        sum = sum * 7 + value;
        value += n & 3;
        asm volatile("dmb ish" ::: "memory");
    }
    while (!__atomic_load_n(&done, __ATOMIC_ACQUIRE))
        ;
    show("rounds", rounds);
    show("sum", sum);
    show("other", (u32)sum_of_other);
    show("value", (u32)value);
}
