/* Prints: 34650
   One file mapped twice, to write code and to run it. */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void)
{
    int fd = memfd_create("code", 0);
    if (ftruncate(fd, 8192))
        return 1;
    uint32_t *w = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    uint32_t *x = mmap(NULL, 8192, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
    long sum = 0;
    for (int i = 0; i < 100; i++) {
        w[1024] = 0xd2800000u | (unsigned)(i * 7) << 5; /* mov x0, #i * 7 */
        w[1025] = 0xd65f03c0u; /* ret */
        __builtin___clear_cache((char *)(x + 1024), (char *)(x + 1026));
        sum += ((long (*)(void))(x + 1024))();
    }
    printf("%ld\n", sum);
    return 0;
}
