package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** More handshakes than there is time for: those that are begun are also done. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TlsStormTest {

  private static final int STORM = 20;
  private static final int DRIPPERS = 8;
  private static final int TURNS = 300;
  private static final int RECORDS = 800;
  private static final Duration TIME = Duration.ofSeconds(10);
  private static final Duration BRIEF = Duration.ofSeconds(1);

  private final TlsBox box = new TlsBox(true); // whose time does not pass while keys are computed
  private final List<TlsNote> servers = new ArrayList<>();
  private final List<TlsRaw> peers = new ArrayList<>();

  @AfterEach
  void close() {
    box.close();
  }

  private void storm(int count, Duration time) throws Exception {
    Tls tls = Tls.server(TlsKeys.localhost().identity()).withHandshakeTime(time);
    HandlerFactory factory =
        _ -> {
          servers.add(new TlsNote());
          return servers.getLast();
        };
    InetSocketAddress address = box.serve(tls, factory);
    for (int i = 0; i < count; i++) {
      peers.add(new TlsRaw(TlsKeys.trustOnly(TlsKeys.localhost()), "TLSv1.3"));
      Connection _ = box.connect(address, null, peers.getLast());
    }
  }

  private long done() {
    return servers.stream().filter(note -> note.handshaken).count();
  }

  /** Those that the server has signed for. */
  private long signed() {
    return peers.stream().filter(peer -> peer.established).count();
  }

  private void end() throws Exception {
    for (TlsRaw peer : peers) {
      if (!peer.closed) {
        peer.connection().reset();
      }
    }
    box.until("ended", () -> servers.stream().allMatch(TlsNote::isClosed));
    box.quiet();
  }

  @Test
  void handshakes_thatAreUnderWay_areDoneBeforeOthersAreBegun() throws Exception {
    storm(STORM, TIME);
    long most = 0;
    while (done() < STORM) {
      box.turns(1);
      most = Math.max(most, signed() - done());
    }
    assertTrue(most <= 3, most + " were signed for and not done");
    end();
  }

  @Test
  void handshakes_thatWaitedHalfTheirTime_areNotBegun() throws Exception {
    storm(STORM, BRIEF);
    box.until("some are done", () -> done() >= 3);
    long before = signed();
    assertNotNull(box.model);
    while (TlsTurns.of(box.loop).waitingCount() > 0) { // a tenth counts, or it is a handler's
      box.model.advance(BRIEF.toNanos() / 10);
      box.turns(1);
    }
    box.quiet();
    assertTrue(signed() < STORM, signed() + " were signed for");
    assertEquals(signed(), done());
    assertTrue(signed() <= before + 8, signed() + " were signed for, after " + before);
    List<TlsNote> givenUp = servers.stream().filter(TlsNote::isClosed).toList();
    assertEquals(STORM - done(), givenUp.size());
    for (TlsNote note : givenUp) {
      assertEquals(CloseReason.PROTOCOL, note.reason());
      assertTrue(note.message().contains("for its turns"), note::message);
    }
    end();
  }

  /**
   * A peer for whom the server has signed, and that then sends no more than the beginning of its
   * key exchange, in records of a byte.
   */
  private static final class Dripper implements ConnectionHandler {
    private static final byte[] CLIENT_KEY_EXCHANGE = {16, 0, 0x7d, 0}; // of 32,000 bytes

    private final TlsRaw peer = new TlsRaw(TlsKeys.trustOnly(TlsKeys.localhost()), "TLSv1.2");
    private int count;
    private boolean isAnswered;
    private boolean isClosed;

    @Override
    public void opened(Connection connection) {
      peer.connection = connection;
      try {
        peer.engine.beginHandshake();
        peer.send("");
      } catch (SSLException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public void received(Connection connection, ByteBuffer data) {
      isAnswered = true;
      var _ = data.position(data.limit());
    }

    @Override
    public void closed(Connection connection, CloseCause cause) {
      isClosed = true;
    }

    void drip(int records) {
      ByteBuffer wire = ByteBuffer.allocate(6 * records);
      for (int i = 0; i < records; i++) {
        byte one = count < CLIENT_KEY_EXCHANGE.length ? CLIENT_KEY_EXCHANGE[count] : 0;
        wire.put(new byte[] {22, 3, 3, 0, 1, one});
        count++;
      }
      WriteResult _ = peer.connection().write(wire.flip());
    }
  }

  private List<Dripper> drippers(int count) throws Exception {
    storm(0, TIME);
    List<Dripper> drippers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      drippers.add(new Dripper());
      var address = (InetSocketAddress) box.server().address();
      Connection _ = box.connect(address, null, drippers.getLast());
    }
    box.until("signed for", () -> drippers.stream().allMatch(peer -> peer.isAnswered));
    return drippers;
  }

  @Test
  void peersUnderWay_thatAreNeverDone_doNotKeepOutWhoBegins() throws Exception {
    List<Dripper> drippers = drippers(DRIPPERS);
    peers.add(new TlsRaw(TlsKeys.trustOnly(TlsKeys.localhost()), "TLSv1.3"));
    Connection _ = box.connect((InetSocketAddress) box.server().address(), null, peers.getFirst());
    for (int turns = 0; turns < TURNS && done() == 0; turns++) {
      drippers.forEach(peer -> peer.drip(1));
      box.turns(1);
    }
    assertEquals(1, done());
    drippers.forEach(peer -> peer.peer.connection().reset());
    end();
  }

  /** Else one peer has all of a turn, as long as a read buffer of records takes. */
  @Test
  void records_ofAHandshake_areFewInATurn() throws Exception {
    Dripper peer = drippers(1).getFirst();
    peer.drip(RECORDS);
    WriteResult _ = peer.peer.connection().write(ByteBuffer.wrap(new byte[] {99, 3, 3, 0, 1, 0}));
    int turns = 0;
    for (; !peer.isClosed; turns++) {
      box.turns(1);
    }
    assertTrue(turns >= RECORDS / 16, RECORDS + " records in " + turns + " turns");
    end();
  }

  /** Who is slow itself has not waited. */
  @Test
  void peer_thatWasSlow_isBegun() throws Exception {
    storm(1, TIME);
    box.until("connected", () -> peers.getFirst().connection != null);
    assertNotNull(box.model);
    box.model.advance(TIME.toNanos() / 2 + 1);
    box.until("done", () -> done() == 1);
    assertFalse(servers.getFirst().isClosed());
    end();
  }
}
