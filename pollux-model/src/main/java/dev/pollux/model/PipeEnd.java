package dev.pollux.model;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;

/** One end of a pipe: to read, or to write. */
final class PipeEnd implements File {

  private static final int READABLE = Linux.EPOLLIN | Linux.EPOLLRDNORM;
  private static final int WRITABLE = Linux.EPOLLOUT | Linux.EPOLLWRNORM;

  private static final int MAX_CAPACITY = 1 << 20; // fs.pipe-max-size

  private final PipeBuffer buffer;
  private final boolean isReader;
  private final WaitQueue queue = new WaitQueue();
  private PipeEnd other = this;
  private boolean isOpen = true;

  private PipeEnd(PipeBuffer buffer, boolean isReader) {
    this.buffer = buffer;
    this.isReader = isReader;
  }

  /** The read end of a new pipe; {@link #other} is its write end. */
  static PipeEnd open() {
    PipeBuffer buffer = new PipeBuffer();
    PipeEnd reader = new PipeEnd(buffer, true);
    PipeEnd writer = new PipeEnd(buffer, false);
    reader.other = writer;
    writer.other = reader;
    return reader;
  }

  PipeEnd other() {
    return other;
  }

  @Override
  public String kind() {
    return isReader ? "pipe-read" : "pipe-write";
  }

  @Override
  public int poll() {
    if (isReader) {
      return (buffer.isEmpty() ? 0 : READABLE) | (other.isOpen ? 0 : Linux.EPOLLHUP);
    }
    return (buffer.isFull() ? 0 : WRITABLE) | (other.isOpen ? 0 : Linux.EPOLLERR);
  }

  @Override
  public int mode() {
    return Linux.S_IFIFO | 0600;
  }

  @Override
  public WaitQueue queue() {
    return queue;
  }

  @Override
  public boolean isStream() {
    return true;
  }

  @Override
  public int read(Span to) {
    if (!isReader) {
      return -Errno.EBADF;
    }
    if (to.remaining() == 0) {
      return 0;
    }
    if (buffer.isEmpty()) {
      return other.isOpen ? -Errno.EAGAIN : 0;
    }
    boolean wasFull = buffer.isFull();
    int n = buffer.read(to);
    if (wasFull && !buffer.isFull()) { // the only news for a writer: a page has become free
      other.queue.wake(WRITABLE);
    }
    return n;
  }

  @Override
  public int write(Span from) {
    return write(from, false);
  }

  @Override
  public int write(Span from, boolean mayWait) {
    return write(from, mayWait, true);
  }

  @Override
  public int writeAgain(Span from) {
    return write(from, true, false);
  }

  private int write(Span from, boolean mayWait, boolean begins) {
    if (isReader) {
      return -Errno.EBADF;
    }
    if (from.remaining() == 0) {
      return 0;
    }
    if (!other.isOpen) {
      return -Errno.EPIPE;
    }
    boolean wasEmpty = buffer.isEmpty();
    int n;
    try {
      n = buffer.write(from, begins);
    } catch (BadAddressException e) {
      other.queue.wake(READABLE); // it is at its end
      throw e;
    }
    // Every write is an edge to those who watch, at its end: one that found no room included.
    if (wasEmpty || !mayWait || from.remaining() == 0) {
      other.queue.wake(READABLE);
    }
    return n == 0 ? -Errno.EAGAIN : n;
  }

  /** What F_GETPIPE_SZ says. */
  int capacity() {
    return buffer.capacityBytes();
  }

  /** Source: pipe_set_size of fs/pipe.c, for a process without CAP_SYS_RESOURCE. */
  int resize(int bytes) {
    if (Integer.compareUnsigned(bytes, 1 << 31) > 0) {
      return -Errno.EINVAL;
    }
    if (Integer.compareUnsigned(bytes, MAX_CAPACITY) > 0) {
      return -Errno.EPERM;
    }
    int pages = Math.ceilDiv(Math.max(1, bytes), PipeBuffer.PAGE_BYTES);
    int powerOfTwo = pages == 1 ? 1 : 2 * Integer.highestOneBit(pages - 1);
    if (!buffer.resize(powerOfTwo)) {
      return -Errno.EBUSY;
    }
    PipeEnd writer = isReader ? other : this;
    writer.queue.wake(0); // there may be more room
    return capacity();
  }

  @Override
  public Standing standing(boolean toRead) {
    return Standing.EXCLUSIVE;
  }

  /** Only one was woken: what it has left is for the next. */
  @Override
  public void doneWaiting() {
    if (isReader && !buffer.isEmpty()) {
      queue.wake(READABLE);
    } else if (!isReader && !buffer.isFull()) {
      queue.wake(WRITABLE);
    }
  }

  @Override
  public int available() {
    return buffer.sizeBytes();
  }

  @Override
  public void released() {
    isOpen = false;
    if (other.isOpen) {
      other.queue.wakeAll(0);
    }
  }
}
