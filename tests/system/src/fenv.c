/* Rounding modes, exception flags, flush to zero, default NaN, conversions, fused operations: bit by bit. */
#include <fenv.h>
#include <float.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#pragma STDC FENV_ACCESS ON

static uint64_t bits(double x) { uint64_t u; memcpy(&u, &x, 8); return u; }
static uint32_t bitsf(float x) { uint32_t u; memcpy(&u, &x, 4); return u; }
static double from(uint64_t u) { double x; memcpy(&x, &u, 8); return x; }
static void set_fpcr(uint64_t v) { __asm__ volatile("msr fpcr, %0" : : "r"(v)); }
static uint64_t fpcr(void) { uint64_t v; __asm__ volatile("mrs %0, fpcr" : "=r"(v)); return v; }
static uint64_t fpsr(void) { uint64_t v; __asm__ volatile("mrs %0, fpsr" : "=r"(v)); return v; }
static void set_fpsr(uint64_t v) { __asm__ volatile("msr fpsr, %0" : : "r"(v)); }

#define OP2(name, insn) static double name(double a, double b) { double r; __asm__ volatile(insn " %d0, %d1, %d2" : "=w"(r) : "w"(a), "w"(b)); return r; } \
    static float name##f(float a, float b) { float r; __asm__ volatile(insn " %s0, %s1, %s2" : "=w"(r) : "w"(a), "w"(b)); return r; }
#define OP1(name, insn) static double name(double a) { double r; __asm__ volatile(insn " %d0, %d1" : "=w"(r) : "w"(a)); return r; } \
    static float name##f(float a) { float r; __asm__ volatile(insn " %s0, %s1" : "=w"(r) : "w"(a)); return r; }
OP2(op_add, "fadd") OP2(op_sub, "fsub") OP2(op_mul, "fmul") OP2(op_div, "fdiv") OP2(op_max, "fmax") OP2(op_min, "fmin")
OP2(op_maxnm, "fmaxnm") OP2(op_minnm, "fminnm") OP2(op_nmul, "fnmul") OP2(op_mulx, "fmulx") OP2(op_recps, "frecps") OP2(op_rsqrts, "frsqrts")
OP1(op_sqrt, "fsqrt") OP1(op_rintx, "frintx") OP1(op_rinti, "frinti") OP1(op_rinta, "frinta") OP1(op_rintn, "frintn")
OP1(op_recpe, "frecpe") OP1(op_rsqrte, "frsqrte") OP1(op_recpx, "frecpx")
typedef double (*two)(double, double);
typedef float (*twof)(float, float);
typedef double (*one)(double);
typedef float (*onef)(float);
static const struct { const char *name; two d; twof f; } twos[] = {
    {"add", op_add, op_addf}, {"sub", op_sub, op_subf}, {"mul", op_mul, op_mulf}, {"div", op_div, op_divf}, {"max", op_max, op_maxf},
    {"min", op_min, op_minf}, {"maxnm", op_maxnm, op_maxnmf}, {"minnm", op_minnm, op_minnmf}, {"nmul", op_nmul, op_nmulf},
    {"mulx", op_mulx, op_mulxf}, {"recps", op_recps, op_recpsf}, {"rsqrts", op_rsqrts, op_rsqrtsf}};
static const struct { const char *name; one d; onef f; } ones[] = {
    {"sqrt", op_sqrt, op_sqrtf}, {"rintx", op_rintx, op_rintxf}, {"rinti", op_rinti, op_rintif}, {"rinta", op_rinta, op_rintaf},
    {"rintn", op_rintn, op_rintnf}, {"recpe", op_recpe, op_recpef}, {"rsqrte", op_rsqrte, op_rsqrtef}, {"recpx", op_recpx, op_recpxf}};

static void *in_thread(void *arg)
{
    (void)arg;
    uint64_t inherited = fpcr();
    fesetround(FE_DOWNWARD);
    volatile double x = 1, y = 3;
    printf("thread: inherited %lx, %a\n", inherited, x / y);
    return NULL;
}

