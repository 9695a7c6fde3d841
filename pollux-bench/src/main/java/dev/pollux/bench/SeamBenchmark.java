package dev.pollux.bench;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What the seam costs: a system call through {@link Sys}, as all of Pollux makes it, and by the
 * bare downcall handle. {@code seam.c} makes the same calls.
 *
 * <p>The calls: epoll_wait without waiting on an empty set, a read of an eventfd that always has
 * something, and a write to one.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SeamBenchmark {

  private static final int MAX_EVENTS = 16;

  /** Each read takes 1 from a supply that outlasts any benchmark. */
  private static final long SUPPLY = 1L << 62;

  private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");
  private static final MethodHandle EPOLL_WAIT =
      handle("epoll_wait", JAVA_INT, new MemoryLayout[] {JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT});
  private static final MethodHandle READ =
      handle("read", JAVA_LONG, new MemoryLayout[] {JAVA_INT, JAVA_LONG, JAVA_LONG});
  private static final MethodHandle WRITE =
      handle("write", JAVA_LONG, new MemoryLayout[] {JAVA_INT, JAVA_LONG, JAVA_LONG});

  private final Arena arena = Arena.ofAuto();
  private final MemorySegment errno = arena.allocate(Linker.Option.captureStateLayout());
  private final MemorySegment memory = arena.allocate(MAX_EVENTS * 16L, 16);
  private final long address = memory.address();
  private final Sys sys = NativeSys.open();
  private int epfd;
  private int counter;
  private int source;

  /** For JMH. */
  public SeamBenchmark() {}

  /** Opens the descriptors and ties the thread to its processor. */
  @Setup
  public void open() throws IOException {
    Jmh.pin();
    int flags = Linux.EFD_NONBLOCK | Linux.EFD_CLOEXEC;
    epfd = SysException.check("epoll_create1", sys.epollCreate1(Linux.EPOLL_CLOEXEC));
    counter = SysException.check("eventfd", sys.eventfd(0, flags));
    source = SysException.check("eventfd", sys.eventfd(0, flags | Linux.EFD_SEMAPHORE));
    memory.set(JAVA_LONG, 0, SUPPLY);
    int _ = SysException.check("write", sys.write(source, address, Long.BYTES));
    memory.set(JAVA_LONG, 0, 1);
  }

  /** Closes the descriptors, if every call did what it should. */
  @TearDown
  public void close() throws IOException {
    int wait = sys.epollWait(epfd, address, MAX_EVENTS, 0);
    int read = sys.read(source, address, Long.BYTES);
    int write = sys.write(counter, address, Long.BYTES);
    for (int fd : new int[] {epfd, counter, source}) {
      int _ = sys.close(fd);
    }
    if (wait != 0 || read != Long.BYTES || write != Long.BYTES) {
      throw new IOException("calls failed: wait " + wait + ", read " + read + ", write " + write);
    }
  }

  /** epoll_wait through the seam. */
  @Benchmark
  public int epollWaitSys() {
    return sys.epollWait(epfd, address, MAX_EVENTS, 0);
  }

  /** epoll_wait by the handle. */
  @Benchmark
  public int epollWaitHandle() throws Throwable {
    return (int) EPOLL_WAIT.invokeExact(errno, epfd, address, MAX_EVENTS, 0);
  }

  /** read through the seam. */
  @Benchmark
  public int eventfdReadSys() {
    return sys.read(source, address, Long.BYTES);
  }

  /** read by the handle. */
  @Benchmark
  public long eventfdReadHandle() throws Throwable {
    return (long) READ.invokeExact(errno, source, address, (long) Long.BYTES);
  }

  /** write through the seam: adds what the last read found, which is 1. */
  @Benchmark
  public int eventfdWriteSys() {
    return sys.write(counter, address, Long.BYTES);
  }

  /** write by the handle. */
  @Benchmark
  public long eventfdWriteHandle() throws Throwable {
    return (long) WRITE.invokeExact(errno, counter, address, (long) Long.BYTES);
  }

  @SuppressWarnings("restricted") // the bare downcall is what is measured
  private static MethodHandle handle(String name, ValueLayout result, MemoryLayout[] parameters) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(result, parameters),
        CAPTURE);
  }
}
