package dev.pollux.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the emulation makes of the failures of the calls that it stands on. */
@ParameterizedClass(name = "[{0}]")
@ValueSource(strings = {"model", "native"})
class EmulationTest extends QueueCase {

  @ParameterizedTest
  @ValueSource(strings = {"epollCreate1", "eventfd", "epollCtl"})
  void open_thatFails_leavesNothingOpen(String call) throws Exception {
    int before = descriptors();
    Sys failing = new Spy(sys, call).failing(Errno.EMFILE, 1).sys();
    assertEquals(Errno.EMFILE, errno(() -> Kqueue.open(failing).close()));
    assertEquals(before, descriptors());
  }

  @Test
  void interrupted_saysSo_andTheChangesAreMade() throws Exception {
    Spy spy = Spy.ofWaits(sys);
    try (Kqueue other = Kqueue.open(spy.sys())) {
      Kevents changes = Kevents.allocate(1).add(1, USER, ADD | CLEAR, Kevent.NOTE_TRIGGER, 0, 0);
      var _ = spy.failing(Errno.EINTR, 1);
      assertEquals(Kqueue.INTERRUPTED, other.kevent(changes, events, FOR_EVER));
      assertEquals(0, events.size());
      assertEquals(1, other.kevent(null, events, FOR_EVER));
    }
  }

  @Test
  void changeThatFails_leavesTheKnoteAsItWas() throws Exception {
    Spy spy = new Spy(sys, "epollCreate1", "timerfdCreate");
    try (Kqueue short1 = Kqueue.open(spy.sys())) {
      int[] pair = pair();
      short1.change(pair[0], WRITE, ADD, 0, 0, 7);
      assertEquals(1, short1.kevent(null, events, 0));
      Spy _ = spy.failing(Errno.EMFILE, 8);
      SysException e =
          assertThrows(
              SysException.class,
              () -> short1.change(pair[0], WRITE, ADD, Kevent.NOTE_LOWAT, 1 << 30, 8));
      assertEquals(Errno.EMFILE, e.errno());
      Spy _ = spy.failing(Errno.EMFILE, 0);
      assertEquals(1, short1.kevent(null, events, LONG));
      assertEquals(7, events.udata(0));
    }
  }

  /** The number was closed and is another file's, when the kernel is at a limit of watches. */
  @Test
  void numberThatIsAnothers_isAdded_thoughALimitWasMet() throws Exception {
    Spy spy = new Spy(sys, "epollCtl");
    try (Kqueue other = Kqueue.open(spy.sys())) {
      int[] first = pipe();
      int number = dup(first[0]);
      other.change(number, READ, ADD, 0, 0, 1);
      int[] second = pipe();
      assertEquals(number, sys.dup3(second[0], number, Linux.O_CLOEXEC));
      Spy _ = spy.failing(Errno.ENOSPC, 1);
      other.change(number, READ, ADD, 0, 0, 2);
      write(second[1], 1);
      assertEquals(1, other.kevent(null, events, LONG));
      assertEquals(2, events.udata(0));
    }
  }

  @Test
  void signalThatCouldNotBeHad_isNotLeftBlocked() throws Exception {
    Spy spy = new Spy(sys, "signalfd").failing(Errno.EMFILE, 1);
    MemorySegment mask = Arena.ofAuto().allocate(Linux.SIZEOF_SIGSET, Long.BYTES);
    try (Kqueue other = Kqueue.open(spy.sys())) {
      assertEquals(Errno.EMFILE, errno(() -> other.change(Linux.SIGURG, SIGNAL, ADD, 0, 0, 0)));
      assertEquals(0, sys.pthreadSigmask(Linux.SIG_BLOCK, 0, mask.address()));
      long bits = mask.get(ValueLayout.JAVA_LONG, 0);
      assertEquals(0, bits & (1L << (Linux.SIGURG - 1)));
    }
  }

  /** What is closed twice may be another's the second time. */
  @Test
  void closeByTwo_whileSomebodyWaits_freesOnce() throws Exception {
    Spy alone = new Spy(sys, "close");
    Kqueue.open(alone.sys()).close();
    Spy spy = new Spy(sys, "close");
    Kqueue shared = Kqueue.open(spy.sys());
    CompletableFuture<Object> said = new CompletableFuture<>();
    Thread waiting =
        Thread.ofPlatform()
            .start(() -> {
              try {
                boolean _ = said.complete(shared.kevent(null, events, FOR_EVER));
              } catch (SysException | IllegalStateException e) {
                boolean _ = said.complete(e);
              }
            });
    LockSupport.parkNanos(SOON); // it may be inside by then, or find it closed
    List<Thread> closing =
        List.of(Thread.ofPlatform().start(shared::close), Thread.ofPlatform().start(shared::close));
    for (Thread each : closing) {
      each.join();
    }
    waiting.join();
    assertEquals(alone.calls.get(), spy.calls.get());
  }
}
