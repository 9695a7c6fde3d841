package dev.pollux.bench;

import dev.pollux.model.Limits;
import dev.pollux.model.ModelSys;
import dev.pollux.sys.Abi;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What the epoll of the model kernel costs against the count of its registrations: eventfds on one
 * instance, all level-triggered.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ModelBenchmark {

  private static final int MAX_EVENTS = 256;

  /** Of a linear congruential generator: Knuth, MMIX. */
  private static final long MULTIPLIER = 6364136223846793005L;

  private static final long INCREMENT = 1442695040888963407L;

  /** Registrations. */
  @Param("1000")
  public int items;

  /** How many of them are ready. */
  @Param("1")
  public int ready;

  private final Arena arena = Arena.ofAuto();
  private final MemorySegment memory =
      arena.allocate((long) MAX_EVENTS * Abi.CURRENT.epollEventSize, 8);
  private final long address = memory.address();
  private Sys sys = kernel(1);
  private int epfd;
  private int first;
  private int spare;
  private long random = 1;

  /** For JMH. */
  public ModelBenchmark() {}

  /** A kernel with room for so many registrations. */
  static Sys kernel(int items) {
    int descriptors = items + 8; // the standard streams, the instance, the spare one
    Limits limits =
        Limits.defaults()
            .withMaxFds(descriptors)
            .withMaxFiles(descriptors)
            .withMaxUserWatches(descriptors);
    return ModelSys.threads(System::nanoTime, limits, null);
  }

  /** Registers everything, and lets one descriptor in the middle of the order unregistered. */
  @Setup
  public void open() throws IOException {
    Jmh.pin();
    sys = kernel(items);
    epfd = SysException.check("epoll_create1", sys.epollCreate1(Linux.EPOLL_CLOEXEC));
    first = epfd + 1;
    memory.set(ValueLayout.JAVA_INT, 0, Linux.EPOLLIN);
    for (int i = 0; i <= items; i++) {
      int fd = SysException.check("eventfd", sys.eventfd(i < ready ? 1 : 0, Linux.EFD_NONBLOCK));
      if (i == items / 2) {
        spare = fd;
      } else {
        SysException.check("epoll_ctl", sys.epollCtl(epfd, Linux.EPOLL_CTL_ADD, fd, address));
      }
    }
    int found = sys.epollWait(epfd, address, MAX_EVENTS, 0);
    if (found != ready) {
      throw new IOException(found + " are ready instead of " + ready);
    }
    memory.set(ValueLayout.JAVA_INT, 0, Linux.EPOLLIN);
  }

  /** Registers one descriptor and takes it off again. */
  @Benchmark
  public int controlOne() {
    return sys.epollCtl(epfd, Linux.EPOLL_CTL_ADD, spare, address)
        | sys.epollCtl(epfd, Linux.EPOLL_CTL_DEL, spare, 0);
  }

  /** Takes one off at random, and registers it again. */
  @Benchmark
  public int controlAny() {
    random = random * MULTIPLIER + INCREMENT;
    int any = first + (int) ((random >>> 33) % items);
    if (any == spare) {
      any++;
    }
    return sys.epollCtl(epfd, Linux.EPOLL_CTL_DEL, any, 0)
        | sys.epollCtl(epfd, Linux.EPOLL_CTL_ADD, any, address);
  }

  /** Waits for what is ready. */
  @Benchmark
  public int waitForReady() {
    return sys.epollWait(epfd, address, MAX_EVENTS, 0);
  }
}
