package dev.pollux.model;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;

/** An eventfd: a 64-bit counter that is readable unless 0. Every write is an edge. */
final class EventFdFile implements File {

  private static final long MAX = -2; // ULLONG_MAX - 1

  private final WaitQueue queue = new WaitQueue();
  private final boolean isSemaphore;
  private final byte[] bytes = new byte[Long.BYTES];
  private long count; // unsigned

  EventFdFile(int initialValue, boolean isSemaphore) {
    this.count = Integer.toUnsignedLong(initialValue);
    this.isSemaphore = isSemaphore;
  }

  @Override
  public String kind() {
    return "eventfd";
  }

  @Override
  public int poll() {
    return (count != 0 ? Linux.EPOLLIN : 0) | (count == MAX ? 0 : Linux.EPOLLOUT);
  }

  @Override
  public boolean writesByRange() {
    return true;
  }

  @Override
  public WaitQueue queue() {
    return queue;
  }

  @Override
  public Standing standing(boolean toRead) {
    return Standing.BEHIND;
  }

  @Override
  public int read(Span to) {
    if (to.remaining() < Long.BYTES) {
      return -Errno.EINVAL;
    }
    if (count == 0) {
      return -Errno.EAGAIN;
    }
    long taken = isSemaphore ? 1 : count;
    count -= taken;
    queue.wake(Linux.EPOLLOUT);
    Bytes.putLong(bytes, 0, taken);
    return to.put(bytes, 0, Long.BYTES);
  }

  @Override
  public int write(Span from) {
    if (from.remaining() != Long.BYTES) { // more was accepted, and ignored, before Linux 6.9
      return -Errno.EINVAL;
    }
    long added = from.peekLong(); // taken when there is room
    if (added == -1) {
      return -Errno.EINVAL;
    }
    if (Long.compareUnsigned(added, MAX - count) > 0) {
      return -Errno.EAGAIN;
    }
    count += added;
    queue.wake(Linux.EPOLLIN);
    return from.take(bytes, 0, Long.BYTES);
  }

  @Override
  public void released() {
    // Nobody is left to be told.
  }
}
