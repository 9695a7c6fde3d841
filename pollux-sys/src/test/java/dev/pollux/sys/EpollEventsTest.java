package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Both layouts of {@code struct epoll_event}, whatever this machine is. */
class EpollEventsTest {

  private static String bytes(EpollEvents events, int size) {
    MemorySegment memory = MemorySegment.ofAddress(events.address()).reinterpret(size);
    return HexFormat.of().formatHex(memory.toArray(JAVA_BYTE));
  }

  @Test
  void set_x86_isPackedTo12Bytes() {
    EpollEvents events = EpollEvents.allocate(2, Abi.X86_64);
    events.set(0, 0x80000001, 0x1122334455667788L);
    events.set(1, 0x04, -2L);
    assertEquals(
        "01000080" + "8877665544332211" + "04000000" + "feffffffffffffff", bytes(events, 24));
  }

  @Test
  void set_aarch64_hasDataAt8Of16() {
    EpollEvents events = EpollEvents.allocate(2, Abi.AARCH64);
    events.set(0, 0x80000001, 0x1122334455667788L);
    events.set(1, 0x04, -2L);
    assertEquals(
        "01000080" + "00000000" + "8877665544332211" + "04000000" + "00000000" + "feffffffffffffff",
        bytes(events, 32));
  }

  @ParameterizedTest
  @EnumSource(Abi.class)
  void entries_eachIndex_areIndependent(Abi abi) {
    EpollEvents events = EpollEvents.allocate(100, abi);
    for (int i = 0; i < 100; i++) {
      events.set(i, ~i, (long) i << 32 | ~i);
    }
    for (int i = 0; i < 100; i++) {
      assertEquals(~i, events.events(i));
      assertEquals((long) i << 32 | ~i, events.data(i));
    }
  }

  @ParameterizedTest
  @EnumSource(Abi.class)
  void capacity_outOfRange_isRefused(Abi abi) {
    assertEquals(1, EpollEvents.allocate(1, abi).capacity());
    assertThrows(IllegalArgumentException.class, () -> EpollEvents.allocate(0, abi));
    assertThrows(IllegalArgumentException.class, () -> EpollEvents.allocate(-1, abi));
    int limit = Integer.MAX_VALUE / abi.epollEventSize;
    assertEquals(limit, EpollEvents.maxCapacity(abi));
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> EpollEvents.allocate(limit + 1, abi));
    assertEquals(
        "room for " + (limit + 1) + " events: epoll takes from 1 to " + limit, e.getMessage());
  }

  @ParameterizedTest
  @EnumSource(Abi.class)
  void index_outsideCapacity_isRefused(Abi abi) {
    EpollEvents events = EpollEvents.allocate(2, abi);
    assertThrows(IndexOutOfBoundsException.class, () -> events.events(2));
    assertThrows(IndexOutOfBoundsException.class, () -> events.data(-1));
    assertThrows(IndexOutOfBoundsException.class, () -> events.set(2, 0, 0));
  }

  @Test
  void abi_ofArchitectureNames_isKnown() {
    assertEquals(Abi.AARCH64, Abi.of("aarch64"));
    assertEquals(Abi.AARCH64, Abi.of("ARM64"));
    assertEquals(Abi.X86_64, Abi.of("amd64"));
    assertEquals(Abi.X86_64, Abi.of("x86_64"));
  }
}
