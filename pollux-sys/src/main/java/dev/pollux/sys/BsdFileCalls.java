package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Set;

/** {@link FileCalls} on a BSD. */
abstract class BsdFileCalls extends NativeSys {

  private static final long MOST_BYTES = 0x7fff_f000;
  private static final List<Constant> REQUESTS = List.of(Constant.FIONREAD, Constant.FIONBIO);

  private static final long LINUX_INFINITY = -1; // RLIM_INFINITY
  private static final long BSD_INFINITY = Long.MAX_VALUE;

  final BsdLibrary library;
  final Profile profile;
  private final FlagMap openFlags;
  private final NumberMap commands;
  private final BsdStat stat;

  BsdFileCalls(BsdLibrary library) {
    this.library = library;
    this.profile = library.profile;
    this.openFlags = new FlagMap(profile, Kind.OPEN_FLAG);
    this.commands = new NumberMap(profile, Kind.FCNTL_COMMAND);
    this.stat = new BsdStat(library);
  }

  @Override
  public Set<String> missingFunctions() {
    return library.missing();
  }

  @Override
  public int read(int fd, long bufAddress, long count) {
    return library.call(BsdFunction.READ, fd, bufAddress, most(count));
  }

  @Override
  public int pread(int fd, long bufAddress, long count, long offset) {
    return library.call(BsdFunction.PREAD, fd, bufAddress, most(count), offset);
  }

  @Override
  public int write(int fd, long bufAddress, long count) {
    return library.call(BsdFunction.WRITE, fd, bufAddress, most(count));
  }

  @Override
  public int pwrite(int fd, long bufAddress, long count, long offset) {
    return library.call(BsdFunction.PWRITE, fd, bufAddress, most(count), offset);
  }

  /** As many as Linux transfers at once: so the result is an int, and macOS refuses more. */
  static long most(long count) {
    return Math.min(count, MOST_BYTES);
  }

  @Override
  public int readv(int fd, long iovecsAddress, int count) {
    return library.call(BsdFunction.READV, fd, iovecsAddress, count);
  }

  @Override
  public int writev(int fd, long iovecsAddress, int count) {
    return library.call(BsdFunction.WRITEV, fd, iovecsAddress, count);
  }

  /** Of a file to a stream; the two forms that there are. */
  @Override
  public int sendfile(int outFd, int inFd, long offsetAddress, long count) {
    if (offsetAddress == 0) {
      return -Errno.EINVAL; // the position of the file does not count there
    }
    if (count == 0) {
      return 0; // there it would be all of the file
    }
    BsdScratch scratch = BsdScratch.own();
    MemorySegment offset = BsdScratch.at(offsetAddress, Long.BYTES);
    long from = offset.get(JAVA_LONG_UNALIGNED, 0);
    long sentAddress = scratch.address(BsdScratch.STAT);
    int result;
    if (profile.system().equals("macOS")) {
      scratch.memory.set(JAVA_LONG_UNALIGNED, BsdScratch.STAT, most(count));
      result = library.call(BsdFunction.SENDFILE, inFd, outFd, from, sentAddress, 0, 0);
    } else {
      scratch.memory.set(JAVA_LONG_UNALIGNED, BsdScratch.STAT, 0);
      result =
          library.call7(BsdFunction.SENDFILE, inFd, outFd, from, most(count), 0, sentAddress, 0);
    }
    long sent = scratch.memory.get(JAVA_LONG_UNALIGNED, BsdScratch.STAT);
    boolean isPartly = result == -Errno.EAGAIN || result == -Errno.EINTR;
    if (result < 0 && !(isPartly && sent > 0)) {
      return result;
    }
    offset.set(JAVA_LONG_UNALIGNED, 0, from + sent);
    return (int) sent;
  }

  @Override
  public int open(long pathAddress, int flags, int mode) {
    if ((openFlags.lost(flags) & Linux.O_PATH) != 0) {
      return -Errno.EINVAL; // without it a file would be opened in earnest
    }
    return library.callVariadic(BsdFunction.OPEN, pathAddress, openFlags.toSystem(flags), mode);
  }

  @Override
  public int statx(int folderFd, long pathAddress, int flags, int mask, long statxAddress) {
    return stat.statx(folderFd, pathAddress, flags, statxAddress);
  }

  @Override
  public int unlink(long pathAddress) {
    return library.call(BsdFunction.UNLINK, pathAddress);
  }

  @Override
  public int rename(long oldPathAddress, long newPathAddress) {
    return library.call(BsdFunction.RENAME, oldPathAddress, newPathAddress);
  }

  @Override
  public int mkdir(long pathAddress, int mode) {
    return library.call(BsdFunction.MKDIR, pathAddress, mode);
  }

  @Override
  public int rmdir(long pathAddress) {
    return library.call(BsdFunction.RMDIR, pathAddress);
  }

  @Override
  public int close(int fd) {
    return library.call(BsdFunction.CLOSE, fd);
  }

  /** By {@code pipe} and {@code fcntl} where there is no such call. */
  @Override
  public int pipe2(long fdsAddress, int flags) {
    if ((flags & ~(Linux.O_CLOEXEC | Linux.O_NONBLOCK)) != 0) {
      return -Errno.EINVAL;
    }
    if (library.has(BsdFunction.PIPE2)) {
      return library.call(BsdFunction.PIPE2, fdsAddress, openFlags.toSystem(flags));
    }
    int result = library.call(BsdFunction.PIPE, fdsAddress);
    return result < 0 ? result : setFlagsOfTwo(fdsAddress, flags);
  }

