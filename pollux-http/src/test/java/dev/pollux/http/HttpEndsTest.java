package dev.pollux.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.LoopStats;
import dev.pollux.net.Connection;
import dev.pollux.net.WriteResult;
import dev.pollux.sys.Linux;
import dev.pollux.sys.SysException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A client that ends its half, or resets, in each state of a connection: the loop rests, what is to
 * be answered is, and the program is told once.
 */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.http.HostCase$Setup#all")
class HttpEndsTest extends HostCase {

  /** What a client does. */
  private enum End {
    FIN,
    RST,
    FIN_RST, // before the loop has a turn
    FIN_THEN_RST;

    boolean isReset() {
      return this != FIN;
    }
  }

  private static final String GET = "GET / HTTP/1.1¶Host: a¶¶";
  private static final String CHUNKED = "POST / HTTP/1.1¶Host: a¶Transfer-Encoding: chunked¶¶";
  private static final byte[] MUCH = new byte[1 << 20]; // more than the kernel takes
  private static final int PIECE_BYTES = 1 << 15;

  /** A look at a peer that is not read comes within a second. */
  private static final long LOOK = SECOND + 200 * MILLI;

  /** What came before a reset may be read for so long. */
  private static final long GRACE = LOOK + 5 * SECOND;

  private final List<String> log = new ArrayList<>();
  private final List<HttpResponse> responses = new ArrayList<>();
  private final List<HttpRequest> requests = new ArrayList<>();

  /** What holds of a client that does this. */
  private interface Claim {
    void of(End end) throws Exception;
  }

  private void each(Claim claim) throws Exception {
    for (End end : End.values()) {
      log.clear();
      requests.clear();
      responses.clear();
      causes.clear();
      try {
        claim.of(end);
      } catch (AssertionError e) {
        throw new AssertionError(end + ": " + e.getMessage(), e);
      }
    }
  }

  private static String post(int length) {
    return "POST / HTTP/1.1¶Host: a¶Content-Length: " + length + "¶¶";
  }

  /** Serves by this, but for who asks whether the server is there. */
  private void host(HttpHandler handler) throws SysException {
    serve((request, response) -> {
      if (request.path().equals("/ping")) {
        response.send("pong");
        return;
      }
      log.add("asked");
      response.whenOver(() -> log.add("over"));
      handler.handle(request, response);
    });
  }

  private void later(HttpRequest request, HttpResponse response) {
    requests.add(request);
    responses.add(response.later());
  }

  private HostPeer client(String text) throws SysException {
    HostPeer peer = accepted();
    peer.connection.setOption(Linux.SOL_SOCKET, Linux.SO_SNDBUF, 1 << 16);
    peer.send(text);
    return peer;
  }

  /** A client that is waited for, so that its request is in work. */
  private HostPeer asking(String text) throws SysException {
    HostPeer peer = client(text);
    until("a request", () -> !log.isEmpty());
    quiet();
    return peer;
  }

  private void does(End end, HostPeer peer) throws SysException {
    Connection connection = peer.connection;
    if (end != End.RST) {
      peer.end();
      awaitSeen(connection, Linux.POLLRDHUP);
    }
    if (end == End.FIN_THEN_RST) {
      quiet();
      pass(LOOK);
      assertRests();
    }
    if (end.isReset()) {
      peer.reset();
      if (!connection.isClosed()) {
        awaitSeen(connection, Linux.POLLERR | Linux.POLLHUP);
      }
    }
    quiet();
    assertRests();
  }

  /** The connection is over, at once but for what TCP has to say. */
  private void assertOver(HostPeer peer) throws SysException {
    assertOver(peer, LOOK);
  }

  /** The connection is over, by the time that this has passed. */
  private void assertOver(HostPeer peer, long nanos) throws SysException {
    passUntilOver(peer.connection, nanos);
    assertTrue(peer.connection.isClosed(), peer.connection::toString);
    assertEquals(1, causes.size(), causes::toString);
    assertEquals(1, server.connectionCount()); // of who asks whether it rests
    assertRests();
  }

  /** Time passes, and the loop looks at the peer now and then, but has no timer in each turn. */
  private void passAtRest() throws SysException {
    LoopStats before = loop.stats();
    pass(3 * SECOND);
    LoopStats since = loop.stats().since(before);
    assertTrue(since.timers() <= 2 * 3, () -> since.timers() + " timers in 3 s");
    assertRests();
  }

  /** The client waits, and the server for it. */
  private void assertWaits(HostPeer peer) throws SysException {
    passAtRest();
    assertTrue(peer.connection.isOpen(), peer.connection::toString);
    assertEquals("", peer.read());
  }

