package dev.pollux.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/** The leak check finds what it is there to find. */
class FdLeakCheckTest {

  @Test
  void check_descriptorLeftOpen_isNamed() {
    try (Workspace work = new Workspace()) {
      var before = FdLeakCheck.open();
      int fd = work.eventfd(0);
      var after = FdLeakCheck.open();
      var e = assertThrows(AssertionError.class, () -> FdLeakCheck.check(before, after));
      assertEquals("left open: " + fd + " anon_inode:[eventfd]", e.getMessage());
    }
  }

  @Test
  void check_foreignDescriptorClosed_isNamed() {
    try (Workspace work = new Workspace()) {
      int fd = work.eventfd(0);
      var before = FdLeakCheck.open();
      work.close(fd);
      var after = FdLeakCheck.open();
      var e = assertThrows(AssertionError.class, () -> FdLeakCheck.check(before, after));
      assertEquals(
          "closed, though not opened here: " + fd + " anon_inode:[eventfd]", e.getMessage());
    }
  }

  @Test
  void check_numberReusedByAnotherFile_isNamed() throws SysException {
    try (Workspace work = new Workspace()) {
      int fd = work.eventfd(0);
      var before = FdLeakCheck.open();
      assertEquals(fd, work.sys.dup3(work.pipe()[0], fd, 0));
      var after = FdLeakCheck.open();
      assertThrows(AssertionError.class, () -> FdLeakCheck.check(before, after));
    }
  }
}
