package dev.pollux.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.lang.reflect.Field;
import org.junit.jupiter.api.Test;

/** Errno names and the messages of {@link SysException}. */
class ErrnoTest {

  @Test
  void name_ofEveryConstant_isItsOwnAndItMeansSomething() throws IllegalAccessException {
    for (Field field : Errno.class.getFields()) {
      int errno = field.getInt(null);
      assertEquals(field.getName(), Errno.name(errno));
      assertFalse(Errno.meaning(errno).isBlank(), field::getName);
      assertFalse(Errno.meaning(errno).startsWith("E"), field::getName);
    }
  }

  @Test
  void name_ofUnknownNumber_saysTheNumber() {
    assertEquals("errno 999", Errno.name(999));
    assertEquals("", Errno.meaning(999));
    assertEquals("errno 0", Errno.name(0));
    assertEquals("errno -9", Errno.name(-9));
  }

  @Test
  void sysException_namesCallErrnoAndMeaning() {
    SysException e = SysException.of("read(fd=3)", -Errno.EIO);
    assertEquals("read(fd=3): EIO (5) input or output error", e.getMessage());
    assertEquals(Errno.EIO, e.errno());
    assertEquals("EIO", e.errnoName());
    assertEquals(
        "epoll_ctl(ADD, fd=7): EEXIST (17) already registered",
        SysException.of("epoll_ctl(ADD, fd=7)", -17, "already registered").getMessage());
  }

  @Test
  void sysException_unknownErrno_hasNoTrailingBlank() {
    assertEquals("x(): errno 999 (999)", SysException.of("x()", -999).getMessage());
  }

  @Test
  void sysException_isAnIoException() {
    assertThrows(IOException.class, () -> SysException.check("x()", -1));
  }

  @Test
  void check_success_passesTheResultOn() throws SysException {
    assertEquals(0, SysException.check("x()", 0));
    assertEquals(42, SysException.check("x()", 42));
    assertThrows(IllegalArgumentException.class, () -> SysException.of("x()", 0));
  }
}
