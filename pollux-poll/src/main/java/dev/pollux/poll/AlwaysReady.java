package dev.pollux.poll;

import dev.pollux.sys.Linux;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The descriptors that epoll refuses with EPERM because they are always ready: regular files,
 * directories, some devices. Reports them as poll and select do.
 *
 * <p>While one of them is armed the backend keeps its alarm raised, so that no wait blocks, and
 * they and epoll's events take turns in being first, so that neither can fill every batch.
 *
 * <p>Threads: {@link #anyArmed} and {@link #takeTurn} without the lock; the others under it.
 */
final class AlwaysReady {

  private static final int FIRST_CAPACITY = 4;

  private @Nullable Registration[] files = new Registration[FIRST_CAPACITY];
  private int size;
  private int first;
  private volatile boolean armed;
  private volatile boolean turn;

  void add(Registration registration) {
    if (size == files.length) {
      files = Arrays.copyOf(files, 2 * size);
    }
    registration.index = size;
    files[size++] = registration;
    update();
  }

  boolean contains(Registration registration) {
    return registration.index >= 0;
  }

  /** Takes a file out. False if it is none of these. */
  boolean remove(Registration registration) {
    int index = registration.index;
    if (index < 0) {
      return false;
    }
    Registration last = at(--size);
    files[index] = last;
    last.index = index;
    files[size] = null;
    registration.index = Registration.IN_NO_TABLE;
    update();
    return true;
  }

  /** Finds out again whether any is armed, after a change. */
  void update() {
    boolean any = false;
    for (int i = 0; i < size && !any; i++) {
      any = isArmed(at(i));
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
    int start = size == 0 ? 0 : first % size;
    for (int i = 0; i < size && !events.isFull(); i++) {
      int index = (start + i) % size;
      Registration file = at(index);
      if (isArmed(file)) {
        file.disarmed = file.trigger() != Trigger.LEVEL;
        events.append(file, file.interest().mask() & (Linux.EPOLLIN | Linux.EPOLLOUT));
        first = index + 1;
      }
    }
    update();
  }

  private Registration at(int index) {
    Registration file = files[index];
    assert file != null;
    return file;
  }

  private static boolean isArmed(Registration file) {
    return !file.disarmed && (file.interest().isReadable() || file.interest().isWritable());
  }
}
