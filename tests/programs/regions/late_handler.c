/* A hot loop runs without a function for faults; mid-run one is installed, and from then on the loop faults. What the
   function sees of the loop's variables, and what it changes of them, must be exact. */
#include "guest.h"

enum { COUNT = 300000, HALF = 150000 };
static char *page;
static u64 faults, seen;

static void on_fault(int signo, struct info *info, struct context *c)
{
    (void)signo;
    faults++;
    seen = seen * 31 + c->x[20] * 7 + c->x[21] + (info->address & (PAGE - 1));
    c->x[21] += 1000;          /* the loop goes on with another sum */
    SYS(MPROTECT, page, PAGE, RW);
}

__attribute__((noinline)) static void install(void)
{
    on_signal(11, on_fault);
}

__attribute__((noinline)) static void protect(void)
{
    SYS(MPROTECT, page, PAGE, 0);
}

void run(void)
{
    page = map(PAGE, RW, PRIVATE);
    register u64 i asm("x20") = 0, sum asm("x21") = 0;
    register char *p asm("x22") = page;
    while (i < COUNT) {
        if (i == HALF)
            install();
        if (i >= HALF && i % 5000 == 123)
            protect();
        asm volatile("str %0, [%2, 8]\n add %1, %1, %0\n ldr x9, [%2, 8]\n eor %1, %1, x9, lsl 1\n add %0, %0, 1"
                     : "+r"(i), "+r"(sum) : "r"(p) : "x9", "memory");
    }
    show("sum", sum);
    show("faults", faults);
    show("seen", seen);
}
