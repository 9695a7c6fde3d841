package dev.pollux.sys;

import java.util.Locale;

/** The C functions that {@link BsdSys} calls where they are; a profile has the names of symbols. */
enum BsdFunction {
  // Files
  READ,
  PREAD,
  WRITE,
  PWRITE,
  READV,
  WRITEV,
  SENDFILE,
  OPEN,
  FSTAT,
  FSTATAT,
  UNLINK,
  RENAME,
  MKDIR,
  RMDIR,
  CLOSE,
  PIPE,
  PIPE2,
  DUP,
  DUP2,
  DUP3,
  FCNTL,
  IOCTL,
  GETRLIMIT,
  SETRLIMIT,
  // Sockets
  SOCKET,
  SOCKETPAIR,
  BIND,
  LISTEN,
  ACCEPT,
  ACCEPT4,
  CONNECT,
  SHUTDOWN,
  RECV,
  SEND,
  RECVFROM,
  SENDTO,
  RECVMSG,
  SENDMSG,
  GETSOCKOPT,
  SETSOCKOPT,
  GETSOCKNAME,
  GETPEERNAME,
  GETPEEREID,
  // Readiness
  KQUEUE,
  KEVENT,
  POLL,
  PPOLL,
  SELECT,
  PSELECT,
  // Signals
  PTHREAD_SIGMASK,
  RAISE;

  /**
   * Whether its third argument is a variadic one, which macOS on arm64 passes otherwise than the
   * others: called as if it were fixed, it is garbage.
   */
  boolean isVariadic() {
    return this == OPEN || this == FCNTL || this == IOCTL;
  }

  /** The name in the manual. */
  String cName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
