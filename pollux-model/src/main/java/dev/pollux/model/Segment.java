package dev.pollux.model;

/** A piece of a stream: bytes, its end, or the end of everything. */
final class Segment {

  enum Kind {
    DATA,
    /** A listener's consent to a connection, before its first byte. */
    CONSENT,
    /** Bytes of which the last is urgent; never split. */
    URGENT,
    FIN,
    /** The connection is at its end, for both sides. */
    RESET
  }

  private static final byte[] NOTHING = {};

  final Kind kind;
  final byte[] bytes;

  /** What travels with the first byte, on a Unix socket. */
  final Attachment attachment;

  /** Where the bytes begin that were not taken yet. */
  int start;

  Segment(Kind kind, byte[] bytes) {
    this(kind, bytes, Attachment.NONE);
  }

  Segment(Kind kind, byte[] bytes, Attachment attachment) {
    this.kind = kind;
    this.bytes = bytes;
    this.attachment = attachment;
  }

  static Segment consent() {
    return new Segment(Kind.CONSENT, NOTHING);
  }

  static Segment fin() {
    return new Segment(Kind.FIN, NOTHING);
  }

  static Segment reset() {
    return new Segment(Kind.RESET, NOTHING);
  }

  int remaining() {
    return bytes.length - start;
  }

  /** Splits off the first bytes. */
  Segment split(int count) {
    byte[] head = new byte[count];
    System.arraycopy(bytes, start, head, 0, count);
    start += count;
    return new Segment(kind, head);
  }
}
