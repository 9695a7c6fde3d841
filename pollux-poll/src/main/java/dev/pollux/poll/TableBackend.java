package dev.pollux.poll;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import java.util.Set;

/**
 * {@link Mechanism} on a call that knows level only and keeps no list, poll or select: {@link
 * InterestTable} keeps it and its triggers, {@link TableCall} is the call.
 */
final class TableBackend implements Mechanism {

  private final Backend backend;
  private final Sys sys;
  private final DescriptorWaker waker;
  private final Object lock;
  private final InterestTable table;
  private final TableCall call;

  /** All waits are to end; under the lock. */
  private boolean closing;

  TableBackend(
      Backend backend,
      Sys sys,
      DescriptorWaker waker,
      Object lock,
      InterestTable table,
      TableCall call) {
    this.backend = backend;
    this.sys = sys;
    this.waker = waker;
    this.lock = lock;
    this.table = table;
    this.call = call;
  }

  @Override
  public Set<Capability> capabilities() {
    return call.capabilities();
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
  public int await(Events events, long timeoutNanos) {
    if (!begin()) {
      return -Errno.EINTR;
    }
    boolean hasReturned = false;
    int result = 0;
    try {
      result = call.await(events.timespec().set(timeoutNanos));
      hasReturned = true;
    } finally {
      synchronized (lock) {
        table.endWait();
        if (hasReturned) {
          result = decode(events, result);
        }
      }
    }
    return result;
  }

  /** A wait begins; false if all waits are to end, and the ring for that may be taken already. */
  private boolean begin() {
    synchronized (lock) {
      if (table.isWaiting()) {
        throw new IllegalStateException(
            "another thread waits on this poller, and "
                + backend.label()
                + " serves one waiter: use epoll, or a poller a thread");
      }
      if (table.isChanged()) {
        table.takeSnapshot();
        call.prepare(waker.fd());
      }
      if (!closing) {
        table.beginWait();
      }
      return !closing;
    }
  }

  private int decode(Events events, int result) {
    if (result == -Errno.EBADF) {
      return reportClosed(events);
    }
    int left = result;
    if (result > 0 && call.foundAtWaker() != 0) {
      events.token = true;
      left--;
    }
    // Scans from where the last full batch ended, until all that the call counted are found.
    int size = table.snapshotSize();
    int index = table.scanStart();
    for (int visited = 0; visited < size && left > 0; visited++) {
      int bits = call.found(index);
      if (bits != 0) {
        if (events.isFull()) {
          table.scanFrom(index);
          break;
        }
        left -= call.countOf(bits);
        report(events, table.snapshotAt(index), bits);
      }
      index = index + 1 == size ? 0 : index + 1;
    }
    return result;
  }

  private void report(Events events, Registration registration, int bits) {
    int report = table.deliver(registration, bits);
    if (report != 0) {
      events.registrations[events.count] = registration;
      events.masks[events.count] = report;
      events.count++;
    }
  }

  /**
   * One closed descriptor fails a whole select: reports each of them as poll would, and mutes it.
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
    closing = true;
    waker.ring(); // there is one waiter at most
  }

  @Override
  public Waker waker() {
    return waker;
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
