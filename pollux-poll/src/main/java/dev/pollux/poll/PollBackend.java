package dev.pollux.poll;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Offsets;
import dev.pollux.sys.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * {@link Mechanism} on poll, which knows level only and keeps no list: {@link InterestTable} does.
 *
 * <p>A muted entry has a negative descriptor, because poll reports errors and hang-ups even of one
 * that asks for nothing.
 */
final class PollBackend implements Mechanism {

  private static final int FD = Offsets.POLLFD__FD;
  private static final int EVENTS = Offsets.POLLFD__EVENTS;
  private static final int REVENTS = Offsets.POLLFD__REVENTS;

  private final Sys sys;
  private final Waker waker;
  private final ReentrantLock lock;
  private final InterestTable table;

  /** The snapshot as the kernel wants it. */
  private MemorySegment pollfds = MemorySegment.NULL;

  PollBackend(Sys sys, Waker waker, ReentrantLock lock) {
    this.sys = sys;
    this.waker = waker;
    this.lock = lock;
    this.table = new InterestTable(lock);
  }

  @Override
  public Set<Capability> capabilities() {
    return EnumSet.of(
        Capability.READ_CLOSED, Capability.HANGUP_AND_ERROR, Capability.NANOSECOND_TIMEOUT);
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
        sys.ppoll(
            pollfds.address(),
            table.snapshotSize(),
            timeoutNanos < 0 ? 0 : events.timespec(timeoutNanos),
            0);
    lock.lock();
    try {
      table.endWait();
      if (result > 0) {
        decode(events, result);
      }
    } finally {
      lock.unlock();
    }
    return result;
  }

  private void prepare() {
    lock.lock();
    try {
      if (!table.beginWait(Backend.POLL)) {
        return;
      }
      int size = table.snapshotSize();
      long bytes = (long) size * Linux.SIZEOF_POLLFD;
      if (pollfds.byteSize() < bytes) {
        pollfds = Arena.ofAuto().allocate(2 * bytes, Linux.SIZEOF_POLLFD);
      }
      for (int i = 0; i < size; i++) {
        Registration registration = table.snapshotAt(i);
        int wanted = InterestTable.wanted(registration);
        long at = (long) i * Linux.SIZEOF_POLLFD;
        pollfds.set(
            ValueLayout.JAVA_INT,
            at + FD,
            wanted == InterestTable.MUTED ? ~registration.fd() : registration.fd());
        pollfds.set(ValueLayout.JAVA_SHORT, at + EVENTS, (short) wanted);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Scans from where the last full batch ended, until all that poll counted are found. */
  private void decode(Events events, int found) {
    int size = table.snapshotSize();
    int index = table.scanStart();
    for (int visited = 0; visited < size && found > 0; visited++) {
      int bits = pollfds.get(ValueLayout.JAVA_SHORT, (long) index * Linux.SIZEOF_POLLFD + REVENTS);
      if (bits != 0) {
        if (events.isFull()) {
          table.scanFrom(index);
          return;
        }
        found--;
        report(events, table.snapshotAt(index), bits);
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
