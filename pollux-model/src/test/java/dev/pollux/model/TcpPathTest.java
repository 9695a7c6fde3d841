package dev.pollux.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What TCP programs see of a wire that loses, doubles, delays and cuts. */
class TcpPathTest extends NetworkCase {

  /** Nothing comes back. */
  private void deliverFromNear(Packet packet) {
    if (packet.source().getAddress().equals(NEAR)) {
      deliver(packet);
    }
  }

  @Test
  void bytes_thatAreLostDoubledAndTurnedRound_arriveOnceAndInOrder() throws Exception {
    Connection pair = connection();
    Random random = new Random(1);
    policy =
        packet -> {
          int chance = random.nextInt(10);
          for (int copies = chance == 0 ? 0 : chance == 1 ? 2 : 1; copies > 0; copies--) {
            network.schedule(1 + random.nextLong(30 * MILLI), packet::arrive);
          }
        };
    byte[] bytes = new byte[1 << 20];
    random.nextBytes(bytes);
    ByteArrayOutputStream got = new ByteArrayOutputStream();
    int sent = 0;
    for (int step = 0; got.size() < bytes.length; step++) {
      assertTrue(step < 100_000, "got " + got.size());
      int size = Math.min(1 + random.nextInt(5_000), bytes.length - sent);
      byte[] piece = java.util.Arrays.copyOfRange(bytes, sent, sent + size);
      sent += Math.max(0, size == 0 ? 0 : send(near, pair.client(), piece));
      pass(random.nextLong(10 * MILLI));
      got.writeBytes(receive(far, pair.server()));
    }
    org.junit.jupiter.api.Assertions.assertArrayEquals(bytes, got.toByteArray());
    assertEquals(0, near.close(pair.client()));
    pass(1_000 * SECOND);
    assertEquals(0, end(far, pair.server()));
  }

  @Test
  void partition_holdsBytesUp_andLastsTooLong() throws Exception {
    Connection pair = connection();
    policy = this::lose;
    assertEquals(1, send(near, pair.client(), "a"));
    pass(60 * SECOND);
    policy = this::deliver;
    assertEquals(1, send(near, pair.client(), "b"));
    pass(60 * SECOND);
    assertEquals("ab", text(far, pair.server()));
    policy = this::lose;
    assertEquals(1, send(near, pair.client(), "c"));
    pass(900 * SECOND);
    assertEquals(-Errno.EAGAIN, end(near, pair.client()));
    pass(100 * SECOND);
    assertEquals(-Errno.ETIMEDOUT, end(near, pair.client()));
    assertEquals(-Errno.EAGAIN, end(far, pair.server()), "who sends nothing notices nothing");
  }

  /** Bytes go, and no word comes back: the sender's buffer stays full, and nothing comes twice. */
  @Test
  void partition_oneWay() throws Exception {
    Connection pair = connection();
    policy = this::deliverFromNear;
    assertEquals(1, send(near, pair.client(), "a"));
    pass(5 * SECOND);
    assertEquals("a", text(far, pair.server()));
    policy = this::deliver;
    pass(60 * SECOND);
    assertEquals("", text(far, pair.server()));
    assertEquals(1, send(near, pair.client(), "b"));
    pass(10 * MILLI);
    assertEquals("b", text(far, pair.server()));
  }

  /** The word that there is room again is lost, and asked for. */
  @Test
  void window_opens_thoughTheWordOfItIsLost() throws Exception {
    Connection pair = connection();
    int sent = fill(pair.client());
    policy = this::lose;
    int got = receive(far, pair.server()).length;
    assertTrue(got > 0 && got < sent, got + " of " + sent);
    pass(1 * SECOND);
    policy = this::deliver;
    for (int i = 0; i < 100; i++) {
      pass(10 * SECOND);
      got += receive(far, pair.server()).length;
    }
    assertEquals(sent, got);
  }

