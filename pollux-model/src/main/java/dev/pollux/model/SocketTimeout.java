package dev.pollux.model;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;

/**
 * SO_RCVTIMEO and SO_SNDTIMEO as they are set and read: a {@code struct timeval}, in which 0 is no
 * timeout. Accept counts as receiving, connect as sending; a call that times out says EAGAIN, or
 * EINPROGRESS if it is connect, or what it has moved.
 *
 * <p>Source: sock_set_timeout and sock_get_timeout of {@code net/core/sock.c}.
 */
final class SocketTimeout {

  // struct timeval { time_t tv_sec; suseconds_t tv_usec; };
  private static final int MICROS = Long.BYTES;

  private static final long MICROS_PER_SECOND = 1_000_000;

  /** A tick of Linux's clock for such timeouts, of which there are 250 in a second. */
  private static final long TICK_NANOS = 4_000_000;

  private SocketTimeout() {}

  /** Sets one of the two; 0, -EINVAL or -EDOM. The address was checked for {@code length} bytes. */
  static int set(SocketOptions options, int name, Memory memory, long timeval, int length) {
    if (length < Linux.SIZEOF_TIMEVAL) {
      return -Errno.EINVAL;
    }
    long seconds = memory.getLong(timeval);
    long micros = memory.getLong(timeval + MICROS);
    if (micros < 0 || micros >= MICROS_PER_SECOND) {
      return -Errno.EDOM;
    }
    long nanos;
    if (seconds < 0) {
      nanos = 0; // a time that is over: calls do not wait
    } else if (seconds + micros == 0 || seconds >= Kernel.FOREVER / Kernel.NANOS_PER_SECOND - 1) {
      nanos = Kernel.FOREVER;
    } else {
      long part = micros * (Kernel.NANOS_PER_SECOND / MICROS_PER_SECOND);
      nanos = seconds * Kernel.NANOS_PER_SECOND + Math.ceilDiv(part, TICK_NANOS) * TICK_NANOS;
    }
    if (name == Linux.SO_RCVTIMEO) {
      options.receiveTimeoutNanos = nanos;
    } else {
      options.sendTimeoutNanos = nanos;
    }
    return 0;
  }

  /** One of the two, as getsockopt(2) shows it. */
  static byte[] get(SocketOptions options, int name) {
    long nanos = name == Linux.SO_RCVTIMEO ? options.receiveTimeoutNanos : options.sendTimeoutNanos;
    long shown = nanos == Kernel.FOREVER ? 0 : nanos;
    byte[] timeval = new byte[Linux.SIZEOF_TIMEVAL];
    Bytes.putLong(timeval, 0, shown / Kernel.NANOS_PER_SECOND);
    Bytes.putLong(timeval, MICROS, shown % Kernel.NANOS_PER_SECOND / 1_000);
    return timeval;
  }
}
