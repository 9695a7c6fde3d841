package dev.pollux.net;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.poll.Capability;
import dev.pollux.sys.Linux;
import dev.pollux.sys.SockAddr;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import dev.pollux.sys.UnixAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Accepts connections, on one loop or on many.
 *
 * <pre>{@code
 * try (LoopGroup loops = LoopGroup.start(4, LoopOptions.DEFAULT);
 *     Server server = Server.start(loops, ServerOptions.at(address), connection -> new Echo())) {
 *   ...
 * }
 * }</pre>
 *
 * <p>Ownership: the listening descriptors are the server's, and so are its connections; the loops
 * stay the caller's: close the server first. A Unix path stays in the file system. Threads: {@link
 * #start} and {@link #close} not on one of several loops, because they wait for the others; {@link
 * #open} on its loop's; everything else on any.
 */
public final class Server implements AutoCloseable {

  private final Sys sys;
  private final ServerOptions options;
  private final List<ServerLoop> members = new ArrayList<>();

  /** Of the listeners, one a loop at most: there is room before they are opened. */
  private final int[] fds;

  private int fdCount;
  private final AtomicInteger connectionCount = new AtomicInteger();
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger listening; // loops that have not stopped
  private @Nullable LoopGroup acceptor;
  private @Nullable ServerLoop accepting;
  private SocketAddress address;
  private volatile boolean stopping;
  private final AtomicBoolean closed = new AtomicBoolean();

  private Server(
      List<EventLoop> loops,
      ServerOptions options,
      HandlerFactory factory,
      ServerListener observer) {
    this.sys = loops.getFirst().sys();
    this.options = options;
    this.address = options.address();
    this.listening = new AtomicInteger(loops.size());
    this.fds = new int[loops.size()];
    for (EventLoop loop : loops) {
      if (loop.isClosed()) { // it would listen, and nobody would accept
        throw new IllegalStateException(loop + " is closed");
      }
      members.add(new ServerLoop(loop, options, factory, observer, connectionCount));
    }
  }

  /**
   * A server on one loop, which accepts there.
   *
   * @throws SysException if it cannot listen; then nothing is left open
   */
  public static Server open(EventLoop loop, ServerOptions options, HandlerFactory factory)
      throws SysException {
    return open(loop, options, factory, ServerListener.NONE);
  }

  /** As above, with somebody to tell of exhaustion. */
  public static Server open(
      EventLoop loop, ServerOptions options, HandlerFactory factory, ServerListener observer)
      throws SysException {
    loop.requireInLoop("Server.open");
    Server server = new Server(List.of(loop), options, factory, observer);
    return server.orClosed(() -> server.listenOn(server.members.getFirst(), server.bind(false)));
  }

  /**
   * A server on all loops of a group, which accept as {@link ServerOptions#acceptMode} says.
   *
   * @throws SysException if it cannot listen; then nothing is left open
   * @throws UnsupportedOperationException if the platform lacks the mode
   * @throws IllegalStateException if a loop of the group is closed
   */
  public static Server start(LoopGroup group, ServerOptions options, HandlerFactory factory)
      throws SysException {
    return start(group, options, factory, ServerListener.NONE);
  }

  /** As above, with somebody to tell of exhaustion. */
  public static Server start(
      LoopGroup group, ServerOptions options, HandlerFactory factory, ServerListener observer)
      throws SysException {
    Server server = new Server(group.loops(), options, factory, observer);
    return server.orClosed(
        switch (options.acceptMode()) {
          case ACCEPTOR -> () -> server.listenApart(factory, observer);
          case REUSEPORT -> server::listenEach;
          case EXCLUSIVE -> server::listenTogether;
        });
  }

  /** Where it listens, with the port that the kernel chose. */
  public SocketAddress address() {
    return address;
  }

  /** How many connections are open. */
  public int connectionCount() {
    return connectionCount.get();
  }

  /** The open connections of one loop: a snapshot. On that loop's thread. */
  public List<Connection> connections(EventLoop loop) {
    loop.requireInLoop("Server.connections");
    for (ServerLoop member : members) {
      if (member.loop().equals(loop)) {
        return List.copyOf(member.connections());
      }
    }
    throw new IllegalArgumentException(loop + " is not one of this server's loops");
  }

  /**
   * Stops in order: accepts what has come so far and no more, gives the listeners back, and
   * {@linkplain Connection#finish finishes} every connection. Returns at once; {@link #isFinished}
   * tells when it is done. Idempotent.
   */
  public void stop() {
    synchronized (fds) {
      if (stopping) {
        return;
      }
      stopping = true;
    }
    ServerLoop apart = accepting;
    if (apart == null) {
      stopMembers();
      return;
    }
    Runnable inTurn =
        () -> { // first, so that what it dealt out comes before the end of who got it
          try {
            apart.stop();
          } finally {
            stopMembers();
          }
        };
    if (!OnLoop.post(apart.loop(), inTurn)) {
      stopMembers();
    }
  }

  /** Whether a {@link #stop} is complete, or the server is closed. */
  public boolean isFinished() {
    return stopping && listening.get() <= 0 && connectionCount.get() == 0;
  }

  private void stopMembers() {
    for (ServerLoop member : members) {
      Runnable inTurn =
          () -> {
            try {
              member.stop();
              // A caller who steps the loop is to see, before it sleeps, that this was all.
              member.loop().poller().wakeup();
            } finally {
              stopped();
            }
          };
      if (!OnLoop.post(member.loop(), inTurn)) {
        stopped();
      }
    }
  }

