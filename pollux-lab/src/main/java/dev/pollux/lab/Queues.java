package dev.pollux.lab;

import dev.pollux.kqueue.Kevent;
import dev.pollux.kqueue.Kevents;
import dev.pollux.kqueue.KnoteView;
import dev.pollux.kqueue.Kqueue;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The kqueues of an act, and what steps do with them. */
final class Queues implements AutoCloseable {

  private static final long NANOS_PER_MILLI = 1_000_000;

  private final Sys sys;
  private final Handles handles;
  private final Map<String, Kqueue> queues = new LinkedHashMap<>();
  private final Kevents changes = Kevents.allocate(Step.MAX_EVENTS);
  private final Kevents events = Kevents.allocate(Step.MAX_EVENTS);

  Queues(Sys sys, Handles handles) {
    this.sys = sys;
    this.handles = handles;
  }

  Outcome open(String name) throws SysException {
    queues.put(name, Kqueue.open(sys));
    return Outcome.of(Steps.OK);
  }

  private Kqueue queue(String name) {
    Kqueue queue = queues.get(name);
    if (queue == null) {
      throw new IllegalArgumentException("no step has made the queue " + name);
    }
    return queue;
  }

  /** One call: changes, and what it reports, in words. */
  Outcome call(Step.Kevent step) throws SysException {
    changes.clear();
    for (Change change : step.changes()) {
      boolean isHandle = Character.isLetter(change.ident().charAt(0));
      long index = isHandle ? handles.index(change.ident()) : -1;
      long ident = isHandle ? handles.fd(change.ident()) : Long.parseLong(change.ident());
      changes.add(ident, change.filter(), change.flags(), change.fflags(), change.data(), index);
    }
    long timeout = ActRun.limitMillis(step) * NANOS_PER_MILLI;
    int count = queue(step.queue()).kevent(changes, events, timeout);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      texts.add(event(i));
    }
    return Outcome.of(texts.isEmpty() ? Steps.NOTHING : String.join(", ", texts));
  }

  private String event(int i) {
    String name = name(events.ident(i), events.udata(i)) + " " + filter(events.filter(i));
    if ((events.flags(i) & Kevent.EV_ERROR) != 0) {
      return name + " " + Errno.name((int) events.data(i));
    }
    boolean isOfRoom = events.filter(i) == Kevent.EVFILT_WRITE; // the kernel's affair
    boolean isOfUser = events.filter(i) == Kevent.EVFILT_USER;
    String data = isOfRoom || isOfUser ? "" : " " + events.data(i);
    return name + data + ((events.flags(i) & Kevent.EV_EOF) != 0 ? " EOF" : "");
  }

  private String name(long ident, long index) {
    return index >= 0 ? handles.name(index) : String.valueOf(ident);
  }

  private static String filter(int filter) {
    return Kevent.filterName(filter);
  }

  /** What is inside of each. */
  List<QueueView> views() {
    List<QueueView> views = new ArrayList<>();
    queues.forEach((name, queue) -> {
      List<String> knotes = new ArrayList<>();
      for (KnoteView knote : queue.knotes()) {
        String flags = knote.flags() == 0 ? "" : " " + Kevent.flagNames(knote.flags());
        String what = name(knote.ident(), knote.udata()) + " " + filter(knote.filter()) + flags;
        knotes.add(what + (knote.isEnabled() ? "" : ", off"));
      }
      views.add(new QueueView(name, knotes));
    });
    return views;
  }

  @Override
  public void close() {
    queues.values().forEach(Kqueue::close);
  }
}
