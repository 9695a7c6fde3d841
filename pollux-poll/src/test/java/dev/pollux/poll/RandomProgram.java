package dev.pollux.poll;

import dev.pollux.sys.Linux;
import dev.pollux.sys.SysException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** One random program and the naive expectation beside it. */
final class RandomProgram {

  static final List<String> STEP_NAMES =
      List.of(
          "open",
          "file",
          "add",
          "modify",
          "remove",
          "write",
          "drain",
          "fill",
          "shutdown",
          "close",
          "orphan",
          "wakeup",
          "wait");

  private static final List<Trigger> TRIGGERS = List.of(Trigger.values());
  private static final int MAX_ENDS = 12;

  /** What a wait may make: one, one for the place that the waker took, one after the waker. */
  private static final int MOST_CALLS = 3;

  private static final long WAKE_NANOS = 10_000_000_000L; // 10 s: a wake-up was lost

  /** A watched end and its peer, which is -1 once closed, or for a file. */
  private static final class End {
    final int fd;
    int peer;
    @Nullable Registration registration;

    /** Directions that must be reported by the next waits, unless they vanish first. */
    Interest owed = Interest.NONE;

    /** A one-shot that fired and was not modified since. */
    boolean fired;

    End(int fd, int peer) {
      this.fd = fd;
      this.peer = peer;
    }
  }

  private final Io io;
  private final SysProbe probe;
  private final Poller poller;
  private final SplittableRandom random;
  private final List<String> log;
  private final List<End> ends = new ArrayList<>();

  /** Peers of orphans. */
  private final List<Integer> orphans = new ArrayList<>();

  private boolean wokenUp;
  private final Events events = new Events(64);

  RandomProgram(Io io, SysProbe probe, Poller poller, SplittableRandom random, List<String> log) {
    this.io = io;
    this.probe = probe;
    this.poller = poller;
    this.random = random;
    this.log = log;
  }

  void step() throws Exception {
    String name = STEP_NAMES.get(random.nextInt(STEP_NAMES.size()));
    if (name.equals("open") || name.equals("file") || ends.isEmpty()) {
      if (ends.size() < MAX_ENDS) {
        open(name.equals("file"));
      }
      return;
    }
    End end = ends.get(random.nextInt(ends.size()));
    switch (name) {
      case "add" -> add(end);
      case "modify" -> modify(end);
      case "remove" -> remove(end);
      case "write" -> change(end, name, () -> io.write(end.peer, 1 + random.nextInt(100)));
      case "drain" -> drain(end);
      case "fill" -> fill(end);
      case "shutdown" -> change(end, name, () -> io.sys().shutdown(end.peer, Linux.SHUT_WR));
      case "close" -> close(end);
      case "orphan" -> orphan(end);
      case "wakeup" -> wakeup();
      default -> expectAll();
    }
  }

  /** Nothing is registered in the end: nothing may come, and no wait may spin. */
  void finish() throws Exception {
    for (End end : ends) {
      remove(end);
    }
    for (int i = 0; i < MOST_CALLS; i++) { // a wake-up, and orphans that are met for the last time
      expectAll();
    }
    long before = probe.waits();
    if (poller.await(events, 1_000_000) != 0) {
      throw new AssertionError("an event for nobody");
    }
    if (probe.waits() - before > MOST_CALLS) {
      throw new AssertionError("spins: " + (probe.waits() - before) + " calls");
    }
  }

  private void open(boolean file) throws SysException {
    if (file) {
      ends.add(new End(io.open("/dev/null", Linux.O_RDWR), -1));
      log.add("file " + ends.getLast().fd);
      return;
    }
    int[] pair = io.unixPair();
    ends.add(new End(pair[0], pair[1]));
    log.add("open " + pair[0] + "-" + pair[1]);
  }

  private void add(End end) throws SysException {
    if (end.registration != null) {
      return;
    }
    Interest interest = randomInterest();
    Trigger trigger = randomTrigger();
    log.add("add " + end.fd + " " + interest + " " + trigger);
    end.registration = poller.add(end.fd, interest, trigger, end);
    armed(end);
  }

  private void modify(End end) throws SysException {
    if (end.registration == null) {
      return;
    }
    Interest interest = randomInterest();
    Trigger trigger = randomTrigger();
    log.add("modify " + end.fd + " " + interest + " " + trigger);
    end.registration.modify(interest, trigger);
    armed(end);
  }

  private void armed(End end) {
    end.fired = false;
    end.owed = ready(end);
  }

  private void remove(End end) {
    if (end.registration == null) {
      return;
    }
    log.add("remove " + end.fd);
    end.registration.remove();
    end.registration = null;
    end.owed = Interest.NONE;
  }

  /** Does something to the peer; what becomes ready by it is owed. */
  private void change(End end, String name, Runnable action) {
    if (end.peer < 0) {
      return;
    }
    log.add(name + " to " + end.fd);
    Interest before = ready(end);
    action.run();
    owe(end, ready(end).without(before));
  }

  private void owe(End end, Interest directions) {
    if (end.registration != null && !end.fired) {
      end.owed = end.owed.with(directions);
    }
  }