  @Test
  void close_isOrderly_andAnswersADead() throws Exception {
    Connection pair = connection();
    assertEquals(3, send(near, pair.client(), "bye"));
    assertEquals(0, near.close(pair.client()));
    pass(20 * MILLI);
    assertEquals("bye", text(far, pair.server()));
    assertEquals(0, end(far, pair.server()));
    seen.clear();
    assertEquals(1, send(far, pair.server(), "x"));
    pass(20 * MILLI);
    assertEquals(List.of("DATA", "RESET"), kinds());
    assertEquals(-Errno.EPIPE, send(far, pair.server(), "y"));
    assertEquals(0, far.close(pair.server()));
  }

  /** What is sent as one is cut by the window, and counted as what it is. */
  @Test
  void largeWrite_toOneWhoDoesNotRead_fillsUp_andIsCountedDown() throws Exception {
    Connection pair = connection();
    byte[] large = new byte[1 << 16];
    int sent = 0;
    for (int i = 0; i < 100; i++) {
      sent += Math.max(0, send(near, pair.client(), large));
      pass(100 * MILLI);
    }
    assertTrue(sent < 1 << 20, "no back-pressure: " + sent);
    int got = 0;
    for (int i = 0; i < 100; i++) {
      got += receive(far, pair.server()).length;
      pass(1 * SECOND);
    }
    assertEquals(sent, got);
    IoBuffer count = IoBuffer.allocate(4);
    assertEquals(0, near.ioctl(pair.client(), Linux.TIOCOUTQ, count.address()));
    assertEquals(0, count.buffer().getInt(0));
  }

  /** The receiver closes with bytes unread: what asks for word of them hears of the reset. */
  @Test
  void lostReset_isSaidAgain() throws Exception {
    Connection pair = connection();
    policy = this::deliverFromNear;
    assertEquals(1, send(near, pair.client(), "x"));
    pass(50 * MILLI);
    assertEquals(0, far.close(pair.server()));
    policy = this::deliver;
    pass(10 * SECOND);
    assertEquals(-Errno.ECONNRESET, end(near, pair.client()));
  }

  /** That the sender's end had come does not make an orderly end of a reset. */
  @Test
  void lostReset_afterTheEnd_isSaidAgain() throws Exception {
    Connection pair = connection();
    policy = this::deliverFromNear;
    assertEquals(1, send(near, pair.client(), "x"));
    assertEquals(0, near.shutdown(pair.client(), Linux.SHUT_WR));
    pass(50 * MILLI);
    assertEquals(0, far.close(pair.server()));
    policy = this::deliver;
    pass(10 * SECOND);
    assertEquals(-Errno.ECONNRESET, end(near, pair.client()));
  }

  /** The reset that late bytes meet is lost, and the end that waited for them came after it. */
  @Test
  void lostReset_beforeTheEnd_isSaidAgain() throws Exception {
    Connection pair = connection();
    assertEquals(0, far.close(pair.server()));
    pass(100 * MILLI);
    List<Packet> sent = new ArrayList<>();
    policy = sent::add;
    assertEquals(1, send(near, pair.client(), "x"));
    assertEquals(0, near.shutdown(pair.client(), Linux.SHUT_WR));
    policy = this::lose;
    sent.reversed().forEach(Packet::arrive);
    policy = this::deliver;
    seen.clear();
    pass(10 * SECOND);
    assertEquals(List.of("DATA", "RESET"), kinds());
  }

  /** A probe of one who has closed with bytes unread, and whose reset was lost, is reset. */
  @Test
  void probe_ofOneWhoIsGone_isReset() throws Exception {
    Connection pair = connection();
    fill(pair.client());
    policy = this::lose;
    assertEquals(0, far.close(pair.server()));
    policy = this::deliver;
    seen.clear();
    pass(10 * SECOND);
    assertEquals(-Errno.ECONNRESET, end(near, pair.client()));
    assertEquals(List.of("ACK", "RESET"), kinds());
  }

