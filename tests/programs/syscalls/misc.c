/* Limits, scheduling, clocks, identities, bad arguments, a condition variable. */
#include "check.h"
#include <pthread.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/times.h>

int main(void)
{
    RESULT(enter_directory());
    struct rusage ru;
    struct stat st;
    struct timespec ts[2], zero = {0, 1000};
    int n, p[2], f = open("a", O_RDWR | O_CREAT, 0600);
    RESULT(pipe(p));
    struct rlimit rl;
    RESULT(getrlimit(RLIMIT_CORE, &rl));
    rl.rlim_cur = 0;
    RESULT(setrlimit(RLIMIT_CORE, &rl));
    RESULT(getrlimit(RLIMIT_STACK, &rl));
    rl.rlim_cur = 1 << 20;
    RESULT(setrlimit(RLIMIT_STACK, &rl));
    RESULT(getrlimit(RLIMIT_STACK, &rl));
    SHOW("%ld", (long)rl.rlim_cur);
    RESULT(getrusage(RUSAGE_SELF, &ru));
    RESULT(getrusage(5, &ru));
    struct sysinfo inf2;
    RESULT(sysinfo(&inf2));
    SHOW("%d", inf2.mem_unit);
    struct tms t;
    RESULT(times(&t) > 0);
    RESULT(getpriority(PRIO_PROCESS, 0));
    RESULT(nice(1));
    RESULT(getpriority(PRIO_PROCESS, 0));

    char nm[17] = {0};
    RESULT(prctl(PR_SET_NAME, "newname"));
    RESULT(prctl(PR_GET_NAME, nm));
    SHOW("%s", nm);
    RESULT(prctl(PR_SET_PDEATHSIG, SIGTERM));
    int sg;
    RESULT(prctl(PR_GET_PDEATHSIG, &sg));
    SHOW("%d", sg);
    RESULT(prctl(PR_GET_DUMPABLE));
    RESULT(prctl(9999));
    RESULT(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    RESULT(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));

    cpu_set_t cp;
    RESULT(sched_getaffinity(0, sizeof cp, &cp));
    RESULT(sched_setaffinity(0, sizeof cp, &cp));
    RESULT(sched_yield());
    RESULT(sched_getscheduler(0));
    RESULT(sched_get_priority_max(SCHED_FIFO));
    struct sched_param sp;
    RESULT(sched_getparam(0, &sp));
    RESULT(sched_rr_get_interval(0, ts));
    unsigned cpu;
    RESULT(getcpu(&cpu, NULL));

    RESULT(clock_getres(CLOCK_REALTIME, ts));
    SHOW("%ld", ts[0].tv_nsec);
    RESULT(clock_gettime(99, ts));
    RESULT(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &zero, NULL));
    RESULT(clock_nanosleep(99, 0, &zero, NULL));
    RESULT(getrandom(buf, 10, 0));
    RESULT(getrandom(buf, 10, 99));
    RESULT(memfd_create("x", MFD_CLOEXEC) >= 0);
    RESULT(syscall(SYS_membarrier, 0, 0, 0) >= 0);
    RESULT(syscall(SYS_kcmp, getpid(), getpid(), 0, 0, 0));
    RESULT(getsid(0) > 0);
    RESULT(getpgid(0) > 0);
    RESULT(getuid());
    RESULT(setuid(getuid()));
    RESULT(getgroups(0, NULL) >= 0);
    gid_t rg, eg, sgid;
    RESULT(getresgid(&rg, &eg, &sgid));
    RESULT(setresuid(-1, -1, -1));
    RESULT(mlock(buf, 100));
    RESULT(mincore((void *)((long)buf & -4096), 4096, (void *)nm));
    RESULT(madvise(NULL, 1, MADV_NORMAL));
    RESULT(personality(0xffffffff));

    RESULT(write(1, NULL, 5));
    RESULT(write(1, (void *)-1L, 5));
    RESULT(read(f, (void *)16, 5));
    RESULT(open(NULL, 0));
    RESULT(stat((void *)-1L, &st));
    RESULT(readlink("/proc/self/exe", buf, -1));
    RESULT(close(-1));
    RESULT(ioctl(f, 0x5401, buf));
    RESULT(ioctl(p[0], 0x541B, &n));
    RESULT(ioctl(p[0], 0x5421, &n));
    RESULT(syscall(9999));
    RESULT(fsync(f));
    RESULT(fdatasync(f));
    RESULT(posix_fadvise(f, 0, 0, POSIX_FADV_DONTNEED));
    RESULT(sync_file_range(f, 0, 0, 0));
    RESULT(posix_fadvise(p[0], 0, 0, 0));
    RESULT(flock(f, LOCK_EX | LOCK_NB));
    RESULT(syncfs(f));

    RESULT(syscall(SYS_close_range, 3, 500, 0));
    RESULT(fcntl(f, F_GETFD));

    pthread_mutex_t mx = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t cv = PTHREAD_COND_INITIALIZER;
    clock_gettime(CLOCK_REALTIME, ts);
    ts[0].tv_nsec += 1000000;
    pthread_mutex_lock(&mx);
    RESULT(pthread_cond_timedwait(&cv, &mx, ts) == ETIMEDOUT);
    leave_directory();
    return 0;
}
