package dev.pollux.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import java.io.ByteArrayOutputStream;
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

  /** Sends to one who does not read, for as long as there is room; how much. */
  private int fill(int client) {
    byte[] piece = new byte[1 << 15];
    int sent = 0;
    int count;
    do {
      count = send(near, client, piece);
      sent += Math.max(0, count);
      pass(100 * MILLI);
    } while (count > 0);
    return sent;
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

  /** How long it takes from each probe to the next, in milliseconds. */
  private List<Long> probeWaits(long nanos) {
    List<Long> times = new ArrayList<>();
    policy =
        packet -> {
          if (packet.source().getAddress().equals(NEAR)) {
            times.add(network.nanoTime() / MILLI);
          }
          deliver(packet);
        };
    pass(nanos);
    policy = this::deliver;
    List<Long> waits = new ArrayList<>();
    for (int i = 1; i < times.size(); i++) {
      waits.add(times.get(i) - times.get(i - 1));
    }
    return waits;
  }

  /** Who does not read is asked twice as late each time, and from the beginning after it has. */
  @Test
  void probes_areTwiceAsFar_andFirstAreSoon() throws Exception {
    Connection pair = connection();
    int sent = fill(pair.client());
    for (int i = 0; i < 2; i++) {
      List<Long> waits = probeWaits(400 * SECOND);
      long first = waits.getFirst();
      assertTrue(first <= 1_600, waits.toString()); // it has begun before
      for (int probe = 1; probe < waits.size(); probe++) {
        assertEquals(Math.min(120_000, first << probe), waits.get(probe), waits.toString());
      }
      sent -= receive(far, pair.server()).length;
      pass(50 * MILLI); // the word of room, and what there is room for
    }
    pass(1 * SECOND);
    assertEquals(sent, receive(far, pair.server()).length);
  }

  /** What is sent at last, and lost, does not wait for as long as a late probe would. */
  @Test
  void bytes_afterLateProbes_areSentAgainSoon() throws Exception {
    Connection pair = connection();
    int _ = fill(pair.client());
    pass(1_000 * SECOND);
    int taken = receive(far, pair.server()).length;
    policy = packet -> deliverBut(Packet.Kind.DATA, packet);
    pass(100 * MILLI);
    policy = this::deliver;
    pass(1 * SECOND);
    assertTrue(taken > 0 && receive(far, pair.server()).length > 0);
  }

  /** Who does not answer a probe is waited for as long as one who does not acknowledge. */
  @Test
  void probes_thatNobodyAnswers_end() throws Exception {
    Connection pair = connection();
    int _ = fill(pair.client());
    pass(10_000 * SECOND);
    policy = this::lose;
    pass(800 * SECOND);
    assertEquals(-Errno.EAGAIN, end(near, pair.client()));
    pass(500 * SECOND);
    assertEquals(-Errno.ETIMEDOUT, end(near, pair.client()));
  }

  @Test
  void close_isOrderly_andAnswersADead() throws Exception {
    Connection pair = connection();
    assertEquals(3, send(near, pair.client(), "bye"));
    assertEquals(0, near.close(pair.client()));
    pass(20 * MILLI);
    assertEquals("bye", text(far, pair.server()));
    assertEquals(0, end(far, pair.server()));
    assertEquals(1, send(far, pair.server(), "x"));
    pass(20 * MILLI);
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

  /** An answer that takes longer than the first patience is waited for, once it is known. */
  @Test
  void longRoundTrip_isLearned() throws Exception {
    policy = packet -> network.schedule(1_500 * MILLI, packet::arrive);
    int listener = listen(far);
    int client = connect(near, FAR);
    pass(5 * SECOND);
    int server = Sockets.accept(far, listener);
    for (int i = 0; i < 3; i++) {
      assertEquals(1, send(near, client, "x"));
      pass(10 * SECOND);
    }
    seen.clear();
    assertEquals(1, send(near, client, "y"));
    pass(10 * SECOND);
    assertEquals("xxxy", text(far, server));
    assertEquals(List.of("DATA", "ACK"), kinds());
  }

  /** Who reads in pieces says several times that there is room: nothing is sent again for that. */
  @Test
  void wordsOfRoom_areNoDuplicates() throws Exception {
    Connection pair = connection();
    byte[] large = new byte[1 << 16];
    for (int i = 0; i < 8; i++) {
      int _ = send(near, pair.client(), large);
    }
    pass(100 * MILLI);
    seen.clear();
    IoBuffer piece = IoBuffer.allocate(1 << 12);
    int got = 0;
    while (got < 1 << 17) {
      piece.buffer().clear();
      got += Math.max(0, piece.read(far, pair.server()));
      pass(1 * MILLI);
    }
    pass(150 * MILLI);
    List<Long> sequences =
        seen.stream()
            .filter(each -> each.kind() == Packet.Kind.DATA)
            .map(Packet::sequence)
            .toList();
    assertEquals(sequences.stream().distinct().toList(), sequences, "sent again");
  }

  /** What was sent long ago and comes once more says nothing of how long things take. */
  @Test
  void lateDuplicate_isNoRoundTrip() throws Exception {
    Connection pair = connection();
    assertEquals(1, send(near, pair.client(), "a"));
    Packet first = seen.getLast();
    pass(60 * SECOND);
    policy = packet -> deliverBut(Packet.Kind.ACK, packet);
    assertEquals(1, send(near, pair.client(), "b"));
    pass(10 * MILLI);
    policy = this::deliver;
    first.arrive();
    pass(100 * MILLI);
    assertEquals(200 * MILLI, untilSentAgain(pair));
  }

  /** What was early and is acknowledged with what it waited for has taken as long as that. */
  @Test
  void lateBytes_areARoundTrip_thoughLaterOnesWereThere() throws Exception {
    Connection pair = connection();
    assertEquals(1, send(near, pair.client(), "a"));
    pass(1 * SECOND);
    policy = packet -> network.schedule(180 * MILLI, packet::arrive);
    assertEquals(1, send(near, pair.client(), "b"));
    policy = this::deliver;
    pass(100 * MILLI);
    assertEquals(1, send(near, pair.client(), "c"));
    pass(1 * SECOND);
    assertEquals("abc", text(far, pair.server()));
    assertTrue(untilSentAgain(pair) > 220 * MILLI);
  }

  /** How long a lost byte of the client's waits. */
  private long untilSentAgain(Connection pair) {
    return untilSentAgain(near, pair.client());
  }

  private long untilSentAgain(ModelSys host, int fd) {
    List<Long> times = new ArrayList<>();
    policy = _ -> times.add(network.nanoTime());
    assertEquals(1, send(host, fd, "x"));
    pass(1_000 * SECOND);
    return times.get(1) - times.get(0);
  }

  /** The handshake was the first round trip. */
  @Test
  void firstBytes_areSentAgainSoon() throws Exception {
    assertEquals(200 * MILLI, untilSentAgain(connection()));
    policy = this::deliver;
    assertEquals(200 * MILLI, untilSentAgain(far, connection().server()));
  }

  /** A round trip of 400 ms, and four times its half: RFC 6298. */
  @Test
  void firstBytes_areSentAgainLater_overALongWay() throws Exception {
    policy = packet -> network.schedule(200 * MILLI, packet::arrive);
    int listener = listen(far);
    int client = connect(near, FAR);
    pass(1 * SECOND);
    int server = Sockets.accept(far, listener);
    assertEquals(1_200 * MILLI, untilSentAgain(near, client));
    assertEquals(1_200 * MILLI, untilSentAgain(far, server));
  }

  /** Small words that go on coming put the second try of a lost one off by nothing. */
  @Test
  void lostByte_amongHeartbeats_isSentAgainSoon() throws Exception {
    Connection pair = connection();
    assertEquals(1, send(near, pair.client(), "a"));
    pass(100 * MILLI);
    policy = this::lose;
    assertEquals(1, send(near, pair.client(), "b"));
    policy = this::deliver;
    for (int i = 0; i < 20; i++) {
      assertEquals(1, send(near, pair.client(), "c"));
      pass(100 * MILLI);
    }
    assertEquals("ab" + "c".repeat(20), text(far, pair.server()));
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
