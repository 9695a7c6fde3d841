package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopOptions;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is left unread: the bytes in order, in memory that is given back, and seldom moved. */
class UnreadTest {

  private EventLoop loop;
  private LoopNet local;
  private Unread unread;

  @BeforeEach
  void open() throws Exception {
    loop = EventLoop.open(LoopOptions.DEFAULT);
    local = LoopNet.of(loop);
    unread = new Unread(local);
  }

  @AfterEach
  void close() {
    loop.close();
  }

  private static byte[] random(SplittableRandom dice, int size) {
    byte[] bytes = new byte[size];
    dice.nextBytes(bytes);
    return bytes;
  }

  /** As a read does it; what is there then. */
  private ByteBuffer receive(byte[] more) {
    if (unread.isShort()) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(unread.sizeBytes() + more.length);
      unread.drainTo(buffer);
      return buffer.put(more).flip();
    }
    Chunk memory = unread.reserve(more.length);
    var _ = memory.bytes().put(memory.end, more);
    return unread.lend(more.length);
  }

  @Test
  void anyReadsAndRests_keepTheBytesInOrder_andGiveMemoryBack() {
    for (int seed = 0; seed < 300; seed++) {
      SplittableRandom dice = new SplittableRandom(seed);
      ByteArrayOutputStream sent = new ByteArrayOutputStream();
      ByteArrayOutputStream read = new ByteArrayOutputStream();
      int most = 1 << dice.nextInt(4, 18);
      for (int i = 0; i < 40; i++) {
        byte[] more = random(dice, dice.nextInt(most));
        sent.writeBytes(more);
        ByteBuffer data = receive(more);
        byte[] taken =
            new byte[dice.nextInt(3) == 0 ? data.remaining() : dice.nextInt(data.remaining() + 1)];
        var _ = data.get(taken);
        read.writeBytes(taken);
        if (dice.nextInt(4) == 0) { // as who was given it, and gives up
          int back = dice.nextInt(taken.length + 1);
          unread.putBack(ByteBuffer.wrap(taken, taken.length - back, back));
          byte[] kept = read.toByteArray();
          read.reset();
          read.write(kept, 0, kept.length - back);
        }
        unread.settle(data);
        assertEquals(sent.size() - read.size(), unread.sizeBytes(), "seed " + seed);
      }
      ByteBuffer rest = ByteBuffer.allocate(unread.sizeBytes());
      unread.drainTo(rest);
      read.writeBytes(rest.array());
      assertArrayEquals(sent.toByteArray(), read.toByteArray(), "seed " + seed);
      assertEquals(0, local.pool().usedCount(), "seed " + seed);
    }
  }

  /** The cost of a byte does not depend on how many are there: eight moves for 8 MiB. */
  @Test
  void byteByByte_staysWhereItLies() {
    int size = 1 << 23;
    byte[] one = {7};
    int moves = 0;
    long address = 0;
    byte[] start = new byte[Unread.SHORT_BYTES + 1];
    unread.settle(ByteBuffer.wrap(start));
    for (int i = start.length; i < size; i++) {
      unread.settle(receive(one));
      long now = unread.reserve(0).base();
      moves += now == address ? 0 : 1;
      address = now;
    }
    assertEquals(size, unread.sizeBytes());
    assertTrue(moves <= 10, moves + " moves");
    unread.clear();
  }

  /** What is expected as a whole is taken as a whole, with the room that is asked for behind it. */
  @Test
  void expected_isTakenOnce_withItsRoom() {
    int size = 1 << 20;
    int room = 33_305; // of a record, of which a part may be enough
    unread.settle(ByteBuffer.wrap(new byte[size / 2]));
    unread.expect(size);
    long address = unread.reserve(room).base();
    byte[] more = new byte[1_000];
    while (unread.sizeBytes() + more.length <= size) {
      Chunk memory = unread.reserve(room);
      assertEquals(address, memory.base(), unread.sizeBytes() + " bytes");
      var _ = memory.bytes().put(memory.end, more);
      unread.settle(unread.lend(more.length));
    }
    unread.clear();
  }

  /** A queue of requests that is read at one end as it grows at the other. */
  @Test
  void readAsItGrows_isMovedWithin_andTakesNoMoreMemory() {
    unread.settle(ByteBuffer.wrap(new byte[100_000]));
    byte[] more = new byte[1_000];
    int capacity = 0;
    for (int i = 0; i < 10_000; i++) {
      ByteBuffer data = receive(more);
      unread.settle(data.position(data.position() + more.length));
      capacity = Math.max(capacity, unread.reserve(0).capacity);
    }
    assertEquals(100_000, unread.sizeBytes());
    assertTrue(capacity <= 400_000, capacity + " bytes");
    unread.clear();
  }

  @Test
  void littleIsLeftOfMuch_takesLittle() {
    unread.settle(ByteBuffer.wrap(new byte[1 << 20]));
    ByteBuffer data = receive(new byte[1]);
    byte[] last = {1, 2, 3};
    var _ = data.put(data.limit() - 3, last).position(data.limit() - 3);
    unread.settle(data);
    assertEquals(1 << 8, local.pool().usedBytes());
    ByteBuffer rest = ByteBuffer.allocate(3);
    unread.drainTo(rest);
    assertTrue(Arrays.equals(last, rest.array()));
  }
}
