package dev.pollux.model;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * poll and select, under the kernel's lock: both look at every descriptor, and if none is ready,
 * stand on all their queues at once.
 */
final class PollOps {

  // struct pollfd { int fd; short events; short revents; };
  private static final int EVENTS = 4;
  private static final int REVENTS = 6;
  private static final int ALWAYS = Linux.POLLERR | Linux.POLLHUP;

  /** Bits that a pollfd can ask for and report. */
  private static final int POLL_BITS = 0xffff;

  // What each set of select(2) asks for: a hang-up is told to the read set only.
  private static final int SELECT_READ =
      Linux.EPOLLRDNORM | Linux.EPOLLRDBAND | Linux.EPOLLIN | Linux.EPOLLHUP | Linux.EPOLLERR;
  private static final int SELECT_WRITE =
      Linux.EPOLLWRBAND | Linux.EPOLLWRNORM | Linux.EPOLLOUT | Linux.EPOLLERR;
  private static final int SELECT_EXCEPT = Linux.EPOLLPRI;

  /** What wakes a select, whatever it asks for: POLLEX_SET, and errors. */
  private static final int SELECT_ALWAYS = SELECT_EXCEPT | Linux.EPOLLERR;

  private static final int SELECT_CLOSED = SELECT_READ | SELECT_WRITE | SELECT_EXCEPT;

  private final Kernel kernel;
  private final FileTable table;

  PollOps(Kernel kernel, FileTable table) {
    this.kernel = kernel;
    this.table = table;
  }

  /** One scan over all descriptors of a call. */
  private interface Scan {

    /**
     * Writes down what is ready, and how many.
     *
     * @param places if not null, where to note the files and the bits that are waited for
     */
    int run(@Nullable Places places);
  }

  /** The queues that one call stands on. */
  private static final class Places implements Wakeable {
    private final Sleeper sleeper;
    private final List<WaitEntry> entries = new ArrayList<>();
    private final List<Description> pinned = new ArrayList<>();

    Places(Sleeper sleeper) {
      this.sleeper = sleeper;
    }

    void add(Description file, int bits) {
      WaitEntry entry = new WaitEntry(new Place(this, bits));
      file.acquire();
      pinned.add(file);
      entries.add(entry);
      file.file.queue().addFirst(entry, false);
    }

    void leave() {
      entries.forEach(WaitEntry::leave);
      pinned.forEach(Description::release);
    }

    @Override
    public boolean wake(WaitEntry entry, int key) {
      sleeper.wakeUp();
      return true;
    }
  }

  /** One of them, with a filter. */
  private record Place(Places all, int bits) implements Wakeable {
    @Override
    public boolean wake(WaitEntry entry, int key) {
      return (key == 0 || (key & bits) != 0) && all.wake(entry, key);
    }
  }

  private int await(Scan scan, long timeoutNanos, String call, int count) {
    int ready = scan.run(null);
    if (ready != 0 || timeoutNanos == 0) {
      return ready;
    }
    long deadline = kernel.deadline(timeoutNanos);
    if (kernel.hits(Fault.EINTR)) {
      return -Errno.EINTR;
    }
    Sleeper sleeper = kernel.clock.sleeper();
    Places places = new Places(sleeper);
    try {
      sleeper.prepare(call, count);
      ready = scan.run(places);
      while (ready == 0) {
        kernel.clock.sleep(sleeper, deadline);
        boolean timedOut = !sleeper.mayReturn();
        boolean interrupted = sleeper.takeInterrupt();
        ready = scan.run(null);
        if (ready == 0 && (timedOut || interrupted)) {
          return interrupted ? -Errno.EINTR : 0;
        }
        sleeper.prepare(call, count);
      }
      return ready;
    } finally {
      places.leave();
    }
  }

  // ---- poll

  int poll(long address, int count, long timeoutNanos) {
    if (Integer.toUnsignedLong(count) > table.softLimit()) {
      return -Errno.EINVAL;
    }
    if (!kernel.memory.valid(address, (long) count * Linux.SIZEOF_POLLFD)) {
      return -Errno.EFAULT;
    }
    return await(places -> scanPoll(address, count, places), timeoutNanos, "poll", count);
  }

  int ppoll(long address, int count, long timespec) {
    long timeout = timeout(timespec);
    return timeout < -1 ? (int) timeout : poll(address, count, timeout);
  }

  private int scanPoll(long address, int count, @Nullable Places places) {
    int ready = 0;
    for (long at = address, end = address + (long) count * Linux.SIZEOF_POLLFD;
        at < end;
        at += Linux.SIZEOF_POLLFD) {
      int fd = kernel.memory.getInt(at);
      int found = 0;
      if (fd >= 0) {
        Description file = table.get(fd);
        int wanted = (kernel.memory.getShort(at + EVENTS) & POLL_BITS) | ALWAYS;
        found = file == null ? Linux.POLLNVAL : file.file.poll() & wanted;
        if (places != null && file != null) {
          places.add(file, wanted);
        }
      }
      kernel.memory.setShort(at + REVENTS, found);
      ready += found == 0 ? 0 : 1;
    }
    return ready;
  }

