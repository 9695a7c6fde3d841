package dev.pollux.model;

import dev.pollux.sys.Errno;

/** An open regular file, with its position: always ready, and epoll refuses it. */
final class RegularFile implements File {

  private final WaitQueue queue = new WaitQueue(); // never woken
  private final FileTree disk;
  private final FileNode node;
  private final boolean isWritable;
  private long position;

  RegularFile(FileTree disk, FileNode node, boolean isWritable) {
    this.disk = disk;
    this.node = node;
    this.isWritable = isWritable;
  }

  @Override
  public String kind() {
    return "file";
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

  /** 0 is the end. */
  @Override
  public int read(Span to) {
    int count = readAt(to, position);
    position += count;
    return count;
  }

  /** As {@link #read}, from an offset, and the position stays. */
  int readAt(Span to, long offset) {
    int count = node.content.read(to, offset);
    if (count > 0) {
      wasRead();
    }
    return count;
  }

  /** Bytes were taken out of it, here or by sendfile. */
  void wasRead() {
    node.accessedAt = disk.now();
    disk.events().read(node);
  }

  @Override
  public int write(Span from) {
    int count = writeAt(from, position);
    position += Math.max(0, count);
    return count;
  }

  /** As {@link #write}, to an offset, and the position stays. */
  int writeAt(Span from, long offset) {
    if (from.remaining() == 0) {
      return 0;
    }
    int count = node.content.write(from, offset);
    if (count == 0) {
      return -Errno.EFBIG;
    }
    disk.touch(node);
    disk.events().modified(node);
    return count;
  }

  FileContent content() {
    return node.content;
  }

  long position() {
    return position;
  }

  void moveTo(long offset) {
    position = offset;
  }

  /** From the position to the end, negative behind that. Source: file_ioctl of fs/ioctl.c. */
  int tellDistance(Memory memory, long address) {
    if (!memory.valid(address, Integer.BYTES)) {
      return -Errno.EFAULT;
    }
    memory.setInt(address, (int) (node.content.size() - position));
    return 0;
  }

  @Override
  public void released() {
    disk.closed(node, isWritable);
  }
}
