package dev.pollux.lab.fuzz;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Threads that block: they are found asleep, and got out of every call, on both kernels. */
class ThreadsTest {
  private static final int FIRST = 1 << 1;
  private static final int SECOND = 1 << 2;

  private static Stream<Arguments> kernels() {
    Sys kernel = NativeSys.open();
    Kernels same = _ -> kernel;
    return Stream.of(
        Arguments.of(Named.of("native", same)),
        Arguments.of(Named.of("model", Kernels.model(0, kernel::nanoTime))));
  }

  /** What a thread sleeps in, behind what leads there. */
  private static Stream<List<Op>> sleeps() {
    Op full = Op.of(Kind.FILL, 1);
    Op pipe = Op.of(Kind.PIPE, 0, 1);
    Op pair = Op.of(Kind.PAIR, 0, 1);
    return Stream.of(
        List.of(pipe, Op.of(Kind.READ, 0, 1)),
        List.of(pipe, full, Op.of(Kind.WRITE, 1, 1)),
        List.of(pair, Op.of(Kind.RECV, 0, 1, 0)),
        List.of(pair, Op.of(Kind.RECVMSG, 0, 1, 0, 1)),
        List.of(pair, full, Op.of(Kind.SEND, 1, 1, 0)),
        List.of(Op.of(Kind.DGRAMS, 0, 1), full, Op.of(Kind.SENDMSG, 1, 1, 0, 1)),
        List.of(Op.of(Kind.UDP, 0, 1), Op.of(Kind.RECV, 0, 1, 0)),
        List.of(Op.of(Kind.EVENTFD, 0, 0, 0), Op.of(Kind.READ, 0, 8)),
        List.of(Op.of(Kind.EVENTFD, 0, 0, 1), Op.of(Kind.COUNT, 0, 5), Op.of(Kind.COUNT, 0, 3)),
        List.of(Op.of(Kind.TIMERFD, 0), Op.of(Kind.READ, 0, 8)),
        List.of(Op.of(Kind.SOCKET, 0), Op.of(Kind.LISTEN, 0), Op.of(Kind.ACCEPT, 1, 0)),
        List.of(
            Op.of(Kind.UNIX, 0, 0),
            Op.of(Kind.BIND, 0, 0),
            Op.of(Kind.BACKLOG, 0, 0),
            Op.of(Kind.UNIX, 1, 0),
            Op.of(Kind.TO, 1, 0),
            Op.of(Kind.UNIX, 2, 0),
            Op.of(Kind.TO, 2, 0)),
        List.of(pipe, Op.of(Kind.EPOLL, 2, 1), Op.of(Kind.WAIT, 2, 1)),
        List.of(pipe, Op.of(Kind.EPOLL, 2, 1), Op.of(Kind.PWAIT2, 2, 1)),
        List.of(pipe, Op.of(Kind.POLL, 0, Linux.POLLIN)),
        List.of(pipe, Op.of(Kind.PPOLL, 0, Linux.POLLIN)),
        List.of(pipe, Op.of(Kind.SELECT, 0, 1)),
        List.of(pipe, Op.of(Kind.PSELECT, 0, 1)));
  }

  private static Stream<Arguments> sleepsOnBoth() {
    return kernels().flatMap(kernel -> sleeps().map(ops -> Arguments.of(kernel.get()[0], ops)));
  }

  private @Nullable Executor opened;

  private Executor executor(Kernels kernels) {
    Executor executor =
        new Executor(kernels, Fuzzer.ORACLE_BASE, new Ticks(NativeSys.open()::nanoTime));
    opened = executor;
    executor.restart(Kernels.Mode.REAL_TIME);
    return executor;
  }

  /** A program that fails must not leave the others its descriptors: their numbers are the same. */
  @AfterEach
  void closeAll() {
    if (opened != null) {
      opened.closeAll();
    }
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("sleepsOnBoth")
  void end_threadAsleepInAnyCall_getsItOutAndLeavesNothing(Kernels kernels, List<Op> program) {
    Executor executor = executor(kernels);
    for (Op op : program.subList(0, program.size() - 1)) {
      executor.execute(op);
    }
    Op call = program.getLast();
    executor.start(call.by(1, Op.FOREVER));
    assertEquals(0, executor.settle(call), "it sleeps");
    executor.closeAll();
    assertFalse(executor.anyOpen());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kernels")
  void settle_oneOfTwoIsWoken_saysWhichAndWithWhat(Kernels kernels) {
    Executor executor = executor(kernels);
    executor.execute(Op.of(Kind.PIPE, 0, 1));
    executor.execute(Op.of(Kind.PAIR, 2, 3));
    Op read = Op.of(Kind.READ, 0, 8);
    executor.start(read.by(1, Op.FOREVER));
    executor.start(Op.of(Kind.READ, 2, 8).by(2, Op.FOREVER));
    assertEquals(0, executor.settle(read));
    Op write = Op.of(Kind.WRITE, 3, 5);
    executor.execute(write);
    assertEquals(SECOND, executor.settle(write));
    assertEquals(5, executor.outcome(2).result());
    executor.execute(Op.of(Kind.CLOSE, 1));
    assertEquals(FIRST, executor.settle(write));
    assertEquals(0, executor.outcome(1).result());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kernels")
  void start_onADescriptorThatDoesNotBlock_leavesItSo(Kernels kernels) {
    Executor executor = executor(kernels);
    executor.execute(Op.of(Kind.PAIR, 0, 1));
    executor.start(Op.of(Kind.READ, 0, 8).by(1, Op.FOREVER));
    assertEquals(-Errno.EAGAIN, executor.execute(Op.of(Kind.READ, 0, 8)).result());
    executor.execute(Op.of(Kind.PIPE, 2, 3));
    executor.start(Op.of(Kind.READ, 2, 8).by(2, Op.FOREVER));
    assertEquals(-Errno.EAGAIN, executor.execute(Op.of(Kind.READ, 2, 8)).result(), "a pipe");
  }

  /** On an idle machine the kernel takes its time to run whom it has woken. */
  @Test
  void isAsleep_whileItIsWoken_isFalse() {
    Sys sys = NativeSys.open();
    Rest rest = new Rest();
    int fd = sys.eventfd(0, 0);
    try (Arena arena = Arena.ofShared()) {
      MemorySegment one = arena.allocateFrom(JAVA_LONG, 1);
      MemorySegment count = arena.allocate(JAVA_LONG);
      for (int i = 0; i < 2_000; i++) {
        Worker worker = new Worker();
        worker.make(() -> sys.read(fd, count.address(), Long.BYTES));
        for (int looks = 0; !rest.isAsleep(sys, worker); looks++) {
          Rest.pause(looks);
        }
        sys.write(fd, one.address(), Long.BYTES);
        assertFalse(rest.isAsleep(sys, worker), "woken, and taken for asleep");
        for (int looks = 0; worker.isBusy(); looks++) {
          Rest.pause(looks);
        }
      }
    } finally {
      sys.close(fd);
    }
  }
}
