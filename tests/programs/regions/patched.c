/* Expected is what the architecture says (qemu-user does not notice the second way).
   A hot loop calls code that is rewritten mid-run: by the loop itself, announced as the architecture wants it; and by
   another view of the same memory. */
#include "guest.h"

enum { COUNT = 120000, EVERY = 20000 };

static void flush(char *p, long size)
{
    for (long n = 0; n < size; n += 4)
        asm volatile("dc cvau, %0\n dsb ish\n ic ivau, %0\n dsb ish\n isb" ::"r"(p + n) : "memory");
}

/* mov w0, number; ret */
static void write_code(u32 *code, u32 number)
{
    code[0] = 0x52800000 | number << 5;
    code[1] = 0xd65f03c0;
    flush((char *)code, 8);
}

void run(void)
{
    u32 *code = (u32 *)map(PAGE, RWX, PRIVATE);
    write_code(code, 1);
    u64 sum = 0;
    for (u32 n = 0; n < COUNT; n++) {
        if (n % EVERY == EVERY - 1)
            write_code(code, n / EVERY + 2);
        sum = sum * 3 + ((u32(*)(void))code)() + n;
    }
    show("itself", sum);

    long fd = SYS(279 /* memfd_create */, "code", 0);
    SYS(46 /* ftruncate */, fd, PAGE);
    u32 *writable = (u32 *)SYS(MMAP, 0, PAGE, RW, SHARED, fd, 0);
    code = (u32 *)SYS(MMAP, 0, PAGE, 5, SHARED, fd, 0);
    write_code(writable, 9);
    for (u32 n = 0; n < COUNT; n++) {
        if (n % EVERY == EVERY - 1) {
            write_code(writable, n / EVERY + 20);
            flush((char *)code, 8);
        }
        sum = sum * 3 + ((u32(*)(void))code)() + n;
    }
    show("view", sum);
}
