package dev.pollux.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;

/** The functions of files, descriptors and signals of a {@link PlayedSystem}. */
final class PlayedFiles {

  private final PlayedSystem system;
  private final Profile profile;
  private final Sys real;

  PlayedFiles(PlayedSystem system) {
    this.system = system;
    this.profile = system.profile;
    this.real = system.real;
  }

  void addTo(Map<String, PlayedSystem.Function> to) {
    to.put("read", (a, b, c, d, e, f, g) -> real.read((int) a, b, c));
    to.put("write", (a, b, c, d, e, f, g) -> real.write((int) a, b, c));
    to.put("pread", (a, b, c, d, e, f, g) -> real.pread((int) a, b, c, d));
    to.put("pwrite", (a, b, c, d, e, f, g) -> real.pwrite((int) a, b, c, d));
    to.put("readv", (a, b, c, d, e, f, g) -> real.readv((int) a, b, (int) c));
    to.put("writev", (a, b, c, d, e, f, g) -> real.writev((int) a, b, (int) c));
    to.put("sendfile", this::sendfile);
    to.put("open", (a, b, c, d, e, f, g) -> real.open(a, openFlags((int) b), (int) c));
    to.put("fstat", (a, b, c, d, e, f, g) -> stat((int) a, 0, b, Linux.AT_EMPTY_PATH));
    to.put("fstatat", (a, b, c, d, e, f, g) -> stat(folder((int) a), b, c, follow((int) d)));
    to.put("unlink", (a, b, c, d, e, f, g) -> real.unlink(a));
    to.put("rename", (a, b, c, d, e, f, g) -> real.rename(a, b));
    to.put("mkdir", (a, b, c, d, e, f, g) -> real.mkdir(a, (int) b));
    to.put("rmdir", (a, b, c, d, e, f, g) -> real.rmdir(a));
    to.put("close", (a, b, c, d, e, f, g) -> real.close((int) a));
    to.put("pipe", (a, b, c, d, e, f, g) -> real.pipe2(a, 0));
    to.put("pipe2", (a, b, c, d, e, f, g) -> real.pipe2(a, openFlags((int) b)));
    to.put("dup", (a, b, c, d, e, f, g) -> real.dup((int) a));
    to.put("dup2", (a, b, c, d, e, f, g) -> real.dup3((int) a, (int) b, 0));
    to.put("dup3", (a, b, c, d, e, f, g) -> real.dup3((int) a, (int) b, openFlags((int) c)));
    to.put("fcntl", (a, b, c, d, e, f, g) -> fcntl((int) a, (int) b, c));
    to.put("ioctl", (a, b, c, d, e, f, g) -> real.ioctl((int) a, request((int) b), c));
    to.put("getrlimit", (a, b, c, d, e, f, g) -> real.getrlimit(resource((int) a), b));
    to.put("setrlimit", (a, b, c, d, e, f, g) -> real.setrlimit(resource((int) a), b));
    to.put("raise", (a, b, c, d, e, f, g) -> real.raise(system.ours(Kind.SIGNAL, (int) a)));
    to.put("pthread_sigmask", (a, b, c, d, e, f, g) -> sigmask((int) a, b, c));
  }

  private int openFlags(int theirs) {
    return system.ourFlags(Kind.OPEN_FLAG, theirs);
  }

  private int resource(int theirs) {
    return system.ours(Kind.RESOURCE, theirs);
  }

  private int folder(int theirs) {
    return theirs == profile.value(Constant.AT_FDCWD) ? Linux.AT_FDCWD : theirs;
  }

  private int follow(int theirs) {
    return theirs == 0 ? 0 : Linux.AT_SYMLINK_NOFOLLOW;
  }

  private int request(int theirs) {
    boolean isUnsent =
        profile.has(Constant.FIONWRITE) && theirs == profile.value(Constant.FIONWRITE);
    return isUnsent ? Linux.TIOCOUTQ : system.ours(Kind.IOCTL, theirs);
  }

  private int fcntl(int fd, int command, long argument) {
    int ours = system.ours(Kind.FCNTL_COMMAND, command);
    long given = ours == Linux.F_SETFL ? openFlags((int) argument) : argument;
    int result = real.fcntl(fd, ours, given);
    int seen = result & (Linux.O_NONBLOCK | Linux.O_APPEND | Linux.O_RDWR | Linux.O_WRONLY);
    return result < 0 || ours != Linux.F_GETFL ? result : system.theirFlags(Kind.OPEN_FLAG, seen);
  }

