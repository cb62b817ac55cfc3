/* What programs do all day: printing and reading numbers, sorting, regular expressions, long double, contexts, strings
   at the end of a page, variable arguments, 128-bit integers, complex numbers, wide characters. */
#define _GNU_SOURCE
#include <complex.h>
#include <errno.h>
#include <float.h>
#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>
#include <wchar.h>

static uint64_t state = 88172645463325252u;
static uint64_t next(void) { state ^= state << 13, state ^= state >> 7, state ^= state << 17; return state; }
static int compare(const void *a, const void *b) { uint64_t x = *(uint64_t *)a, y = *(uint64_t *)b; return x < y ? -1 : x > y; }

static double mixed(int n, ...)
{
    va_list args;
    double sum = 0;
    va_start(args, n);
    for (int i = 0; i < n; i++)
        sum += i % 3 == 0 ? va_arg(args, int) : i % 3 == 1 ? va_arg(args, double) : (double)va_arg(args, long double);
    va_end(args);
    return sum;
}

struct big { long a[5]; float f; };
struct hfa { double x, y, z; };
static struct big make_big(long n, struct hfa h) { return (struct big){{n, n + 1, n + 2, n + 3, n + 4}, (float)(h.x + h.y + h.z)}; }
static ucontext_t first, second;
static int steps;
static void other(int a, int b)
{
    for (int i = 0; i < 3; i++) {
        steps += a * b + i;
        swapcontext(&second, &first);
    }
}

static jmp_buf jump;
static void leap(int n) { if (!n) longjmp(jump, 7); leap(n - 1); }

int main(void)
{
    uint64_t values[2000];
    for (int i = 0; i < 2000; i++)
        values[i] = next();
    qsort(values, 2000, 8, compare);
    uint64_t hash = 0;
    for (int i = 0; i < 2000; i++)
        hash = hash * 31 + values[i];
    printf("sorted %016" PRIx64 " %d\n", hash, bsearch(&values[77], values, 2000, 8, compare) == &values[77]);
    for (int i = 0; i < 200; i++) {
        uint64_t u = next();
        double d;
        memcpy(&d, &u, 8);
        char text[400];
        snprintf(text, sizeof text, "%.17g", d);
        double back = strtod(text, NULL);
        if (memcmp(&d, &back, 8) && d == d)
            printf("lost %s\n", text);
        if (i < 40)
            printf("%s %a %.3e %g %" PRId64 " %Lg\n", text, d, d, (double)(float)d, (int64_t)u, (long double)d / 3);
    }
    long double l = 1.0L / 3, power = 1;
    for (int i = 0; i < 50; i++)
        power = power * 1.7L - l / (i + 1);
    printf("%.33Lg %.33Lg %Lf %d %.30Lg %.30Lg\n", l, power, sqrtl(2), (int)(power > l), expl(1), (long double)(uint64_t)-5 / 7);
    unsigned __int128 a = ((unsigned __int128)next() << 64) | next(), b = next();
    __int128 s = -(__int128)a / 7;
    printf("%016llx %016llx %016llx %016llx\n", (long long)(a / b), (long long)(a % b), (long long)(a * b >> 64), (long long)s);
    printf("%.10f\n", mixed(9, 1, 2.5, 3.25L, 4, 5.5, 6.75L, 7, 8.125, 9.0625L));
    struct big big = make_big(10, (struct hfa){1.5, 2.5, 3.5});
    printf("%ld %f\n", big.a[4], big.f);
    double complex z = cexp(I * 1.25) * csqrt(-3 + 4 * I) / (2 - I);
    printf("%.15g %.15g %.15g\n", creal(z), cimag(z), cabs(z));
    regex_t regex;
    regmatch_t match[3];
    regcomp(&regex, "([a-z]+)-([0-9]{2,})", REG_EXTENDED);
    printf("%d", regexec(&regex, "  abc-1 xyz-1234", 3, match, 0));
    printf(" %d %d %d\n", match[0].rm_so, match[1].rm_eo, match[2].rm_eo);
    regfree(&regex);

    char *page = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(page + 8192, 4096);
    hash = 0;
    for (int n = 0; n < 200; n++) { /* vector loads must not fault over the end */
        char *at = page + 8192 - n - 1, copy[256];
        memset(at, 'a' + n % 26, n);
        at[n] = 0;
        if (n > 5)
            at[n - 3] = 'Z';
        memset(copy, 0, sizeof copy);
        memcpy(copy, at, n + 1);
        hash = hash * 31 + strlen(at) + strnlen(at, 100) + (strchr(at, 'Z') ? strchr(at, 'Z') - at : 500) + (strrchr(at, 'a') != NULL)
            + strcmp(at, copy) + memcmp(at, copy, n) + (size_t)(stpcpy(copy, at) - copy) + strspn(at, "abcdefgh") + (memchr(at, 'Z', n) != NULL)
            + (strstr(at, "Zb") != NULL) + (memrchr(at, 'c', n) != NULL) + (size_t)(rawmemchr(at, 0) - (void *)at) + strcasecmp(at, copy);
        memmove(at - 5, at, n);
        memmove(at - 1, at - 5, n);
    }
    printf("strings %016" PRIx64 "\n", hash);

    char stack[65536];
    getcontext(&second);
    second.uc_stack.ss_sp = stack, second.uc_stack.ss_size = sizeof stack, second.uc_link = &first;
    makecontext(&second, (void (*)(void))other, 2, 6, 7);
    for (int i = 0; i < 4; i++)
        swapcontext(&first, &second);
    printf("contexts %d\n", steps);
    volatile int kept = 5;
    volatile double kept_double = 2.5;
    int code = setjmp(jump);
    if (!code) {
        kept = 6, kept_double = 3.5;
        leap(50);
    }
    printf("longjmp %d %d %g\n", code, kept, kept_double);
    struct tm tm = {.tm_year = 124, .tm_mon = 1, .tm_mday = 30, .tm_hour = 25};
    time_t t = timegm(&tm);
    char text[100];
    strftime(text, sizeof text, "%A %d %B %Y %H:%M %j %V", gmtime(&t));
    printf("%lld %s\n", (long long)t, text);
    int x, y;
    float f;
    printf("%d", sscanf("12 0x1f 3.5e2 word", "%d %i %f %99s", &x, &y, &f, text));
    printf(" %d %d %g %s %ld %lu\n", x, y, f, text, strtol("-0777", NULL, 0), strtoul("99999999999999999999", NULL, 10));
    printf("%s %d\n", strerror(errno), wcwidth(L'x'));
    double v[] = {0.1, 1.5, 100.25, 1e-10, 2e5};
    for (int i = 0; i < 5; i++)
        printf("%.17g %.17g %.17g %.17g %.17g %.17g %.9g\n", sin(v[i]), log1p(v[i]), pow(v[i], 1.7), tgamma(v[i] < 100 ? v[i] : 3), erf(v[i]), fmod(1e10, v[i]), sinf(v[i]));
    char *lines = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&lines, &size);
    fprintf(memory, "%*d|%-*s|%+.3d|%#o|%'d\n", 8, 42, 6, "ab", 7, 8, 1234567);
    fclose(memory);
    fputs(lines, stdout);
    return 0;
}
