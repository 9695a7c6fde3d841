package dev.pollux.guide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopOptions;
import dev.pollux.model.Faults;
import dev.pollux.model.ModelSys;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.Server;
import dev.pollux.net.ServerOptions;
import dev.pollux.poll.Backend;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.Errno;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Counts the system calls of a server by trigger and backend, for docs/edge-or-level.md. */
class EdgeOrLevelTest {

  private static final Path GUIDE = Path.of("../docs/edge-or-level.md");
  private static final String[] WAITS = {"epollWait", "epollPwait2", "ppoll", "pselect"};
  private static final int REQUESTS = 100;
  private static final int REQUEST_BYTES = 100;
  private static final int MUCH_BYTES = 1 << 20; // 1 MiB
  private static final int TURNS = 10_000; // more than any of the programs takes

  /** What a client does to the server. */
  private interface Program {
    void run(Client client) throws SysException;
  }

  private record Counts(int waits, int controls, int reads, int writes) {}

  @Test
  void guide_tableOfTriggers_isWhatIsCounted() throws IOException {
    StringBuilder table = new StringBuilder(heading());
    for (Trigger trigger : List.of(Trigger.LEVEL, Trigger.EDGE)) {
      append(table, "requests", trigger, Backend.EPOLL);
    }
    for (Trigger trigger : List.of(Trigger.LEVEL, Trigger.EDGE)) {
      append(table, "flood", trigger, Backend.EPOLL);
    }
    for (Trigger trigger : List.of(Trigger.LEVEL, Trigger.EDGE)) {
      append(table, "slow reader", trigger, Backend.EPOLL);
    }
    assertShown(table.toString());
  }

  @Test
  void guide_tableOfBackends_isWhatIsCounted() throws IOException {
    StringBuilder table = new StringBuilder(heading());
    for (Backend backend : List.of(Backend.EPOLL, Backend.POLL, Backend.SELECT)) {
      for (Trigger trigger : List.of(Trigger.LEVEL, Trigger.EDGE)) {
        append(table, "requests", trigger, backend);
      }
    }
    assertShown(table.toString());
  }

  private static void assertShown(String table) throws IOException {
    assertTrue(
        Files.readString(GUIDE).contains("```\n" + table + "```\n"),
        () -> GUIDE + " does not show this table:\n" + table);
  }

  private static String heading() {
    return "%-12s %-8s %-7s %6s %6s %6s %6s\n"
        .formatted("", "trigger", "backend", "waits", "ctl", "reads", "writes");
  }

  private static void append(StringBuilder table, String name, Trigger trigger, Backend backend)
      throws SysException {
    Counts counts = counted(name, trigger, backend);
    table.append(
        "%-12s %-8s %-7s %6d %6d %6d %6d\n"
            .formatted(
                name,
                trigger.name().toLowerCase(Locale.ROOT),
                backend.label(),
                counts.waits,
                counts.controls,
                counts.reads,
                counts.writes));
  }

  /** The calls of one run, from when the connection stands. */
  private static Counts counted(String name, Trigger trigger, Backend backend) throws SysException {
    ModelSys kernel = ModelSys.virtual(1, Faults.none());
    CountingSys counted = new CountingSys(kernel);
    ConnectionOptions connections = ConnectionOptions.DEFAULT.withTrigger(trigger);
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    ServerOptions options = ServerOptions.at(any).withConnection(connections);
    try (EventLoop loop = EventLoop.open(counted.sys(), LoopOptions.DEFAULT.withBackend(backend));
        Server server = Server.open(loop, options, _ -> new Answers());
        Client client = new Client(kernel, loop, server)) {
      while (server.connectionCount() == 0) {
        int _ = loop.runOnce(0);
      }
      counted.reset();
      program(name).run(client);
      assertTrue(counted.count(WAITS) > 0, "no wait was counted"); // these are their names
      return new Counts(
          counted.count(WAITS),
          counted.count("epollCtl"),
          counted.count("recv"),
          counted.count("send", "writev"));
    }
  }

  private static Program program(String name) {
    return switch (name) {
      case "requests" -> EdgeOrLevelTest::requests;
      case "flood" -> EdgeOrLevelTest::flood;
      case "slow reader" -> EdgeOrLevelTest::slowReader;
      default -> throw new IllegalArgumentException(name);
    };
  }

  /** A hundred times: a request, one turn, an answer. */
  private static void requests(Client client) throws SysException {
    for (int i = 0; i < REQUESTS; i++) {
      assertEquals(REQUEST_BYTES, client.send(REQUEST_BYTES));
      client.turn();
      assertEquals(REQUEST_BYTES, client.receive(REQUEST_BYTES));
    }
  }

  /** Twice a full buffer of requests, of which the server reads all and answers none. */
  private static void flood(Client client) throws SysException {
    client.swallow();
    for (int round = 0; round < 2; round++) {
      int sent = 0;
      for (int n = client.send(MUCH_BYTES); n > 0; n = client.send(MUCH_BYTES - sent)) {
        sent += n;
      }
      client.turnsUntilQuiet();
    }
  }

  /** One answer of a mebibyte, read in pieces as they come. */
  private static void slowReader(Client client) throws SysException {
    client.answerMuch();
    int received = 0;
    for (int turn = 0; received < MUCH_BYTES; turn++) {
      assertTrue(turn < TURNS, "the answer does not come");
      client.turn();
      received += Math.max(0, client.receive(MUCH_BYTES));
    }
    client.turnsUntilQuiet();
  }

  /** Sends back what comes; or drops it. */
  private static final class Answers implements ConnectionHandler {

    private boolean dropping;

    @Override
    public void received(Connection connection, ByteBuffer data) {
      if (dropping) {
        var _ = data.position(data.limit());
      } else {
        var _ = connection.write(data);
      }
    }
  }

  /** A client that makes its calls past the counter, and turns the server's loop by hand. */
  private static final class Client implements AutoCloseable {

    private final Sys sys;
    private final EventLoop loop;
    private final Server server;
    private final IoBuffer buffer = IoBuffer.allocate(MUCH_BYTES);
    private final int fd;

    Client(Sys sys, EventLoop loop, Server server) throws SysException {
      this.sys = sys;
      this.loop = loop;
      this.server = server;
      this.fd = Sockets.connecting(sys, server.address());
    }

    int send(int sizeBytes) {
      var _ = buffer.buffer().clear().limit(sizeBytes);
      return sizeBytes == 0 ? 0 : buffer.write(sys, fd);
    }

    int receive(int sizeBytes) {
      var _ = buffer.buffer().clear().limit(sizeBytes);
      int n = buffer.read(sys, fd);
      assertTrue(n > 0 || n == -Errno.EAGAIN, () -> "read: " + n);
      return n;
    }

    void turn() throws SysException {
      int _ = loop.runOnce(0);
    }

    void turnsUntilQuiet() throws SysException {
      for (int turn = 0; loop.runOnce(0) > 0; turn++) {
        assertTrue(turn < TURNS, "the server does not come to rest");
      }
    }

    void swallow() {
      ((Answers) connection().handler()).dropping = true;
    }

    void answerMuch() {
      var _ = connection().write(ByteBuffer.allocate(MUCH_BYTES));
    }

    private Connection connection() {
      return server.connections(loop).getFirst();
    }

    @Override
    public void close() {
      int _ = sys.close(fd);
    }
  }
}
