package dev.pollux.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.model.ModelSys;
import dev.pollux.sys.Errno;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One loop with a thread, on one of the kernels, and peers whose side the test plays. Closing it
 * checks that no descriptor is left.
 */
final class NetBox implements AutoCloseable {

  private static final long PATIENCE_NANOS = 20_000_000_000L; // 20 s
  private static final long PAUSE_NANOS = 200_000; // 0.2 ms
  private static final int IO_BYTES = 1 << 16;

  final Sys sys;
  final LoopGroup group;
  final EventLoop loop;
  private final Map<Integer, String> before;
  private final List<Peer> peers = new ArrayList<>();

  private NetBox(Sys sys, LoopOptions options) {
    this.sys = sys;
    this.before = open();
    try {
      this.group = LoopGroup.start(sys, 1, options);
    } catch (SysException e) {
      throw new AssertionError(e);
    }
    this.loop = group.loops().getFirst();
  }

  /** A kernel by name, as in the parameters of tests. */
  static NetBox on(String kernel) {
    return on(kernel, LoopOptions.DEFAULT);
  }

  static NetBox on(String kernel, LoopOptions options) {
    return switch (kernel) {
      case "native" -> new NetBox(NativeSys.open(), options);
      case "model" -> new NetBox(ModelSys.threads(System::nanoTime), options);
      default -> throw new IllegalArgumentException(kernel);
    };
  }

  /** Waits, for at most 20 s, until it is so. */
  static void until(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() - deadline < 0, () -> "not in 20 s: " + what);
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /** Runs it on the loop and waits for it. */
  void onLoop(OnLoop.Task task) throws SysException {
    OnLoop.run(loop, task);
  }

  /** Whether somebody works for the connection of a peer. */
  boolean isHeld(Peer peer) {
    boolean[] held = {false};
    try {
      onLoop(() -> held[0] = peer.connection().link().ending.isHeld());
    } catch (SysException e) {
      throw new AssertionError(e);
    }
    return held[0];
  }

  /** A connection, and the peer at its other end. */
  Peer connect(ConnectionOptions options, HandlerFactory factory) throws SysException {
    int[] pair = Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
    Peer peer = new Peer(pair[1]);
    peers.add(peer);
    onLoop(() -> {
      Connection connection =
          new Connection(loop, pair[0], null, options, NoHandler.INSTANCE, false);
      connection.channel().setOwner((_, cause) -> peer.cause = cause);
      connection.channel().register();
      try {
        connection.setHandler(factory.handlerFor(connection));
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
      peer.connection = connection;
      connection.channel().start();
    });
    return peer;
  }

  /** The program's side is to be over for this reason. */
  void expectClosed(Peer peer, CloseReason reason, String inMessage) {
    until("closed", () -> peer.cause != null);
    CloseCause cause = peer.cause;
    if (cause == null || cause.reason() != reason || !cause.message().contains(inMessage)) {
      fail("expected " + reason + " " + inMessage + ", but was " + cause);
    }
  }

  @Override
  public void close() {
    group.close();
    peers.forEach(Peer::hangUp);
    // A thread that is just waking the loop gives the poller's descriptors back when it is done.
    until("the same open descriptors: " + before, () -> before.equals(open()));
  }

  private Map<Integer, String> open() {
    if (sys instanceof ModelSys model) {
      return new TreeMap<>(model.openDescriptors());
    }
    Map<Integer, String> open = new TreeMap<>();
    try (DirectoryStream<Path> fds = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path fd : fds) {
        try {
          String target = Files.readSymbolicLink(fd).toString();
          if (!target.startsWith("/")) { // files are opened by the virtual machine, too
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

  /** The other end of a connection; not blocking, used by the test's thread. */
  final class Peer {

    private final IoBuffer io = IoBuffer.allocate(IO_BYTES);
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private int fd;
    private boolean ended;
    volatile @Nullable Connection connection;
    volatile @Nullable CloseCause cause;

    Peer(int fd) {
      this.fd = fd;
    }

    Connection connection() {
      Connection made = connection;
      if (made == null) {
        throw new IllegalStateException("not made yet");
      }
      return made;
    }

    void send(String text) {
      byte[] bytes = text.getBytes(ISO_8859_1);
      int[] at = {0};
      until(
          "sent",
          () -> {
            at[0] += trySend(bytes, at[0]);
            return at[0] == bytes.length;
          });
    }

    /** Sends what the kernel takes. */
    int trySend(byte[] bytes, int from) {
      int n = Math.min(bytes.length - from, IO_BYTES);
      var _ = io.buffer().clear().put(bytes, from, n);
      int sent = sys.send(fd, io.address(), n, Linux.MSG_NOSIGNAL);
      if (sent < 0 && sent != -Errno.EAGAIN) {
        throw new AssertionError("send: " + Errno.name(-sent));
      }
      return Math.max(sent, 0);
    }

    /** Takes what has come. */
    String poll() {
      int n = ended ? 0 : sys.recv(fd, io.address(), IO_BYTES, 0);
      if (n > 0) {
        byte[] bytes = new byte[n];
        var _ = io.buffer().clear().get(bytes);
        received.writeBytes(bytes);
      } else if (n != -Errno.EAGAIN) {
        ended = true;
      }
      return received.toString(ISO_8859_1);
    }

    /** The next that comes is this. */
    void expect(String text) {
      until(
          "received " + text.length() + " bytes", () -> poll().length() >= text.length() || ended);
      assertEquals(text, poll());
      received.reset();
    }

    /** All that comes until the end. */
    String readAll() {
      until(
          "end of stream",
          () -> {
            String _ = poll();
            return ended;
          });
      String all = poll();
      received.reset();
      return all;
    }

    void end() {
      int _ = sys.shutdown(fd, Linux.SHUT_WR);
    }

    void hangUp() {
      if (fd >= 0) {
        int _ = sys.close(fd);
        fd = -1;
      }
    }
  }
}
