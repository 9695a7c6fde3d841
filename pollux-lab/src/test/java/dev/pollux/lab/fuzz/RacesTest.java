package dev.pollux.lab.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What counts as a race between threads: only what a look afterwards does not contradict. */
class RacesTest {
  private static final Op POLL = Op.of(Kind.POLL, 1, Linux.POLLIN).by(1, Op.FOREVER);
  private static final Op READ = Op.of(Kind.READ, 1, 1).by(2, Op.FOREVER);

  private final Sys kernel = NativeSys.open();
  private final Sys deafKernel = LyingSys.of(LyingSys.Lie.POLL_SLEEPS_ON);
  private final Lockstep lockstep =
      new Lockstep(_ -> kernel, Fuzzer.ORACLE_BASE, _ -> deafKernel, Fuzzer.SUBJECT_BASE);

  @Test
  void race_isALookBesideWhatTakes_andNothingElse() {
    Op look = Op.of(Kind.WAIT, 0, 1);
    Op transfer = Op.of(Kind.READ, 1, 1);
    assertTrue(Races.canRace(look, transfer));
    assertFalse(Races.canRace(look, look));
    assertFalse(Races.canRace(look, Op.of(Kind.WAIT, 2, 1)), "the herd is compared");
    assertFalse(Races.canRace(transfer, transfer));
    assertFalse(Races.canRace(transfer, look));
    Op poll = Op.of(Kind.POLL, 3, Linux.POLLIN, 0, Linux.POLLIN);
    assertTrue(Races.canRace(poll, look), "it polls the epoll");
    assertFalse(Races.canRace(poll, Op.of(Kind.WAIT, 2, 1)));
    assertTrue(Races.takesParts(Op.of(Kind.WRITE, 1, 5_000)), "what there is no room for sleeps");
    assertFalse(Races.takesParts(transfer), "a read returns with what there is");
    assertTrue(Races.areRivals(look, Op.of(Kind.PWAIT, 0, 8)));
    assertFalse(Races.areRivals(look, Op.of(Kind.WAIT, 2, 1)));
  }

  /** What thread 2 writes is an edge for who watches the pipe, if thread 1 has looked before. */
  @Test
  void sleeperAtAPipe_besideAWaitForEdges_endsTheProgram() {
    int events = Linux.EPOLLOUT | Linux.EPOLLET;
    Lockstep model =
        new Lockstep(
            _ -> kernel,
            Fuzzer.ORACLE_BASE,
            Kernels.model(0, kernel::nanoTime),
            Fuzzer.SUBJECT_BASE);
    assertNull(
        model.run(
            List.of(
                Op.of(Kind.PIPE, 2, 18),
                Op.of(Kind.FILL, 18),
                Op.of(Kind.EPOLL, 19, 1),
                Op.of(Kind.CTL, 19, Linux.EPOLL_CTL_ADD, 18, events, 34),
                Op.of(Kind.WRITE, 18, 1).by(2, Op.FOREVER),
                Op.of(Kind.WAIT, 19, 1).by(1, Op.FOREVER),
                Op.of(Kind.DRAIN, 2),
                Op.of(Kind.WAIT, 19, 64)),
            null));
    assertEquals(1, model.raced());
  }

  @Test
  void lookThatSleepsBesideWhatIsLeft_isADifference() {
    Difference difference =
        lockstep.run(List.of(Op.of(Kind.PAIR, 1, 2), POLL, READ, Op.of(Kind.WRITE, 2, 5)), null);
    assertNotNull(difference);
    assertEquals("thread 1 sleeps", difference.actual());
  }

  @Test
  void lookThatFindsNothingAnyMore_isARaceAtMost() {
    assertNull(
        lockstep.run(List.of(Op.of(Kind.PAIR, 1, 2), POLL, READ, Op.of(Kind.WRITE, 2, 1)), null));
  }

  /** One kernel's look came first; on both the transfer took what there was, and wants more. */
  @Test
  void lookBesideATransferThatSleepsForMore_isARace() {
    Executor executor = new Executor(_ -> kernel, Fuzzer.ORACLE_BASE, new Ticks(kernel::nanoTime));
    executor.restart(Kernels.Mode.PLAIN);
    try {
      executor.execute(Op.of(Kind.PAIR, 1, 2));
      Races races = new Races(executor, executor);
      Op wholly = Op.of(Kind.RECV, 1, 8, Linux.MSG_WAITALL).by(2, Op.FOREVER);
      assertTrue(races.explain(POLL, wholly, 0, 1 << 1, 1 << 1));
      assertFalse(races.explain(POLL, READ, 0, 1 << 1, 1 << 1), "what was there for the look?");
    } finally {
      executor.closeAll();
    }
  }

  @Test
  void lookThatCannotBeRepeated_isARaceAtMost() {
    assertNull(
        lockstep.run(
            List.of(
                Op.of(Kind.PAIR, 1, 2),
                POLL,
                READ,
                Op.of(Kind.CLOSE, 1),
                Op.of(Kind.EVENTFD, 1, 1, 0),
                Op.of(Kind.WRITE, 2, 1)),
            null));
  }
}
