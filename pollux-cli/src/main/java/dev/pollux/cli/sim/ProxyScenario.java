package dev.pollux.cli.sim;

import dev.pollux.loop.EventLoop;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.HandlerFactory;
import dev.pollux.net.Relay;
import dev.pollux.net.Server;
import dev.pollux.net.ServerListener;
import dev.pollux.net.ServerOptions;
import dev.pollux.sim.Env;
import dev.pollux.sim.Host;
import dev.pollux.sys.SysException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A proxy on a loop, its clients, and the server behind it, which learns by the first bytes whose
 * connection it has: each byte and each end passes, in order, or there was a reason.
 */
final class ProxyScenario implements SimScenario {

  private static final SimPeer.Behaviour[] BEHAVIOURS = {
    SimPeer.Behaviour.ORDERLY,
    SimPeer.Behaviour.ORDERLY,
    SimPeer.Behaviour.LATE_READER,
    SimPeer.Behaviour.LAST,
    SimPeer.Behaviour.QUITTER,
    SimPeer.Behaviour.RESETTER
  };

  private static final int MAX_BYTES = 1 << 15; // 32 KiB
  private static final int FLOOD_BYTES = 400_000;
  private static final int HEADER_BYTES = 2;
  private static final Duration STOP = Duration.ofSeconds(1);
  private static final Duration TOLERANCE = Duration.ofMillis(20);
  private static final long CONNECT_NANOS = Duration.ofSeconds(5).toNanos();

  private final SimRun run;
  private final SimTwist twist;
  private final ConnectionOptions options;
  private final Host target;
  private final Map<Integer, End> clients = new HashMap<>();
  private @Nullable Env targetEnv;
  private @Nullable Server proxy;

  ProxyScenario(SimRun run, SimTwist twist) {
    this.run = run;
    this.twist = twist;
    this.target = run.peerHost("target");
    int high = run.plan().highWaterBytes();
    this.options =
        twist.options(
            ConnectionOptions.DEFAULT
                .withTrigger(run.plan().trigger())
                .withTrace(run)
                .withReadBytes(run.plan().readBytes())
                .withReadsPerTurn(4)
                .withLowWaterBytes(high / 4)
                .withHighWaterBytes(high)
                .withMaxQueuedBytes(high + run.plan().readBytes()));
  }

  /** One end of a stream through the proxy. */
  private final class End implements SimPeer.Part {
    private final SimPattern own;
    private final SimPattern expected;
    private @Nullable SimPeer self;
    private @Nullable End other;

    End(SimPattern own, SimPattern expected) {
      this.own = own;
      this.expected = expected;
    }

    @Override
    public void heard(SimPeer peer, ByteBuffer data) {
      SimPeer source = other == null ? null : other.self;
      boolean isRight = expected.isNext(data);
      if (!isRight || source == null || expected.position() > source.sentBytes()) {
        run.fail(peer.text() + ": what it received is wrong; from " + text(source));
      }
    }

    @Override
    public boolean isOverAtEnd() {
      return false;
    }

    @Override
    public void over(SimPeer peer) {
      SimCauses causes = run.causes();
      SimPeer source = other == null ? null : other.self;
      if (peer.isForgotten() && !causes.mayBeHalfOpen()) {
        run.fail(peer.text() + ", was forgotten");
      }
      boolean isUnheard = peer.receivedBytes() == 0;
      boolean isRefused = isUnheard && causes.mayBeExhausted();
      if (peer.isEndedInOrder()) {
        if (isRefused || (isUnheard && causes.isCut())) {
          return; // a proxy that is out of something closes at once what it accepts
        }
        boolean isWhole =
            source != null
                && (source.hasEnded() || source.isOver())
                && source.sentBytes() == expected.position();
        if (!isWhole) {
          run.fail(peer.text() + " received a clean end, but " + text(source));
        }
        return;
      }
      if (isRefused || (causes.isEnding() && (isUnheard || mayBeCutOff(peer, source)))) {
        return;
      }
      boolean hasLeft = !peer.isFaithful() || (source != null && !source.isFaithful());
      if (!hasLeft && !causes.mayBeBroken() && !causes.mayBeLate()) {
        run.fail(peer.text() + ", and nothing was to blame");
      }
    }

    /** Whether a stop may end it: its time is up, or an end was passed on to either side. */
    private boolean mayBeCutOff(SimPeer peer, @Nullable SimPeer source) {
      return run.causes().isCut()
          || run.sinceStop().compareTo(STOP) >= 0
          || peer.hasEnded()
          || source == null
          || source.hasEnded();
    }

    private static String text(@Nullable SimPeer peer) {
      return peer == null ? "nobody" : peer.text();
    }
  }

