package dev.pollux.kqueue;

import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Offsets;
import dev.pollux.sys.PathBytes;
import dev.pollux.sys.Sys;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The inotify instance of a queue, and what knotes wait for in it: one watch for each file, however
 * many descriptors of it there are. Made when the first file is watched. Under the queue's lock.
 *
 * <p>Source: inotify(7).
 */
final class Watches {

  /** Both: of a move within one folder, as which each half of it is told. */
  static final int MOVED = Linux.IN_MOVED_FROM | Linux.IN_MOVED_TO;

  private static final int MOST_READS = 64;
  private static final int BUFFER_BYTES = 4 << 10; // 4 KiB: at least 15 events

  private final Sys sys;
  private final Instances instances;
  private final NumberTable<Watch> watches = new NumberTable<>();
  private final List<Watch> all = new ArrayList<>();
  private int inside; // the last move within a folder
  private final IoBuffer buffer = IoBuffer.allocate(BUFFER_BYTES);

  /** A file, and who waits for what happens to it. */
  static final class Watch {
    private final int number;
    private final List<Knote> notes = new ArrayList<>();

    private Watch(int number) {
      this.number = number;
    }
  }

  Watches(Sys sys, Instances instances) {
    this.sys = sys;
    this.instances = instances;
    var _ = buffer.buffer().order(ByteOrder.nativeOrder());
  }

  /** Watches the file behind a descriptor for a knote, also for what it did before; an errno. */
  int add(Knote note, int mask) {
    int fd = instances.own(Instances.WATCHES);
    if (fd < 0) {
      fd = sys.inotifyInit1(Linux.IN_NONBLOCK | Linux.IN_CLOEXEC);
      int failed = fd < 0 ? -fd : instances.adopt(Instances.WATCHES, fd);
      if (failed != 0) {
        return failed;
      }
    }
    int number;
    try (Arena arena = Arena.ofConfined()) {
      Path path = Path.of("/proc/self/fd/" + note.source.fd);
      int added = mask | Linux.IN_MASK_ADD;
      number = sys.inotifyAddWatch(fd, PathBytes.allocate(arena, path).address(), added);
    }
    if (number < 0) {
      return -number;
    }
    Watch watch = watches.get(number);
    if (watch == null) {
      watch = new Watch(number);
      watches.put(number, watch);
      all.add(watch);
    }
    if (note.watch != watch) {
      remove(note);
      watch.notes.add(note);
      note.watch = watch;
    }
    return 0;
  }

  /** It waits for nothing any more. */
  void remove(Knote note) {
    Watch watch = note.watch;
    if (watch == null) {
      return;
    }
    note.watch = null;
    boolean _ = watch.notes.remove(note);
    if (watch.notes.isEmpty() && watches.get(watch.number) == watch) {
      forget(watch);
      int _ = sys.inotifyRmWatch(instances.own(Instances.WATCHES), watch.number);
    }
  }

  private void forget(Watch watch) {
    watches.remove(watch.number);
    boolean _ = all.remove(watch);
  }

  /** Tells knotes all that has happened, unless it goes on happening. */
  void readAll() {
    boolean hadSome = instances.own(Instances.WATCHES) >= 0;
    for (int i = 0; hadSome && i < MOST_READS; i++) {
      hadSome = read();
    }
  }

  /** Tells knotes what has happened, as far as the buffer goes; false if there was nothing. */
  private boolean read() {
    ByteBuffer events = buffer.buffer().clear();
    int count = buffer.read(sys, instances.own(Instances.WATCHES));
    int at = 0;
    while (at < count) {
      int number = events.getInt(at + Offsets.INOTIFY_EVENT__WD);
      int mask = events.getInt(at + Offsets.INOTIFY_EVENT__MASK);
      int cookie = events.getInt(at + Offsets.INOTIFY_EVENT__COOKIE);
      int length = events.getInt(at + Offsets.INOTIFY_EVENT__LEN);
      at += Offsets.INOTIFY_EVENT__NAME + length;
      if ((mask & Linux.IN_MOVED_FROM) != 0 && isMovedTo(events, at, count, number, cookie)) {
        inside = cookie;
      }
      mask |= (mask & MOVED) != 0 && cookie == inside ? MOVED : 0;
      Watch watch = watches.get(number);
      if ((mask & Linux.IN_Q_OVERFLOW) != 0) { // something was lost, and nobody knows what
        for (int i = all.size() - 1; i >= 0; i--) {
          tell(all.get(i), Linux.IN_MODIFY | Linux.IN_ATTRIB, false);
        }
      } else if (watch != null) {
        tell(watch, mask, length > 0);
      }
    }
    return count > 0;
  }

  /** Whether one of the events from there on is the other half of a move within the folder. */
  private static boolean isMovedTo(ByteBuffer events, int from, int end, int number, int cookie) {
    int at = from;
    while (at < end) {
      boolean isOther =
          (events.getInt(at + Offsets.INOTIFY_EVENT__MASK) & Linux.IN_MOVED_TO) != 0
              && events.getInt(at + Offsets.INOTIFY_EVENT__COOKIE) == cookie
              && events.getInt(at + Offsets.INOTIFY_EVENT__WD) == number;
      if (isOther) {
        return true;
      }
      at += Offsets.INOTIFY_EVENT__NAME + events.getInt(at + Offsets.INOTIFY_EVENT__LEN);
    }
    return false;
  }

  private void tell(Watch watch, int mask, boolean isOfEntry) {
    for (int i = watch.notes.size() - 1; i >= 0; i--) {
      Knote note = watch.notes.get(i);
      note.filter.happened(note, mask, isOfEntry);
    }
    if ((mask & Linux.IN_IGNORED) != 0) { // mostly the file is no more, nor is a descriptor of it
      forget(watch);
      while (!watch.notes.isEmpty()) {
        Knote note = watch.notes.removeLast();
        note.watch = null;
        if (!note.filter.watchAgain(note)) {
          note.filter.notes.forget(note.source, note.filter.number);
        }
      }
    }
  }
}
