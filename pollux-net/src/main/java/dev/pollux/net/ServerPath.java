package dev.pollux.net;

import org.jspecify.annotations.Nullable;

/**
 * The file of a {@link Server}'s Unix socket, if it has one, and whose it is: the server's, to be
 * removed when it stops, or a successor's. As long as a successor is agreed with, that is not
 * known, and the file stays. Of a server without a file it is known all the same whether it can
 * still be succeeded.
 *
 * <p>Threads: any.
 */
final class ServerPath {

  private @Nullable UnixPath file; // all guarded by this
  private boolean over;
  private int agreements;
  private Runnable atEnd = () -> {};

  /** The file is the server's from now on. */
  synchronized void set(@Nullable UnixPath made) {
    file = made;
    removeIfDue();
  }

  /** The file; null if there is none. */
  synchronized @Nullable UnixPath file() {
    return file;
  }

  /**
   * The server stops, and nobody else is agreed with from now on. Removes the file, while the
   * listener keeps its inode from being another's, unless somebody is.
   */
  void remove() {
    Runnable told;
    synchronized (this) {
      over = true;
      removeIfDue();
      told = atEnd;
    }
    told.run();
  }

  /** Who is told, each time, that the server stops, or its last listener is about to be closed. */
  synchronized void whenRemoved(Runnable action) {
    atEnd = action;
  }

  private void removeIfDue() {
    UnixPath known = file;
    if (over && agreements == 0 && known != null) {
      known.remove();
    }
  }

  /** Whether the server stops, or has. */
  synchronized boolean isOver() {
    return over;
  }

  /** A successor is agreed with; false if the server stops. */
  synchronized boolean agree() {
    agreements += over ? 0 : 1;
    return !over;
  }

  /** One who was agreed with does not succeed, or has: then there is nothing to remove. */
  synchronized void disagree() {
    agreements--;
    removeIfDue();
  }

  /** Leaves the file where it is: a successor listens there. */
  synchronized void keep() {
    UnixPath known = file;
    if (known != null) {
      known.keep();
    }
  }
}
