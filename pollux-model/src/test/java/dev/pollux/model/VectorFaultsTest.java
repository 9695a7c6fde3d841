package dev.pollux.model;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Offsets;
import dev.pollux.sys.Sys;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** readv and writev meet the same faults as single transfers, and lose no byte by them. */
class VectorFaultsTest {

  private static final int BYTES = 4096;
  private static final int PART = 100;
  private static final int PARTS = 3;

  enum Kind {
    TCP,
    UNIX,
    PIPE
  }

  /** Reading end and writing end. */
  private static int[] open(Kind kind, Box box) {
    return switch (kind) {
      case TCP -> box.tcpPair();
      case UNIX -> box.unixPair();
      case PIPE -> box.pipe();
    };
  }

  @ParameterizedTest
  @EnumSource
  void vectors_underFaults_areCutShortAndRefusedAndArriveWhole(Kind kind) {
    Faults faults =
        Faults.none()
            .with(Fault.SHORT_READ, 0.3)
            .with(Fault.SHORT_WRITE, 0.3)
            .with(Fault.SPURIOUS_EAGAIN, 0.2);
    ModelSys sys = ModelSys.virtual(5, faults);
    try (Box box = new Box(sys);
        Arena arena = Arena.ofConfined()) {
      int[] fds = open(kind, box);
      Vectors out = new Vectors(arena);
      Vectors in = new Vectors(arena);
      byte[] sent = new byte[BYTES];
      for (int i = 0; i < BYTES; i++) {
        sent[i] = (byte) (i * 31);
      }
      ByteArrayOutputStream received = new ByteArrayOutputStream();
      int written = 0;
      while (received.size() < BYTES) {
        int count = Math.min(PARTS * PART, BYTES - written);
        int result = sys.writev(fds[1], out.of(sent, written, count), PARTS);
        assertTrue(result >= 0 || result == -Errno.EAGAIN, () -> Box.say(result));
        written += Math.max(result, 0);
        int read = sys.readv(fds[0], in.of(new byte[0], 0, PARTS * PART), PARTS);
        assertTrue(read >= 0 || read == -Errno.EAGAIN, () -> Box.say(read));
        received.writeBytes(in.bytes(Math.max(read, 0)));
      }
      assertTrue(Arrays.equals(sent, received.toByteArray()));
      for (Fault fault : faults.probabilities().keySet()) {
        assertTrue(sys.faultCounts().getOrDefault(fault, 0) > 0, fault::name);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void vectors_full_sayAgain(Kind kind) {
    Sys sys = ModelSys.virtual(1, Faults.none());
    try (Box box = new Box(sys);
        Arena arena = Arena.ofConfined()) {
      int[] fds = open(kind, box);
      box.fill(fds[1], 1 << 16);
      Vectors some = new Vectors(arena);
      assertEquals("EAGAIN", Box.say(sys.writev(fds[1], some.of(new byte[9], 0, 9), PARTS)));
      box.drain(fds[0]);
      assertEquals("EAGAIN", Box.say(sys.readv(fds[0], some.of(new byte[9], 0, 9), PARTS)));
    }
  }

  /** A buffer in parts. */
  private static final class Vectors {

    private final MemorySegment buffer;
    private final MemorySegment iovecs;

    Vectors(Arena arena) {
      buffer = arena.allocate(PARTS * PART, 8);
      iovecs = arena.allocate(PARTS * Linux.SIZEOF_IOVEC, 8);
    }

    /** The address of the vectors of so many bytes, with this content as far as there is one. */
    long of(byte[] content, int index, int count) {
      MemorySegment.copy(
          content, index, buffer, JAVA_BYTE, 0, Math.min(count, content.length - index));
      for (int i = 0; i < PARTS; i++) {
        long at = (long) i * Linux.SIZEOF_IOVEC;
        iovecs.set(JAVA_LONG, at + Offsets.IOVEC__IOV_BASE, buffer.address() + (long) i * PART);
        iovecs.set(
            JAVA_LONG, at + Offsets.IOVEC__IOV_LEN, Math.clamp(count - (long) i * PART, 0, PART));
      }
      return iovecs.address();
    }

    byte[] bytes(int count) {
      return buffer.asSlice(0, count).toArray(JAVA_BYTE);
    }
  }
}
