package dev.pollux.inspect;

/** What kind of thing a descriptor is of. */
public enum FileKind {
  /** A socket of any family; {@link Descriptor#socket} knows more of it. */
  SOCKET("socket"),
  /** An end of a pipe or of a FIFO. */
  PIPE("pipe"),
  /** An epoll instance. */
  EPOLL("epoll"),
  /** A counter, {@code eventfd(2)}. */
  EVENTFD("eventfd"),
  /** A timer, {@code timerfd_create(2)}. */
  TIMERFD("timerfd"),
  /** Signals, {@code signalfd(2)}. */
  SIGNALFD("signalfd"),
  /** Watches of files, {@code inotify_init1(2)}. */
  INOTIFY("inotify"),
  /** A process, {@code pidfd_open(2)}. */
  PIDFD("pidfd"),
  /** Rings of {@code io_uring_setup(2)}, through which anything may be waited for. */
  IO_URING("io_uring"),
  /** Another file without a name in a file system. */
  ANONYMOUS("anonymous"),
  /** A file, folder or device, by its path. */
  PATH("file");

  private final String label;

  FileKind(String label) {
    this.label = label;
  }

  /** The word for it in texts. */
  public String label() {
    return label;
  }
}