  /** macOS: the length goes in and out; else what was sent goes out, and there is a seventh. */
  private long sendfile(long a, long b, long c, long d, long e, long f, long g) {
    boolean isMac = profile.system().equals("macOS");
    long count = isMac ? PlayedSystem.longAt(d) : d;
    long sentAddress = isMac ? d : f;
    if (!isMac && (e != 0 || (int) g != 0)) {
      return -Errno.EINVAL;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment offset = arena.allocateFrom(java.lang.foreign.ValueLayout.JAVA_LONG, c);
      int result = real.sendfile((int) b, (int) a, offset.address(), count);
      PlayedSystem.setLong(sentAddress, Math.max(0, result));
      return Math.min(0, result);
    }
  }

  private long stat(int folder, long path, long out, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment found = arena.allocate(Linux.SIZEOF_STATX, 8);
      long name = path == 0 ? arena.allocateFrom("").address() : path;
      int result = real.statx(folder, name, flags, Linux.STATX_BASIC_STATS, found.address());
      if (result >= 0) {
        long at = found.address();
        var _ = PlayedSystem.memory(out, profile.size(Struct.STAT)).fill((byte) 0);
        system.write(
            out, Field.STAT_MODE, PlayedSystem.intAt(at + Offsets.STATX__STX_MODE) & 0xffff);
        system.write(out, Field.STAT_LINKS, PlayedSystem.intAt(at + Offsets.STATX__STX_NLINK));
        system.write(out, Field.STAT_UID, PlayedSystem.intAt(at + Offsets.STATX__STX_UID));
        system.write(out, Field.STAT_GID, PlayedSystem.intAt(at + Offsets.STATX__STX_GID));
        system.write(out, Field.STAT_INODE, PlayedSystem.longAt(at + Offsets.STATX__STX_INO));
        system.write(out, Field.STAT_SIZE, PlayedSystem.longAt(at + Offsets.STATX__STX_SIZE));
        system.write(out, Field.STAT_BLOCKS, PlayedSystem.longAt(at + Offsets.STATX__STX_BLOCKS));
        int blockBytes = PlayedSystem.intAt(at + Offsets.STATX__STX_BLKSIZE);
        system.write(out, Field.STAT_BLOCK_SIZE, blockBytes);
        time(at + Offsets.STATX__STX_MTIME, out + profile.offset(Field.STAT_MODIFIED));
        time(at + Offsets.STATX__STX_ATIME, out + profile.offset(Field.STAT_ACCESSED));
        time(at + Offsets.STATX__STX_CTIME, out + profile.offset(Field.STAT_CHANGED));
      }
      return result;
    }
  }

  private static void time(long from, long to) {
    PlayedSystem.setLong(to, PlayedSystem.longAt(from));
    PlayedSystem.setLong(to + Long.BYTES, PlayedSystem.intAt(from + Long.BYTES));
  }

  /** POSIX: a positive errno, and not -1. */
  private long sigmask(int how, long set, long old) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment given = arena.allocate(Linux.SIZEOF_SIGSET, 8);
      MemorySegment before = arena.allocate(Linux.SIZEOF_SIGSET, 8);
      if (set != 0) {
        PlayedSystem.setLong(given.address(), bits(set, true));
      }
      int ours = system.ours(Kind.SIGNAL_HOW, how);
      int result = real.pthreadSigmask(ours, set == 0 ? 0 : given.address(), before.address());
      if (result < 0) {
        return system.theirErrno(-result);
      }
      if (old != 0) {
        long mask = bits(before.address(), false);
        for (int i = 0; i < profile.size(Struct.SIGSET); i++) {
          byte part = i < Long.BYTES ? (byte) (mask >>> (i * Byte.SIZE)) : 0;
          PlayedSystem.memory(old + i, 1).set(java.lang.foreign.ValueLayout.JAVA_BYTE, 0, part);
        }
      }
      return 0;
    }
  }

  /** A set in the other form; signals that the other has not are left out. */
  private long bits(long address, boolean isTheirs) {
    long mask =
        isTheirs && profile.size(Struct.SIGSET) < Long.BYTES
            ? PlayedSystem.intAt(address) & 0xffff_ffffL
            : PlayedSystem.longAt(address);
    long result = 0;
    for (Constant each : Constant.values()) {
      if (each.kind() == Kind.SIGNAL && each.isOnLinux() && profile.has(each)) {
        int from = isTheirs ? profile.value(each) : each.linuxValue();
        int to = isTheirs ? each.linuxValue() : profile.value(each);
        result |= (mask & (1L << (from - 1))) != 0 ? 1L << (to - 1) : 0;
      }
    }
    return result;
  }
}
