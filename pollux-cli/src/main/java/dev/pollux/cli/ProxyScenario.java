package dev.pollux.cli;

import dev.pollux.loop.EventLoop;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.Relay;
import dev.pollux.net.Server;
import dev.pollux.net.ServerListener;
import dev.pollux.net.ServerOptions;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A proxy on a loop, its clients, and the server behind it, whose part is one actor more: it
 * accepts, and learns by the first bytes whose connection it is.
 */
final class ProxyScenario implements SimScenario {

  private static final Duration STOP = Duration.ofSeconds(1);
  private static final long CONNECT_NANOS = 5_000_000_000L; // 5 s

  private final SimWorld world;
  private final ConnectionOptions options;
  private final List<ProxyActor> clients = new ArrayList<>();
  private final List<ProxyActor> servers = new ArrayList<>();
  private final List<Newcomer> newcomers = new ArrayList<>();
  private @Nullable Server proxy;
  private int listener = -1;
  private int acceptCount;
  private int mostUnsentBytes;

  /** An accepted connection that is not known yet. */
  private static final class Newcomer {
    final SimSocket socket;
    final byte[] header = new byte[ProxyActor.HEADER_BYTES];
    int size;

    Newcomer(SimSocket socket) {
      this.socket = socket;
    }
  }

  ProxyScenario(SimWorld world) {
    this.world = world;
    int high = world.plan.highWaterBytes();
    int most = high + world.plan.readBytes();
    this.options =
        world.connection(
            ConnectionOptions.DEFAULT
                .withReadBytes(world.plan.readBytes())
                .withReadsPerTurn(4)
                .withLowWaterBytes(high / 4)
                .withHighWaterBytes(high)
                .withMaxQueuedBytes(most));
  }

  @Override
  public void open() throws SysException {
    world.openLoops();
    EventLoop loop = world.loops().getFirst();
    try {
      listener = Sockets.tcpListener(world.kernel, SimPlan.loopback(0), world.plan.backlog());
      InetSocketAddress target = (InetSocketAddress) Sockets.localAddress(world.kernel, listener);
      ServerOptions server =
          ServerOptions.at(SimPlan.loopback(0))
              .withBacklog(world.plan.backlog())
              .withConnection(options);
      proxy = Server.open(loop, server, client -> join(client, target), ServerListener.NONE);
    } catch (SysException e) {
      closeListener();
      world.closeLoops();
      throw e;
    }
    InetSocketAddress address = (InetSocketAddress) proxy.address();
    for (int i = 0; i < world.plan.peerCount(); i++) {
      boolean clientLast = world.dice.oneIn(2);
      ProxyActor client = new ProxyActor(world, i, true, i == 0, clientLast);
      ProxyActor behind = new ProxyActor(world, i, false, i == 1, !clientLast);
      client.partner(behind);
      behind.partner(client);
      client.socket(new SimSocket(world, "client " + i, address));
      clients.add(client);
      servers.add(behind);
    }
  }

  private static ConnectionHandler join(Connection client, InetSocketAddress target) {
    try {
      Connection far =
          Connection.connect(
              client.loop(), target, CONNECT_NANOS, client.options(), Relay.to(client));
      client.attach(far);
      return Relay.to(far);
    } catch (SysException e) { // there is no descriptor for the other side
      client.reset();
      return (_, _) -> {};
    }
  }

  @Override
  public int actorCount() {
    return clients.size() + servers.size() + 1;
  }

  @Override
  public void step(int actor) throws SysException {
    if (actor < clients.size()) {
      clients.get(actor).step();
    } else if (actor < clients.size() + servers.size()) {
      servers.get(actor - clients.size()).step();
    } else {
      accept();
      meetNewcomers();
    }
    if (clients.stream().allMatch(ProxyActor::isOver) && isQuiet()) {
      servers.stream().filter(server -> !server.hasBegun()).forEach(ProxyActor::giveUp);
    }
  }

  /** Whether nobody can come any more. */
  private boolean isQuiet() {
    return connectionCount() == 0 && newcomers.isEmpty();
  }

