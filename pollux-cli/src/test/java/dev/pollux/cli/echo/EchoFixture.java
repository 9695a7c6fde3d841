package dev.pollux.cli.echo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopOptions;
import dev.pollux.net.Connection;
import dev.pollux.net.Workers;
import dev.pollux.poll.Backend;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.io.File;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.Arguments;

/**
 * An {@link EchoServer} on loopback with clients, all on the test's thread. Closing it checks that
 * no descriptor is left.
 */
public final class EchoFixture implements AutoCloseable {

  static final long LIMIT_NANOS = 20_000_000_000L; // 20 s, for a machine under load

  /** More than any test connects at once: a SYN dropped for want of room costs a second. */
  private static final int BACKLOG = 256;

  /** More than an end may take by the options of a connection. */
  static final long CLOSE_NANOS = 6_000_000_000L; // 6 s

  private static final long HOUR_NANOS = 3_600_000_000_000L;
  private static final long TURN_NANOS = 1_000_000; // 1 ms

  final RecordingLog log = new RecordingLog();
  final EchoServer server;
  private final int descriptorCount;
  private final EventLoop loop;
  private final @Nullable Workers workers;
  private final List<TestClient> clients = new ArrayList<>();

  EchoFixture(Backend backend, Trigger trigger) throws SysException {
    this(NativeSys.open(), backend, trigger, null);
  }

  EchoFixture(Sys sys, Backend backend, Trigger trigger, @Nullable String reply)
      throws SysException {
    this(sys, backend, trigger, EchoOptions.DEFAULT_BUFFER_BYTES, reply);
  }

  EchoFixture(Sys sys, Backend backend, Trigger trigger, int bufferBytes, @Nullable String reply)
      throws SysException {
    this(
        sys,
        backend,
        new EchoOptions(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            BACKLOG,
            trigger,
            bufferBytes,
            reply));
  }

  EchoFixture(Sys sys, Backend backend, EchoOptions options) throws SysException {
    this(sys, backend, options, null);
  }

  /** Workers, if there are any, answer; they are closed with this, after the loop. */
  EchoFixture(Sys sys, Backend backend, EchoOptions options, @Nullable Workers workers)
      throws SysException {
    warm();
    this.workers = workers;
    descriptorCount = descriptorCount();
    loop = EventLoop.open(sys, LoopOptions.DEFAULT.withBackend(backend));
    server = EchoServer.open(loop, options, workers, log);
  }

  /** Stops with all the time in the world, however slow this machine is. */
  static EchoFixture patient(Backend backend, Trigger trigger) throws SysException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    EchoOptions options =
        new EchoOptions(any, BACKLOG, trigger, EchoOptions.DEFAULT_BUFFER_BYTES, null);
    return new EchoFixture(NativeSys.open(), backend, options.withGrace(HOUR_NANOS));
  }

  /** Every backend with every trigger of the command. */
  static Stream<Arguments> everyWay() {
    List<Arguments> ways = new ArrayList<>();
    for (Backend backend : Backend.values()) {
      for (Trigger trigger : new Trigger[] {Trigger.LEVEL, Trigger.EDGE}) {
        ways.add(Arguments.of(backend, trigger));
      }
    }
    return ways.stream();
  }

  InetSocketAddress address() {
    return (InetSocketAddress) server.address();
  }

  /** One of the open connections. */
  Connection connection(int index) {
    return server.connections(loop).get(index);
  }

  /** A client that the server has accepted. */
  TestClient client() throws SysException {
    int before = log.connected.size();
    TestClient client = adopt(new TestClient(address()));
    until("the connection is accepted", () -> log.connected.size() > before);
    return client;
  }

  TestClient adopt(TestClient client) {
    clients.add(client);
    return client;
  }

  /** Turns the server and all clients until something is so. */
  void until(String what, BooleanSupplier condition) throws SysException {
    long deadline = System.nanoTime() + LIMIT_NANOS;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        fail("not within 20 s: " + what + "; closed: " + log.closed);
      }
      turn(TURN_NANOS);
    }
  }

  void turn(long timeoutNanos) throws SysException {
    for (TestClient client : clients) {
      client.step();
    }
    int _ = loop.runOnce(timeoutNanos);
  }

  /** A turn of the server's alone. */
  int runOnce(long timeoutNanos) throws SysException {
    return loop.runOnce(timeoutNanos);
  }

  /** Turns until nothing has happened for a while, so that what must not happen would have. */
  void settle() throws SysException {
    int quiet = 0;
    long deadline = System.nanoTime() + LIMIT_NANOS;
    while (quiet < 20 && System.nanoTime() - deadline < 0) {
      for (TestClient client : clients) {
        client.step();
      }
      quiet = runOnce(TURN_NANOS) == 0 ? quiet + 1 : 0;
    }
    if (quiet < 20) {
      fail("the server does not come to rest: it is busy with nothing");
    }
  }

  @Override
  public void close() {
    for (TestClient client : clients) {
      client.close();
    }
    server.close();
    loop.close();
    Workers answering = workers;
    if (answering != null) {
      answering.close(); // one that woke the loop as it closed gives the last descriptors back
    }
    assertEquals(descriptorCount, descriptorCount(), "open descriptors");
  }

  /** Bytes that differ from their neighbours, also at a distance of any power of two. */
  public static byte[] pattern(int size) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (i * 31 + i / 251 + i / 65_521);
    }
    return bytes;
  }

  public static int descriptorCount() {
    String[] names = new File("/proc/self/fd").list();
    return names == null ? -1 : names.length;
  }

  /** Opens what the JVM opens once, so that it does not count as left open. */
  private static void warm() {
    InetAddress.getLoopbackAddress();
  }
}
