package dev.pollux.http.client;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Why there is no answer, or not all of it: the reason, and in words what happened, where, and what
 * to do. Given to a {@link ClientHandler}, and thrown by a {@link BlockingClient}.
 *
 * <p>Immutable. Threads: any.
 */
public final class ClientException extends IOException {

  @java.io.Serial private static final long serialVersionUID = 1;

  private final FailureReason reason;
  private final boolean isSent;
  private final boolean isRetrySafe;

  ClientException(
      FailureReason reason,
      String message,
      boolean isSent,
      boolean isRetrySafe,
      @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.isSent = isSent;
    this.isRetrySafe = isRetrySafe;
  }

  /** The same, with the trace of who throws it again. */
  ClientException again() {
    return new ClientException(reason, String.valueOf(getMessage()), isSent, isRetrySafe, this);
  }

  /** Why. */
  public FailureReason reason() {
    return reason;
  }

  /** Whether anything of the request was given to a connection: then the server may know of it. */
  public boolean isSent() {
    return isSent;
  }

  /**
   * Whether the request may be sent again without being done twice: nothing of it was sent; or its
   * method is idempotent, nothing of an answer came, and nothing of a streamed body has gone.
   */
  public boolean isRetrySafe() {
    return isRetrySafe;
  }
}
