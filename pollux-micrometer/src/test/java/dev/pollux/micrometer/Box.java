package dev.pollux.micrometer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopOptions;
import dev.pollux.net.ServerOptions;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.search.RequiredSearch;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A loop that the test turns by hand, peers over loopback, and a registry with a clock. */
final class Box implements AutoCloseable {

  private static final Duration AT_MOST = Duration.ofSeconds(20);

  final MockClock clock = new MockClock();
  final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);
  final EventLoop loop;

  /** Answers a system call by its name in the kernel's place; null passes it on. */
  private volatile Function<String, @Nullable Integer> fault = _ -> null;

  private final List<Peer> peers = new ArrayList<>();

  Box() throws SysException {
    this(LoopOptions.DEFAULT.withErrorHandler((_, _, _) -> {}));
  }

  Box(LoopOptions options) throws SysException {
    Sys kernel = NativeSys.open();
    Sys sys =
        (Sys)
            Proxy.newProxyInstance(
                Box.class.getClassLoader(),
                new Class<?>[] {Sys.class},
                (_, method, arguments) -> {
                  Integer answer = fault.apply(method.getName());
                  try {
                    return answer != null ? answer : method.invoke(kernel, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    this.loop = EventLoop.open(sys, options);
  }

  static ServerOptions at() {
    return ServerOptions.at(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
  }

  void inject(Function<String, @Nullable Integer> newFault) {
    fault = newFault;
  }

  void turn() throws SysException {
    int _ = loop.runOnce(1_000_000);
  }

  /** Turns the loop until then, or fails after a while. */
  void until(String what, BooleanSupplier done) throws SysException {
    long end = System.nanoTime() + AT_MOST.toNanos();
    while (!done.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("not in time: " + what);
      }
      turn();
    }
  }

  /** Has the next look at the figures be a new one. */
  Box look() {
    clock.add(Duration.ofNanos(LoopSample.LEAST_NANOS));
    return this;
  }

  Peer connect(SocketAddress address) throws IOException {
    Peer peer = new Peer(SocketChannel.open(address));
    peers.add(peer);
    return peer;
  }

  RequiredSearch find(String name, String... tags) {
    return find(registry, name, tags);
  }

  static RequiredSearch find(MeterRegistry in, String name, String... tags) {
    return in.get(name).tags(tags);
  }

  /** What the only meter of this name and these tags says first. */
  double value(String name, String... tags) {
    Meter meter = find(name, tags).meters().iterator().next();
    if (find(name, tags).meters().size() != 1) {
      throw new AssertionError("more than one: " + find(name, tags).meters());
    }
    return meter.measure().iterator().next().getValue();
  }

  /** The names of all meters, each once, in order. */
  static List<String> names(MeterRegistry registry) {
    return registry.getMeters().stream()
        .map(meter -> meter.getId().getName())
        .distinct()
        .sorted()
        .toList();
  }

  @Override
  public void close() throws IOException {
    for (Peer peer : peers) {
      peer.close();
    }
    loop.close();
  }

  /** The other end of a connection. */
  final class Peer {
    private final SocketChannel channel;
    private final StringBuilder received = new StringBuilder();
    private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
    private boolean isOver;

    Peer(SocketChannel channel) throws IOException {
      this.channel = channel;
      var _ = channel.configureBlocking(false);
    }

    Peer send(String text) throws IOException {
      ByteBuffer bytes = ByteBuffer.wrap(text.replace("¶", "\r\n").getBytes(ISO_8859_1));
      return send(bytes);
    }

    Peer send(ByteBuffer bytes) throws IOException {
      while (bytes.hasRemaining()) {
        int _ = channel.write(bytes);
        turn();
      }
      return this;
    }

    /** All that came so far. */
    String read() {
      try {
        int n = channel.read(buffer.clear());
        while (n > 0) {
          received.append(ISO_8859_1.decode(buffer.flip()));
          n = channel.read(buffer.clear());
        }
        isOver |= n < 0;
      } catch (IOException e) {
        isOver = true;
      }
      return received.toString();
    }

    /** Waits until what came contains this. */
    Peer await(String text) throws SysException {
      until(text, () -> read().contains(text.replace("¶", "\r\n")));
      return this;
    }

    /** Sends a request without a body, and waits for the whole answer, which has this text. */
    Peer ask(String method, String path, String text) throws IOException {
      received.setLength(0);
      return send(method + " " + path + " HTTP/1.1¶Host: a¶¶").await(text);
    }

    void awaitEnd() throws SysException {
      until(
          "the end",
          () -> {
            var _ = read();
            return isOver;
          });
    }

    void reset() throws IOException {
      var _ = channel.setOption(StandardSocketOptions.SO_LINGER, 0);
      channel.close();
    }

    void close() throws IOException {
      channel.close();
    }
  }
}
