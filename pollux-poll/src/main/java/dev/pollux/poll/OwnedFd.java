package dev.pollux.poll;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import org.jspecify.annotations.Nullable;

/**
 * A descriptor that belongs to an event source, and is closed once.
 *
 * <p>Threads: every use is synchronized on this object, and so is the close, so that no call ever
 * goes to a number that was closed meanwhile and is somebody else's by now. A source that needs its
 * memory for a call synchronizes on this object around both. No call under the monitor blocks.
 *
 * <p>It is made before the descriptor, which it then takes: nothing that can fail, such as an
 * allocation, stands between the call that brings a descriptor and its owner.
 */
final class OwnedFd {

  private final Sys sys;
  private final String name;
  private int number = -1;

  /** In place of a descriptor; see {@link #take(OwnedQueue)}. */
  private @Nullable OwnedQueue queue;

  private boolean closed;

  OwnedFd(Sys sys, String name) {
    this.sys = sys;
    this.name = name;
  }

  /** Takes the descriptor that a call brought; fails as the call did. */
  synchronized void take(String call, int result) throws SysException {
    if (result < 0) {
      throw SysException.of(call, result);
    }
    number = result;
  }

  /** Takes a kqueue that stands in for the descriptor, which the system has no such of. */
  synchronized void take(OwnedQueue instead) {
    queue = instead;
  }

  /** What stands in for the descriptor; null if nothing does. */
  synchronized @Nullable OwnedQueue queue() {
    return queue;
  }

  /** The number; fails once it is closed. */
  synchronized int number() {
    if (queue != null) {
      return queue.number();
    }
    if (closed) {
      throw new IllegalStateException(this + " is used after its close");
    }
    return number;
  }

  /** Reads once into the whole segment; the count of bytes or {@code -errno}, never EINTR. */
  synchronized int read(MemorySegment target) {
    try {
      int result;
      do {
        result = sys.read(number(), target.address(), target.byteSize());
      } while (result == -Errno.EINTR);
      return result;
    } finally {
      Reference.reachabilityFence(target);
    }
  }

  /** Writes the whole segment once; the count of bytes or {@code -errno}, never EINTR. */
  synchronized int write(MemorySegment source) {
    try {
      int result;
      do {
        result = sys.write(number(), source.address(), source.byteSize());
      } while (result == -Errno.EINTR);
      return result;
    } finally {
      Reference.reachabilityFence(source);
    }
  }

  /** The exception for a failed call on this descriptor. */
  SysException failed(String call, int result) {
    return SysException.of(call + "(" + this + ")", result);
  }

  /** Idempotent. What it throws comes before the kernel's close: then it can be called again. */
  synchronized void close() {
    if (queue != null) {
      queue.close();
    } else if (!closed) {
      sys.close(number);
      closed = true;
    }
  }

  @Override
  public synchronized String toString() {
    return queue != null
        ? queue.toString()
        : name + "[" + (closed ? "closed" : "fd=" + number) + "]";
  }
}
