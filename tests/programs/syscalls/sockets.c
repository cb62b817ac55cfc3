/* Sockets, messages with descriptors, options. */
#include "check.h"
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>

int main(void)
{
    RESULT(enter_directory());
    int g, f = open("a", O_RDWR | O_CREAT, 0600);
    struct stat st;
    struct iovec v[1];
    RESULT(write(f, "hello world", 11));
    int s[2];
    RESULT(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s));
    struct msghdr mh = {0};
    char cb[CMSG_SPACE(sizeof(int))];
    memset(cb, 0, sizeof cb);
    v[0] = (struct iovec){"data", 4};
    mh.msg_iov = v;
    mh.msg_iovlen = 1;
    mh.msg_control = cb;
    mh.msg_controllen = sizeof cb;
    struct cmsghdr *cm = CMSG_FIRSTHDR(&mh);
    cm->cmsg_level = SOL_SOCKET;
    cm->cmsg_type = SCM_RIGHTS;
    cm->cmsg_len = CMSG_LEN(4);
    memcpy(CMSG_DATA(cm), &f, 4);
    RESULT(sendmsg(s[0], &mh, 0));
    v[0] = (struct iovec){buf, 10};
    mh.msg_flags = 0;
    mh.msg_controllen = sizeof cb;
    RESULT(recvmsg(s[1], &mh, 0));
    SHOW("%.4s %d %d", buf, (int)mh.msg_controllen, mh.msg_flags);
    cm = CMSG_FIRSTHDR(&mh);
    memcpy(&g, CMSG_DATA(cm), 4);
    RESULT(fstat(g, &st));
    SHOW("%ld", (long)st.st_size);

    RESULT(send(s[0], "zz", 2, MSG_DONTWAIT));
    RESULT(recv(s[1], buf, 10, MSG_PEEK));
    RESULT(recv(s[1], buf, 10, 0));
    RESULT(recv(s[1], buf, 10, MSG_DONTWAIT));
    struct ucred uc;
    socklen_t sl = sizeof uc;
    RESULT(getsockopt(s[0], SOL_SOCKET, SO_PEERCRED, &uc, &sl));
    SHOW("%d", uc.pid == getpid());
    struct timeval to = {0, 10000};
    RESULT(setsockopt(s[1], SOL_SOCKET, SO_RCVTIMEO, &to, sizeof to));
    RESULT(recv(s[1], buf, 1, 0));
    RESULT(shutdown(s[0], SHUT_WR));
    RESULT(recv(s[1], buf, 1, 0));

    int us = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un ua = {AF_UNIX, "sock"};
    RESULT(bind(us, (void *)&ua, sizeof ua));
    RESULT(bind(us, (void *)&ua, sizeof ua));
    RESULT(listen(us, 5));
    int cs = socket(AF_UNIX, SOCK_STREAM, 0);
    RESULT(connect(cs, (void *)&ua, sizeof ua));
    sl = sizeof ua;
    struct sockaddr_un ub;
    int ac;
    RESULT((ac = accept4(us, (void *)&ub, &sl, SOCK_NONBLOCK)) >= 0);
    SHOW("%d", sl);
    sl = sizeof ua;
    RESULT(getsockname(us, (void *)&ub, &sl));
    SHOW("%s %d", ub.sun_path, sl);
    sl = sizeof ua;
    RESULT(getpeername(cs, (void *)&ub, &sl));
    SHOW("%s", ub.sun_path);
    RESULT(read(ac, buf, 1));

    struct mmsghdr mm[2];
    memset(mm, 0, sizeof mm);
    struct iovec w = {"abcd", 4};
    mm[0].msg_hdr.msg_iov = mm[1].msg_hdr.msg_iov = &w;
    mm[0].msg_hdr.msg_iovlen = mm[1].msg_hdr.msg_iovlen = 1;
    RESULT(sendmmsg(cs, mm, 2, 0));
    SHOW("%d %d", mm[0].msg_len, mm[1].msg_len);
    RESULT(socket(AF_INET, 99, 0));
    RESULT(socket(9999, SOCK_STREAM, 0));
    leave_directory();
    return 0;
}
