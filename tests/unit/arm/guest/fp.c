/* VFP and Advanced SIMD as a program sees them: sums of many results and of FPSCR, in all modes, and signals. */
#define _GNU_SOURCE
#include <arm_neon.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <ucontext.h>

static uint64_t sum;

static void add(const void *data, int size)
{
    for (const uint8_t *p = data; size; size--)
        sum = (sum ^ *p++) * 0x100000001b3;
}

static uint32_t get_fpscr(void)
{
    uint32_t value;
    __asm__ volatile("vmrs %0, fpscr" : "=r"(value));
    return value;
}

static void set_fpscr(uint32_t value)
{
    __asm__ volatile("vmsr fpscr, %0" : : "r"(value) : "cc", "memory");
}

static const uint64_t doubles[] = {
    0, 1ull << 63, 0x3ff0000000000000, 0xbff8000000000001, 0x7ff0000000000000, 0xfff0000000000000, 0x7ff8000000000123,
    0x7ff4000000000456, 0x0010000000000000, 0x000fffffffffffff, 0x8000000000000001, 0x7fefffffffffffff,
    0x41dfffffffe00000, 0xc1e0000000100000, 0x3fe0000000000000, 0x3ca0000000000000, 0x36a0000000000001, 0x47efffffe0000001,
};
static const uint32_t floats[] = {
    0, 0x80000000, 0x3f800000, 0xbfc00001, 0x7f800000, 0xff800000, 0x7fc00123, 0x7fa00456, 0x00800000, 0x007fffff,
    0x80000001, 0x7f7fffff, 0x4effffff, 0xcf000001, 0x3f000000, 0x33800000, 0x20000000, 0x1f800001,
};
#define COUNT(list) (int)(sizeof list / sizeof *list)

#define TWO(kind, type, reg, insn) do { \
    type r = c; \
    set_fpscr(mode); \
    __asm__ volatile(insn " %" reg "0, %" reg "1, %" reg "2" : "+w"(r) : "w"(a), "w"(b)); \
    uint32_t status = get_fpscr(); \
    add(&r, sizeof r), add(&status, 4); } while (0)
#define ALL(type, reg, suffix) \
    TWO(0, type, reg, "vadd" suffix); TWO(0, type, reg, "vsub" suffix); TWO(0, type, reg, "vmul" suffix); \
    TWO(0, type, reg, "vdiv" suffix); TWO(0, type, reg, "vmla" suffix); TWO(0, type, reg, "vnmls" suffix); \
    TWO(0, type, reg, "vfma" suffix); TWO(0, type, reg, "vfnms" suffix); TWO(0, type, reg, "vmaxnm" suffix)

static void vfp(uint32_t mode)
{
    sum = 14695981039346656037u;
    for (int i = 0; i < COUNT(doubles); i++)
        for (int j = 0; j < COUNT(doubles); j++) {
            double a, b, c = 1.25;
            memcpy(&a, &doubles[i], 8), memcpy(&b, &doubles[j], 8);
            ALL(double, "P", ".f64");
            set_fpscr(mode);
            uint32_t status;
            int order;
            __asm__ volatile("vcmp.f64 %P2, %P3\n vmrs apsr_nzcv, fpscr\n vmrs %0, fpscr\n mov %1, #0\n addmi %1, %1, #1\n"
                             "addeq %1, %1, #2\n addhi %1, %1, #4\n addls %1, %1, #8\n addge %1, %1, #16\n addgt %1, %1, #32\n"
                             "addvs %1, %1, #64\n addcs %1, %1, #128" : "=r"(status), "=&r"(order) : "w"(a), "w"(b) : "cc");
            add(&status, 4), add(&order, 4);
        }
    for (int i = 0; i < COUNT(floats); i++)
        for (int j = 0; j < COUNT(floats); j++) {
            float a, b, c = -1.25f;
            memcpy(&a, &floats[i], 4), memcpy(&b, &floats[j], 4);
            ALL(float, "", ".f32");
        }
    for (int i = 0; i < COUNT(doubles); i++) {
        double a, r;
        float f, g;
        int n, u, m;
        memcpy(&a, &doubles[i], 8), memcpy(&f, &floats[i], 4);
        set_fpscr(mode);
        __asm__ volatile("vsqrt.f64 %P0, %P1" : "=w"(r) : "w"(a));
        add(&r, 8);
        __asm__ volatile("vcvt.f32.f64 %0, %P1" : "=t"(g) : "w"(a));
        add(&g, 4);
        __asm__ volatile("vcvt.f64.f32 %P0, %1" : "=w"(r) : "t"(f));
        add(&r, 8);
        __asm__ volatile("vcvt.s32.f64 s0, %P3\n vmov %0, s0\n vcvt.u32.f64 s0, %P3\n vmov %1, s0\n vcvtr.s32.f64 s0, %P3\n vmov %2, s0"
                         : "=r"(n), "=r"(u), "=r"(m) : "w"(a) : "s0");
        add(&n, 4), add(&u, 4), add(&m, 4);
        __asm__ volatile("vrintr.f64 %P0, %P1" : "=w"(r) : "w"(a));
        add(&r, 8);
        __asm__ volatile("vcvtb.f16.f32 s0, %1\n vmov %0, s0" : "=r"(n) : "t"(f) : "s0");
        n &= 0xffff;
        add(&n, 4);
        n = get_fpscr();
        add(&n, 4);
    }
    set_fpscr(0);
    printf("vfp %08x %016llx\n", mode, (unsigned long long)sum);
}

