package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.SpinningLoop.Culprit;
import dev.pollux.loop.SpinningLoop.Sign;
import dev.pollux.poll.Event;
import dev.pollux.poll.Interest;
import dev.pollux.poll.Registration;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Spinning loops: turns and checks alternate, by hand. */
class WatchdogSpinTest {

  /** More than one look needs. */
  private static final int TURNS = SpinSample.WAITS + 50;

  private static final int CHECKS = 10;
  private static final String HANDLER = ObservedLoop.Handler.class.getName();

  private final Told told = new Told();
  private long nowNanos;

  private void spin(ObservedLoop box, Watchdog watchdog) throws SysException {
    for (int i = 0; i < CHECKS; i++) {
      box.turns(TURNS);
      watchdog.check(nowNanos++);
    }
  }

  private Watchdog watch(ObservedLoop box) {
    return Watchdog.of(List.of(box.loop), 1_000_000, told);
  }

  private Culprit onlyCulprit() {
    assertEquals(1, told.spinning.size(), () -> told.spinning.toString());
    assertEquals(1, told.spinning.getFirst().culprits().size());
    return told.spinning.getFirst().culprits().getFirst();
  }

  @ParameterizedTest
  @MethodSource("dev.pollux.loop.ObservedLoop#kernels")
  void readable_neverRead_isNamedOnceAndRecovers(Sys sys) throws SysException {
    try (ObservedLoop box = new ObservedLoop(sys)) {
      int[] pipe = box.pipe();
      int[] innocent = box.pipe();
      box.add(innocent[0], Interest.READABLE, _ -> box.read(innocent[0], 1));
      box.add(pipe[0], Interest.READABLE, _ -> {});
      box.write(pipe[1], 5);
      Watchdog watchdog = watch(box);
      spin(box, watchdog);
      assertEquals(
          new Culprit(
              pipe[0], Interest.READABLE, Trigger.LEVEL, HANDLER, SpinSample.WAITS, Sign.UNREAD),
          onlyCulprit());
      String text = told.spinning.getFirst().toString();
      assertTrue(text.contains("fd " + pipe[0] + " "), text);
      assertEquals(List.of(), told.recovered);
      int _ = box.read(pipe[0], 5);
      watchdog.check(nowNanos); // no turns: it sleeps, as far as one can see
      assertEquals(1, told.recovered.size());
      assertTrue(told.recovered.getFirst().startsWith("spinning after"));
      assertEquals(1, told.spinning.size());
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pollux.loop.ObservedLoop#kernels")
  void hangup_thatIsIgnored_isNamed(Sys sys) throws SysException {
    try (ObservedLoop box = new ObservedLoop(sys)) {
      int[] pipe = box.pipe();
      box.add(pipe[0], Interest.READABLE, event -> assertTrue(event.isHangup()));
      box.close(pipe[1]);
      spin(box, watch(box));
      assertEquals(Sign.HANGUP_OR_ERROR, onlyCulprit().sign());
      assertEquals(pipe[0], onlyCulprit().fd());
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pollux.loop.ObservedLoop#kernels")
  void endOfStream_thatIsReadAndNotRemoved_isNamed(Sys sys) throws SysException {
    try (ObservedLoop box = new ObservedLoop(sys)) {
      int[] pair = box.unixPair();
      box.add(pair[0], Interest.READABLE, _ -> assertEquals(0, box.read(pair[0], 1)));
      assertEquals(0, sys.shutdown(pair[1], Linux.SHUT_WR));
      spin(box, watch(box));
      assertEquals(Sign.UNREAD, onlyCulprit().sign());
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pollux.loop.ObservedLoop#kernels")
  void writable_whereOthersReportProgress_isNamed(Sys sys) throws SysException {
    try (ObservedLoop box = new ObservedLoop(sys)) {
      int[] pipe = box.pipe();
      box.loop.execute(box.loop::progressed);
      box.add(pipe[1], Interest.WRITABLE, _ -> {});
      spin(box, watch(box));
      assertEquals(Sign.NO_PROGRESS, onlyCulprit().sign());
      assertEquals(pipe[1], onlyCulprit().fd());
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pollux.loop.ObservedLoop#kernels")
  void handler_thatDoesNothingNowAndThen_isNotAccused(Sys sys) throws SysException {
    try (ObservedLoop box = new ObservedLoop(sys)) {
      int[] busy = box.pipe();
      int[] rare = box.pipe();
      int[] calls = {0};
      box.add(
          busy[0],
          Interest.READABLE,
          _ -> {
            int _ = box.read(busy[0], 1);
            box.write(busy[1], 1);
            box.loop.progressed();
            if (++calls[0] % 16 == 0) {
              box.write(rare[1], 1);
            }
          });
      int[] rareEvents = {0};
      box.loop.add(
          rare[0], Interest.READABLE, Trigger.EDGE, new ObservedLoop.Handler(_ -> rareEvents[0]++));
      box.write(busy[1], 1);
      spin(box, watch(box));
      assertTrue(rareEvents[0] > CHECKS, "events: " + rareEvents[0]);
      told.assertQuiet();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pollux.loop.ObservedLoop#kernels")
  void reader_thatIsBusyAllTheTime_isNotAccused(Sys sys) throws SysException {
    try (ObservedLoop box = new ObservedLoop(sys)) {
      int[] pipe = box.pipe();
      box.add(
          pipe[0],
          Interest.READABLE,
          _ -> {
            int _ = box.read(pipe[0], 4);
          });
      LoopHandler refill =
          new LoopHandler() {
            @Override
            public void ready(Event event) {}

            @Override
            public void flush() {
              box.write(pipe[1], 4);
              box.loop.flushLater(this);
            }

            @Override
            public void failed(Throwable cause) {
              throw new AssertionError(cause);
            }
          };
      box.write(pipe[1], 64);
      box.loop.flushLater(refill);
      spin(box, watch(box));
      told.assertQuiet();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pollux.loop.ObservedLoop#kernels")
  void writer_thatReportsProgress_isNotAccused(Sys sys) throws SysException {
    try (ObservedLoop box = new ObservedLoop(sys)) {
      int[] pipe = box.pipe();
      box.add(
          pipe[1],
          Interest.WRITABLE,
          _ -> {
            box.write(pipe[1], 4);
            int _ = box.read(pipe[0], 4);
            box.loop.progressed();
          });
      spin(box, watch(box));
      told.assertQuiet();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pollux.loop.ObservedLoop#kernels")
  void writer_whereNobodyReportsProgress_isNotAccused(Sys sys) throws SysException {
    try (ObservedLoop box = new ObservedLoop(sys)) {
      int[] pipe = box.pipe();
      box.add(pipe[1], Interest.WRITABLE, _ -> {});
      spin(box, watch(box));
      told.assertQuiet(); // the limit that the documentation states
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pollux.loop.ObservedLoop#kernels")
  void datagrams_ofOneSizeThatAreRead_areNotAccused(Sys sys) throws SysException {
    try (ObservedLoop box = new ObservedLoop(sys)) {
      int[] pair = Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_DGRAM);
      box.own(pair[0]);
      box.own(pair[1]);
      box.write(pair[1], 8);
      box.add(
          pair[0],
          Interest.READABLE,
          _ -> {
            box.write(pair[1], 8);
            int _ = box.read(pair[0], 8);
          });
      spin(box, watch(box));
      told.assertQuiet();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pollux.loop.ObservedLoop#kernels")
  void hangup_thatIsRemovedInTime_isNotAccused(Sys sys) throws SysException {
    try (ObservedLoop box = new ObservedLoop(sys)) {
      int[] pipe = box.pipe();
      int[] events = new int[1];
      Registration[] registration = new Registration[1];
      registration[0] =
          box.add(
              pipe[0],
              Interest.READABLE,
              _ -> {
                if (++events[0] == TURNS + SpinSample.WAITS - 20) {
                  registration[0].remove();
                }
              });
      box.close(pipe[1]);
      spin(box, watch(box));
      told.assertQuiet();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pollux.loop.ObservedLoop#kernels")
  void loop_thatIsNotRestless_isNotSampled(Sys sys) throws SysException {
    try (ObservedLoop box = new ObservedLoop(sys)) {
      int[] pipe = box.pipe();
      box.add(pipe[0], Interest.READABLE, _ -> {});
      box.write(pipe[1], 1);
      Watchdog watchdog = watch(box);
      for (int i = 0; i < 50; i++) {
        box.turns(LoopWatch.RESTLESS_TURNS - 1);
        watchdog.check(nowNanos++);
      }
      told.assertQuiet();
    }
  }
}
