/* Prints: 2000 calls
   Random system calls with random arguments: ./fuzz SEED CALLS. None may harm more than the process that makes them.
   Children make them, so that what one of them does to its process is seen. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define LAST 455
#define PER_CHILD 500

static const short never[] = {
    /* end, stop or multiply the process */
    SYS_exit, SYS_exit_group, SYS_kill, SYS_tkill, SYS_tgkill, SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo, SYS_clone,
    SYS_clone3, SYS_execve, SYS_execveat, SYS_ptrace, SYS_rt_sigreturn, SYS_pidfd_send_signal, SYS_set_robust_list,
    SYS_set_tid_address, SYS_seccomp, SYS_prctl, SYS_futex, SYS_restart_syscall, SYS_rt_sigaction, SYS_rt_sigprocmask,
    SYS_setrlimit, SYS_prlimit64, SYS_personality, SYS_rseq, SYS_setitimer, SYS_timer_create, SYS_timer_settime,
    SYS_sigaltstack,
    /* wait with the alarm blocked */
    SYS_rt_sigsuspend, SYS_ppoll, SYS_pselect6, SYS_epoll_pwait, SYS_epoll_pwait2,
#ifdef SYS_sigsuspend
    SYS_sigsuspend,
#endif
#ifdef SYS_ppoll_time64
    SYS_ppoll_time64, SYS_pselect6_time64,
#endif
    /* its memory: other tests do that */
    SYS_munmap, SYS_mremap, SYS_mprotect, SYS_brk, SYS_remap_file_pages, SYS_madvise, SYS_mlockall, SYS_shmat,
    SYS_pkey_mprotect, SYS_process_madvise, SYS_userfaultfd,
    /* the machine */
    SYS_reboot, SYS_sync, SYS_syncfs, SYS_vhangup, SYS_shmget, SYS_msgget, SYS_semget, SYS_mq_open, SYS_add_key,
    SYS_request_key, SYS_keyctl, SYS_sched_setscheduler, SYS_sched_setattr, SYS_sched_setaffinity, SYS_setpriority,
    SYS_ioprio_set, SYS_io_setup, SYS_inotify_init1, SYS_fanotify_init,
#ifdef SYS_fork
    SYS_fork, SYS_vfork,
#endif
#ifdef SYS_mmap
    SYS_mmap,
#endif
#ifdef SYS_mmap2
    SYS_mmap2,
#endif
#ifdef SYS_sigreturn
    SYS_sigreturn, SYS_sigaction, SYS_sigprocmask,
#endif
#ifdef SYS_alarm
    SYS_alarm,
#endif
#ifdef SYS_pause
    SYS_pause,
#endif
#ifdef SYS_ipc
    SYS_ipc,
#endif
#ifdef SYS_nice
    SYS_nice,
#endif
#ifdef SYS_timer_settime64
    SYS_timer_settime64,
#endif
#ifdef SYS_futex_time64
    SYS_futex_time64,
#endif
#ifdef SYS_arch_prctl
    SYS_arch_prctl,
#endif
#ifdef SYS_set_thread_area
    SYS_set_thread_area,
#endif
#ifdef SYS_modify_ldt
    SYS_modify_ldt,
#endif
#ifdef __x86_64__
    335, 336, /* of uprobes */
#endif
#ifdef SYS_iopl
    SYS_iopl, SYS_ioperm,
#endif
};

static uint64_t seed;
static char *pages;
static int fds[10], fd_count;

static uint64_t next(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed * 0x2545F4914F6CDD1Dull >> 8;
}

static int may_call(int number)
{
    for (unsigned n = 0; n < sizeof never / sizeof *never; n++)
        if (never[n] == number)
            return 0;
    return 1;
}

static long argument(void)
{
    switch (next() % 12) {
    case 0: return 0;
    case 1: return -1 - (long)(next() % 4);
    case 2: return next() % 64;
    case 3: return 1l << next() % (8 * sizeof(long));
    case 4: return (long)next();
    case 5: return fds[next() % fd_count];
    case 6: return (long)pages + 4096 + 8192 - next() % 24; /* runs into what is not there */
    case 7: return (long)pages + next() % 4096;              /* is not there */
    case 8: return (long)pages + 16384 + next() % 4096;      /* read only */
    case 9: return AT_FDCWD;
    default: return (long)pages + 4096 + next() % 6000;
    }
}