  /** Gives both descriptors their flags, or closes them. */
  final int setFlagsOfTwo(long fdsAddress, int flags) {
    MemorySegment fds = BsdScratch.at(fdsAddress, 2L * Integer.BYTES);
    int first = fds.get(JAVA_INT, 0);
    int second = fds.get(JAVA_INT, Integer.BYTES);
    int result = setFlags(first, flags);
    result = result < 0 ? result : setFlags(second, flags);
    if (result < 0) {
      int _ = close(first);
      int _ = close(second);
    }
    return result;
  }

  /**
   * Makes a descriptor what O_CLOEXEC and O_NONBLOCK say, and nothing else; 0 or {@code -errno}.
   */
  final int setFlags(int fd, int flags) {
    int onExec = (flags & Linux.O_CLOEXEC) != 0 ? Linux.FD_CLOEXEC : 0;
    int result = fcntl(fd, Linux.F_SETFD, onExec);
    int old = result < 0 ? result : fcntl(fd, Linux.F_GETFL, 0);
    if (old < 0) {
      return old;
    }
    int wanted = (old & ~Linux.O_NONBLOCK) | (flags & Linux.O_NONBLOCK);
    return wanted == old ? 0 : fcntl(fd, Linux.F_SETFL, wanted);
  }

  @Override
  public int dup(int fd) {
    return library.call(BsdFunction.DUP, fd);
  }

  /** By {@code dup2} and {@code fcntl} where there is no such call. */
  @Override
  public int dup3(int fd, int newFd, int flags) {
    if (library.has(BsdFunction.DUP3)) {
      return library.call(BsdFunction.DUP3, fd, newFd, openFlags.toSystem(flags));
    }
    if (fd == newFd) {
      return -Errno.EINVAL;
    }
    int result = library.call(BsdFunction.DUP2, fd, newFd);
    boolean isClosedOnExec = result >= 0 && (flags & Linux.O_CLOEXEC) != 0;
    int _ = isClosedOnExec ? fcntl(newFd, Linux.F_SETFD, Linux.FD_CLOEXEC) : 0;
    return result;
  }

  @Override
  public int fcntl(int fd, int command, long argument) {
    int theirs = commands.toSystem(command);
    if (theirs == NumberMap.NONE) {
      return -Errno.EINVAL;
    }
    boolean sets = command == Linux.F_SETFL;
    long given = sets ? openFlags.toSystem((int) argument) : argument;
    int result = library.callVariadic(BsdFunction.FCNTL, fd, theirs, given);
    boolean gets = command == Linux.F_GETFL && result >= 0;
    return gets ? openFlags.fromSystem(result) : result;
  }

  @Override
  public int ioctl(int fd, long request, long argumentAddress) {
    if ((int) request == Linux.TIOCOUTQ) {
      return unsent(fd, argumentAddress);
    }
    if ((int) request == Linux.TCGETS) { // only whether it is a terminal: the structure is another
      return ioctl(fd, Constant.TCGETS, BsdScratch.own().address(BsdScratch.STAT));
    }
    for (Constant constant : REQUESTS) {
      if (constant.linuxValue() == (int) request && profile.has(constant)) {
        return ioctl(fd, constant, argumentAddress);
      }
    }
    return -Errno.ENOTTY;
  }

  private int ioctl(int fd, Constant request, long argumentAddress) {
    long theirs = profile.longValue(request);
    return library.callVariadic(BsdFunction.IOCTL, fd, theirs, argumentAddress);
  }

  /** What a socket has not sent: a request of its own, an option on macOS, or the terminals'. */
  private int unsent(int fd, long argumentAddress) {
    if (profile.has(Constant.FIONWRITE)) {
      return ioctl(fd, Constant.FIONWRITE, argumentAddress);
    }
    if (!profile.has(Constant.SO_NWRITE)) {
      return ioctl(fd, Constant.TIOCOUTQ, argumentAddress);
    }
    BsdScratch scratch = BsdScratch.own();
    scratch.memory.set(JAVA_INT, BsdScratch.STAT, Integer.BYTES);
    long length = scratch.address(BsdScratch.STAT);
    int level = profile.value(Constant.SOL_SOCKET);
    int option = profile.value(Constant.SO_NWRITE);
    return library.call(BsdFunction.GETSOCKOPT, fd, level, option, argumentAddress, length);
  }

  @Override
  public int getrlimit(int resource, long rlimitAddress) {
    if (resource != Linux.RLIMIT_NOFILE) {
      return -Errno.EINVAL;
    }
    int result =
        library.call(BsdFunction.GETRLIMIT, profile.value(Constant.RLIMIT_NOFILE), rlimitAddress);
    if (result >= 0) {
      replaceLimits(
          BsdScratch.at(rlimitAddress, Linux.SIZEOF_RLIMIT), BSD_INFINITY, LINUX_INFINITY);
    }
    return result;
  }

  @Override
  public int setrlimit(int resource, long rlimitAddress) {
    if (resource != Linux.RLIMIT_NOFILE) {
      return -Errno.EINVAL;
    }
    BsdScratch scratch = BsdScratch.own();
    MemorySegment limits = scratch.memory.asSlice(BsdScratch.STAT, Linux.SIZEOF_RLIMIT);
    var _ = limits.copyFrom(BsdScratch.at(rlimitAddress, Linux.SIZEOF_RLIMIT));
    replaceLimits(limits, LINUX_INFINITY, BSD_INFINITY);
    return library.call(
        BsdFunction.SETRLIMIT, profile.value(Constant.RLIMIT_NOFILE), limits.address());
  }

  private static void replaceLimits(MemorySegment limits, long from, long to) {
    for (long at = 0; at < Linux.SIZEOF_RLIMIT; at += Long.BYTES) {
      if (limits.get(JAVA_LONG_UNALIGNED, at) == from) {
        limits.set(JAVA_LONG_UNALIGNED, at, to);
      }
    }
  }
}
