package dev.pollux.net;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.pollux.sys.Linux;
import dev.pollux.sys.Offsets;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.UnixAddress;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.SocketAddress;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The file of a bound Unix socket, by what tells it from a later one of the same name: device and
 * inode. So what is removed at the end is what was made at the beginning, not a successor's.
 *
 * <p>Threads: any. Not guaranteed: anything, if somebody replaces the file between the look and the
 * removal; the kernel has no call that does both.
 */
final class UnixPath {

  private final Sys sys;
  private final UnixAddress address;
  private final Identity made;
  private final AtomicBoolean done = new AtomicBoolean();

  /** What tells a file from a later one of the same name. */
  record Identity(int deviceMajor, int deviceMinor, long inode, boolean isSocket) {}

  private UnixPath(Sys sys, UnixAddress address, Identity made) {
    this.sys = sys;
    this.address = address;
    this.made = made;
  }

  /** The file of a socket that was just bound, if it has one; null otherwise. */
  static @Nullable UnixPath ofBound(Sys sys, @Nullable SocketAddress address) {
    return address instanceof UnixAddress unix ? of(sys, unix) : null;
  }

  /** The file of a socket that was just bound; null if it has none, or it cannot be told. */
  static @Nullable UnixPath of(Sys sys, UnixAddress address) {
    Identity made = address.isAbstract() || address.isUnnamed() ? null : look(sys, address);
    return made == null ? null : new UnixPath(sys, address, made);
  }

  /** The file that another process has made, and left to this one. */
  static UnixPath of(Sys sys, UnixAddress address, Identity made) {
    return new UnixPath(sys, address, made);
  }

  Identity identity() {
    return made;
  }

  /** Removes the file, if it is still this one. Does nothing the second time. */
  void remove() {
    if (!done.getAndSet(true) && made.equals(look(sys, address))) {
      int _ = unlink(sys, address);
    }
  }

  /** Removes the file of a socket that may have one. */
  static void removeIfAny(@Nullable UnixPath path) {
    if (path != null) {
      path.remove();
    }
  }

  /** Leaves the file: it is somebody else's now. */
  void keep() {
    done.set(true);
  }

  /** Removes the file of a socket that is nobody's any more, whatever its type; whether it did. */
  static boolean removeStale(Sys sys, UnixAddress address) {
    Identity found = address.isAbstract() || address.isUnnamed() ? null : look(sys, address);
    return found != null
        && found.isSocket
        && Sockets.isDeserted(sys, address)
        && found.equals(look(sys, address))
        && unlink(sys, address) == 0;
  }

  private static @Nullable Identity look(Sys sys, UnixAddress address) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment stat = arena.allocate(Linux.SIZEOF_STATX, Long.BYTES);
      int result =
          sys.statx(
              Linux.AT_FDCWD,
              path(arena, address).address(),
              Linux.AT_SYMLINK_NOFOLLOW,
              Linux.STATX_BASIC_STATS,
              stat.address());
      if (result < 0) {
        return null;
      }
      int mode = stat.get(JAVA_SHORT, Offsets.STATX__STX_MODE) & 0xffff;
      return new Identity(
          stat.get(JAVA_INT, Offsets.STATX__STX_DEV_MAJOR),
          stat.get(JAVA_INT, Offsets.STATX__STX_DEV_MINOR),
          stat.get(JAVA_LONG, Offsets.STATX__STX_INO),
          (mode & Linux.S_IFMT) == Linux.S_IFSOCK);
    }
  }

  private static int unlink(Sys sys, UnixAddress address) {
    try (Arena arena = Arena.ofConfined()) {
      return sys.unlink(path(arena, address).address());
    }
  }

  /** The bytes of the path, whatever they mean, and a NUL. */
  private static MemorySegment path(Arena arena, UnixAddress address) {
    byte[] bytes = address.nameBytes();
    MemorySegment path = arena.allocate(bytes.length + 1L);
    MemorySegment.copy(bytes, 0, path, JAVA_BYTE, 0, bytes.length);
    return path;
  }
}
