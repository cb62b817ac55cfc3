/* Programs that make code: written, changed, moved, unmapped, read from a file, seen through two mappings. */
#include "check.h"
#include <setjmp.h>

typedef int (*Function)(void);
static sigjmp_buf back;

/* "return n" */
static void emit(void *at, int n)
{
#ifdef __aarch64__
    uint32_t code[2] = {0x52800000 | n << 5, 0xd65f03c0};
#elif defined __arm__
    uint32_t code[2] = {0xe3000000 | (n & 0xf000) << 4 | (n & 0xfff), 0xe12fff1e};
#else
    unsigned char code[6] = {0xb8, n, n >> 8, 0, 0, 0xc3};
#endif
    memcpy(at, code, sizeof code);
    __builtin___clear_cache(at, (char *)at + sizeof code);
}

static void jump_out(int signo)
{
    (void)signo;
    siglongjmp(back, 1);
}

static void call(const char *what, void *at)
{
    if (sigsetjmp(back, 1))
        printf("%s: fault\n", what);
    else
        printf("%s: %d\n", what, ((Function)at)());
}

static void *pages(int prot)
{
    return mmap(0, 8192, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

int main(void)
{
    enum { RWX = PROT_READ | PROT_WRITE | PROT_EXEC, RW = PROT_READ | PROT_WRITE, RX = PROT_READ | PROT_EXEC };
    setvbuf(stdout, 0, _IONBF, 0);
    on(SIGSEGV, jump_out, 0, 0);

    char *p = pages(RWX);
    int sum = 0;
    for (int i = 0; i < 300; i++) {
        emit(p, i);
        sum += ((Function)p)();
    }
    printf("rewritten in place: %d\n", sum);
    for (int i = 0; i < 300; i++) {
        emit(p + 64, i);
        sum += ((Function)p)() + ((Function)(p + 64))();
    }
    printf("neighbour rewritten: %d\n", sum);

    char *w = pages(RW);
    emit(w, 1);
    call("data is no code", w);
    for (int i = 0; i < 5; i++) {
        mprotect(w, 8192, RW);
        emit(w, 100 + i);
        mprotect(w, 8192, RX);
        call("written, then executable", w);
    }
    mprotect(w, 8192, PROT_READ);
    call("not executable any more", w);
    mprotect(w, 8192, RX);
    call("executable again", w);

    emit(p, 7);
    call("before", p);
    munmap(p, 8192);
    call("unmapped", p);
    mmap(p, 8192, RWX, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    emit(p, 8);
    call("mapped anew", p);

    char *q = mremap(p, 8192, 8192, MREMAP_MAYMOVE | MREMAP_FIXED, pages(PROT_NONE));
    call("moved", q);
    call("left behind", p);
    emit(q, 9);
    call("moved and rewritten", q);

    int fd = memfd_create("code", 0);
    (void)!ftruncate(fd, 8192);
    char buffer[64];
    emit(buffer, 21);
    (void)!pwrite(fd, buffer, 64, 0);
    (void)!pread(fd, q, 64, 0);
    __builtin___clear_cache(q, q + 64);
    call("read over code", q);
    emit(buffer, 22);
    (void)!pwrite(fd, buffer, 64, 0);
    (void)!lseek(fd, 0, SEEK_SET);
    (void)!read(fd, q, 64);
    __builtin___clear_cache(q, q + 64);
    call("read over code again", q);

    char *data = mmap(0, 8192, RW, MAP_SHARED, fd, 0), *code = mmap(0, 8192, RX, MAP_SHARED, fd, 0);
    for (int i = 0; i < 3; i++) {
        emit(data, 30 + i);
        __builtin___clear_cache(code, code + 64);
        call("written through another mapping", code);
    }

    emit(q, 40);
    ((Function)q)();
    pid_t child = fork();
    if (!child) {
        emit(q, 41);
        call("child", q);
        _exit(0);
    }
    wait(0);
    call("parent", q);
    madvise(q, 8192, MADV_DONTNEED);
    emit(q + 4096, 50);
    call("dropped and rewritten", q + 4096);
    return 0;
}
