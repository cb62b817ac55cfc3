/* Oracle: the host.
   mmap and its family at the edges; faults with the right signal, code and address; bus errors; the stack's growth. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <sys/uio.h>
#include <unistd.h>

static sigjmp_buf back;
static siginfo_t last;
static void on_fault(int signo, siginfo_t *info, void *context)
{
    (void)signo, (void)context;
    last = *info;
    siglongjmp(back, 1);
}

static const char *access_at(volatile char *p, int write)
{
    static char text[100];
    if (!sigsetjmp(back, 1)) {
        if (write)
            *p = 1;
        else
            (void)*p;
        return "fine";
    }
    snprintf(text, sizeof text, "signal %d code %d %s", last.si_signo, last.si_code, last.si_addr == p ? "here" : "elsewhere");
    return text;
}

#define CHECK(what, ...) printf("%s: " what "\n", __func__, __VA_ARGS__)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define RW (PROT_READ | PROT_WRITE)
static char *map(size_t n, int prot) { return mmap(NULL, n, prot, ANON, -1, 0); }
static const char *err(long r) { return r < 0 ? strerrorname_np(errno) : "ok"; }
static const char *result(void *p) { return p == MAP_FAILED ? strerrorname_np(errno) : "mapped"; }

static void holes(void)
{
    char *p = map(10 * 4096, RW);
    memset(p, 7, 10 * 4096);
    munmap(p + 3 * 4096, 2 * 4096);
    CHECK("%s", access_at(p + 3 * 4096, 0));
    CHECK("%s", access_at(p + 5 * 4096 - 1, 1));
    CHECK("%s", access_at(p + 5 * 4096, 1));
    CHECK("%s", access_at(p + 3 * 4096 - 1, 0));
    mprotect(p + 6 * 4096, 4096, PROT_NONE);
    CHECK("%s", access_at(p + 6 * 4096 + 5, 0));
    mprotect(p + 6 * 4096, 4096, PROT_READ);
    CHECK("%d %s", p[6 * 4096 + 5], access_at(p + 6 * 4096 + 5, 1));
    CHECK("%s", err(mprotect(p, 5 * 4096, PROT_READ)));
    uint64_t wide;
    char *edge = p + 3 * 4096 - 4;
    if (!sigsetjmp(back, 1)) {
        wide = *(volatile uint64_t *)edge;
        CHECK("read over the edge %lx", wide);
    } else
        CHECK("over the edge %d %d", last.si_code, (int)((char *)last.si_addr - edge) >= 0 && (char *)last.si_addr < edge + 8);
    if (!sigsetjmp(back, 1)) {
        *(volatile uint64_t *)edge = 0x1122334455667788;
        CHECK("%s", "written over the edge");
    } else
        CHECK("after a store over the edge %d", edge[0]);
    CHECK("%d", (int)read(open("/dev/zero", O_RDONLY), p + 2 * 4096, 8192));
    int fd = open("/dev/zero", O_RDONLY);
    CHECK("%s", err(read(fd, p + 3 * 4096, 4096)));
    struct iovec v = {p + 3 * 4096, 10};
    CHECK("%s", err(readv(fd, &v, 1)));
    CHECK("%s", err(pipe((int *)(p + 4 * 4096))));
    close(fd);
    munmap(p, 10 * 4096);
}

static void fixed(void)
{
    char *p = map(8 * 4096, RW);
    p[4096] = 5;
    char *q = mmap(p + 4096, 4096, RW, ANON | MAP_FIXED, -1, 0);
    CHECK("%d %d", q == p + 4096, q[0]);
    CHECK("%s", result(mmap(p + 2 * 4096, 4096, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0)));
    munmap(p + 2 * 4096, 4096);
    CHECK("%s", result(mmap(p + 2 * 4096, 4096, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0)));
    CHECK("%s", result(mmap(p + 1, 4096, RW, ANON | MAP_FIXED, -1, 0)));
    CHECK("%s", result(mmap(NULL, 0, RW, ANON, -1, 0)));
    CHECK("%s", result(mmap(NULL, 4096, RW, MAP_PRIVATE, -1, 0)));
    CHECK("%s", result(mmap(NULL, 4096, RW, MAP_ANONYMOUS, -1, 0)));
    CHECK("%s", result(mmap(NULL, 4096, RW, MAP_PRIVATE, 0, 1)));
    CHECK("%s", result(mmap((void *)(1UL << 50), 4096, RW, ANON | MAP_FIXED, -1, 0)));
    CHECK("%s", err(munmap(p + 1, 4096)));
    CHECK("%s", err(munmap(p, 0)));
    munmap(p, 8 * 4096);
    char *room = map(100 * 4096, RW);
    munmap(room, 40 * 4096);
    CHECK("%s", err(munmap(room, 100 * 4096)));
    char *hint = (char *)0x30000000;
    CHECK("%d", mmap(hint, 4096, RW, ANON, -1, 0) == hint);
    munmap(hint, 4096);
}

static void remap(void)
{
    char *p = map(4 * 4096, RW);
    strcpy(p + 100, "kept");
    char *q = mremap(p, 4 * 4096, 64 * 4096, MREMAP_MAYMOVE);
    CHECK("%s %d", q + 100, q[63 * 4096]);
    CHECK("%s", result(mremap(q, 64 * 4096, 2 * 4096, 0)));
    CHECK("%s", access_at(q + 2 * 4096, 0));
    char *goal = map(16 * 4096, RW);
    goal[9 * 4096] = 3;
    char *r = mremap(q, 2 * 4096, 8 * 4096, MREMAP_MAYMOVE | MREMAP_FIXED, goal);
    CHECK("%d %s %d %s", r == goal, r + 100, goal[9 * 4096], access_at(q, 0));
    map(4096, RW);
    munmap(goal + 8 * 4096, 8 * 4096);
    CHECK("%s", result(mremap(r, 8 * 4096, 10 * 4096, 0)));
    CHECK("%s", result(mremap(r + 1, 4096, 4096, MREMAP_MAYMOVE)));
    CHECK("%s", result(mremap(q, 4096, 8192, MREMAP_MAYMOVE)));
    char *s = mmap(NULL, 8192, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    strcpy(s, "shared");
    char *twin = mremap(s, 0, 8192, MREMAP_MAYMOVE);
    strcpy(twin + 1, "HARED");
    CHECK("%s", s);
}

static void files(void)
{
    char name[] = "mapped-file";
    int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
    for (int i = 0; i < 5000; i++)
        write(fd, "0123456789" + i % 10, 1);
    char *shared = mmap(NULL, 4 * 4096, RW, MAP_SHARED, fd, 0);
    char *private = mmap(NULL, 4 * 4096, RW, MAP_PRIVATE, fd, 4096);
    CHECK("%c %c %d", shared[4999], private[903], private[904]);
    CHECK("%s", access_at(shared + 8191, 1));
    CHECK("%s", access_at(shared + 8192, 0));
    CHECK("%s", access_at(private + 4096, 1));
    shared[4096] = 'S';
    CHECK("%c", private[0]);
    private[1] = 'P';
    CHECK("%c %c", shared[4097], private[1]);
    char c;
    pread(fd, &c, 1, 4096);
    CHECK("%c %d", c, msync(shared, 8192, MS_SYNC));
    CHECK("%s", err(msync(shared + 1, 8192, MS_SYNC)));
    ftruncate(fd, 100);
    CHECK("%s", access_at(shared + 4096, 0));
    CHECK("%s", access_at(shared + 200, 0));
    CHECK("write(2) past the end %s", err(write(fd, shared + 8192, 10)));
    ftruncate(fd, 20000);
    CHECK("%d %s", shared[4096], access_at(shared + 3 * 4096, 1));
    int ro = open(name, O_RDONLY);
    CHECK("%s", result(mmap(NULL, 4096, RW, MAP_SHARED, ro, 0)));
    char *readonly = mmap(NULL, 4096, PROT_READ, MAP_SHARED, ro, 0);
    CHECK("%s", err(mprotect(readonly, 4096, RW)));
    CHECK("%s", access_at(readonly, 1));
    if (!fork()) {
        strcpy(shared, "by the child");
        strcpy(private, "its own");
        _exit(0);
    }
    wait(NULL);
    CHECK("%s %.7s", shared, private);
    unlink(name);
}

static void advice(void)
{
    char *p = map(16 * 4096, RW);
    memset(p, 9, 16 * 4096);
    CHECK("%s", err(madvise(p, 4096, MADV_DONTNEED)));
    CHECK("%d", p[0]);
    CHECK("%d", p[4096]);
    unsigned char in[16];
    CHECK("%s", err(mincore(p, 16 * 4096, in)));
    CHECK("%d %d", in[1] & 1, in[15] & 1);
    CHECK("%s", err(madvise(p, 4096, 9999)));
    CHECK("%d", mlock(p, 4096) == 0 || errno == ENOMEM || errno == EPERM);
    char *old = sbrk(0), *more = sbrk(100000);
    CHECK("%d %d", more == old, (char *)sbrk(0) - old == 100000);
    memset(more, 1, 100000);
    sbrk(-100000);
    CHECK("%d", sbrk(0) == old);
    CHECK("%d", brk((void *)1) == -1 || sbrk(0) == old);
    void *big = mmap(NULL, 1UL << 36, RW, ANON | MAP_NORESERVE, -1, 0);
    CHECK("%s", result(big));
    ((char *)big)[1UL << 35] = 1;
    munmap(big, 1UL << 36);
    CHECK("%s", result(mmap(NULL, 1UL << 60, RW, ANON | MAP_NORESERVE, -1, 0)));
}

static int deep(int n)
{
    volatile char frame[1000];
    frame[n % 1000] = n;
    return n ? deep(n - 1) + (frame[n % 1000] == (char)n) : 0;
}

static void stack(void)
{
    CHECK("%d", deep(6000));
    volatile char *low = (char *)__builtin_frame_address(0) - (4 << 20);
    CHECK("%s", access_at(low, 1));
    char line[300];
    FILE *maps = fopen("/proc/self/maps", "r");
    int mine = 0, found_stack = 0;
    while (fgets(line, sizeof line, maps)) {
        unsigned long from, to;
        sscanf(line, "%lx-%lx", &from, &to);
        mine += from <= (unsigned long)&stack && (unsigned long)&stack < to && strstr(line, "r-xp") != NULL;
        found_stack += from <= (unsigned long)&line && (unsigned long)&line < to && strstr(line, "rw-p") && strstr(line, "[stack]");
    }
    fclose(maps);
    CHECK("%d %d", mine, found_stack);
}

int main(void)
{
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    sigaction(SIGILL, &action, NULL);
    setvbuf(stdout, NULL, _IOLBF, 0);
    holes(), fixed(), remap(), files(), advice(), stack();
    return 0;
}
