package dev.pollux.model;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Offsets;

/**
 * A signalfd: readable while one of its signals is pending for the process, or for the thread that
 * asks.
 *
 * <p>Source: fs/signalfd.c.
 */
final class SignalFdFile implements File {

  private final Signals signals;
  private long accepted;

  SignalFdFile(Signals signals, long accepted) {
    this.signals = signals;
    this.accepted = accepted;
  }

  @Override
  public String kind() {
    return "signalfd";
  }

  /** Replaces the signals that it takes. */
  void accept(long set) {
    accepted = set;
    signals.queue.wake(0);
  }

  @Override
  public int poll() {
    return signals.isPending(accepted) ? Linux.EPOLLIN : 0;
  }

  @Override
  public boolean canBeWritten() {
    return false;
  }

  @Override
  public WaitQueue queue() {
    return signals.queue;
  }

  /** As many signals as fit. */
  @Override
  public int read(Span to) {
    if (to.remaining() < Linux.SIZEOF_SIGNALFD_SIGINFO) {
      return -Errno.EINVAL;
    }
    int total = 0;
    while (to.remaining() >= Linux.SIZEOF_SIGNALFD_SIGINFO) {
      Signals.Pending next = signals.take(accepted);
      if (next == null) {
        break;
      }
      try {
        total += to.put(encoded(next), 0, Linux.SIZEOF_SIGNALFD_SIGINFO);
      } catch (BadAddressException e) { // and the signal is lost
        if (total == 0) {
          throw e;
        }
        break;
      }
    }
    return total == 0 ? -Errno.EAGAIN : total;
  }

  /** As a {@code struct signalfd_siginfo}: sent by this process, which is root's. */
  private static byte[] encoded(Signals.Pending signal) {
    byte[] bytes = new byte[Linux.SIZEOF_SIGNALFD_SIGINFO];
    Bytes.putInt(bytes, Offsets.SIGNALFD_SIGINFO__SSI_SIGNO, signal.signal());
    Bytes.putInt(bytes, Offsets.SIGNALFD_SIGINFO__SSI_CODE, signal.code());
    Bytes.putInt(bytes, Offsets.SIGNALFD_SIGINFO__SSI_PID, Processes.OWN);
    return bytes;
  }

  @Override
  public int write(Span from) {
    return -Errno.EINVAL;
  }

  @Override
  public void released() {
    // Signals stay pending.
  }
}
