package dev.pollux.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.model.ModelSys;
import dev.pollux.sys.Linux;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where the model lets something be seen that the real kernel does not, or not so. */
class ModelTest extends QueueCase {

  private final ModelSys model = ModelSys.threads(System::nanoTime);

  @BeforeEach
  void useModel() throws Exception {
    queue.close();
    kernel = "model";
    sys = model;
    queue = Kqueue.open(sys);
  }

  @Test
  void signal_interruptsTheWait() throws Exception {
    CompletableFuture<Integer> said = new CompletableFuture<>();
    Thread waiting =
        Thread.ofPlatform()
            .start(() -> {
              try {
                said.complete(queue.kevent(null, Kevents.allocate(1), FOR_EVER));
              } catch (Exception e) {
                said.completeExceptionally(e);
              }
            });
    while (!model.interrupt(waiting)) {
      Thread.onSpinWait();
    }
    assertEquals(Kqueue.INTERRUPTED, get(said));
  }

  /** There are no hard links, so that a name that is lost was the last one. */
  @Test
  void unlink_isADeleteAlone() throws Exception {
    int fd = file("a");
    change(fd, VNODE, ADD | CLEAR, Kevent.NOTE_DELETE | Kevent.NOTE_LINK, 0);
    assertEquals(0, sys.unlink(path("a")));
    assertEquals(1, now().size());
    assertEquals(Kevent.NOTE_DELETE, events.fflags(0));
  }

  @Test
  void signals_fromOutside_areTold() throws Exception {
    change(Linux.SIGUSR1, SIGNAL, ADD);
    model.signal(Linux.SIGUSR1);
    assertEquals(List.of("SIGNAL 10 1"), now());
    assertEquals(List.of(), now());
  }

  /** There is no /proc, which has it. */
  @Test
  void processThatNobodyWaitedFor_hasNoStatus() throws Exception {
    int pid = model.startProcess();
    model.endProcess(pid, 7 << 8);
    change(pid, PROC, ADD, Kevent.NOTE_EXIT, 0);
    assertEquals(List.of("PROC " + pid + " -1 EOF"), now());
  }
}
