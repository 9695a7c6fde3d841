package dev.pollux.poll;

import dev.pollux.sys.Linux;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a poller should report: {@code expect(poller).readable(a).writable(b).nothingElse()}.
 *
 * <p>Waits until everything expected was reported, in any number of batches, and at most to a
 * deadline. What was reported beyond is a failure if poll(2) confirms it; if not, it is spurious,
 * which the contract allows. On a backend without {@code READ_CLOSED} or {@code HANGUP_AND_ERROR}
 * these expectations turn into what is documented there: they are not reported.
 */
final class Expectation {

  private static final int READABLE = 1;
  private static final int WRITABLE = 2;
  private static final int PRIORITY = 4;
  private static final int READ_CLOSED = 8;
  private static final int HANGUP = 16;
  private static final int ERROR = 32;
  private static final String[] NAMES = {
    "readable", "writable", "priority", "readClosed", "hangup", "error"
  };

  private static final int MAX_ROUNDS = 10_000;

  /** How long silence is listened to: long enough for a wrong wake-up that is on its way. */
  private static final long SILENCE_NANOS = 1_500_000; // 1.5 ms

  private final Io io;
  private final Poller poller;
  private final Events events;
  private final Map<Registration, Integer> expected = new LinkedHashMap<>();
  private final Map<Registration, Integer> seen = new LinkedHashMap<>();
  private final List<String> wrong = new ArrayList<>();

  Expectation(Io io, Poller poller, Events events) {
    this.io = io;
    this.poller = poller;
    this.events = events;
  }

  Expectation readable(Registration registration) {
    return expect(registration, READABLE);
  }

  Expectation writable(Registration registration) {
    return expect(registration, WRITABLE);
  }

  Expectation priority(Registration registration) {
    return expect(registration, PRIORITY);
  }

  Expectation readClosed(Registration registration) {
    return expect(registration, poller.supports(Capability.READ_CLOSED) ? READ_CLOSED : 0);
  }

  Expectation hangup(Registration registration) {
    return expect(registration, poller.supports(Capability.HANGUP_AND_ERROR) ? HANGUP : 0);
  }

  Expectation error(Registration registration) {
    return expect(registration, poller.supports(Capability.HANGUP_AND_ERROR) ? ERROR : 0);
  }

  /** What the registration was added for: readable or writable. */
  Expectation ready(Registration registration) {
    return registration.interest().isReadable() ? readable(registration) : writable(registration);
  }

  private Expectation expect(Registration registration, int flags) {
    expected.merge(registration, flags, (a, b) -> a | b);
    return this;
  }

  /** Waits for what is expected, and fails for anything real beyond it. */
  void nothingElse() throws Exception {
    collect();
    if (!wrong.isEmpty()) {
      throw new AssertionError("not expected: " + wrong + "; expected: " + text(expected));
    }
  }

  /** Waits for what is expected; other things may be reported beside it. */
  void atLeast() throws Exception {
    collect();
  }

  /** Expects silence: several waits, the last of which blocks for a moment. */
  void nothing() throws Exception {
    for (int round = 0; round < 4; round++) {
      poller.await(events, round < 3 ? 0 : SILENCE_NANOS);
      take();
    }
    if (!wrong.isEmpty()) {
      throw new AssertionError("expected silence: " + wrong);
    }
  }

  private void collect() throws Exception {
    Deadline deadline = Deadline.forThe("event");
    for (int round = 0; !isComplete(); round++) {
      if (round > MAX_ROUNDS || deadline.isOver()) {
        throw deadline.missed(
            "s " + text(expected) + "; seen: " + text(seen) + ", oracle: " + oracle());
      }
      poller.await(events, 10_000_000);
      take();
    }
  }

  private boolean isComplete() {
    return expected.entrySet().stream()
        .allMatch(e -> (seen.getOrDefault(e.getKey(), 0) & e.getValue()) == e.getValue());
  }

  private void take() {
    while (events.next()) {
      Registration registration = events.registration();
      int flags = flags(events);
      int beyond = flags & ~expected.getOrDefault(registration, 0);
      if (!registration.isActive() || (beyond & flagsOf(io.mask(registration.fd()))) != 0) {
        wrong.add(registration + " " + text(beyond));
      }
      seen.merge(registration, flags, (a, b) -> a | b);
    }
  }

  private static int flags(Events events) {
    return (events.isReadable() ? READABLE : 0)
        | (events.isWritable() ? WRITABLE : 0)
        | (events.isPriority() ? PRIORITY : 0)
        | (events.isReadClosed() ? READ_CLOSED : 0)
        | (events.isHangup() ? HANGUP : 0)
        | (events.isError() ? ERROR : 0);
  }

  /** What the oracle's mask would justify, see "Half-close and errors". */
  private static int flagsOf(int mask) {
    boolean hangup = (mask & Linux.POLLHUP) != 0;
    boolean error = (mask & (Linux.POLLERR | Linux.POLLNVAL)) != 0;
    boolean readClosed = (mask & Linux.POLLRDHUP) != 0 || hangup;
    return ((mask & Linux.POLLIN) != 0 || readClosed || error ? READABLE : 0)
        | ((mask & Linux.POLLOUT) != 0 || error ? WRITABLE : 0)
        | ((mask & Linux.POLLPRI) != 0 ? PRIORITY : 0)
        | (readClosed ? READ_CLOSED : 0)
        | (hangup ? HANGUP : 0)
        | (error ? ERROR : 0);
  }

  private String oracle() {
    Map<Registration, Integer> masks = new LinkedHashMap<>();
    expected.keySet().forEach(r -> masks.put(r, flagsOf(io.mask(r.fd()))));
    return text(masks);
  }

  private static String text(Map<Registration, Integer> map) {
    StringBuilder text = new StringBuilder();
    map.forEach((key, flags) -> text.append(key).append(" = ").append(text(flags)).append("; "));
    return text.toString();
  }

  private static String text(@Nullable Integer flags) {
    List<String> names = new ArrayList<>();
    for (int bit = 0; bit < NAMES.length; bit++) {
      if (flags != null && (flags & (1 << bit)) != 0) {
        names.add(NAMES[bit]);
      }
    }
    return names.toString();
  }
}