  private void assertLog(String... expected) {
    assertEquals(List.of(expected), log);
    assertEquals(List.of(), reported);
  }

  // ---- while it is read

  @Test
  void atRest_isOver() throws Exception {
    host(this::later);
    each(end -> {
      HostPeer peer = client(PING);
      until("an answer", () -> peer.read().endsWith("pong"));
      does(end, peer);
      assertOver(peer);
      assertEquals(end == End.FIN, peer.isEndedInOrder());
      assertLog();
    });
  }

  @Test
  void headBegun_isOver() throws Exception {
    host(this::later);
    each(end -> {
      HostPeer peer = client("GET / HT");
      quiet();
      does(end, peer);
      assertOver(peer);
      assertLog();
    });
  }

  @Test
  void bodyBeingRead_isRefused_andToldOnce() throws Exception {
    host((request, _) -> request.body().stream(new Notes()));
    each(end -> {
      HostPeer peer = asking(post(10) + "abc");
      does(end, peer);
      if (end == End.FIN) {
        assertTrue(peer.readToTheEnd().startsWith("HTTP/1.1 400 "), peer.read());
      }
      assertOver(peer);
      assertLog("asked", "data3", "failed", "over");
    });
  }

  @Test
  void bodyBeingRead_whileAnswered_isCut_andToldOnce() throws Exception {
    host((request, response) -> {
      response.begin("text/plain");
      request.body().stream(new Notes());
    });
    each(end -> {
      HostPeer peer = asking(CHUNKED + "3¶abc¶");
      does(end, peer);
      assertOver(peer);
      assertLog("asked", "data3", "failed", "over");
      assertFalse(peer.isEndedInOrder());
    });
  }

  @Test
  void draining_isOver() throws Exception {
    host((_, response) -> response.send("early"));
    each(end -> {
      HostPeer peer = asking(post(10) + "abc");
      assertTrue(peer.read().endsWith("early"), peer.read());
      does(end, peer);
      assertOver(peer);
      assertEquals(end == End.FIN, peer.isEndedInOrder());
      assertLog("asked", "over");
    });
  }

  // ---- while it is not

  @Test
  void answeredLater_endIsWaitedFor_resetIsTold() throws Exception {
    host(this::later);
    each(end -> {
      HostPeer peer = asking(GET);
      does(end, peer);
      if (end == End.FIN) {
        assertWaits(peer);
        assertEquals(WriteResult.QUEUED, responses.getFirst().send("at last"));
        assertTrue(peer.readToTheEnd().endsWith("¶¶at last"), peer.read());
        assertTrue(peer.isEndedInOrder());
      } else {
        assertOver(peer, LOOK);
        assertEquals(WriteResult.CLOSED, responses.getFirst().send("too late"));
      }
      assertOver(peer);
      assertLog("asked", "over");
    });
  }

  @Test
  void answeredLater_withAnotherRequestBehind_resetIsToldInTime() throws Exception {
    host(this::later);
    each(end -> {
      HostPeer peer = asking(GET + PING);
      does(end, peer);
      if (end == End.FIN) {
        assertWaits(peer);
        assertTrue(responses.getFirst().send("at last").isTaken());
        String answers = peer.readToTheEnd();
        assertTrue(answers.contains("at last") && answers.endsWith("¶¶pong"), answers);
      }
      assertOver(peer, end.isReset() ? GRACE : LOOK);
      assertLog("asked", "over");
    });
  }

  @Test
  void bodyNotAskedFor_isThere_orToldToBeLost() throws Exception {
    host(this::later);
    each(end -> {
      HostPeer peer = asking(post(3) + "abc");
      does(end, peer);
      if (end == End.FIN) {
        assertWaits(peer);
        requests.getFirst().body().whole(body -> responses.getFirst().send(body));
        assertTrue(peer.readToTheEnd().endsWith("¶¶abc"), peer.read());
      }
      assertOver(peer, end.isReset() ? GRACE : LOOK);
      if (end.isReset()) {
        requests.getFirst().body().stream(new Notes());
        assertLog("asked", "over", "failed");
      } else {
        assertLog("asked", "over");
      }
    });
  }

