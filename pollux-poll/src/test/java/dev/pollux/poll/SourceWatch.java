package dev.pollux.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;

/** A poller and what a test expects of its next wait. */
final class SourceWatch implements AutoCloseable {

  private static final long LIMIT_NANOS = 20_000_000_000L; // 20 s

  final Poller poller;
  final Events events = new Events(16);

  SourceWatch(Sys sys, Backend backend) throws SysException {
    this.poller = Poller.open(sys, backend);
  }

  Registration add(EventSource source, Trigger trigger) throws SysException {
    return poller.add(source, Interest.READABLE, trigger, source);
  }

  /** The next wait reports this one readable, and no other. */
  void expectReadable(Registration registration) throws SysException {
    assertEquals(1, poller.await(events, LIMIT_NANOS), () -> "events for " + registration);
    assertTrue(events.next());
    assertSame(registration, events.registration());
    assertTrue(events.isReadable(), "readable");
    assertFalse(events.next());
  }

  /** Nothing is ready. */
  void expectNothing() throws SysException {
    assertEquals(0, poller.await(events, 0));
  }

  /** Nothing becomes ready for so long. */
  void expectNothingFor(long nanos) throws SysException {
    assertEquals(0, poller.await(events, nanos));
  }

  void drained(Registration registration) {
    registration.drained(Interest.READABLE);
  }

  @Override
  public void close() {
    poller.close();
  }
}
