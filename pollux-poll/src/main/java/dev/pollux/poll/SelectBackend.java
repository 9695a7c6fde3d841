package dev.pollux.poll;

import dev.pollux.sys.Errno;
import dev.pollux.sys.FdSet;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * {@link Mechanism} on select, which knows level only, tells readable, writable and priority, and
 * keeps no list: {@link InterestTable} does.
 *
 * <p>The sets are as long as the highest descriptor needs; the limit of 1024 is the C library's
 * macros', not the kernel's.
 */
final class SelectBackend implements Mechanism {

  private static final int READ = 0;
  private static final int WRITE = 1;
  private static final int EXCEPT = 2;
  private static final int[] BITS = {Linux.EPOLLIN, Linux.EPOLLOUT, Linux.EPOLLPRI};

  private final Sys sys;
  private final Waker waker;
  private final ReentrantLock lock;
  private final InterestTable table;

  /** The snapshot as sets: read, write, except. */
  private final FdSet[] wanted = emptySets(Linux.FD_SETSIZE);

  /** What the kernel overwrites. */
  private final FdSet[] found = emptySets(Linux.FD_SETSIZE);

  /** Which sets have a descriptor. */
  private final boolean[] used = new boolean[BITS.length];

  /** One past the highest descriptor in the sets. */
  private int nfds;

  SelectBackend(Sys sys, Waker waker, ReentrantLock lock) {
    this.sys = sys;
    this.waker = waker;
    this.lock = lock;
    this.table = new InterestTable(lock);
  }

  @Override
  public Set<Capability> capabilities() {
    return EnumSet.of(Capability.NANOSECOND_TIMEOUT);
  }

  @Override
  public boolean emulatesEdges() {
    return true;
  }

  @Override
  public int add(Registration registration) {
    int result = Descriptors.check(sys, registration.fd());
    if (result >= 0) {
      table.add(registration);
    }
    return result;
  }

  @Override
  public int modify(Registration registration) {
    int result = Descriptors.check(sys, registration.fd());
    if (result >= 0) {
      table.touch();
    }
    return result;
  }

  @Override
  public void remove(Registration registration) {
    table.remove(registration);
  }

  @Override
  public void drained(Registration registration, Interest directions) {
    table.drained(registration, directions);
  }

  @Override
  public int wait(Events events, long timeoutNanos) {
    prepare();
    int result =
        sys.pselect(
            nfds,
            copyOf(READ),
            copyOf(WRITE),
            copyOf(EXCEPT),
            timeoutNanos < 0 ? 0 : events.timespec(timeoutNanos),
            0);
    lock.lock();
    try {
      table.endWait();
      if (result > 0) {
        decode(events, result);
      } else if (result == -Errno.EBADF) {
        result = reportClosed(events);
      }
    } finally {
      lock.unlock();
    }
    return result;
  }

  /**
   * The address of a set to be overwritten, or 0, which saves the kernel a scan, if it is empty.
   */
  private long copyOf(int set) {
    if (!used[set]) {
      return 0;
    }
    found[set].copyFrom(wanted[set]);
    return found[set].address();
  }

  private void prepare() {
    lock.lock();
    try {
      if (!table.beginWait(Backend.SELECT)) {
        return;
      }
      makeRoom();
      nfds = 0;
      for (int set = 0; set < wanted.length; set++) {
        wanted[set].zero();
        used[set] = false;
      }
      for (int i = 0; i < table.snapshotSize(); i++) {
        Registration registration = table.snapshotAt(i);
        int bits = InterestTable.wanted(registration);
        if (bits != InterestTable.MUTED) {
          include(registration.fd(), bits);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Replaces the sets by larger ones where a descriptor needs it. */
  private void makeRoom() {
    int highest = 0;
    for (int i = 0; i < table.snapshotSize(); i++) {
      highest = Math.max(highest, table.snapshotAt(i).fd());
    }
    if (highest >= wanted[0].capacity()) {
      System.arraycopy(emptySets(2 * highest), 0, wanted, 0, wanted.length);
      System.arraycopy(emptySets(2 * highest), 0, found, 0, found.length);
    }
  }

  private static FdSet[] emptySets(int capacity) {
    return new FdSet[] {
      FdSet.allocate(capacity), FdSet.allocate(capacity), FdSet.allocate(capacity)
    };
  }

  private void include(int fd, int bits) {
    nfds = Math.max(nfds, fd + 1);
    for (int set = 0; set < wanted.length; set++) {
      if ((bits & BITS[set]) != 0) {
        wanted[set].set(fd);
        used[set] = true;
      }
    }
  }

  /** Scans from where the last full batch ended, until all bits that select counted are found. */
  private void decode(Events events, int bitsFound) {
    int size = table.snapshotSize();
    int index = table.scanStart();
    for (int visited = 0; visited < size && bitsFound > 0; visited++) {
      Registration registration = table.snapshotAt(index);
      int fd = registration.fd();
      int bits = 0;
      for (int set = 0; set < found.length; set++) {
        bits |= used[set] && found[set].isSet(fd) ? BITS[set] : 0;
      }
      if (bits != 0) {
        if (events.isFull()) {
          table.scanFrom(index);
          return;
        }
        bitsFound -= Integer.bitCount(bits);
        report(events, registration, bits);
      }
      index = index + 1 == size ? 0 : index + 1;
    }
  }

  private void report(Events events, Registration registration, int bits) {
    if (registration.attachment() == waker) {
      events.token = true;
      return;
    }
    int report = table.deliver(registration, bits);
    if (report != 0) {
      events.append(registration, report);
    }
  }

  /**
   * One closed descriptor fails the whole call: reports each of them as poll would, and mutes it.
   */
  private int reportClosed(Events events) {
    for (int i = 0; i < table.snapshotSize() && !events.isFull(); i++) {
      Registration registration = table.snapshotAt(i);
      if (InterestTable.wanted(registration) != InterestTable.MUTED
          && Descriptors.check(sys, registration.fd()) < 0) {
        report(events, registration, Linux.POLLNVAL);
      }
    }
    return events.count();
  }

  @Override
  public boolean needsInterrupt() {
    return table.isOutdated();
  }

  @Override
  public void interruptAll() {
    waker.ring(); // there is one waiter at most
  }

  @Override
  public int fd() {
    return -Errno.ENOSYS;
  }

  @Override
  public void close() {
    // Holds no descriptor.
  }
}
