package dev.pollux.http.files;

/** There is nothing of that name that may be seen. */
final class AbsentException extends Exception {

  private static final long serialVersionUID = 1;

  /** Thrown for every name that is none, so without a trace. */
  @SuppressWarnings("StaticAssignmentOfThrowable")
  static final AbsentException INSTANCE = new AbsentException();

  private AbsentException() {
    super("no such file", null, false, false);
  }
}
