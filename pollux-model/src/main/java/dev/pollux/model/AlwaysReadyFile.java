package dev.pollux.model;

import dev.pollux.sys.Errno;

/**
 * A file without a poll operation, always ready to poll and select and refused by epoll: {@code
 * /dev/null}, which swallows what is written and is always at its end, or a folder.
 */
final class AlwaysReadyFile implements File {

  private final WaitQueue queue = new WaitQueue(); // never woken
  private final FileTree disk;
  private final FileNode node;
  private final boolean isWritable;

  AlwaysReadyFile(FileTree disk, FileNode node, boolean isWritable) {
    this.disk = disk;
    this.node = node;
    this.isWritable = isWritable;
  }

  @Override
  public String kind() {
    return node.isFolder() ? "directory" : "null";
  }

  @Override
  public FileNode node() {
    return node;
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
    return node.isFolder() ? -Errno.EISDIR : 0;
  }

  @Override
  public int write(Span from) {
    return from.skipAll(); // a folder cannot be opened for writing
  }

  @Override
  public void released() {
    disk.closed(node, isWritable);
  }
}
