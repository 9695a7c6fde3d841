package dev.pollux.model;

/** A regular file, read only: always ready, and epoll refuses it. */
final class RegularFile implements File {

  private final WaitQueue queue = new WaitQueue(); // never woken
  private final byte[] content;
  private int position;

  RegularFile(byte[] content) {
    this.content = content;
  }

  @Override
  public String kind() {
    return "file";
  }

  @Override
  public int poll() {
    return ALWAYS_READY;
  }

  @Override
  public boolean isPollable() {
    return false;
  }

  @Override
  public WaitQueue queue() {
    return queue;
  }

  /** 0 is the end. */
  @Override
  public int read(Span to) {
    int count = to.put(content, position, content.length - position);
    position += count;
    return count;
  }

  /** As {@link #read}, from an offset, and the position stays. */
  int readAt(Span to, long offset) {
    int from = (int) Math.min(offset, content.length);
    return to.put(content, from, content.length - from);
  }

  byte[] content() {
    return content;
  }

  int position() {
    return position;
  }

  void moveTo(int position) {
    this.position = position;
  }

  @Override
  public int write(Span from) {
    throw new IllegalStateException("opened for reading only");
  }

  @Override
  public int available() {
    return content.length - position;
  }

  @Override
  public void released() {
    // Nothing is held.
  }
}
