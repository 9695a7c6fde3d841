package dev.pollux.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.sys.Linux;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests whose answers cannot be sent: they hold up neither the end of a connection nor a stop.
 */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.Setup#all")
class WorkersBrokenTest extends ClockedCase {

  private static final Framing LINES = Framing.lines(1024);
  private static final Duration GRACE = Duration.ofSeconds(5);
  private static final String THREE = "one\ntwo\nthree\n"; // in work, held, and unread

  private final List<String> handled = new CopyOnWriteArrayList<>();
  private final CountDownLatch started = new CountDownLatch(1);
  private final CountDownLatch go = new CountDownLatch(1);
  private final Workers workers = Workers.platform(1, 4);
  private Server server;

  @Override
  @AfterEach
  void checkInvariants() throws Exception {
    go.countDown();
    super.checkInvariants();
    workers.close(); // which may wait for an open loop
  }

  private void work(ByteBuffer request, Reply reply) throws InterruptedException {
    started.countDown();
    go.await();
    handled.add(US_ASCII.decode(request.duplicate()).toString());
    reply.write(request);
  }

  private void serve(@Nullable Tls tls) throws Exception {
    ServerOptions like =
        ServerOptions.at(loopback(0)).withConnection(options.withCloseGrace(GRACE)).withTls(tls);
    server = track(Server.open(loop, like, workers.handlers(LINES, this::work)));
  }

  private void assertEndsInTime() throws Exception {
    server.stop();
    pass(GRACE.toNanos() + 2 * SECOND);
    assertEquals(0, server.connectionCount());
    until("stopped", server::isFinished);
  }

  /** The answer to the first of them meets the reset. */
  @Test
  void requests_behindWhichThePeerResets_andTheAnswerComes_endInTime() throws Exception {
    resetBehindThree();
    go.countDown();
    until("over", () -> server.connectionCount() == 0);
    assertEquals("one", handled.getFirst());
    assertEndsInTime();
  }

  /** The reset is seen at a look, and what is in work is for nobody. */
  @Test
  void requests_behindWhichThePeerResets_andNoAnswerComes_endInTime() throws Exception {
    resetBehindThree();
    assertEndsInTime();
    assertEquals(List.of(), handled);
  }

  private void resetBehindThree() throws Exception {
    serve(null);
    Raw peer = connectRaw(server.address());
    awaitReady(peer.fd(), Linux.POLLOUT);
    until("accepted", () -> server.connectionCount() == 1);
    peer.write(THREE);
    until("in work", () -> started.getCount() == 0);
    quiet();
    peer.reset();
    quiet();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void requests_behindWhichTlsBreaks_andTheAnswerComes_endInTime(String protocol) throws Exception {
    TlsRaw peer = breakTlsBehindThree(protocol);
    go.countDown();
    until("ends", () -> server.connections(loop).stream().noneMatch(Connection::isOpen));
    assertEquals("one", handled.getFirst());
    assertEndsInTime();
    endPeer(peer);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void requests_behindWhichTlsBreaks_andNoAnswerComes_endInTime(String protocol) throws Exception {
    TlsRaw peer = breakTlsBehindThree(protocol);
    assertEndsInTime();
    assertEquals(List.of(), handled);
    endPeer(peer);
  }

  private TlsRaw breakTlsBehindThree(String protocol) throws Exception {
    serve(Tls.server(TlsKeys.localhost().identity()));
    TlsRaw peer = new TlsRaw(TlsKeys.trustOnly(TlsKeys.localhost()), protocol);
    Connection _ = Connection.connect(loop, server.address(), 0, ConnectionOptions.DEFAULT, peer);
    until("established", () -> peer.established);
    quiet();
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.writeBytes(peer.record(THREE));
    both.writeBytes(TlsRaw.damaged());
    peer.sendWire(both.toByteArray());
    until("alert", () -> peer.error != null);
    until("in work", () -> started.getCount() == 0);
    untilDelivered(server);
    return peer;
  }

  private void endPeer(TlsRaw peer) throws Exception {
    peer.connection().reset();
    until("peer closed", () -> peer.closed);
  }
}
