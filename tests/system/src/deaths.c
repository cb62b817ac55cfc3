/* How processes end, as their parent sees it. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int *volatile nowhere;
static void null_write(void) { *nowhere = 1; }
static void null_read(void) { (void)nowhere[3]; }
static void null_call(void) { ((void (*)(void))(long)nowhere)(); }
static void aborts(void) { abort(); }
static void exits_0(void) { exit(0); }
static void exits_42(void) { exit(42); }
static void exits_256(void) { exit(256 + 3); }
static void exits_minus_1(void) { _exit(-1); }
static void broken_pipe(void)
{
    int fds[2];
    if (pipe(fds))
        return;
    close(fds[0]);
    if (write(fds[1], "x", 1) < 0)
        _exit(9);
}
static void in_handler(int signo) { (void)signo; _exit(77); }
static void exits_in_handler(void) { signal(SIGSEGV, in_handler); null_write(); }
static void raises_again(int signo) { signal(signo, SIG_DFL); raise(signo); }
static void dies_in_handler(void) { signal(SIGTERM, raises_again); raise(SIGTERM); _exit(1); }
static void ignores_term(void) { signal(SIGTERM, SIG_IGN); raise(SIGTERM); _exit(5); }
static void at_exit_calls(void) { _exit(6); }
static void uses_atexit(void) { atexit(at_exit_calls); exit(1); }
#ifdef __aarch64__
static void undefined(void) { __asm__ volatile("udf #0"); }
static void breakpoint(void) { __asm__ volatile("brk #0"); }
static void odd_stack(void) { __asm__ volatile("mov x0, sp\n add sp, sp, #8\n ldr x1, [x0]\n mov sp, x0" : : : "x0", "x1"); _exit(4); }
static void divides(void) { volatile long zero = 0; _exit((int)(7 / zero) + 8); }
static void traps(void) { __builtin_trap(); }
#endif

#define WAY(f) {#f, f}
static const struct { const char *name; void (*function)(void); } ways[] = {
    WAY(null_write), WAY(null_read), WAY(null_call), WAY(aborts), WAY(exits_0), WAY(exits_42), WAY(exits_256), WAY(exits_minus_1), WAY(broken_pipe),
    WAY(exits_in_handler), WAY(dies_in_handler), WAY(ignores_term), WAY(uses_atexit),
#ifdef __aarch64__
    WAY(undefined), WAY(breakpoint), WAY(odd_stack), WAY(divides), WAY(traps),
#endif
};

int main(int argc, char **argv)
{
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    for (unsigned i = 0; i < sizeof ways / sizeof *ways; i++) {
        if (argc > 1 && !strcmp(argv[1], ways[i].name)) {
            ways[i].function();
            return 99;
        }
        if (argc > 1)
            continue;
        fflush(stdout);
        pid_t pid = fork();
        if (!pid) {
            ways[i].function();
            _exit(99);
        }
        int status;
        waitpid(pid, &status, 0);
        printf("%s: %s %d\n", ways[i].name, WIFSIGNALED(status) ? "signal" : "status", WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    }
    if (argc > 1)
        return 98;
    for (int signo = 1; signo < 63; signo++) {
        if (signo == 32 || signo == 33 || signo == SIGSTOP || signo == SIGTSTP || signo == SIGTTIN || signo == SIGTTOU)
            continue;
        pid_t pid = fork();
        if (!pid) {
            kill(getpid(), signo);
            _exit(0);
        }
        int status;
        waitpid(pid, &status, 0);
        printf("kill %d: %d %d\n", signo, WIFSIGNALED(status) ? WTERMSIG(status) : 0, WIFEXITED(status));
    }
    pid_t pid = fork();
    if (!pid) {
        raise(SIGSTOP);
        _exit(3);
    }
    int status;
    waitpid(pid, &status, WUNTRACED);
    printf("stopped %d by %d\n", WIFSTOPPED(status), WSTOPSIG(status));
    kill(pid, SIGCONT);
    waitpid(pid, &status, WCONTINUED);
    printf("continued %d\n", WIFCONTINUED(status));
    waitpid(pid, &status, 0);
    printf("then %d\n", WEXITSTATUS(status));
    return 0;
}
