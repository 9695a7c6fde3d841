package dev.pollux.kqueue.fuzz;

import dev.pollux.kqueue.Kevent;
import dev.pollux.sys.Errno;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Knotes as the manual has them: a map, what changes do to it, what news do to it, what an event
 * does to it. What of it is due, {@link Judge} says.
 *
 * <p>Source: kqueue(2) of FreeBSD.
 */
final class Reference {

  private static final int UNITS =
      Kevent.NOTE_SECONDS | Kevent.NOTE_MSECONDS | Kevent.NOTE_USECONDS | Kevent.NOTE_NSECONDS;

  private final LongSupplier clock;
  private final Map<Note.Key, Note> notes = new LinkedHashMap<>();

  Reference(LongSupplier clock) {
    this.clock = clock;
  }

  List<Note> all() {
    return new ArrayList<>(notes.values());
  }

  @Nullable Note find(long ident, int filter) {
    return notes.get(new Note.Key(ident, filter));
  }

  // ---- changes

  /** Does what an entry says, of an identifier that is open on a thing; an errno or 0. */
  int apply(Change change, long ident, @Nullable Thing thing) {
    if (!isFilter(change.filter())) {
      return Errno.EINVAL;
    }
    if (change.isOfDescriptor() && thing == null) {
      return Errno.EBADF;
    }
    Note note = find(ident, change.filter());
    if (note != null && change.has(Kevent.EV_DELETE)) {
      notes.remove(note.key);
      return 0;
    }
    if (note == null && !change.has(Kevent.EV_ADD)) {
      return Errno.ENOENT;
    }
    int failed = check(change, thing);
    if (failed != 0) {
      return failed;
    }
    if (note == null) {
      create(change, ident, thing);
    } else {
      modify(note, change);
    }
    return 0;
  }

  private static boolean isFilter(int filter) {
    return switch (filter) {
      case Kevent.EVFILT_READ,
          Kevent.EVFILT_WRITE,
          Kevent.EVFILT_VNODE,
          Kevent.EVFILT_TIMER,
          Kevent.EVFILT_USER ->
          true;
      default -> false;
    };
  }

  private static int check(Change change, @Nullable Thing thing) {
    if (change.filter() == Kevent.EVFILT_TIMER && change.has(Kevent.EV_ADD)) {
      return change.data() < 0 || nanos(change.fflags(), 1) == 0 ? Errno.EINVAL : 0;
    }
    boolean isOfFile = thing instanceof Thing.FileHandle;
    return change.filter() == Kevent.EVFILT_VNODE && !isOfFile ? Errno.EINVAL : 0;
  }

  private void create(Change change, long ident, @Nullable Thing thing) {
    Note note = new Note(new Note.Key(ident, change.filter()), thing);
    boolean isTimer = change.filter() == Kevent.EVFILT_TIMER;
    note.flags = (change.flags() & Note.KEPT) | (isTimer ? Kevent.EV_CLEAR : 0);
    note.isEnabled = !change.has(Kevent.EV_DISABLE);
    note.udata = change.udata();
    notes.put(note.key, note);
    if (change.filter() == Kevent.EVFILT_USER) {
      note.fflags = change.fflags() & Kevent.NOTE_FFLAGSMASK;
      trigger(note, change);
    } else {
      begin(note, change);
    }
  }

  private void modify(Note note, Change change) {
    if (change.has(Kevent.EV_DISABLE)) {
      note.isEnabled = false;
    } else if (change.has(Kevent.EV_ENABLE) || change.has(Kevent.EV_ADD)) {
      note.isEnabled = true;
    }
    note.udata = change.udata();
    switch (note.filter()) {
      case Kevent.EVFILT_USER -> {
        note.fflags = combined(note.fflags, change.fflags());
        trigger(note, change);
      }
      case Kevent.EVFILT_VNODE -> {
        if (change.has(Kevent.EV_ADD)) { // on or off alone: what it waits for stays
          begin(note, change);
        }
      }
      case Kevent.EVFILT_TIMER -> {
        if (change.has(Kevent.EV_ADD)) {
          note.flags = (change.flags() & Note.KEPT) | Kevent.EV_CLEAR;
          begin(note, change);
        }
      }
      default -> begin(note, change);
    }
  }

