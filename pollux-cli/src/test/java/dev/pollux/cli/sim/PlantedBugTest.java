package dev.pollux.cli.sim;

import dev.pollux.poll.Backend;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a program may do wrong is found when it is simulated: the simulation can see. */
class PlantedBugTest {

  /** What is found where something is waited for in vain. */
  private static final String WAITED_FOR =
      "no end; |nothing was to blame|was forgotten|had arrived|ended without a reason";

  private static void assertFound(
      SimRun.Program program, String expected, Supplier<PlantedBug> bug) {
    Planted.in(program).assertFoundAtKernel(".*(" + expected + ").*", bug);
  }

  /** Where an event that was lost is not told again. */
  private static void assertFoundAtEdges(
      SimRun.Program program, String expected, Supplier<PlantedBug> bug) {
    Planted.in(program)
        .where(plan -> plan.backend() == Backend.EPOLL && plan.trigger() == Trigger.EDGE)
        .assertFoundAtKernel(".*(" + expected + ").*", bug);
  }

  @ParameterizedTest
  @EnumSource
  void lostWakeUp(SimRun.Program program) {
    assertFoundAtEdges(
        program,
        WAITED_FOR,
        () -> PlantedBug.every(3, call -> call.is("wait"), call -> Math.min(call.result(), 0)));
  }

  @ParameterizedTest
  @EnumSource
  void edgeNotDrained(SimRun.Program program) {
    assertFoundAtEdges(
        program,
        WAITED_FOR,
        () -> PlantedBug.every(2, call -> call.is("recv"), _ -> -Errno.EAGAIN));
  }

  /** Each write of one connection leaves with its next call; the last one is lost. */
  @ParameterizedTest
  @EnumSource
  void writeLostAtClose(SimRun.Program program) {
    assertFound(program, "is wrong|clean end|instead of|but the server", HeldWrites::new);
  }

  private static final class HeldWrites implements PlantedBug {
    private static final int NOBODY = -1;
    private static final int NOBODY_ANY_MORE = -2;

    private int whose = NOBODY;
    private byte[] held = {};

    @Override
    public Integer instead(Call call) {
      if (call.is("send") && (whose == NOBODY || whose == call.fd())) {
        release(call);
        whose = call.fd();
        held =
            MemorySegment.ofAddress(call.address())
                .reinterpret(call.size())
                .toArray(ValueLayout.JAVA_BYTE);
        return held.length;
      }
      if (call.is("recv") && whose == call.fd()) {
        release(call);
      } else if ((call.is("shutdown") || call.is("close")) && whose == call.fd()) {
        whose = NOBODY_ANY_MORE;
      }
      return null;
    }

    private void release(Call call) {
      if (held.length > 0) {
        try (Arena arena = Arena.ofConfined()) {
          MemorySegment copy = arena.allocateFrom(ValueLayout.JAVA_BYTE, held);
          int _ = call.kernel().send(whose, copy.address(), held.length, Linux.MSG_NOSIGNAL);
        }
        held = new byte[0];
      }
    }
  }

  /** For a moment the clock is ahead: what is due then is early, or late by as much afterwards. */
  @ParameterizedTest
  @EnumSource
  void timerEarly(SimRun.Program program) {
    assertFound(program, "a timer is early|a timer is late", HastyClock::new);
  }

  private static final class HastyClock implements PlantedBug {
    private static final long AHEAD_NANOS = 50_000_000; // 50 ms

    private int count;

    @Override
    public Integer instead(Call call) {
      return null;
    }

    @Override
    public long clock(long nanos) {
      count++;
      return count > 30 && count < 60 ? nanos + AHEAD_NANOS : nanos;
    }
  }

  /** The connection that is accepted to be refused, for want of descriptors, stays open. */
  @ParameterizedTest
  @EnumSource
  void leakOnARefusedAccept(SimRun.Program program) {
    assertFound(program, "leaves open: .*=tcp[,}]", LeakyRefusal::new);
  }

  private static final class LeakyRefusal implements PlantedBug {
    private boolean isShort;
    private int refused = -1;

    @Override
    public Integer instead(Call call) {
      if (call.is("accept4")) {
        int result = call.result();
        refused = isShort ? result : refused;
        isShort = result == -Errno.EMFILE || result == -Errno.ENFILE;
        return result;
      }
      if (call.is("close") && call.fd() == refused) {
        refused = -1;
        return 0;
      }
      return null;
    }
  }

  /** Once, what is for one peer is sent to the one before. */
  @ParameterizedTest
  @EnumSource
  void peersSwapped(SimRun.Program program) {
    assertFound(program, "is wrong|instead of|as no client|a clean end", SwappedPeers::new);
  }

  private static final class SwappedPeers implements PlantedBug {
    private int last = -1;
    private boolean isDone;

    @Override
    public Integer instead(Call call) {
      if (!call.is("send") || isDone) {
        return null;
      }
      int other = last;
      last = call.fd();
      isDone = other >= 0 && other != last;
      return isDone ? call.to(other).result() : null;
    }
  }

  @ParameterizedTest
  @EnumSource
  void byteLost(SimRun.Program program) {
    assertFound(
        program,
        "is wrong|instead of|as no client|a clean end",
        () ->
            PlantedBug.at(
                5,
                call -> call.is("send") && call.size() > 1,
                call -> Math.max(call.shorter().result(), 0) + 1));
  }

  @ParameterizedTest
  @EnumSource
  void bytesSentTwice(SimRun.Program program) {
    assertFound(
        program,
        "is wrong|instead of|as no client|a clean end",
        () ->
            PlantedBug.at(
                5,
                call -> call.is("send"),
                call -> {
                  int _ = call.result();
                  return call.result();
                }));
  }

  @ParameterizedTest
  @EnumSource
  void descriptorNotClosed(SimRun.Program program) {
    assertFound(program, "leaves open: ", () -> PlantedBug.at(3, call -> call.is("close"), _ -> 0));
  }

  /** It asks again and again for what it does not take. */
  @ParameterizedTest
  @EnumSource
  void spinning(SimRun.Program program) {
    assertFound(
        program, "spins", () -> PlantedBug.every(1, call -> call.is("recv"), _ -> -Errno.EAGAIN));
  }

  @ParameterizedTest
  @EnumSource
  void waitThatFails(SimRun.Program program) {
    assertFound(
        program, "EBADF", () -> PlantedBug.at(12, call -> call.is("wait"), _ -> -Errno.EBADF));
  }

  @ParameterizedTest
  @EnumSource
  void resetForNoReason(SimRun.Program program) {
    assertFound(
        program,
        "without a reason|without a word|nothing was to blame|clean end",
        () ->
            PlantedBug.at(
                9,
                call -> call.is("recv"),
                call -> {
                  int _ = call.result();
                  return -Errno.ECONNRESET;
                }));
  }
}