  /** Who ends first keeps the name for a minute, and who ends second lets go of it. */
  @Test
  void ends_leaveThePortFree() throws Exception {
    Connection first = connection();
    assertEquals(0, near.close(first.client()));
    pass(100 * MILLI);
    assertThrows(SysException.class, this::bindAlone);
    assertEquals(0, far.close(first.server()));
    pass(100 * MILLI);
    bindAlone();
    Connection second = connection();
    assertEquals(0, far.close(second.server()));
    pass(100 * MILLI);
    assertEquals(0, near.close(second.client()));
    pass(59 * SECOND);
    assertThrows(SysException.class, this::bindAlone);
    pass(2 * SECOND);
    bindAlone();
  }

  private void bindAlone() throws SysException {
    int fd = Sockets.open(far, Linux.AF_INET, Linux.SOCK_STREAM);
    try {
      Sockets.bind(far, fd, new InetSocketAddress(FAR, 7000));
    } finally {
      assertEquals(0, far.close(fd));
    }
  }

  /** Who has both ends confirms the other's as often as that is sent. */
  @Test
  void endThatIsSentAgain_isAcknowledged() throws Exception {
    Connection pair = connection();
    assertEquals(0, near.close(pair.client()));
    pass(100 * MILLI);
    policy = packet -> deliverBut(Packet.Kind.ACK, packet);
    seen.clear();
    assertEquals(0, far.close(pair.server()));
    pass(100 * MILLI);
    policy = this::deliver;
    pass(1_000 * SECOND);
    assertEquals(List.of("FIN", "ACK", "FIN", "ACK"), kinds());
  }

  /** The same where both have sent their ends at the same time. */
  @Test
  void endsAtTheSameTime_areAcknowledged() throws Exception {
    Connection pair = connection();
    policy = packet -> deliverBut(Packet.Kind.ACK, packet);
    seen.clear();
    assertEquals(0, near.close(pair.client()));
    assertEquals(0, far.close(pair.server()));
    pass(100 * MILLI);
    policy = this::deliver;
    pass(1_000 * SECOND);
    assertEquals(List.of("FIN", "FIN", "ACK", "ACK", "FIN", "FIN", "ACK", "ACK"), kinds());
  }

  /** What belongs to the former connection of a socket that has another does nothing to that. */
  @Test
  void lateResets_ofAFormerConnection_areNotHeard() throws Exception {
    Connection pair = connection();
    Connection other = connection();
    List<Packet> late = new ArrayList<>();
    policy = late::add;
    for (int server : List.of(pair.server(), other.server())) {
      Sockets.linger(far, server, 0);
      assertEquals(0, far.close(server));
    }
    seen.clear();
    policy =
        packet -> {
          if (packet.kind() == Packet.Kind.DATA) {
            packet.arrive();
          } else {
            late.add(packet);
          }
        };
    assertEquals(1, send(near, other.client(), "x"));
    assertEquals(List.of("DATA", "RESET"), kinds());
    assertEquals(3, late.size());
    policy = this::deliver;
    int listener = listen(far);
    for (int client : List.of(pair.client(), other.client())) {
      disconnect(client);
      assertFalse(Sockets.connect(near, client, new InetSocketAddress(FAR, 7000)));
      pass(100 * MILLI);
      int server = Sockets.accept(far, listener);
      late.forEach(Packet::arrive);
      assertEquals(2, send(far, server, "ok"));
      pass(100 * MILLI);
      assertEquals("ok", text(near, client));
    }
  }

  private void disconnect(int client) {
    IoBuffer unspecified = IoBuffer.allocate(16);
    assertEquals(0, near.connect(client, unspecified.address(), 16));
  }

  @Test
  void wireThatDeliversAtOnce() throws Exception {
    policy = Packet::arrive;
    int listener = listen(far);
    int client = connect(near, FAR);
    int server = Sockets.accept(far, listener);
    assertEquals(5, send(near, client, "hello"));
    assertEquals("hello", text(far, server));
    assertEquals(0, near.close(client));
    assertEquals(0, end(far, server));
  }
}
