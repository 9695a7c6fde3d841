package dev.pollux.poll;

import dev.pollux.sys.Linux;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The descriptors that epoll refuses with EPERM because they are always ready: regular files,
 * directories, some devices. Reports them as poll and select do.
 *
 * <p>While one of them is armed no wait blocks, and they and epoll's events take turns in being
 * first, so that neither can fill every batch.
 *
 * <p>Threads: {@link #anyArmed} and {@link #takeTurn} without the lock; the others under it, {@link
 * #appendTo} takes it.
 */
final class AlwaysReady {

  private final ReentrantLock lock;
  private final List<Registration> files = new ArrayList<>();
  private volatile boolean armed;
  private int first;
  private volatile boolean turn;

  AlwaysReady(ReentrantLock lock) {
    this.lock = lock;
  }

  void add(Registration registration) {
    files.add(registration);
    update();
  }

  boolean contains(Registration registration) {
    return !files.isEmpty() && files.contains(registration);
  }

  boolean remove(Registration registration) {
    boolean removed = !files.isEmpty() && files.remove(registration);
    update();
    return removed;
  }

  /** Finds out again which are armed, after a change. */
  void update() {
    boolean any = false;
    for (int i = 0; i < files.size(); i++) {
      any |= isArmed(files.get(i));
    }
    armed = any;
  }

  boolean anyArmed() {
    return armed;
  }

  /** Whether they come before the kernel's events this time; the next time it is the other way. */
  boolean takeTurn() {
    boolean theirs = turn;
    turn = !theirs; // waiters that race here share a turn, which does no harm
    return theirs;
  }

  /** Reports as many as there is room for, going on where the last batch was full. */
  void appendTo(Events events) {
    lock.lock();
    try {
      int size = files.size();
      int start = size == 0 ? 0 : first % size;
      for (int i = 0; i < size && !events.isFull(); i++) {
        int index = (start + i) % size;
        Registration file = files.get(index);
        if (isArmed(file)) {
          file.disarmed = file.trigger() != Trigger.LEVEL;
          events.append(file, file.interest().mask() & (Linux.EPOLLIN | Linux.EPOLLOUT));
          first = index + 1;
        }
      }
      update();
    } finally {
      lock.unlock();
    }
  }

  private static boolean isArmed(Registration file) {
    return !file.disarmed && (file.interest().isReadable() || file.interest().isWritable());
  }
}
