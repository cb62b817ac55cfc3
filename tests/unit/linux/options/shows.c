/* Prints what qemu-user's options change. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/utsname.h>
#include <unistd.h>

static int deep(int kilobytes)
{
    volatile char part[1024];
    part[0] = kilobytes;
    return kilobytes ? deep(kilobytes - 1) + part[0] * 0 : 1;
}

int main(int argc, char **argv)
{
    const char *names[] = {"ONE", "TWO", "THREE"};
    struct utsname name;
    unsigned long top = (unsigned long)&argc, heap = (unsigned long)malloc(32 << 20);
    uname(&name);
    printf("argv %s", argv[0]);
    for (int i = 1; i < argc; i++)
        printf("|%s", argv[i]);
    for (int i = 0; i < 3; i++)
        printf("\n%s=%s", names[i], getenv(names[i]) ? getenv(names[i]) : "(none)");
    printf("\nrelease %s\nfile %d\n", name.release, access("/only-under-the-prefix", F_OK));
#ifdef __aarch64__
    unsigned long isar, midr;
    __asm__("mrs %0, id_aa64isar0_el1" : "=r"(isar));
    __asm__("mrs %0, midr_el1" : "=r"(midr));
    printf("atomics %d %lu rdm %d %lu aes %d %lu midr %lx\n", (int)(getauxval(AT_HWCAP) >> 8 & 1), isar >> 20 & 15,
           (int)(getauxval(AT_HWCAP) >> 12 & 1), isar >> 28 & 15, (int)(getauxval(AT_HWCAP) >> 3 & 1), isar >> 4 & 15,
           midr);
    fflush(stdout);
    if (argc > 1 && !strcmp(argv[1], "atomics")) {
        unsigned long old = 5, memory = 1;
        __asm__ volatile(".arch_extension lse\nldadd %1, %0, [%2]" : "=r"(old) : "r"(2L), "r"(&memory) : "memory");
        printf("ldadd %lu %lu\n", old, memory);
    }
#endif
    if (argc > 1 && !strcmp(argv[1], "deep"))
        printf("deep %d\n", deep(atoi(argv[2])));
    if (argc > 2 && !strcmp(argv[1], "below")) {
        unsigned long end = strtoul(argv[2], 0, 0);
        printf("below %d %d\n", top < end, heap < end);
    }
    return 0;
}
