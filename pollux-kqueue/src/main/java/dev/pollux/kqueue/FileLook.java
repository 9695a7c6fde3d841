package dev.pollux.kqueue;

import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Offsets;
import dev.pollux.sys.PathBytes;
import dev.pollux.sys.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * A look at the file behind a descriptor, and how far it is to its end. Under the queue's lock.
 *
 * <p>Source: statx(2), ioctl_fs(2), proc_pid_fdinfo(5).
 */
final class FileLook {

  private static final int S_IFMT = 0170000;
  private static final int S_IFSOCK = 0140000;
  private static final int S_IFREG = 0100000;
  private static final int S_IFDIR = 0040000;
  private static final int S_IFIFO = 0010000;
  private static final int INFO_BYTES = 64; // as far as the position goes
  private static final int FIRST_DIGIT = "pos:\t".length();

  private final Sys sys;
  private final MemorySegment stat = Arena.ofAuto().allocate(Linux.SIZEOF_STATX, 8);
  private final MemorySegment empty = Arena.ofAuto().allocate(1);
  private final IoBuffer buffer = IoBuffer.allocate(INFO_BYTES);

  FileLook(Sys sys) {
    this.sys = sys;
    var _ = buffer.buffer().order(ByteOrder.nativeOrder());
  }

  /** Looks at it; 0 or an errno. */
  int at(int fd) {
    int mask = Linux.STATX_BASIC_STATS;
    int result = sys.statx(fd, empty.address(), Linux.AT_EMPTY_PATH, mask, stat.address());
    return Math.max(0, -result);
  }

  // ---- what was seen

  private int type() {
    return stat.get(ValueLayout.JAVA_SHORT, Offsets.STATX__STX_MODE) & S_IFMT;
  }

  boolean isRegular() {
    return type() == S_IFREG;
  }

  boolean isFolder() {
    return type() == S_IFDIR;
  }

  /** Whether it is in no file system: a socket, a pipe, an epoll instance. */
  boolean isNameless() {
    return type() == 0 || type() == S_IFSOCK || type() == S_IFIFO;
  }

  long links() {
    return Integer.toUnsignedLong(stat.get(ValueLayout.JAVA_INT, Offsets.STATX__STX_NLINK));
  }

  long size() {
    return stat.get(ValueLayout.JAVA_LONG, Offsets.STATX__STX_SIZE);
  }

  private long inode() {
    return stat.get(ValueLayout.JAVA_LONG, Offsets.STATX__STX_INO);
  }

  private long device() {
    long major = stat.get(ValueLayout.JAVA_INT, Offsets.STATX__STX_DEV_MAJOR);
    return major << Integer.SIZE | stat.get(ValueLayout.JAVA_INT, Offsets.STATX__STX_DEV_MINOR);
  }

  /** Whether it is the same file. */
  boolean isOf(FileState state) {
    return state.inode == inode() && state.device == device();
  }

  void copyTo(FileState state) {
    state.device = device();
    state.inode = inode();
    state.links = links();
    state.size = size();
  }

  // ---- its end

  /** From the position to the end of the regular file that was looked at; negative behind that. */
  long toEnd(int fd) {
    if (size() <= Integer.MAX_VALUE && sys.ioctl(fd, Linux.FIONREAD, buffer.address()) == 0) {
      return buffer.buffer().getInt(0);
    }
    return size() - position(fd);
  }

  /** As the kernel writes it, for what does not fit into an int; 0 if it does not. */
  private long position(int fd) {
    int info;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment path = PathBytes.allocate(arena, Path.of("/proc/self/fdinfo/" + fd));
      info = sys.open(path.address(), Linux.O_CLOEXEC, 0);
    }
    if (info < 0) {
      return 0;
    }
    ByteBuffer text = buffer.buffer().clear();
    int _ = buffer.read(sys, info);
    int _ = sys.close(info);
    long position = 0;
    for (int i = FIRST_DIGIT; i < text.position() && Character.isDigit(text.get(i)); i++) {
      position = 10 * position + Character.digit(text.get(i), 10);
    }
    return position;
  }
}
