package dev.pollux.http;

/** A body is no multipart/form-data, or has more than was allowed. */
public final class MultipartException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** With which status the request is answered. */
  private final int status;

  MultipartException(int status, String message) {
    super(message);
    this.status = status;
  }

  /** How the request is answered: 400, or 413 for what is too much. */
  public int status() {
    return status;
  }
}
