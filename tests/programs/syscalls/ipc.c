/* System V and POSIX inter-process communication. */
#include "check.h"
#include <mqueue.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

int main(void)
{
    pid_t c;
    struct timespec zero = {0, 1000};
    int id;
    RESULT((id = shmget(IPC_PRIVATE, 10000, IPC_CREAT|0600)) >= 0);
    char *m = shmat(id, NULL, 0);
    m[9999] = 1;
    struct shmid_ds sd;
    RESULT(shmctl(id, IPC_STAT, &sd));
    SHOW("%ld %ld", (long)sd.shm_segsz, (long)sd.shm_nattch);
    c = fork();
    if (!c) {
        m[0] = 42;
        _exit(0);
    }
    wait(NULL);
    SHOW("%d", m[0]);
    RESULT(shmdt(m));
    RESULT(shmdt(m));
    RESULT(shmctl(id, IPC_RMID, NULL));

    RESULT((id = semget(IPC_PRIVATE, 3, 0600)) >= 0);
    union { int val; struct semid_ds *b; unsigned short *a; } su;
    unsigned short arr[3] = {1, 2, 3};
    su.a = arr;
    RESULT(semctl(id, 0, SETALL, su));
    struct sembuf so[2] = {{1, -1, 0}, {2, 4, 0}};
    RESULT(semop(id, so, 2));
    so[0].sem_op = -9;
    so[0].sem_flg = IPC_NOWAIT;
    RESULT(semop(id, so, 1));
    so[0].sem_flg = 0;
    RESULT(semtimedop(id, so, 1, &zero));
    RESULT(semctl(id, 0, GETALL, su));
    SHOW("%d %d %d", arr[0], arr[1], arr[2]);
    struct semid_ds sm;
    su.b = &sm;
    RESULT(semctl(id, 0, IPC_STAT, su));
    SHOW("%ld %o %d %d", (long)sm.sem_nsems, sm.sem_perm.mode, sm.sem_otime != 0, sm.sem_ctime != 0);
    RESULT(semctl(id, 0, IPC_RMID));

    RESULT((id = msgget(IPC_PRIVATE, 0600)) >= 0);
    struct { long t; char x[20]; } mb = {7, "message"};
    RESULT(msgsnd(id, &mb, 8, 0));
    mb.t = 0;
    mb.x[0] = 0;
    RESULT(msgrcv(id, &mb, 20, 7, 0));
    SHOW("%ld %s", mb.t, mb.x);
    RESULT(msgrcv(id, &mb, 20, 0, IPC_NOWAIT));
    struct msqid_ds md;
    RESULT(msgctl(id, IPC_STAT, &md));
    SHOW("%ld", (long)md.msg_qnum);
    RESULT(msgctl(id, IPC_RMID, NULL));

    struct mq_attr ma = {0, 3, 16};
    mqd_t mq;
    RESULT((mq = mq_open("/sctest", O_RDWR | O_CREAT | O_EXCL, 0600, &ma)) >= 0 || errno == ENOSYS);
    RESULT(mq_unlink("/sctest"));
    if (mq >= 0) {
        RESULT(mq_send(mq, "hi", 3, 5));
        unsigned pr;
        RESULT(mq_receive(mq, buf, 16, &pr));
        SHOW("%s %u", buf, pr);
        RESULT(mq_getattr(mq, &ma));
        SHOW("%ld %ld", ma.mq_maxmsg, ma.mq_msgsize);
        RESULT(mq_timedreceive(mq, buf, 16, &pr, &zero));
    }
    return 0;
}
