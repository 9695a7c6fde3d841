package dev.pollux.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.sys.PlayedQueue.Event;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code kevent} in the numbers of each system, which stand here as their headers have them. */
class BsdKeventsTest {

  private static final int READ = -1;
  private static final int WRITE = -2;
  private static final int PROC = -5;
  private static final int SIGNAL = -6;
  private static final int TIMER = -7;
  private static final int USER = -11;
  private static final int EXIT = 0x8000_0000;

  private PlayedQueue queue;
  private Sys sys;

  private void play(String system) {
    PlayedSystem played =
        Systems.names()
            .filter(name -> name.startsWith(system))
            .map(Systems::played)
            .findFirst()
            .orElseThrow();
    sys = played.sys();
    queue = PlayedQueue.OF.get(played);
  }

  private Event change(long ident, int filter, int flags, int fflags, long data) {
    KeventMemory one = KeventMemory.allocate(1);
    one.set(0, ident, filter, flags, fflags, data, 7);
    assertEquals(0, sys.kevent(3, one.address(), 1, 0, 0, 0));
    return queue.changes.getLast();
  }

  private KeventMemory answered(Event... events) {
    boolean _ = queue.answers.add(List.of(events));
    KeventMemory out = KeventMemory.allocate(4);
    assertEquals(events.length, sys.kevent(3, 0, 0, out.address(), 4, 0));
    return out;
  }

  @ParameterizedTest
  @CsvSource({
    "macOS, -1, -2, -10",
    "FreeBSD, -1, -2, -11",
    "OpenBSD, -1, -2, -10",
    "NetBSD, 0, 1, 8",
    "DragonFly, -1, -2, -9"
  })
  void filters_areTheSystems(String system, int read, int write, int user) {
    play(system);
    assertEquals(new Event(5, read, 0x21, 0, 0, 7), change(5, READ, 0x21, 0, 0));
    assertEquals(new Event(5, write, 2, 0, 0, 7), change(5, WRITE, 2, 0, 0));
    assertEquals(new Event(5, user, 0, 1 << 24, 0, 7), change(5, USER, 0, 1 << 24, 0));
    KeventMemory out = answered(new Event(5, user, 0x20, 3, 4, 9), new Event(6, write, 0, 0, 8, 1));
    assertEquals(USER, out.filter(0));
    assertEquals(5, out.ident(0));
    assertEquals(0x20, out.flags(0));
    assertEquals(3, out.fflags(0));
    assertEquals(9, out.udata(0));
    assertEquals(WRITE, out.filter(1));
    assertEquals(8, out.data(1));
  }

  /** What has no number there is refused by the system, as a filter that nobody has. */
  @ParameterizedTest
  @ValueSource(strings = {"FreeBSD", "NetBSD"})
  void filterThatTheSystemHasNot_isOneThatItRefuses(String system) {
    play(system);
    assertEquals(Short.MAX_VALUE, change(5, -15, 1, 2, 0).filter());
  }

  /** 5 ms and a nanosecond: rounded up where there are only milliseconds. */
  @ParameterizedTest
  @CsvSource({
    "macOS, -7, 4, 5000001",
    "FreeBSD, -7, 8, 5000001",
    "OpenBSD, -7, 0, 6",
    "NetBSD, 6, 0, 6",
    "DragonFly, -7, 0, 6"
  })
  void timer_isInAUnitThatTheSystemHas_neverEarly(
      String system, int filter, int fflags, long data) {
    play(system);
    assertEquals(new Event(1, filter, 1, fflags, data, 7), change(1, TIMER, 1, 8, 5_000_001));
  }

  @Test
  void timer_inMilliseconds_needsNoUnitOnMacOs() {
    play("macOS");
    assertEquals(new Event(1, TIMER, 1, 0, 5, 7), change(1, TIMER, 1, 0, 5));
    assertEquals(new Event(1, TIMER, 1, 0, 5, 7), change(1, TIMER, 1, 2, 5));
    assertEquals(new Event(1, TIMER, 1, 9, 5, 7), change(1, TIMER, 1, 0x11, 5));
  }

