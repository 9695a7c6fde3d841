package dev.pollux.net;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.poll.Capability;
import dev.pollux.sys.Addresses;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import dev.pollux.sys.UnixAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
 * stay the caller's: close the server first. A Unix path that it has made is removed when it stops
 * or closes, or the last loop that accepts, if the file is still its own; where a {@link
 * Succession} has just agreed with a successor, when it is known that it is not that one's.
 * Threads: {@link #start} and {@link #close} not on one of several loops, because they wait for the
 * others; {@link #open} on its loop's; everything else on any.
 */
public final class Server implements AutoCloseable {

  private final Sys sys;
  private final ServerOptions options;
  private final ServerListener observer;
  private final List<ServerLoop> members = new ArrayList<>();
  final ServerPath path = new ServerPath();
  private final ServerCounters counters = new ServerCounters(this::noteFinished, path::remove);
  private final AtomicInteger listening; // loops that have not stopped
  private @Nullable LoopGroup acceptor;
  private @Nullable ServerLoop accepting;
  private volatile SocketAddress address;
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final CompletableFuture<@Nullable Void> stopped = new CompletableFuture<>();
  final CompletableFuture<@Nullable Void> deaf = new CompletableFuture<>(); // no loop listens

  private Server(
      List<EventLoop> loops,
      ServerOptions options,
      HandlerFactory factory,
      ServerListener observer) {
    this.observer = LoggingServerListener.forServer(this, observer);
    this.sys = loops.getFirst().sys();
    this.options = options;
    this.address = Opening.ours(options.address());
    this.listening = new AtomicInteger(loops.size());
    for (EventLoop loop : loops) {
      if (loop.isClosed()) { // it would listen, and nobody would accept
        throw new IllegalStateException(loop + " is closed");
      }
      members.add(new ServerLoop(loop, options, factory, this.observer, counters));
    }
  }

  /**
   * A server on one loop, which accepts there. Its logger tells when the system is out of
   * something.
   *
   * @throws SysException if it cannot listen; then nothing is left open
   */
  public static Server open(EventLoop loop, ServerOptions options, HandlerFactory factory)
      throws SysException {
    return open(loop, options, factory, LoggingServerListener.OF_ANY);
  }

  /**
   * A server on one loop, as {@link #open(EventLoop, ServerOptions, HandlerFactory)}, with somebody
   * to tell of exhaustion in the logger's place.
   */
  public static Server open(
      EventLoop loop, ServerOptions options, HandlerFactory factory, ServerListener observer)
      throws SysException {
    loop.requireInLoop("Server.open");
    Server server = new Server(List.of(loop), options, factory, observer);
    return server.orClosed(() -> server.listenAlone(server.members.getFirst(), false));
  }

  /**
   * A server on all loops of a group, which accept as {@link ServerOptions#acceptMode} says. Its
   * logger tells when the system is out of something.
   *
   * @throws SysException if it cannot listen; then nothing is left open
   * @throws UnsupportedOperationException if the platform lacks the mode
   * @throws IllegalStateException if a loop of the group is closed
   */
  public static Server start(LoopGroup group, ServerOptions options, HandlerFactory factory)
      throws SysException {
    return start(group, options, factory, LoggingServerListener.OF_ANY);
  }

  /**
   * A server on all loops of a group, as {@link #start(LoopGroup, ServerOptions, HandlerFactory)},
   * with somebody to tell of exhaustion in the logger's place.
   */
  public static Server start(
      LoopGroup group, ServerOptions options, HandlerFactory factory, ServerListener observer)
      throws SysException {
    Server server = new Server(group.loops(), options, factory, observer);
    return server.orClosed(
        switch (options.acceptMode()) {
          case ACCEPTOR -> () -> server.listenApart(factory);
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
    return counters.openCount();
  }

  /** What it has done so far. */
  public ServerStats stats() {
    return counters.stats();
  }

  /** What passed through it so far, and how its connections ended: the same object each time. */
  public ServerTraffic traffic() {
    return counters.traffic();
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
   * {@linkplain Connection#finish finishes} every connection, whose handler is told. One that has
   * been there for less than a second without a word of its peer's is given the rest of that
   * second, within {@link ConnectionOptions#closeGrace}: who connects sends his request a moment
   * later, and would find an end. Returns at once; {@link #stopped} tells when it is done.
   * Idempotent.
   *
   * <p>A loop whose task queue is full is waited for, to make room, as long as somebody runs it.
   * Where nobody does, it does not hear of the stop, which is complete with {@link #close} only.
   */
  public void stop() {
    if (!stopping.getAndSet(true)) {
      path.remove();
      stopAll(-1, true);
    }
  }

  /**
   * Stops as {@link #stop()}, for at most so long; what is not over then is reset, whoever works on
   * an answer or is slow to read one. After a {@link #stop} without a time, this adds one; of
   * several times the first to be over counts. With less than two seconds nobody is given time for
   * first words.
   *
   * @param atMost zero: what is not over at once is reset; more than 146 years count as 146 years
   */
  public void stop(Duration atMost) {
    long nanos = OptionChecks.nanos("atMost", atMost);
    stopping.set(true);
    path.remove();
    stopAll(nanos, true);
  }

  /**
   * Stops as {@link #stop()}, in favour of a process that has the same listener: that is left its
   * file, and whoever waits to be accepted.
   */
  void handOver() {
    path.keep();
    if (!stopping.getAndSet(true)) {
      stopAll(-1, false);
    }
  }

  /**
   * Accepts those that a predecessor with the same listener was told of and has left. Any thread.
   */
  void lookAgain() {
    if (options.acceptMode() == AcceptMode.EXCLUSIVE) { // else everybody is told
      for (ServerLoop member : members) {
        boolean _ = OnLoop.post(member.loop(), member::lookAgain);
      }
    }
  }

  private void stopAll(long atMostNanos, boolean lastAccepts) {
    ServerLoop apart = accepting;
    if (apart == null) {
      stopMembers(atMostNanos, lastAccepts);
      return;
    }
    Runnable inTurn =
        () -> { // first, so that what it dealt out comes before the end of who got it
          try {
            apart.stop(atMostNanos, lastAccepts);
          } finally {
            stopMembers(atMostNanos, lastAccepts);
          }
        };
    if (!OnLoop.post(apart.loop(), inTurn)) {
      stopMembers(atMostNanos, lastAccepts);
    }
  }

  /** Whether a {@link #stop} is complete, or the server is closed. */
  public boolean isFinished() {
    return stopping.get() && listening.get() <= 0 && counters.openCount() == 0;
  }

  /**
   * Completed when a {@link #stop} is complete, or the server is closed: nothing listens, and every
   * handler has heard that its connection is closed. Never completed with an exception. Each call
   * returns one of its own, which the caller may complete or cancel, and which the server knows
   * from then on: who asks again and again asks {@link #isFinished}.
   *
   * <p>Threads: any. What depends on it runs where the last connection ends, mostly in a turn of a
   * loop: long work there goes by {@code thenRunAsync}, and {@code join} is for other threads.
   */
  public CompletableFuture<@Nullable Void> stopped() {
    return stopped.copy();
  }

  private void noteFinished() {
    if (isFinished()) {
      boolean _ = stopped.complete(null);
    }
  }

  private void stopMembers(long atMostNanos, boolean lastAccepts) {
    Throwable first = null;
    for (ServerLoop member : members) {
      try {
        stopMember(member, atMostNanos, lastAccepts);
      } catch (Throwable t) { // the others are told all the same
        first = first == null ? t : first;
      }
    }
    OnLoop.rethrow(first);
  }

  private void stopMember(ServerLoop member, long atMostNanos, boolean lastAccepts) {
    Runnable inTurn =
        () -> {
          try {
            member.stop(atMostNanos, lastAccepts);
            // A caller who steps the loop is to see, before it sleeps, that this was all.
            member.loop().poller().wakeup();
          } finally {
            noLongerListens(member);
          }
        };
    if (!OnLoop.post(member.loop(), inTurn) && member.loop().isClosed()) {
      noLongerListens(member);
    }
  }

  private void noLongerListens(ServerLoop member) {
    if (member.isFirstStop()) {
      if (listening.decrementAndGet() <= 0) {
        LoopGroup own = acceptor;
        if (own != null) {
          own.stop(); // the thread ends; it is waited for by close()
        }
        boolean _ = deaf.complete(null);
      }
      noteFinished();
    }
  }

  /**
   * Ends all connections at once, and gives the listeners back. Idempotent. A peer that was sent
   * something, or for which somebody {@linkplain Connection#hold works}, sees a reset, unless the
   * stream was ended before: it might not have everything. Their handlers are told in the closing
   * phase of their loops' turns, which may be after this returns.
   *
   * <p>Off a loop's thread this waits for the loop to do it. A loop whose thread lives, but has
   * been away from {@link EventLoop#run} for a second, is not waited for any longer: it closes what
   * is there when it runs again, or is closed itself.
   */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    stopping.set(true);
    path.remove();
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
      boolean _ = deaf.complete(null);
      noteFinished();
    }
  }

  @Override
  public String toString() {
    return "server at " + Addresses.text(address);
  }

  private static void closeOn(ServerLoop member) {
    try {
      boolean _ = OnLoop.runUnlessAway(member.loop(), member::close);
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
  private void listenApart(HandlerFactory factory) throws SysException {
    if (members.size() == 1) {
      listenAlone(members.getFirst(), false);
      return;
    }
    LoopOptions like = members.getFirst().loop().options();
    LoopGroup own = LoopGroup.start(sys, 1, like.withName(like.name() + "-acceptor"));
    acceptor = own;
    ServerLoop apart = new ServerLoop(own.loops().getFirst(), options, factory, observer, counters);
    accepting = apart;
    listenOn(apart, bind(false), false, new Dealer(apart, members));
  }

  /** Each loop has a listener on the same address. */
  private void listenEach() throws SysException {
    if (address instanceof UnixAddress) {
      throw new UnsupportedOperationException(
          "SO_REUSEPORT does not spread Unix sockets: use another accept mode for "
              + Addresses.text(address));
    }
    if (options.descriptor() >= 0) {
      throw new UnsupportedOperationException(
          "one inherited descriptor is not one for each loop: use another accept mode");
    }
    for (ServerLoop member : members) {
      listenAlone(member, true);
    }
  }

  /** All loops watch one listener, each by a descriptor of its own. */
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
    try {
      for (ServerLoop member : members) {
        int own = sys.fcntl(fd, Linux.F_DUPFD_CLOEXEC, 0);
        listenOn(member, SysException.check("fcntl(fd=" + fd + ")", own), true, member::adopt);
      }
    } finally {
      int _ = sys.close(fd);
    }
  }

  private void listenAlone(ServerLoop member, boolean reusePort) throws SysException {
    listenOn(member, bind(reusePort), false, member::adopt);
  }

  /** Has a loop accept by a descriptor, which becomes its own; after an exception it is closed. */
  private void listenOn(ServerLoop member, int fd, boolean exclusive, Listener.Sink sink)
      throws SysException {
    boolean taken = false;
    try {
      taken = OnLoop.run(member.loop(), () -> member.listen(fd, exclusive, sink));
      if (!taken) {
        throw new IllegalStateException(member.loop() + " is closed");
      }
    } finally {
      if (!taken) {
        int _ = sys.close(fd);
      }
    }
  }

  /** A listening descriptor, which is the caller's. */
  private int bind(boolean reusePort) throws SysException {
    int fd =
        options.descriptor() >= 0
            ? Opening.inherited(sys, options)
            : Opening.listener(sys, address, options, reusePort);
    boolean done = false;
    try {
      address = Sockets.localAddress(sys, fd);
      if (options.descriptor() < 0 && address instanceof UnixAddress bound) {
        path.set(UnixPath.of(sys, bound));
      }
      done = true;
      return fd;
    } finally {
      if (!done) {
        int _ = sys.close(fd);
      }
    }
  }

  /**
   * A duplicate of a listening descriptor, which is the caller's; on no loop's thread but that
   * which accepts.
   *
   * @throws UnsupportedOperationException if each loop has a listener of its own
   * @throws IllegalStateException if nobody listens any more
   */
  int duplicateListener() throws SysException {
    if (options.acceptMode() == AcceptMode.REUSEPORT && members.size() > 1) {
      throw new UnsupportedOperationException(
          this + " has a listener on each loop, and none for all: use another accept mode");
    }
    ServerLoop apart = accepting;
    ServerLoop listens = apart == null ? members.getFirst() : apart;
    int[] copy = {-Errno.EBADF};
    boolean ran = OnLoop.run(listens.loop(), () -> copy[0] = listens.duplicateListener());
    if (!ran || copy[0] == -Errno.EBADF) {
      throw new IllegalStateException(this + " does not listen any more");
    }
    return SysException.check("fcntl(F_DUPFD_CLOEXEC)", copy[0]);
  }
}
