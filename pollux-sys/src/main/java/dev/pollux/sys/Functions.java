package dev.pollux.sys;

import java.lang.foreign.MemorySegment;

/**
 * The addresses of the C functions that {@link NativeSys} calls; segments for the variadic ones,
 * whose handles are no constants. Looking one up is cheap, so all of them are at once. Which C
 * library has them stands in {@code docs/symbols.md}.
 */
final class Functions {

  // FileCalls
  static final long READ = Libc.find("read").address();
  static final long PREAD = Libc.find("pread").address();
  static final long WRITE = Libc.find("write").address();
  static final long PWRITE = Libc.find("pwrite").address();
  static final long READV = Libc.find("readv").address();
  static final long WRITEV = Libc.find("writev").address();
  static final long SENDFILE = Libc.find("sendfile").address();
  static final MemorySegment OPEN = Libc.find("open");
  static final long STATX = Libc.find("statx").address();
  static final long UNLINK = Libc.find("unlink").address();
  static final long RENAME = Libc.find("rename").address();
  static final long MKDIR = Libc.find("mkdir").address();
  static final long RMDIR = Libc.find("rmdir").address();
  static final long CLOSE = Libc.find("close").address();
  static final long PIPE2 = Libc.find("pipe2").address();
  static final long DUP = Libc.find("dup").address();
  static final long DUP3 = Libc.find("dup3").address();
  static final MemorySegment FCNTL = Libc.find("fcntl");
  static final MemorySegment IOCTL = Libc.find("ioctl");
  static final long GETRLIMIT = Libc.find("getrlimit").address();
  static final long SETRLIMIT = Libc.find("setrlimit").address();

  // SocketCalls
  static final long SOCKET = Libc.find("socket").address();
  static final long SOCKETPAIR = Libc.find("socketpair").address();
  static final long BIND = Libc.find("bind").address();
  static final long LISTEN = Libc.find("listen").address();
  static final long ACCEPT4 = Libc.find("accept4").address();
  static final long CONNECT = Libc.find("connect").address();
  static final long SHUTDOWN = Libc.find("shutdown").address();
  static final long RECV = Libc.find("recv").address();
  static final long SEND = Libc.find("send").address();
  static final long RECVFROM = Libc.find("recvfrom").address();
  static final long SENDTO = Libc.find("sendto").address();
  static final long RECVMSG = Libc.find("recvmsg").address();
  static final long SENDMSG = Libc.find("sendmsg").address();
  static final long RECVMMSG = Libc.find("recvmmsg").address();
  static final long SENDMMSG = Libc.find("sendmmsg").address();
  static final long GETSOCKOPT = Libc.find("getsockopt").address();
  static final long SETSOCKOPT = Libc.find("setsockopt").address();
  static final long GETSOCKNAME = Libc.find("getsockname").address();
  static final long GETPEERNAME = Libc.find("getpeername").address();

  // ReadinessCalls
  static final long EPOLL_CREATE = Libc.find("epoll_create").address();
  static final long EPOLL_CREATE1 = Libc.find("epoll_create1").address();
  static final long EPOLL_CTL = Libc.find("epoll_ctl").address();
  static final long EPOLL_WAIT = Libc.find("epoll_wait").address();
  static final long EPOLL_PWAIT = Libc.find("epoll_pwait").address();

  /** In glibc since 2.35, not in musl; to link another shape for {@code syscall} costs more. */
  static final long EPOLL_PWAIT2 = Libc.findReplaceable("epoll_pwait2").address();

  /** Of a library beside the C library, if one was named; or 0. */
  static final long KQUEUE = KqueueLibrary.lookUp("kqueue").address();

  static final long KEVENT = KqueueLibrary.lookUp("kevent").address();

  static final long POLL = Libc.find("poll").address();
  static final long PPOLL = Libc.find("ppoll").address();
  static final long SELECT = Libc.find("select").address();
  static final long PSELECT = Libc.find("pselect").address();

  // SourceCalls
  static final long EVENTFD = Libc.find("eventfd").address();
  static final long TIMERFD_CREATE = Libc.find("timerfd_create").address();
  static final long TIMERFD_SETTIME = Libc.find("timerfd_settime").address();
  static final long TIMERFD_GETTIME = Libc.find("timerfd_gettime").address();
  static final long SIGNALFD = Libc.find("signalfd").address();

  /** Before glibc 2.32 in libpthread only, which not every process has loaded. */
  static final long PTHREAD_SIGMASK = Libc.findReplaceable("pthread_sigmask").address();

  static final long SIGPROCMASK = Libc.find("sigprocmask").address();
  static final long RAISE = Libc.find("raise").address();
  static final long INOTIFY_INIT1 = Libc.find("inotify_init1").address();
  static final long INOTIFY_ADD_WATCH = Libc.find("inotify_add_watch").address();
  static final long INOTIFY_RM_WATCH = Libc.find("inotify_rm_watch").address();

  private Functions() {}

  /**
   * Looks all of them up, and initializes the classes that a call goes through, so that no call
   * does: in a thread whose stack is full they would be spoiled for good.
   */
  static void initialize() {
    int _ = ErrnoMemory.own().result(-1);
  }
}
