package dev.pollux.examples.web;

import dev.pollux.http.HttpRequest;
import dev.pollux.http.HttpResponse;
import dev.pollux.http.Router;
import dev.pollux.http.events.EventGroup;
import dev.pollux.http.events.EventStream;
import dev.pollux.http.events.ServerEvent;
import dev.pollux.loop.EventLoop;
import dev.pollux.sys.SysException;
import java.time.Duration;
import java.util.List;

/** Counts, for whoever listens; who comes again hears what it has missed, of the last hundred. */
public final class Sse {

  private static final long TICK_NANOS = 200_000_000; // 200 ms
  private static final int KEPT = 100;

  private final EventLoop loop;
  private final EventGroup listeners;
  private long count;

  private Sse(EventLoop loop) {
    this.loop = loop;
    this.listeners = EventGroup.over(List.of(loop));
  }

  private void tick() {
    count++;
    boolean _ = listeners.broadcast(event(count));
    var _ = loop.schedule(TICK_NANOS, this::tick);
  }

  private static ServerEvent event(long number) {
    return ServerEvent.of("tick " + number).withId(String.valueOf(number));
  }

  private void listen(HttpRequest request, HttpResponse response) {
    EventStream events = EventStream.begin(request, response);
    var _ = events.retry(Duration.ofSeconds(1));
    String last = events.lastEventId();
    long heard = last != null && last.matches("[0-9]{1,18}") ? Long.parseLong(last) : count;
    for (long missed = Math.max(heard, count - KEPT) + 1; missed <= count; missed++) {
      var _ = events.send(event(missed));
    }
    listeners.add(events);
  }

  /** Takes a port. */
  public static void main(String[] args) throws SysException {
    try (EventLoop loop = EventLoop.open()) {
      Sse ticks = new Sse(loop);
      loop.execute(ticks::tick);
      Web.serve(loop, args, new Router().get("/events", ticks::listen));
    }
  }
}
