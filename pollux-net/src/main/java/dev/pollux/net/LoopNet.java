package dev.pollux.net;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopHandler;
import dev.pollux.loop.LoopLocal;
import dev.pollux.poll.Event;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.SockAddr;
import dev.pollux.sys.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * What the connections of one loop share: the read buffer, the pool of chunks, and memory for
 * system calls. So an idle connection has no native memory of its own.
 *
 * <p>Threads: the loop's.
 */
final class LoopNet implements AutoCloseable {

  /** How many pieces one write gathers at most. */
  static final int MAX_GATHERED = 64;

  /** How much memory for unread bytes is kept while nobody needs it. */
  private static final int MAX_SPARE_BYTES = 1 << 20; // 1 MiB

  private static final LoopLocal<LoopNet> LOCAL = new LoopLocal<>(LoopNet::new);

  // struct iovec { void *iov_base; size_t iov_len; };
  private static final int IOVEC_BYTES = 2 * Long.BYTES;

  private final Sys sys;
  private final ChunkPool pool = new ChunkPool();
  private final MemorySegment iovecs =
      Arena.ofAuto().allocate((long) MAX_GATHERED * IOVEC_BYTES, Long.BYTES);
  private final MemorySegment peer = Arena.ofAuto().allocate(SockAddr.MAX_BYTES, Long.BYTES);
  private final MemorySegment scratch = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG);
  private final ByteBuffer transfer = ByteBuffer.allocateDirect(Chunk.CAPACITY);
  private final EventLoop loop;
  private final LoopHandler rounds = new Rounds();
  private final InPlace inPlace = new InPlace(this);
  private @Nullable Chunk spare;
  private boolean closed;
  private int round = 1;
  private boolean roundAsked;
  private IoBuffer input =
      IoBuffer.allocate(Unread.SHORT_BYTES + ConnectionOptions.DEFAULT.readBytes());

  private LoopNet(EventLoop loop) {
    this.loop = loop;
    this.sys = loop.sys();
    NetStats.of(loop).count(pool);
  }

  static LoopNet of(EventLoop loop) {
    return LOCAL.of(loop);
  }

  EventLoop loop() {
    return loop;
  }

  /** The loop's kernel. */
  Sys sys() {
    return sys;
  }

  ChunkPool pool() {
    return pool;
  }

  /** A buffer as a new one is: whoever had it before may have set its order. */
  static ByteBuffer fresh(ByteBuffer buffer) {
    return buffer.clear().order(ByteOrder.BIG_ENDIAN);
  }

  /** The read buffer, of at least so many bytes. */
  IoBuffer input(int sizeBytes) {
    if (input.buffer().capacity() < sizeBytes) {
      input = IoBuffer.allocate(sizeBytes);
    }
    return input;
  }

  /**
   * Memory for at least so many unread bytes, of the pool if that has such.
   *
   * @throws NoInputMemory if there is none
   */
  Chunk takeInput(int sizeBytes) {
    if (sizeBytes > ChunkPool.MAX_CHUNK_BYTES) {
      Chunk kept = spare;
      if (kept != null && kept.capacity >= sizeBytes) {
        spare = null;
        return kept;
      }
      try {
        return new Chunk(Arena.ofShared(), sizeBytes);
      } catch (OutOfMemoryError _) {
        throw new NoInputMemory();
      }
    }
    Chunk chunk = pool.take(sizeBytes);
    if (chunk == null) {
      throw new NoInputMemory();
    }
    pool.useForInput(chunk.capacity);
    return chunk;
  }

  /** Takes it back. Of what is too big for the pool one is kept for the next who needs it. */
  void giveInput(Chunk memory) {
    Chunk kept = spare;
    if (memory.slab != null) {
      pool.useForInput(-memory.capacity);
      pool.give(memory);
    } else if (closed
        || memory.capacity > MAX_SPARE_BYTES
        || (kept != null && kept.capacity > memory.capacity)) {
      memory.free();
    } else {
      memory.start = 0;
      memory.end = 0;
      spare = memory;
      if (kept != null) {
        kept.free();
      }
    }
  }

  /** The loop is closed. */
  @Override
  public void close() {
    closed = true;
    Chunk kept = spare;
    spare = null;
    if (kept != null) {
      kept.free();
    }
  }

  /** What is being encoded. */
  InPlace inPlace() {
    return inPlace;
  }

  /** Whether data is still where it was read to, so that its address is known. */
  @SuppressWarnings("ReferenceEquality") // which is the question
  boolean isInput(ByteBuffer data) {
    return data == input.buffer();
  }

  /** Room to take bytes from the heap to a connection, a chunk at a time. */
  ByteBuffer transfer() {
    return transfer;
  }

  /** Notes a piece of the next gathered write. */
  void gather(int index, long address, int sizeBytes) {
    iovecs.set(ValueLayout.JAVA_LONG, (long) index * IOVEC_BYTES, address);
    iovecs.set(ValueLayout.JAVA_LONG, (long) index * IOVEC_BYTES + Long.BYTES, sizeBytes);
  }

  long gatheredAddress() {
    return iovecs.address();
  }

  /** Whether the flush phase has come since that round. */
  boolean isNewRound(int known) {
    return known != round;
  }

  /** What ends with the next flush phase of the loop: a number, which is not 0. */
  int round() {
    if (!roundAsked) {
      loop.flushLater(rounds);
      roundAsked = true;
    }
    return round;
  }

  /** Room for the address of a peer. */
  MemorySegment peer() {
    return peer;
  }

  /** 8 bytes for lengths and numbers. */
  MemorySegment scratch() {
    return scratch;
  }

  /** Sets a socket option to an int, without allocating; 0 or -errno. */
  int setOption(Sys sys, int fd, int level, int name, int value) {
    scratch.set(ValueLayout.JAVA_INT, 0, value);
    return sys.setsockopt(fd, level, name, scratch.address(), Integer.BYTES);
  }

  /** Asks for an int, without allocating; it, or -errno. */
  int ioctl(Sys sys, int fd, int request) {
    int result = sys.ioctl(fd, request, scratch.address());
    return result < 0 ? result : scratch.get(ValueLayout.JAVA_INT, 0);
  }

  /**
   * Looks at a descriptor: which of these bits of poll(2) are set, and whether there is an error or
   * a hang-up, without allocating. Consumes nothing.
   */
  int poll(int fd, int bits) {
    // struct pollfd { int fd; short events; short revents; };
    scratch.set(ValueLayout.JAVA_INT, 0, fd);
    scratch.set(ValueLayout.JAVA_SHORT, Integer.BYTES, (short) bits);
    scratch.set(ValueLayout.JAVA_SHORT, Integer.BYTES + Short.BYTES, (short) 0);
    int count = sys.poll(scratch.address(), 1, 0);
    return count > 0 ? scratch.get(ValueLayout.JAVA_SHORT, Integer.BYTES + Short.BYTES) : 0;
  }

  /** Has a new round begin with each flush phase that was asked for. */
  private final class Rounds implements LoopHandler {

    @Override
    public void ready(Event event) {
      throw new IllegalStateException("nothing is watched");
    }

    @Override
    public void flush() {
      roundAsked = false;
      round = round == Integer.MAX_VALUE ? 1 : round + 1;
    }
  }
}
