package dev.pollux.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Native memory of each thread, for the structures of a call in the form of the system. A thread
 * makes one call at a time, so each kind has one place in it.
 */
final class BsdScratch {

  static final int ADDRESS = 0; // 128 bytes
  static final int HEADER = 128; // a struct msghdr
  static final int STAT = 192; // and whatever else is small
  static final int SMALL_BYTES = 512;
  static final int CONTROL = STAT + SMALL_BYTES; // control messages
  static final int CONTROL_BYTES = 4_096;

  private static final ThreadLocal<BsdScratch> OWN = ThreadLocal.withInitial(BsdScratch::new);

  final MemorySegment memory = Arena.ofAuto().allocate(CONTROL + CONTROL_BYTES, 16);
  private MemorySegment list = Arena.ofAuto().allocate(1_024, 16);

  private BsdScratch() {}

  /** The calling thread's. */
  static BsdScratch own() {
    return OWN.get();
  }

  long address(int place) {
    return memory.address() + place;
  }

  /** Room for a list, whose content is whatever was there. */
  MemorySegment list(long bytes) {
    if (list.byteSize() < bytes) {
      list = Arena.ofAuto().allocate(Math.max(bytes, 2 * list.byteSize()), 16);
    }
    return list;
  }

  /** The memory at an address that a caller gave. */
  static MemorySegment at(long address, long bytes) {
    return MemorySegment.ofAddress(address).reinterpret(bytes);
  }
}
