package dev.pollux.model;

import dev.pollux.sys.Linux;
import org.jspecify.annotations.Nullable;

/**
 * One registration: a file that an epoll instance watches, with the events asked for and the user
 * data.
 *
 * <p>It hangs in four structures at once, by fields of its own, so that none of them allocates: the
 * {@link InterestTree} of its instance; the wait queue of the watched file; the {@link ReadyList},
 * or while events are copied out the overflow list; and the list of items of the watched open file
 * description, from which it is removed when that dies.
 */
final class EpollItem implements Wakeable {

  /** What is left of the mask of a fired one-shot item: it watches nothing, not even errors. */
  static final int MODE_BITS =
      Linux.EPOLLWAKEUP | Linux.EPOLLONESHOT | Linux.EPOLLET | Linux.EPOLLEXCLUSIVE;

  final EventPoll epoll;
  final Description target;
  final int fd;

  /** The target's number: half of the key, kept here so that a search touches nothing but nodes. */
  final long targetId;

  int events;
  long data;

  // The interest tree.
  @Nullable EpollItem parent;
  @Nullable EpollItem left;
  @Nullable EpollItem right;
  boolean isRed;

  // The ready list.
  final ReadyList.Link ready = new ReadyList.Link(this);

  // The overflow list.
  @Nullable EpollItem nextOverflow;
  boolean isOverflowed;

  // The watchers of the description.
  @Nullable EpollItem previousWatcher;
  @Nullable EpollItem nextWatcher;

  /** Its place on the wait queue of the file. */
  final WaitEntry entry = new WaitEntry(this);

  EpollItem(EventPoll epoll, Description target, int fd, int events, long data) {
    this.epoll = epoll;
    this.target = target;
    this.targetId = target.id;
    this.fd = fd;
    this.events = events;
    this.data = data;
  }

  boolean has(int flag) {
    return (events & flag) != 0;
  }

  /** False after a one-shot item has fired, until it is modified. */
  boolean isArmed() {
    return (events & ~MODE_BITS) != 0;
  }

  boolean isQueued() {
    return ready.isLinked();
  }

  /** What the file is ready for now, of what is asked for. */
  int poll() {
    return target.file.poll() & events;
  }

  /** The file changed: the first of the two ways onto the ready list. */
  @Override
  public boolean wake(WaitEntry place, int key) {
    return epoll.stateChanged(this, key);
  }

  void attach() {
    nextWatcher = target.firstWatcher;
    if (nextWatcher != null) {
      nextWatcher.previousWatcher = this;
    }
    target.firstWatcher = this;
  }

  void detach() {
    if (previousWatcher == null) {
      target.firstWatcher = nextWatcher;
    } else {
      previousWatcher.nextWatcher = nextWatcher;
    }
    if (nextWatcher != null) {
      nextWatcher.previousWatcher = previousWatcher;
    }
    previousWatcher = null;
    nextWatcher = null;
  }
}
