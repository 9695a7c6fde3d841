package dev.pollux.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What each operation of the sources does when the kernel refuses its call, when a signal or an
 * error strikes, and when another thread comes in the middle of it.
 */
@ParameterizedClass(name = "[{0}]")
@MethodSource("kernels")
class SourceOperationsTest {

  @Parameter Kernel kernel;

  private SysProbe probe;
  private SortedMap<Integer, String> openBefore;

  /** The class in whose code another thread was kept waiting. */
  private volatile String blockedIn;

  static Stream<Arguments> kernels() {
    return Stream.of(Kernel.NATIVE, new ModelKernel())
        .map(kernel -> argumentSet(kernel.name(), kernel));
  }

  @BeforeEach
  void openProbe() {
    openBefore = kernel.openDescriptors();
    probe = new SysProbe(kernel.sys());
  }

  @AfterEach
  void checkDescriptors() {
    assertEquals(openBefore, kernel.openDescriptors(), "open descriptors");
  }

  /** Opens a source that has something to take. */
  interface Factory {
    EventSource open(Sys sys) throws SysException;
  }

  /** Uses it, by one system call. */
  interface Use {
    void of(EventSource source) throws SysException;
  }

  /** One method of a source: how to open it, the method, and the system call that it makes. */
  record Operation(Factory factory, Use use, String call, String manual) {}

  static Stream<Arguments> operations() {
    return Stream.of(
        operation("EventFd.add", EventFd::open, s -> event(s).add(3), "write", "write"),
        operation("EventFd.signal", EventFd::open, s -> event(s).signal(), "write", "write"),
        operation("EventFd.take", EventFd::open, s -> event(s).take(), "read", "read"),
        operation(
            "TimerFd.arm",
            TimerFd::open,
            s -> timer(s).armEvery(1, 1),
            "timerfdSettime",
            "timerfd_settime"),
        operation(
            "TimerFd.disarm",
            TimerFd::open,
            s -> timer(s).disarm(),
            "timerfdSettime",
            "timerfd_settime"),
        operation(
            "TimerFd.remainingNanos",
            TimerFd::open,
            s -> timer(s).remainingNanos(),
            "timerfdGettime",
            "timerfd_gettime"),
        operation(
            "TimerFd.takeExpirations",
            TimerFd::open,
            s -> timer(s).takeExpirations(),
            "read",
            "read"),
        operation(
            "SignalFd.take",
            sys -> SignalFd.open(sys, Linux.SIGURG),
            s -> ((SignalFd) s).take(),
            "read",
            "read"),
        operation(
            "Inotify.watch",
            Inotify::open,
            s -> files(s).watch(Path.of("/"), Linux.IN_DELETE_SELF),
            "inotifyAddWatch",
            "inotify_add_watch"),
        operation(
            "Inotify.unwatch",
            Inotify::open,
            s -> files(s).unwatch(1),
            "inotifyRmWatch",
            "inotify_rm_watch"),
        operation("Inotify.take", Inotify::open, s -> files(s).take(), "read", "read"));
  }

  private static Arguments operation(
      String name, Factory factory, Use use, String call, String manual) {
    return argumentSet(name, new Operation(factory, use, call, manual));
  }

  /** Those that read or write, which a signal may interrupt. */
  static Stream<Arguments> transfers() {
    return operations()
        .filter(each -> {
          String call = ((Operation) each.get()[0]).call();
          return call.equals("read") || call.equals("write");
        });
  }

  private static EventFd event(EventSource source) {
    return (EventFd) source;
  }

  private static TimerFd timer(EventSource source) {
    return (TimerFd) source;
  }

  private static Inotify files(EventSource source) {
    return (Inotify) source;
  }

