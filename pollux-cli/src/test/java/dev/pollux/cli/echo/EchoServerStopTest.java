package dev.pollux.cli.echo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.poll.Backend;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.Errno;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.SysException;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How an {@link EchoServer} stops: nothing new, everything pending, within its grace. */
class EchoServerStopTest {

  private static final int LARGE_BYTES = 6 << 20;

  @ParameterizedTest(name = "[{1}, {0}]")
  @MethodSource("dev.pollux.cli.echo.EchoFixture#everyWay")
  void stop_pendingOutput_isDelivered(Backend backend, Trigger trigger) throws Exception {
    byte[] large = EchoFixture.pattern(LARGE_BYTES);
    try (EchoFixture fixture = EchoFixture.patient(backend, trigger)) {
      // It still sends when the server stops: a close would reset what is on its way.
      TestClient client = fixture.client().send(large);
      client.reading = false;
      fixture.until("a pause", () -> fixture.connection(0).isReadingPaused());
      fixture.settle();
      // What it has read and not sent, and what it has not even read.
      long arrived = fixture.log.readBytes + unread(fixture.connection(0).fd());
      assertTrue(arrived > fixture.log.readBytes, "nothing waits to be read");
      fixture.server.stop();
      fixture.turn(0);
      fixture.turn(0);
      assertFalse(fixture.server.isFinished());
      client.reading = true;
      fixture.until("the end", () -> client.ended);
      assertEquals(0, client.errno);
      byte[] received = client.received.toByteArray();
      assertTrue(received.length >= arrived, received.length + " of " + arrived + " bytes");
      assertArrayEquals(Arrays.copyOf(large, received.length), received);
      client.close();
      fixture.until("the finish", fixture.server::isFinished);
      assertEquals(List.of("STOPPED"), fixture.log.closed);
    }
  }

  @ParameterizedTest(name = "[{1}, {0}]")
  @MethodSource("dev.pollux.cli.echo.EchoFixture#everyWay")
  void stop_inputThatHasArrived_isAnswered(Backend backend, Trigger trigger) throws Exception {
    try (EchoFixture fixture = new EchoFixture(backend, trigger)) {
      TestClient client = fixture.client().send("last words".getBytes(ISO_8859_1));
      client.step();
      fixture.server.stop();
      fixture.until("the end", () -> client.ended);
      assertEquals("last words", client.text());
    }
  }

  @ParameterizedTest(name = "[{1}, {0}]")
  @MethodSource("dev.pollux.cli.echo.EchoFixture#everyWay")
  void stop_inputOfManyTurns_isAnsweredWhole(Backend backend, Trigger trigger) throws Exception {
    int buffers = 3 * EchoOptions.READS_PER_TURN;
    for (int extra = 0; extra < 2; extra++) { // with the last buffer full, and not
      byte[] message = EchoFixture.pattern(buffers * EchoOptions.DEFAULT_BUFFER_BYTES + extra);
      try (EchoFixture fixture = EchoFixture.patient(backend, trigger)) {
        TestClient client = fixture.client().send(message);
        client.step();
        assertTrue(client.allSent());
        fixture.server.stop();
        fixture.runOnce(0);
        fixture.until("the end", () -> client.ended);
        assertArrayEquals(message, client.received.toByteArray());
        fixture.until("the finish", fixture.server::isFinished);
        assertEquals(List.of("STOPPED"), fixture.log.closed);
      }
    }
  }

  @ParameterizedTest(name = "[{1}, {0}]")
  @MethodSource("dev.pollux.cli.echo.EchoFixture#everyWay")
  void stop_replyMode_answersWhatHasArrived(Backend backend, Trigger trigger) throws Exception {
    try (EchoFixture fixture = new EchoFixture(NativeSys.open(), backend, trigger, "bye")) {
      TestClient client = fixture.client().send("x".getBytes(ISO_8859_1));
      client.step();
      fixture.server.stop();
      fixture.until("the end", () -> client.ended);
      assertEquals("bye\n", client.text());
    }
  }

  @ParameterizedTest(name = "[{1}, {0}]")
  @MethodSource("dev.pollux.cli.echo.EchoFixture#everyWay")
  void stop_idleConnections_takesNoGrace(Backend backend, Trigger trigger) throws Exception {
    try (EchoFixture fixture = EchoFixture.patient(backend, trigger)) {
      TestClient idle = fixture.client();
      fixture.server.stop();
      fixture.turn(0);
      fixture.until("the finish", fixture.server::isFinished);
      assertEquals(List.of("STOPPED"), fixture.log.closed);
      fixture.settle();
      idle.step();
      assertTrue(idle.ended, "an orderly end");
    }
  }

  @Test
  void stop_newConnection_isRefused() throws Exception {
    try (EchoFixture fixture = new EchoFixture(Backend.EPOLL, Trigger.LEVEL)) {
      fixture.server.stop();
      fixture.runOnce(0);
      assertTrue(fixture.server.isFinished());
      TestClient late = fixture.adopt(new TestClient());
      late.connect(fixture.address());
      late.step();
      assertEquals(Errno.ECONNREFUSED, late.errno);
    }
  }

  @ParameterizedTest(name = "[{1}, {0}]")
  @MethodSource("dev.pollux.cli.echo.EchoFixture#everyWay")
  void stop_peerThatNeverReads_isCutOffAfterTheGrace(Backend backend, Trigger trigger)
      throws Exception {
    FaultySys faults = new FaultySys();
    try (EchoFixture fixture = new EchoFixture(faults.sys(), backend, trigger, null)) {
      TestClient client = fixture.client().send(EchoFixture.pattern(LARGE_BYTES));
      client.reading = false;
      fixture.until("a pause", () -> fixture.connection(0).isReadingPaused());
      fixture.settle();
      fixture.server.stop();
      fixture.turn(0);
      faults.advance(EchoOptions.GRACE_NANOS - 100_000_000);
      fixture.turn(0);
      assertFalse(fixture.server.isFinished(), "before the grace is over");
      faults.advance(102_000_000); // and the tick by which a timer may be late
      fixture.turn(0);
      assertTrue(fixture.server.isFinished(), "after it");
      assertEquals(List.of("CUT_OFF"), fixture.log.closed);
    }
  }

  @Test
  void stop_whileAWaitIsInProgress_endsIt() throws Exception {
    try (EchoFixture fixture = new EchoFixture(Backend.EPOLL, Trigger.LEVEL)) {
      Thread stopper = Thread.ofPlatform().start(fixture.server::stop);
      while (!fixture.server.isFinished()) {
        fixture.runOnce(-1);
      }
      stopper.join();
    }
  }

  /** The bytes that a socket has received and nobody has read. */
  private static int unread(int fd) throws SysException {
    IoBuffer count = IoBuffer.allocate(Integer.BYTES);
    SysException.check(
        "ioctl(FIONREAD)", NativeSys.open().ioctl(fd, Linux.FIONREAD, count.address()));
    return count.buffer().order(ByteOrder.nativeOrder()).getInt(0);
  }
}
