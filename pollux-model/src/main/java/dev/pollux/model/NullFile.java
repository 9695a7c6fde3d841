package dev.pollux.model;

/** {@code /dev/null}: swallows what is written, is always at its end, and cannot be watched. */
final class NullFile implements File {

  private final WaitQueue queue = new WaitQueue(); // never woken

  @Override
  public String kind() {
    return "null";
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

  @Override
  public int read(Span to) {
    return 0;
  }

  @Override
  public int write(Span from) {
    return from.takeAll().length;
  }

  @Override
  public void released() {
    // Nothing is held.
  }
}