  /** One loop does not listen any more; after the last, the listeners are closed. */
  private void stopped() {
    if (listening.decrementAndGet() == 0) {
      closeListeners();
    }
  }

  private void closeListeners() {
    synchronized (fds) {
      while (fdCount > 0) {
        int _ = sys.close(fds[--fdCount]);
      }
    }
  }

  /**
   * Ends all connections at once, and gives the listeners back. Idempotent. Their handlers are told
   * in the closing phase of their loops' turns, which may be after this returns.
   */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    stopping = true;
    try {
      ServerLoop apart = accepting;
      if (apart != null) {
        closeOn(apart);
      }
      members.forEach(Server::closeOn);
      LoopGroup own = acceptor;
      if (own != null) {
        own.close();
      }
    } finally { // there is no second close
      listening.set(0);
      closeListeners();
    }
  }

  @Override
  public String toString() {
    return "server at " + address;
  }

  private static void closeOn(ServerLoop member) {
    try {
      OnLoop.run(member.loop(), member::close);
    } catch (SysException e) {
      throw new IllegalStateException("closing makes no call that fails", e);
    }
  }

  /** Sets it up; closes it if that fails. */
  private Server orClosed(OnLoop.Task listening) throws SysException {
    try {
      listening.run();
      return this;
    } catch (Throwable t) {
      close();
      throw t;
    }
  }

  /** A loop of its own accepts and deals out. */
  private void listenApart(HandlerFactory factory, ServerListener observer) throws SysException {
    if (members.size() == 1) {
      listenOn(members.getFirst(), bind(false));
      return;
    }
    LoopOptions like = members.getFirst().loop().options();
    LoopGroup own = LoopGroup.start(sys, 1, like.withName(like.name() + "-acceptor"));
    acceptor = own;
    ServerLoop apart =
        new ServerLoop(own.loops().getFirst(), options, factory, observer, connectionCount);
    accepting = apart;
    int fd = bind(false);
    OnLoop.run(apart.loop(), () -> apart.listen(fd, false, this::dealOut));
  }

  /** Each loop has a listener on the same address. */
  private void listenEach() throws SysException {
    if (address instanceof UnixAddress) {
      throw new UnsupportedOperationException(
          "SO_REUSEPORT does not spread Unix sockets: use another accept mode for " + address);
    }
    for (ServerLoop member : members) {
      listenOn(member, bind(true));
    }
  }

  /** All loops watch one listener. */
  private void listenTogether() throws SysException {
    for (ServerLoop member : members) {
      if (!member.loop().poller().supports(Capability.EXCLUSIVE)) {
        throw new UnsupportedOperationException(
            "exclusive wake-ups are not to be had on "
                + member.loop()
                + ": use epoll, or another accept mode");
      }
    }
    int fd = bind(false);
    for (ServerLoop member : members) {
      OnLoop.run(
          member.loop(),
          () -> member.listen(fd, true, (_, taken, peer) -> member.adopt(taken, peer)));
    }
  }

  private void listenOn(ServerLoop member, int fd) throws SysException {
    OnLoop.run(
        member.loop(),
        () -> member.listen(fd, false, (_, taken, peer) -> member.adopt(taken, peer)));
  }

  private void dealOut(Listener listener, int fd, @Nullable SocketAddress peer) {
    Handover handover = null;
    boolean offered = false;
    try {
      ServerLoop member = nextMember();
      for (int i = 1; i < members.size() && member.loop().isClosed(); i++) {
        member = nextMember();
      }
      handover = new Handover(member, fd, peer);
      offered = member.loop().offer(handover);
    } finally { // an Error of the wake-up leaves the task queued
      if (!offered && (handover == null || handover.claim())) {
        int _ = sys.close(fd);
        listener.shed();
      }
    }
  }

  /** An accepted descriptor on its way to another loop: whoever claims it owns it. */
  private static final class Handover implements Runnable {
    private final ServerLoop taker;
    private final int fd;
    private final @Nullable SocketAddress peer;
    private final AtomicBoolean claimed = new AtomicBoolean();

    Handover(ServerLoop taker, int fd, @Nullable SocketAddress peer) {
      this.taker = taker;
      this.fd = fd;
      this.peer = peer;
    }

    boolean claim() {
      return !claimed.getAndSet(true);
    }

    @Override
    public void run() {
      if (claim()) {
        taker.adopt(fd, peer);
      }
    }
  }

  private ServerLoop nextMember() {
    return members.get(Math.floorMod(next.getAndIncrement(), members.size()));
  }

  /** A listening descriptor, which is this server's from then on. */
  private int bind(boolean reusePort) throws SysException {
    if (address instanceof UnixAddress path) {
      int fd = Sockets.unixListener(sys, path, options.backlog());
      fds[fdCount++] = fd;
      return fd;
    }
    int fd = Sockets.open(sys, SockAddr.family(address), Linux.SOCK_STREAM);
    fds[fdCount++] = fd;
    Sockets.setOption(sys, fd, Linux.SOL_SOCKET, Linux.SO_REUSEADDR, 1);
    if (reusePort) {
      Sockets.setOption(sys, fd, Linux.SOL_SOCKET, Linux.SO_REUSEPORT, 1);
    }
    if (options.connection().noDelay()) {
      // Linux: what is accepted inherits it, which saves a call for each connection.
      Sockets.setOption(sys, fd, Linux.IPPROTO_TCP, Linux.TCP_NODELAY, 1);
    }
    Sockets.bind(sys, fd, address);
    Sockets.listen(sys, fd, options.backlog());
    address = Sockets.localAddress(sys, fd);
    return fd;
  }
}