  private void accept() {
    int fd = listener < 0 ? -1 : Sockets.accept(world.kernel, listener);
    if (fd >= 0) {
      world.progress++;
      newcomers.add(new Newcomer(new SimSocket(world, "newcomer " + acceptCount++, fd)));
    }
  }

  private void meetNewcomers() {
    for (int i = newcomers.size() - 1; i >= 0; i--) {
      Newcomer newcomer = newcomers.get(i);
      int n = newcomer.socket.receive(ProxyActor.HEADER_BYTES - newcomer.size);
      world.buffer.buffer().get(0, newcomer.header, newcomer.size, n);
      newcomer.size += n;
      if (newcomer.size == ProxyActor.HEADER_BYTES) {
        int index = (newcomer.header[0] & 0xFF) | (newcomer.header[1] & 0xFF) << 8;
        if (index >= servers.size() || servers.get(index).hasBegun()) {
          throw new SimFailure("a connection begins as no client's does: " + index);
        }
        if (servers.get(index).isOver()) { // it was not waited for
          newcomer.socket.close();
        }
        servers.get(index).receivedHeader();
        servers.get(index).socket(newcomer.socket);
        newcomers.remove(i);
      } else if (newcomer.socket.hasEnded() || newcomer.socket.isClosed()) {
        newcomer.socket.close();
        newcomers.remove(i);
      }
    }
  }

  @Override
  public boolean isOver() {
    return clients.stream().allMatch(ProxyActor::isOver)
        && servers.stream().allMatch(ProxyActor::isOver)
        && newcomers.isEmpty();
  }

  @Override
  public void checkTurn() {
    Server running = proxy;
    if (running == null) {
      return;
    }
    int most = world.plan.highWaterBytes() + world.plan.readBytes();
    for (Connection connection : running.connections(world.loops().getFirst())) {
      check(connection, most);
      if (connection.attachment() instanceof Connection far) {
        check(far, most);
      }
    }
  }

  private void check(Connection connection, int most) {
    int unsent = connection.isClosed() ? 0 : connection.queuedBytes();
    mostUnsentBytes = Math.max(mostUnsentBytes, unsent);
    if (unsent > most || connection.unreadBytes() > world.plan.readBytes()) {
      throw new SimFailure(connection + " keeps " + unsent + " bytes of output");
    }
  }

  @Override
  public void stop() {
    Server running = proxy;
    if (running != null) {
      running.stop(STOP); // a peer that was never met does not end
    }
  }

  @Override
  public boolean isStopped() {
    Server running = proxy;
    return running == null || running.isFinished();
  }

  @Override
  public int connectionCount() {
    Server running = proxy;
    return running == null ? 0 : running.connectionCount();
  }

  @Override
  public void close() {
    Server running = proxy;
    if (running != null) {
      running.close();
      proxy = null;
    }
  }

  @Override
  public void release() {
    newcomers.forEach(newcomer -> newcomer.socket.close()); // came last, and were met by nobody
    closeListener();
  }

  private void closeListener() {
    if (listener >= 0) {
      int _ = world.kernel.close(listener);
      listener = -1;
    }
  }

  @Override
  public ProgramSimulation.Result finish(int faultCount) {
    int completeCount = 0;
    long bytes = 0;
    for (int i = 0; i < clients.size(); i++) {
      completeCount += clients.get(i).isComplete() && servers.get(i).isComplete() ? 1 : 0;
      bytes += clients.get(i).receivedBytes() + servers.get(i).receivedBytes();
    }
    return new ProgramSimulation.Result(
        clients.size(), completeCount, bytes, mostUnsentBytes, faultCount);
  }

  @Override
  public String unfinished() {
    StringBuilder text = new StringBuilder();
    for (List<ProxyActor> side : List.of(clients, servers)) {
      for (ProxyActor actor : side) {
        if (!actor.isOver()) {
          text.append("; ").append(actor.text());
        }
      }
    }
    return text + "; newcomers " + newcomers.size();
  }
}
