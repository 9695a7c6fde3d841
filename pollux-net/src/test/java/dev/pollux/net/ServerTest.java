package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;
import dev.pollux.sys.UnixAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** How a server accepts, also when the system is out of something, and how it ends. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.Setup#kernels")
class ServerTest extends NetCase {

  private final List<Recorder> accepted = new ArrayList<>();
  private final List<String> told = new ArrayList<>();
  private ServerOptions like;
  private Server server;

  private final ServerListener observer =
      new ServerListener() {
        @Override
        public void exhausted(int errno) {
          told.add("exhausted " + Errno.name(errno));
        }

        @Override
        public void recovered(long refusedCount) {
          told.add("recovered " + refusedCount);
        }

        @Override
        public void shed(Limit limit) {
          told.add("shed " + limit);
        }
      };

  private void open(ServerOptions with) throws SysException {
    like = with.withConnection(options);
    server = track(Server.open(loop, like, _ -> handler(), observer));
  }

  private void open() throws SysException {
    open(ServerOptions.at(loopback(0)));
  }

  private Recorder handler() {
    Recorder handler = track(Recorder.echo());
    accepted.add(handler);
    return handler;
  }

  private Raw client() throws SysException {
    return connectRaw(server.address());
  }

  private void assertServes() throws SysException {
    Raw client = client();
    quiet();
    client.write("ping");
    until("echo", () -> client.read().size() == 4);
    client.close();
    quiet();
  }

  /** Answers the first calls of accept4 with these errors. */
  private void failAccepts(int... errnos) {
    int[] next = {0};
    probe.inject(
        (call, _) -> call.equals("accept4") && next[0] < errnos.length ? -errnos[next[0]++] : null);
  }

  @Test
  void clients_areServed_andCounted() throws Exception {
    open();
    for (int i = 0; i < 3; i++) {
      assertServes();
    }
    Raw client = client();
    quiet();
    assertEquals(1, server.connectionCount());
    assertEquals(1, server.connections(loop).size());
    assertEquals(
        Sockets.localAddress(sys, client.fd()),
        server.connections(loop).getFirst().remoteAddress());
    assertEquals(List.of(), told);
  }

  @Test
  void remoteAddress_afterAReset_isKnown() throws Exception {
    open();
    Raw client = client();
    SocketAddress mine = Sockets.localAddress(sys, client.fd());
    quiet();
    SocketAddress[] seen = {null};
    accepted.getFirst().onClosed =
        connection -> {
          try {
            seen[0] = connection.remoteAddress();
          } catch (SysException e) {
            throw new AssertionError(e);
          }
        };
    client.reset();
    quiet();
    assertEquals(mine, seen[0]);
    assertEquals(CloseReason.RESET, accepted.getFirst().cause.reason());
  }

  @Test
  void acceptErrors_thatArePassing_areIgnored() throws Exception {
    open();
    failAccepts(Errno.ECONNABORTED, Errno.EPROTO, Errno.EINTR, Errno.EPERM, Errno.EOPNOTSUPP);
    assertServes();
    failAccepts(Errno.EHOSTDOWN, Errno.ENONET);
    Raw client = client();
    turn();
    turn();
    assertEquals(1, server.connectionCount());
    assertEquals(List.of(), told);
    client.close();
  }

  @Test
  void accepts_ofOneTurn_areBounded_andNoneIsForgotten() throws Exception {
    open(ServerOptions.at(loopback(0)).withAcceptsPerTurn(3));
    for (int i = 0; i < 10; i++) {
      Raw _ = client();
    }
    awaitReady(Inside.listenerFd(server), Linux.POLLIN);
    turn();
    assertEquals(3, server.connectionCount());
    quiet();
    assertEquals(10, server.connectionCount());
  }

  @Test
  void outOfDescriptors_spendsTheReserve_andRecoversOnce() throws Exception {
    open();
    for (int errno : new int[] {Errno.EMFILE, Errno.ENFILE}) {
      told.clear();
      failAccepts(errno);
      Raw refused = client();
      untilPeerIsOver(refused);
      assertEquals(List.of("exhausted " + Errno.name(errno)), told);
      failAccepts(errno);
      Raw again = client();
      untilPeerIsOver(again);
      assertEquals(1, told.size()); // one burst, one report
      pass(2 * SECOND);
      assertServes();
      assertServes();
      assertEquals(List.of("exhausted " + Errno.name(errno), "recovered 2"), told);
    }
  }

