package dev.pollux.model;

import org.jspecify.annotations.Nullable;

/**
 * Those to be called when a file changes its state: the beginning of every wake-up.
 *
 * <pre>{@code
 * wake(EPOLLIN):   [poll(2)] → [epoll A] → [epoll B, exclusive] → [epoll C, exclusive]
 *                    called      called      called: woke one       not called
 * }</pre>
 *
 * <p>Entries that are not exclusive are put in front, so all of them are called. An exclusive entry
 * of an epoll registration is put behind, so the first registered that has an idle waiter gets the
 * event; the exclusive entry of a thread in epoll_wait is put in front, so the last that went to
 * sleep is woken first, its caches being warm.
 *
 * <p>Threads: under the kernel's lock. Complexity: O(1), and O(entries called) to wake.
 */
final class WaitQueue {

  private @Nullable WaitEntry first;
  private @Nullable WaitEntry last;
  private int size;
  private int cuts;

  boolean isEmpty() {
    return first == null;
  }

  int size() {
    return size;
  }

  void addFirst(WaitEntry entry, boolean exclusive) {
    claim(entry, exclusive);
    entry.next = first;
    if (first == null) {
      last = entry;
    } else {
      first.previous = entry;
    }
    first = entry;
  }

  void addLast(WaitEntry entry, boolean exclusive) {
    claim(entry, exclusive);
    entry.previous = last;
    if (last == null) {
      first = entry;
    } else {
      last.next = entry;
    }
    last = entry;
  }

  private void claim(WaitEntry entry, boolean exclusive) {
    if (entry.queue != null) {
      throw new IllegalStateException("this entry is on a queue already");
    }
    entry.queue = this;
    entry.exclusive = exclusive;
    size++;
  }

  void remove(WaitEntry entry) {
    assert entry.queue == this;
    if (entry.previous == null) {
      first = entry.next;
    } else {
      entry.previous.next = entry.next;
    }
    if (entry.next == null) {
      last = entry.previous;
    } else {
      entry.next.previous = entry.previous;
    }
    entry.previous = null;
    entry.next = null;
    entry.queue = null;
    size--;
  }

  /** Calls the entries in order, up to the first exclusive one that woke somebody. */
  void wake(int key) {
    walk(key, false);
  }

  /** Calls all entries, exclusive or not. */
  void wakeAll(int key) {
    walk(key, true);
  }

  /** Ends the calls that sleep here, once they are woken: what they wait for is gone. */
  void cut() {
    cuts++;
  }

  /** How often that was; a call whose sleep saw another number ends. */
  int cuts() {
    return cuts;
  }

  private void walk(int key, boolean all) {
    WaitEntry entry = first;
    while (entry != null) {
      WaitEntry next = entry.next; // a woken sleeper leaves the queue at once
      if (entry.owner.wake(entry, key) && entry.exclusive && !all) {
        return;
      }
      entry = next;
    }
  }
}
