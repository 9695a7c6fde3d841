package dev.pollux.model;

import dev.pollux.sys.Errno;

/**
 * A file without a poll operation, always ready to poll and select and refused by epoll: {@code
 * /dev/null}, which swallows what is written and is always at its end, and the root directory.
 */
final class AlwaysReadyFile implements File {

  private final WaitQueue queue = new WaitQueue(); // never woken
  private final boolean isDirectory;

  private AlwaysReadyFile(boolean isDirectory) {
    this.isDirectory = isDirectory;
  }

  static AlwaysReadyFile devNull() {
    return new AlwaysReadyFile(false);
  }

  static AlwaysReadyFile directory() {
    return new AlwaysReadyFile(true);
  }

  @Override
  public String kind() {
    return isDirectory ? "directory" : "null";
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
    return isDirectory ? -Errno.EISDIR : 0;
  }

  @Override
  public int write(Span from) {
    return isDirectory ? -Errno.EBADF : from.takeAll().length;
  }

  @Override
  public void released() {
    // Nothing is held.
  }
}
