package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What is written is offered to the kernel before anything is refused, and when it is sent. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.Setup#all")
class OfferTest extends NetCase {

  private static final int MIB = 1 << 20;

  private long writeCalls() {
    return probe.count("send") + probe.count("writev");
  }

  private void refuseWrites() {
    probe.inject((call, _) -> call.equals("send") || call.equals("writev") ? -Errno.EAGAIN : null);
  }

  private ConnectionOptions tight(int mostBytes) {
    return options.withLowWaterBytes(10).withHighWaterBytes(20).withMaxQueuedBytes(mostBytes);
  }

  private long refused(Limit limit) {
    return NetStats.of(loop).refused(limit);
  }

  // ---- offered before it is refused

  /** A speaker's lines come in one turn, and are more than a queue may hold; the readers read. */
  @Test
  void readers_areNeverRefused() throws Exception {
    List<Pair> members = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      members.add(pair(new Recorder(), tight(100)));
    }
    quiet();
    for (int line = 0; line < 50; line++) {
      for (Pair member : members) {
        WriteResult result = member.connection().write(ascii("a line of 20 letters"));
        assertTrue(result.isTaken(), result::name);
      }
    }
    for (Pair member : members) {
      until("all lines", () -> member.peer().read().size() == 50 * 20);
      assertTrue(member.connection().isOpen());
    }
  }

  /** More than may be queued, on an empty queue: taken whole. */
  @Test
  void bigWrite_toAReader_arrives() throws Exception {
    Pair pair = pair(new Recorder());
    quiet();
    byte[] sent = random(17 * MIB);
    assertEquals(WriteResult.FULL, pair.connection().write(ByteBuffer.wrap(sent)));
    until("all", () -> pair.peer().read().size() == sent.length || pair.handler().isClosed());
    assertArrayEquals(sent, pair.peer().bytes());
    assertEquals(1, pair.handler().count("writable"));
  }

  @Test
  void bigWrite_behindAnother_isRefused() throws Exception {
    Pair pair = pair(new Recorder());
    quiet();
    byte[] sent = random(12 * MIB);
    assertEquals(WriteResult.FULL, pair.connection().write(ByteBuffer.wrap(sent)));
    ByteBuffer next = ByteBuffer.wrap(sent);
    assertEquals(WriteResult.REFUSED, pair.connection().write(next));
    assertEquals(sent.length, next.remaining());
    until("all", () -> pair.peer().read().size() == sent.length);
    assertEquals(1, pair.handler().count("writable"));
    assertTrue(pair.connection().write(next).isTaken());
    until("all of the other", () -> pair.peer().read().size() == 2 * sent.length);
  }

  @Test
  void refused_isCountedByItsLimit_andTheConnectionGoesOn() throws Exception {
    Pair pair = pair(new Recorder(), tight(100));
    quiet();
    refuseWrites();
    assertEquals(WriteResult.FULL, pair.connection().write(ByteBuffer.allocate(60)));
    assertEquals(WriteResult.FULL, pair.connection().write(ByteBuffer.allocate(40)));
    assertEquals(WriteResult.REFUSED, pair.connection().write(ascii("x")));
    assertEquals(WriteResult.REFUSED, pair.connection().write(Payload.copyOf(ascii("x"))));
    assertEquals(2, refused(Limit.QUEUED_BYTES));
    assertEquals(100, pair.connection().queuedBytes());
    probe.inject((_, _) -> null);
    assertTrue(pair.connection().write(ascii("!")).isTaken()); // what was queued could leave
    until("all", () -> pair.peer().read().size() == 101);
    quiet();
    assertEquals(1, pair.handler().count("writable"));
    assertEquals(2, refused(Limit.QUEUED_BYTES));
  }

  private static void askAgain(Pair pair) {
    pair.connection().link().output.becameReady();
    pair.connection().link().kick();
  }

  /** However little is queued: who was refused waits, and is told when all of it has left. */
  @Test
  void refused_belowTheMarks_isToldWhenTheQueueIsEmpty() throws Exception {
    ConnectionOptions wide =
        options.withLowWaterBytes(600).withHighWaterBytes(900).withMaxQueuedBytes(1_000);
    Pair pair = pair(new Recorder(), wide);
    quiet();
    refuseWrites();
    assertEquals(WriteResult.QUEUED, pair.connection().write(ByteBuffer.allocate(500)));
    assertEquals(WriteResult.REFUSED, pair.connection().write(ByteBuffer.allocate(600)));
    assertFalse(pair.connection().isWritable());
    assertEquals(WriteResult.FULL, pair.connection().write(ascii("small")));
    turn();
    turn();
    assertEquals(0, pair.handler().count("writable"));
    probe.inject((_, _) -> null);
    askAgain(pair);
    until("all", () -> pair.peer().read().size() == 505);
    quiet();
    assertEquals(1, pair.handler().count("writable"));
    assertTrue(pair.connection().isWritable());
    assertEquals(WriteResult.SENT, pair.connection().write(ByteBuffer.allocate(600)));
    quiet();
    assertEquals(1, pair.handler().count("writable"));
  }

  /** An echo that pauses when the queue is full, and ends meanwhile. */
  @Test
  void writable_afterAnEnd_isTold() throws Exception {
    Recorder handler = new Recorder();
    handler.onWritable = Connection::resumeReading;
    Pair pair = pair(handler);
    quiet();
    assertEquals(WriteResult.FULL, pair.connection().write(ByteBuffer.allocate(12 * MIB)));
    pair.connection().pauseReading();
    pair.connection().end();
    untilPeerIsOver(pair.peer());
    assertEquals(12 * MIB, pair.peer().read().size());
    quiet();
    assertEquals(1, handler.count("writable"));
    assertFalse(pair.connection().isWritable());
    pair.peer().close();
    untilClosed(pair);
    assertEquals(CloseReason.END_OF_STREAM, handler.cause.reason());
  }

  /** A frame is taken as a whole, or nothing of it. */
  @Test
  void frame_isRefusedAsAWhole() throws Exception {
    Framing framing = Framing.lengthPrefix(4, 1 << 16);
    Pair pair = pair(new Recorder(), tight(10_000));
    quiet();
    refuseWrites();
    int count = 0;
    for (ByteBuffer payload = ByteBuffer.allocate(6_000);
        framing.write(pair.connection(), payload).isTaken();
        payload = ByteBuffer.allocate(6_000)) {
      count++;
    }
    for (ByteBuffer payload = ByteBuffer.allocate(3_000);
        framing.write(pair.connection(), payload).isTaken();
        payload = ByteBuffer.allocate(3_000)) {
      count++;
    }
    assertEquals(2, count);
    ByteBuffer payload = ByteBuffer.allocate(3_000).position(1);
    assertEquals(WriteResult.REFUSED, framing.write(pair.connection(), payload));
    assertEquals(1, payload.position());
    assertEquals(6_004 + 3_004, pair.connection().queuedBytes());
    pair.connection().reset();
    untilClosed(pair);
  }

  @Test
  void outOfMemory_isRefused_andTheConnectionGoesOn() throws Exception {
    Pair pair = pair(new Recorder());
    quiet();
    refuseWrites();
    LoopNet.of(loop)
        .pool()
        .takeFrom((_, _) -> {
          throw new OutOfMemoryError("made up");
        });
    ByteBuffer data = ByteBuffer.allocate(100);
    assertEquals(WriteResult.REFUSED, pair.connection().write(data));
    assertEquals(100, data.remaining());
    assertEquals(1, refused(Limit.MEMORY));
    LoopNet.of(loop).pool().takeFrom(Slab::new);
    probe.inject((_, _) -> null);
    assertEquals(WriteResult.SENT, pair.connection().write(data));
    until("all", () -> pair.peer().read().size() == 100);
  }

  /** Then there is nothing that could become less, and it is tried again in the next turn. */
  @Test
  void outOfMemory_onAnEmptyQueue_isTriedAgain() throws Exception {
    List<WriteResult> results = new ArrayList<>();
    Recorder handler = new Recorder();
    handler.onWritable =
        connection -> {
          if (results.size() == 2) {
            LoopNet.of(loop).pool().takeFrom(Slab::new);
          }
          results.add(connection.write(ascii("again")));
        };
    Pair pair = pair(handler);
    quiet();
    LoopNet.of(loop)
        .pool()
        .takeFrom((_, _) -> {
          throw new OutOfMemoryError("made up");
        });
    results.add(pair.connection().write(ascii("again")));
    until("again", () -> pair.peer().read().size() == 5);
    quiet();
    assertEquals(WriteResult.REFUSED, results.get(0));
    assertEquals(WriteResult.REFUSED, results.get(1));
    assertTrue(results.get(2).isTaken());
    assertEquals(3, results.size());
  }

  /** Half a message cannot be taken back. */
  @Test
  void outOfMemory_inTheMiddle_isAReset() throws Exception {
    Pair pair = pair(new Recorder());
    quiet();
    refuseWrites();
    int[] slabs = {0};
    LoopNet.of(loop)
        .pool()
        .takeFrom((index, chunkBytes) -> {
          if (slabs[0]++ >= 3) {
            throw new OutOfMemoryError("made up");
          }
          return new Slab(index, chunkBytes);
        });
    ByteBuffer data = ByteBuffer.allocate(MIB);
    assertEquals(WriteResult.CLOSED, pair.connection().write(data));
    assertEquals(0, data.remaining());
    untilClosed(pair);
    assertEquals(CloseReason.LIMIT, pair.handler().cause.reason());
    assertEquals(MIB, pair.handler().lostBytes);
    LoopNet.of(loop).pool().takeFrom(Slab::new);
  }

  // ---- when it is sent

  @Test
  void fromAnother_isSentAtOnce() throws Exception {
    Pair target = pair(new Recorder());
    Recorder speaker = new Recorder();
    List<String> seen = new ArrayList<>();
    speaker.onReceived =
        (_, data) -> {
          long before = writeCalls();
          speaker.take(data);
          WriteResult first = target.connection().write(ascii("one"));
          seen.add(first + " " + (writeCalls() - before) + " " + target.peer().read().text());
        };
    Pair from = pair(speaker);
    quiet();
    from.peer().write("go");
    until("heard", () -> speaker.bytes.size() == 2);
    assertEquals(List.of("SENT 1 one"), seen);
    assertEquals(0, LoopNet.of(loop).pool().usedCount());
  }

  @Test
  void secondWriteOfATurn_leavesWithTheFlush() throws Exception {
    Pair pair = pair(new Recorder());
    quiet();
    for (int round = 0; round < 2; round++) {
      long before = writeCalls();
      for (int i = 0; i < 100; i++) {
        assertTrue(pair.connection().write(ascii("a line\n")).goesOn());
      }
      assertEquals(1, writeCalls() - before);
      quiet();
      assertEquals(2, writeCalls() - before);
    }
    assertEquals(200 * 7, pair.peer().read().size());
  }

  @Test
  void ownDispatch_leavesTogether() throws Exception {
    Recorder handler = new Recorder();
    List<WriteResult> results = new ArrayList<>();
    handler.onReceived =
        (connection, data) -> {
          handler.take(data);
          results.add(connection.write(ascii("a")));
          results.add(connection.write(ascii("b")));
        };
    Pair pair = pair(handler);
    quiet();
    long before = writeCalls();
    pair.peer().write("go");
    until("answer", () -> pair.peer().read().size() == 2);
    assertEquals(1, writeCalls() - before);
    assertEquals(List.of(WriteResult.QUEUED, WriteResult.QUEUED), results);
  }

  @Test
  void errorInAForeignDispatch_isToldInItsOwnTurn() throws Exception {
    Pair target = pair(new Recorder());
    Recorder speaker = new Recorder();
    List<String> seen = new ArrayList<>();
    speaker.onReceived =
        (_, data) -> {
          speaker.take(data);
          probe.inject((call, _) -> call.equals("send") ? -Errno.EACCES : null);
          seen.add(target.connection().write(ascii("x")).name());
          seen.add(Integer.toString(target.handler().log.size()));
        };
    Pair from = pair(speaker);
    quiet();
    int before = target.handler().log.size();
    from.peer().write("go");
    untilClosed(target);
    assertEquals(List.of("CLOSED", Integer.toString(before)), seen);
    assertEquals(CloseReason.ERROR, target.handler().cause.reason());
    assertTrue(from.connection().isOpen());
  }

  /** A peer that takes nothing does not keep the loop busy. */
  @Test
  void fullQueue_doesNotSpin() throws Exception {
    Pair pair = pair(new Recorder());
    assertEquals(WriteResult.FULL, pair.connection().write(ByteBuffer.allocate(8 * MIB)));
    quiet();
    long waits = probe.waits();
    long writes = writeCalls();
    for (int i = 0; i < 10; i++) {
      int _ = loop.runOnce(MILLI);
    }
    assertEquals(10, probe.waits() - waits);
    assertEquals(writes, writeCalls());
  }

  // ---- deliveries

  private static Delivery into(List<String> told, String name) {
    return (_, sent) -> told.add(name + " " + sent);
  }

  @Test
  void whenSent_isToldInOrder_andNeverWithin() throws Exception {
    Pair pair = pair(new Recorder());
    quiet();
    List<String> told = new ArrayList<>();
    pair.connection().whenSent(into(told, "nothing"));
    assertEquals(List.of(), told);
    refuseWrites();
    WriteResult _ = pair.connection().write(ascii("one"));
    pair.connection().whenSent(into(told, "one"));
    WriteResult _ = pair.connection().write(ascii("two"));
    pair.connection().whenSent(into(told, "two"));
    turn();
    turn();
    assertEquals(List.of("nothing true"), told);
    probe.inject((_, _) -> null);
    WriteResult _ = pair.connection().write(ascii("three"));
    pair.connection().link().output.becameReady(); // an edge does not come for it
    pair.connection().link().kick();
    quiet();
    assertEquals(List.of("nothing true", "one true", "two true"), told);
    assertEquals("onetwothree", pair.peer().read().text());
  }

  /** A delivery behind each write costs no system call: they leave together, and are told after. */
  @Test
  void whenSent_behindEachWrite_leavesTogether() throws Exception {
    Pair pair = pair(new Recorder());
    quiet();
    List<String> told = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    long before = writeCalls();
    for (int i = 0; i < 100; i++) {
      assertTrue(pair.connection().write(ascii("a line\n")).goesOn());
      pair.connection().whenSent(into(told, "line " + i));
      expected.add("line " + i + " true");
    }
    quiet();
    assertEquals(2, writeCalls() - before); // the first is sent at once
    assertEquals(expected, told);
    assertEquals("a line\n".repeat(100), pair.peer().read().text());
  }

  @Test
  void whenSent_comesBeforeWritable() throws Exception {
    Recorder handler = new Recorder();
    List<String> told = new ArrayList<>();
    handler.onWritable = _ -> told.add("writable");
    Pair pair = pair(handler);
    WriteResult _ = pair.connection().write(ByteBuffer.allocate(8 * MIB));
    pair.connection().whenSent(into(told, "all"));
    until("all", () -> pair.peer().read().size() == 8 * MIB);
    quiet();
    assertEquals(2, told.size());
    assertTrue(told.contains("all true"), told.toString());
  }

  @Test
  void whenSent_endedFirst_isToldSo_beforeClosed() throws Exception {
    Recorder handler = new Recorder();
    List<String> told = new ArrayList<>();
    handler.onClosed = _ -> told.add("closed");
    Pair pair = pair(handler);
    quiet();
    refuseWrites();
    WriteResult _ = pair.connection().write(ascii("one"));
    pair.connection().whenSent(into(told, "one"));
    pair.connection().reset();
    pair.connection().whenSent(into(told, "late"));
    untilClosed(pair);
    assertEquals(List.of("one false", "late false", "closed"), told);
    pair.connection().whenSent(into(told, "too late"));
    assertEquals(3, told.size());
    quiet();
    assertEquals("too late false", told.getLast());
  }

  @Test
  void whenSent_throws_endsItsConnection() throws Exception {
    Pair pair = pair(new Recorder());
    Pair other = pair(new Recorder());
    quiet();
    List<String> told = new ArrayList<>();
    pair.connection()
        .whenSent((_, _) -> {
          throw new IllegalStateException("made up");
        });
    pair.connection().whenSent(into(told, "next"));
    untilClosed(pair);
    assertEquals(CloseReason.HANDLER_FAILED, pair.handler().cause.reason());
    assertEquals(1, told.size());
    assertTrue(other.connection().isOpen());
  }

  @Test
  void whenSent_thatAsksAgain_doesNotHoldTheLoop() throws Exception {
    Pair pair = pair(new Recorder());
    int[] count = {0};
    Delivery[] again = new Delivery[1];
    again[0] =
        (connection, _) -> {
          if (++count[0] < 100_000 && connection.isOpen()) {
            connection.whenSent(again[0]);
          }
        };
    pair.connection().whenSent(again[0]);
    turn();
    turn();
    assertTrue(count[0] > 0 && count[0] < 10, () -> count[0] + " times");
    pair.connection().reset();
    untilClosed(pair);
  }

  // ---- before it is open

  @Test
  void write_beforeTheConnectIsDone_isSentAfterIt() throws Exception {
    Recorder server = new Recorder();
    Server listening =
        track(
            Server.open(
                loop, ServerOptions.at(loopback(0)).withConnection(options), _ -> track(server)));
    Recorder client = track(new Recorder());
    Connection connection =
        Connection.connect(loop, listening.address(), TimeUnit.SECONDS.toNanos(5), options, client);
    assertEquals(WriteResult.QUEUED, connection.write(ascii("before ")));
    client.onOpened = opened -> assertTrue(opened.write(ascii("opened")).isTaken());
    until("all", () -> server.text().length() == 13);
    assertEquals("before opened", server.text());
    assertNull(client.cause);
  }
}
