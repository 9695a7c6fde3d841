package dev.pollux.model;

import dev.pollux.sys.Linux;
import org.jspecify.annotations.Nullable;

/**
 * An open file description: what {@code dup} shares, and what epoll's registrations are tied to.
 *
 * <p>Descriptors are numbers that refer to one of these. Closing a number drops one reference; only
 * the last one closes the file, and only then epoll forgets it. That is why a registration outlives
 * its descriptor while a duplicate is open.
 */
final class Description {

  /** Unique for ever; the order of the interest tree. */
  final long id;

  final File file;

  /** Access mode and status flags, as F_GETFL shows them. */
  int flags;

  /** The first of the epoll items that watch this description. */
  @Nullable EpollItem firstWatcher;

  private final Kernel kernel;
  private int references;

  Description(Kernel kernel, File file, int flags) {
    this.kernel = kernel;
    this.id = kernel.newId();
    this.file = file;
    this.flags = flags;
    kernel.files++;
  }

  boolean isNonBlocking() {
    return (flags & Linux.O_NONBLOCK) != 0;
  }

  boolean isReadable() {
    return (flags & Linux.O_WRONLY) == 0;
  }

  boolean isWritable() {
    return (flags & (Linux.O_WRONLY | Linux.O_RDWR)) != 0;
  }

  void acquire() {
    references++;
  }

  /** Drops a reference; with the last one, epoll forgets the file, and then it is closed. */
  void release() {
    if (--references > 0) {
      return;
    }
    while (firstWatcher != null) {
      firstWatcher.epoll.forget(firstWatcher);
    }
    kernel.files--;
    file.released();
  }
}
