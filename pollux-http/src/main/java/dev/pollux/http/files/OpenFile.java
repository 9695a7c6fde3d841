package dev.pollux.http.files;

import dev.pollux.net.FileRegion;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;

/**
 * A file or folder that was opened. Ownership: who opened it closes it, unless its descriptor was
 * given away. Threads: one at a time.
 */
final class OpenFile implements AutoCloseable {

  private final Sys sys;
  private final FileStatus status;
  private int fd;

  OpenFile(Sys sys, int fd, FileStatus status) {
    this.sys = sys;
    this.fd = fd;
    this.status = status;
  }

  FileStatus status() {
    return status;
  }

  int fd() {
    return fd;
  }

  Sys sys() {
    return sys;
  }

  /** A part of it, which owns the descriptor from now on. */
  FileRegion give(long start, long length) throws SysException {
    int given = fd;
    fd = -1;
    return FileRegion.take(sys, given, start, length);
  }

  /** Another one, which has the descriptor from now on. */
  OpenFile move() {
    OpenFile moved = new OpenFile(sys, fd, status);
    fd = -1;
    return moved;
  }

  @Override
  public void close() {
    if (fd >= 0) {
      int _ = sys.close(fd);
      fd = -1;
    }
  }
}