  /** A connection to the server behind, until it is known whose it is. */
  private final class Newcomer implements ConnectionHandler {
    @Override
    public void received(Connection connection, ByteBuffer data) {
      if (data.remaining() < HEADER_BYTES) {
        return;
      }
      int index = data.duplicate().getShort(); // big-endian
      End client = clients.get(index);
      Env env = targetEnv;
      if (client == null || env == null || client.other == null || client.other.self != null) {
        run.fail("a connection begins as no client's does: " + index);
        connection.reset();
        return;
      }
      End end = client.other;
      SimPeer.Behaviour behaviour = behaviour(index % 2 == 1);
      SimPeer peer = new SimPeer(run, env, "server " + index, behaviour, end.own.bytes(), end);
      end.self = peer;
      run.join(peer);
      connection.setHandler(peer);
    }
  }

  // ---- how it begins

  @Override
  public void begin() throws Exception {
    Host _ =
        target.program(env -> {
          targetEnv = env;
          ServerOptions server =
              ServerOptions.at(env.any(PORT))
                  .withBacklog(run.plan().backlog())
                  .withConnection(SimPeer.OPTIONS);
          Server _ = Server.open(env.loop(), server, _ -> new Newcomer(), ServerListener.NONE);
        });
  }

  @Override
  public void open(Env env, List<EventLoop> loops) throws SysException {
    InetSocketAddress there = target.at(PORT);
    ServerOptions server =
        ServerOptions.at(env.any(PORT)).withBacklog(run.plan().backlog()).withConnection(options);
    HandlerFactory factory = twist.factory(client -> join(client, there));
    proxy = Server.open(loops.getFirst(), server, factory, ServerListener.NONE);
  }

  private static ConnectionHandler join(Connection client, InetSocketAddress target) {
    try {
      Connection far =
          Connection.connect(
              client.loop(), target, CONNECT_NANOS, client.options(), Relay.to(client));
      client.attach(far);
      return Relay.to(far);
    } catch (SysException _) { // there is no descriptor for the other side
      client.reset();
      return (_, _) -> {};
    }
  }

  @Override
  public SimPeer peer(int index, Env env) {
    int clientBytes = size(index == 0);
    int serverBytes = size(index == 1);
    int down = 2 * index + 1;
    End client = new End(toServer(index, clientBytes), new SimPattern(down, serverBytes));
    End server = new End(new SimPattern(down, serverBytes), toServer(index, clientBytes));
    client.other = server;
    server.other = client;
    clients.put(index, client);
    SimPeer peer =
        new SimPeer(
                run, env, "client " + index, behaviour(index % 2 == 0), client.own.bytes(), client)
            .to(run.host().at(PORT));
    client.self = peer;
    return peer;
  }

  /** It begins with the number of the client. */
  private static SimPattern toServer(int index, int size) {
    return new SimPattern(2 * index, size).beginning((byte) (index >> Byte.SIZE), (byte) index);
  }

  /** Of both ends, one may wait for the other's. */
  private SimPeer.Behaviour behaviour(boolean mayBeLast) {
    SimPeer.Behaviour chosen = run.chance().pick(BEHAVIOURS);
    return chosen == SimPeer.Behaviour.LAST && !mayBeLast ? SimPeer.Behaviour.ORDERLY : chosen;
  }

  private int size(boolean mayFlood) {
    SimChance chance = run.chance();
    boolean floods = mayFlood && chance.oneIn(8);
    return HEADER_BYTES + (floods ? FLOOD_BYTES : chance.below(chance.upTo(MAX_BYTES) + 1));
  }

  private Server proxy() {
    Server opened = proxy;
    if (opened == null) {
      throw new IllegalStateException("the proxy is not open");
    }
    return opened;
  }

  // ---- what is held of it

  @Override
  public void check() {
    connections().forEach(this::check);
  }

  private void check(Connection connection) {
    int unsent = SimRun.unsentBytes(connection);
    run.unsent(unsent);
    int most = run.plan().highWaterBytes() + run.plan().readBytes();
    if (unsent > most || connection.unreadBytes() > run.plan().readBytes()) {
      run.fail(connection + " keeps " + unsent + " bytes of output");
    }
  }

  /** The clients' and, behind each, its own. */
  @Override
  public List<Connection> connections() {
    List<Connection> all = new ArrayList<>();
    for (Connection connection : proxy().connections(run.loops().getFirst())) {
      all.add(connection);
      if (connection.attachment() instanceof Connection far) {
        all.add(far);
      }
    }
    return all;
  }

  @Override
  public int connectionCount() {
    return proxy().connectionCount();
  }

  @Override
  public void stop() {
    proxy().stop(STOP); // a peer that was never met does not end
  }

  @Override
  public boolean isStopped() {
    return proxy().isFinished();
  }

  @Override
  public Duration stopTime() {
    return STOP.plus(TOLERANCE);
  }

  @Override
  public void close() {
    proxy().close();
  }

  @Override
  public void finish() {}
}
