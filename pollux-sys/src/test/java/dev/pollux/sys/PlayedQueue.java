package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The functions of readiness of a {@link PlayedSystem}: poll and select by the real ones; kevent
 * keeps what it is asked, and answers what a test says, or else what READ, WRITE and USER have,
 * level triggered, by poll.
 */
final class PlayedQueue {

  /** A struct kevent in the numbers of the system. */
  record Event(long ident, int filter, int flags, int fflags, long data, long udata) {}

  /** Of all played systems, by the system: what tests say and look at. */
  static final Map<PlayedSystem, PlayedQueue> OF = new ConcurrentHashMap<>();

  final List<Event> changes = new ArrayList<>();
  final Queue<List<Event>> answers = new ConcurrentLinkedQueue<>();
  long lastTimespec;

  private final PlayedSystem system;
  private final Sys real;

  PlayedQueue(PlayedSystem system) {
    this.system = system;
    this.real = system.real;
    OF.put(system, this);
  }

  void addTo(Map<String, PlayedSystem.Function> to) {
    to.put("kqueue", (a, b, c, d, e, f, g) -> real.eventfd(0, 0));
    to.put("kevent", (a, b, c, d, e, f, g) -> kevent(b, (int) c, d, (int) e, f));
    to.put("poll", (a, b, c, d, e, f, g) -> poll(a, (int) b, (int) c));
    to.put("ppoll", (a, b, c, d, e, f, g) -> ppoll(a, (int) b, c, d));
    to.put("select", (a, b, c, d, e, f, g) -> real.select((int) a, b, c, d, e));
    to.put("pselect", (a, b, c, d, e, f, g) -> real.pselect((int) a, b, c, d, e, f));
  }

  private long kevent(long in, int count, long out, int room, long timespec) {
    int size = system.profile.size(Struct.KEVENT);
    List<Event> answer;
    synchronized (this) {
      for (int i = 0; i < count; i++) {
        Event change = read(in + (long) i * size);
        boolean _ = changes.add(change);
        apply(change);
      }
      lastTimespec = timespec;
      answer = room == 0 ? List.of() : answers.poll();
    }
    if (answer == null) {
      answer = await(timespec, room);
    }
    for (int i = 0; i < answer.size(); i++) {
      write(out + (long) i * size, answer.get(i));
    }
    return answer.size();
  }

  // ---- knotes

  private record Name(long ident, int filter) {}

  private final Map<Name, Event> knotes = new LinkedHashMap<>();
  private final Set<Long> triggered = new HashSet<>();

  private void apply(Event change) {
    int flags = system.ourFlags(Kind.EVENT_FLAG, change.flags);
    Name name = new Name(change.ident, change.filter);
    if ((flags & Constant.EV_ADD.linuxValue()) != 0) {
      var _ = knotes.put(name, change);
    } else if ((flags & Constant.EV_DELETE.linuxValue()) != 0) {
      var _ = knotes.remove(name);
    }
    boolean isUser = change.filter == system.profile.value(Constant.EVFILT_USER);
    if (isUser && (change.fflags & Constant.NOTE_TRIGGER.linuxValue()) != 0) {
      boolean _ = triggered.add(change.ident);
    }
  }

  /** Until something is ready, looking again and again; with a timeout, whatever it is, once. */
  private List<Event> await(long timespec, int room) {
    boolean isOnce = timespec != 0;
    List<Event> found = ready(room);
    while (found.isEmpty() && !isOnce) {
      Thread.onSpinWait();
      found = ready(room);
    }
    return found;
  }

  private synchronized List<Event> ready(int room) {
    List<Event> found = new ArrayList<>();
    for (Event knote : knotes.values()) {
      boolean isUser = knote.filter == system.profile.value(Constant.EVFILT_USER);
      boolean isReady = isUser ? triggered.remove(knote.ident) : isReady(knote);
      if (isReady && found.size() < room) {
        boolean _ = found.add(new Event(knote.ident, knote.filter, 0, 0, 1, knote.udata));
      }
    }
    return found;
  }

  private boolean isReady(Event knote) {
    boolean isRead = knote.filter == system.profile.value(Constant.EVFILT_READ);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment one = arena.allocate(Linux.SIZEOF_POLLFD, 8);
      PlayedSystem.setInt(one.address(), (int) knote.ident);
      one.set(JAVA_SHORT_UNALIGNED, 4, (short) (isRead ? Linux.POLLIN : Linux.POLLOUT));
      return real.poll(one.address(), 1, 0) == 1;
    }
  }

  private Event read(long at) {
    return new Event(
        system.read(at, Field.KEVENT_IDENT),
        extended(Field.KEVENT_FILTER, system.read(at, Field.KEVENT_FILTER)),
        (int) system.read(at, Field.KEVENT_FLAGS),
        (int) system.read(at, Field.KEVENT_FFLAGS),
        system.read(at, Field.KEVENT_DATA),
        system.read(at, Field.KEVENT_UDATA));
  }

  private int extended(Field field, long value) {
    return system.profile.width(field) == Short.BYTES ? (short) value : (int) value;
  }

  private void write(long at, Event event) {
    system.write(at, Field.KEVENT_IDENT, event.ident);
    system.write(at, Field.KEVENT_FILTER, event.filter);
    system.write(at, Field.KEVENT_FLAGS, event.flags);
    system.write(at, Field.KEVENT_FFLAGS, event.fflags);
    system.write(at, Field.KEVENT_DATA, event.data);
    system.write(at, Field.KEVENT_UDATA, event.udata);
  }

  private interface Wait {
    int on(long pollfds);
  }

  private long poll(long pollfds, int count, int millis) {
    return polled(pollfds, count, ours -> real.poll(ours, count, millis));
  }

  private long ppoll(long pollfds, int count, long timespec, long mask) {
    return polled(pollfds, count, ours -> real.ppoll(ours, count, timespec, mask));
  }

  private long polled(long pollfds, int count, Wait wait) {
    try (Arena arena = Arena.ofConfined()) {
      long bytes = (long) count * Linux.SIZEOF_POLLFD;
      MemorySegment ours = arena.allocate(Math.max(1, bytes), 8);
      MemorySegment theirs = PlayedSystem.memory(pollfds, bytes);
      MemorySegment.copy(theirs, 0, ours, 0, bytes);
      for (long at = 4; at < bytes; at += Linux.SIZEOF_POLLFD) {
        int events = ours.get(JAVA_SHORT_UNALIGNED, at) & 0xffff;
        short mapped = (short) system.ourFlags(Kind.POLL_EVENT, events);
        ours.set(JAVA_SHORT_UNALIGNED, at, mapped);
      }
      int result = wait.on(ours.address());
      for (long at = 6; at < bytes; at += Linux.SIZEOF_POLLFD) {
        int events = ours.get(JAVA_SHORT_UNALIGNED, at) & 0xffff;
        short mapped = (short) system.theirFlags(Kind.POLL_EVENT, events);
        theirs.set(JAVA_SHORT_UNALIGNED, at, mapped);
      }
      return result;
    }
  }
}
