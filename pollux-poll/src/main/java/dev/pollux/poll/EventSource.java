package dev.pollux.poll;

/**
 * Something that a {@link Poller} can watch: an object with a descriptor.
 *
 * <p>The sources of this package make descriptors of what is none by itself: {@link EventFd}, a
 * count; {@link TimerFd}, a moment; {@link SignalFd}, signals; {@link ProcessFd}, the end of a
 * process; {@link Inotify}, changes of files; {@link Pipe}, bytes. All of them are watched for
 * {@link Interest#READABLE}. Everything else that has a descriptor becomes a source by {@link #of}.
 *
 * <p>Ownership: a source that opened its descriptor closes it; one made by the methods here never
 * does. Remove the registration first, then close the source.
 *
 * <p>Threads: the sources of this package may be used by any thread, and be closed while others use
 * them: a use after the close fails with {@link IllegalStateException} and never reaches a
 * descriptor that has the number by then.
 *
 * <p>Blocking: never, in the sources that this package opens. What {@link #of} is given stays as it
 * is.
 */
public interface EventSource {

  /**
   * The descriptor to watch. It stays the source's: do not close it.
   *
   * @throws IllegalStateException if the source is closed
   */
  int fd();

  /**
   * A descriptor of the caller's, of whatever kind: it is neither changed nor closed.
   *
   * @throws IllegalArgumentException if it is negative
   */
  static EventSource of(int fd) {
    if (fd < 0) {
      throw new IllegalArgumentException("no descriptor: " + fd);
    }
    return new PlainFd(fd);
  }

  /**
   * Descriptor 0. Watch it for reading.
   *
   * <p>A terminal is readable when a line is complete, a pipe when there is something or its
   * writers are gone; a regular file and {@code /dev/null} always. Every backend has it so.
   *
   * <p>Blocking: the descriptor is left blocking, because the shell and other processes share that
   * property of it. One read after each level-triggered event does not block, provided that nobody
   * else reads; an edge-triggered loop, which reads until {@code EAGAIN}, would. {@code System.in}
   * buffers: read from the one or from the other.
   */
  static EventSource standardInput() {
    return of(0);
  }

  /** Descriptor 1. Watch it for writing; what {@link #standardInput} says holds for it as well. */
  static EventSource standardOutput() {
    return of(1);
  }
}
