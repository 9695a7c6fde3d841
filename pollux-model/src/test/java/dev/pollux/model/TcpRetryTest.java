package dev.pollux.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Sockets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When TCP between hosts sends again, and when it does not. */
class TcpRetryTest extends NetworkCase {

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

  /** The first of two that arrive was not confirmed: what is measured is the second. */
  @Test
  void secondTry_isARoundTrip() throws Exception {
    Connection pair = connection();
    policy = packet -> deliverBut(Packet.Kind.ACK, packet);
    assertEquals(1, send(near, pair.client(), "a"));
    pass(100 * MILLI);
    policy = this::deliver;
    pass(1 * SECOND);
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

  @Test
  void retries_areTwiceAsFar() throws Exception {
    Connection pair = connection();
    long start = network.nanoTime();
    List<Long> times = new ArrayList<>();
    policy = _ -> times.add((network.nanoTime() - start) / MILLI);
    assertEquals(1, send(near, pair.client(), "x"));
    pass(300 * SECOND);
    assertEquals(
        List.of(
            0L, 200L, 600L, 1_400L, 3_000L, 6_200L, 12_600L, 25_400L, 51_000L, 102_200L, 204_600L),
        times);
  }

  /** Three acknowledgements that say nothing new are enough. */
  @Test
  void lostBytes_thatThreeOvertake_areSentAgainAtOnce() throws Exception {
    Connection pair = connection();
    policy = this::lose;
    assertEquals(1, send(near, pair.client(), "1"));
    policy = this::deliver;
    for (String each : List.of("2", "3", "4")) {
      assertEquals(1, send(near, pair.client(), each));
    }
    pass(30 * MILLI);
    assertEquals("1234", text(far, pair.server()));
  }

  /** The first of several is sent again after 200 ms, and each of the others a round trip later. */
  @Test
  void lostBytes_followOneAnother() throws Exception {
    Connection pair = connection();
    policy = this::lose;
    for (String each : List.of("1", "2", "3", "4", "5")) {
      assertEquals(1, send(near, pair.client(), each));
    }
    policy = this::deliver;
    pass(290 * MILLI);
    assertEquals("12345", text(far, pair.server()));
  }

  /** Bytes that come the other way say what has arrived. */
  @Test
  void answer_acknowledges() throws Exception {
    Connection pair = connection();
    policy = packet -> deliverBut(Packet.Kind.ACK, packet);
    seen.clear();
    assertEquals(8, send(near, pair.client(), "question"));
    pass(10 * MILLI);
    assertEquals(6, send(far, pair.server(), "answer"));
    pass(10 * MILLI);
    policy = this::deliver;
    pass(3 * SECOND);
    long questions = seen.stream().filter(each -> each.bytes().length == 8).count();
    assertEquals(1, questions, "sent again though answered");
  }

  /** Who waits for room is told when there is some, and does not have to ask. */
  @Test
  void room_isTold() throws Exception {
    Connection pair = connection();
    int _ = fill(pair.client());
    pass(1_000 * SECOND);
    seen.clear();
    assertTrue(receive(far, pair.server()).length > 0);
    pass(20 * MILLI);
    assertTrue(receive(far, pair.server()).length > 0);
    assertEquals(NEAR, seen.getFirst().destination().getAddress());
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
}
