package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The native memory of a loop's queues: its sizes, its bounds, and its end. */
class ChunkPoolTest {

  private final ChunkPool pool = new ChunkPool();
  private int slabs;

  private Chunk take(int sizeBytes) {
    Chunk chunk = pool.take(sizeBytes);
    assertNotNull(chunk);
    return chunk;
  }

  private void countSlabs() {
    pool.takeFrom((index, chunkBytes) -> {
      slabs++;
      return new Slab(index, chunkBytes);
    });
  }

  @ParameterizedTest
  @CsvSource({
    "0, 256",
    "1, 256",
    "256, 256",
    "257, 1024",
    "1024, 1024",
    "1025, 4096",
    "4097, 16384",
    "16385, 65536",
    "65536, 65536"
  })
  void take_givesTheSmallestSizeThatFits(int sizeBytes, int expected) {
    Chunk chunk = take(sizeBytes);
    assertEquals(expected, chunk.capacity);
    assertEquals(expected, chunk.roomBytes());
    assertEquals(0, chunk.sizeBytes());
    assertEquals(expected, pool.usedBytes());
    assertEquals(Slab.BYTES - expected, pool.freeBytes());
    pool.give(chunk);
    assertEquals(0, pool.usedBytes());
    assertEquals(0, pool.usedCount());
    assertEquals(Slab.BYTES, pool.freeBytes());
  }

  @Test
  void chunks_inUse_shareNoByte() {
    List<Chunk> all = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      all.add(take(1 << (i % 17)));
    }
    Set<Long> starts = new HashSet<>();
    for (Chunk chunk : all) {
      for (long at = chunk.address(); at < chunk.address() + chunk.capacity; at += 256) {
        assertTrue(starts.add(at), "twice at " + at);
      }
    }
    all.forEach(pool::give);
  }

  @Test
  void chunk_thatComesBack_isGivenAgainEmpty() {
    countSlabs();
    for (int i = 0; i < 10_000; i++) {
      Chunk chunk = take(100);
      assertEquals(0, chunk.start);
      assertEquals(0, chunk.end);
      assertNull(chunk.next);
      chunk.end = 100;
      chunk.start = 50;
      pool.give(chunk);
    }
    assertEquals(1, slabs);
  }

  @Test
  void allSizes_inTurn_allocateOnce() {
    countSlabs();
    for (int i = 0; i < 1_000; i++) {
      for (int size = 1; size <= ChunkPool.MAX_CHUNK_BYTES; size *= 4) {
        pool.give(take(size));
      }
    }
    assertEquals(5, slabs);
  }

  @Test
  void free_isBoundByWhatIsInUse() {
    List<Chunk> used = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      used.add(take(ChunkPool.MAX_CHUNK_BYTES));
    }
    assertEquals(100L * Slab.BYTES, pool.usedBytes());
    while (!used.isEmpty()) {
      pool.give(used.removeLast());
      long bound = Math.max(ChunkPool.KEPT_BYTES, pool.usedBytes());
      assertTrue(pool.freeBytes() <= bound, pool.freeBytes() + " free, the bound is " + bound);
    }
    assertEquals(ChunkPool.KEPT_BYTES, pool.freeBytes());
  }

  /** A slab is left as a whole: what is left of a small size must not keep many of them. */
  @Test
  void smallChunks_givenBackInAnyOrder_leaveNoMoreThanIsKept() {
    Random dice = new Random(7);
    List<Chunk> used = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      used.add(take(dice.nextInt(1, 2_000)));
    }
    Collections.shuffle(used, dice);
    used.forEach(pool::give);
    assertEquals(0, pool.usedBytes());
    assertTrue(pool.freeBytes() <= ChunkPool.KEPT_BYTES, pool.freeBytes() + " free");
  }

  /** Slabs in use are filled first, so that others become free as a whole. */
  @Test
  void fewChunksLeft_ofManySlabs_attractTheNext() {
    List<List<Chunk>> rounds = new ArrayList<>();
    for (int slab = 0; slab < 20; slab++) {
      List<Chunk> round = new ArrayList<>();
      for (int i = 0; i < Slab.BYTES / 256; i++) {
        round.add(take(1));
      }
      rounds.add(round);
    }
    Chunk kept = rounds.getFirst().removeFirst();
    rounds.forEach(round -> round.forEach(pool::give));
    countSlabs();
    List<Chunk> next = new ArrayList<>();
    for (int i = 0; i < Slab.BYTES / 256 - 1; i++) {
      next.add(take(1));
    }
    assertEquals(0, slabs);
    long inIt = next.stream().filter(chunk -> chunk.slab == kept.slab).count();
    assertEquals(next.size(), inIt);
    next.forEach(pool::give);
    pool.give(kept);
  }

  @Test
  void outOfMemory_isAnAnswer() {
    pool.takeFrom((_, _) -> {
      throw new OutOfMemoryError("made up");
    });
    assertNull(pool.take(1));
    assertEquals(0, pool.usedCount());
    assertEquals(0, pool.usedBytes());
    assertEquals(0, pool.freeBytes());
  }

  /** Each vain attempt takes the virtual machine half a second. */
  @Test
  void outOfMemory_isAskedForAgain_onlyWhenAChunkCameBack() {
    Chunk small = take(1);
    int[] asked = {0};
    pool.takeFrom((_, _) -> {
      asked[0]++;
      throw new OutOfMemoryError("made up");
    });
    for (int i = 0; i < 10; i++) {
      assertNull(pool.take(ChunkPool.MAX_CHUNK_BYTES));
    }
    assertEquals(1, asked[0]);
    Chunk other = take(1); // what there is, is given all the same
    pool.give(other);
    assertNull(pool.take(ChunkPool.MAX_CHUNK_BYTES));
    assertEquals(2, asked[0]);
    pool.give(small);
    assertNull(pool.take(ChunkPool.MAX_CHUNK_BYTES));
    assertNull(pool.take(ChunkPool.MAX_CHUNK_BYTES));
    assertEquals(4, asked[0]); // none is out: nothing to wait for
    pool.takeFrom(Slab::new);
    pool.give(take(ChunkPool.MAX_CHUNK_BYTES));
  }

  @Test
  void give_ofWhatIsNoPools_isRefused() {
    Chunk shared = new Chunk(Payload.copyOf(ByteBuffer.allocate(300)));
    assertThrows(IllegalArgumentException.class, () -> pool.give(shared));
  }

  @Test
  void random_takesAndGives_keepTheBooks() {
    Random dice = new Random(11);
    List<Chunk> used = new ArrayList<>();
    long bytes = 0;
    for (int i = 0; i < 50_000; i++) {
      boolean grows = (i / 5_000) % 2 == 0;
      if (used.isEmpty() || dice.nextInt(10) < (grows ? 6 : 4)) {
        int size = 1 << dice.nextInt(17);
        Chunk chunk = take(size);
        assertTrue(chunk.roomBytes() >= size);
        chunk.end = size;
        used.add(chunk);
        bytes += chunk.capacity;
      } else {
        Chunk chunk = used.remove(dice.nextInt(used.size()));
        bytes -= chunk.capacity;
        pool.give(chunk);
      }
      assertEquals(used.size(), pool.usedCount());
      assertEquals(bytes, pool.usedBytes());
    }
    used.forEach(pool::give);
    assertEquals(0, pool.usedBytes());
    assertTrue(pool.freeBytes() <= ChunkPool.KEPT_BYTES, pool.freeBytes() + " free");
  }
}
