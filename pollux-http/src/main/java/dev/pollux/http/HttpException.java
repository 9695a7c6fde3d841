package dev.pollux.http;

/**
 * The peer asked for something that cannot be: thrown by a handler, the request is answered with
 * this status and the message, in plain text.
 */
public final class HttpException extends RuntimeException {

  @java.io.Serial private static final long serialVersionUID = 1;

  private final int status;

  /**
   * An answer.
   *
   * @param status 400 to 599
   * @param message what the peer is told; not what others are not to know
   */
  public HttpException(int status, String message) {
    super(message);
    if (status < 400 || status > 599) {
      throw new IllegalArgumentException("status: " + status + " is none of an error");
    }
    this.status = status;
  }

  /** How the request is answered. */
  public int status() {
    return status;
  }
}
