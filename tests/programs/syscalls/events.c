/* Pipes, poll, epoll, event descriptors. */
#include "check.h"
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/timerfd.h>
#include <sys/uio.h>

int main(void)
{
    RESULT(enter_directory());
    int f = open("a", O_RDWR | O_CREAT, 0600);
    RESULT(write(f, "hello world", 11));
    int p[2];
    RESULT(pipe2(p, O_CLOEXEC | O_NONBLOCK));
    RESULT(read(p[0], buf, 1));
    RESULT(fcntl(p[1], F_SETPIPE_SZ, 65536));
    RESULT(write(p[1], "abc", 3));
    RESULT(splice(p[0], NULL, f, &(off64_t){20}, 3, 0));
    RESULT(lseek(f, 0, 0));
    RESULT(sendfile(p[1], f, NULL, 5));
    RESULT(sendfile(p[1], f, &(off_t){1}, 5));
    RESULT(tee(p[0], p[1], 3, 0));
    RESULT(read(p[0], buf, 100));
    RESULT(vmsplice(p[1], &(struct iovec){"zz", 2}, 1, 0));
    RESULT(read(p[0], buf, 100));
    RESULT(copy_file_range(f, &(off64_t){0}, f, &(off64_t){30}, 5, 0));

    struct pollfd pf[2] = {{p[0], POLLIN, 0}, {p[1], POLLOUT, 0}};
    RESULT(poll(pf, 2, 0));
    SHOW("%x %x", pf[0].revents, pf[1].revents);
    fd_set rs;
    FD_ZERO(&rs);
    FD_SET(p[0], &rs);
    struct timeval tv = {0, 1000};
    RESULT(select(p[0] + 1, &rs, NULL, NULL, &tv));
    SHOW("%d", FD_ISSET(p[0], &rs));

    int ep;
    RESULT((ep = epoll_create1(EPOLL_CLOEXEC)) >= 0);
    struct epoll_event ev = {EPOLLIN, {.u64 = 0x123456789abcdefULL}}, evs[4];
    RESULT(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &ev));
    RESULT(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &ev));
    RESULT(epoll_ctl(ep, EPOLL_CTL_ADD, f, &ev));
    RESULT(epoll_wait(ep, evs, 4, 0));
    write(p[1], "q", 1);
    RESULT(epoll_wait(ep, evs, 4, -1));
    SHOW("%x %lx", evs[0].events, (long)evs[0].data.u64);
    RESULT(epoll_wait(ep, evs, 0, 0));
    RESULT(epoll_wait(ep, (void *)8, 4, 0));
    ev.events = EPOLLOUT;
    RESULT(epoll_ctl(ep, EPOLL_CTL_MOD, p[0], &ev));
    RESULT(epoll_ctl(ep, EPOLL_CTL_DEL, p[0], NULL));

    int efd;
    RESULT((efd = eventfd(5, EFD_NONBLOCK | EFD_SEMAPHORE)) >= 0);
    unsigned long val;
    RESULT(read(efd, &val, 8));
    SHOW("%lu", val);
    RESULT(read(efd, &val, 7));

    int tf;
    RESULT((tf = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC)) >= 0);
    struct itimerspec it = {{0, 0}, {0, 1000000}}, oi;
    RESULT(timerfd_settime(tf, 0, &it, &oi));
    RESULT(read(tf, &val, 8));
    SHOW("%lu", val);
    RESULT(timerfd_gettime(tf, &oi));
    SHOW("%ld", oi.it_value.tv_sec);

    int in;
    RESULT((in = inotify_init1(IN_NONBLOCK)) >= 0);
    int wd;
    RESULT(wd = inotify_add_watch(in, ".", IN_CREATE));
    close(open("new", O_CREAT | O_WRONLY, 0600));
    RESULT(read(in, buf, 4096));
    SHOW("%s", ((struct inotify_event *)buf)->name);
    RESULT(inotify_rm_watch(in, wd));
    RESULT(inotify_rm_watch(in, 55));
    leave_directory();
    return 0;
}
