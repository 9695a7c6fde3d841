package dev.pollux.poll;

import dev.pollux.sys.Linux;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The interest list of the backends whose kernel keeps none, and their triggers.
 *
 * <p>Level-triggered entries are asked for as they are. An edge is emulated by {@link Edges}, a
 * one-shot is muted whole by its one event.
 *
 * <p>A wait works on a snapshot, taken when something changed since the last one, so others may
 * change the table while the kernel looks at the snapshot; they then interrupt that wait.
 *
 * <p>Threads: under the poller's lock; the snapshot is the waiter's while it waits.
 */
final class InterestTable {

  /** Not to be watched at all; differs from 0, which still learns of errors and hang-ups. */
  static final int MUTED = -1;

  private static final int FIRST_CAPACITY = 16;

  private @Nullable Registration[] entries = new Registration[FIRST_CAPACITY];
  private int size;
  private boolean changed = true;
  private boolean waiting;

  private @Nullable Registration[] snapshot = new Registration[FIRST_CAPACITY];
  private int snapshotSize;

  /** Where the next scan starts, for fairness. */
  private int first;

  void add(Registration registration) {
    if (size == entries.length) {
      entries = Arrays.copyOf(entries, size * 2);
    }
    registration.index = size;
    entries[size++] = registration;
    changed = true;
  }

  /** Takes an entry out, if it is in. */
  void remove(Registration registration) {
    int index = registration.index;
    if (index < 0) {
      return;
    }
    Registration last = entries[--size];
    assert last != null;
    entries[index] = last;
    last.index = index;
    entries[size] = null;
    registration.index = Registration.IN_NO_TABLE;
    changed = true;
  }

  /** An entry is asked for differently from now on. */
  void touch() {
    changed = true;
  }

  void drained(Registration registration, Interest directions) {
    changed |= Edges.drain(registration, directions);
  }

  /** Whether a wait in progress looks at an outdated snapshot. */
  boolean isOutdated() {
    return waiting && changed;
  }

  /** Whether a wait is in progress. */
  boolean isWaiting() {
    return waiting;
  }

  /** Whether the next wait needs another snapshot. */
  boolean isChanged() {
    return changed;
  }

  /** Takes the snapshot. The wait has not begun: what fails from here to there is done again. */
  void takeSnapshot() {
    if (snapshot.length < size) {
      snapshot = new Registration[entries.length];
      snapshotSize = 0;
    }
    System.arraycopy(entries, 0, snapshot, 0, size);
    if (size < snapshotSize) {
      Arrays.fill(snapshot, size, snapshotSize, null);
    }
    snapshotSize = size;
  }

  /** A wait begins, by the snapshot as it is; cannot fail. */
  void beginWait() {
    waiting = true;
    changed = false;
  }

  void endWait() {
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
    if (registration.disarmed || registration.interest() == Interest.NONE) {
      return MUTED;
    }
    return registration.trigger().isEdge()
        ? Edges.wanted(registration)
        : registration.interest().mask();
  }

  /**
   * What to report of what the kernel found; 0 for nothing. Mutes what the trigger says.
   *
   * @param found the kernel's bits
   */
  int deliver(Registration registration, int found) {
    if (!registration.isActive()
        || registration.disarmed
        || registration.interest() == Interest.NONE) {
      return 0; // removed, fired or muted since the snapshot
    }
    Trigger trigger = registration.trigger();
    int report = found & (registration.interest().mask() | Edges.UNASKED_BITS);
    if (trigger.isEdge()) {
      report = Edges.deliver(registration, report);
    }
    if (report == 0) {
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
