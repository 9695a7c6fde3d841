package dev.pollux.kqueue.fuzz;

import dev.pollux.kqueue.Kevent;
import dev.pollux.sys.Errno;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;

/** Says of a knote of the {@link Reference} whether it is due, and what its event says. */
final class Judge {

  /** What a {@link Concession#LATE_BY_A_TICK} is late, and as much again. */
  static final long LATE_NANOS = 10_000_000; // 10 ms

  private final LongSupplier clock;
  private final IntFunction<Room> rooms;

  /** With the kernel's word on the room of a descriptor. */
  Judge(LongSupplier clock, IntFunction<Room> rooms) {
    this.clock = clock;
    this.rooms = rooms;
  }

  Expectation expect(Note note) {
    if (!note.isEnabled) {
      return Expectation.none(note);
    }
    return switch (note.filter()) {
      case Kevent.EVFILT_USER ->
          plain(note, Verdict.of(note.isTriggered), note.fflags, 0, note.data);
      case Kevent.EVFILT_TIMER -> timer(note);
      case Kevent.EVFILT_VNODE -> vnode(note);
      case Kevent.EVFILT_READ -> asNews(read(note));
      default -> asNews(write(note));
    };
  }

  private static Expectation plain(Note note, Verdict verdict, int must, int may, long data) {
    return new Expectation(note, verdict, Verdict.NO, must, may, data);
  }

  /** With EV_CLEAR it takes news as well. */
  private static Expectation asNews(Expectation expected) {
    Note note = expected.note();
    return note.is(Kevent.EV_CLEAR) ? expected.with(expected.verdict().and(note.news)) : expected;
  }

  private Expectation timer(Note note) {
    long passed = clock.getAsLong() - note.begunAt;
    long nanos = Math.max(1, Reference.nanos(note.fflags, note.data));
    boolean isOfDay = (note.fflags & Kevent.NOTE_ABSTIME) != 0; // long ago
    long all = isOfDay ? 1 : passed / nanos;
    long count = (note.is(Kevent.EV_ONESHOT) ? Math.min(1, all) : all) - note.told;
    return plain(note, Verdict.of(count > 0), 0, 0, count);
  }

  /** How long it is until a timer expires; the longest there is if it does not, or is no timer. */
  long nanosToGo(Note note) {
    boolean isTimer = note.isEnabled && note.filter() == Kevent.EVFILT_TIMER;
    boolean isOver = note.told > 0 && (note.fflags & Kevent.NOTE_ABSTIME) != 0;
    if (!isTimer || isOver) {
      return Long.MAX_VALUE;
    }
    long nanos = Math.max(1, Reference.nanos(note.fflags, note.data));
    return note.begunAt + (note.told + 1) * nanos - clock.getAsLong();
  }

  private static Expectation vnode(Note note) {
    Verdict may = note.mayHaveHappened != 0 ? Verdict.MAY : Verdict.NO;
    Verdict verdict = Verdict.of(note.happened != 0).or(may);
    return plain(note, verdict, note.happened, note.mayHaveHappened, 0);
  }

  private static Expectation read(Note note) {
    Thing thing = note.thing;
    return switch (thing) {
      case Thing.FileHandle handle -> {
        long amount = handle.toRead();
        boolean isBelow = note.hasThreshold() && amount >= 0 && amount < note.data;
        yield plain(note, Verdict.of(amount != 0 && !isBelow), 0, 0, amount);
      }
      case Thing.PipeEnd end when !end.isReader -> wrongWay(note, end);
      case Thing other -> {
        boolean isOver = other.isReadingOver();
        Verdict due = Verdict.of(isOver || other.toRead() >= note.threshold());
        int error = error(other);
        yield new Expectation(note, due, Verdict.of(isOver), 0, error, other.toRead());
      }
      case null -> Expectation.none(note);
    };
  }

  /** {@link Concession#WRONG_WAY}. */
  private static Expectation wrongWay(Note note, Thing.PipeEnd end) {
    Verdict verdict = end.other.isClosed() ? Verdict.MAY : Verdict.NO;
    return new Expectation(note, verdict, Verdict.MUST, 0, 0, null);
  }

  private Expectation write(Note note) {
    Thing thing = note.thing;
    return switch (thing) {
      case Thing.FileHandle _ -> plain(note, Verdict.MUST, 0, 0, 0);
      case Thing.PipeEnd end when end.isReader -> wrongWay(note, end);
      case Thing other when other.isWritingOver() -> end(note, other);
      case Thing _ -> room(note);
      case null -> Expectation.none(note);
    };
  }

  /** {@link Concession#NO_ROOM_AT_THE_END}. */
  private Expectation end(Note note, Thing thing) {
    boolean isHalf = thing instanceof Thing.SocketEnd && !thing.isReadingOver();
    boolean isTold = !isHalf || rooms.apply((int) note.key.ident()).isWritable();
    Verdict due = isTold ? Verdict.MUST : Verdict.MAY; // Concession.END_OF_ONE_HALF
    return new Expectation(note, due, Verdict.MUST, 0, error(thing), 0L);
  }

  private Expectation room(Note note) {
    Room room = rooms.apply((int) note.key.ident());
    boolean isDue = room.suffices(note.threshold());
    boolean mayBeLate = note.hasThreshold() && clock.getAsLong() - note.roomGrewAt < LATE_NANOS;
    Verdict verdict = isDue && mayBeLate ? Verdict.MAY : Verdict.of(isDue);
    return plain(note, verdict, 0, 0, room.bytes());
  }

  /** {@link Concession#ERROR_TOLD_ONCE}. */
  private static int error(Thing thing) {
    return thing instanceof Thing.SocketEnd end && end.isReset ? Errno.ECONNRESET : 0;
  }
}
