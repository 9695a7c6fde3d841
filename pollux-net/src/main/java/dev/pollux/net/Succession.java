package dev.pollux.net;

import dev.pollux.loop.EventLoop;
import dev.pollux.sys.Ancillary;
import dev.pollux.sys.Linux;
import dev.pollux.sys.PeerCredentials;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import dev.pollux.sys.UnixAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Offers the listeners of this process to its successor, so that a service restarts without a
 * refused connection: a listening socket lives as long as one process has it open, and so does its
 * backlog.
 *
 * <pre>{@code
 * Inheritance given = Inheritance.claim(sys, at, Duration.ofSeconds(5)); // null: the first one
 * Server server = Server.start(loops,
 *     given == null ? ServerOptions.at(address) : ServerOptions.on(given.descriptors().get(0)), …);
 * if (given != null) {
 *   given.ready(); // from now on the predecessor accepts nothing
 * }
 * Succession.offer(loop, at, List.of(server), () -> server.stop(Duration.ofMinutes(1)));
 * }</pre>
 *
 * <p>The successor connects to a Unix socket, is given the descriptors, and says when it serves
 * them. Then this side closes that socket, {@linkplain Server#stop() stops} the servers, which
 * accept what has come so far and finish what they have, leaves their Unix paths to the successor,
 * and tells the program. A successor that fails before that changes nothing.
 *
 * <p>Who may succeed: a process of the same user, or root's; others are turned away.
 *
 * <p>Ownership: the servers are the program's; a duplicate of each listener is held until {@link
 * #close} or the success. A program that gives up its servers closes this first, or connections
 * wait where nobody accepts them. Threads: any; not on one of several loops.
 */
public final class Succession implements AutoCloseable {

  static final byte LISTENER = 'L';
  static final byte ALL = 'A';
  static final byte READY = 'R';
  static final byte DONE = 'D';

  private static final int ROOT = 0;

  private final Sys sys;
  private final List<Server> servers;
  private final Runnable succeeded;
  private final List<Integer> duplicates = new ArrayList<>();
  private final AtomicBoolean over = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();
  private @Nullable Server door;

  private Succession(Sys sys, List<Server> servers, Runnable succeeded) {
    this.sys = sys;
    this.servers = List.copyOf(servers);
    this.succeeded = succeeded;
  }

  /**
   * Waits for a successor from now on.
   *
   * @param loop where it is talked to
   * @param at where it asks; a path that is stale is replaced
   * @param servers whose listeners it is given, in this order; none of them {@link
   *     AcceptMode#REUSEPORT}, whose listeners are many
   * @param succeeded called on the loop, when it has taken over and the servers are told to stop
   * @throws SysException if that cannot be listened at; then nothing is left open
   */
  public static Succession offer(
      EventLoop loop, UnixAddress at, List<Server> servers, Runnable succeeded)
      throws SysException {
    if (servers.isEmpty() || servers.size() > Ancillary.MAX_FDS) {
      throw new IllegalArgumentException(
          servers.size() + " servers to hand over: from 1 to " + Ancillary.MAX_FDS);
    }
    Succession succession = new Succession(loop.sys(), servers, succeeded);
    boolean done = false;
    try {
      for (Server each : servers) {
        succession.duplicates.add(each.duplicateListener());
      }
      ServerOptions options =
          ServerOptions.at(at)
              .withMaxConnections(1)
              .withSocket(SocketSetup.DEFAULT.withReplaceStale(true));
      boolean ran =
          OnLoop.run(
              loop, () -> succession.door = Server.open(loop, options, _ -> succession.new Heir()));
      if (!ran) {
        throw new IllegalStateException(loop + " is closed");
      }
      done = true;
      return succession;
    } finally {
      if (!done) {
        succession.closeDuplicates();
      }
    }
  }

  /** Offers them no longer. Idempotent. */
  @Override
  public void close() {
    over.set(true);
    Server open = door;
    if (open != null) {
      open.close();
    }
    closeDuplicates();
  }

  private void closeDuplicates() {
    if (!closed.getAndSet(true)) {
      duplicates.forEach(sys::close);
    }
  }

  /** The successor is there. On the loop's thread. */
  private void succeed() {
    if (over.getAndSet(true)) {
      return;
    }
    Server open = door;
    if (open != null) {
      open.stop(); // with its path, which is the successor's now, when it hears of that
    }
    closeDuplicates();
    for (Server each : servers) {
      each.keepPath();
      each.stop();
    }
    succeeded.run();
  }

  private boolean isTrusted(PeerCredentials peer) throws SysException {
    int[] own = Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
    try {
      int user = Ancillary.peerCredentials(sys, own[0]).uid();
      return peer.uid() == user || peer.uid() == ROOT;
    } finally {
      int _ = sys.close(own[0]);
      int _ = sys.close(own[1]);
    }
  }

  /** The conversation with one successor. */
  private final class Heir implements ConnectionHandler {

    @Override
    public void opened(Connection connection) {
      try {
        if (over.get() || !isTrusted(connection.peerCredentials())) {
          connection.reset();
          return;
        }
        for (int each : duplicates) {
          ByteBuffer with = ByteBuffer.wrap(new byte[] {LISTENER});
          WriteResult _ = connection.sendDescriptor(each, with);
        }
        WriteResult _ = connection.write(ByteBuffer.wrap(new byte[] {ALL}));
      } catch (SysException e) {
        connection.reset(CloseCause.of(CloseReason.ERROR, e));
      }
    }

    @Override
    public void received(Connection connection, ByteBuffer data) {
      boolean ready = false;
      while (data.hasRemaining()) {
        ready |= data.get() == READY;
      }
      if (ready) {
        WriteResult _ = connection.write(ByteBuffer.wrap(new byte[] {DONE})); // at the turn's end
        succeed();
      }
    }
  }
}
