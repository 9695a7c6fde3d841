package dev.pollux.cli.sim;

import dev.pollux.cli.echo.CloseReason;
import dev.pollux.cli.echo.EchoOptions;
import dev.pollux.cli.echo.EchoServer;
import dev.pollux.loop.EventLoop;
import dev.pollux.model.Fault;
import dev.pollux.net.Connection;
import dev.pollux.sim.Env;
import dev.pollux.sim.Trouble;
import dev.pollux.sys.Errno;
import dev.pollux.sys.SysException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The echo server: every byte comes back in order, or the connection fails for a reason; it keeps
 * to its memory, and what it says it has delivered has arrived.
 */
final class EchoScenario implements SimScenario {

  private static final SimPeer.Behaviour[] BEHAVIOURS = {
    SimPeer.Behaviour.ORDERLY,
    SimPeer.Behaviour.ORDERLY,
    SimPeer.Behaviour.LATE_READER,
    SimPeer.Behaviour.COLLECTOR,
    SimPeer.Behaviour.QUITTER,
    SimPeer.Behaviour.HASTY,
    SimPeer.Behaviour.RESETTER
  };

  private static final int MAX_BYTES = 1 << 14; // 16 KiB

  /** More than the buffers of two sockets and a paused server hold, where those are not large. */
  private static final int FLOOD_BYTES = 600_000;

  private static final Duration TOLERANCE = Duration.ofMillis(20);

  private final SimRun run;
  private final SimTwist twist;
  private final EchoBooks books;
  private final boolean isFlooded;
  private @Nullable EchoServer server;

  EchoScenario(SimRun run, SimTwist twist) {
    this.run = run;
    this.twist = twist;
    this.books = new EchoBooks(run);
    this.isFlooded = run.chance().oneIn(8);
  }

  private EchoServer server() {
    EchoServer opened = server;
    if (opened == null) {
      throw new IllegalStateException("the server is not open");
    }
    return opened;
  }

  @Override
  public void open(Env env, List<EventLoop> loops) throws SysException {
    SimPlan plan = run.plan();
    EchoOptions options =
        new EchoOptions(env.any(PORT), plan.backlog(), plan.trigger(), plan.readBytes(), null);
    server = EchoServer.open(loops.getFirst(), twist.echo(options), twist.log(books));
  }

  @Override
  public SimPeer peer(int index, Env env) {
    boolean floods = isFlooded && index == 0;
    SimChance chance = run.chance();
    SimPattern pattern =
        new SimPattern(index, floods ? FLOOD_BYTES : chance.below(chance.upTo(MAX_BYTES)));
    SimPeer.Behaviour behaviour =
        floods && chance.oneIn(2) ? SimPeer.Behaviour.LATE_READER : chance.pick(BEHAVIOURS);
    SimPeer.Part part =
        (peer, data) -> {
          if (!pattern.isNext(data) || peer.receivedBytes() > peer.sentBytes()) {
            run.fail(peer.text() + ": what came back is wrong");
          }
        };
    return new SimPeer(run, env, "client " + index, behaviour, pattern.bytes(), part)
        .to(run.host().at(PORT));
  }

  // ---- at each step

  @Override
  public void check() {
    books.nextTurn();
    int most = EchoOptions.PAUSE_BYTES + run.plan().readBytes();
    for (Connection connection : connections()) {
      EchoBooks.Account account = books.of(connection.fd());
      int unsent = connection.queuedBytes();
      run.unsent(unsent);
      if (unsent > most) {
        run.fail("fd " + connection.fd() + " keeps " + unsent + " bytes of output");
      }
      boolean hasRead = account.hasReadWhilePaused(connection.isReadingPaused());
      if (!isGone(connection)) {
        books.requireShare(connection.fd(), account);
        if (hasRead) { // for want of room
          run.fail("fd " + connection.fd() + ": read although reading is paused");
        }
      }
      if (unsent == account.owedBytes() || !isGone(connection)) {
        books.requireBalance(connection.fd(), account, unsent);
      }
    }
    books.takeEnded().forEach(this::requireReason);
  }

