package dev.pollux.sys;

import java.util.Set;

/**
 * The calls of Linux, as they are.
 *
 * <p>The addresses of the functions stand in {@link Functions}. {@link Libc} makes the calls.
 */
final class LinuxSys extends NativeSys {

  LinuxSys() {
    Functions.initialize();
  }

  @Override
  public Set<String> missingFunctions() {
    return Libc.missing();
  }

  // ---- FileCalls

  @Override
  public int read(int fd, long bufAddress, long count) {
    return Libc.call(Functions.READ, fd, bufAddress, count);
  }

  @Override
  public int pread(int fd, long bufAddress, long count, long offset) {
    return Libc.call(Functions.PREAD, fd, bufAddress, count, offset);
  }

  @Override
  public int write(int fd, long bufAddress, long count) {
    return Libc.call(Functions.WRITE, fd, bufAddress, count);
  }

  @Override
  public int pwrite(int fd, long bufAddress, long count, long offset) {
    return Libc.call(Functions.PWRITE, fd, bufAddress, count, offset);
  }

  @Override
  public int readv(int fd, long iovecsAddress, int count) {
    return Libc.call(Functions.READV, fd, iovecsAddress, count);
  }

  @Override
  public int writev(int fd, long iovecsAddress, int count) {
    return Libc.call(Functions.WRITEV, fd, iovecsAddress, count);
  }

  @Override
  public int sendfile(int outFd, int inFd, long offsetAddress, long count) {
    return Libc.call(Functions.SENDFILE, outFd, inFd, offsetAddress, count);
  }

  @Override
  public int open(long pathAddress, int flags, int mode) {
    return Libc.callVariadic(Functions.OPEN, pathAddress, flags, mode);
  }

  @Override
  public int openat2(int folderFd, long pathAddress, long openHowAddress, long sizeBytes) {
    return Libc.syscall(Linux.SYS_openat2, folderFd, pathAddress, openHowAddress, sizeBytes, 0, 0);
  }

  @Override
  public int statx(int folderFd, long pathAddress, int flags, int mask, long statxAddress) {
    return Libc.call(Functions.STATX, folderFd, pathAddress, flags, mask, statxAddress);
  }

  @Override
  public int unlink(long pathAddress) {
    return Libc.call(Functions.UNLINK, pathAddress);
  }

  @Override
  public int rename(long oldPathAddress, long newPathAddress) {
    return Libc.call(Functions.RENAME, oldPathAddress, newPathAddress);
  }

  @Override
  public int mkdir(long pathAddress, int mode) {
    return Libc.call(Functions.MKDIR, pathAddress, mode);
  }

  @Override
  public int rmdir(long pathAddress) {
    return Libc.call(Functions.RMDIR, pathAddress);
  }

  @Override
  public int close(int fd) {
    return Libc.call(Functions.CLOSE, fd);
  }

  @Override
  public int pipe2(long fdsAddress, int flags) {
    return Libc.call(Functions.PIPE2, fdsAddress, flags);
  }

  @Override
  public int dup(int fd) {
    return Libc.call(Functions.DUP, fd);
  }

  @Override
  public int dup3(int fd, int newFd, int flags) {
    return Libc.call(Functions.DUP3, fd, newFd, flags);
  }

  @Override
  public int fcntl(int fd, int command, long argument) {
    return Libc.callVariadic(Functions.FCNTL, fd, command, argument);
  }

  @Override
  public int ioctl(int fd, long request, long argumentAddress) {
    return Libc.callVariadic(Functions.IOCTL, fd, request, argumentAddress);
  }

  @Override
  public int getrlimit(int resource, long rlimitAddress) {
    return Libc.call(Functions.GETRLIMIT, resource, rlimitAddress);
  }

  @Override
  public int setrlimit(int resource, long rlimitAddress) {
    return Libc.call(Functions.SETRLIMIT, resource, rlimitAddress);
  }

  // ---- SocketCalls

  @Override
  public int socket(int domain, int type, int protocol) {
    return Libc.call(Functions.SOCKET, domain, type, protocol);
  }

  @Override
  public int socketpair(int domain, int type, int protocol, long fdsAddress) {
    return Libc.call(Functions.SOCKETPAIR, domain, type, protocol, fdsAddress);
  }

  @Override
  public int bind(int fd, long sockaddrAddress, int length) {
    return Libc.call(Functions.BIND, fd, sockaddrAddress, length);
  }

  @Override
  public int listen(int fd, int backlog) {
    return Libc.call(Functions.LISTEN, fd, backlog);
  }

