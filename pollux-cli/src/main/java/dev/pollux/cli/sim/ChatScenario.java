package dev.pollux.cli.sim;

import dev.pollux.cli.chat.ChatOptions;
import dev.pollux.cli.chat.ChatRoom;
import dev.pollux.loop.EventLoop;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.Server;
import dev.pollux.net.ServerListener;
import dev.pollux.net.ServerOptions;
import dev.pollux.sim.Env;
import dev.pollux.sys.SysException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A {@link ChatRoom} on one loop or several, each with a listener of its own, and its members. */
final class ChatScenario implements SimScenario {

  private static final SimPeer.Behaviour[] BEHAVIOURS = {
    SimPeer.Behaviour.ORDERLY,
    SimPeer.Behaviour.ORDERLY,
    SimPeer.Behaviour.ORDERLY,
    SimPeer.Behaviour.LATE_READER,
    SimPeer.Behaviour.QUITTER,
    SimPeer.Behaviour.RESETTER
  };

  private static final int MAX_LINE_BYTES = 200;

  private final SimRun run;
  private final SimTwist twist;
  private final ChatTraffic traffic;
  private final ChatOracle oracle;
  private final ChatOptions options;
  private final List<Server> servers = new ArrayList<>();
  private final List<ChatVoice> voices = new ArrayList<>();
  private final List<SimPeer> members = new ArrayList<>();
  private @Nullable Runnable stop;

  ChatScenario(SimRun run, SimTwist twist) {
    this.run = run;
    this.twist = twist;
    this.options =
        ChatOptions.DEFAULT
            .withMaxLineBytes(MAX_LINE_BYTES)
            .withHighWaterBytes(run.plan().highWaterBytes());
    this.traffic = new ChatTraffic(run);
    this.oracle = new ChatOracle(run, options, traffic);
  }

  @Override
  public void open(Env env, List<EventLoop> loops) throws SysException {
    ChatRoom opened = new ChatRoom(loops, twist.room(options), twist.listener(oracle));
    ConnectionOptions connection =
        twist.options(
            options
                .connection()
                .withReadBytes(run.plan().readBytes())
                .withReadsPerTurn(1)
                .withTrigger(run.plan().trigger())
                .withTrace(traffic));
    try {
      for (int i = 0; i < loops.size(); i++) {
        ServerOptions server =
            ServerOptions.at(env.any(PORT + i))
                .withBacklog(run.plan().backlog())
                .withConnection(connection);
        servers.add(Server.open(loops.get(i), server, twist.factory(opened), ServerListener.NONE));
      }
    } catch (SysException e) {
      close();
      throw e;
    }
    oracle.begin(opened);
    stop =
        () ->
            env.start(
                "main",
                () -> { // as the command does
                  opened.stop();
                  servers.forEach(Server::stop);
                });
  }

  @Override
  public SimPeer peer(int index, Env env) {
    String name = "m" + index;
    ChatVoice voice = new ChatVoice(run, this, oracle, name, MAX_LINE_BYTES);
    SimPeer.Behaviour behaviour =
        voice.isStayer() ? SimPeer.Behaviour.ORDERLY : run.chance().pick(BEHAVIOURS);
    SimPeer member =
        new SimPeer(run, env, name, behaviour, voice.output(), voice)
            .to(run.host().at(PORT + index % servers.size()));
    voices.add(voice);
    members.add(member);
    return member;
  }

  /** Whether the others are gone and everything was told. */
  boolean mayStayersLeave() {
    for (int i = 0; i < voices.size(); i++) {
      ChatVoice voice = voices.get(i);
      if (!members.get(i).isOver() && !(voice.isStayer() && voice.isToldAll())) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void check() {
    int most = options.maxQueuedBytes() + MAX_LINE_BYTES;
    for (Connection connection : connections()) {
      int unsent = SimRun.unsentBytes(connection);
      run.unsent(unsent);
      int unread = connection.unreadBytes();
      if (unsent > most || unread > run.plan().readBytes() + MAX_LINE_BYTES) {
        run.fail(connection + " keeps " + unsent + " bytes, and " + unread + " unread");
      }
      traffic.requireBelow(options.highWaterBytes(), connection);
    }
  }

  @Override
  public List<Connection> connections() {
    List<Connection> all = new ArrayList<>();
    for (int i = 0; i < servers.size(); i++) {
      all.addAll(servers.get(i).connections(run.loops().get(i)));
    }
    return all;
  }

  @Override
  public int connectionCount() {
    return servers.stream().mapToInt(Server::connectionCount).sum();
  }

  @Override
  public void stop() {
    connections().forEach(traffic::mustReadAll);
    Runnable known = stop;
    if (known != null) {
      known.run();
    }
  }

  @Override
  public boolean isStopped() {
    return servers.stream().allMatch(Server::isFinished);
  }

  @Override
  public Duration stopTime() {
    return Duration.ofMinutes(2);
  }

  @Override
  public void close() {
    servers.forEach(Server::close);
    servers.clear();
  }

  @Override
  public void finish() {
    for (int i = 0; i < voices.size(); i++) {
      voices.get(i).requireTold(members.get(i));
    }
    oracle.requireAllDelivered();
    oracle.requireNobody();
  }
}
