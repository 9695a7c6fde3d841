package dev.pollux.model;

import dev.pollux.sys.Errno;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The descriptors of the one process: numbers, each of which refers to an open file description.
 *
 * <p>A new descriptor is the lowest free number, which is why a number comes back soon after it was
 * closed.
 */
final class FileTable {

  private static final int INITIAL = 64;

  private final Kernel kernel;
  private @Nullable Description[] slots = new @Nullable Description[INITIAL];
  private final BitSet closeOnExec = new BitSet();

  /** Numbers that calls which sleep will give to what they are waiting for. */
  private final BitSet reserved = new BitSet();

  /** No number below is free. */
  private int lowest;

  /** RLIMIT_NOFILE: numbers from the soft limit on are not given out. */
  private long softLimit;

  private long hardLimit;

  FileTable(Kernel kernel) {
    this.kernel = kernel;
    this.softLimit = kernel.limits.maxFds();
    this.hardLimit = softLimit;
  }

  long softLimit() {
    return softLimit;
  }

  long hardLimit() {
    return hardLimit;
  }

  void limit(long soft, long hard) {
    softLimit = soft;
    hardLimit = hard;
  }

  /** The description of an open descriptor, or null. */
  @Nullable Description get(int fd) {
    return fd >= 0 && fd < slots.length ? slots[fd] : null;
  }

  /** What it has room for without growing, which it does by doubling. */
  int capacity() {
    return slots.length;
  }

  /** The description of a number that is known to be open. */
  Description open(int fd) {
    return Objects.requireNonNull(get(fd));
  }

  /** 0 if {@code count} new files can be opened, or -EMFILE, -ENFILE or -ENOMEM. */
  int checkRoom(int count) {
    if (kernel.hits(Fault.EMFILE)) {
      return -Errno.EMFILE;
    }
    int fd = -1;
    for (int i = 0; i < count; i++) {
      fd = nextFree(fd + 1);
    }
    if (fd >= softLimit) {
      return -Errno.EMFILE;
    }
    if (kernel.files + count > kernel.limits.maxFiles() || kernel.hits(Fault.ENFILE)) {
      return -Errno.ENFILE;
    }
    return kernel.hits(Fault.ENOMEM) ? -Errno.ENOMEM : 0;
  }

  /** Opens a file under the lowest free number; {@link #checkRoom} was asked before. */
  int open(File file, int flags, boolean cloexec) {
    Description description = new Description(kernel, file, flags);
    int fd = nextFree(0);
    put(fd, description, cloexec);
    return fd;
  }

  /** Sets the lowest free number aside; {@link #checkRoom} was asked before. */
  int reserve() {
    int fd = nextFree(0);
    reserved.set(fd);
    return fd;
  }

  /** Opens a file under a number that was set aside. */
  void openReserved(int fd, File file, int flags, boolean cloexec) {
    reserved.clear(fd);
    put(fd, new Description(kernel, file, flags), cloexec);
  }

  /** Gives back a number that was set aside; nothing if a file is open under it now. */
  void unreserve(int fd) {
    if (reserved.get(fd)) {
      reserved.clear(fd);
      lowest = Math.min(lowest, fd);
    }
  }

  boolean isReserved(int fd) {
    return reserved.get(fd);
  }

  /** Refers to a description by one more number, the lowest free one from {@code from} on. */
  int duplicate(Description description, int from, boolean cloexec) {
    if (from < 0 || from >= softLimit) {
      return -Errno.EINVAL;
    }
    int fd = nextFree(from);
    if (fd >= softLimit || kernel.hits(Fault.EMFILE)) {
      return -Errno.EMFILE;
    }
    put(fd, description, cloexec);
    return fd;
  }

  /** Makes this very number refer to a description; what it referred to is closed. */
  void replace(int fd, Description description, boolean cloexec) {
    Description old = get(fd);
    put(fd, description, cloexec);
    if (old != null) {
      old.release();
    }
  }

  int close(int fd) {
    Description description = get(fd);
    if (description == null) {
      return -Errno.EBADF;
    }
    slots[fd] = null;
    closeOnExec.clear(fd);
    lowest = Math.min(lowest, fd);
    description.release();
    return 0;
  }

  boolean isCloseOnExec(int fd) {
    return closeOnExec.get(fd);
  }

  void setCloseOnExec(int fd, boolean on) {
    closeOnExec.set(fd, on);
  }

  /** The open descriptors, each with the kind of its file. */
  SortedMap<Integer, String> kinds() {
    SortedMap<Integer, String> kinds = new TreeMap<>();
    for (int fd = 0; fd < slots.length; fd++) {
      Description each = slots[fd];
      if (each != null) {
        kinds.put(fd, each.file.kind());
      }
    }
    return kinds;
  }

  /** The sockets of these in which bytes, datagrams or connections wait, each with its kind. */
  SortedMap<Integer, String> unread() {
    SortedMap<Integer, String> unread = new TreeMap<>();
    for (int fd = 0; fd < slots.length; fd++) {
      Description each = slots[fd];
      if (each != null && each.file instanceof Socket socket && socket.hasUnread()) {
        unread.put(fd, socket.kind());
      }
    }
    return unread;
  }

  private void put(int fd, Description description, boolean cloexec) {
    if (fd >= slots.length) {
      slots = Arrays.copyOf(slots, 2 * Integer.highestOneBit(fd));
    }
    description.acquire();
    slots[fd] = description;
    closeOnExec.set(fd, cloexec);
  }

  private int nextFree(int from) {
    int fd = Math.max(from, lowest);
    while (get(fd) != null || reserved.get(fd)) {
      fd++;
    }
    if (from <= lowest) {
      lowest = fd;
    }
    return fd;
  }
}
