package dev.pollux.poll;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Offsets;
import dev.pollux.sys.PathBytes;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Changes of files and directories as a source: readable when there are events to {@link #take}.
 *
 * <p>One read of the kernel brings many events, which wait in a buffer here. So take until null,
 * whatever the trigger: events that are left in the buffer do not make the descriptor readable.
 *
 * <p>Limits: {@code fs.inotify.max_user_instances} of these for each user, {@code max_user_watches}
 * watches, and {@code max_queued_events} events that nobody has read; what comes after is lost, and
 * an event with {@link FileEvent#isOverflow} says so. A directory is watched without what is below
 * its subdirectories. Equal events in a row are one.
 *
 * <p>Ownership: the source owns its descriptor and its watches; {@link #close} is idempotent and
 * drops the events that were not taken.
 *
 * <p>Threads: any. Blocking: never on the descriptor; {@link #watch} looks the path up, on whatever
 * file system it is.
 *
 * <p>Source: inotify(7).
 */
public final class Inotify implements EventSource, AutoCloseable {

  /** Room for some 500 events of files with short names; one event takes at most 272 bytes. */
  private static final int BUFFER_BYTES = 16 << 10; // 16 KiB

  private static final long WATCH = Offsets.INOTIFY_EVENT__WD;
  private static final long MASK = Offsets.INOTIFY_EVENT__MASK;
  private static final long COOKIE = Offsets.INOTIFY_EVENT__COOKIE;
  private static final long LENGTH = Offsets.INOTIFY_EVENT__LEN;
  private static final long NAME = Offsets.INOTIFY_EVENT__NAME;

  private final Sys sys;
  private final OwnedFd own;

  // The events read and not taken: [position, limit) of the buffer. Under the monitor of "own".
  private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER_BYTES, Long.BYTES);
  private long position;
  private long limit;

  private Inotify(Sys sys) {
    this.sys = sys;
    this.own = new OwnedFd(sys, "Inotify");
  }

  /** As {@link #open(Sys)}, on the running kernel. */
  public static Inotify open() throws SysException {
    return open(NativeSys.open());
  }

  /**
   * An instance that watches nothing yet.
   *
   * @throws SysException EMFILE, ENFILE or ENOMEM
   */
  public static Inotify open(Sys sys) throws SysException {
    Inotify inotify = new Inotify(sys);
    int fd = sys.inotifyInit1(Linux.IN_NONBLOCK | Linux.IN_CLOEXEC);
    if (fd == -Errno.EMFILE) {
      throw SysException.of(
          "inotify_init1()",
          fd,
          "too many open files in this process, or more than fs.inotify.max_user_instances");
    }
    if (fd == -Errno.ENOSYS) {
      throw SysException.of(
          "inotify_init1()", fd, "Linux alone has it; java.nio.file.WatchService does without");
    }
    inotify.own.take("inotify_init1()", fd);
    return inotify;
  }

  /**
   * Starts watching a file or directory. One that is watched already keeps its watch, and the mask
   * replaces the old one.
   *
   * @param mask what to report, {@link Linux#IN_CREATE} and so on, with {@code IN_ONLYDIR}, {@code
   *     IN_ONESHOT} and the other options
   * @return the watch, as it stands in {@link FileEvent#watch}; numbers are not used again soon
   * @throws SysException ENOENT, EACCES, ENOTDIR by the path; ENOSPC at the limit of watches;
   *     EINVAL for a mask without events
   * @throws IllegalArgumentException for a path of another file system than the default one
   */
  public int watch(Path path, int mask) throws SysException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = PathBytes.allocate(arena, path);
      synchronized (own) {
        int result = sys.inotifyAddWatch(own.number(), memory.address(), mask);
        String call = "inotify_add_watch(" + own + ", " + path + ")";
        if (result == -Errno.ENOSPC) {
          throw SysException.of(call, result, "more than fs.inotify.max_user_watches");
        }
        return SysException.check(call, result);
      }
    }
  }

  /**
   * Stops watching; an event with {@link FileEvent#isIgnored} follows. Does nothing for a watch
   * that is gone, because its file may be deleted at any time.
   */
  public void unwatch(int watch) throws SysException {
    synchronized (own) {
      int result = sys.inotifyRmWatch(own.number(), watch);
      if (result < 0 && result != -Errno.EINVAL) {
        throw own.failed("inotify_rm_watch", result);
      }
    }
  }

  /**
   * The next event, in order.
   *
   * @return null when there is none
   */
  public @Nullable FileEvent take() throws SysException {
    synchronized (own) {
      own.number(); // fails if closed, even with events in the buffer
      if (position == limit) {
        int result = own.read(buffer);
        if (result == -Errno.EAGAIN) {
          return null;
        }
        if (result < 0) {
          throw own.failed("read", result);
        }
        position = 0;
        limit = result;
      }
      return decode();
    }
  }

  private FileEvent decode() {
    int length = buffer.get(ValueLayout.JAVA_INT, position + LENGTH);
    byte[] name = name(position + NAME, length);
    FileEvent event =
        new FileEvent(
            buffer.get(ValueLayout.JAVA_INT, position + WATCH),
            buffer.get(ValueLayout.JAVA_INT, position + MASK),
            buffer.get(ValueLayout.JAVA_INT, position + COOKIE),
            PathBytes.text(name),
            PathBytes.name(name));
    position += NAME + length;
    return event;
  }

  /** The name is padded with NULs up to its length. */
  private byte[] name(long offset, int length) {
    byte[] bytes = buffer.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
    int end = 0;
    while (end < length && bytes[end] != 0) {
      end++;
    }
    return Arrays.copyOf(bytes, end);
  }

  @Override
  public int fd() {
    return own.number();
  }

  @Override
  public void close() {
    own.close();
  }

  @Override
  public String toString() {
    return own.toString();
  }
}