  private static void close(EventSource source) {
    try {
      ((AutoCloseable) source).close();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @MethodSource("operations")
  void operation_callRefused_failsWithTheCallAndTheSource(Operation operation) throws Exception {
    OwnThread.run(() -> {
      EventSource source = operation.factory().open(probe.sys());
      String name = source.toString();
      probe.inject((call, _) -> call.equals(operation.call()) ? -Errno.EIO : null);
      SysException e = assertThrows(SysException.class, () -> operation.use().of(source));
      assertEquals(Errno.EIO, e.errno());
      assertTrue(e.getMessage().startsWith(operation.manual() + "(" + name), e.getMessage());
      probe.injectNothing();
      operation.use().of(source);
      close(source);
      return null;
    });
  }

  @ParameterizedTest
  @MethodSource("transfers")
  void operation_interruptedBySignals_goesOn(Operation operation) throws Exception {
    OwnThread.run(() -> {
      EventSource source = operation.factory().open(probe.sys());
      AtomicInteger calls = new AtomicInteger();
      probe.inject((call, _) -> {
        boolean isInterrupted = call.equals(operation.call()) && calls.incrementAndGet() < 3;
        return isInterrupted ? (Object) (-Errno.EINTR) : null;
      });
      operation.use().of(source);
      assertEquals(3, calls.get());
      close(source);
      return null;
    });
  }

  /**
   * The memory of a call is the source's: another thread waits before it touches that, and not only
   * with its own call.
   */
  @ParameterizedTest
  @MethodSource("operations")
  void operation_whileAnotherThreadIsInIt_waits(Operation operation) throws Exception {
    OwnThread.run(() -> {
      EventSource source = operation.factory().open(probe.sys());
      Thread other =
          inTheMiddle(
              operation,
              source,
              () -> {
                try {
                  operation.use().of(source);
                } catch (SysException e) {
                  throw new AssertionError(e);
                }
              });
      assertFalse(other.isAlive());
      assertEquals(source.getClass().getName(), blockedIn, "where the other thread waited");
      close(source);
      return null;
    });
  }

  /** The number might be a stranger's before the call is made. */
  @ParameterizedTest
  @MethodSource("operations")
  void close_inTheMiddleOfAnOperation_waitsForItsEnd(Operation operation) throws Exception {
    OwnThread.run(() -> {
      EventSource source = operation.factory().open(probe.sys());
      Thread other = inTheMiddle(operation, source, () -> close(source));
      assertFalse(other.isAlive());
      assertThrows(IllegalStateException.class, () -> operation.use().of(source));
      return null;
    });
  }

  /** Uses a source, and lets another thread begin before the system call is made. */
  private Thread inTheMiddle(Operation operation, EventSource source, Runnable body)
      throws Exception {
    Thread user = Thread.currentThread();
    Thread other = Thread.ofPlatform().daemon().name("other").unstarted(body);
    Thread.State[] found = {null};
    probe.inject((call, _) -> {
      if (call.equals(operation.call()) && Thread.currentThread().equals(user)) {
        other.start();
        Deadline.forThe("other thread to wait or to end")
            .await(() -> isWaitingOrEnded(other.getState()));
        found[0] = other.getState();
        blockedIn = other.isAlive() ? other.getStackTrace()[0].getClassName() : "none";
      }
      return null;
    });
    operation.use().of(source);
    assertEquals(Thread.State.BLOCKED, found[0], "the other thread, in the middle of the call");
    probe.injectNothing();
    other.join();
    return other;
  }

  private static boolean isWaitingOrEnded(Thread.State state) {
    return state == Thread.State.BLOCKED || state == Thread.State.TERMINATED;
  }

  static Stream<Arguments> factories() {
    return Stream.of(
        argumentSet("EventFd", (Factory) EventFd::open),
        argumentSet("TimerFd", (Factory) TimerFd::open),
        argumentSet("SignalFd", (Factory) sys -> SignalFd.open(sys, Linux.SIGURG)),
        argumentSet("Inotify", (Factory) Inotify::open),
        argumentSet("Pipe", (Factory) Pipe::open));
  }

  /** Out of stack before the call is made: the descriptor is still there to be closed. */
  @ParameterizedTest
  @MethodSource("factories")
  void close_thatEndsInAnError_canBeDoneAgain(Factory factory) throws Exception {
    OwnThread.run(() -> {
      EventSource source = factory.open(probe.sys());
      probe.inject((call, _) -> {
        if (call.equals("close")) {
          throw new StackOverflowError("by the test");
        }
        return null;
      });
      assertThrows(StackOverflowError.class, () -> ((AutoCloseable) source).close());
      probe.injectNothing();
      assertTrue(source.fd() >= 0, "the source is not closed");
      close(source);
      assertNotNull(assertThrows(IllegalStateException.class, source::fd));
      return null;
    });
  }
}
