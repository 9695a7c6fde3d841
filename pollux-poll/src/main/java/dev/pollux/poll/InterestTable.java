package dev.pollux.poll;

import dev.pollux.sys.Linux;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The interest list of the backends whose kernel keeps none, and their triggers.
 *
 * <p>Level-triggered entries are asked for as they are. An edge is emulated by muting what was
 * delivered: a delivered bit is not asked for again until it is drained or the entry is modified. A
 * delivered hang-up or error mutes the whole entry until then, because poll would report it for
 * ever. A one-shot is muted whole by its one event.
 *
 * <p>A wait works on a snapshot, taken when something changed since the last one, so others may
 * change the table while the kernel looks at the snapshot; they then interrupt that wait.
 *
 * <p>Threads: under the poller's lock.
 */
final class InterestTable {

  /** Not to be watched at all; differs from 0, which still learns of errors and hang-ups. */
  static final int MUTED = -1;

  private static final int FIRST_CAPACITY = 16;

  /** What poll reports without being asked. */
  private static final int UNASKED_BITS = Linux.EPOLLHUP | Linux.EPOLLERR | Linux.POLLNVAL;

  private final ReentrantLock lock;
  private @Nullable Registration[] entries = new Registration[FIRST_CAPACITY];
  private int size;
  private boolean changed = true;
  private boolean waiting;

  private @Nullable Registration[] snapshot = new Registration[FIRST_CAPACITY];
  private int snapshotSize;

  /** Where the next scan starts, for fairness. */
  private int first;

  InterestTable(ReentrantLock lock) {
    this.lock = lock;
  }

  void add(Registration registration) {
    if (size == entries.length) {
      entries = Arrays.copyOf(entries, size * 2);
    }
    registration.index = size;
    entries[size++] = registration;
    changed = true;
  }

  void remove(Registration registration) {
    Registration last = entries[--size];
    assert last != null;
    entries[registration.index] = last;
    last.index = registration.index;
    entries[size] = null;
    changed = true;
  }

  /** An entry is asked for differently from now on. */
  void touch() {
    changed = true;
  }

  void drained(Registration registration, Interest directions) {
    // A half-close is final. A hang-up or an error may pass: a socket is connected after all, an
    // error was read. If it has not passed, it is reported once more.
    int bits = (directions.mask() & ~Linux.EPOLLRDHUP) | Linux.EPOLLHUP | Linux.EPOLLERR;
    if ((registration.delivered & bits) != 0) {
      registration.delivered &= ~bits;
      changed = true;
    }
  }

  /** Whether a wait in progress looks at an outdated snapshot. */
  boolean isOutdated() {
    return waiting && changed;
  }

  /**
   * A wait begins; at most one at a time.
   *
   * @return whether the snapshot was taken anew
   */
  boolean beginWait(Backend backend) {
    if (waiting) {
      throw new IllegalStateException(
          "another thread waits on this poller, and "
              + backend.label()
              + " serves one waiter: use epoll, or a poller a thread");
    }
    waiting = true;
    boolean anew = changed;
    if (anew) {
      takeSnapshot();
      changed = false;
    }
    return anew;
  }

  private void takeSnapshot() {
    if (snapshot.length < size) {
      snapshot = new Registration[entries.length];
    }
    System.arraycopy(entries, 0, snapshot, 0, size);
    if (size < snapshotSize) {
      Arrays.fill(snapshot, size, Math.min(snapshotSize, snapshot.length), null);
    }
    snapshotSize = size;
  }

  void endWait() {
    assert lock.isHeldByCurrentThread();
    waiting = false;
  }

  int snapshotSize() {
    return snapshotSize;
  }

  Registration snapshotAt(int index) {
    Registration registration = snapshot[index];
    assert registration != null;
    return registration;
  }

  /** The index at which a scan starts that visits all entries in turn over several batches. */
  int scanStart() {
    return snapshotSize == 0 ? 0 : first % snapshotSize;
  }

  /** The batch was full: the next scan starts here. */
  void scanFrom(int index) {
    first = index;
  }

  /** The bits to ask the kernel for, or {@link #MUTED}. */
  static int wanted(Registration registration) {
    Interest interest = registration.interest();
    if (registration.disarmed || interest == Interest.NONE) {
      return MUTED;
    }
    if (!registration.trigger().isEdge()) {
      return interest.mask();
    }
    return (registration.delivered & UNASKED_BITS) != 0
        ? MUTED
        : interest.mask() & ~registration.delivered;
  }

  /**
   * What to report of what the kernel found; 0 for nothing. Mutes what the trigger says.
   *
   * @param found the kernel's bits
   */
  int deliver(Registration registration, int found) {
    if (!registration.isActive() || registration.disarmed) {
      return 0; // removed, or fired, since the snapshot
    }
    Trigger trigger = registration.trigger();
    int report = found & (registration.interest().mask() | UNASKED_BITS);
    if (trigger.isEdge()) {
      report &= ~registration.delivered;
      registration.delivered |= report;
    }
    if (report == 0 || registration.interest() == Interest.NONE) {
      return 0;
    }
    if (trigger.isOneshot() || (report & Linux.POLLNVAL) != 0) {
      registration.disarmed = true; // POLLNVAL: closed without remove, would be found for ever
    }
    if (trigger != Trigger.LEVEL || registration.disarmed) {
      changed = true;
    }
    return report;
  }
}
