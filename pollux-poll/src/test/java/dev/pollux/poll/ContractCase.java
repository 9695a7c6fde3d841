package dev.pollux.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.Arguments;

/**
 * What the parts of the contract share: a poller on the fixture's kernel and backend before each
 * test, and the invariants after it.
 */
@DisplayNameGeneration(BackendNames.class)
@Timeout(value = 60, unit = TimeUnit.SECONDS)
abstract class ContractCase {

  /** How parameterised cases are called: the parameters, then subject, condition, outcome. */
  static final String CASES = "[{0}] {displayName}";

  static final String PAIRS = "[{0}, {1}] {displayName}";

  final Fixture fixture;
  final Kernel kernel;
  Sys sys;
  SysProbe probe;
  Io io;
  Poller poller;
  Events events;

  private final List<Registration> registrations = new ArrayList<>();
  private final List<Waiter> waiters = new ArrayList<>();
  private SortedMap<Integer, String> openBefore;

  ContractCase(Fixture fixture) {
    this.fixture = fixture;
    this.kernel = fixture.kernel();
  }

  @BeforeEach
  void openPoller() throws SysException {
    openBefore = kernel.openDescriptors();
    sys = kernel.sys();
    probe = new SysProbe(sys);
    io = new Io(sys);
    events = new Events(64);
    poller = Poller.open(probe.sys(), fixture.backend());
  }

  @AfterEach
  void checkInvariants() throws Exception {
    probe.injectNothing();
    try {
      if (poller.isOpen()) {
        long active = registrations.stream().filter(Registration::isActive).count();
        assertEquals(active, poller.size(), "size of the poller");
      }
    } finally {
      poller.close();
      for (Waiter waiter : waiters) {
        awaitEnd(waiter);
      }
      io.close();
    }
    assertTrue(registrations.stream().noneMatch(Registration::isActive), "active after close");
    assertEquals(openBefore, kernel.openDescriptors(), "open descriptors before and after");
  }

  private static void awaitEnd(Waiter waiter) throws Exception {
    try {
      waiter.result();
    } catch (IllegalStateException e) {
      assertTrue(waiter.isDone()); // ended by close, as it should be
    }
  }

  /** Watches on the test's poller, and remembers it for the invariants. */
  Registration add(int fd, Interest interest, Trigger trigger) throws SysException {
    return add(fd, interest, trigger, null);
  }

  Registration add(int fd, Interest interest, Trigger trigger, @Nullable Object attachment)
      throws SysException {
    Registration registration = poller.add(fd, interest, trigger, attachment);
    registrations.add(registration);
    return registration;
  }

  Registration add(Source source, Trigger trigger) throws SysException {
    return add(source.fd, source.interest(), trigger);
  }

  /** Takes over a registration that the test added by itself. */
  Registration track(Registration registration) {
    registrations.add(registration);
    return registration;
  }

  Expectation expect(Poller expecting) {
    return new Expectation(io, expecting, events);
  }

  void expectNothing() throws Exception {
    expect(poller).nothing();
  }

  /** Expects silence that costs next to no system calls. */
  void expectNothingAndNoSpinning() throws Exception {
    expectNothing();
    long before = probe.waits();
    for (int i = 0; i < 5; i++) {
      assertEquals(0, poller.await(events, 500_000));
    }
    assertTrue(probe.waits() - before <= 10, "spins: " + (probe.waits() - before) + " calls");
  }

  /** A thread that waits on the poller; ended with the test. */
  Waiter startWaiter(long timeoutNanos) {
    Waiter waiter = Waiter.start(kernel, poller, timeoutNanos);
    waiters.add(waiter);
    return waiter;
  }

  /** Waits without blocking; how many events. Ends the batch. */
  int countEvents() throws SysException {
    poller.await(events, 0);
    int count = 0;
    while (events.next()) {
      count++;
    }
    return count;
  }

  boolean supports(Capability capability) {
    return fixture.supports(capability);
  }

  static Stream<Trigger> triggers() {
    return Stream.of(Trigger.values());
  }

  static Stream<Trigger> oneshots() {
    return triggers().filter(Trigger::isOneshot);
  }

  static Stream<Kind> kinds() {
    return Stream.of(Kind.values());
  }

  static Stream<Kind> readingKinds() {
    return Kind.READING.stream();
  }

  static Stream<Arguments> kindsByTriggers() {
    return kinds().flatMap(kind -> triggers().map(trigger -> Arguments.of(kind, trigger)));
  }

  static Stream<Arguments> kindsByOneshots() {
    return kinds().flatMap(kind -> oneshots().map(trigger -> Arguments.of(kind, trigger)));
  }
}
