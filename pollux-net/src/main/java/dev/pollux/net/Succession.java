package dev.pollux.net;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.pollux.loop.EventLoop;
import dev.pollux.sys.Ancillary;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.PeerCredentials;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import dev.pollux.sys.UnixAddress;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
 * while (given != null && !given.ready(List.of(server))) {} // until the predecessor has stopped
 * Succession.offer(loop, at, List.of(server), () -> server.stop(Duration.ofMinutes(1)));
 * }</pre>
 *
 * <p>The successor connects to a Unix socket, is given the descriptors, and says when it serves
 * them. This side agrees, the successor confirms that it has heard so, and has taken over with
 * that: now this side closes that socket, stops the servers as by {@link Server#stop()}, but that
 * who waits to be accepted is left to the successor, as are their Unix paths, and tells the
 * program. The successor hears when nobody here listens any more, whatever becomes of this object
 * and its loop. One that ends, or gives up, before it has confirmed changes nothing. One that has
 * confirmed has taken over, also if this process is told to stop before it hears of that.
 *
 * <p>Who may succeed: a process of the same user, or root's; others are turned away. This process
 * needs no descriptor for it that it has not taken in {@link #offer}. One at a time: whoever asks
 * takes the place of one who asked before and has not said that it is ready. One who asks while
 * another has been agreed with is told that it is busy (EBUSY), unless that one has said nothing
 * for {@link #AGREED_NANOS}, and so hangs, or is gone. Who asks while one of the servers is being
 * stopped is turned away.
 *
 * <p>Ownership: the servers are the program's; a duplicate of each listener is held until {@link
 * #close}, the success, or the stop of one of the servers, whichever is first: where nobody accepts
 * any more, nobody is to connect. Threads: any; not on one of several loops.
 */
public final class Succession implements AutoCloseable {

  static final byte LISTENER = 'L';
  static final byte ALL = 'A';
  static final byte BUSY = 'B';
  static final byte READY = 'R';
  static final byte AGREED = 'G';
  static final byte TAKEN = 'T';
  static final byte DONE = 'D';

  /** After a {@link #LISTENER}: whether a path follows, as the three numbers of its identity. */
  static final byte WITHOUT_PATH = 0;

  static final byte WITH_PATH = 1;
  static final int IDENTITY_BYTES = 2 * Integer.BYTES + Long.BYTES;

  /** How long one who was agreed with has to confirm it, if another one asks: a moment's work. */
  static final long AGREED_NANOS = 5_000_000_000L; // 5 s

  /** More than one, as who asked before may not be gone yet. */
  private static final int MAX_CONVERSATIONS = 64;

  /** More than one says that is agreed with: that it is ready once more, and has taken over. */
  private static final int UNREAD_BYTES = 64;

  private static final int ROOT = 0;

  private final EventLoop loop;
  private final Sys sys;
  private final int user; // whose this process is
  private final List<Server> servers;
  private final Runnable succeeded;
  private final List<Integer> duplicates = new ArrayList<>();
  private final AtomicBoolean closed = new AtomicBoolean(); // the duplicates
  private volatile @Nullable Server door;
  private boolean over; // of the loop
  private @Nullable Heir latest; // of the loop

  private Succession(EventLoop loop, List<Server> servers, Runnable succeeded) throws SysException {
    this.loop = loop;
    this.sys = loop.sys();
    this.user = ownUser(sys);
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
   * @param succeeded called on the loop, when it has taken over and the servers are told to stop;
   *     what it throws is the loop's to report
   * @throws SysException if that cannot be listened at; then nothing is left open
   */
  public static Succession offer(
      EventLoop loop, UnixAddress at, List<Server> servers, Runnable succeeded)
      throws SysException {
    if (servers.isEmpty() || servers.size() > Ancillary.MAX_FDS) {
      throw new IllegalArgumentException(
          servers.size() + " servers to hand over: from 1 to " + Ancillary.MAX_FDS);
    }
    Succession succession = new Succession(loop, servers, succeeded);
    boolean done = false;
    try {
      for (Server each : servers) {
        succession.duplicates.add(each.duplicateListener());
      }
      ServerOptions options =
          ServerOptions.at(at)
              .withKeepsLast() // who is out of descriptors can be succeeded
              .withMaxConnections(MAX_CONVERSATIONS)
              .withConnection(ConnectionOptions.DEFAULT.withAllIdle(Duration.ZERO))
              .withSocket(SocketSetup.DEFAULT.withReplaceStale(true));
      boolean ran =
          OnLoop.run(
              loop,
              () -> {
                Server door = Server.open(loop, options, _ -> succession.new Heir());
                succession.door = door;
                door.path.whenRemoved(succession::doorCloses);
              });
      if (!ran) {
        throw new IllegalStateException(loop + " is closed");
      }
      done = true;
      succession.endWithServers();
      return succession;
    } finally {
      if (!done) {
        succession.closeDuplicates();
      }
    }
  }

  /**
   * Offers them no longer: nobody who has not taken over by now will, and one who has, unheard, is
   * heard now. Idempotent. Waits for the loop, as {@link Server#close} does.
   */
  @Override
  public void close() {
    try {
      boolean _ = OnLoop.runUnlessAway(loop, this::closeInLoop);
    } catch (SysException e) {
      throw new IllegalStateException("closing makes no call that fails", e);
    }
    if (loop.isClosed()) {
      closeDuplicates();
    }
  }

  private void closeInLoop() {
    Heir heir = latest;
    if (!over && heir != null && heir.takesOver()) {
      return;
    }
    over = true;
    Server open = door;
    if (open != null) {
      open.close();
    }
    closeDuplicates();
  }

  /**
   * If that is not this object's doing, its loop is being closed: the descriptors are there yet.
   */
  private void doorCloses() {
    Heir heir = latest;
    if (!over && heir != null) {
      boolean _ = heir.isConfirmed(); // then it is not known whether it hears of that
    }
  }

  /** Nobody accepts any more where a server has stopped; a duplicate would keep it listening. */
  private void endWithServers() {
    for (Server each : servers) {
      var _ =
          each.deaf.thenRun(() -> {
            if (loop.inLoop()) { // at once: the process may end when the stop is complete
              endUnlessSucceeded();
            } else if (!loop.offer(this::endUnlessSucceeded)) {
              var _ = CompletableFuture.runAsync(this::close); // which waits for the loop
            }
          });
    }
  }

  private void endUnlessSucceeded() {
    if (!over) {
      closeInLoop();
    }
  }

  private void closeDuplicates() {
    if (!closed.getAndSet(true)) {
      duplicates.forEach(sys::close);
    }
  }

  /** The successor has taken over. On the loop's thread. */
  private void succeed(Connection successor) {
    over = true;
    step(() -> successor.detach(given -> tellWhenDeaf(given.fd())));
    Server open = door;
    if (open != null) {
      step(open::stop); // with its path, which is the successor's now, when it hears of that
    }
    closeDuplicates();
    for (Server each : servers) {
      step(each::handOver);
    }
    step(succeeded);
  }

  /** One of several things that are done whatever the others throw. */
  private void step(Runnable one) {
    try {
      one.run();
    } catch (Throwable t) {
      loop.report("a step of a succession", t);
    }
  }

  /**
   * Tells the successor when no loop listens any more, and closes its descriptor. That is nobody
   * else's: neither the end of this object nor that of the loop says it too early.
   */
  private void tellWhenDeaf(int fd) {
    CompletableFuture<?>[] ends =
        servers.stream().map(each -> each.deaf).toArray(CompletableFuture<?>[]::new);
    var _ =
        CompletableFuture.allOf(ends)
            .thenRun(() -> {
              try {
                int _ = send(sys, fd, DONE);
              } finally {
                int _ = sys.close(fd);
              }
            });
  }

  /** Sends a byte at once; 1, or -errno. */
  static int send(Sys sys, int fd, byte what) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment one = arena.allocateFrom(JAVA_BYTE, what);
      return sys.send(fd, one.address(), 1, Linux.MSG_NOSIGNAL);
    }
  }

  /** A byte that says what it is, and what the successor is to know of the path. */
  private static ByteBuffer described(@Nullable UnixPath path) {
    ByteBuffer all = ByteBuffer.allocate(2 + IDENTITY_BYTES).put(LISTENER);
    if (path == null) {
      return all.put(WITHOUT_PATH).flip();
    }
    UnixPath.Identity made = path.identity();
    return all.put(WITH_PATH)
        .putInt(made.deviceMajor())
        .putInt(made.deviceMinor())
        .putLong(made.inode())
        .flip();
  }

  /** The user of this process. */
  static int ownUser(Sys sys) throws SysException {
    int[] own = Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
    try {
      return Ancillary.peerCredentials(sys, own[0]).uid();
    } finally {
      int _ = sys.close(own[0]);
      int _ = sys.close(own[1]);
    }
  }

  /** Whether listeners are taken from, and given to, such a process. */
  static boolean isTrusted(PeerCredentials peer, int user) {
    return peer.uid() == user || peer.uid() == ROOT;
  }

  /** The conversation with one successor. */
  private final class Heir implements ConnectionHandler {
    private @Nullable Connection connection;
    private final List<ServerPath> held = new ArrayList<>(); // until it is known whose they are
    private boolean agreed;
    private long agreedNanos;

    @Override
    public void opened(Connection opened) {
      connection = opened;
      try {
        boolean stopping = servers.stream().anyMatch(each -> each.path.isOver());
        if (over || stopping || !isTrusted(opened.peerCredentials(), user)) {
          opened.reset();
          return;
        }
        Heir before = latest;
        if (before != null && !before.makesWay()) {
          boolean _ = say(opened, BUSY);
          opened.close();
          return;
        }
        latest = this;
        for (int i = 0; i < duplicates.size(); i++) {
          if (!isSent(opened, duplicates.get(i), described(servers.get(i).path.file()))) {
            opened.reset(); // it would take the next ones for these
            return;
          }
        }
        boolean _ = say(opened, ALL);
      } catch (SysException e) {
        opened.reset(CloseCause.of(CloseReason.ERROR, e));
      }
    }

    /** Sends it at once, which needs no further descriptor here, as one that is queued would. */
    private boolean isSent(Connection to, int listener, ByteBuffer with) throws SysException {
      int _ = Ancillary.sendFds(sys, to.fd(), with, listener);
      return !with.hasRemaining(); // there is room for all that can be offered
    }

    /**
     * Ends this one for the sake of another, if it has not been agreed with, hangs, or is gone. It
     * does not if it has said something: that this loop has not read it is no fault of its own.
     * What it says from now on is an error for it, and is not lost in a socket that is about to be
     * closed.
     */
    private boolean makesWay() {
      Connection known = connection;
      if (known == null) {
        return true;
      }
      String said = unread(known);
      boolean isRecent = loop.nowNanos() - agreedNanos < AGREED_NANOS;
      if (agreed && said != null && (isRecent || !said.isEmpty())) {
        return false;
      }
      int _ = sys.shutdown(known.fd(), Linux.SHUT_RD);
      if (agreed && unread(known) != null) { // which came in between
        return false;
      }
      turnAway(known);
      return true;
    }

    /** Whether it has confirmed, unread: then it takes over. */
    private boolean takesOver() {
      Connection known = connection;
      if (known == null || !isConfirmed()) {
        return false;
      }
      succeed(known);
      return true;
    }

    /** Whether it has confirmed, unread; if not, it is too late for that from now on. */
    private boolean isConfirmed() {
      Connection known = connection;
      if (known == null || !agreed) {
        return false;
      }
      boolean isConfirmed = hasConfirmed(known);
      if (!isConfirmed) {
        int _ = sys.shutdown(known.fd(), Linux.SHUT_RD);
        isConfirmed = hasConfirmed(known); // in between
      }
      if (!isConfirmed) {
        turnAway(known);
      }
      return isConfirmed;
    }

    private boolean hasConfirmed(Connection from) {
      String said = unread(from);
      return said != null && said.indexOf(TAKEN) >= 0;
    }

    /** What it has said, and this loop has not read; null if no more will come. */
    private @Nullable String unread(Connection from) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment bytes = arena.allocate(UNREAD_BYTES);
        int n = sys.recv(from.fd(), bytes.address(), UNREAD_BYTES, Linux.MSG_PEEK);
        if (n == -Errno.EAGAIN) {
          return "";
        }
        return n <= 0 ? null : US_ASCII.decode(bytes.asSlice(0, n).asByteBuffer()).toString();
      }
    }

    /** Agrees, unless one of the servers is being stopped: its path may be gone. */
    private boolean agree() {
      for (Server each : servers) {
        if (!each.path.agree()) {
          return false;
        }
        held.add(each.path);
      }
      return true;
    }

    private void disagree() {
      held.forEach(ServerPath::disagree);
      held.clear();
    }

    private void turnAway(Connection from) {
      disagree();
      if (latest == this) {
        latest = null;
      }
      from.reset();
    }

    @Override
    public void received(Connection from, ByteBuffer data) {
      while (data.hasRemaining()) {
        byte said = data.get();
        if (said == READY && latest == this && !over) {
          agreedNanos = loop.nowNanos();
          if (agreed) {
            int _ = send(sys, from.fd(), AGREED); // if it has gone, it may have confirmed
          } else if (agree() && say(from, AGREED)) {
            agreed = true;
          } else {
            turnAway(from);
          }
        } else if (said == TAKEN && agreed && !over) {
          succeed(from);
        }
      }
    }

    @Override
    public void closed(Connection ended, CloseCause cause) {
      if (cause.reason() != CloseReason.CUT_OFF) { // else its loop is: it may have confirmed
        disagree();
      }
      if (latest == this) {
        latest = null;
      }
    }

    /**
     * Sends it at once; resets who does not take it. Nothing is ever queued: that would be in the
     * way of giving the descriptor away to {@link #tellWhenDeaf}.
     */
    private boolean say(Connection to, byte what) {
      boolean isSent = send(sys, to.fd(), what) == 1;
      if (!isSent) {
        to.reset();
      }
      return isSent;
    }
  }
}
