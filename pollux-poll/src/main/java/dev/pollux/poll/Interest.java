package dev.pollux.poll;

import dev.pollux.sys.Linux;

/**
 * What a registration waits for: any combination of readable, writable and priority.
 *
 * <p>A value type with eight instances, which {@link #with} and {@link #without} look up: compare
 * by identity, combine without allocation.
 */
public final class Interest {

  private static final int READ_BIT = 1;
  private static final int WRITE_BIT = 2;
  private static final int PRIORITY_BIT = 4;

  private static final Interest[] ALL = new Interest[8];

  static {
    for (int bits = 0; bits < ALL.length; bits++) {
      ALL[bits] = new Interest(bits);
    }
  }

  /** Nothing at all: the registration is muted, errors included. */
  public static final Interest NONE = ALL[0];

  /** Data, end of stream, a pending connection. */
  public static final Interest READABLE = ALL[READ_BIT];

  /** Room to write, or an outgoing connection that is decided. */
  public static final Interest WRITABLE = ALL[WRITE_BIT];

  /** Readable and writable. */
  public static final Interest READ_WRITE = ALL[READ_BIT | WRITE_BIT];

  /** An exceptional condition: out-of-band data, a change in some files of /proc and /sys. */
  public static final Interest PRIORITY = ALL[PRIORITY_BIT];

  private final int bits;
  private final int mask;

  private Interest(int bits) {
    this.bits = bits;
    this.mask =
        ((bits & READ_BIT) != 0 ? Linux.EPOLLIN | Linux.EPOLLRDHUP : 0)
            | ((bits & WRITE_BIT) != 0 ? Linux.EPOLLOUT : 0)
            | ((bits & PRIORITY_BIT) != 0 ? Linux.EPOLLPRI : 0);
  }

  /** This and the other. */
  public Interest with(Interest other) {
    return ALL[bits | other.bits];
  }

  /** This less the other. */
  public Interest without(Interest other) {
    return ALL[bits & ~other.bits];
  }

  /** Whether it includes all of the other. */
  public boolean contains(Interest other) {
    return (other.bits & ~bits) == 0;
  }

  /** Whether it includes readable. */
  public boolean isReadable() {
    return (bits & READ_BIT) != 0;
  }

  /** Whether it includes writable. */
  public boolean isWritable() {
    return (bits & WRITE_BIT) != 0;
  }

  /** Whether it includes priority. */
  public boolean isPriority() {
    return (bits & PRIORITY_BIT) != 0;
  }

  /** The bits to ask the kernel for; epoll and poll share their values. */
  int mask() {
    return mask;
  }

  @Override
  public String toString() {
    return bits == 0
        ? "none"
        : ((isReadable() ? "readable " : "")
                + (isWritable() ? "writable " : "")
                + (isPriority() ? "priority" : ""))
            .strip()
            .replace(' ', '+');
  }
}
