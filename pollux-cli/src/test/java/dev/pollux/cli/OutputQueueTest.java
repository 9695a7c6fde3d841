package dev.pollux.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import java.io.ByteArrayOutputStream;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** {@link OutputQueue}: order, sizes, and its memory. */
class OutputQueueTest {

  private static final long SEED = 42;

  private final Sys sys = NativeSys.open();
  private final OutputQueue.Pool pool = new OutputQueue.Pool();
  private final OutputQueue queue = new OutputQueue(pool);

  @Test
  void queue_appendsAndSendsInTurn_keepsOrder() throws Exception {
    Random random = new Random(SEED);
    int[] pair = Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
    IoBuffer buffer = IoBuffer.allocate(OutputQueue.CHUNK_BYTES * 3);
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    ByteArrayOutputStream actual = new ByteArrayOutputStream();
    try {
      for (int i = 0; i < 300 || !queue.isEmpty(); i++) {
        if (i < 300) {
          byte[] bytes = new byte[random.nextInt(OutputQueue.CHUNK_BYTES * 2) + 1];
          random.nextBytes(bytes);
          int start = random.nextInt(OutputQueue.CHUNK_BYTES);
          buffer.buffer().put(start, bytes);
          queue.append(buffer, start, bytes.length);
          expected.writeBytes(bytes);
        }
        for (int sends = random.nextInt(6); sends > 0 && !queue.isEmpty(); sends--) {
          int before = queue.sizeBytes();
          int sent = queue.send(sys, pair[0]);
          assertEquals(before - Math.max(sent, 0), queue.sizeBytes());
        }
        int n = sys.recv(pair[1], buffer.address(), 9999, 0);
        while (n > 0) {
          byte[] bytes = new byte[n];
          buffer.buffer().get(0, bytes);
          actual.write(bytes, 0, n);
          n = sys.recv(pair[1], buffer.address(), 9999, 0);
        }
      }
      assertArrayEquals(expected.toByteArray(), actual.toByteArray(), "seed " + SEED);
    } finally {
      int _ = sys.close(pair[0]);
      int _ = sys.close(pair[1]);
    }
  }

  @Test
  void clear_manyChunks_givesBackUpToTheLimit() {
    IoBuffer buffer = IoBuffer.allocate(OutputQueue.CHUNK_BYTES);
    for (int i = 0; i <= OutputQueue.Pool.MAX_FREE_CHUNKS; i++) {
      queue.append(buffer, 0, OutputQueue.CHUNK_BYTES);
    }
    assertEquals(0, pool.freeCount());
    queue.clear();
    assertTrue(queue.isEmpty());
    assertEquals(OutputQueue.Pool.MAX_FREE_CHUNKS, pool.freeCount());
    queue.append(buffer, 0, 1);
    assertEquals(OutputQueue.Pool.MAX_FREE_CHUNKS - 1, pool.freeCount());
  }

  @Test
  void send_emptyQueue_isABug() {
    assertThrows(IllegalStateException.class, () -> queue.send(sys, -1));
  }
}
