/* Files, directories, attributes, locks. */
#include "check.h"
#include <dirent.h>
#include <sys/statfs.h>
#include <sys/uio.h>
#include <sys/xattr.h>

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int main(void)
{
    RESULT(enter_directory());
    struct stat st;
    struct statx sx;


    int f;
    RESULT((f = open("a", O_RDWR | O_CREAT | O_EXCL, 0600)) >= 0);

    RESULT(open("a", O_RDWR | O_CREAT | O_EXCL, 0600));
    RESULT(open("a", O_DIRECTORY));

    RESULT(write(f, "hello world", 11));
    RESULT(pwrite(f, "J", 1, 0));
    RESULT(pread(f, buf, 5, 0));
    SHOW("%.5s", buf);

    RESULT(lseek(f, 0, SEEK_SET));
    RESULT(lseek(f, -1, SEEK_SET));
    RESULT(lseek(f, 0, SEEK_HOLE));
    RESULT(lseek(f, 2, SEEK_SET));

    struct iovec v[3] = {{buf, 2}, {buf + 10, 0}, {buf + 20, 100}};
    RESULT(readv(f, v, 3));
    SHOW("%.2s %.7s", buf, buf + 20);

    RESULT(preadv(f, v, 1, 6));
    SHOW("%.2s", buf);
    RESULT(writev(f, v, 1));
    RESULT(preadv2(f, v, 3, 1, 0));
    RESULT(writev(f, v, -1));
    RESULT(writev(-1, v, 1));

    RESULT(fstat(f, &st));
    SHOW("%o %ld %ld %d %ld", st.st_mode, (long)st.st_nlink, (long)st.st_size, (int)st.st_blksize, (long)st.st_blocks);

    RESULT(fchmod(f, 0640));
    RESULT(ftruncate(f, 100));
    RESULT(fallocate(f, 0, 0, 8192));
    RESULT(fallocate(f, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096));

    RESULT(statx(AT_FDCWD, "a", 0, STATX_ALL, &sx));
    SHOW("%o %llu", sx.stx_mode, sx.stx_size);

    RESULT(symlink("a", "l"));
    RESULT(lstat("l", &st));
    SHOW("%o %ld", st.st_mode, (long)st.st_size);
    RESULT(open("l", O_NOFOLLOW));
    RESULT(readlink("l", buf, 100));
    RESULT(link("a", "h"));
    RESULT(stat("h", &st));
    SHOW("%ld", (long)st.st_nlink);

    RESULT(mkdir("sub", 0755));
    RESULT(rmdir("a"));
    RESULT(unlink("sub"));
    RESULT(rename("h", "sub/h"));
    RESULT(renameat2(AT_FDCWD, "l", AT_FDCWD, "a", RENAME_NOREPLACE));

    RESULT(access("a", R_OK | W_OK));
    RESULT(access("nope", F_OK));
    RESULT(faccessat(AT_FDCWD, "a", X_OK, AT_EACCESS));
    RESULT(truncate("a", 11));
    RESULT(truncate("nope", 1));

    struct timespec ts[2] = {{1, 2}, {3, 4}};
    RESULT(utimensat(AT_FDCWD, "a", ts, 0));
    RESULT(stat("a", &st));
    SHOW("%ld %ld %ld %ld", st.st_atim.tv_sec, st.st_atim.tv_nsec, st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
    RESULT(futimens(f, NULL));
    RESULT(lseek(f, 0, 0));

    RESULT(setxattr("a", "user.x", "val", 3, 0));
    RESULT(getxattr("a", "user.x", buf, 100));
    RESULT(listxattr("a", buf, 100));
    SHOW("%s", buf);
    RESULT(fremovexattr(f, "user.x"));
    RESULT(getxattr("a", "user.x", buf, 100));

    DIR *dir = opendir(".");
    struct dirent *e;
    char *names[20];
    int n = 0;
    while ((e = readdir(dir)))
        names[n++] = strdup(e->d_name);
    qsort(names, n, sizeof *names, compare);
    for (int i = 0; i < n; i++)
        SHOW("%s", names[i]);
    closedir(dir);

    struct statfs sf;
    RESULT(statfs(".", &sf));
    SHOW("%lx %d", (long)sf.f_type, (int)sf.f_bsize);
    RESULT(!!getcwd(buf, 4096));
    RESULT(umask(022));
    RESULT(umask(077));
    umask(022);

    RESULT(mkfifo("fifo", 0600));
    RESULT(mknod("dev", S_IFIFO|0600, 0));
    RESULT(chown("a", -1, -1));
    RESULT(open("fifo", O_WRONLY | O_NONBLOCK));

    int fl;
    RESULT(fl = fcntl(f, F_GETFL)&~0400000&~0100000);
    RESULT(fcntl(f, F_SETFL, O_APPEND | O_NONBLOCK));
    RESULT(fcntl(f, F_GETFL)&(O_APPEND | O_NONBLOCK | O_DIRECT | O_DIRECTORY));
    RESULT(fcntl(f, F_SETFL, 0));

    struct flock fk = {F_WRLCK, SEEK_SET, 0, 5, 0};
    RESULT(fcntl(f, F_SETLK, &fk));
    RESULT(fcntl(f, F_GETLK, &fk));
    SHOW("%d", fk.l_type);
    fk.l_type = 99;
    RESULT(fcntl(f, F_SETLK, &fk));
    RESULT(fcntl(f, 12345, 0));
    RESULT(fcntl(f, F_GETFD));
    RESULT(fcntl(f, F_SETFD, FD_CLOEXEC));
    RESULT(fcntl(f, F_GETFD));
    int g;
    RESULT((g = fcntl(f, F_DUPFD_CLOEXEC, 100)));
    RESULT(dup2(f, 110));
    RESULT(dup3(f, 110, O_CLOEXEC));
    RESULT(dup3(f, f, 0));
    RESULT(close(110));
    RESULT(close(110));

    struct f_owner_ex fo = {F_OWNER_PID, getpid()};
    RESULT(fcntl(f, F_SETOWN_EX, &fo));
    fo.pid = 0;
    RESULT(fcntl(f, F_GETOWN_EX, &fo));
    SHOW("%d", fo.pid == getpid());
    RESULT(fcntl(f, F_GETOWN) == getpid());
    leave_directory();
    return 0;
}
