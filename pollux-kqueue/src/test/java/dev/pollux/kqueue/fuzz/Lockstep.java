package dev.pollux.kqueue.fuzz;

import dev.pollux.kqueue.Kevent;
import dev.pollux.kqueue.Kevents;
import dev.pollux.kqueue.Kqueue;
import dev.pollux.sys.Errno;
import dev.pollux.sys.SysException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Runs a program on a queue and on the reference, step by step, until they differ. */
final class Lockstep implements AutoCloseable {

  private static final int FILTERS = 3;

  private final Kernel kernel;
  private final Watchdog watchdog;
  private final Kqueue queue;
  private final Reference reference;
  private final Judge judge;
  private final World world;
  private final Lists lists;

  Lockstep(Kernel kernel, Lists lists) throws SysException {
    this.kernel = kernel;
    this.lists = lists;
    this.watchdog = new Watchdog(kernel.sys);
    this.queue = Kqueue.open(watchdog.counted());
    this.reference = new Reference(kernel::now);
    this.judge = new Judge(kernel::now, kernel::room);
    this.world = new World(kernel, reference, this::sameAgain);
  }

  /** Runs a program; where and how the two differ, or null. */
  static @Nullable Difference run(List<Step> program, Kernel kernel, Lists lists) {
    try (Lockstep both = new Lockstep(kernel, lists)) {
      for (int i = 0; i < program.size(); i++) {
        String what = both.step(program.get(i));
        if (what != null) {
          return new Difference(i, what);
        }
      }
      return null;
    } catch (SysException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    watchdog.restart();
    queue.close();
    world.closeAll();
  }

  private void sameAgain(int number) {
    for (int i = 0; i < FILTERS; i++) {
      int filter = new int[] {Kevent.EVFILT_READ, Kevent.EVFILT_WRITE, Kevent.EVFILT_VNODE}[i];
      watchdog.restart();
      try {
        queue.change(number, filter, Kevent.EV_DELETE, 0, 0, 0);
      } catch (SysException e) {
        // there was none
      }
    }
  }

  private @Nullable String step(Step step) throws SysException {
    try {
      return run(step);
    } catch (Watchdog.SpinException e) {
      return "spins";
    }
  }

  private @Nullable String run(Step step) throws SysException {
    return switch (step) {
      case Step.Call call -> call(call);
      case Step.Drain(int room) -> drain(room);
      case Step.Wait(long nanos) -> kernel.hasTimers() ? await(nanos) : null;
      default -> {
        world.run(step);
        yield null;
      }
    };
  }

  // ---- changes

  private long ident(Change change) {
    return change.isOfDescriptor() ? world.number(change.target()) : change.target();
  }

  /** {@link Concession#QUEUES_OWN}: what is closed is asked for alone, before others are made. */
  private boolean isForeign(Change change, boolean isAlone) {
    int number = (int) ident(change);
    return change.isOfDescriptor()
        && number >= 0
        && world.thing(number) == null
        && (!isAlone || kernel.isOpen(number));
  }

  private @Nullable String call(Step.Call call) {
    boolean isAlone = call.changes().size() == 1;
    List<Change> made =
        call.changes().stream().filter(change -> !isForeign(change, isAlone)).toList();
    int room = call.isOneArray() ? Math.max(call.room(), made.size()) : call.room();
    Kevents changes = lists.changes(call.isOneArray() ? room : made.size());
    for (Change c : made) {
      var _ = changes.add(ident(c), c.filter(), c.flags(), c.fflags(), c.data(), c.udata());
    }
    Kevents events = call.isOneArray() ? changes : lists.events(room);
    if (made.isEmpty() && isAsleep()) {
      return "something is due, and the queue is not readable";
    }
    Answer answer = new Answer(room);
    for (Change change : made) {
      long ident = ident(change);
      Thing thing = change.isOfDescriptor() ? world.thing((int) ident) : null;
      if (!answer.add(change, ident, reference.apply(change, ident, thing))) {
        break;
      }
    }
    Map<Note.Key, Expectation> expected = expectations();
    int count;
    watchdog.restart();
    try {
      count = queue.kevent(changes, events, 0);
    } catch (SysException e) {
      count = -e.errno();
    }
    if (answer.isFinal()) {
      return answer.objection(events, count);
    }
    return check(events, count, expected);
  }

  // ---- events

  private Map<Note.Key, Expectation> expectations() {
    Map<Note.Key, Expectation> all = new LinkedHashMap<>();
    for (Note note : reference.all()) {
      all.put(note.key, judge.expect(note));
    }
    return all;
  }

  private @Nullable String check(Kevents events, int count, Map<Note.Key, Expectation> expected) {
    if (count < 0) {
      return "kevent: errno " + -count;
    }
    Set<Thing.SocketEnd> ended = new HashSet<>();
    Set<Thing.SocketEnd> told = new HashSet<>();
    for (int i = 0; i < count; i++) {
      Note.Key key = new Note.Key(events.ident(i), events.filter(i));
      Expectation due = expected.remove(key);
      String objection = due == null ? "is not, or came twice" : due.objection(events, i);
      if (due == null || objection != null) {
        return events.text(i) + " " + objection + "; of " + events;
      }
      if (due.note().thing instanceof Thing.SocketEnd end
          && (events.flags(i) & Kevent.EV_EOF) != 0) {
        boolean _ = ended.add(end);
        boolean _ = events.fflags(i) == Errno.ECONNRESET && told.add(end);
      }
      reference.given(due.note(), events.data(i));
    }
    for (Thing.SocketEnd end : ended) {
      if (end.isErrorPending && !told.contains(end)) {
        return "nothing of an error in " + events;
      }
      end.isErrorPending = false;
    }
    boolean isAll = count == 0 || events.capacity() >= Programs.ROOM_FOR_ALL;
    return isAll ? missing(expected, events) : null; // Concession.FEWER_AT_ONCE
  }

  private static @Nullable String missing(Map<Note.Key, Expectation> left, Kevents events) {
    for (Expectation expected : left.values()) {
      if (expected.verdict() == Verdict.MUST) {
        return "missing: " + expected + "; there is " + events;
      }
      Reference.notGiven(expected);
    }
    return null;
  }

  /** Whether those who watch the queue are not told of what is due: but for positions of files. */
  private boolean isAsleep() {
    boolean isDue =
        expectations().values().stream()
            .filter(expected -> !(expected.note().thing instanceof Thing.FileHandle))
            .anyMatch(expected -> expected.verdict() == Verdict.MUST);
    return isDue && !kernel.isReadable(queue.fd());
  }

  private @Nullable String await(long nanos) throws SysException {
    Map<Note.Key, Expectation> before = expectations();
    boolean isDue = before.values().stream().anyMatch(due -> due.verdict() == Verdict.MUST);
    long soonest = reference.all().stream().mapToLong(judge::nanosToGo).min().orElse(nanos);
    long most = isDue ? 0 : Math.min(nanos, soonest);
    long begun = kernel.now();
    Kevents events = lists.events(Programs.ROOM_FOR_ALL);
    watchdog.restart();
    int count = queue.kevent(null, events, nanos);
    long waited = kernel.now() - begun;
    if (waited > most || (count == 0 && waited < nanos)) {
      return "waited " + waited + " ns, not " + most + ", for " + events;
    }
    Map<Note.Key, Expectation> now = expectations();
    if (count > 0) { // of what came meanwhile, one was enough
      now.replaceAll((key, due) -> before.get(key).verdict() == Verdict.MUST ? due : due.orLater());
    }
    return check(events, count, now);
  }

  /** Whatever the room, each has its turn. */
  private @Nullable String drain(int room) throws SysException {
    Map<Note.Key, Expectation> due = expectations();
    due.values().removeIf(expected -> expected.verdict() != Verdict.MUST);
    int rounds = 4 * reference.all().size() + 8;
    for (int i = 0; i < rounds && !due.isEmpty(); i++) {
      Kevents events = lists.events(room);
      watchdog.restart();
      int count = queue.kevent(null, events, 0);
      String wrong = check(events, count, expectations());
      if (wrong != null) {
        return wrong;
      }
      for (int j = 0; j < count; j++) {
        due.remove(new Note.Key(events.ident(j), events.filter(j)));
      }
    }
    return due.isEmpty() ? null : "never had its turn with room for " + room + ": " + due.values();
  }
}
