package dev.pollux.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;

/**
 * Marks the lines that a user was sent, so that they differ from those that the user typed: each
 * begins with {@code "< "}, and is coloured where colours are wanted. Threads: one.
 */
final class LineMarks {

  private final byte[] begin;
  private final byte[] end;
  private boolean lineStart = true;

  private LineMarks(String begin, String end) {
    this.begin = begin.getBytes(US_ASCII);
    this.end = end.getBytes(US_ASCII);
  }

  /** Marks for a terminal. */
  static LineMarks of(boolean coloured) {
    return coloured ? new LineMarks("\u001b[36m< ", "\u001b[0m") : new LineMarks("< ", "");
  }

  /** No marks: the bytes as they are. */
  static LineMarks none() {
    return new LineMarks("", "");
  }

  /** Moves from a source into a target what has room there, with marks. */
  void pass(ByteBuffer source, ByteBuffer target) {
    if (begin.length == 0) {
      int size = Math.min(source.remaining(), target.remaining());
      target.put(target.position(), source, source.position(), size);
      target.position(target.position() + size);
      var _ = source.position(source.position() + size);
      return;
    }
    int most = begin.length + end.length + 1;
    while (source.hasRemaining() && target.remaining() >= most) {
      byte next = source.get();
      if (lineStart) {
        target.put(begin);
      }
      lineStart = next == '\n';
      if (lineStart) {
        target.put(end);
      }
      target.put(next);
    }
  }

  /** The user has ended a line: so the next one that comes begins at the margin. */
  void typedLine() {
    lineStart = true;
  }
}
