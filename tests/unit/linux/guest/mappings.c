/* The memory system calls: results and errors. */
#include "check.h"

enum { P = 4096, ANON = MAP_PRIVATE | MAP_ANONYMOUS, RW = PROT_READ | PROT_WRITE };
static char *base;

/* addresses are shown as pages from base */
#define AT(call)                                                                                                       \
    do {                                                                                                               \
        char *at_ = (char *)(call);                                                                                    \
        if (at_ == MAP_FAILED)                                                                                         \
            printf("%s: errno %d\n", #call, errno);                                                                    \
        else if (at_ >= base && at_ < base + 256 * P)                                                                  \
            printf("%s: page %ld\n", #call, (long)(at_ - base) / P);                                                   \
        else                                                                                                           \
            printf("%s: elsewhere\n", #call);                                                                          \
    } while (0)

static void show_maps(void)
{
    FILE *file = fopen("/proc/self/maps", "r");
    char line[1000], rights[8];
    unsigned long start, end, offset;
    while (fgets(line, sizeof line, file)) {
        sscanf(line, "%lx-%lx %7s %lx", &start, &end, rights, &offset);
        if ((char *)start < base + 256 * P && (char *)end > base)
            printf("  %ld-%ld %s %lx\n", ((long)start - (long)base) / P, ((long)end - (long)base) / P, rights, offset);
    }
    fclose(file);
}

static void maps(int fd)
{
    AT(mmap(0, 0, RW, ANON, -1, 0));
    AT(mmap(0, P, RW, MAP_PRIVATE, -1, 0));
    AT(mmap(0, P, RW, MAP_ANONYMOUS, -1, 0));
    AT(mmap(0, 1UL << 60, RW, ANON, -1, 0));
    AT(mmap(0, P, RW, MAP_PRIVATE, fd, 5));
    AT(mmap(0, 2 * P, PROT_READ, MAP_PRIVATE, fd, 0x7ffffffffffff000));
    AT(mmap(base + 5, P, RW, ANON | MAP_FIXED, -1, 0));
    AT(mmap((void *)-P, P, RW, ANON | MAP_FIXED, -1, 0));
    AT(mmap(base + 10 * P, 4 * P, RW, ANON | MAP_FIXED, -1, 0));
    AT(mmap(base + 12 * P, 4 * P, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0));
    SHOW(munmap(base + 20 * P, 8 * P));
    AT(mmap(base + 22 * P + 100, 2 * P, PROT_READ, ANON, -1, 0));
    SHOW(munmap(base, 0));
    SHOW(munmap(base + 1, P));
    SHOW(munmap(base + 20 * P, P));
    SHOW(munmap((void *)P, -P));
    AT(mmap(base + 30 * P, 4 * P, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, P));
    AT(mmap(base + 34 * P, 2 * P, RW, MAP_SHARED | MAP_FIXED, fd, 0));
    AT(mmap(base + 40 * P, P, PROT_READ, MAP_SHARED_VALIDATE | MAP_FIXED, fd, 0));
    AT(mmap(0, P, PROT_READ, MAP_SHARED_VALIDATE | 0x800000, fd, 0));
    base[34 * P + 3] = 'x';
    char byte = 0;
    (void)!pread(fd, &byte, 1, 3);
    printf("through the file: %c\n", byte);
    int exe = open("/proc/self/exe", O_RDONLY), root = open("/", O_RDONLY), null = open("/dev/null", O_WRONLY);
    AT(mmap(0, P, RW, MAP_SHARED, exe, 0));
    AT(mmap(base + 36 * P, P, PROT_READ, MAP_SHARED | MAP_FIXED, exe, 0));
    SHOW(mprotect(base + 36 * P, P, RW));
    AT(mmap(0, P, PROT_READ, MAP_PRIVATE, root, 0));
    AT(mmap(0, P, PROT_READ, MAP_PRIVATE, null, 0));
    SHOW(mprotect(base + 10 * P, 2 * P, PROT_READ));
    SHOW(mprotect(base + 12 * P, 12 * P, RW));
    SHOW(mprotect(base + 10 * P, P, 0x100));
    SHOW(mprotect(base + 1, P, PROT_READ));
    SHOW(mprotect(base, 0, PROT_READ));
    show_maps();
}

static void remaps(void)
{
    AT(mremap(base + 22 * P, 2 * P, 4 * P, 0));
    AT(mremap(base + 22 * P, 4 * P, 20 * P, 0));
    AT(mremap(base + 22 * P, 4 * P, P, 0));
    AT(mremap(base + 22 * P, P, 0, 0));
    AT(mremap(base + 1, P, P, 0));
    AT(mremap(base, P, P, 8));
    AT(mremap(base, P, P, MREMAP_FIXED, base));
    AT(mremap(base + 25 * P, P, 2 * P, MREMAP_MAYMOVE));
    AT(mremap(base + 12 * P, 4 * P, 4 * P, MREMAP_MAYMOVE | MREMAP_FIXED, base + 14 * P));
    base[12 * P] = 9;
    AT(mremap(base + 12 * P, 2 * P, 3 * P, MREMAP_MAYMOVE | MREMAP_FIXED, base + 50 * P));
    printf("moved %d\n", base[50 * P]);
    AT(mremap(base + 50 * P, 3 * P, P, MREMAP_MAYMOVE | MREMAP_FIXED, base + 60 * P));
    printf("moved %d\n", base[60 * P]);
    AT(mremap(base + 60 * P, 0, P, MREMAP_MAYMOVE));
    AT(mremap(base + 34 * P, 0, 2 * P, MREMAP_MAYMOVE | MREMAP_FIXED, base + 70 * P));
    printf("two views %c\n", base[70 * P + 3]);
    AT(mremap(base + 60 * P, P, 2 * P, MREMAP_MAYMOVE | 4));
    AT(mremap(base + 30 * P, 4 * P, 5 * P, MREMAP_MAYMOVE | MREMAP_FIXED, base + 80 * P));
    show_maps();
}

static void others(int fd)
{
    unsigned char present[16];
    SHOW(mincore(base + 60 * P, P, present));
    SHOW(mincore(base + 21 * P, P, present));
    SHOW(mincore(base + 1, P, present));
    SHOW(mincore(base + 60 * P, P, (void *)8));
    SHOW(madvise(base + 60 * P, P, MADV_DONTNEED));
    printf("dropped %d\n", base[60 * P]);
    SHOW(madvise(base + 60 * P, P, 999));
    SHOW(madvise(base + 1, P, MADV_NORMAL));
    SHOW(madvise(base + 21 * P, P, MADV_DONTNEED));
    SHOW(msync(base + 34 * P, P, MS_SYNC));
    SHOW(msync(base + 34 * P, P, MS_SYNC | MS_ASYNC));
    SHOW(msync(base + 21 * P, P, MS_SYNC));
    SHOW(mlock(base + 34 * P, P));
    SHOW(mlock(base + 21 * P, P));
    SHOW(munlock(base + 34 * P, P));
    SHOW(mlockall(0));
    SHOW(munlockall());
    SHOW(read(fd, base + 36 * P, 10));
    SHOW(write(fd, base + 100 * P, 10));
    SHOW(fstat(fd, (void *)8));
    SHOW(open(base + 100 * P, O_RDONLY));
    char *old = sbrk(0);
    SHOW(sbrk(100000) == old);
    memset(old, 1, 100000);
    SHOW(sbrk(-50000) == old + 100000);
    SHOW(syscall(SYS_brk, 4096) == (long)sbrk(0));
    SHOW(syscall(SYS_brk, (long)old + (1L << 46)) == (long)sbrk(0));
}

int main(void)
{
    setvbuf(stdout, 0, _IONBF, 0);
    base = mmap(0, 256 * P, PROT_NONE, ANON, -1, 0);
    int fd = memfd_create("file", 0);
    (void)!ftruncate(fd, 10000);
    maps(fd);
    remaps();
    others(fd);
    return 0;
}
