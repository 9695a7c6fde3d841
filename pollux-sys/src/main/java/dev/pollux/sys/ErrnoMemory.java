package dev.pollux.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;

/**
 * The memory of each thread into which a call captures errno: made by the thread's first call,
 * freed some time after the thread.
 *
 * <p>It comes from the C library's heap. What {@link Arena} allocates counts as direct memory, and
 * where buffers have used that up, the first call of every new thread would fail. What can still be
 * missing is room in Java's heap for the few objects that hold on to it.
 *
 * <p>Each has a cache line of its own, because every call writes there.
 */
final class ErrnoMemory {

  private static final int CACHE_LINE = 64;
  private static final long SIZE_BYTES = Linker.Option.captureStateLayout().byteSize();

  private static final MemorySegment ALIGNED_ALLOC = Libc.find("aligned_alloc");
  private static final MemorySegment FREE = Libc.find("free");

  private static final ThreadLocal<MemorySegment> OWN =
      ThreadLocal.withInitial(ErrnoMemory::allocate);

  private ErrnoMemory() {}

  /** The calling thread's. */
  static MemorySegment own() {
    return OWN.get();
  }

  private static MemorySegment allocate() {
    Arena arena = Arena.ofAuto(); // first, so that its failure leaves nothing behind
    long address = Downcall.callUncaptured(ALIGNED_ALLOC, CACHE_LINE, CACHE_LINE);
    if (address == 0) {
      throw new OutOfMemoryError("no native memory for a thread's first system call");
    }
    // If this fails, the line stays allocated: it cannot be told whether "free" will be called.
    return MemorySegment.ofAddress(address).reinterpret(SIZE_BYTES, arena, ErrnoMemory::free);
  }

  private static void free(MemorySegment memory) {
    long _ = Downcall.callUncaptured(FREE, memory.address(), 0);
  }
}
