package dev.pollux.poll;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A descriptor that becomes readable on request: an eventfd, or a pipe where eventfd is forbidden.
 *
 * <p>Threads: {@link #ring} from any thread; {@link #drain} from any waiter, several at once
 * included.
 */
final class DescriptorWaker implements Waker {

  private static final int SINK_BYTES = 256;

  private final Sys sys;
  private int readFd;
  private int writeFd;

  /** What is written: the 64-bit number 1, which adds to an eventfd, and is 8 bytes to a pipe. */
  private final MemorySegment one;

  /** Where it is read to; nobody looks. */
  private final MemorySegment sink;

  /** How many of the two descriptors were closed. */
  private int closedCount;

  /** Made before its descriptors, so that nothing fails after the call that brings them. */
  private DescriptorWaker(Sys sys) {
    this.sys = sys;
    this.one = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG);
    this.sink = Arena.ofAuto().allocate(SINK_BYTES);
    one.set(ValueLayout.JAVA_LONG, 0, 1);
  }

  static DescriptorWaker open(Sys sys) throws SysException {
    DescriptorWaker waker = new DescriptorWaker(sys);
    int eventFd = sys.eventfd(0, Linux.EFD_NONBLOCK | Linux.EFD_CLOEXEC);
    if (eventFd >= 0) {
      waker.readFd = eventFd;
      waker.writeFd = eventFd;
      return waker;
    }
    if (eventFd == -Errno.EMFILE || eventFd == -Errno.ENFILE || eventFd == -Errno.ENOMEM) {
      throw SysException.of("eventfd()", eventFd);
    }
    int[] fds = Sockets.pipe(sys, Linux.O_NONBLOCK | Linux.O_CLOEXEC);
    waker.readFd = fds[0];
    waker.writeFd = fds[1];
    return waker;
  }

  /** The descriptor to watch for reading. */
  int fd() {
    return readFd;
  }

  /** The descriptor that is written to; the same as {@link #fd} for an eventfd. */
  int writeFd() {
    return writeFd;
  }

  /** Makes it readable. A full pipe or counter is readable already, so EAGAIN is success. */
  @Override
  public void ring() {
    int result;
    do {
      result = sys.write(writeFd, one.address(), Long.BYTES);
    } while (result == -Errno.EINTR);
    if (result < 0 && result != -Errno.EAGAIN) {
      throw new IllegalStateException(
          "the waker, fd " + writeFd + ", cannot be written to: " + Errno.name(-result));
    }
  }

  /** Makes it unreadable again. */
  @Override
  public void drain() {
    int result;
    do {
      result = sys.read(readFd, sink.address(), SINK_BYTES);
    } while (result == -Errno.EINTR || result == SINK_BYTES);
  }

  @Override
  public void close() {
    if (closedCount == 0) {
      sys.close(readFd);
      closedCount++;
    }
    if (closedCount == 1) {
      if (writeFd != readFd) {
        sys.close(writeFd);
      }
      closedCount++;
    }
  }
}
