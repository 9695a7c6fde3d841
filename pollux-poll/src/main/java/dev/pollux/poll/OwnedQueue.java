package dev.pollux.poll;

import dev.pollux.kqueue.Kevents;
import dev.pollux.kqueue.Kqueue;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import org.jspecify.annotations.Nullable;

/**
 * A kqueue that belongs to an event source, and is closed once: what a source stands on where Linux
 * has a kind of descriptor, and the system has none. Its descriptor is readable while a knote of it
 * has an event that was not collected.
 *
 * <p>Threads: every use is synchronized on this object, as with {@link OwnedFd}. No call under the
 * monitor blocks.
 */
final class OwnedQueue {

  private static final int MOST_CHANGES = 3;

  private final Kqueue queue;
  private final String name;
  private final Kevents changes;
  private final Kevents found;
  private boolean isClosed;

  private OwnedQueue(Kqueue queue, Kevents changes, Kevents found, String name) {
    this.queue = queue;
    this.changes = changes;
    this.found = found;
    this.name = name;
  }

  /**
   * For a source whose call of Linux is missing; null if there is no kqueue either.
   *
   * @throws SysException EMFILE, ENFILE or ENOMEM
   */
  static @Nullable OwnedQueue openIfThere(Sys sys, String name) throws SysException {
    Kevents changes = Kevents.allocate(MOST_CHANGES);
    Kevents found = Kevents.allocate(1);
    Kqueue queue = Kqueue.openNative(sys);
    try {
      return queue == null ? null : new OwnedQueue(queue, changes, found, name);
    } catch (Throwable t) {
      queue.close();
      throw t;
    }
  }

  /** The number of its descriptor; fails once it is closed. */
  synchronized int number() {
    requireOpen();
    return queue.fd();
  }

  private void requireOpen() {
    if (isClosed) {
      throw new IllegalStateException(this + " is used after its close");
    }
  }

  /** Another change of the next {@link #change}. */
  synchronized OwnedQueue with(long ident, int filter, int flags, int fflags, long data) {
    var _ = changes.add(ident, filter, flags, fflags, data, 0);
    return this;
  }

  /** Makes the changes that were said. */
  synchronized void change() throws SysException {
    try {
      requireOpen();
      int _ = queue.kevent(changes, null, 0);
    } finally {
      changes.clear();
    }
  }

  /** Collects one event; false if there is none. */
  synchronized boolean collect() throws SysException {
    requireOpen();
    int count;
    do {
      count = queue.kevent(null, found, 0);
    } while (count == Kqueue.INTERRUPTED);
    return count == 1;
  }

  /** What the event is about that was collected last. */
  synchronized long ident() {
    return found.ident(0);
  }

  synchronized void close() {
    if (!isClosed) {
      queue.close();
      isClosed = true;
    }
  }

  @Override
  public synchronized String toString() {
    return name + "[" + (isClosed ? "closed" : "fd=" + queue.fd()) + "]";
  }
}
