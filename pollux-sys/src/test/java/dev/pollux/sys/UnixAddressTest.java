package dev.pollux.sys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class UnixAddressTest {

  @Test
  void path_atLimit_isFineAndOneByteMoreIsRefused() {
    assertEquals("x".repeat(107), UnixAddress.path("x".repeat(107)).name());
    var e = assertThrows(IllegalArgumentException.class, () -> UnixAddress.path("x".repeat(108)));
    assertTrue(e.getMessage().endsWith("x: 108 bytes, the limit is 107"), e::getMessage);
  }

  @Test
  void path_limit_countsBytesNotCharacters() {
    assertThrows(IllegalArgumentException.class, () -> UnixAddress.path("é".repeat(54)));
    assertEquals(106, UnixAddress.path("é".repeat(53)).nameBytes().length);
  }

  @Test
  void path_emptyOrWithNul_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> UnixAddress.path(""));
    assertThrows(IllegalArgumentException.class, () -> UnixAddress.path("a\0b"));
  }

  @Test
  void abstractName_atLimit_isFineAndOneByteMoreIsRefused() {
    assertEquals(107, UnixAddress.abstractName("y".repeat(107)).nameBytes().length);
    assertThrows(IllegalArgumentException.class, () -> UnixAddress.abstractName("y".repeat(108)));
  }

  @Test
  void kinds_areTold() {
    assertTrue(UnixAddress.abstractName("").isAbstract());
    assertFalse(UnixAddress.abstractName("").isUnnamed());
    assertTrue(UnixAddress.unnamed().isUnnamed());
    assertFalse(UnixAddress.path("p").isUnnamed());
    assertFalse(UnixAddress.path("p").isAbstract());
    assertSame(UnixAddress.unnamed(), UnixAddress.decoded(false, new byte[0]));
  }

  @Test
  void equals_comparesKindAndBytes() {
    assertEquals(UnixAddress.path("a"), UnixAddress.path("a"));
    assertEquals(UnixAddress.path("a").hashCode(), UnixAddress.path("a").hashCode());
    assertNotEquals(UnixAddress.path("a"), UnixAddress.abstractName("a"));
    assertNotEquals(UnixAddress.path("a"), UnixAddress.path("b"));
    assertNotEquals(UnixAddress.unnamed(), UnixAddress.abstractName(""));
    assertFalse(UnixAddress.path("a").equals((Object) "a"));
  }

  @Test
  void toString_showsWhatToolsShow() {
    assertEquals("/run/x.sock", UnixAddress.path("/run/x.sock").toString());
    assertEquals("@x", UnixAddress.abstractName("x").toString());
    assertEquals("@a\\x00b\\x0a", UnixAddress.abstractName("a\0b\n").toString());
    assertEquals("@", UnixAddress.abstractName("").toString());
    assertEquals("(unnamed)", UnixAddress.unnamed().toString());
  }

  @Test
  void nameBytes_areCopies() {
    byte[] given = {1, 2};
    UnixAddress address = UnixAddress.abstractName(given);
    given[0] = 9;
    address.nameBytes()[1] = 9;
    assertArrayEquals(new byte[] {1, 2}, address.nameBytes());
  }
}
