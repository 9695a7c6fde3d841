package dev.pollux.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pollux.model.ModelSys;
import dev.pollux.sys.Errno;
import dev.pollux.sys.SysException;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code EVFILT_PROC}: the end of a process, with its status. */
class ProcTest extends KqueueCase {

  private @Nullable Process child;

  private int start() throws IOException {
    if (sys instanceof ModelSys model) {
      return model.startProcess();
    }
    child = new ProcessBuilder("sh", "-c", "read x; exit 3").start();
    return (int) child.pid();
  }

  private void end(int pid) throws IOException {
    if (sys instanceof ModelSys model) {
      model.endProcess(pid, 3 << 8);
      model.reapProcess(pid);
    } else if (child != null) {
      child.getOutputStream().close();
    }
  }

  @AfterEach
  void endChild() {
    if (child != null) {
      child.destroyForcibly();
    }
  }

  @Test
  void exit_isToldOnce_withTheStatus() throws Exception {
    int pid = start();
    change(pid, PROC, ADD, Kevent.NOTE_EXIT, 0);
    assertEquals(List.of(), now());
    end(pid);
    assertEquals(List.of("PROC " + pid + " " + (3 << 8) + " EOF"), within(LONG));
    assertEquals(Kevent.NOTE_EXIT, events.fflags(0));
    assertEquals(List.of(), now());
    assertEquals(Errno.ENOENT, errno(() -> change(pid, PROC, DELETE)));
  }

  @Test
  void whatTheSystemDoesNotTell_isRefused_withTheReason() throws Exception {
    int pid = start();
    SysException e =
        assertThrows(SysException.class, () -> change(pid, PROC, ADD, Kevent.NOTE_FORK, 0));
    assertEquals(Errno.EOPNOTSUPP, e.errno());
    assertContains("end of a process alone", e.getMessage());
    end(pid);
  }

  @Test
  void processThatIsNone_isEsrch() {
    assertEquals(Errno.ESRCH, errno(() -> change(999_999_999, PROC, ADD, Kevent.NOTE_EXIT, 0)));
    assertEquals(Errno.ESRCH, errno(() -> change(-1, PROC, ADD, Kevent.NOTE_EXIT, 0)));
  }

  @Test
  void flags_ofTheEnd_areEofAndOneshot() throws Exception {
    int pid = start();
    queue.change(pid, PROC, ADD, Kevent.NOTE_EXIT, 0, 5);
    end(pid);
    assertEquals(1, within(LONG).size());
    assertEquals(EOF | ONESHOT, events.flags(0));
    assertEquals(5, events.udata(0));
  }

  @Test
  void processThatIsKilled_saysTheSignal() throws Exception {
    int pid = start();
    change(pid, PROC, ADD, Kevent.NOTE_EXIT, 0);
    if (sys instanceof ModelSys model) {
      model.endProcess(pid, 9);
      model.reapProcess(pid);
    } else if (child != null) {
      var _ = child.destroyForcibly();
    }
    assertEquals(List.of("PROC " + pid + " 9 EOF"), within(LONG));
  }

  @Test
  void end_whileItIsOff_isToldWhenItIsOn() throws Exception {
    int pid = start();
    change(pid, PROC, ADD | DISABLE, Kevent.NOTE_EXIT, 0);
    end(pid);
    assertEquals(List.of(), within(SOON));
    change(pid, PROC, ENABLE, Kevent.NOTE_EXIT, 0);
    assertEquals(List.of("PROC " + pid + " " + (3 << 8) + " EOF"), within(LONG));
  }

  @Test
  void deleted_isNotTold() throws Exception {
    int pid = start();
    change(pid, PROC, ADD, Kevent.NOTE_EXIT, 0);
    change(pid, PROC, DELETE);
    end(pid);
    assertEquals(List.of(), within(SOON));
  }

  @Test
  void processes_areToldEachByItsNumber() throws Exception {
    int one = start();
    Process first = child;
    int two = start();
    change(one, PROC, ADD, Kevent.NOTE_EXIT, 0);
    change(two, PROC, ADD, Kevent.NOTE_EXIT, 0);
    end(two);
    assertEquals(List.of("PROC " + two + " " + (3 << 8) + " EOF"), within(LONG));
    child = first;
    end(one);
    assertEquals(List.of("PROC " + one + " " + (3 << 8) + " EOF"), within(LONG));
  }

  @Test
  void oneself_isWatched_andHasNotEnded() throws Exception {
    long pid = kernel.equals("model") ? 1_000 : ProcessHandle.current().pid();
    change(pid, PROC, ADD, Kevent.NOTE_EXIT, 0);
    assertEquals(List.of(), now());
    change(pid, PROC, DELETE);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE, 1L << 31, 1L << 32 | 1})
  void numberThatIsNoProcess_isEsrch(long ident) {
    for (int flags : new int[] {ADD, DELETE, ENABLE}) {
      assertEquals(Errno.ESRCH, errno(() -> change(ident, PROC, flags, Kevent.NOTE_EXIT, 0)));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {Kevent.NOTE_FORK, Kevent.NOTE_EXEC, Kevent.NOTE_TRACK})
  void whatIsRefused_isRefusedBesideAnExitToo(int fflags) throws Exception {
    int pid = start();
    int both = fflags | Kevent.NOTE_EXIT;
    assertEquals(Errno.EOPNOTSUPP, errno(() -> change(pid, PROC, ADD, both, 0)));
    assertEquals(Errno.ENOENT, errno(() -> change(pid, PROC, DELETE)));
    end(pid);
  }

  @Test
  void noteThatIsNone_isEinval() throws Exception {
    int pid = start();
    assertEquals(Errno.EINVAL, errno(() -> change(pid, PROC, ADD, 0x10, 0)));
    end(pid);
  }
}
