/* System calls and output of a program without libc. */
#ifndef GUEST_H
#define GUEST_H
typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long u64;

static long call6(long number, long a, long b, long c, long d, long e, long f)
{
    register long x8 asm("x8") = number, x0 asm("x0") = a, x1 asm("x1") = b, x2 asm("x2") = c;
    register long x3 asm("x3") = d, x4 asm("x4") = e, x5 asm("x5") = f;
    asm volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
    return x0;
}
#define SYS(number, ...) SYS_(number, __VA_ARGS__, 0, 0, 0, 0, 0, 0)
#define SYS_(number, a, b, c, d, e, f, ...) \
    call6(number, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
enum { WRITE = 64, EXIT = 93, EXIT_GROUP = 94, CLONE = 220, MPROTECT = 226, MMAP = 222, SIGACTION = 134, WAIT4 = 260 };

__attribute__((unused)) static void print(const char *text)
{
    long size = 0;
    while (text[size])
        size++;
    SYS(WRITE, 1, text, size);
}

__attribute__((unused)) static void show(const char *name, u64 n)
{
    char digits[24], *p = digits + sizeof digits;
    *--p = 0;
    *--p = '\n';
    do
        *--p = "0123456789abcdef"[n % 16];
    while (n /= 16);
    print(name);
    print(" ");
    print(p);
}

__attribute__((noreturn, unused)) static void leave(int status)
{
    for (;;)
        SYS(EXIT_GROUP, status);
}

enum { PAGE = 4096, SHARED = 1, PRIVATE = 2, ANONYMOUS = 32, RW = 3, RWX = 7 };

__attribute__((unused)) static char *map(long size, int protection, int how)
{
    return (char *)SYS(MMAP, 0, size, protection, how | ANONYMOUS, -1, 0);
}

/* As the kernel has them. */
struct context {
    u64 flags, link, stack[3], mask;
    char unused[128];
    u64 address, x[31], sp, pc, pstate, padding;
    u32 magic, size, fpsr, fpcr;
    unsigned __int128 v[32];
};
struct info {
    int signo, error, code, pad;
    u64 address;
};

__attribute__((unused)) static void on_signal(int signo, void (*function)(int, struct info *, struct context *))
{
    struct {
        void *function;
        u64 flags;
        void *restorer;
        u64 mask;
    } action = {(void *)function, 4 /* SA_SIGINFO */, 0, 0};
    SYS(SIGACTION, signo, &action, 0, 8);
}

void run(void);

__attribute__((noreturn)) void start_c(void)
{
    run();
    leave(0);
}

asm(".globl _start\n_start: mov x29, 0\n mov x30, 0\n bl start_c\n");
#endif