static void on_signal(int signo)
{
    (void)signo;
    volatile double x = 1, y = 3;
    printf("in a signal's function: fpcr %lx %a\n", fpcr(), x / y);
    fesetround(FE_UPWARD);
    feraiseexcept(FE_OVERFLOW);
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    const double values[] = {0, -0.0, 1, -1, 1.5, 2.5, -3.5, 0.1, 1e308, -1e308, DBL_MIN, 5e-324, -3e-320, INFINITY, -INFINITY, 1e-160, 123456789.125,
                             from(0x7ff8000000000123), from(0x7ff0000000000456), from(0xfff8000000000789)};
    enum { N = sizeof values / sizeof *values };
    uint64_t hash = 0;
    for (int mode = 0; mode < 16; mode++) {
        set_fpcr((uint64_t)mode << 22);
        for (unsigned k = 0; k < sizeof twos / sizeof *twos; k++) {
            hash = 0;
            for (int i = 0; i < N; i++)
                for (int j = 0; j < N; j++) {
                    set_fpsr(0);
                    uint64_t r = bits(twos[k].d(values[i], values[j]));
                    uint64_t flags = fpsr();
                    hash = (hash ^ r ^ flags << 32) * 0x9e3779b97f4a7c15;
                    set_fpsr(0);
                    float a, b;
                    uint64_t was = fpcr();
                    set_fpcr(0);
                    a = (float)values[i], b = (float)values[j];
                    set_fpcr(was);
                    set_fpsr(0);
                    uint32_t rf = bitsf(twos[k].f(a, b));
                    hash = (hash ^ rf ^ fpsr() << 40) * 0x9e3779b97f4a7c15;
                    hash ^= hash >> 29;
                }
            printf("%x %s %016lx\n", mode, twos[k].name, hash);
        }
        for (unsigned k = 0; k < sizeof ones / sizeof *ones; k++) {
            hash = 0;
            for (int i = 0; i < N; i++) {
                set_fpsr(0);
                uint64_t r = bits(ones[k].d(values[i]));
                hash = (hash ^ r ^ fpsr() << 32) * 0x9e3779b97f4a7c15;
                set_fpsr(0);
                hash = (hash ^ bitsf(ones[k].f((float)values[i])) ^ fpsr() << 40) * 0x9e3779b97f4a7c15;
                hash ^= hash >> 29;
            }
            printf("%x %s %016lx\n", mode, ones[k].name, hash);
        }
        hash = 0;
        for (int i = 0; i < N; i++) {
            double x = values[i];
            int32_t w;
            uint64_t q;
            uint32_t s;
#define CONVERT(insn, out, form) set_fpsr(0); __asm__ volatile(insn : "=r"(out) : "w"(x)); hash = (hash ^ (uint64_t)out ^ fpsr() << 50) * 0x9e3779b97f4a7c15; hash ^= hash >> 31;
            CONVERT("fcvtzs %w0, %d1", w, )
            CONVERT("fcvtzu %x0, %d1", q, )
            CONVERT("fcvtns %w0, %d1", w, )
            CONVERT("fcvtms %x0, %d1", q, )
            CONVERT("fcvtpu %w0, %d1", s, )
            CONVERT("fcvtas %x0, %d1", q, )
            CONVERT("fcvtzs %x0, %d1, #13", q, )
            float f;
            set_fpsr(0);
            __asm__ volatile("fcvt %s0, %d1" : "=w"(f) : "w"(x));
            hash = (hash ^ bitsf(f) ^ fpsr() << 40) * 0x9e3779b97f4a7c15;
            double fused, a = values[(i + 3) % N], b = values[(i + 7) % N];
            set_fpsr(0);
            __asm__ volatile("fmadd %d0, %d1, %d2, %d3" : "=w"(fused) : "w"(x), "w"(a), "w"(b));
            hash = (hash ^ bits(fused) ^ fpsr() << 40) * 0x9e3779b97f4a7c15;
            set_fpsr(0);
            __asm__ volatile("fnmsub %d0, %d1, %d2, %d3" : "=w"(fused) : "w"(a), "w"(x), "w"(b));
            hash = (hash ^ bits(fused) ^ fpsr() << 40) * 0x9e3779b97f4a7c15;
            uint64_t nzcv;
            set_fpsr(0);
            __asm__ volatile("fcmp %d1, %d2\n mrs %0, nzcv" : "=r"(nzcv) : "w"(x), "w"(a) : "cc");
            hash = (hash ^ nzcv ^ fpsr() << 40) * 0x9e3779b97f4a7c15;
            __asm__ volatile("fcmpe %d1, %d2\n mrs %0, nzcv" : "=r"(nzcv) : "w"(x), "w"(a) : "cc");
            hash = (hash ^ nzcv ^ fpsr() << 40) * 0x9e3779b97f4a7c15;
        }
        printf("%x converted, fused, compared %016lx\n", mode, hash);
    }
    set_fpcr(0);
    set_fpsr(0);
    const int rounds[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
    for (int i = 0; i < 4; i++) {
        fesetround(rounds[i]);
        volatile double one = 1, three = 3, x = 2.5;
        volatile float f = 0.1f;
        printf("round %d: %a %a %.20g %ld %ld %g %a %.3f %s\n", fegetround() == rounds[i], one / three, -one / three, sqrt(2 * one), lrint(x), lround(x), rint(-x),
               (double)(f * f), 2.0005 * one, fetestexcept(FE_INEXACT) ? "inexact" : "");
        char text[100];
        snprintf(text, sizeof text, "%.17g %.2e %La", 0.1 * one, 12345.678 * one, (long double)one / three);
        printf("%s\n", text);
    }
    fesetround(FE_TONEAREST);
    feclearexcept(FE_ALL_EXCEPT);
    volatile double zero = 0, big = 1e308, tiny = 1e-308;
    volatile double sink = 1 / zero;
    printf("%d", fetestexcept(FE_ALL_EXCEPT));
    sink = zero / zero;
    printf(" %d", fetestexcept(FE_ALL_EXCEPT));
    sink = big * big;
    printf(" %d", fetestexcept(FE_ALL_EXCEPT));
    sink = tiny * 1e-5;
    printf(" %d\n", fetestexcept(FE_ALL_EXCEPT));
    fenv_t kept;
    feholdexcept(&kept);
    sink = sqrt(-1 - zero);
    printf("held %d", fetestexcept(FE_ALL_EXCEPT));
    feupdateenv(&kept);
    printf(" %d\n", fetestexcept(FE_ALL_EXCEPT));
    fesetround(FE_UPWARD);
    pthread_t t;
    pthread_create(&t, NULL, in_thread, NULL);
    pthread_join(t, NULL);
    printf("main keeps %lx\n", fpcr());
    feclearexcept(FE_ALL_EXCEPT);
    fesetround(FE_DOWNWARD);
    signal(SIGUSR1, on_signal);
    raise(SIGUSR1);
    printf("after it: fpcr %lx fpsr %lx\n", fpcr(), fpsr());
    fflush(stdout);
    if (!fork()) {
        volatile double x = 1, y = 3;
        printf("child: fpcr %lx %a\n", fpcr(), x / y);
        fflush(stdout);
        _exit(0);
    }
    wait(NULL);
    (void)sink;
    return 0;
}