static void on_alarm(int signo) { (void)signo; }

static void make_calls(int count)
{
    struct sigaction action = {.sa_handler = on_alarm};
    struct itimerval often = {{0, 2000}, {0, 2000}};
    struct rlimit size = {1 << 20, 1 << 20}, files = {64, 64}, core = {0, 0};
    int pipes[2], sockets[2];

    for (int signo = 1; signo < 32; signo++)
        if (signo != SIGSEGV && signo != SIGBUS && signo != SIGILL && signo != SIGKILL && signo != SIGSTOP)
            signal(signo, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &size);
    setrlimit(RLIMIT_NOFILE, &files);
    setrlimit(RLIMIT_CORE, &core);
    int nothing = open("/dev/null", O_RDWR);
    for (int fd = 0; fd < (getenv("FUZZ_SHOW") ? 2 : 3); fd++)
        dup2(nothing, fd);
    pages = mmap(0, 5 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(pages + 4096, 8192, PROT_READ | PROT_WRITE);
    mprotect(pages + 16384, 4096, PROT_READ);
    fds[fd_count++] = open("file", O_RDWR | O_CREAT, 0600);
    fds[fd_count++] = open(".", O_RDONLY);
    if (pipe2(pipes, O_NONBLOCK) || socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, sockets))
        _exit(3);
    fds[fd_count++] = pipes[0], fds[fd_count++] = pipes[1], fds[fd_count++] = sockets[0], fds[fd_count++] = sockets[1];
    fds[fd_count++] = eventfd(0, EFD_NONBLOCK);
    fds[fd_count++] = epoll_create1(0);
    fds[fd_count++] = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    if (!geteuid() && (setgid(65534) || setuid(65534)))
        _exit(3);
    sigaction(SIGALRM, &action, 0);
    setitimer(ITIMER_REAL, &often, 0);
    for (int n = 0; n < count; n++) {
        int number;
        long a[6];
        do
            number = next() % (LAST + 1);
        while (!may_call(number));
        for (int k = 0; k < 6; k++)
            a[k] = argument();
        for (int k = 0; k < 64; k++)
            pages[4096 + next() % 8192] = next() % 3 ? 0 : next();
        if (getenv("FUZZ_SHOW"))
            fprintf(stderr, "%d: %d %lx %lx %lx %lx %lx %lx\n", n, number, a[0], a[1], a[2], a[3], a[4], a[5]);
        syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
    }
    _exit(0);
}

static int forget(const char *path, const struct stat *info, int kind, struct FTW *place)
{
    (void)info, (void)kind, (void)place;
    return remove(path);
}

int main(int argc, char **argv)
{
    char scratch[] = "/tmp/fuzz-XXXXXX";

    long calls = argc > 2 ? atol(argv[2]) : 2000, made = 0;
    uint64_t start = argc > 1 ? strtoull(argv[1], 0, 0) : 1;

    if (!mkdtemp(scratch) || chmod(scratch, 0777) || chdir(scratch))
        return 3;
    for (int child = 0; made < calls; child++, made += PER_CHILD) {
        int status;
        pid_t pid = fork();
        if (!pid) {
            seed = (start + child) * 0x9E3779B97F4A7C15ull | 1;
            next();
            make_calls(PER_CHILD);
        }
        if (pid < 0 || waitpid(pid, &status, 0) != pid || status) {
            printf("child %d ended with %#x\n", child, status);
            return 1;
        }
    }
    struct rusage used;
    getrusage(RUSAGE_CHILDREN, &used);
    if (used.ru_maxrss > 1 << 20)
        printf("a call made the process use %ld MiB\n", used.ru_maxrss >> 10);
    nftw(scratch, forget, 8, FTW_DEPTH | FTW_PHYS);
    printf("%ld calls\n", made);
    return 0;
}
