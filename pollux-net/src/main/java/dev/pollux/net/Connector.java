package dev.pollux.net;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopHandler;
import dev.pollux.loop.LoopTimer;
import dev.pollux.poll.Event;
import dev.pollux.poll.Interest;
import dev.pollux.poll.Registration;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.Addresses;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Connects to a host by its name: looks it up away from the loop, and tries its addresses, until
 * one of them has connected.
 *
 * <pre>{@code
 * Connector.connect(loop, ConnectOptions.to("example.org", 80), handler, cause -> tryLater());
 * }</pre>
 *
 * <p>A literal address is not looked up. The addresses of a name are tried as RFC 8305 (happy
 * eyeballs) says: those of IPv6 and of IPv4 by turns, beginning with the family of the first, each
 * {@link ConnectOptions#attemptDelay} after the one before, or at once if that has failed.
 * Whichever connects first has won; the others are closed. One time limits all of it. An attempt
 * that was connected to itself, as may happen on the loopback where nobody listens, is refused; a
 * Unix listener whose backlog is full is tried again, after pauses.
 *
 * <p>Then {@link ConnectionHandler#opened} is called, and all that follows is the {@link
 * Connection}'s. If there is none, {@code failed} is called instead, once: never within a call of
 * the program's, and in the closing phase of a turn.
 *
 * <p>Ownership: sockets and timers are its own until then, and nothing is left of it after; while
 * it lasts, it takes a descriptor for each attempt and one more. Threads: the loop's. Limits:
 * {@link #MAX_ADDRESSES}.
 *
 * <p>Source: RFC 8305, sections 4 and 5; RFC 9293, 3.5 for a connection to oneself.
 */
public final class Connector {

  /** Of a host that has more addresses, these many are tried. */
  public static final int MAX_ADDRESSES = 64;

  private final EventLoop loop;
  private final ConnectOptions options;
  private final ConnectionHandler handler;
  private final Consumer<CloseCause> failed;
  private final Anchor anchor = new Anchor();
  private final LoopTimer limit = new LoopTimer(this::timedOut);
  private final LoopTimer stagger = new LoopTimer(this::tryNext);
  private final ArrayDeque<SocketAddress> waiting = new ArrayDeque<>();
  private final List<ConnectAttempt> underWay = new ArrayList<>();
  private final StringJoiner failures = new StringJoiner("; ");
  private int firstErrno;
  private int triedCount;
  private volatile boolean over; // written by the loop; who looks up asks
  private @Nullable CloseCause cause;
  private @Nullable Connection won; // with TLS, for its handshake

  private Connector(
      EventLoop loop,
      ConnectOptions options,
      ConnectionHandler handler,
      Consumer<CloseCause> failed) {
    this.loop = loop;
    this.options = options;
    this.handler = Objects.requireNonNull(handler, "handler");
    this.failed = Objects.requireNonNull(failed, "failed");
  }

  /**
   * Begins to connect.
   *
   * <p>With TLS there is a connection as soon as an address has connected: of a handshake that
   * fails, or is not done in {@linkplain Tls#withHandshakeTime its time}, the handler is told, by
   * {@link ConnectionHandler#closed} without {@code opened}, and {@code failed} is not. A server
   * that refuses the client's certificate by TLS 1.3 says so after {@code opened}.
   *
   * @param failed told why there is no connection, with {@link CloseReason#CONNECT_FAILED}, and an
   *     {@link UnknownHostException} if the name has no address; CLOSED after {@link #cancel};
   *     CUT_OFF if the loop closes; ERROR, with what was thrown, if an attempt cannot be made
   * @throws SysException if there is no descriptor to begin with; nobody is called then, and
   *     nothing is left, as after any other exception
   */
  public static Connector connect(
      EventLoop loop,
      ConnectOptions options,
      ConnectionHandler handler,
      Consumer<CloseCause> failed)
      throws SysException {
    loop.requireInLoop("Connector.connect");
    Connector connector = new Connector(loop, options, handler, failed);
    connector.anchor.hold();
    boolean done = false;
    try {
      connector.begin();
      done = true;
      return connector;
    } finally {
      if (!done) {
        connector.undo();
      }
    }
  }

  /**
   * Gives up: what is under way is closed, and {@code failed} is told. With TLS, during the
   * handshake, the connection is reset, and its handler is told that instead, with CLOSED. Does
   * nothing once over.
   */
  public void cancel() {
    loop.requireInLoop("Connector.cancel");
    Connection securing = won;
    if (securing != null && isSecuring()) {
      securing.reset(CloseCause.CLOSED);
    }
    end(CloseCause.CLOSED);
  }

  /**
   * Whether it has connected, failed, or been cancelled. With TLS it has connected when the
   * handshake is done, and failed when that has.
   */
  public boolean isOver() {
    return over && !isSecuring();
  }

  private boolean isSecuring() {
    Connection connection = won;
    return connection != null && connection.link().ending.isSecuring();
  }

  @Override
  public String toString() {
    return "connector to " + options.target() + (isOver() ? ", over" : "");
  }

  // ---- looking up

  private void begin() {
    if (options.timeoutNanos() > 0) {
      loop.schedule(limit, options.timeoutNanos());
    }
    String host = options.host();
    SocketAddress address = options.address();
    if (address == null && host != null) {
      address = literal(host, options.port());
    }
    if (address != null) {
      waiting.add(address);
      tryNext();
    } else if (host != null) {
      Reply reply = new Reply();
      try {
        options.resolver().resolve(host, reply);
      } catch (Throwable t) { // it is the program's: a failure, as any other
        reply.failed(t);
      }
    }
  }

  /** The address that a text is; null if it is a name. */
  private static @Nullable SocketAddress literal(String host, int port) {
    try {
      return new InetSocketAddress(InetAddress.ofLiteral(host), port);
    } catch (IllegalArgumentException _) {
      return null;
    }
  }

  /** Brings the answer to the loop, from whatever thread. */
  private final class Reply implements Resolver.Answer {

    @Override
    public boolean isWanted() {
      return !over;
    }

    @Override
    public void resolved(List<InetAddress> addresses) {
      List<InetAddress> copy;
      try {
        copy = LookupPool.checked(String.valueOf(options.host()), addresses);
      } catch (Throwable t) { // the list is the program's
        failed(t);
        return;
      }
      boolean _ = OnLoop.post(loop, () -> Connector.this.resolved(copy));
    }

    @Override
    public void failed(Throwable thrown) {
      boolean _ = OnLoop.post(loop, () -> unresolved(thrown));
    }
  }

  private void resolved(List<InetAddress> addresses) {
    if (over || triedCount > 0 || !waiting.isEmpty()) {
      return; // too late, or a second answer
    }
    if (addresses.isEmpty()) {
      unresolved(new UnknownHostException(options.host() + ": no address"));
      return;
    }
    for (InetAddress each : byTurns(addresses)) {
      waiting.add(new InetSocketAddress(each, options.port()));
    }
    tryNext();
  }

  private void unresolved(Throwable thrown) {
    if (triedCount == 0 && waiting.isEmpty()) {
      end(new CloseCause(CloseReason.CONNECT_FAILED, 0, "connect: " + thrown, thrown));
    }
  }

  /** One of each family by turns, beginning with that of the first; each in its order. */
  static List<InetAddress> byTurns(List<InetAddress> addresses) {
    ArrayDeque<InetAddress> first = new ArrayDeque<>();
    ArrayDeque<InetAddress> second = new ArrayDeque<>();
    Class<?> family = addresses.getFirst().getClass();
    for (InetAddress each : addresses) {
      (each.getClass() == family ? first : second).add(each);
    }
    List<InetAddress> ordered = new ArrayList<>();
    while (ordered.size() < MAX_ADDRESSES && !(first.isEmpty() && second.isEmpty())) {
      ArrayDeque<InetAddress> turn = first.isEmpty() ? second : first;
      ordered.add(turn.remove());
      if (!second.isEmpty() && ordered.size() < MAX_ADDRESSES) {
        ordered.add(second.remove());
      }
    }
    return ordered;
  }

  // ---- trying

  /** Tries the next address; what cannot even be tried, for whatever is thrown, is an end. */
  private void tryNext() {
    try {
      tryNextOrEnd();
    } catch (Throwable t) {
      broke(t);
    }
  }

  /** Tries the next address that can be begun with. */
  private void tryNextOrEnd() {
    boolean begun = false;
    while (!over && !begun && !waiting.isEmpty()) {
      SocketAddress address = waiting.remove();
      triedCount++;
      try {
        underWay.add(ConnectAttempt.begin(this, loop, address, options.socket()));
        begun = true;
      } catch (SysException e) {
        note(address, String.valueOf(e.getMessage()), e.errno());
      }
    }
    if (over) {
      return;
    }
    if (!waiting.isEmpty()) {
      loop.schedule(stagger, options.attemptDelayNanos());
    } else if (underWay.isEmpty()) {
      String all = "connect to " + options.target() + ": " + failures;
      end(new CloseCause(CloseReason.CONNECT_FAILED, firstErrno, all, null));
    }
  }

  private void note(SocketAddress address, String failure, int errno) {
    firstErrno = firstErrno == 0 ? errno : firstErrno;
    String text = Addresses.text(address);
    boolean isSaid = text.equals(options.target()); // in front of all of them
    var _ = failures.add(isSaid ? failure : text + " " + failure);
  }

  /** An attempt has failed, and is closed. */
  void lost(ConnectAttempt attempt, int errno) {
    boolean _ = underWay.remove(attempt);
    String why = Errno.name(errno) + " (" + Errno.meaning(errno) + ")";
    note(attempt.address(), why, errno);
    loop.cancel(stagger);
    tryNext();
  }

  /** Something threw that is no answer of the kernel's: the next address would fare no better. */
  void broke(Throwable thrown) {
    if (over) {
      loop.report(this + ": after its end", thrown);
    } else {
      end(CloseCause.of(CloseReason.ERROR, thrown));
    }
  }

  /** An attempt has connected; its descriptor is this object's. */
  void won(ConnectAttempt attempt, int fd) {
    boolean _ = underWay.remove(attempt);
    Connection connection;
    Tls tls = options.tls();
    try {
      connection =
          new Connection(loop, fd, attempt.address(), options.connection(), handler, false);
      if (tls != null) {
        tls.install(connection);
      }
      Connecting.setNoDelay(connection.link());
      UnixPath path = attempt.path();
      if (path != null) { // and nothing else, for as long as the connection lives
        connection.channel().setOwner((_, cause) -> endOf(path, cause));
      }
      connection.channel().register();
    } catch (Throwable t) { // a RuntimeException if the loop is closed
      UnixPath.removeIfAny(attempt.path());
      int _ = loop.sys().close(fd);
      end(CloseCause.of(CloseReason.ERROR, t));
      return;
    }
    won = tls == null ? null : connection;
    end(null);
    connection.channel().start();
  }

  /** The path of a descriptor that was given away is whose that is. */
  private static void endOf(UnixPath path, CloseCause cause) {
    if (cause.reason() != CloseReason.DETACHED) {
      path.remove();
    }
  }

  /** The time is over; but the loop may have been held since an attempt was decided. */
  private void timedOut() {
    try {
      List.copyOf(underWay).forEach(ConnectAttempt::look);
    } finally {
      tooLate();
    }
  }

  private void tooLate() {
    String at = triedCount == 0 ? "looking the name up" : triedCount + " addresses tried";
    String all = "connect to " + options.target() + ": timed out; " + at;
    String why = failures.length() == 0 ? all : all + "; " + failures;
    end(new CloseCause(CloseReason.CONNECT_FAILED, Errno.ETIMEDOUT, why, null));
  }

  /** It could not begin: nothing is left of it, and nobody is told. */
  private void undo() {
    if (!over) {
      over = true;
      stopAll();
      anchor.release();
    }
  }

  /** The end, in a turn's closing phase: told with a cause, or silent for a connection. */
  private void end(@Nullable CloseCause why) {
    if (over) {
      return;
    }
    loop.closeLater(anchor); // first: without memory for that, all is as it was
    over = true;
    cause = why;
    stopAll();
  }

  private void stopAll() {
    loop.cancel(limit);
    loop.cancel(stagger);
    waiting.clear();
    underWay.forEach(ConnectAttempt::close);
    underWay.clear();
  }

  /**
   * A socket that does nothing but stand for the connector among what the loop watches: so it is
   * told when the loop closes, also while it has no attempt.
   */
  private final class Anchor implements LoopHandler {
    private int fd = -1;
    private @Nullable Registration registration;

    void hold() throws SysException {
      fd = Sockets.open(loop.sys(), Linux.AF_UNIX, Linux.SOCK_STREAM);
      boolean done = false;
      try {
        registration = loop.add(fd, Interest.NONE, Trigger.LEVEL, this);
        done = true;
      } finally {
        if (!done) {
          int _ = loop.sys().close(fd);
        }
      }
    }

    void release() {
      Registration watched = registration;
      if (watched != null) {
        watched.remove();
      }
      int _ = loop.sys().close(fd);
    }

    @Override
    public void ready(Event event) {
      // it is not watched for anything
    }

    @Override
    public void failed(Throwable thrown) {
      if (over) {
        loop.report(Connector.this + ", told of its failure", thrown);
      } else {
        end(CloseCause.of(CloseReason.CUT_OFF, thrown));
      }
    }

    @Override
    public void dispose() {
      release();
      CloseCause why = cause;
      if (why != null) {
        failed.accept(why);
      }
    }
  }
}