  /** -1 for ever, nanoseconds, or -errno, which is below -1: EPERM does not occur. */
  private long timeout(long timespec) {
    if (timespec == 0) {
      return -1;
    }
    if (!kernel.memory.valid(timespec, Linux.SIZEOF_TIMESPEC)) {
      return -Errno.EFAULT;
    }
    long nanos = kernel.memory.timespec(timespec);
    return nanos < 0 ? -Errno.EINVAL : nanos;
  }

  // ---- select

  int select(int nfds, long read, long write, long except, long timeval) {
    Memory memory = kernel.memory;
    long timeout = -1;
    if (timeval != 0) {
      if (!memory.valid(timeval, Linux.SIZEOF_TIMEVAL)) {
        return -Errno.EFAULT;
      }
      long seconds = memory.getLong(timeval);
      long micros = memory.getLong(timeval + Long.BYTES);
      if (seconds < 0 || micros < 0) {
        return -Errno.EINVAL;
      }
      boolean far = seconds + micros / 1_000_000 >= Kernel.FOREVER / Kernel.NANOS_PER_SECOND - 1;
      timeout = far ? Kernel.FOREVER : seconds * Kernel.NANOS_PER_SECOND + micros * 1_000;
    }
    long start = timeval == 0 ? 0 : kernel.clock.now();
    int result = select(nfds, read, write, except, timeout, "select");
    if (timeval != 0 && timeout != Kernel.FOREVER) {
      long left = Math.max(0, timeout - (kernel.clock.now() - start));
      memory.setLong(timeval, left / Kernel.NANOS_PER_SECOND);
      memory.setLong(timeval + Long.BYTES, left % Kernel.NANOS_PER_SECOND / 1_000);
    }
    return result;
  }

  int pselect(int nfds, long read, long write, long except, long timespec) {
    long timeout = timeout(timespec);
    return timeout < -1 ? (int) timeout : select(nfds, read, write, except, timeout, "pselect");
  }

  private int select(int nfds, long read, long write, long except, long timeoutNanos, String call) {
    if (nfds < 0) {
      return -Errno.EINVAL;
    }
    int count = Math.min(nfds, table.capacity()); // what is beyond is not even looked at
    long[] sets = {read, write, except};
    int words = Math.ceilDiv(count, Long.SIZE);
    long[][] wanted = new long[sets.length][words];
    long[][] found = new long[sets.length][words];
    for (int s = 0; s < sets.length; s++) {
      if (sets[s] == 0) {
        continue;
      }
      if (!kernel.memory.valid(sets[s], (long) words * Long.BYTES)) {
        return -Errno.EFAULT;
      }
      for (int w = 0; w < words; w++) {
        wanted[s][w] = kernel.memory.getLong(sets[s] + (long) w * Long.BYTES);
      }
      if (count % Long.SIZE != 0) {
        wanted[s][words - 1] &= (1L << count) - 1;
      }
    }
    if (!allOpen(wanted, words)) {
      return -Errno.EBADF;
    }
    int result =
        await(places -> scanSelect(count, wanted, found, places), timeoutNanos, call, nfds);
    for (int s = 0; s < sets.length && result >= 0; s++) {
      for (int w = 0; sets[s] != 0 && w < words; w++) {
        kernel.memory.setLong(sets[s] + (long) w * Long.BYTES, found[s][w]);
      }
    }
    return result;
  }

  /** Looked at before any file is asked: asking an epoll instance changes it. */
  private boolean allOpen(long[][] wanted, int words) {
    for (int word = 0; word < words; word++) {
      long bits = wanted[0][word] | wanted[1][word] | wanted[2][word];
      for (; bits != 0; bits &= bits - 1) {
        if (table.get(word * Long.SIZE + Long.numberOfTrailingZeros(bits)) == null) {
          return false;
        }
      }
    }
    return true;
  }

  private int scanSelect(int count, long[][] wanted, long[][] found, @Nullable Places places) {
    int ready = 0;
    for (int fd = 0; fd < count; fd++) {
      int word = fd / Long.SIZE;
      long bit = 1L << fd;
      int bits = (wanted[0][word] & bit) != 0 ? SELECT_READ : 0;
      bits |= (wanted[1][word] & bit) != 0 ? SELECT_WRITE : 0;
      bits |= (wanted[2][word] & bit) != 0 ? SELECT_EXCEPT : 0;
      if (bits == 0) {
        continue;
      }
      Description file = table.get(fd); // null if it was closed during this call
      int mask = file == null ? SELECT_CLOSED : file.file.poll();
      ready += note(wanted[0], found[0], word, bit, mask & SELECT_READ);
      ready += note(wanted[1], found[1], word, bit, mask & SELECT_WRITE);
      ready += note(wanted[2], found[2], word, bit, mask & SELECT_EXCEPT);
      if (places != null && file != null) {
        places.add(file, bits | SELECT_ALWAYS);
      }
    }
    return ready;
  }

  private static int note(long[] wanted, long[] found, int word, long bit, int mask) {
    if ((wanted[word] & bit) == 0 || mask == 0) {
      return 0;
    }
    found[word] |= bit;
    return 1;
  }
}