  /** Who names no listener reads of it in the log. */
  @Test
  void outOfDescriptors_withoutAListener_isLogged() throws Exception {
    List<String> logged = new CopyOnWriteArrayList<>();
    Logger logger = Logger.getLogger("dev.pollux.net");
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord line) {
            logged.add(line.getLevel() + " " + line.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    logger.addHandler(handler);
    logger.setUseParentHandlers(false);
    try {
      server = track(Server.open(loop, ServerOptions.at(loopback(0)), _ -> handler()));
      failAccepts(Errno.EMFILE);
      untilPeerIsOver(client());
      pass(2 * SECOND);
      assertServes();
      assertEquals(
          List.of(
              "WARNING "
                  + server
                  + ": connections are refused or left waiting: EMFILE "
                  + "(too many open files in this process)",
              "WARNING " + server + ": connections are accepted again; 1 were refused"),
          logged);
    } finally {
      logger.removeHandler(handler);
      logger.setUseParentHandlers(true);
    }
  }

  private void pass(long nanos) throws SysException {
    if (model != null) {
      model.advance(nanos);
      return;
    }
    long end = sys.nanoTime() + nanos;
    while (sys.nanoTime() < end) {
      int _ = loop.runOnce(end - sys.nanoTime());
    }
  }

  @Test
  void outOfMemory_mutes_thenHearsAgain() throws Exception {
    open();
    for (int errno : new int[] {Errno.ENOMEM, Errno.ENOBUFS}) {
      int before = accepted.size();
      probe.inject((call, _) -> call.equals("accept4") ? -errno : null);
      Raw waiting = client();
      turn();
      turn();
      long calls = probe.count("accept4");
      turn();
      turn();
      assertEquals(calls, probe.count("accept4"), "calls while muted");
      assertTrue(told.contains("exhausted " + Errno.name(errno)), told.toString());
      probe.inject((_, _) -> null);
      until("accept after the pause", () -> accepted.size() == before + 1);
      waiting.write("x");
      until("echo", () -> waiting.read().size() == 1);
      pass(2 * SECOND);
      assertServes();
      assertTrue(told.getLast().startsWith("recovered"), told.toString());
    }
  }

  @Test
  void reserve_takenBySomebodyElse_mutes_andIsTakenAgain() throws Exception {
    open();
    boolean[] out = {true};
    probe.inject((call, _) ->
        out[0] && (call.equals("accept4") || call.equals("eventfd") || call.equals("fcntl"))
            ? -Errno.EMFILE
            : null);
    Raw waiting = client();
    turn();
    turn();
    long calls = probe.count("accept4");
    turn();
    assertEquals(calls, probe.count("accept4"), "calls while muted");
    out[0] = false;
    until("accept after the pause", () -> accepted.size() == 1);
    failAccepts(Errno.EMFILE);
    Raw refused = client();
    untilPeerIsOver(refused); // by the reserve, which is there again
    waiting.close();
    quiet();
  }

  @Test
  void eventfdForbidden_aDuplicateIsTheReserve() throws Exception {
    for (int errno : new int[] {Errno.ENOSYS, Errno.EPERM}) {
      probe.inject((call, _) -> call.equals("eventfd") ? -errno : null);
      open();
      failAccepts(Errno.EMFILE);
      Raw refused = client();
      untilPeerIsOver(refused);
      assertServes();
    }
  }

  @Test
  void unmute_thatFails_isTriedAgain() throws Exception {
    open();
    probe.inject((call, _) -> call.equals("accept4") ? -Errno.ENOMEM : null);
    Raw _ = client();
    turn();
    turn();
    probe.inject((call, _) -> call.equals("epollCtl") ? -Errno.ENOMEM : null);
    pass(3 * Listener.MUTE_NANOS / 2);
    turn();
    probe.inject((_, _) -> null);
    until("accept", () -> accepted.size() == 1);
  }

  @Test
  void registrationFails_theConnectionIsClosed_andTheListenerGoesOn() throws Exception {
    open();
    probe.inject((call, _) -> call.equals("epollCtl") ? -Errno.ENOSPC : null);
    Raw refused = client();
    untilPeerIsOver(refused);
    assertEquals(0, server.connectionCount());
    assertEquals(List.of("exhausted ENOSPC"), told);
    probe.inject((_, _) -> null);
    assertServes();
  }

  @Test
  void connectionLimit_shedsOneMore_andCounts() throws Exception {
    open(ServerOptions.at(loopback(0)).withMaxConnections(2));
    Raw first = client();
    Raw _ = client();
    quiet();
    assertEquals(2, server.connectionCount());
    Raw shed = client();
    untilPeerIsOver(shed);
    assertEquals(List.of("shed CONNECTIONS"), told);
    first.close();
    quiet();
    assertServes();
    assertEquals(1, server.connectionCount());
  }

  @Test
  void factoryThatThrows_losesThatConnectionOnly() throws Exception {
    boolean[] broken = {true};
    like = ServerOptions.at(loopback(0)).withConnection(options);
    server =
        track(
            Server.open(
                loop,
                like,
                connection -> {
                  if (broken[0]) {
                    connection.reset();
                    throw new IllegalStateException("made to fail");
                  }
                  return handler();
                }));
    Raw refused = client();
    untilPeerIsOver(refused);
    assertEquals(0, server.connectionCount());
    assertEquals(1, reported.size());
    broken[0] = false;
    assertServes();
  }

  @Test
  void observerThatThrows_doesNotMakeTheServerDeaf() throws Exception {
    like = ServerOptions.at(loopback(0)).withConnection(options).withMaxConnections(1);
    ServerListener rude =
        new ServerListener() {
          @Override
          public void shed(Limit limit) {
            throw new IllegalStateException("made to fail");
          }
        };
    server = track(Server.open(loop, like, _ -> handler(), rude));
    Raw first = client();
    quiet();
    Raw shed = client();
    untilPeerIsOver(shed);
    first.close();
    quiet();
    assertServes();
    assertEquals(1, reported.size());
  }

  @Test
  void stop_answersWhatHadArrived_alsoInTheBacklog_andListensNoMore() throws Exception {
    open();
    Raw known = client();
    quiet();
    known.write("known");
    Raw waiting = client();
    awaitReady(Inside.listenerFd(server), Linux.POLLIN);
    waiting.write("waiting");
    SocketAddress address = server.address();
    server.stop();
    server.stop();
    untilPeerIsOver(known);
    untilPeerIsOver(waiting);
    assertEquals("known", known.text());
    assertEquals("waiting", waiting.text());
    assertTrue(known.isEnded() && waiting.isEnded());
    until("finished", server::isFinished);
    Server next = track(Server.open(loop, ServerOptions.at(address), _ -> handler()));
    assertEquals(address, next.address()); // the address is free
  }

  @Test
  void close_endsConnectionsAtOnce_andIsIdempotent() throws Exception {
    open();
    Raw client = client();
    quiet();
    server.close();
    server.close();
    turn();
    untilPeerIsOver(client);
    assertEquals(0, server.connectionCount());
    assertTrue(server.isFinished());
    assertEquals(CloseReason.CUT_OFF, accepted.getFirst().cause.reason());
  }

  @Test
  void loopClosedFirst_thenTheServer_leavesNothing() throws Exception {
    open();
    Raw _ = client();
    quiet();
    loop.close();
    server.stop();
    server.close();
    assertEquals(0, server.connectionCount());
  }

  @Test
  void loopClosed_itsListenerIsClosed() throws Exception {
    open();
    int fd = Inside.listenerFd(server);
    loop.close();
    assertFalse(openDescriptors().containsKey(fd));
  }

  @Test
  void addressInUse_fails_andLeavesNothing() throws Exception {
    open();
    int before = openDescriptors().size();
    SysException failed =
        assertThrows(
            SysException.class,
            () -> Server.open(loop, ServerOptions.at(server.address()), _ -> handler()));
    assertEquals(Errno.EADDRINUSE, failed.errno());
    assertEquals(before, openDescriptors().size());
    assertServes();
  }

  @Test
  void abstractName_isServed() throws Exception {
    open(
        ServerOptions.at(
            UnixAddress.abstractName("pollux-server-" + ProcessHandle.current().pid())));
    assertServes();
    assertFalse(server.isFinished());
  }
}
