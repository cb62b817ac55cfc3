/* A hot loop faults at every kind of access. The signal's function checks every register, the flags and the pc, lets
   the access succeed, and the loop goes on. Registers are functions of the iteration i:
   x20 i, x19 its limit, x22 the iteration that faults, x24 good and x23 bad memory, x21 what the access uses,
   x9-x12 i + number (the access may replace them), other x number * (i + 1) + 7; v9-v12 as x, others in both lanes. */
#include "guest.h"

enum { COUNT = 6000, EVERY = 1500 };
static char *good, *bad;
static u64 faults;
__attribute__((used)) static u64 loop_sp, access_pc;
static const char *kind;

static void wrong(const char *what, u64 i, u64 found, u64 expected)
{
    print(kind);
    print(": ");
    show(what, i);
    show("found", found);
    show("expected", expected);
    leave(1);
}

static void check(const char *what, u64 number, u64 found, u64 expected)
{
    if (found != expected)
        wrong(what, number, found, expected);
}

static void on_fault(int signo, struct info *info, struct context *c)
{
    u64 i = c->x[20];
    check("signal", i, signo, 11);
    check("number of the iteration", i, i % EVERY, 777);
    check("pc", i, c->pc, access_pc);
    check("address", i, info->address & ~(u64)(PAGE - 1), (u64)bad);
    check("sp", i, c->sp, loop_sp);
    check("flags", i, c->pstate >> 28, i * 3 < COUNT ? 8 : i * 3 == COUNT ? 6 : 2);
    for (int r = 0; r < 29; r++) {
        u64 expected = r >= 9 && r <= 12 ? i + r : r * (i + 1) + 7;
        if (r >= 19 && r <= 25)
            continue;
        check("x", r, c->x[r], expected);
    }
    check("x", 19, c->x[19], COUNT);
    check("x", 21, c->x[21], (u64)bad + 256);
    check("x", 22, c->x[22], i);
    check("x", 23, c->x[23], (u64)bad + 256);
    check("x", 24, c->x[24], (u64)good + 256);
    for (int r = 0; r < 32; r++) {
        u64 expected = r >= 9 && r <= 12 ? i + r : r * (i + 1) + 7;
        check("v", r, (u64)c->v[r], expected);
        check("upper v", r, (u64)(c->v[r] >> 64), r >= 9 && r <= 12 ? 0 : expected);
    }
    faults++;
    c->x[21] = c->x[24];
    c->x[22] += EVERY;
}

#define EVERY_X(f) f(0) f(1) f(2) f(3) f(4) f(5) f(6) f(7) f(8) f(13) f(14) f(15) f(16) f(17) f(18) f(26) f(27) f(28)
#define EVERY_V(f) f(0) f(1) f(2) f(3) f(4) f(5) f(6) f(7) f(8) f(13) f(14) f(15) f(16) f(17) f(18) f(19) f(20) f(21) \
    f(22) f(23) f(24) f(25) f(26) f(27) f(28) f(29) f(30) f(31)
#define START_X(n) "mov x" #n ", 7 + " #n "\n"
#define START_V(n) "mov x9, 7 + " #n "\n dup v" #n ".2d, x9\n"
#define STEP_X(n) "add x" #n ", x" #n ", " #n "\n"
#define STEP_V(n) "mov x9, " #n "\n dup v9.2d, x9\n add v" #n ".2d, v" #n ".2d, v9.2d\n"

