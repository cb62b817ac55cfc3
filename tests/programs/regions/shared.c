/* A hot loop works on private memory, then, mid-run, on memory that it also reaches at another address, then on memory
   that another process writes. */
#include "guest.h"

enum { COUNT = 200000 };

void run(void)
{
    char *one = (char *)map(PAGE, RW, PRIVATE), *two = one;
    long fd = SYS(279 /* memfd_create */, "shared", 0);
    SYS(46 /* ftruncate */, fd, PAGE);
    u64 sum = 0;
    for (long n = 0; n < COUNT; n++) {
        if (n == COUNT / 2) {
            one = (char *)SYS(MMAP, 0, PAGE, RW, SHARED, fd, 0);
            two = (char *)SYS(MMAP, 0, PAGE, RW, SHARED, fd, 0);
        }
        u64 *a = (u64 *)(one + (n & 63) * 8), *b = (u64 *)(two + (n & 63) * 8);
        *a = n;
        sum += *b;
        *b = sum;
        sum ^= *a * 3;
    }
    show("aliases", sum);

    volatile int *turn = (volatile int *)map(PAGE, RW, SHARED), *value = turn + 1;
    long child = SYS(CLONE, 17 /* SIGCHLD */, 0, 0, 0, 0);
    if (!child) {
        for (int n = 0; n < 2000; n++) {
            while (*turn != 1)
                ;
            asm volatile("dmb ish" ::: "memory");
            *value = *value * 5 + n;
            asm volatile("dmb ish" ::: "memory");
            *turn = 0;
        }
        leave(0);
    }
    for (int n = 0; n < 2000; n++) {
        *turn = 1;
        while (*turn)
            ;
        asm volatile("dmb ish" ::: "memory");
        sum = sum * 3 + (u32)*value;
    }
    SYS(WAIT4, child, 0, 0, 0);
    show("process", sum);
}
