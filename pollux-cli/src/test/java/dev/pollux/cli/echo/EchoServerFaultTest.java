package dev.pollux.cli.echo;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.poll.Backend;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.Errno;
import dev.pollux.sys.NativeSys;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link EchoServer} over a kernel whose calls fail: it goes on, the right connection fails. */
class EchoServerFaultTest {

  private static final int SIZE = 5000;

  /** After so long without a refusal a burst of them is over. */
  private static final long BURST_NANOS = 1_000_000_000; // 1 s

  /** So long a listener is left alone, and some more for the resolution of timers. */
  private static final long MUTE_NANOS = 110_000_000; // 110 ms

  private static byte[] message() {
    return EchoFixture.pattern(SIZE);
  }

  /** Sends, half-closes, and expects everything back. */
  private static void echoes(FaultySys faults, Backend backend, Trigger trigger) throws Exception {
    try (EchoFixture fixture = new EchoFixture(faults.sys(), backend, trigger, null)) {
      TestClient client = fixture.client().send(message()).thenEnd();
      fixture.until("the end", () -> client.ended);
      assertArrayEquals(message(), client.received.toByteArray());
      assertEquals(List.of("END_OF_STREAM"), fixture.log.closed);
    }
  }

  /** writev of the first byte alone. */
  private static Integer writeOne(Object[] arguments) {
    MemorySegment vector = MemorySegment.ofAddress((long) arguments[1]).reinterpret(Long.BYTES);
    return NativeSys.open().write((int) arguments[0], vector.get(JAVA_LONG, 0), 1);
  }

  @ParameterizedTest(name = "[{1}, {0}]")
  @MethodSource("dev.pollux.cli.echo.EchoFixture#everyWay")
  void send_oneByteAtATime_losesNothing(Backend backend, Trigger trigger) throws Exception {
    FaultySys faults = new FaultySys();
    faults.on("send", (_, arguments) -> shorten(arguments));
    faults.on("writev", (_, arguments) -> writeOne(arguments));
    echoes(faults, backend, trigger);
    assertTrue(faults.count("send") + faults.count("writev") >= SIZE);
  }

  @ParameterizedTest(name = "[{1}, {0}]")
  @MethodSource("dev.pollux.cli.echo.EchoFixture#everyWay")
  void recv_oneByteAtATime_losesNothing(Backend backend, Trigger trigger) throws Exception {
    FaultySys faults = new FaultySys();
    faults.on("recv", (_, arguments) -> shorten(arguments));
    echoes(faults, backend, trigger);
    assertTrue(faults.count("recv") >= SIZE);
  }

  @ParameterizedTest(name = "[{1}, {0}]")
  @MethodSource("dev.pollux.cli.echo.EchoFixture#everyWay")
  void sendAndRecv_interrupted_areRepeated(Backend backend, Trigger trigger) throws Exception {
    echoes(
        new FaultySys().failEvery("send", 2, Errno.EINTR).failEvery("recv", 2, Errno.EINTR),
        backend,
        trigger);
  }

  /** An edge that a false EAGAIN hides is lost by contract, so not for edge. */
  @Test
  void send_wouldBlockFirst_isTakenUpByAnEvent() throws Exception {
    for (Backend backend : Backend.values()) {
      echoes(
          new FaultySys().on("send", (count, _) -> count == 1 ? -Errno.EAGAIN : null),
          backend,
          Trigger.LEVEL);
    }
  }

  /** An edge that a false EAGAIN hides is lost by contract, here also: so not for edge. */
  @Test
  void recv_wouldBlockAlthoughReady_isTakenUpAgain() throws Exception {
    for (Backend backend : Backend.values()) {
      echoes(
          new FaultySys().failEvery("recv", 2, Errno.EAGAIN).failEvery("send", 2, Errno.EAGAIN),
          backend,
          Trigger.LEVEL);
    }
  }

