package dev.pollux.sys;

/**
 * Error numbers of Linux (the same on x86-64 and aarch64), their names and what they mean.
 *
 * <p>Source: {@code asm-generic/errno-base.h} and {@code asm-generic/errno.h}.
 */
public final class Errno {

  public static final int EPERM = 1;
  public static final int ENOENT = 2;
  public static final int ESRCH = 3;
  public static final int EINTR = 4;
  public static final int EIO = 5;
  public static final int ENXIO = 6;
  public static final int EBADF = 9;
  public static final int ECHILD = 10;
  public static final int EAGAIN = 11;
  public static final int ENOMEM = 12;
  public static final int EACCES = 13;
  public static final int EFAULT = 14;
  public static final int EBUSY = 16;
  public static final int EEXIST = 17;
  public static final int EXDEV = 18;
  public static final int ENODEV = 19;
  public static final int ENOTDIR = 20;
  public static final int EISDIR = 21;
  public static final int EINVAL = 22;
  public static final int ENFILE = 23;
  public static final int EMFILE = 24;
  public static final int ENOTTY = 25;
  public static final int EFBIG = 27;
  public static final int ENOSPC = 28;
  public static final int ESPIPE = 29;
  public static final int EPIPE = 32;
  public static final int EDOM = 33;
  public static final int ERANGE = 34;
  public static final int ENAMETOOLONG = 36;
  public static final int ENOSYS = 38;
  public static final int ENOTEMPTY = 39;
  public static final int ELOOP = 40;
  public static final int ENONET = 64;
  public static final int EPROTO = 71;
  public static final int EOVERFLOW = 75;
  public static final int ENOTSOCK = 88;
  public static final int EDESTADDRREQ = 89;
  public static final int EMSGSIZE = 90;
  public static final int EPROTOTYPE = 91;
  public static final int ENOPROTOOPT = 92;
  public static final int EPROTONOSUPPORT = 93;
  public static final int ESOCKTNOSUPPORT = 94;
  public static final int EOPNOTSUPP = 95;
  public static final int EAFNOSUPPORT = 97;
  public static final int EADDRINUSE = 98;
  public static final int EADDRNOTAVAIL = 99;
  public static final int ENETDOWN = 100;
  public static final int ENETUNREACH = 101;
  public static final int ECONNABORTED = 103;
  public static final int ECONNRESET = 104;
  public static final int ENOBUFS = 105;
  public static final int EISCONN = 106;
  public static final int ENOTCONN = 107;
  public static final int ETIMEDOUT = 110;
  public static final int ECONNREFUSED = 111;
  public static final int EHOSTDOWN = 112;
  public static final int EHOSTUNREACH = 113;
  public static final int EALREADY = 114;
  public static final int EINPROGRESS = 115;

  private Errno() {}

  /** The symbolic name, {@code "EAGAIN"} for 11; {@code "errno 999"} for a number unknown here. */
  public static String name(int errno) {
    String text = describe(errno);
    int space = text.indexOf(' ');
    return text.isEmpty() ? "errno " + errno : text.substring(0, space);
  }

  /** What it means, in a few words; empty for a number unknown here. */
  public static String meaning(int errno) {
    String text = describe(errno);
    return text.substring(text.indexOf(' ') + 1);
  }

  /** Name, blank, meaning; empty if unknown. */
  private static String describe(int errno) {
    return switch (errno) {
      case EPERM -> "EPERM operation not permitted";
      case ENOENT -> "ENOENT no such file, directory or entry";
      case ESRCH -> "ESRCH no such process";
      case EINTR -> "EINTR interrupted by a signal";
      case EIO -> "EIO input or output error";
      case ENXIO -> "ENXIO no such device, or nobody behind it";
      case EBADF -> "EBADF not an open descriptor";
      case ECHILD -> "ECHILD no child process";
      case EAGAIN -> "EAGAIN would block";
      case ENOMEM -> "ENOMEM out of memory";
      case EACCES -> "EACCES permission denied";
      case EFAULT -> "EFAULT bad address";
      case EBUSY -> "EBUSY resource busy";
      case EEXIST -> "EEXIST already exists";
      case EXDEV -> "EXDEV on another file system, or out of the folder";
      case ENODEV -> "ENODEV no such device";
      case ENOTDIR -> "ENOTDIR not a directory";
      case EISDIR -> "EISDIR is a directory";
      case EINVAL -> "EINVAL invalid argument";
      case ENFILE -> "ENFILE too many open files in the system";
      case EMFILE -> "EMFILE too many open files in this process";
      case ENOTTY -> "ENOTTY operation unknown to this kind of descriptor";
      case EFBIG -> "EFBIG file too large";
      case ENOSPC -> "ENOSPC no space left, or limit of watches reached";
      case ESPIPE -> "ESPIPE cannot seek";
      case EPIPE -> "EPIPE the peer no longer reads";
      case EDOM -> "EDOM argument out of domain";
      case ERANGE -> "ERANGE result out of range";
      case ENAMETOOLONG -> "ENAMETOOLONG name too long";
      case ENOSYS -> "ENOSYS function not implemented on this system";
      case ENOTEMPTY -> "ENOTEMPTY directory not empty";
      case ELOOP -> "ELOOP too many levels, or a cycle";
      case EPROTO -> "EPROTO protocol error";
      case EOVERFLOW -> "EOVERFLOW value too large";
      default -> describeOfSockets(errno);
    };
  }

  private static String describeOfSockets(int errno) {
    return switch (errno) {
      case ENONET -> "ENONET machine is not on the network";
      case ENOTSOCK -> "ENOTSOCK not a socket";
      case EDESTADDRREQ -> "EDESTADDRREQ destination address required";
      case EMSGSIZE -> "EMSGSIZE message too long";
      case EPROTOTYPE -> "EPROTOTYPE wrong protocol type for this socket";
      case ENOPROTOOPT -> "ENOPROTOOPT option not available";
      case EPROTONOSUPPORT -> "EPROTONOSUPPORT protocol not supported";
      case ESOCKTNOSUPPORT -> "ESOCKTNOSUPPORT type of socket not supported";
      case EOPNOTSUPP -> "EOPNOTSUPP operation not supported";
      case EAFNOSUPPORT -> "EAFNOSUPPORT address family not supported";
      case EADDRINUSE -> "EADDRINUSE address already in use";
      case EADDRNOTAVAIL -> "EADDRNOTAVAIL address not available on this host";
      case ENETDOWN -> "ENETDOWN network is down";
      case ENETUNREACH -> "ENETUNREACH network is unreachable";
      case ECONNABORTED -> "ECONNABORTED connection aborted";
      case ECONNRESET -> "ECONNRESET connection reset by the peer";
      case ENOBUFS -> "ENOBUFS no buffer space";
      case EISCONN -> "EISCONN already connected";
      case ENOTCONN -> "ENOTCONN not connected";
      case ETIMEDOUT -> "ETIMEDOUT timed out";
      case ECONNREFUSED -> "ECONNREFUSED connection refused";
      case EHOSTDOWN -> "EHOSTDOWN host is down";
      case EHOSTUNREACH -> "EHOSTUNREACH no route to host";
      case EALREADY -> "EALREADY already in progress";
      case EINPROGRESS -> "EINPROGRESS operation in progress";
      default -> "";
    };
  }
}
