package dev.pollux.net;

import dev.pollux.sys.Errno;
import dev.pollux.sys.SysException;
import org.jspecify.annotations.Nullable;

/**
 * Why a connection ended, in detail.
 *
 * @param reason the kind of cause
 * @param errno of the call that failed, or 0
 * @param message what happened, in words for a log
 * @param exception what was thrown, if anything was
 */
public record CloseCause(
    CloseReason reason, int errno, String message, @Nullable Throwable exception) {

  private static final int MAX_CAUSES = 5;

  static final CloseCause END_OF_STREAM = of(CloseReason.END_OF_STREAM, "the peer ended it");
  static final CloseCause CLOSED = of(CloseReason.CLOSED, "closed");
  static final CloseCause CUT_OFF = of(CloseReason.CUT_OFF, "cut off");

  /** A cause in words. */
  public static CloseCause of(CloseReason reason, String message) {
    return new CloseCause(reason, 0, message, null);
  }

  /**
   * A cause with an exception; where that has no message, its class and place are one. Behind it
   * stands what the exceptions that caused it say beyond that.
   */
  public static CloseCause of(CloseReason reason, Throwable exception) {
    int errno = exception instanceof SysException call ? call.errno() : 0;
    return new CloseCause(reason, errno, words(exception), exception);
  }

  private static String words(Throwable exception) {
    String own = exception.getMessage();
    String words = own == null || own.isBlank() ? place(exception) : own;
    Throwable next = exception.getCause();
    for (int i = 0; i < MAX_CAUSES && next != null; i++) {
      String more = next.getMessage();
      if (more != null && !more.isBlank() && !words.contains(more)) {
        words += ": " + more;
      }
      next = next.getCause();
    }
    return words;
  }

  private static String place(Throwable exception) {
    StackTraceElement[] frames = exception.getStackTrace();
    String name = exception.getClass().getName();
    return frames.length == 0 ? name : name + " at " + frames[0];
  }

  /** A failed call: a reset where the peer went away, else an error. */
  static CloseCause ofErrno(String call, int errno) {
    boolean reset = errno == Errno.ECONNRESET || errno == Errno.EPIPE;
    return new CloseCause(
        reset ? CloseReason.RESET : CloseReason.ERROR, errno, text(call, errno), null);
  }

  static CloseCause connectFailed(int errno) {
    return new CloseCause(CloseReason.CONNECT_FAILED, errno, text("connect", errno), null);
  }

  /** Whether the stream ends by itself after what has arrived; else the peer may wait for ever. */
  static boolean isPeerGone(int errno) {
    return switch (errno) {
      case Errno.ECONNRESET,
          Errno.EPIPE,
          Errno.ENOTCONN,
          Errno.ETIMEDOUT,
          Errno.EHOSTUNREACH,
          Errno.ENETUNREACH ->
          true;
      default -> false;
    };
  }

  private static String text(String call, int errno) {
    return call + ": " + Errno.name(errno) + " (" + errno + ") " + Errno.meaning(errno);
  }
}
