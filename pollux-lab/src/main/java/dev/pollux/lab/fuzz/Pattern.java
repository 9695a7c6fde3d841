package dev.pollux.lab.fuzz;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;

/** The bytes that a program writes: the same on both kernels, and different each time. */
final class Pattern {
  private static final int BYTES = 1 << 17; // 128 KiB
  private static final long SEED = 1;
  private static final int STEP = 257;
  private static final int STEPS = 256;

  private final MemorySegment bytes = Arena.ofAuto().allocate(BYTES, 64);
  private int writes;

  Pattern() {
    byte[] content = new byte[BYTES];
    new Random(SEED).nextBytes(content);
    MemorySegment.copy(content, 0, bytes, JAVA_BYTE, 0, BYTES);
  }

  void restart() {
    writes = 0;
  }

  /** Where the next bytes to write stand, at least 64 KiB of them. */
  long next() {
    return bytes.address() + (long) STEP * (writes++ % STEPS);
  }
}
