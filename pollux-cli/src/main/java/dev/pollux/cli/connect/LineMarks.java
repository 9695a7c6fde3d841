package dev.pollux.cli.connect;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;

/**
 * Marks the lines that a user was sent, so that they differ from those that the user typed: each
 * begins with {@code "< "}, and is coloured where colours are wanted. Threads: one.
 */
final class LineMarks {

  private final byte[] colour;
  private final byte[] mark;
  private final byte[] reset;
  private boolean lineStart = true;

  private LineMarks(String colour, String mark, String reset) {
    this.colour = colour.getBytes(US_ASCII);
    this.mark = mark.getBytes(US_ASCII);
    this.reset = reset.getBytes(US_ASCII);
  }

  /** Marks for a terminal. */
  static LineMarks of(boolean coloured) {
    return coloured ? new LineMarks("\u001b[36m", "< ", "\u001b[0m") : new LineMarks("", "< ", "");
  }

  /** No marks: the bytes as they are. */
  static LineMarks none() {
    return new LineMarks("", "", "");
  }

  /** Moves from a source into a target what has room there, with marks; nothing stays coloured. */
  void pass(ByteBuffer source, ByteBuffer target) {
    if (mark.length == 0) {
      int size = Math.min(source.remaining(), target.remaining());
      target.put(target.position(), source, source.position(), size);
      target.position(target.position() + size);
      var _ = source.position(source.position() + size);
      return;
    }
    int most = colour.length + mark.length + 1 + reset.length;
    boolean coloured = false;
    while (source.hasRemaining() && target.remaining() >= most) {
      byte next = source.get();
      if (!coloured) {
        target.put(colour);
      }
      if (lineStart) {
        target.put(mark);
      }
      lineStart = next == '\n';
      coloured = !lineStart;
      if (lineStart) {
        target.put(reset);
      }
      target.put(next);
    }
    if (coloured) {
      target.put(reset);
    }
  }

  /** What a message of the client's own begins with: the line at hand is not its. */
  String lineEnd() {
    boolean midway = mark.length > 0 && !lineStart;
    lineStart = true;
    return midway ? "\n" : "";
  }

  /** The user has ended a line: so the next one that comes begins at the margin. */
  void typedLine() {
    lineStart = true;
  }
}