  @ParameterizedTest(name = "[{1}, {0}]")
  @MethodSource("dev.pollux.cli.echo.EchoFixture#everyWay")
  void recv_fails_closesThatConnectionOnly(Backend backend, Trigger trigger) throws Exception {
    failsAlone("recv", Errno.ECONNRESET, "RESET ECONNRESET", backend, trigger);
    failsAlone("recv", Errno.ENOMEM, "ERROR ENOMEM", backend, trigger);
    failsAlone("recv", Errno.EIO, "ERROR EIO", backend, trigger);
  }

  @ParameterizedTest(name = "[{1}, {0}]")
  @MethodSource("dev.pollux.cli.echo.EchoFixture#everyWay")
  void send_fails_closesThatConnectionOnly(Backend backend, Trigger trigger) throws Exception {
    failsAlone("send", Errno.EPIPE, "RESET EPIPE", backend, trigger);
    failsAlone("send", Errno.ENOBUFS, "ERROR ENOBUFS", backend, trigger);
  }

  private static void failsAlone(
      String call, int errno, String closed, Backend backend, Trigger trigger) throws Exception {
    FaultySys faults = new FaultySys();
    try (EchoFixture fixture = new EchoFixture(faults.sys(), backend, trigger, null)) {
      TestClient other = fixture.client();
      TestClient victim = fixture.client();
      int fd = fixture.log.connected.get(1);
      faults.on(call, (_, arguments) -> arguments[0].equals(fd) ? -errno : null);
      if (call.equals("send")) { // what stands in several pieces goes by another call
        faults.on("writev", (_, arguments) -> arguments[0].equals(fd) ? -errno : null);
      }
      victim.send(message()).thenEnd(); // what it sends is read before its loss is accepted
      other.send(message());
      fixture.until("an echo", () -> other.received.size() == SIZE);
      faults.advance(EchoFixture.CLOSE_NANOS); // what it read but cannot answer
      fixture.until("both", () -> fixture.log.closed.size() == 1 && other.received.size() == SIZE);
      assertEquals(List.of(closed), fixture.log.closed);
      assertEquals(List.of(fd), fixture.log.closedFds);
      assertArrayEquals(message(), other.received.toByteArray());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {Errno.EINTR, Errno.ECONNABORTED, Errno.EPROTO})
  void accept_connectionWasGone_isIgnored(int errno) throws Exception {
    FaultySys faults = new FaultySys().failEvery("accept4", 2, errno);
    try (EchoFixture fixture = new EchoFixture(faults.sys(), Backend.EPOLL, Trigger.EDGE, null)) {
      for (int i = 0; i < 5; i++) {
        fixture.client();
      }
      assertEquals(List.of(), fixture.log.exhausted);
      assertEquals(5, fixture.server.connectionCount());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {Errno.EMFILE, Errno.ENFILE})
  void accept_outOfDescriptors_refusesAndLogsOnce(int errno) throws Exception {
    FaultySys faults = new FaultySys();
    try (EchoFixture fixture = new EchoFixture(faults.sys(), Backend.EPOLL, Trigger.LEVEL, null)) {
      TestClient kept = fixture.client();
      // Fails as long as the reserve is held: eventfd comes after every accept that succeeded.
      boolean[] spent = new boolean[1];
      faults.on(
          "close",
          (_, _) -> {
            spent[0] = true;
            return null;
          });
      faults.on(
          "accept4",
          (_, _) -> {
            boolean fails = !spent[0];
            spent[0] = false;
            return fails ? -errno : null;
          });
      TestClient[] refused = new TestClient[3];
      for (int i = 0; i < refused.length; i++) {
        TestClient client = fixture.adopt(new TestClient(fixture.address()));
        fixture.until("the refusal", () -> client.ended || client.errno != 0);
        refused[i] = client;
      }
      assertEquals(List.of(Errno.name(errno)), fixture.log.exhausted);
      kept.send(message());
      fixture.until("the echo", () -> kept.received.size() == SIZE);

      faults.heal("accept4").heal("close");
      faults.advance(BURST_NANOS);
      fixture.client();
      assertEquals(List.of(3L), fixture.log.recovered);
    }
  }

  /** Linux takes the number first: with a full table an empty queue is EMFILE as well. */
  @ParameterizedTest
  @ValueSource(ints = {Errno.EMFILE, Errno.ENFILE})
  void accept_outOfDescriptors_endsTheTurnWhenTheQueueIsEmpty(int errno) throws Exception {
    FaultySys faults = new FaultySys();
    try (EchoFixture fixture = new EchoFixture(faults.sys(), Backend.EPOLL, Trigger.LEVEL, null)) {
      boolean[] held = {true};
      faults.on(
          "close",
          (_, _) -> {
            held[0] = false;
            return null;
          });
      faults.on(
          "eventfd",
          (_, _) -> {
            held[0] = true;
            return null;
          });
      faults.on("accept4", (_, _) -> held[0] ? -errno : null);
      TestClient client = fixture.adopt(new TestClient(fixture.address()));
      fixture.until("the refusal", () -> client.ended || client.errno != 0);
      fixture.settle();
      // Full, refused; full, empty.
      assertEquals(4, faults.count("accept4"));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {Errno.ENOBUFS, Errno.ENOMEM, Errno.EIO})
  void accept_outOfMemory_mutesTheListenerForAWhile(int errno) throws Exception {
    FaultySys faults = new FaultySys().fail("accept4", errno);
    try (EchoFixture fixture = new EchoFixture(faults.sys(), Backend.EPOLL, Trigger.LEVEL, null)) {
      TestClient client = fixture.adopt(new TestClient(fixture.address()));
      fixture.until("the failure", () -> !fixture.log.exhausted.isEmpty());
      int count = faults.count("accept4");
      fixture.runOnce(0);
      fixture.runOnce(0);
      assertEquals(count, faults.count("accept4"), "the listener spins");

      faults.heal("accept4");
      faults.advance(MUTE_NANOS);
      client.send(message());
      fixture.until("the echo", () -> client.received.size() == SIZE);
      assertEquals(List.of(Errno.name(errno)), fixture.log.exhausted);
    }
  }

  /** Muting took the listener out of epoll; what muted it may fail its return as well. */
  @ParameterizedTest
  @ValueSource(ints = {Errno.ENOMEM, Errno.ENOSPC})
  void listener_cannotBeWatchedAgain_staysMutedAndTriesLater(int errno) throws Exception {
    FaultySys faults = new FaultySys().fail("accept4", Errno.ENOMEM);
    try (EchoFixture fixture = new EchoFixture(faults.sys(), Backend.EPOLL, Trigger.LEVEL, null)) {
      TestClient client = fixture.adopt(new TestClient(fixture.address()));
      fixture.until("the failure", () -> !fixture.log.exhausted.isEmpty());
      faults.heal("accept4").fail("epollCtl", errno);
      faults.advance(MUTE_NANOS);
      fixture.runOnce(0);
      int count = faults.count("epollCtl");
      assertTrue(count > 0, "it did not try");
      fixture.runOnce(0);
      assertEquals(count, faults.count("epollCtl"), "it tries at once");
      faults.heal("epollCtl");
      faults.advance(MUTE_NANOS);
      client.send(message());
      fixture.until("the echo", () -> client.received.size() == SIZE);
    }
  }

  @ParameterizedTest(name = "[{1}, {0}]")
  @MethodSource("dev.pollux.cli.echo.EchoFixture#everyWay")
  void send_failsOnWhatWasJustRead_countsItAsUnsent(Backend backend, Trigger trigger)
      throws Exception {
    FaultySys faults = new FaultySys().fail("send", Errno.EPIPE);
    try (EchoFixture fixture = new EchoFixture(faults.sys(), backend, trigger, null)) {
      fixture.client().send("12345".getBytes(ISO_8859_1)).thenEnd();
      fixture.until("the close", () -> !fixture.log.closed.isEmpty());
      assertEquals(List.of(5), fixture.log.unsent);
    }
  }

  @Test
  void accept_outOfDescriptorsWithoutReserve_mutesAndRecovers() throws Exception {
    FaultySys faults = new FaultySys();
    try (EchoFixture fixture = new EchoFixture(faults.sys(), Backend.EPOLL, Trigger.LEVEL, null)) {
      faults.fail("accept4", Errno.EMFILE).fail("eventfd", Errno.EMFILE);
      TestClient client = fixture.adopt(new TestClient(fixture.address()));
      fixture.until("the failure", () -> !fixture.log.exhausted.isEmpty());
      int count = faults.count("accept4");
      fixture.runOnce(0);
      assertEquals(count, faults.count("accept4"), "the listener spins");
      faults.heal("accept4").heal("eventfd");
      faults.advance(MUTE_NANOS);
      client.send(message());
      fixture.until("the echo", () -> client.received.size() == SIZE);
    }
  }

  @Test
  void register_outOfWatches_closesThatConnectionOnly() throws Exception {
    FaultySys faults = new FaultySys();
    try (EchoFixture fixture = new EchoFixture(faults.sys(), Backend.EPOLL, Trigger.LEVEL, null)) {
      TestClient kept = fixture.client();
      faults.fail("epollCtl", Errno.ENOSPC);
      TestClient refused = fixture.adopt(new TestClient(fixture.address()));
      fixture.until("the refusal", () -> refused.ended);
      assertEquals(List.of("ENOSPC"), fixture.log.exhausted);
      faults.heal("epollCtl");
      kept.send(message());
      fixture.until("the echo", () -> kept.received.size() == SIZE);
    }
  }

  @Test
  void modify_fails_closesThatConnectionOnly() throws Exception {
    FaultySys faults = new FaultySys();
    try (EchoFixture fixture = new EchoFixture(faults.sys(), Backend.EPOLL, Trigger.LEVEL, null)) {
      TestClient victim = fixture.client();
      fixture.client();
      faults.fail("epollCtl", Errno.ENOMEM).fail("send", Errno.EAGAIN);
      victim.send("x".getBytes(ISO_8859_1));
      fixture.until("the close", () -> victim.ended || victim.errno != 0);
      assertEquals(List.of("ERROR ENOMEM"), fixture.log.closed);
      assertEquals(1, fixture.server.connectionCount());
      assertNotEquals(0, fixture.log.readBytes);
    }
  }

  /** What poll and select copy in the kernel may not fit for once. */
  @ParameterizedTest
  @ValueSource(strings = {"POLL", "SELECT", "EPOLL"})
  void wait_outOfMemory_goesOnLater(String backend) throws Exception {
    FaultySys faults = new FaultySys();
    for (String wait : new String[] {"ppoll", "pselect", "epollPwait2", "epollWait"}) {
      faults.failEvery(wait, 2, Errno.ENOMEM);
    }
    echoes(faults, Backend.valueOf(backend), Trigger.LEVEL);
  }

  /** Sandboxes may forbid eventfd: pipes wake the loop, and a duplicate is held in reserve. */
  @ParameterizedTest
  @ValueSource(ints = {Errno.ENOSYS, Errno.EPERM})
  void eventfd_forbidden_servesRefusesAndStops(int errno) throws Exception {
    FaultySys faults = new FaultySys().fail("eventfd", errno);
    try (EchoFixture fixture = new EchoFixture(faults.sys(), Backend.EPOLL, Trigger.LEVEL, null)) {
      TestClient client = fixture.client().send(message());
      fixture.until("the echo", () -> client.received.size() == SIZE);
      boolean[] held = {true};
      faults.on("accept4", (_, _) -> held[0] ? -Errno.EMFILE : null);
      faults.on(
          "close",
          (_, _) -> {
            held[0] = false;
            return null;
          });
      TestClient refused = fixture.adopt(new TestClient(fixture.address()));
      fixture.until("the refusal", () -> refused.ended || refused.errno != 0);
      faults.heal("accept4").heal("close");
      client.thenEnd();
      fixture.server.stop();
      fixture.until("the finish", fixture.server::isFinished);
    }
  }

  /** Leaves one byte of the count, the third argument of send and recv. */
  private static Integer shorten(Object[] arguments) {
    arguments[2] = 1L;
    return null;
  }
}
