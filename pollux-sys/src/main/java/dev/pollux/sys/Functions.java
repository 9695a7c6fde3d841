package dev.pollux.sys;

import java.lang.foreign.MemorySegment;

/**
 * The addresses of the C functions that {@link NativeSys} calls. Looking one up is cheap, so all of
 * them are at once. Which C library has them stands in {@code docs/symbols.md}.
 */
final class Functions {

  // FileCalls
  static final MemorySegment READ = Libc.find("read");
  static final MemorySegment PREAD = Libc.find("pread");
  static final MemorySegment WRITE = Libc.find("write");
  static final MemorySegment PWRITE = Libc.find("pwrite");
  static final MemorySegment READV = Libc.find("readv");
  static final MemorySegment WRITEV = Libc.find("writev");
  static final MemorySegment SENDFILE = Libc.find("sendfile");
  static final MemorySegment OPEN = Libc.find("open");
  static final MemorySegment STATX = Libc.find("statx");
  static final MemorySegment UNLINK = Libc.find("unlink");
  static final MemorySegment RENAME = Libc.find("rename");
  static final MemorySegment MKDIR = Libc.find("mkdir");
  static final MemorySegment RMDIR = Libc.find("rmdir");
  static final MemorySegment CLOSE = Libc.find("close");
  static final MemorySegment PIPE2 = Libc.find("pipe2");
  static final MemorySegment DUP = Libc.find("dup");
  static final MemorySegment DUP3 = Libc.find("dup3");
  static final MemorySegment FCNTL = Libc.find("fcntl");
  static final MemorySegment IOCTL = Libc.find("ioctl");
  static final MemorySegment GETRLIMIT = Libc.find("getrlimit");
  static final MemorySegment SETRLIMIT = Libc.find("setrlimit");

  // SocketCalls
  static final MemorySegment SOCKET = Libc.find("socket");
  static final MemorySegment SOCKETPAIR = Libc.find("socketpair");
  static final MemorySegment BIND = Libc.find("bind");
  static final MemorySegment LISTEN = Libc.find("listen");
  static final MemorySegment ACCEPT4 = Libc.find("accept4");
  static final MemorySegment CONNECT = Libc.find("connect");
  static final MemorySegment SHUTDOWN = Libc.find("shutdown");
  static final MemorySegment RECV = Libc.find("recv");
  static final MemorySegment SEND = Libc.find("send");
  static final MemorySegment RECVFROM = Libc.find("recvfrom");
  static final MemorySegment SENDTO = Libc.find("sendto");
  static final MemorySegment RECVMSG = Libc.find("recvmsg");
  static final MemorySegment SENDMSG = Libc.find("sendmsg");
  static final MemorySegment RECVMMSG = Libc.find("recvmmsg");
  static final MemorySegment SENDMMSG = Libc.find("sendmmsg");
  static final MemorySegment GETSOCKOPT = Libc.find("getsockopt");
  static final MemorySegment SETSOCKOPT = Libc.find("setsockopt");
  static final MemorySegment GETSOCKNAME = Libc.find("getsockname");
  static final MemorySegment GETPEERNAME = Libc.find("getpeername");

  // ReadinessCalls
  static final MemorySegment EPOLL_CREATE = Libc.find("epoll_create");
  static final MemorySegment EPOLL_CREATE1 = Libc.find("epoll_create1");
  static final MemorySegment EPOLL_CTL = Libc.find("epoll_ctl");
  static final MemorySegment EPOLL_WAIT = Libc.find("epoll_wait");
  static final MemorySegment EPOLL_PWAIT = Libc.find("epoll_pwait");

  /** In glibc since 2.35, not in musl; to link another shape for {@code syscall} costs more. */
  static final MemorySegment EPOLL_PWAIT2 = Libc.findReplaceable("epoll_pwait2");

  static final MemorySegment POLL = Libc.find("poll");
  static final MemorySegment PPOLL = Libc.find("ppoll");
  static final MemorySegment SELECT = Libc.find("select");
  static final MemorySegment PSELECT = Libc.find("pselect");

  // SourceCalls
  static final MemorySegment EVENTFD = Libc.find("eventfd");
  static final MemorySegment TIMERFD_CREATE = Libc.find("timerfd_create");
  static final MemorySegment TIMERFD_SETTIME = Libc.find("timerfd_settime");
  static final MemorySegment TIMERFD_GETTIME = Libc.find("timerfd_gettime");
  static final MemorySegment SIGNALFD = Libc.find("signalfd");

  /** Before glibc 2.32 in libpthread only, which not every process has loaded. */
  static final MemorySegment PTHREAD_SIGMASK = Libc.findReplaceable("pthread_sigmask");

  static final MemorySegment SIGPROCMASK = Libc.find("sigprocmask");
  static final MemorySegment RAISE = Libc.find("raise");
  static final MemorySegment INOTIFY_INIT1 = Libc.find("inotify_init1");
  static final MemorySegment INOTIFY_ADD_WATCH = Libc.find("inotify_add_watch");
  static final MemorySegment INOTIFY_RM_WATCH = Libc.find("inotify_rm_watch");

  private Functions() {}

  /**
   * Looks all of them up, and initializes the classes that a call goes through, so that no call
   * does: in a thread whose stack is full they would be spoiled for good.
   */
  static void initialize() {
    int _ = Libc.result(-1, ErrnoMemory.own());
  }
}
