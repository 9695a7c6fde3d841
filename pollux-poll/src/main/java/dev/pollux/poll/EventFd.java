package dev.pollux.poll;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * A count in the kernel that is readable while it is above 0: how one thread tells another
 * something through a poller.
 *
 * <p>A counter is taken whole, a semaphore one at a time. On an edge trigger every {@link #signal}
 * is an edge of its own where the poller has {@link Capability#EDGE_PER_ARRIVAL}, even if nobody
 * took the one before; then the count need never be taken.
 *
 * <p>Ownership: the source owns its descriptor; {@link #close} is idempotent.
 *
 * <p>Threads: any. Blocking: never. Allocates nothing after the opening.
 *
 * <p>Where there is no eventfd and a kqueue, it is a knote of {@code EVFILT_USER}, and the count is
 * kept here.
 *
 * <p>Source: eventfd(2).
 */
public final class EventFd implements EventSource, AutoCloseable {

  private final OwnedFd own;

  /** Where there is no eventfd, and a kqueue. */
  private final @Nullable QueuedCount queued;

  /** The count on its way in or out; under the monitor of {@link #own}. */
  private final MemorySegment count = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG);

  private EventFd(Sys sys, int flags) throws SysException {
    int all = flags | Linux.EFD_NONBLOCK | Linux.EFD_CLOEXEC;
    this.own = new OwnedFd(sys, "EventFd");
    int fd = sys.eventfd(0, all);
    if (fd != -Errno.ENOSYS) {
      own.take("eventfd()", fd);
      this.queued = null;
      return;
    }
    OwnedQueue queue = OwnedQueue.openIfThere(sys, "EventFd");
    if (queue == null) {
      throw SysException.of("eventfd()", fd);
    }
    own.take(queue);
    this.queued = count(queue, flags);
  }

  private static QueuedCount count(OwnedQueue queue, int flags) throws SysException {
    try {
      return new QueuedCount(queue, flags == Linux.EFD_SEMAPHORE);
    } catch (Throwable t) {
      queue.close();
      throw t;
    }
  }

  /** A counter of 0 on the running kernel. */
  public static EventFd open() throws SysException {
    return open(NativeSys.open());
  }

  /**
   * A counter of 0: {@link #take} takes all of it.
   *
   * @throws SysException EMFILE, ENFILE or ENOMEM
   */
  public static EventFd open(Sys sys) throws SysException {
    return new EventFd(sys, 0);
  }

  /** A semaphore of 0 on the running kernel. */
  public static EventFd openSemaphore() throws SysException {
    return openSemaphore(NativeSys.open());
  }

  /** A semaphore of 0: {@link #take} takes 1 of it. Errors: as {@link #open(Sys)}. */
  public static EventFd openSemaphore(Sys sys) throws SysException {
    return new EventFd(sys, Linux.EFD_SEMAPHORE);
  }

  /**
   * Adds 1. A count that is at its maximum stays there, and stays readable.
   *
   * @throws SysException if the kernel refuses, which no use of this class leads to
   */
  public void signal() throws SysException {
    add(1);
  }

  /**
   * Adds to the count.
   *
   * @param value at least 1
   * @return false if the count would pass its maximum of 2^64 - 2; it is unchanged then
   */
  public boolean add(long value) throws SysException {
    if (value < 1) {
      throw new IllegalArgumentException("added to " + this + ": " + value + " < 1");
    }
    if (queued != null) {
      return queued.add(value);
    }
    synchronized (own) {
      count.set(ValueLayout.JAVA_LONG, 0, value);
      int result = own.write(count);
      if (result == -Errno.EAGAIN) {
        return false;
      }
      if (result < 0) {
        throw own.failed("write", result);
      }
      return true;
    }
  }

  /**
   * Takes the count of a counter, or 1 of a semaphore, in one step.
   *
   * @return what was taken, 0 when there is nothing. Unsigned: above 2^63 - 1 it shows as negative
   */
  public long take() throws SysException {
    if (queued != null) {
      return queued.take();
    }
    synchronized (own) {
      int result = own.read(count);
      if (result == -Errno.EAGAIN) {
        return 0;
      }
      if (result < 0) {
        throw own.failed("read", result);
      }
      return count.get(ValueLayout.JAVA_LONG, 0);
    }
  }

  @Override
  public int fd() {
    return own.number();
  }

  @Override
  public void close() {
    own.close();
  }

  @Override
  public String toString() {
    return own.toString();
  }
}
