package dev.pollux.kqueue.fuzz;

import dev.pollux.kqueue.Kevent;
import dev.pollux.kqueue.Kevents;
import org.jspecify.annotations.Nullable;

/**
 * What a wait may or must say of a knote.
 *
 * @param end whether EV_EOF is said
 * @param must what stands in the fflags for certain
 * @param may what else may stand there
 * @param data null for any
 */
record Expectation(
    Note note, Verdict verdict, Verdict end, int must, int may, @Nullable Long data) {

  static Expectation none(Note note) {
    return new Expectation(note, Verdict.NO, Verdict.NO, 0, 0, null);
  }

  Expectation with(Verdict next) {
    return new Expectation(note, next, end, must, may, data);
  }

  Expectation orLater() {
    return with(verdict.and(Verdict.MAY));
  }

  /** What is wrong with an event; null if nothing is. */
  @Nullable String objection(Kevents events, int index) {
    if (verdict == Verdict.NO) {
      return "is not due";
    }
    int flags = events.flags(index);
    boolean isEnd = (flags & Kevent.EV_EOF) != 0;
    if (isEnd ? end == Verdict.NO : end == Verdict.MUST) {
      return isEnd ? "is not at its end" : "is at its end";
    }
    if ((flags & ~Kevent.EV_EOF) != note.flags) {
      return "has the flags " + Kevent.flagNames(note.flags);
    }
    int fflags = events.fflags(index);
    if ((fflags & must) != must || (fflags & ~(must | may)) != 0) {
      return String.format("has fflags=0x%x and perhaps 0x%x", must, may);
    }
    boolean isAnyData = data == null || (isEnd && end == Verdict.MAY);
    if (!isAnyData && events.data(index) != data) {
      return "has data=" + data;
    }
    return events.udata(index) == note.udata ? null : "has udata=" + note.udata;
  }
}