  @Override
  public int accept4(int fd, long sockaddrAddress, long lengthAddress, int flags) {
    return Libc.call(Functions.ACCEPT4, fd, sockaddrAddress, lengthAddress, flags);
  }

  @Override
  public int connect(int fd, long sockaddrAddress, int length) {
    return Libc.call(Functions.CONNECT, fd, sockaddrAddress, length);
  }

  @Override
  public int shutdown(int fd, int how) {
    return Libc.call(Functions.SHUTDOWN, fd, how);
  }

  @Override
  public int recv(int fd, long bufAddress, long count, int flags) {
    return Libc.call(Functions.RECV, fd, bufAddress, count, flags);
  }

  @Override
  public int send(int fd, long bufAddress, long count, int flags) {
    return Libc.call(Functions.SEND, fd, bufAddress, count, flags);
  }

  @Override
  public int recvfrom(
      int fd, long bufAddress, long count, int flags, long sockaddrAddress, long lengthAddress) {
    return Libc.call(
        Functions.RECVFROM, fd, bufAddress, count, flags, sockaddrAddress, lengthAddress);
  }

  @Override
  public int sendto(
      int fd, long bufAddress, long count, int flags, long sockaddrAddress, int length) {
    return Libc.call(Functions.SENDTO, fd, bufAddress, count, flags, sockaddrAddress, length);
  }

  @Override
  public int recvmsg(int fd, long msghdrAddress, int flags) {
    return Libc.call(Functions.RECVMSG, fd, msghdrAddress, flags);
  }

  @Override
  public int sendmsg(int fd, long msghdrAddress, int flags) {
    return Libc.call(Functions.SENDMSG, fd, msghdrAddress, flags);
  }

  @Override
  public int recvmmsg(int fd, long mmsghdrsAddress, int count, int flags, long timespecAddress) {
    return Libc.call(Functions.RECVMMSG, fd, mmsghdrsAddress, count, flags, timespecAddress);
  }

  @Override
  public int sendmmsg(int fd, long mmsghdrsAddress, int count, int flags) {
    return Libc.call(Functions.SENDMMSG, fd, mmsghdrsAddress, count, flags);
  }

  @Override
  public int getsockopt(int fd, int level, int name, long valueAddress, long lengthAddress) {
    return Libc.call(Functions.GETSOCKOPT, fd, level, name, valueAddress, lengthAddress);
  }

  @Override
  public int setsockopt(int fd, int level, int name, long valueAddress, int length) {
    return Libc.call(Functions.SETSOCKOPT, fd, level, name, valueAddress, length);
  }

  @Override
  public int getsockname(int fd, long sockaddrAddress, long lengthAddress) {
    return Libc.call(Functions.GETSOCKNAME, fd, sockaddrAddress, lengthAddress);
  }

  @Override
  public int getpeername(int fd, long sockaddrAddress, long lengthAddress) {
    return Libc.call(Functions.GETPEERNAME, fd, sockaddrAddress, lengthAddress);
  }

  // ---- ReadinessCalls

  @Override
  public int epollCreate(int size) {
    return Libc.call(Functions.EPOLL_CREATE, size);
  }

  @Override
  public int epollCreate1(int flags) {
    return Libc.call(Functions.EPOLL_CREATE1, flags);
  }

  @Override
  public int epollCtl(int epfd, int op, int fd, long eventAddress) {
    return Libc.call(Functions.EPOLL_CTL, epfd, op, fd, eventAddress);
  }

  @Override
  public int epollWait(int epfd, long eventsAddress, int maxEvents, int timeoutMillis) {
    return Libc.call(Functions.EPOLL_WAIT, epfd, eventsAddress, maxEvents, timeoutMillis);
  }

  @Override
  public int epollPwait(
      int epfd, long eventsAddress, int maxEvents, int timeoutMillis, long sigmaskAddress) {
    return Libc.call(
        Functions.EPOLL_PWAIT, epfd, eventsAddress, maxEvents, timeoutMillis, sigmaskAddress);
  }

  @Override
  public int epollPwait2(
      int epfd, long eventsAddress, int maxEvents, long timespecAddress, long sigmaskAddress) {
    long function = Functions.EPOLL_PWAIT2;
    if (function != 0) {
      return Libc.call(function, epfd, eventsAddress, maxEvents, timespecAddress, sigmaskAddress);
    }
    return Libc.syscall(
        Linux.SYS_epoll_pwait2,
        epfd,
        eventsAddress,
        maxEvents,
        timespecAddress,
        sigmaskAddress,
        Linux.KERNEL_SIGSET_SIZE);
  }

