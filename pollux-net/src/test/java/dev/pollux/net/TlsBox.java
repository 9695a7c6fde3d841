package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopOptions;
import dev.pollux.model.Faults;
import dev.pollux.model.ModelSys;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A loop that the test turns by hand, TLS servers and clients on it, and their invariants. */
final class TlsBox implements AutoCloseable {

  private static final long PATIENCE_NANOS = 20_000_000_000L; // 20 s
  private static final long TURN_NANOS = 1_000_000; // 1 ms
  private static final int MAX_TURNS = 2_000_000;

  final @Nullable ModelSys model;
  final Sys sys;
  final TlsWire wire;
  final EventLoop loop;
  final ChunkPool pool;
  final List<String> reported = new ArrayList<>();
  private final Map<Integer, String> openBefore;
  private final List<TlsNote> notes = new ArrayList<>();
  private final List<Server> servers = new ArrayList<>();
  ConnectionOptions options = ConnectionOptions.DEFAULT;

  TlsBox(boolean onModel) {
    model = onModel ? ModelSys.virtual(1, Faults.none()) : null;
    sys = model == null ? NativeSys.open() : model;
    openBefore = openDescriptors();
    wire = new TlsWire(sys);
    try {
      loop =
          EventLoop.open(
              wire.sys(),
              LoopOptions.DEFAULT.withErrorHandler(
                  (_, what, thrown) -> reported.add(what + ": " + thrown)));
    } catch (SysException e) {
      throw new AssertionError(e);
    }
    pool = LoopNet.of(loop).pool();
  }

  @Override
  public void close() {
    servers.forEach(Server::close);
    loop.close();
    assertEquals(List.of(), reported, "reported by the loop");
    for (TlsNote note : notes) {
      assertEquals(List.of(), note.wrong, note::toString);
      assertTrue(note.isClosed(), () -> "not closed: " + note);
    }
    assertEquals(0, pool.usedCount(), "chunks in use");
    assertEquals(openBefore, openDescriptors(), "open descriptors");
  }

  static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
  }

  static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  static byte[] random(int count) {
    byte[] bytes = new byte[count];
    new Random(count).nextBytes(bytes);
    return bytes;
  }

  <T extends ConnectionHandler> T track(T handler) {
    if (handler instanceof TlsNote note) {
      notes.add(note);
    }
    return handler;
  }

  /** A server on the loop whose connections are all this handler's: connect once. */
  InetSocketAddress serve(Tls tls, ConnectionHandler handler) throws SysException {
    return serve(tls, (HandlerFactory) _ -> handler);
  }

  InetSocketAddress serve(@Nullable Tls tls, HandlerFactory factory) throws SysException {
    ServerOptions like = ServerOptions.at(loopback(0)).withConnection(options).withTls(tls);
    Server server = Server.open(loop, like, connection -> track(factory.handlerFor(connection)));
    servers.add(server);
    return (InetSocketAddress) server.address();
  }

  /** Stops all servers. */
  void stop() {
    servers.forEach(Server::stop);
  }

  /** The server that was opened last. */
  Server server() {
    return servers.getLast();
  }

  Connection connect(InetSocketAddress address, @Nullable Tls tls, ConnectionHandler handler)
      throws SysException {
    return Connection.connect(loop, address, 0, options, tls, track(handler));
  }

  void until(String what, BooleanSupplier condition) throws SysException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    for (int turns = 0; !condition.getAsBoolean(); turns++) {
      if (System.nanoTime() - deadline > 0 || turns == MAX_TURNS) {
        throw new AssertionError("did not come: " + what + ", after " + turns + " turns; " + notes);
      }
      int _ = loop.runOnce(TURN_NANOS);
    }
  }

  void untilClosed(TlsNote... closing) throws SysException {
    for (TlsNote note : closing) {
      until("closed", note::isClosed);
    }
  }

  void turns(int count) throws SysException {
    for (int i = 0; i < count; i++) {
      int _ = loop.runOnce(0);
    }
  }

  /** Turns until nothing has happened for some turns. */
  void quiet() throws SysException {
    for (int empty = 0; empty < 5; ) {
      empty = loop.runOnce(TURN_NANOS) == 0 ? empty + 1 : 0;
    }
  }

  private Map<Integer, String> openDescriptors() {
    if (model != null) {
      return model.openDescriptors();
    }
    Map<Integer, String> open = new TreeMap<>();
    try (DirectoryStream<Path> fds = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path fd : fds) {
        try {
          String target = Files.readSymbolicLink(fd).toString();
          if (!target.startsWith("/")) { // files are the virtual machine's affair
            open.put(Integer.valueOf(fd.getFileName().toString()), target);
          }
        } catch (NoSuchFileException _) {
          // the descriptor of the listing itself
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return open;
  }
}
