package dev.pollux.http;

/** How much content an answer is said to have, and how much was written. Passive. */
final class AnswerLength {

  private long declared; // -1 is not said
  private long written;

  void clear() {
    declared = -1;
    written = 0;
  }

  void declare(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("length: " + bytes + " is negative");
    }
    declared = bytes;
  }

  /** What was said; -1 if nothing was. */
  long declared() {
    return declared;
  }

  /** Content of so many bytes is all there is. */
  void requireWhole(long bytes) {
    if (declared >= 0 && declared != bytes) {
      throw new IllegalStateException(
          "the length was said to be " + declared + ", and the content has " + bytes + " bytes");
    }
  }

  /** So much more is to be written. */
  void requireRoom(int bytes) {
    if (declared >= 0 && bytes > declared - written) {
      throw new IllegalStateException(
          "the length was said to be " + declared + ", and this would be " + (written + bytes));
    }
  }

  void wrote(int bytes) {
    written += bytes;
  }

  /** Why nothing more may be left out; empty if that was all. */
  String missing() {
    return declared < 0 || written == declared
        ? ""
        : "the length was said to be " + declared + ", and " + written + " were written";
  }
}