  @Test
  void timerOfLongAgo_doesNotOverflow() {
    play("OpenBSD");
    assertEquals(Long.MAX_VALUE, change(1, TIMER, 1, 1, Long.MAX_VALUE / 10).data());
  }

  /** Older releases would take it for a delay of fifty years. */
  @ParameterizedTest
  @ValueSource(strings = {"OpenBSD", "NetBSD", "DragonFly"})
  void timeOfDay_whereItMayNotBeKnown_isRefused(String system) {
    play(system);
    assertEquals(Short.MAX_VALUE, change(1, TIMER, 1, 0x10, 5).filter());
  }

  @ParameterizedTest
  @MethodSource("dev.pollux.sys.Systems#names")
  void errorOfAChange_andOfASocket_areOurNumbers(String system) {
    if (Systems.isLinux(system)) {
      return;
    }
    play(system);
    int read = change(5, READ, 1, 0, 0).filter();
    int again = 35; // EAGAIN
    int refused = 61; // ECONNREFUSED
    KeventMemory out =
        answered(
            new Event(5, read, 0x4000, 0, again, 0),
            new Event(6, read, 0x8000, refused, 10, 0),
            new Event(7, read, 0, 5, 10, 0));
    assertEquals(Errno.EAGAIN, out.data(0));
    assertEquals(Errno.ECONNREFUSED, out.fflags(1));
    assertEquals(10, out.data(1), "bytes beside the end");
    assertEquals(0, out.fflags(2), "no error without an end");
  }

  @Test
  void signals_haveTheSystemsNumbers() {
    play("macOS");
    assertEquals(30, change(Linux.SIGUSR1, SIGNAL, 1, 0, 0).ident());
    assertEquals(Linux.SIGUSR1, answered(new Event(30, SIGNAL, 0x20, 0, 1, 0)).ident(0));
  }

  /** macOS tells it to who asks; a signal in it has the system's number. */
  @Test
  void statusOfAProcess_isAskedFor_andTranslated() {
    play("macOS");
    assertEquals(0x8400_0000, change(99, PROC, 1, EXIT, 0).fflags());
    KeventMemory out =
        answered(new Event(99, PROC, 0x8000, EXIT, 3 << 8, 0), new Event(99, PROC, 0, EXIT, 30, 0));
    assertEquals(3 << 8, out.data(0));
    assertEquals(EXIT, out.fflags(0));
    assertEquals(Linux.SIGUSR1, out.data(1));
    play("FreeBSD");
    assertEquals(EXIT, change(99, PROC, 1, EXIT, 0).fflags());
  }

  /** A file at its end is ready by other names, or by none. */
  @ParameterizedTest
  @CsvSource({"FreeBSD, 3", "OpenBSD, 3", "macOS, 1", "DragonFly, 1"})
  void notesOfRead_areThoseThatTheSystemHas(String system, int fflags) {
    play(system);
    assertEquals(fflags, change(5, READ, 1, 3, 9).fflags());
  }

  @Test
  void timeout_isPassedAsItIs() {
    play("FreeBSD");
    Timespec timespec = Timespec.allocate();
    KeventMemory out = KeventMemory.allocate(1);
    assertEquals(0, sys.kevent(3, 0, 0, out.address(), 1, timespec.set(5)));
    assertEquals(timespec.set(5), queue.lastTimespec);
    assertEquals(-Errno.EINVAL, sys.kevent(3, 0, -1, 0, 0, 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"macOS", "FreeBSD", "OpenBSD", "NetBSD", "DragonFly"})
  void severalEntries_standInARow(String system) {
    play(system);
    KeventMemory two = KeventMemory.allocate(2);
    two.set(0, 5, READ, 1, 0, 0, 7);
    two.set(1, 6, WRITE, 1, 0, 0, 8);
    assertEquals(0, sys.kevent(3, two.address(), 2, 0, 0, 0));
    assertEquals(List.of(5L, 6L), queue.changes.stream().map(Event::ident).toList());
    assertEquals(List.of(7L, 8L), queue.changes.stream().map(Event::udata).toList());
  }
}
