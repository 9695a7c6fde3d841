package dev.pollux.poll;

import dev.pollux.sys.Linux;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The descriptors that epoll refuses with EPERM because they are always ready: regular files,
 * directories, some devices. Reports them as poll and select do.
 *
 * <p>While one of them is armed the backend keeps its alarm raised, so that no wait blocks. The
 * alarm is an item among others in the kernel's list, which goes round: each time that it comes
 * round, a round of the files is due. So everybody is reported equally often, however small the
 * batches are.
 *
 * <p>Threads: {@link #areDue} without the lock; the others under it.
 */
final class AlwaysReady {

  private static final int FIRST_CAPACITY = 4;

  private @Nullable Registration[] files = new Registration[FIRST_CAPACITY];
  private int size;
  private int next;
  private boolean armed;

  /** How many are left of this round. */
  private volatile int due;

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

  /** Whether a round did not fit into the last batch. */
  boolean areDue() {
    return due > 0;
  }

  /** The alarm has come round. */
  void beginRound() {
    due = size;
  }

  /** Reports as many of this round as there is room for. */
  void appendTo(Events events) {
    int left = Math.min(due, size);
    while (left > 0 && !events.isFull()) {
      next = next < size ? next : 0;
      Registration file = at(next++);
      left--;
      if (isArmed(file)) {
        file.disarmed = file.trigger() != Trigger.LEVEL;
        events.append(file, file.interest().mask() & (Linux.EPOLLIN | Linux.EPOLLOUT));
      }
    }
    due = left;
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