  @Test
  void bodyPaused_restIsGiven_andToldToBeLost() throws Exception {
    host((request, response) -> {
      later(request, response);
      request.body().pause();
      request.body().stream(new Notes());
    });
    each(end -> {
      HostPeer peer = asking(post(10) + "abc");
      does(end, peer);
      if (end == End.FIN) {
        assertWaits(peer);
        assertLog("asked");
        requests.getFirst().body().resume();
        assertTrue(peer.readToTheEnd().startsWith("HTTP/1.1 400 "), peer.read());
        assertOver(peer);
        assertLog("asked", "data3", "failed", "over");
      } else {
        assertOver(peer, GRACE);
        assertLog("asked", "failed", "over");
      }
    });
  }

  @Test
  void answerNotRead_isThere_orLost() throws Exception {
    host((_, response) -> response.send(MUCH));
    each(end -> {
      HostPeer peer = asking(GET + PING);
      assertFalse(peer.connection.isWritable());
      does(end, peer);
      if (end == End.FIN) {
        passAtRest();
        assertTrue(peer.connection.isOpen());
        String answers = peer.readToTheEnd();
        assertTrue(answers.length() > MUCH.length && answers.endsWith("¶¶pong"));
        assertTrue(peer.isEndedInOrder());
      }
      assertOver(peer, end.isReset() ? GRACE : LOOK);
      assertLog("asked", "over");
    });
  }

  /** Writes as long as there is room, and goes on when there is again. */
  private void pour(HttpResponse response, int written) {
    for (int all = written; all < MUCH.length; ) {
      WriteResult result = response.write(ByteBuffer.wrap(MUCH, 0, PIECE_BYTES));
      if (result == WriteResult.CLOSED) {
        log.add("closed");
        return;
      }
      all += result.isTaken() ? PIECE_BYTES : 0;
      if (!result.goesOn()) {
        int so = all;
        response.whenWritable(() -> pour(response, so));
        return;
      }
    }
    response.end();
  }

  @Test
  void streamNotRead_isThere_orTheWriterIsTold() throws Exception {
    host((request, response) -> {
      later(request, response);
      pour(response, 0);
    });
    each(end -> {
      HostPeer peer = asking(GET);
      assertFalse(responses.getFirst().isWritable());
      does(end, peer);
      if (end == End.FIN) {
        passAtRest();
        assertTrue(responses.getFirst().isOpen());
        assertTrue(peer.readToTheEnd().endsWith("¶0¶¶"));
        assertTrue(peer.isEndedInOrder());
        assertOver(peer);
        assertLog("asked", "over");
      } else {
        assertOver(peer, LOOK);
        assertLog("asked", "closed", "over");
      }
    });
  }

  @Test
  void draining_withAnAnswerNotRead_isThere_orLost() throws Exception {
    host((_, response) -> response.send(MUCH));
    each(end -> {
      HostPeer peer = asking(post(10) + "abc");
      assertFalse(peer.connection.isWritable());
      does(end, peer);
      if (end == End.FIN) {
        String answer = peer.readToTheEnd();
        assertTrue(answer.length() > MUCH.length);
        assertTrue(peer.isEndedInOrder());
      }
      assertOver(peer);
      assertLog("asked", "over");
    });
  }

  /** The connection ends behind what waits for room, and nothing more is answered. */
  @Test
  void lastAnswerNotRead_isThere_orLost() throws Exception {
    host((_, response) -> response.last().send(MUCH));
    each(end -> {
      HostPeer peer = asking(GET + PING);
      does(end, peer);
      if (end == End.FIN) {
        String answer = peer.readToTheEnd();
        assertTrue(answer.length() > MUCH.length);
        assertFalse(answer.endsWith("pong"));
      }
      assertOver(peer);
      assertLog("asked", "over");
    });
  }

  /** A reset waits for what was answered before, which the client does not read. */
  @Test
  void answerCut_whichIsNotRead_isToldOnce() throws Exception {
    host((_, response) -> {
      response.begin("text/plain");
      response.write(ByteBuffer.wrap(MUCH));
      throw new IllegalStateException("planted");
    });
    each(end -> {
      HostPeer peer = asking(GET);
      assertEquals(1, reported.size());
      reported.clear();
      assertTrue(peer.connection.isOpen());
      does(end, peer);
      if (end == End.FIN) {
        assertTrue(peer.connection.isOpen());
        assertTrue(peer.readToTheEnd().length() > 0);
        assertFalse(peer.isEndedInOrder());
      }
      assertOver(peer);
      assertLog("asked", "over");
    });
  }

  /** Notes what comes; answers nothing. */
  private final class Notes implements HttpBodyHandler {
    @Override
    public void data(ByteBuffer data) {
      log.add("data" + data.remaining());
    }

    @Override
    public void end() {
      log.add("end");
    }

    @Override
    public void failed() {
      log.add("failed");
    }
  }
}
