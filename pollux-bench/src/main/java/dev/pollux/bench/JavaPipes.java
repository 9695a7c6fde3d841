package dev.pollux.bench;

import dev.pollux.poll.Backend;
import dev.pollux.poll.Events;
import dev.pollux.poll.Interest;
import dev.pollux.poll.Poller;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The pipes benchmark over {@link Poller}, by the terms of libevent's {@code test/bench.c}.
 *
 * <p>Each read end of many Unix stream socket pairs is registered level-triggered for ever. A run
 * fires one byte into each of some evenly spaced pairs, and then times: wait without blocking and
 * dispatch until as many bytes were read as were sent. A callback receives one byte and, while
 * writes remain, sends one to the next pair.
 *
 * <p>Line by line it does what {@code pipes.c} does, with the same calls.
 *
 * <p>Ownership: close removes the sockets and the poller. Threads: one.
 */
final class JavaPipes implements AutoCloseable {

  /** Bytes between Unix sockets are there at once, so waits that find nothing are a fault. */
  private static final int MAX_EMPTY_WAITS = 1000;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final Sys sys;
  private final Spec spec;
  private final Poller poller;
  private final Events events;
  private final List<Pair> pairs;
  private final IoBuffer buffer = IoBuffer.allocate(1);
  private final long byteAddress = buffer.address();

  // The state of one run.
  private long received;
  private long sent;
  private int writesLeft;
  private long waits;

  private JavaPipes(Sys sys, Spec spec) throws SysException {
    this.sys = sys;
    this.spec = spec;
    this.poller = Poller.open(sys, spec.backend());
    this.events = new Events(spec.batch());
    this.pairs = new ArrayList<>(spec.pairs());
  }

  /** Opens and registers the pairs of a point. */
  static JavaPipes open(Sys sys, Spec spec) throws SysException {
    JavaPipes pipes = new JavaPipes(sys, spec);
    boolean done = false;
    try {
      pipes.openPairs();
      done = true;
      return pipes;
    } finally {
      if (!done) {
        pipes.close();
      }
    }
  }

  /** Opens a point, measures it and closes it. */
  static String measure(Sys sys, Spec spec) throws IOException {
    try (JavaPipes pipes = open(sys, spec)) {
      return pipes.sample();
    }
  }

  /**
   * Does the runs that are not counted, then those that are; the answer is that of the C program.
   */
  String sample() throws IOException {
    for (int i = 0; i < spec.warmup(); i++) {
      long _ = run();
    }
    StringBuilder nanos = new StringBuilder();
    long bytes = 0;
    long cpuNanos = 0;
    waits = 0;
    for (int i = 0; i < spec.runs(); i++) {
      long before = THREADS.getCurrentThreadCpuTime();
      long time = run();
      cpuNanos += THREADS.getCurrentThreadCpuTime() - before;
      nanos.append(' ').append(time);
      bytes += received;
    }
    return "%d %d %d%s".formatted(bytes, cpuNanos, waits, nanos);
  }

  /** One run: fires, then times in nanoseconds until all was read. */
  long run() throws IOException {
    int space = pairs.size() / spec.active();
    received = 0;
    sent = 0;
    writesLeft = spec.writes();
    for (int i = 0; i < spec.active(); i++) {
      send(pairs.get(i * space));
    }
    long start = System.nanoTime();
    dispatchAll();
    return System.nanoTime() - start;
  }

  private void dispatchAll() throws IOException {
    int empty = 0;
    do {
      int ready = poller.await(events, 0);
      waits++;
      if (ready == 0 && ++empty > MAX_EMPTY_WAITS) {
        throw new IOException(
            "%s: %d of %d bytes, then nothing was ready any more"
                .formatted(spec.backend().label(), received, sent));
      }
      while (events.next()) {
        Pair pair = (Pair) Objects.requireNonNull(events.attachment());
        onReadable(pair);
      }
    } while (received < sent);
  }

  private void onReadable(Pair pair) {
    if (sys.recv(pair.readFd, byteAddress, 1, 0) == 1) {
      received++;
    }
    if (writesLeft > 0) {
      writesLeft--;
      send(pair.next);
    }
  }

  private void send(Pair pair) {
    if (sys.send(pair.writeFd, byteAddress, 1, 0) == 1) {
      sent++;
    }
  }

  private void openPairs() throws SysException {
    for (int i = 0; i < spec.pairs(); i++) {
      int[] fds = Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
      pairs.add(new Pair(fds[0], fds[1]));
    }
    for (int i = 0; i < pairs.size(); i++) {
      Pair pair = pairs.get(i);
      pair.next = pairs.get((i + 1) % pairs.size());
      poller.add(pair.readFd, Interest.READABLE, Trigger.LEVEL, pair);
    }
  }

  @Override
  public void close() {
    poller.close();
    for (Pair pair : pairs) {
      int _ = sys.close(pair.readFd);
      int _ = sys.close(pair.writeFd);
    }
    pairs.clear();
  }

  /**
   * One point of the benchmark.
   *
   * @param pairs how many socket pairs are watched
   * @param active how many of them get a byte before the clock starts
   * @param writes how many bytes the callbacks send on
   * @param warmup how many runs are not counted
   * @param runs how many are
   * @param batch how many events one epoll_wait reports at most
   */
  record Spec(Backend backend, int pairs, int active, int writes, int warmup, int runs, int batch) {

    /** The same point as a command of {@code pipes.c}. */
    String command() {
      return "run %s %d %d %d %d %d %d"
          .formatted(backend.label(), pairs, active, writes, warmup, runs, batch);
    }

    /** How many bytes are read in all counted runs. */
    long expectedBytes() {
      return (long) (active + writes) * runs;
    }
  }

  /** Two connected sockets, and the pair that the callback writes to. */
  private static final class Pair {
    final int readFd;
    final int writeFd;
    Pair next = this;

    Pair(int readFd, int writeFd) {
      this.readFd = readFd;
      this.writeFd = writeFd;
    }
  }
}
