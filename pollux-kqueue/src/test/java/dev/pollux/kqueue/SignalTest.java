package dev.pollux.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.SysException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code EVFILT_SIGNAL}: how often a signal came since the last time. */
class SignalTest extends KqueueCase {

  private static final int REAL_TIME = 40;

  private final MemorySegment mask = Arena.ofAuto().allocate(Linux.SIZEOF_SIGSET, 8);

  @BeforeEach
  void keepMask() {
    assertEquals(0, sys.pthreadSigmask(Linux.SIG_BLOCK, 0, mask.address()));
  }

  @AfterEach
  void restoreMask() {
    assertEquals(0, sys.pthreadSigmask(Linux.SIG_SETMASK, mask.address(), 0));
  }

  @Test
  void signal_isToldOnce() throws Exception {
    change(Linux.SIGUSR1, SIGNAL, ADD);
    assertEquals(List.of(), now());
    assertEquals(0, sys.raise(Linux.SIGUSR1));
    assertEquals(List.of("SIGNAL 10 1"), now());
    assertEquals(List.of(), now());
  }

  @Test
  void realTimeSignals_areCounted() throws Exception {
    change(REAL_TIME, SIGNAL, ADD);
    for (int i = 0; i < 20; i++) {
      assertEquals(0, sys.raise(REAL_TIME));
    }
    assertEquals(List.of("SIGNAL 40 20"), now());
    assertEquals(List.of(), now());
  }

  @Test
  void signalOfTheVirtualMachine_isRefused_withTheReason() {
    for (int signal : new int[] {9, 11, 12, 15, 62}) {
      SysException e = assertThrows(SysException.class, () -> change(signal, SIGNAL, ADD));
      assertEquals(Errno.EOPNOTSUPP, e.errno(), e.getMessage());
    }
    SysException e = assertThrows(SysException.class, () -> change(12, SIGNAL, ADD));
    assertContains("HotSpot suspends threads with it", e.getMessage());
  }

  @Test
  void signalThatIsNone_isEinval() {
    assertEquals(Errno.EINVAL, errno(() -> change(0, SIGNAL, ADD)));
    assertEquals(Errno.EINVAL, errno(() -> change(65, SIGNAL, ADD)));
  }
}
