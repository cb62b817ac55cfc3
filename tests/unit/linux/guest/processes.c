/* fork, vfork, posix_spawn, execve: what the child shares, what survives, what fails how. */
#include "check.h"
#include <pthread.h>
#include <sched.h>
#include <spawn.h>
#include <sys/prctl.h>

extern char **environ;
static char self[4096];
static volatile int quit;

static int as_child(char **argv)
{
    char name[16];
    struct sigaction action;
    prctl(PR_GET_NAME, name);
    sigaction(SIGUSR1, 0, &action);
    printf("[%s] [%s] [%s] tid is pid %d, USR2 blocked %d, USR1 default %d, FOO=%s, fd 9 open %d\n", argv[1],
           argv[2] ? strrchr(argv[2], '/') ? strrchr(argv[2], '/') : argv[2] : "", name, getpid() == gettid(),
           blocked(SIGUSR2), action.sa_handler == SIG_DFL, getenv("FOO"), fcntl(9, F_GETFD) >= 0);
    sigaction(SIGWINCH, 0, &action);
    printf("WINCH ignored %d\n", action.sa_handler == SIG_IGN);
    return 7;
}

static void nothing(int signo)
{
    (void)signo;
}

static void *spin(void *unused)
{
    while (!quit)
        ;
    return unused;
}

static void *sleep_long(void *unused)
{
    sleep(100);
    return unused;
}

static void *execute(void *unused)
{
    usleep(20000);
    execv(self, (char *[]){"me", "child", "from thread", 0});
    return unused;
}

static void children(void)
{
    pid_t child;
    int value = 1, *shared = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (!(child = fork())) {
        value = 2;
        *shared = 33;
        _exit(5);
    }
    show_end("fork", child);
    printf("private %d shared %d\n", value, *shared);
    volatile int seen = 1;
    if (!(child = vfork())) {
        usleep(20000);
        seen = 2;
        _exit(6);
    }
    printf("the vfork parent waited and sees %d\n", seen);
    show_end("vfork", child);
    int parent_tid = 0;
    child = syscall(SYS_clone, CLONE_PARENT_SETTID | SIGCHLD, 0, &parent_tid, 0, 0);
    if (!child)
        _exit(0);
    printf("parent tid %d\n", parent_tid == child);
    show_end("clone", child);
    siginfo_t info;
    if (!(child = fork()))
        _exit(3);
    SHOW(waitid(P_PID, child, &info, WEXITED | WNOWAIT));
    printf("code %d status %d\n", info.si_code, info.si_status);
    SHOW(waitpid(child, 0, 0) == child);
    SHOW(wait(0));
    if (!(child = fork()))
        pause();
    kill(child, SIGSTOP);
    int status;
    waitpid(child, &status, WUNTRACED);
    printf("stopped %d by %d\n", WIFSTOPPED(status), WSTOPSIG(status));
    kill(child, SIGCONT);
    waitpid(child, &status, WCONTINUED);
    printf("continued %d\n", WIFCONTINUED(status));
    kill(child, SIGTERM);
    show_end("pausing", child);
    SHOW(syscall(SYS_clone, CLONE_THREAD, 0, 0, 0, 0));
    SHOW(syscall(SYS_clone, CLONE_SIGHAND, 0, 0, 0, 0));
    SHOW(syscall(SYS_set_tid_address, 0) == gettid());
}

static void executes(void)
{
    pid_t child;
    char *argv[] = {"me", "child", "spawned", 0};
    int result = posix_spawn(&child, self, 0, 0, argv, environ);
    show_end("spawn", child);
    SHOW(result);
    SHOW(posix_spawn(&child, "/nonexistent", 0, 0, argv, environ));
    argv[2] = "executed";
    if (!(child = fork())) {
        execve(self, argv, environ);
        _exit(1);
    }
    show_end("exec", child);
    argv[2] = "at";
    if (!(child = fork())) {
        int fd = open(self, O_RDONLY | O_CLOEXEC);
        syscall(SYS_execveat, fd, "", argv, environ, 0x1000);
        _exit(1);
    }
    show_end("execveat", child);
    if (!(child = fork())) {
        pthread_t thread;
        pthread_create(&thread, 0, spin, 0);
        pthread_create(&thread, 0, sleep_long, 0);
        pthread_create(&thread, 0, execute, 0);
        for (;;)
            pause();
    }
    show_end("exec in thread", child);
    if (!(child = fork())) {
        pthread_t thread;
        pthread_create(&thread, 0, spin, 0);
        usleep(5000);
        execv(self, (char *[]){"me", "child", "over a thread", 0});
    }
    show_end("exec over thread", child);
}

static void failures(void)
{
    char *argv[] = {"me", 0}, *big = malloc(200000), *too_big[] = {big, 0};
    memset(big, 'a', 199999);
    big[199999] = 0;
    SHOW(execve("/tmp", argv, environ));
    SHOW(execve("/nonexistent", argv, environ));
    SHOW(execve("", argv, environ));
    SHOW(execve("/etc/passwd", argv, environ));
    SHOW(execve("/etc/passwd/x", argv, environ));
    SHOW(syscall(SYS_execve, 8, argv, environ));
    SHOW(syscall(SYS_execve, self, 8, environ));
    SHOW(execve(self, too_big, environ));
}

static void put(const char *name, const char *text)
{
    int fd = open(name, O_CREAT | O_TRUNC | O_WRONLY, 0755);
    (void)!write(fd, text, strlen(text));
    close(fd);
}

static void scripts(void)
{
    char directory[] = "/tmp/hqemu-scripts-XXXXXX", text[5000], name[100];
    pid_t child;
    (void)!mkdtemp(directory);
    sprintf(name, "%s/script", directory);
    sprintf(text, "#! %s \tchild  two words \nbody", self);
    put(name, text);
    if (!(child = fork())) {
        execv(name, (char *[]){"x", "extra", 0});
        _exit(errno);
    }
    show_end("script", child);
    sprintf(text, "#!%s\n", name);
    put(name, text);
    SHOW(execv(name, (char *[]){"x", 0}));
    put(name, "garbage\n");
    SHOW(execv(name, (char *[]){"x", 0}));
    put(name, "#!/nonexistent/program\n");
    SHOW(execv(name, (char *[]){"x", 0}));
    put(name, "");
    SHOW(execv(name, (char *[]){"x", 0}));
    unlink(name);
    rmdir(directory);
}

int main(int argc, char **argv)
{
    setvbuf(stdout, 0, _IONBF, 0);
    if (argc > 1 && !strncmp(argv[1], "child", 5))
        return as_child(argv);
    self[readlink("/proc/self/exe", self, sizeof self - 1)] = 0;
    children();
    setenv("FOO", "bar", 1);
    on(SIGUSR1, nothing, 0, 0);
    on(SIGWINCH, SIG_IGN, 0, 0);
    sigset_t usr2 = set_of(SIGUSR2);
    sigprocmask(SIG_BLOCK, &usr2, 0);
    dup3(open("/dev/null", O_RDONLY | O_CLOEXEC), 9, O_CLOEXEC);
    executes();
    failures();
    scripts();
    return 0;
}
