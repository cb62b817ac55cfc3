/* A hot floating-point loop changes its environment mid-run: rounding, flushing of denormals, default NaNs; and reads
   the cumulative flags. */
#include "guest.h"

enum { COUNT = 60000, PART = 5000 };

static const u64 modes[] = {0, 1 << 22, 2 << 22, 3 << 22, 1 << 24, 1 << 25, 3 << 24 | 1 << 22};

static u64 bits(double d)
{
    u64 n;
    __builtin_memcpy(&n, &d, 8);
    return n;
}

void run(void)
{
    volatile double three = 3.0, tiny = 1e-308, huge = 1e308, nan = 0;
    u64 payload = 0xfff4000000000123;
    __builtin_memcpy((void *)&nan, &payload, 8);
    double a = 1.0, b = 0.5, denormal = 4e-320;
    u64 hash = 0, flags = 0, now;
    u32 single = 0;
    for (long n = 0; n < COUNT; n++) {
        if (n % PART == 0)
            asm volatile("msr fpcr, %0" ::"r"(modes[n / PART % 7]));
        asm volatile("" : "+w"(a), "+w"(b), "+w"(denormal));
        a = a / three + b;
        b = a * 1.1 - b;
        float f = (float)a / 3.0f;
        denormal = denormal * 1.5;
        if (denormal > 3e-308)
            denormal = 4e-320;
        __builtin_memcpy(&single, &f, 4);
        hash = hash * 31 + bits(a) + bits(b) * 3 + single + bits(denormal);
        if (n % 1000 == 999) {
            asm volatile("mrs %0, fpsr" : "=r"(now));
            flags = flags * 7 + now;
            asm volatile("msr fpsr, xzr");
        }
        if (n % 1000 == 500) {
            double x = tiny * tiny + huge * huge + nan;
            hash += bits(x);
            asm volatile("" : "+w"(x));
        }
    }
    show("hash", hash);
    show("flags", flags);
}