/* The trigger is in x22 from the start: 777, or never. */
#define LOOP(name, access) \
    static __attribute__((noinline)) void name(u64 first) \
    { \
        register u64 x22 asm("x22") = first; \
        register char *x23 asm("x23") = bad + 256, *x24 asm("x24") = good + 256; \
        asm volatile( \
            "str x29, [sp, -16]!\n mov x9, sp\n adrp x10, loop_sp\n str x9, [x10, :lo12:loop_sp]\n" \
            "adr x9, 2f\n adrp x10, access_pc\n str x9, [x10, :lo12:access_pc]\n" EVERY_V(START_V) EVERY_X(START_X) \
            "mov x20, 0\n mov x19, %[count]\n" \
            "1: add x9, x20, 9\n add x10, x20, 10\n add x11, x20, 11\n add x12, x20, 12\n" \
            "fmov d9, x9\n fmov d10, x10\n fmov d11, x11\n fmov d12, x12\n" \
            "cmp x20, x22\n csel x21, x23, x24, eq\n" \
            "add x25, x20, x20, lsl 1\n cmp x25, x19\n" \
            "2: " access "\n" \
            EVERY_V(STEP_V) EVERY_X(STEP_X) \
            "add x20, x20, 1\n cmp x20, x19\n b.lo 1b\n" \
            "ldr x29, [sp], 16\n" \
            : "+r"(x22) \
            : "r"(x23), "r"(x24), [count] "i"(COUNT) \
            : "memory", "cc", "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", \
              "x14", "x15", "x16", "x17", "x18", "x19", "x20", "x21", "x25", "x26", "x27", "x28", "x30", "v0", "v1", "v2", "v3", "v4", \
              "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13", "v14", "v15", "v16", "v17", "v18", "v19", \
              "v20", "v21", "v22", "v23", "v24", "v25", "v26", "v27", "v28", "v29", "v30", "v31"); \
    }

#define KINDS(k) \
    k(ldr, "ldr x9, [x21]") k(ldr_w, "ldr w9, [x21, 4]") k(ldrb, "ldrb w9, [x21, 3]") k(ldrsh, "ldrsh x9, [x21, 2]") \
    k(ldrsw, "ldrsw x9, [x21, 8]") k(ldr_pre, "ldr x9, [x21, 8]!") k(ldr_post, "ldr x9, [x21], 8") \
    k(ldr_index, "ldr x9, [x21, xzr, lsl 3]") k(ldur, "ldur x9, [x21, -7]") k(ldtr, "ldtr x9, [x21, 1]") \
    k(ldp, "ldp x9, x10, [x21, 16]") k(ldp_pre, "ldp x9, x10, [x21, 16]!") k(ldpsw, "ldpsw x9, x10, [x21], 8") \
    k(ldnp, "ldnp x9, x10, [x21]") k(ldr_s, "ldr s9, [x21]") k(ldr_d, "ldr d9, [x21]") k(ldr_q, "ldr q9, [x21]") \
    k(ldr_q_post, "ldr q9, [x21], 16") k(ldp_q, "ldp q9, q10, [x21]") k(ld1, "ld1 {v9.16b}, [x21]") \
    k(ld1_four, "ld1 {v9.4s, v10.4s, v11.4s, v12.4s}, [x21], 64") k(ld2, "ld2 {v9.8h, v10.8h}, [x21]") \
    k(ld4, "ld4 {v9.16b, v10.16b, v11.16b, v12.16b}, [x21]") k(ld1_lane, "ld1 {v9.s}[1], [x21]") \
    k(ld1r, "ld1r {v9.2d}, [x21]") k(ldxr, "ldxr x9, [x21]\n clrex") k(ldaxp, "ldaxp x9, x10, [x21]\n clrex") \
    k(ldar, "ldar x9, [x21]") k(str, "str x9, [x21]") k(strb, "strb w9, [x21]") k(strh, "strh w9, [x21, 2]") \
    k(str_pre, "str x9, [x21, -8]!") k(str_post, "str x9, [x21], -8") k(stp, "stp x9, x10, [x21]") \
    k(stp_post, "stp x9, x10, [x21], 16") k(str_q, "str q9, [x21]") k(stp_q, "stp q9, q10, [x21, 32]!") \
    k(st1, "st1 {v9.8h}, [x21]") k(st3, "st3 {v9.4s, v10.4s, v11.4s}, [x21]") k(st1_lane, "st1 {v9.b}[3], [x21]") \
    k(stlr, "stlr x9, [x21]") k(stur, "stur d9, [x21, 1]")

KINDS(LOOP)

void run(void)
{
    good = map(PAGE, RW, PRIVATE);
    bad = map(PAGE, 0, PRIVATE);
#define RUN(name, access) kind = #name; name(-1);
    KINDS(RUN)
    print("no fault\n");
    on_signal(11, on_fault);
    on_signal(7, on_fault);
#undef RUN
#define RUN(name, access) \
    kind = #name; \
    faults = 0; \
    name(777); \
    print(kind); \
    show("", faults);
    KINDS(RUN)
    u64 sum = 0;
    for (int n = 0; n < PAGE; n++)
        sum = sum * 31 + good[n];
    show("memory", sum);
}
