package dev.pollux.kqueue;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Offsets;
import dev.pollux.sys.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * How much there is to read from a descriptor, how much room to write, and what is wrong with it.
 * Under the queue's lock.
 *
 * <p>Source: ioctl_tty(2), socket(7), tcp(7), fcntl(2).
 */
final class Amounts {

  private static final int INFO_BYTES = 32; // of struct tcp_info, as far as it is read
  private static final int INFO_UNACKED = 24; // of a listener: who waits

  private final Sys sys;
  private final MemorySegment memory = Arena.ofAuto().allocate(INFO_BYTES + Integer.BYTES, 8);
  private final long value = memory.address();
  private final long length = value + INFO_BYTES;

  /** Whether the last amount was not said by the kernel. */
  private boolean isGuessed;

  Amounts(Sys sys) {
    this.sys = sys;
  }

  /**
   * What can be read: bytes, or who waits to be accepted; 1 where the kernel does not say, negative
   * if it is closed.
   */
  long toRead(int fd) {
    int result = sys.ioctl(fd, Linux.FIONREAD, value);
    isGuessed = false;
    if (result == 0 || result == -Errno.EBADF) {
      return result == 0 ? memory.get(JAVA_INT, 0) : -1;
    }
    memory.set(JAVA_INT, INFO_BYTES, INFO_BYTES);
    boolean isKnown =
        option(fd, Linux.SOL_SOCKET, Linux.SO_ACCEPTCONN) == 1
            && sys.getsockopt(fd, Linux.IPPROTO_TCP, Linux.TCP_INFO, value, infoLength()) == 0;
    return known(isKnown ? memory.get(JAVA_INT, INFO_UNACKED) : 0);
  }

  /** An amount of what is ready, though the kernel may say that there is none. */
  private long known(long amount) {
    isGuessed = amount < 1;
    return Math.max(1, amount);
  }

  /** Whether an amount, the last that was asked for, shows that there is something. */
  boolean isSure(long amount) {
    return amount > 0 && !isGuessed;
  }

  /** Whether a descriptor is ready, by poll(2), for what is in the mask. */
  boolean isReady(int fd, int events) {
    memory.set(JAVA_INT, Offsets.POLLFD__FD, fd);
    memory.set(JAVA_SHORT, Offsets.POLLFD__EVENTS, (short) events);
    return sys.poll(value, 1, 0) != 0;
  }

  private long infoLength() {
    memory.set(JAVA_INT, INFO_BYTES, INFO_BYTES);
    return length;
  }

  /**
   * What can be written, of a descriptor that can be written to: at least 1; 0 at the end, negative
   * if it is closed.
   */
  long toWrite(int fd, boolean isEnd) {
    long size = option(fd, Linux.SOL_SOCKET, Linux.SO_SNDBUF);
    isGuessed = false;
    if (size == -Errno.EBADF || isEnd) {
      return size == -Errno.EBADF ? -1 : 0;
    }
    int queued = Linux.TIOCOUTQ;
    if (size < 0) {
      size = sys.fcntl(fd, Linux.F_GETPIPE_SZ, 0);
      queued = Linux.FIONREAD;
    }
    if (size < 0 || sys.ioctl(fd, queued, value) != 0) {
      return known(0);
    }
    return known(size - memory.get(JAVA_INT, 0));
  }

  /**
   * Whether a stream socket will not send any more, though it may receive: epoll does not tell, and
   * to send nothing fails then, and does nothing else.
   */
  boolean isWritingOver(int fd) {
    return sys.send(fd, value, 0, Linux.MSG_DONTWAIT | Linux.MSG_NOSIGNAL) == -Errno.EPIPE;
  }

  /** The error of a socket, which is none then; 0 if there is none, or it is no socket. */
  int error(int fd) {
    return Math.max(0, option(fd, Linux.SOL_SOCKET, Linux.SO_ERROR));
  }

  /** The type of a socket, or {@code -errno}: ENOTSOCK for what is none. */
  int socketType(int fd) {
    return option(fd, Linux.SOL_SOCKET, Linux.SO_TYPE);
  }

  private int option(int fd, int level, int name) {
    memory.set(JAVA_INT, INFO_BYTES, Integer.BYTES);
    int result = sys.getsockopt(fd, level, name, value, length);
    return result < 0 ? result : memory.get(JAVA_INT, 0);
  }
}
