package dev.pollux.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopOptions;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A loop, endpoints on it that note what happens to them, and a kernel that can be told to lie. */
final class DatagramBox implements AutoCloseable {

  private static final long PATIENCE_NANOS = 5_000_000_000L; // 5 s
  private static final long TURN_NANOS = 10_000_000; // 10 ms

  private final Map<String, Queue<Integer>> lies = new HashMap<>();
  private final Map<String, Integer> calls = new HashMap<>();
  private final Map<String, RuntimeException> failures = new HashMap<>();
  private long aheadNanos;
  final List<String> reported = new ArrayList<>();
  final EventLoop loop;

  DatagramBox(Sys kernel) {
    Sys lying =
        (Sys)
            Proxy.newProxyInstance(
                DatagramBox.class.getClassLoader(),
                new Class<?>[] {Sys.class},
                (proxy, method, arguments) -> {
                  calls.merge(method.getName(), 1, Integer::sum);
                  RuntimeException failure = failures.remove(method.getName());
                  if (failure != null) {
                    throw failure;
                  }
                  Queue<Integer> results = lies.get(method.getName());
                  Integer result = results == null ? null : results.poll();
                  if (result != null) {
                    return result;
                  }
                  try {
                    if (method.getName().equals("nanoTime")) {
                      return (long) method.invoke(kernel, arguments) + aheadNanos;
                    }
                    return method.invoke(kernel, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    try {
      LoopOptions like =
          LoopOptions.DEFAULT.withErrorHandler(
              (_, what, thrown) -> reported.add(what + ": " + thrown.getMessage()));
      loop = EventLoop.open(lying, like);
    } catch (SysException e) {
      throw new AssertionError(e);
    }
  }

  /** The next calls of this name give these results, and are not made. */
  void lie(String call, int... results) {
    for (int result : results) {
      lies.computeIfAbsent(call, _ -> new ArrayDeque<>()).add(result);
    }
  }

  /** The next call of this name throws, and is not made. */
  void fail(String call, RuntimeException how) {
    failures.put(call, how);
  }

  int calls(String name) {
    return calls.getOrDefault(name, 0);
  }

  @Override
  public void close() {
    loop.close();
  }

  static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(ISO_8859_1));
  }

  /** Runs turns until it is so. */
  void until(BooleanSupplier condition) throws SysException {
    long deadline = loop.sys().nanoTime() + PATIENCE_NANOS;
    while (!condition.getAsBoolean()) {
      assertTrue(loop.sys().nanoTime() - deadline < 0, "it did not happen in 5 s");
      int _ = loop.runOnce(TURN_NANOS);
    }
  }

  /** Runs so many turns, without waiting. */
  void turns(int count) throws SysException {
    for (int i = 0; i < count; i++) {
      int _ = loop.runOnce(0);
    }
  }

  /** Puts the loop's clock forward. */
  void pass(long nanos) throws SysException {
    aheadNanos += nanos;
    turns(1);
  }

  Peer open(SocketAddress address, DatagramOptions options) throws SysException {
    return new Peer(address, options);
  }

  Peer on(int descriptor, DatagramOptions options) throws SysException {
    return new Peer(descriptor, options);
  }

  Peer udp() throws SysException {
    return open(loopback(), DatagramOptions.DEFAULT);
  }

  /** An endpoint and what happened to it. */
  final class Peer implements DatagramHandler {

    final List<String> log = new ArrayList<>();
    final DatagramEndpoint endpoint;
    @Nullable SocketAddress last;

    /** What is done with each datagram, after it is noted. */
    Consumer<ByteBuffer> action = _ -> {};

    /** What is done when it is told anything else. */
    Consumer<String> onTold = _ -> {};

    Peer(SocketAddress address, DatagramOptions options) throws SysException {
      endpoint = DatagramEndpoint.open(loop, address, options, this);
    }

    Peer(int descriptor, DatagramOptions options) throws SysException {
      endpoint = DatagramEndpoint.on(loop, descriptor, options, this);
    }

    SocketAddress address() throws SysException {
      return endpoint.localAddress();
    }

    boolean send(String text, Peer to) throws SysException {
      return endpoint.send(bytes(text), to.address());
    }

    void expect(String... lines) throws SysException {
      until(() -> log.size() >= lines.length);
      assertEquals(List.of(lines), log);
      log.clear();
    }

    @Override
    public void received(
        DatagramEndpoint source, ByteBuffer data, @Nullable SocketAddress peer, boolean truncated) {
      last = peer;
      log.add(ISO_8859_1.decode(data.duplicate()) + (truncated ? "…" : ""));
      action.accept(data);
    }

    @Override
    public void failed(DatagramEndpoint source, SysException cause) {
      log.add("failed " + cause.errnoName());
      onTold.accept(log.getLast());
    }

    @Override
    public void unsent(DatagramEndpoint source, @Nullable SocketAddress peer, SysException cause) {
      last = peer;
      log.add("unsent " + cause.errnoName());
      onTold.accept(log.getLast());
    }

    @Override
    public void drained(DatagramEndpoint source) {
      log.add("drained");
    }

    @Override
    public void closed(DatagramEndpoint source, @Nullable Throwable cause) {
      log.add("closed" + (cause == null ? "" : " " + cause.getClass().getSimpleName()));
      onTold.accept(log.getLast());
    }
  }
}