  @Override
  public int kqueue() {
    return Libc.call(Functions.KQUEUE, 0);
  }

  @Override
  public int kevent(
      int kq,
      long changesAddress,
      int changeCount,
      long eventsAddress,
      int eventCount,
      long timespecAddress) {
    return Libc.call(
        Functions.KEVENT,
        kq,
        changesAddress,
        changeCount,
        eventsAddress,
        eventCount,
        timespecAddress);
  }

  @Override
  public int poll(long pollfdsAddress, int count, int timeoutMillis) {
    return Libc.call(Functions.POLL, pollfdsAddress, count, timeoutMillis);
  }

  @Override
  public int ppoll(long pollfdsAddress, int count, long timespecAddress, long sigmaskAddress) {
    return Libc.call(Functions.PPOLL, pollfdsAddress, count, timespecAddress, sigmaskAddress);
  }

  @Override
  public int select(
      int nfds, long readAddress, long writeAddress, long exceptAddress, long timevalAddress) {
    return Libc.call(
        Functions.SELECT, nfds, readAddress, writeAddress, exceptAddress, timevalAddress);
  }

  @Override
  public int pselect(
      int nfds,
      long readAddress,
      long writeAddress,
      long exceptAddress,
      long timespecAddress,
      long sigmaskAddress) {
    return Libc.call(
        Functions.PSELECT,
        nfds,
        readAddress,
        writeAddress,
        exceptAddress,
        timespecAddress,
        sigmaskAddress);
  }

  // ---- SourceCalls

  @Override
  public int eventfd(int initialValue, int flags) {
    return Libc.call(Functions.EVENTFD, initialValue, flags);
  }

  @Override
  public int timerfdCreate(int clockId, int flags) {
    return Libc.call(Functions.TIMERFD_CREATE, clockId, flags);
  }

  @Override
  public int timerfdSettime(int fd, int flags, long newAddress, long oldAddress) {
    return Libc.call(Functions.TIMERFD_SETTIME, fd, flags, newAddress, oldAddress);
  }

  @Override
  public int timerfdGettime(int fd, long itimerspecAddress) {
    return Libc.call(Functions.TIMERFD_GETTIME, fd, itimerspecAddress);
  }

  @Override
  public int signalfd(int fd, long sigmaskAddress, int flags) {
    return Libc.call(Functions.SIGNALFD, fd, sigmaskAddress, flags);
  }

  @Override
  public int pthreadSigmask(int how, long sigmaskAddress, long oldAddress) {
    return sigmask(Functions.PTHREAD_SIGMASK, how, sigmaskAddress, oldAddress);
  }

  /** By {@code sigprocmask} without such a function: on Linux it acts on the thread as well. */
  static int sigmask(long pthreadSigmask, int how, long sigmaskAddress, long oldAddress) {
    if (pthreadSigmask == 0) {
      return Libc.call(Functions.SIGPROCMASK, how, sigmaskAddress, oldAddress);
    }
    return -Libc.call(pthreadSigmask, how, sigmaskAddress, oldAddress); // POSIX: a positive errno
  }

  @Override
  public int raise(int signal) {
    return Libc.call(Functions.RAISE, signal);
  }

  @Override
  public int inotifyInit1(int flags) {
    return Libc.call(Functions.INOTIFY_INIT1, flags);
  }

  @Override
  public int inotifyAddWatch(int fd, long pathAddress, int mask) {
    return Libc.call(Functions.INOTIFY_ADD_WATCH, fd, pathAddress, mask);
  }

  @Override
  public int inotifyRmWatch(int fd, int watch) {
    return Libc.call(Functions.INOTIFY_RM_WATCH, fd, watch);
  }

  @Override
  public int pidfdOpen(int pid, int flags) {
    return Libc.syscall(Linux.SYS_pidfd_open, pid, flags, 0, 0, 0, 0);
  }

  @Override
  public int pidfdGetfd(int pidfd, int targetFd, int flags) {
    return Libc.syscall(Linux.SYS_pidfd_getfd, pidfd, targetFd, flags, 0, 0, 0);
  }

  @Override
  public int kcmp(int firstPid, int secondPid, int type, long firstIndex, long secondIndex) {
    long number = Abi.CURRENT.kcmpNumber;
    return Libc.syscall(number, firstPid, secondPid, type, firstIndex, secondIndex, 0);
  }
}
