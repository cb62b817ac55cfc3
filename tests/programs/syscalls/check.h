/* What every program here uses: each call is printed with its result, so that two kernels can be compared. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* an expression, its value, and the error if it is -1 */
#define RESULT(expression)                                                                \
    do {                                                                                  \
        errno = 0;                                                                        \
        long result = (long)(expression);                                                 \
        printf("%s = %ld %s\n", #expression, result, result == -1 ? strerror(errno) : ""); \
        fflush(stdout);                                                                   \
    } while (0)

#define SHOW(...)            \
    do {                     \
        printf(__VA_ARGS__); \
        putchar('\n');       \
        fflush(stdout);      \
    } while (0)

static char buf[4096];
static char directory[] = "/tmp/hqemu-syscalls-XXXXXX";

/* all files are made in a directory of their own */
static inline int enter_directory(void)
{
    return !mkdtemp(directory) || chdir(directory);
}

static inline void leave_directory(void)
{
    if (!chdir("/")) {
        snprintf(buf, sizeof buf, "rm -r %s", directory);
        RESULT(system(buf));
    }
}