  /** Reads or lets the peer read to EAGAIN, and says so for the directions that met it. */
  private void drain(End end) {
    log.add("drain " + end.fd);
    io.readAll(end.fd);
    if (end.registration != null && (io.mask(end.fd) & Linux.POLLIN) == 0) {
      end.registration.drained(Interest.READABLE);
    }
    if (end.peer >= 0) {
      Interest before = ready(end);
      io.readAll(end.peer);
      owe(end, ready(end).without(before));
    }
    end.owed = intersect(end.owed, ready(end));
  }

  private void fill(End end) {
    if (end.peer < 0) {
      return; // a file is never full
    }
    log.add("fill " + end.fd);
    io.writeAll(end.fd);
    if (end.registration != null && (io.mask(end.fd) & Linux.POLLOUT) == 0) {
      end.registration.drained(Interest.WRITABLE);
    }
    end.owed = intersect(end.owed, ready(end));
  }

  /** Closes the peer, or an end whose peer is closed already; remove comes first. */
  private void close(End end) {
    if (end.peer >= 0) {
      int peer = end.peer;
      change(end, "close", () -> io.close(peer));
      end.peer = -1;
      return;
    }
    remove(end);
    io.close(end.fd);
    ends.remove(end);
    log.add("close " + end.fd);
  }

  /** Closes before it removes, while a duplicate lives on; the peers of such go on sending. */
  private void orphan(End end) throws SysException {
    for (int peer : orphans) {
      io.write(peer, 1);
    }
    if (end.peer < 0) {
      return;
    }
    add(end);
    log.add("orphan " + end.fd);
    int _ = io.dup(end.fd);
    orphans.add(end.peer);
    io.close(end.fd);
    remove(end);
    ends.remove(end);
  }

  private void wakeup() {
    log.add("wakeup");
    poller.wakeup();
    wokenUp = true;
  }

  private void await() throws SysException {
    long before = probe.waits();
    long start = io.sys().nanoTime();
    poller.await(events, wokenUp ? WAKE_NANOS : 0);
    if (wokenUp && io.sys().nanoTime() - start >= WAKE_NANOS) {
      throw new AssertionError("a lost wake-up");
    }
    wokenUp = false;
    if (probe.waits() - before > MOST_CALLS) {
      throw new AssertionError("spins: " + (probe.waits() - before) + " calls");
    }
  }

  /** Waits until nothing new comes, and compares. */
  private void expectAll() throws Exception {
    Map<End, Interest> levels = new HashMap<>();
    for (End end : ends) {
      if (end.registration != null && end.registration.trigger() == Trigger.LEVEL) {
        levels.put(end, ready(end));
      }
    }
    await();
    log.add("wait " + events.count());
    Set<End> reported = new HashSet<>();
    while (events.next()) {
      End end = (End) events.attachment();
      take(end, reported);
    }
    for (Map.Entry<End, Interest> level : levels.entrySet()) {
      if (level.getValue() != Interest.NONE && !reported.contains(level.getKey())) {
        throw new AssertionError("level not reported: " + level.getKey().registration);
      }
    }
    for (End end : ends) {
      if (end.owed != Interest.NONE && end.registration != null) {
        throw new AssertionError("lost: " + end.registration + " owed " + end.owed);
      }
    }
  }

  private void take(@Nullable End end, Set<End> reported) {
    if (end == null || events.registration() != end.registration) {
      throw new AssertionError("an event for a registration that is gone");
    }
    if (!reported.add(end)) {
      throw new AssertionError("twice in one batch: " + end.registration);
    }
    if (end.fired) {
      throw new AssertionError("a fired one-shot: " + end.registration);
    }
    if (end.registration.interest() == Interest.NONE) {
      throw new AssertionError("muted: " + end.registration);
    }
    Interest got =
        (events.isReadable() ? Interest.READABLE : Interest.NONE)
            .with(events.isWritable() ? Interest.WRITABLE : Interest.NONE);
    if (end.registration.trigger() == Trigger.LEVEL && got != ready(end)) {
      throw new AssertionError(
          "level: " + end.registration + " got " + got + ", oracle " + ready(end));
    }
    end.owed = end.owed.without(got);
    if (end.registration.trigger().isOneshot()) {
      end.fired = true;
      end.owed = Interest.NONE;
    }
  }

  /** What poll(2) says of the descriptor, as far as the registration asks for it. */
  private Interest ready(End end) {
    if (end.registration == null) {
      return Interest.NONE;
    }
    int mask = io.mask(end.fd);
    boolean readable =
        (mask & (Linux.POLLIN | Linux.POLLRDHUP | Linux.POLLHUP | Linux.POLLERR)) != 0;
    boolean writable = (mask & (Linux.POLLOUT | Linux.POLLERR)) != 0;
    Interest ready =
        (readable ? Interest.READABLE : Interest.NONE)
            .with(writable ? Interest.WRITABLE : Interest.NONE);
    return intersect(ready, end.registration.interest());
  }

  private static Interest intersect(Interest a, Interest b) {
    return a.without(a.without(b));
  }

  private Interest randomInterest() {
    return switch (random.nextInt(6)) {
      case 0 -> Interest.NONE;
      case 1, 2 -> Interest.READABLE;
      case 3 -> Interest.WRITABLE;
      default -> Interest.READ_WRITE;
    };
  }

  private Trigger randomTrigger() {
    return TRIGGERS.get(random.nextInt(TRIGGERS.size()));
  }
}