  /** The filter looks whether there is something already. */
  private void begin(Note note, Change change) {
    note.fflags = change.fflags();
    note.data = change.data();
    note.begunAt = clock.getAsLong();
    note.told = 0;
    note.news = Verdict.MUST;
    note.isFresh = true;
    note.mayHaveHappened |= note.happened & ~note.fflags;
    note.happened &= note.fflags;
  }

  private static void trigger(Note note, Change change) {
    note.data = change.data();
    note.isTriggered |= (change.fflags() & Kevent.NOTE_TRIGGER) != 0;
  }

  private static int combined(int before, int said) {
    int given = said & Kevent.NOTE_FFLAGSMASK;
    return switch (said & Kevent.NOTE_FFCTRLMASK) {
      case Kevent.NOTE_FFAND -> before & given;
      case Kevent.NOTE_FFOR -> before | given;
      case Kevent.NOTE_FFCOPY -> given;
      default -> before;
    };
  }

  /** How long a timer takes; 0 for units that are none. */
  static long nanos(int fflags, long data) {
    return switch (fflags & UNITS) {
      case Kevent.NOTE_SECONDS -> data * 1_000_000_000;
      case 0, Kevent.NOTE_MSECONDS -> data * 1_000_000;
      case Kevent.NOTE_USECONDS -> data * 1_000;
      case Kevent.NOTE_NSECONDS -> data;
      default -> 0;
    };
  }

  // ---- news

  /** A number was closed. */
  void closed(long number) {
    notes.keySet().removeIf(key -> key.ident() == number && Change.isOfDescriptor(key.filter()));
  }

  /** Something came. */
  void tell(Thing thing, int filter, Verdict news) {
    for (Note note : notes.values()) {
      if (note.thing == thing && note.filter() == filter) {
        note.news = note.news.or(news);
      }
    }
  }

  /** Something was read at the other end: {@link Concession#MORE_ROOM}. */
  void roomGrew(Thing thing, Room before, Room after) {
    for (Note note : notes.values()) {
      if (note.thing == thing && note.filter() == Kevent.EVFILT_WRITE) {
        boolean isEnough = after.suffices(note.threshold());
        boolean isNew = isEnough && !before.suffices(note.threshold());
        boolean isSeen = note.isFresh || !before.isWritable(); // that there was less
        note.news = note.news.or(isNew && isSeen ? Verdict.MUST : Verdict.MAY);
        note.roomGrewAt = clock.getAsLong();
      }
    }
  }

  /** Something happened to a file. */
  void happened(Thing.PlainFile file, int must, int may, Verdict news) {
    for (Note note : notes.values()) {
      if (note.thing instanceof Thing.FileHandle handle && handle.file == file) {
        boolean isRead = note.filter() == Kevent.EVFILT_READ; // WRITE: Concession.FILE_NEWS
        note.news = note.news.or(isRead ? news : Verdict.MAY);
        note.happened |= must & note.fflags;
        note.mayHaveHappened |= may & note.fflags;
      }
    }
  }

  /** Something that happened to a file may not be found out any more. */
  void mayBeHidden(Thing.PlainFile file, int what) {
    for (Note note : notes.values()) {
      if (note.thing instanceof Thing.FileHandle handle && handle.file == file) {
        note.mayHaveHappened |= note.happened & what;
        note.happened &= ~what;
      }
    }
  }

  // ---- events

  /** An event of it was given out. */
  void given(Note note, long count) {
    note.told += count;
    note.isFresh = false;
    note.news = Verdict.NO;
    if (note.is(Kevent.EV_CLEAR)) {
      note.isTriggered = false;
      note.happened = 0;
      note.mayHaveHappened = 0;
    }
    if (note.is(Kevent.EV_ONESHOT)) {
      notes.remove(note.key);
    } else if (note.is(Kevent.EV_DISPATCH)) {
      note.isEnabled = false;
    }
  }

  /** No event of it was given out, though there was room: what it may have had, it has not. */
  static void notGiven(Expectation expected) {
    Note note = expected.note();
    if (!note.isEnabled) {
      return;
    }
    boolean mayBeLate = note.filter() == Kevent.EVFILT_WRITE && note.hasThreshold();
    boolean hadNone = expected.verdict() == Verdict.NO || note.news == Verdict.MAY;
    note.news = hadNone && !mayBeLate ? Verdict.NO : note.news;
    note.mayHaveHappened = 0;
  }
}
