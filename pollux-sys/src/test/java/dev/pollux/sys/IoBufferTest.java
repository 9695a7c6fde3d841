package dev.pollux.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(FdLeakCheck.class)
class IoBufferTest {

  private final Workspace work = new Workspace();
  private final Sys sys = work.sys;

  @AfterEach
  void close() {
    work.close();
  }

  private static void put(IoBuffer io, String text) {
    io.buffer().clear().put(text.getBytes(StandardCharsets.US_ASCII)).flip();
  }

  private static String text(ByteBuffer buffer) {
    return StandardCharsets.US_ASCII.decode(buffer).toString();
  }

  @Test
  void allocate_isDirectZeroedAndAtItsAddress() {
    IoBuffer io = IoBuffer.allocate(100);
    assertTrue(io.buffer().isDirect());
    assertEquals(100, io.buffer().remaining());
    assertEquals(0, io.buffer().get(99));
    assertEquals(MemorySegment.ofBuffer(io.buffer()).address(), io.address());
    assertSame(io.buffer(), io.buffer());
    assertThrows(IllegalArgumentException.class, () -> IoBuffer.allocate(0));
    assertThrows(IllegalArgumentException.class, () -> IoBuffer.allocate(-1));
  }

  @Test
  void write_thenRead_moveExactlyPositionToLimit() throws SysException {
    int[] pipe = work.pipe();
    IoBuffer out = IoBuffer.allocate(16);
    put(out, "abcdef");
    out.buffer().position(1).limit(5);
    assertEquals(4, out.write(sys, pipe[1]));
    assertEquals(5, out.buffer().position());

    IoBuffer in = IoBuffer.allocate(16);
    in.buffer().position(3).limit(5);
    assertEquals(2, in.read(sys, pipe[0]));
    assertEquals(5, in.buffer().position());
    in.buffer().limit(16);
    assertEquals(2, in.read(sys, pipe[0]));
    assertEquals("\0\0\0bcde", text(in.buffer().flip()));
  }

  @Test
  void read_nothingThere_isEagainAndMovesNothing() throws SysException {
    IoBuffer io = IoBuffer.allocate(16);
    io.buffer().position(2);
    assertEquals(-Errno.EAGAIN, io.read(sys, work.pipe()[0]));
    assertEquals(2, io.buffer().position());
    assertEquals(-Errno.EBADF, io.read(sys, -1));
    assertEquals(-Errno.EBADF, io.write(sys, -1));
    assertEquals(2, io.buffer().position());
  }

  @Test
  void read_endOfStream_is0() throws SysException {
    int[] pipe = work.pipe();
    work.close(pipe[1]);
    assertEquals(0, IoBuffer.allocate(1).read(sys, pipe[0]));
  }

  @Test
  void read_noRoom_is0AndTakesNothing() throws SysException {
    int[] pipe = work.pipe();
    work.write(pipe[1], "x");
    IoBuffer io = IoBuffer.allocate(1);
    io.buffer().position(1);
    assertEquals(0, io.read(sys, pipe[0]));
    assertEquals("x", work.read(pipe[0]));
  }

  @Test
  void write_readerGone_isEpipe() throws SysException {
    int[] pipe = work.pipe();
    work.close(pipe[0]);
    IoBuffer io = IoBuffer.allocate(4);
    assertEquals(-Errno.EPIPE, io.write(sys, pipe[1]));
    assertEquals(0, io.buffer().position());
  }

  @Test
  void write_pipeFillsUp_isShort() throws SysException {
    int[] pipe = work.pipe();
    int capacity = sys.fcntl(pipe[1], Linux.F_SETPIPE_SZ, 4096);
    IoBuffer io = IoBuffer.allocate(capacity + 100);
    assertEquals(capacity, io.write(sys, pipe[1]));
    assertEquals(100, io.buffer().remaining());
    assertEquals(-Errno.EAGAIN, io.write(sys, pipe[1]));
  }
}
