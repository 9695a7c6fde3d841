package dev.pollux.sys;

import java.io.IOException;

/**
 * A system call that failed for an operational reason: names the call, the descriptor and the
 * errno.
 *
 * <p>The message reads {@code epoll_ctl(ADD, fd=7): EEXIST (17) already exists}.
 */
public final class SysException extends IOException {

  private static final long serialVersionUID = 1L;

  private final int errno;

  private SysException(String message, int errno) {
    super(message);
    this.errno = errno;
  }

  /**
   * An exception for a failed call.
   *
   * @param call the call with what identifies it, such as {@code "bind(fd=3, 127.0.0.1:80)"}
   * @param result the call's negative result, {@code -errno}
   */
  public static SysException of(String call, int result) {
    return of(call, result, Errno.meaning(-result));
  }

  /** An exception for a failed call, with the meaning that this errno has for this call. */
  public static SysException of(String call, int result, String meaning) {
    if (result >= 0) {
      throw new IllegalArgumentException(call + " did not fail: " + result);
    }
    int errno = -result;
    String message = call + ": " + Errno.name(errno) + " (" + errno + ") " + meaning;
    return new SysException(message.stripTrailing(), errno);
  }

  /** The result itself if it is no error, else an exception; for calls off the hot path. */
  public static int check(String call, int result) throws SysException {
    if (result < 0) {
      throw of(call, result);
    }
    return result;
  }

  /** The positive errno, see {@link Errno}. */
  public int errno() {
    return errno;
  }

  /** The errno's name, such as {@code "EMFILE"}. */
  public String errnoName() {
    return Errno.name(errno);
  }
}