  /** Whether nothing more is sent to a peer: what it was owed is lost, and told at the close. */
  private static boolean isGone(Connection connection) {
    boolean isFull = connection.queuedBytes() > 0; // else it says that it takes nothing
    return connection.isClosed() || (!isFull && !connection.isWritable());
  }

  /** A connection was closed by the server: it must have had a reason. */
  private void requireReason(EchoBooks.Account account) {
    SimCauses causes = run.causes();
    SimPeer peer = peerOf(account);
    boolean isRight =
        switch (account.reason) {
          case END_OF_STREAM -> true;
          case RESET -> peer == null || !peer.isFaithful() || causes.mayBeBroken();
          case ERROR ->
              (account.errno == Errno.ENOMEM || account.errno == Errno.ENOSPC)
                  && causes.mayBeExhausted();
          case STOPPED -> run.isStopping();
          case CUT_OFF -> run.isStopping() || causes.mayBeHalfOpen();
          case IDLE, STALLED, PROTOCOL, BUG -> false;
        };
    Duration took = run.sinceStop().plus(TOLERANCE.dividedBy(2));
    boolean isEarly =
        account.reason == CloseReason.CUT_OFF && took.toNanos() < EchoOptions.GRACE_NANOS;
    if (!isRight || isEarly) {
      run.fail(
          String.format(
              Locale.ROOT,
              "the server closed the connection from %s without a reason: %s %s",
              account.peer,
              account.reason.text(),
              Errno.name(account.errno)));
    }
  }

  private @Nullable SimPeer peerOf(EchoBooks.Account account) {
    for (SimPeer peer : run.peers()) {
      if (account.peer != null && account.peer.equals(peer.local())) {
        return peer;
      }
    }
    return null;
  }

  // ---- the end

  @Override
  public List<Connection> connections() {
    return server().connections(run.loops().getFirst());
  }

  @Override
  public int connectionCount() {
    return server().connectionCount();
  }

  @Override
  public void stop() {
    for (Connection connection : connections()) {
      if (connection.isOpen()) {
        books.of(connection.fd()).mustRead(connection.availableBytes());
      }
    }
    server().stop();
  }

  @Override
  public boolean isStopped() {
    return server().isFinished();
  }

  @Override
  public Duration stopTime() {
    return Duration.ofNanos(EchoOptions.GRACE_NANOS).plus(TOLERANCE);
  }

  @Override
  public void close() {
    server().close();
    server().close();
    int registrations = run.loops().getFirst().poller().size();
    if (registrations != 0) {
      run.fail(registrations + " registrations are left after the server's close");
    }
  }

  /** Each peer is complete, or there was a reason. */
  @Override
  public void finish() {
    if (server().connectionCount() != 0) {
      run.fail(server().connectionCount() + " connections are left after the server's close");
    }
    SimCauses causes = run.causes();
    int broken = 0;
    for (SimPeer peer : run.peers()) {
      boolean isWhole = peer.isComplete() && peer.receivedBytes() == peer.sentBytes();
      boolean isPart = peer.receivedBytes() > 0 && peer.receivedBytes() < peer.sentBytes();
      if (causes.isCut() && peer.isEndedInOrder() && isPart) {
        run.fail(peer.text() + ", a clean end in the middle");
      }
      if (!peer.isFaithful() || causes.isEnding()) {
        continue;
      }
      if (!isWhole && !(peer.errno() == Errno.ETIMEDOUT && causes.mayBeLate())) {
        broken++;
        if (broken > causes.breakCount() && !run.plan().isLimited()) {
          run.fail(peer.text() + ", and nothing was to blame");
        }
      }
    }
    run.peers().forEach(this::requireDelivered);
  }

  /** What the server says it has delivered has arrived. */
  private void requireDelivered(SimPeer peer) {
    EchoBooks.Account account = books.of(peer.local());
    if (account != null
        && account.isDelivered()
        && peer.isFaithful()
        && !peer.hasFailed()
        && run.causes().count(Fault.ECONNRESET, Trouble.PARTITION) == 0
        && peer.receivedBytes() != account.wroteBytes) {
      run.fail(peer.text() + "; but the server delivered " + account.wroteBytes + " bytes");
    }
  }
}