#define VECTORS(insn) do { \
    float32x4_t r = vdupq_n_f32(1.5f); \
    __asm__ volatile(insn " %q0, %q1, %q2" : "+w"(r) : "w"(a), "w"(b)); \
    add(&r, 16); } while (0)

static void simd(uint32_t mode)
{
    uint32_t seed = 1, list[64];
    sum = 14695981039346656037u;
    for (int i = 0; i < 64; i++)
        list[i] = i < 20 ? floats[i % COUNT(floats)] : (seed = seed * 1664525 + 1013904223);
    set_fpscr(mode);
    for (int i = 0; i < 64; i++)
        for (int j = 0; j < 64; j++) {
            uint32_t x[4], y[4];
            for (int k = 0; k < 4; k++)
                x[k] = list[(i + k) % 64], y[k] = list[(j + 3 * k) % 64];
            float32x4_t a = vld1q_f32((float *)x), b = vld1q_f32((float *)y);
            VECTORS("vadd.f32"); VECTORS("vsub.f32"); VECTORS("vmul.f32"); VECTORS("vmla.f32"); VECTORS("vmls.f32");
            VECTORS("vfma.f32"); VECTORS("vmax.f32"); VECTORS("vmin.f32"); VECTORS("vrecps.f32"); VECTORS("vrsqrts.f32");
            VECTORS("vcge.f32"); VECTORS("vqadd.s16"); VECTORS("vqrdmulh.s32"); VECTORS("vqrshl.s32"); VECTORS("vhsub.u8");
            if (j)
                continue;
            float32x4_t r = vrecpeq_f32(a);
            add(&r, 16);
            r = vrsqrteq_f32(a);
            add(&r, 16);
            int32x4_t n = vcvtq_s32_f32(a);
            add(&n, 16);
            r = vcvtq_n_f32_u32(vreinterpretq_u32_f32(a), 7);
            add(&r, 16);
            uint8x8x3_t three = vld3_u8((uint8_t *)x - 0 * i);
            vst3_u8((uint8_t *)list + 160, three);
            uint8x8_t t = vtbl3_u8(three, vget_low_u8(vreinterpretq_u8_f32(b)));
            add(&t, 8);
        }
    uint32_t status = get_fpscr();
    set_fpscr(0);
    printf("simd %08x %08x %016llx\n", mode, status, (unsigned long long)sum);
}

struct vfp_frame {
    uint32_t magic, size;
    uint64_t d[32];
    uint32_t fpscr;
};

static void on_signal(int signo, siginfo_t *info, void *context)
{
    struct vfp_frame *frame = (void *)((ucontext_t *)context)->uc_regspace;
    printf("frame %x %u d9 %llx d31 %llx fpscr %x\n", frame->magic, frame->size, (unsigned long long)frame->d[9],
           (unsigned long long)frame->d[31], frame->fpscr);
    frame->d[10] = 0x1234;
    frame->fpscr ^= 1 << 31 | 1 << 27;
    __asm__ volatile("vmov.i8 q4, #1\n vmov.i8 q5, #2\n vmov.i8 q15, #3\n vmsr fpscr, %0" : : "r"(1 << 24));
}

static void signals(void)
{
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
    sigaction(SIGUSR1, &action, 0);
    uint64_t nine = 0x0123456789abcdef, last = 0xfedcba9876543210, d[3];
    uint32_t fpscr = 0x60400011, after;
    register int number __asm__("r7") = 37, pid __asm__("r0") = getpid(), signo __asm__("r1") = SIGUSR1;
    __asm__ volatile("vldr d9, [%5]\n vmov.i32 d10, #0\n vldr d31, [%6]\n vmsr fpscr, %7\n svc #0\n"
                     "vstr d9, [%8]\n vstr d10, [%8, #8]\n vstr d31, [%8, #16]\n vmrs %0, fpscr"
                     : "=&r"(after), "+r"(pid), "=m"(d) : "r"(number), "r"(signo), "r"(&nine), "r"(&last), "r"(fpscr), "r"(d)
                     : "d9", "d10", "d31", "memory");
    set_fpscr(0);
    printf("after d9 %llx d10 %llx d31 %llx fpscr %x\n", (unsigned long long)d[0], (unsigned long long)d[1],
           (unsigned long long)d[2], after);
}

int main(void)
{
    static const uint32_t others[] = {0, 1 << 24, 1 << 25, 3 << 24, 1 << 26};
    setvbuf(stdout, 0, _IONBF, 0);
    for (int other = 0; other < COUNT(others); other++)
        for (uint32_t rounding = 0; rounding < 4; rounding++)
            vfp(others[other] | rounding << 22);
    for (uint32_t rounding = 0; rounding < 4; rounding++)
        simd(rounding << 22);
    simd(1 << 24);
    simd(1 << 26);
    signals();
    unsigned long needed = HWCAP_ARM_NEON | HWCAP_ARM_VFPv3 | HWCAP_ARM_VFPv4 | HWCAP_ARM_VFPD32;
    printf("hwcap %d %lx\n", (getauxval(AT_HWCAP) & needed) == needed, getauxval(AT_HWCAP2));
}
