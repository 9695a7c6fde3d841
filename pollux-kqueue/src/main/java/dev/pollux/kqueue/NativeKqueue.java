package dev.pollux.kqueue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.KeventMemory;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.lang.ref.Reference;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Kqueue} of the system's, by {@code kqueue} and {@code kevent}.
 *
 * <p>What systems do not do, or not all of them, is done here: {@code close} wakes who waits, by a
 * knote of the queue's own, of {@code EVFILT_USER} or, where there is none, on a pipe. It is level
 * triggered, so that all hear of it, and no event of a program's has its user data.
 */
final class NativeKqueue extends Kqueue {

  /** The user data, and the identifier, of the knote that wakes who waits when this is closed. */
  static final long END = 0x506f_6c6c_7578_0e0dL;

  private static final long LONGEST_WAIT_NANOS = 24L * 3600 * 1_000_000_000; // some refuse more

  private final Sys sys;
  private final int fd;
  private final EndWord end;

  // By the lock:
  private final KeventMemory triggers = KeventMemory.allocate(1);

  private NativeKqueue(Sys sys, int fd) throws SysException {
    this.sys = sys;
    this.fd = fd;
    this.end = EndWord.open(sys, fd, triggers);
  }

  /** Null if the system has none. */
  static @Nullable NativeKqueue openIfThere(Sys sys) throws SysException {
    int fd = sys.kqueue();
    if (fd == -Errno.ENOSYS) {
      return null;
    }
    SysException.check("kqueue", fd);
    try {
      return new NativeKqueue(sys, fd);
    } catch (Throwable t) {
      int _ = sys.close(fd);
      throw t;
    }
  }

  @Override
  public boolean isEmulated() {
    return false;
  }

  @Override
  public boolean isExact() {
    return true;
  }

  @Override
  public int fd() {
    synchronized (lock) {
      requireOpen();
      return fd;
    }
  }

  @Override
  public List<KnoteView> knotes() {
    throw new UnsupportedOperationException("a kqueue of the system's does not say its knotes");
  }

  @Override
  public void trigger(long ident, long udata) {
    synchronized (lock) {
      if (!isClosed()) {
        triggers.set(0, ident, Kevent.EVFILT_USER, 0, Kevent.NOTE_TRIGGER, 0, udata);
        int _ = sys.kevent(fd, triggers.address(), 1, 0, 0, 0);
      }
    }
  }

  @Override
  int kevent(@Nullable Kevents changes, @Nullable Kevents events, long timeoutNanos, boolean isOnce)
      throws SysException {
    requireStack();
    synchronized (lock) {
      requireOpen();
      enter();
    }
    try {
      return inside(changes, events, timeoutNanos, isOnce);
    } finally {
      synchronized (lock) {
        leave();
      }
    }
  }

  /** Until there is an event, or the time is over: of a long wait the kernel does a part. */
  private int inside(
      @Nullable Kevents changes, @Nullable Kevents events, long timeoutNanos, boolean isOnce)
      throws SysException {
    boolean isTimed = timeoutNanos > 0 && !isOnce;
    long begun = isTimed ? sys.nanoTime() : 0;
    long rest = timeoutNanos;
    Kevents asked = changes;
    while (true) {
      int count = call(asked, events, rest);
      if (events == null || count != 0 || rest == 0 || isOnce || events.capacity() == 0) {
        return count;
      }
      asked = null; // made
      rest = isTimed ? Math.max(0, timeoutNanos - (sys.nanoTime() - begun)) : timeoutNanos;
    }
  }

  /** One call; the events without the queue's own. */
  private int call(@Nullable Kevents changes, @Nullable Kevents events, long timeoutNanos)
      throws SysException {
    int receipts = changes == null ? 0 : changes.receipts();
    int room = events == null ? 0 : events.capacity();
    if (changes != null && receipts > 0 && receipts == changes.size()) {
      room = Math.min(room, receipts); // so that no event comes behind them
    }
    try {
      int result =
          sys.kevent(
              fd,
              changes == null ? 0 : changes.writeTo(changes.memory()).address(),
              changes == null ? 0 : changes.size(),
              events == null ? 0 : events.memory().address(),
              room,
              events == null ? 0 : events.timeout(Math.min(timeoutNanos, LONGEST_WAIT_NANOS)));
      if (result == 0 && room > 0 && receipts > room) {
        result = room; // FreeBSD and OpenBSD fill the list, stop, and say 0
      }
      if (events != null) {
        events.readFrom(events.memory(), Math.max(0, result), END);
      }
      return told(changes, events, result);
    } finally {
      Reference.reachabilityFence(changes);
      Reference.reachabilityFence(events);
    }
  }

  private int told(@Nullable Kevents changes, @Nullable Kevents events, int result)
      throws SysException {
    int count = events == null ? 0 : events.size();
    if (count < result) {
      synchronized (lock) { // the word was among them
        if (isClosed() && count == 0) {
          throw SysException.of("kevent", -Errno.EBADF, "the queue was closed");
        }
      }
    }
    if (result >= 0 || result == INTERRUPTED) {
      return result < 0 ? result : count;
    }
    if (changes != null && changes.size() == 1) {
      throw failed(changes, 0, -result);
    }
    int changed = changes == null ? 0 : changes.size();
    throw SysException.of("kevent(" + changed + " changes)", result);
  }

  @Override
  void wakeAll() {
    end.say(triggers);
  }

  @Override
  void free() {
    end.close();
    int _ = sys.close(fd);
  }
}
