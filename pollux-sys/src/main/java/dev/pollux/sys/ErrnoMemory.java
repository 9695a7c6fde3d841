package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;

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

  static final long SIZE_BYTES = Linker.Option.captureStateLayout().byteSize();

  private static final int CACHE_LINE = 64;

  private static final long ALIGNED_ALLOC = Libc.find("aligned_alloc").address();
  private static final long FREE = Libc.find("free").address();

  private static final ThreadLocal<ErrnoMemory> OWN = ThreadLocal.withInitial(ErrnoMemory::new);

  private final MemorySegment memory; // keeps it allocated, as the thread keeps this
  private final long address;

  private ErrnoMemory() {
    this.memory = allocate();
    this.address = memory.address();
  }

  /** The calling thread's. */
  static ErrnoMemory own() {
    return OWN.get();
  }

  MemorySegment memory() {
    return memory;
  }

  /** Of {@link #memory}, good for as long as the thread lives. */
  long address() {
    return address;
  }

  /** The result itself, or -errno for -1. */
  int result(int result) {
    return result >= 0 ? result : -memory.get(JAVA_INT, 0);
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
