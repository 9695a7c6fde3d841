package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
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
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The queue of a connection: what it holds, what that takes, and how it leaves. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.Setup#kernels")
class ByteQueueTest extends NetCase {

  private LoopNet local;
  private ChunkPool pool;
  private ByteQueue queue;
  private Raw out;
  private Raw peer;

  @BeforeEach
  void open() throws SysException {
    local = LoopNet.of(loop);
    pool = local.pool();
    queue = new ByteQueue(local);
    int[] fds = Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
    out = raw(fds[0]);
    peer = raw(fds[1]);
  }

  @AfterEach
  void giveBack() { // before the invariants of the case
    queue.clear();
  }

  private void exhaust() {
    pool.takeFrom((_, _) -> {
      throw new OutOfMemoryError("made up");
    });
  }

  /** Writes and reads until the queue is empty. */
  private void drain() {
    while (!queue.isEmpty()) {
      int n = queue.writeTo(probe.sys(), out.fd());
      assertTrue(n >= 0 || n == -Errno.EAGAIN, () -> Errno.name(-n));
      Raw _ = peer.read();
    }
    Raw _ = peer.read();
  }

  // ---- memory

  @Test
  void smallWrites_ofManyQueues_takeMemoryByTheirBytes() {
    List<ByteQueue> members = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      ByteQueue member = new ByteQueue(local);
      member.append(ByteBuffer.allocate(20));
      members.add(member);
    }
    assertEquals(2_000 * 256, pool.usedBytes());
    assertTrue(pool.freeBytes() < Slab.BYTES, pool.freeBytes() + " free");
    members.forEach(ByteQueue::clear);
    assertEquals(0, pool.usedBytes());
  }

  @Test
  void memory_isInProportionToTheBytes() {
    for (int writeBytes : new int[] {1, 20, 300, 5_000, 100_000}) {
      for (int i = 0; i < 2_000_000 / writeBytes && i < 30_000; i++) {
        queue.append(ByteBuffer.allocate(writeBytes));
        long bound = Math.max(256, 5L * queue.sizeBytes());
        assertTrue(pool.usedBytes() <= bound, pool.usedBytes() + " bytes for " + queue.sizeBytes());
      }
      queue.clear();
    }
  }

  @Test
  void emptyQueue_hasNoMemory() {
    queue.append(ByteBuffer.allocate(100_000));
    drain();
    assertEquals(0, pool.usedBytes());
    assertEquals(0, queue.sizeBytes());
  }

  @Test
  void outOfMemory_nothingOfThatPieceIsAppended() {
    queue.append(ByteBuffer.allocate(200));
    exhaust();
    ByteBuffer fits = ByteBuffer.allocate(56);
    assertEquals(56, queue.appendSome(fits));
    ByteBuffer more = ByteBuffer.allocate(70_000);
    assertEquals(0, queue.appendSome(more));
    assertEquals(70_000, more.remaining());
    assertEquals(256, queue.sizeBytes());
    assertThrows(OutOfMemoryError.class, () -> queue.append(more));
    assertEquals(70_000, more.remaining());
    drain();
    assertEquals(256, peer.size());
  }

  @Test
  void outOfMemory_roomThatIsThere_isNotFilledWithPartOfAPiece() {
    queue.append(ByteBuffer.wrap(new byte[] {1, 2, 3}));
    exhaust();
    assertEquals(0, queue.appendSome(ByteBuffer.allocate(1_000)));
    assertFalse(queue.append(Payload.copyOf(ByteBuffer.allocate(255))));
    queue.append(ByteBuffer.wrap(new byte[] {4}));
    drain();
    assertArrayEquals(new byte[] {1, 2, 3, 4}, peer.bytes());
  }

  @Test
  void appendSome_takesAPieceAtATime() {
    ByteBuffer much = ByteBuffer.wrap(random(200_000));
    assertEquals(ChunkPool.MAX_CHUNK_BYTES, queue.appendSome(much));
    assertEquals(200_000 - ChunkPool.MAX_CHUNK_BYTES, much.remaining());
    while (much.hasRemaining()) {
      assertTrue(queue.appendSome(much) > 0);
    }
    assertEquals(0, queue.appendSome(much));
    drain();
    assertArrayEquals(random(200_000), peer.bytes());
  }

  // ---- payloads

  @Test
  void payload_isSentFromWhereItLies_byManyQueues() {
    Payload payload = Payload.copyOf(ByteBuffer.wrap(random(1_000)));
    Set<Long> addresses = new TreeSet<>();
    probe.inject((call, arguments) -> {
      if (call.equals("send")) {
        addresses.add((long) arguments[1]);
      }
      return null;
    });
    for (int i = 0; i < 50; i++) {
      assertTrue(queue.append(payload));
      drain();
    }
    assertEquals(Set.of(payload.address()), addresses);
    assertEquals(0, pool.usedBytes());
    assertEquals(50_000, peer.size());
  }

  @Test
  void payload_betweenBytes_isGathered_andCounted() {
    byte[] shared = random(3_000);
    Payload payload = Payload.copyOf(ByteBuffer.wrap(shared));
    queue.append(ascii("before;"));
    assertTrue(queue.append(payload));
    assertTrue(queue.append(payload));
    queue.append(ascii(";after"));
    assertEquals(7 + 6_000 + 6, queue.sizeBytes());
    assertEquals(2 * 256, pool.usedBytes());
    long before = probe.count("writev");
    drain();
    assertEquals(1, probe.count("writev") - before);
    ByteBuffer expected = ByteBuffer.allocate(6_013);
    expected.put(ascii("before;")).put(shared).put(shared).put(ascii(";after"));
    assertArrayEquals(expected.array(), peer.bytes());
  }

  /** A reference takes more than a few bytes do: a queue's limit in bytes bounds memory, too. */
  @Test
  void payload_thatIsShort_isCopied() {
    Payload payload = Payload.copyOf(ascii("news"));
    for (int i = 0; i < 1_000; i++) {
      assertTrue(queue.append(payload));
    }
    assertEquals(4_000, queue.sizeBytes());
    assertTrue(pool.usedCount() <= 4, pool.usedCount() + " chunks");
    drain();
    assertEquals("news".repeat(1_000), peer.text());
  }

  @Test
  void payload_ofNothing_isNothing() {
    Payload nothing = Payload.copyOf(ByteBuffer.allocate(0));
    assertEquals(0, nothing.sizeBytes());
    assertTrue(queue.append(nothing));
    assertTrue(queue.isEmpty());
  }

  @Test
  void payload_isACopy_ofWhatRemains() {
    ByteBuffer source = ByteBuffer.wrap(random(1_000)).position(100).limit(900);
    byte[] expected = new byte[800];
    source.duplicate().get(expected);
    Payload payload = Payload.copyOf(source);
    assertFalse(source.hasRemaining());
    assertEquals(800, payload.sizeBytes());
    source.array()[200]++;
    assertTrue(queue.append(payload));
    drain();
    assertArrayEquals(expected, peer.bytes());
  }

  // ---- marks

  private Delivery mark(List<String> told, String name) {
    return (_, sent) -> told.add(name + " " + sent);
  }

  private void tellAll() {
    while (queue.dueCount() > 0) {
      assertTrue(queue.tell(null));
    }
    assertFalse(queue.tell(null));
  }

  @Test
  void mark_comesTrue_whenWhatWasBeforeItHasLeft() {
    List<String> told = new ArrayList<>();
    queue.append(mark(told, "empty"), false);
    assertTrue(queue.isEmpty());
    assertTrue(queue.dueCount() > 0);
    queue.append(ascii("ab"));
    queue.append(mark(told, "first"), false);
    queue.append(mark(told, "second"), false);
    queue.append(ascii("c"));
    queue.append(mark(told, "third"), false);
    tellAll();
    assertEquals(List.of("empty true"), told);
    probe.inject((call, arguments) ->
        call.equals("send")
            ? sys.send((int) arguments[0], (long) arguments[1], 1, (int) arguments[3])
            : null);
    assertEquals(1, queue.writeTo(probe.sys(), out.fd()));
    assertFalse(queue.dueCount() > 0);
    assertEquals(1, queue.writeTo(probe.sys(), out.fd()));
    assertTrue(queue.dueCount() > 0);
    tellAll();
    assertEquals(List.of("empty true", "first true", "second true"), told);
    assertEquals(1, queue.writeTo(probe.sys(), out.fd()));
    assertTrue(queue.isEmpty());
    tellAll();
    assertEquals(List.of("empty true", "first true", "second true", "third true"), told);
    assertEquals("abc", peer.read().text());
  }

  @Test
  void mark_whoseBytesAreLost_isTold_afterThoseThatCameTrue() {
    List<String> told = new ArrayList<>();
    queue.append(ascii("a"));
    queue.append(mark(told, "sent"), false);
    assertEquals(1, queue.writeTo(sys, out.fd()));
    queue.append(ascii("b"));
    queue.append(mark(told, "lost"), false);
    queue.append(mark(told, "lost, too"), false);
    queue.clear();
    queue.clear();
    assertTrue(queue.isEmpty());
    tellAll();
    assertEquals(List.of("sent true", "lost false", "lost, too false"), told);
  }

  @Test
  void mark_movesAlong_toTheQueueThatHasTheBytes() {
    List<String> told = new ArrayList<>();
    ByteQueue held = new ByteQueue(local);
    held.append(ascii("plain"));
    held.append(mark(told, "first"), false);
    held.append(ascii("more"));
    held.append(mark(told, "second"), false);
    ByteBuffer record = ByteBuffer.allocate(5);
    assertEquals(5, held.fill(record));
    queue.append(record.flip());
    held.moveMarksTo(queue);
    assertFalse(held.dueCount() > 0);
    assertFalse(queue.dueCount() > 0);
    drain();
    tellAll();
    assertEquals(List.of("first true"), told);
    held.clear();
    assertTrue(held.tell(null));
    assertEquals(List.of("first true", "second false"), told);
  }

  /** Neither a write nor a chunk ends at one. */
  @Test
  void marks_betweenBytes_areGatheredOver_andToldInOrder() {
    List<String> told = new ArrayList<>();
    byte[] shared = random(1_000);
    Payload payload = Payload.copyOf(ByteBuffer.wrap(shared));
    for (int i = 0; i < 20; i++) {
      queue.append(ascii("piece"));
      queue.append(mark(told, "piece " + i), false);
      assertTrue(queue.append(payload));
      queue.append(mark(told, "payload " + i), i == 7);
    }
    long before = probe.count("writev") + probe.count("send");
    assertEquals(20 * 1_005, queue.writeTo(probe.sys(), out.fd()));
    assertEquals(1, probe.count("writev") + probe.count("send") - before);
    tellAll();
    assertEquals(40, told.size());
    for (int i = 0; i < 20; i++) {
      assertEquals("piece " + i + " true", told.get(2 * i));
      assertEquals("payload " + i + " " + (i != 7), told.get(2 * i + 1));
    }
  }

  @Test
  void marks_takeNoMemoryOfThePool() {
    List<String> told = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      queue.append(ascii("x"));
      queue.append(mark(told, "mark"), false);
    }
    assertEquals(256, pool.usedBytes());
    drain();
    tellAll();
    assertEquals(100, told.size());
  }

  // ---- all of it

  /** Random appends and writes of a kernel that takes as much as it likes, against a plain list. */
  @Test
  void random_appendsAndWrites_keepEveryByteInOrder() {
    Random dice = new Random(3);
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    Payload payload = Payload.copyOf(ByteBuffer.wrap(random(5_000)));
    IoBuffer room = IoBuffer.allocate(1 << 16);
    List<String> told = new ArrayList<>();
    int marks = 0;
    for (int step = 0; step < 3_000; step++) {
      switch (dice.nextInt(6)) {
        case 0, 1 -> {
          byte[] bytes = random(1 + dice.nextInt(dice.nextInt(20) == 0 ? 100_000 : 700));
          expected.writeBytes(bytes);
          queue.append(ByteBuffer.wrap(bytes));
        }
        case 2 -> {
          assertTrue(queue.append(payload));
          expected.writeBytes(random(5_000));
        }
        case 3 -> queue.append(mark(told, Integer.toString(marks++)), false);
        case 4 -> {
          if (!queue.isEmpty()) {
            int _ = queue.writeTo(sys, out.fd());
            Raw _ = peer.read();
          }
        }
        default -> { // what TLS does with it
          ByteBuffer to = room.buffer().clear().limit(1 + dice.nextInt(2_000));
          if (peer.size() + queue.sizeBytes() == expected.size() && queue.fill(to) > 0) {
            writeAll(room.address(), to.position());
          }
        }
      }
      assertEquals(expected.size(), peer.size() + queue.sizeBytes());
    }
    drain();
    assertArrayEquals(expected.toByteArray(), peer.bytes());
    tellAll();
    assertEquals(marks, told.size());
    for (int i = 0; i < marks; i++) {
      assertEquals(i + " true", told.get(i));
    }
  }

  private void writeAll(long address, int count) {
    for (int at = 0; at < count; ) {
      at += Math.max(0, sys.send(out.fd(), address + at, count - at, Linux.MSG_NOSIGNAL));
      Raw _ = peer.read();
    }
  }
}
