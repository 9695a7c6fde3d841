package dev.pollux.cli;

import dev.pollux.loop.EventLoop;
import dev.pollux.net.Connection;
import dev.pollux.net.Server;
import dev.pollux.net.ServerListener;
import dev.pollux.net.ServerOptions;
import dev.pollux.net.WriteResult;
import dev.pollux.sys.SysException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A {@link ChatRoom} on one loop or several, each with a listener of its own, and its members. */
final class ChatScenario implements SimScenario {

  private static final int MAX_LINE_BYTES = 200;

  private final SimWorld world;
  private final ChatOracle oracle;
  private final ChatOptions options;
  private final List<Server> servers = new ArrayList<>();
  private final List<ChatActor> actors = new ArrayList<>();
  private List<ChatPart> parts = List.of();
  private int mostUnsentBytes;

  ChatScenario(SimWorld world) {
    this.world = world;
    this.oracle = new ChatOracle(world);
    this.options =
        ChatOptions.DEFAULT
            .withMaxLineBytes(MAX_LINE_BYTES)
            .withHighWaterBytes(world.plan.highWaterBytes());
  }

  @Override
  public void open() throws SysException {
    world.openLoops();
    try {
      ChatRoom room = new ChatRoom(world.loops(), options, oracle);
      for (EventLoop loop : world.loops()) {
        ServerOptions server =
            ServerOptions.at(SimPlan.loopback(0))
                .withBacklog(world.plan.backlog())
                .withConnection(
                    world.connection(
                        options
                            .connection()
                            .withReadBytes(world.plan.readBytes())
                            .withReadsPerTurn(1)));
        servers.add(Server.open(loop, server, room, ServerListener.NONE)); // the faults are meant
      }
      parts = room.parts();
    } catch (SysException e) {
      close();
      world.closeLoops();
      throw e;
    }
    for (int i = 0; i < world.plan.peerCount(); i++) {
      Server server = servers.get(i % servers.size());
      InetSocketAddress address = (InetSocketAddress) server.address();
      actors.add(new ChatActor(world, oracle, i, address, MAX_LINE_BYTES));
    }
  }

  @Override
  public int actorCount() {
    return actors.size();
  }

  @Override
  public void step(int actor) throws SysException {
    actors.get(actor).step(mayLeave());
  }

  /** Stayers leave when the others are gone and everything was told. */
  private boolean mayLeave() {
    for (ChatActor actor : actors) {
      boolean done = actor.isOver() || (actor.isStayer() && actor.isToldAll());
      if (!done) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean isOver() {
    return actors.stream().allMatch(ChatActor::isOver);
  }

  @Override
  public void checkTurn() {
    int most = options.maxQueuedBytes() + MAX_LINE_BYTES;
    for (int i = 0; i < servers.size(); i++) {
      for (Connection connection : servers.get(i).connections(world.loops().get(i))) {
        int unsent = keptBytes(connection);
        mostUnsentBytes = Math.max(mostUnsentBytes, unsent);
        int unread = connection.unreadBytes();
        if (unsent > most || unread > world.plan.readBytes() + MAX_LINE_BYTES) {
          throw new SimFailure(
              connection + " keeps " + unsent + " bytes, and " + unread + " unread");
        }
      }
    }
  }

  /** What waits to be sent; where the peer is gone, what was written is lost, and takes nothing. */
  private static int keptBytes(Connection connection) {
    boolean isGone = connection.write(ByteBuffer.allocate(0)) == WriteResult.CLOSED;
    return isGone ? 0 : connection.queuedBytes();
  }

  @Override
  public void stop() {
    parts.forEach(ChatPart::stop);
    servers.forEach(Server::stop);
  }

  @Override
  public boolean isStopped() {
    return servers.stream().allMatch(Server::isFinished);
  }

  @Override
  public int connectionCount() {
    return servers.stream().mapToInt(Server::connectionCount).sum();
  }

  @Override
  public void close() {
    servers.forEach(Server::close);
    servers.clear();
  }

  @Override
  public ProgramSimulation.Result finish(int faultCount) {
    int completeCount = 0;
    long bytes = 0;
    for (ChatActor actor : actors) {
      actor.checkTold();
      completeCount += actor.isComplete() ? 1 : 0;
      bytes += actor.heardBytes();
    }
    if (!world.isEnding()) { // who comes in the end leaves without a word
      oracle.requireAllDelivered(parts);
    }
    return new ProgramSimulation.Result(
        actors.size(), completeCount, bytes, mostUnsentBytes, faultCount);
  }

  @Override
  public String unfinished() {
    StringBuilder text = new StringBuilder();
    for (ChatActor actor : actors) {
      if (!actor.isOver()) {
        text.append("; ").append(actor.text());
      }
    }
    return text.toString();
  }
}
