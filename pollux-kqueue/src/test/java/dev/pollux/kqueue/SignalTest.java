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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  @Test
  void clear_isSetByItself() throws Exception {
    change(REAL_TIME, SIGNAL, ADD);
    assertEquals(0, sys.raise(REAL_TIME));
    assertEquals(1, now().size());
    assertEquals(CLEAR, events.flags(0));
    assertEquals(0, events.fflags(0));
  }

  @Test
  void signal_thatIsIgnoredOtherwise_isTold() throws Exception {
    for (int signal : new int[] {Linux.SIGURG, Linux.SIGWINCH, Linux.SIGCONT}) {
      change(signal, SIGNAL, ADD | ONESHOT);
      assertEquals(0, sys.raise(signal));
      assertEquals(List.of("SIGNAL " + signal + " 1"), now());
    }
  }

  @Test
  void signals_areToldEachByItsNumber() throws Exception {
    change(REAL_TIME, SIGNAL, ADD);
    change(REAL_TIME + 1, SIGNAL, ADD);
    assertEquals(0, sys.raise(REAL_TIME + 1));
    assertEquals(List.of("SIGNAL 41 1"), now());
    assertEquals(0, sys.raise(REAL_TIME));
    assertEquals(0, sys.raise(REAL_TIME + 1));
    assertEquals(2, now().size());
  }

  @Test
  void signal_whileItIsOff_isCounted() throws Exception {
    change(REAL_TIME, SIGNAL, ADD | DISABLE);
    for (int i = 0; i < 3; i++) {
      assertEquals(0, sys.raise(REAL_TIME));
    }
    assertEquals(List.of(), now());
    change(REAL_TIME, SIGNAL, ENABLE);
    assertEquals(List.of("SIGNAL 40 3"), now());
    assertEquals(List.of(), now());
  }

  @Test
  void dispatched_countsOn() throws Exception {
    change(REAL_TIME, SIGNAL, ADD | DISPATCH);
    assertEquals(0, sys.raise(REAL_TIME));
    assertEquals(List.of("SIGNAL 40 1"), now());
    assertEquals(0, sys.raise(REAL_TIME));
    assertEquals(0, sys.raise(REAL_TIME));
    assertEquals(List.of(), now());
    change(REAL_TIME, SIGNAL, ENABLE);
    assertEquals(List.of("SIGNAL 40 2"), now());
  }

  @Test
  void once_takesAllThatCame() throws Exception {
    change(REAL_TIME, SIGNAL, ADD | ONESHOT);
    assertEquals(0, sys.raise(REAL_TIME));
    assertEquals(0, sys.raise(REAL_TIME));
    assertEquals(List.of("SIGNAL 40 2"), now());
    assertEquals(Errno.ENOENT, errno(() -> change(REAL_TIME, SIGNAL, DELETE)));
  }

  @Test
  void signal_raisedBeforeTheWait_endsIt() throws Exception {
    change(REAL_TIME, SIGNAL, ADD);
    assertEquals(0, sys.raise(REAL_TIME));
    assertEquals(List.of("SIGNAL 40 1"), within(FOR_EVER));
  }

  @Test
  void virtualThread_isRefused_withTheReason() throws Exception {
    Throwable[] said = new Throwable[1];
    Thread.ofVirtual()
        .start(() -> {
          try {
            change(REAL_TIME, SIGNAL, ADD);
          } catch (SysException e) {
            said[0] = e;
          }
        })
        .join();
    assertContains("a virtual thread has no signal mask", said[0].getMessage());
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MIN_VALUE, 1L << 32 | 10, 66, Long.MAX_VALUE})
  void numberThatIsNoSignal_isEinval(long ident) {
    for (int flags : new int[] {ADD, DELETE, ENABLE}) {
      assertEquals(Errno.EINVAL, errno(() -> change(ident, SIGNAL, flags)));
    }
  }
}
