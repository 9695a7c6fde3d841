package dev.pollux.model;

import dev.pollux.sys.Errno;

/** A directory that is open: always ready, epoll refuses it, and there is nothing to read. */
final class DirectoryFile implements File {

  private final WaitQueue queue = new WaitQueue(); // never woken

  @Override
  public String kind() {
    return "directory";
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
    return -Errno.EISDIR;
  }

  @Override
  public int write(Span from) {
    throw new IllegalStateException("opened for reading only");
  }

  @Override
  public void released() {
    // Nothing is held.
  }
}
