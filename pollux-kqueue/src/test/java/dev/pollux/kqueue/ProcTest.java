package dev.pollux.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pollux.model.ModelSys;
import dev.pollux.sys.Errno;
import dev.pollux.sys.SysException;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.jspecify.annotations.Nullable;

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
}
