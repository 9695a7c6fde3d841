package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The queue between a loop and a thread: against a plain one, and how much memory it has. */
class ByteRingTest {

  @Test
  void anyFillsAndDrains_keepTheOrder_andMemoryInProportion() {
    SplittableRandom dice = new SplittableRandom(1);
    ByteRing ring = new ByteRing(1 << 12);
    ArrayDeque<Byte> plain = new ArrayDeque<>();
    for (int i = 0; i < 20_000; i++) {
      byte[] more = new byte[dice.nextInt(dice.nextBoolean() ? 3_000 : 20)];
      dice.nextBytes(more);
      ByteBuffer source = ByteBuffer.wrap(more);
      ring.fill(source);
      for (int k = 0; k < source.position(); k++) {
        plain.add(more[k]);
      }
      assertEquals(plain.size(), ring.sizeBytes());
      assertTrue(!source.hasRemaining() || ring.isFull());
      assertTrue(ring.memoryBytes() <= Math.max(256, 2 * (1 << 12)));
      int index = dice.nextInt(plain.size() + 1);
      if (index < plain.size()) {
        assertTrue(ring.indexOf(ring.at(index), index) == index);
      }
      ByteBuffer target = ByteBuffer.allocate(dice.nextInt(3_000));
      ring.drain(target);
      var _ = target.flip();
      while (target.hasRemaining()) {
        assertEquals(plain.remove(), target.get());
      }
      assertEquals(plain.size(), ring.sizeBytes());
    }
  }

  @Test
  void emptied_givesItsMemoryBack() {
    ByteRing ring = new ByteRing(1 << 14);
    ring.fill(ByteBuffer.allocate(1 << 14));
    assertTrue(ring.isFull());
    assertEquals(1 << 14, ring.memoryBytes());
    ring.drain(ByteBuffer.allocate(1 << 14));
    assertEquals(0, ring.memoryBytes());
    ring.fill(ByteBuffer.allocate(3));
    ring.drain(ByteBuffer.allocate(3));
    assertEquals(256, ring.memoryBytes(), "what is short may stay");
  }
}
