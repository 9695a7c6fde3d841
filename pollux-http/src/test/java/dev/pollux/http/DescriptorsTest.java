package dev.pollux.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.net.FileRegion;
import dev.pollux.net.Limit;
import dev.pollux.net.NetStats;
import dev.pollux.net.Server;
import dev.pollux.net.ServerListener;
import dev.pollux.net.ServerStats;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.SysException;
import dev.pollux.sys.UnixAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** No descriptor is left: for who connects, and for files that are to be sent. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.http.HostCase$Setup#all")
class DescriptorsTest extends HostCase {

  private static final int[] ERRNOS = {Errno.EMFILE, Errno.ENFILE};

  private final List<String> told = new ArrayList<>();

  private final ServerListener telling =
      new ServerListener() {
        @Override
        public void exhausted(int errno) {
          told.add("exhausted " + Errno.name(errno));
        }

        @Override
        public void recovered(long refusedCount) {
          told.add("recovered " + refusedCount);
        }
      };

  private static final HttpHandler PONG = (_, response) -> response.send("pong");

  private void host(HttpHandler handler) throws SysException {
    server = Server.open(loop, options, HttpServer.handlers(HttpOptions.DEFAULT, handler), telling);
  }

  private void failNextAccept(int errno) {
    int last = count("accept4") + 1;
    fault = (call, _) -> call.equals("accept4") && count(call) <= last ? (Object) (-errno) : null;
  }

  private void failWhatMakesDescriptors(int errno) {
    fault =
        (call, arguments) ->
            switch (call) {
              case "accept4", "eventfd" -> -errno;
              case "fcntl" -> arguments[1].equals(Linux.F_DUPFD_CLOEXEC) ? -errno : null;
              default -> null;
            };
  }

  /** Whoever comes is served, and the server is at rest. */
  private void assertServes(HostPeer known) throws SysException {
    known.ask(PING);
    HostPeer next = peer();
    next.ask(PING);
    next.close();
    assertRests();
  }

  /** Who comes is told by an end or a reset: the reserve is for that. */
  private void assertRefused(HostPeer refused) throws SysException {
    assertEquals("", refused.readToTheEnd());
  }

  @Test
  void accept_withoutADescriptor_refuses_servesTheOthers_andRecovers() throws Exception {
    host(PONG);
    HostPeer first = accepted();
    assertRests();
    for (int errno : ERRNOS) {
      told.clear();
      long refused = server.stats().shedDescriptors();
      failNextAccept(errno);
      assertRefused(peer());
      assertEquals(List.of("exhausted " + Errno.name(errno)), told);
      assertEquals(refused + 1, server.stats().shedDescriptors());
      assertEquals(refused + 1, NetStats.of(loop).refused(Limit.DESCRIPTORS));
      first.ask(PING);
      assertRests();
      pass(2 * SECOND);
      assertServes(first);
      assertEquals(List.of("exhausted " + Errno.name(errno), "recovered 1"), told);
    }
    assertEquals(List.of(), reported);
  }

  @Test
  void accept_withoutTheReserveEither_waits_doesNotSpin_andIsAcceptedThen() throws Exception {
    host(PONG);
    HostPeer first = accepted();
    assertRests();
    for (int errno : ERRNOS) {
      told.clear();
      failWhatMakesDescriptors(errno);
      HostPeer waiting = peer().send(PING);
      until("somebody told", () -> !told.isEmpty());
      assertEquals(List.of("exhausted " + Errno.name(errno)), told);
      quiet();
      int calls = count("accept4");
      assertRests();
      assertEquals(calls, count("accept4"), "calls while there is nothing to be had");
      for (int i = 0; i < 5; i++) {
        pass(SECOND);
        first.ask(PING);
      }
      assertTrue(count("accept4") <= calls + 50 * 2, "more than two each 100 ms");
      assertEquals("", waiting.read());
      fault = NO_FAULT;
      pass(SECOND);
      until("an answer", () -> waiting.read().endsWith("pong"));
      pass(2 * SECOND);
      assertServes(first);
      assertEquals(List.of("exhausted " + Errno.name(errno), "recovered 0"), told);
    }
    assertEquals(List.of(), reported);
  }

  @Test
  void accept_ofAUnixSocket_refuses_andRecovers() throws Exception {
    String name = "pollux-http-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
    options = options.withAddress(UnixAddress.abstractName(name));
    host(PONG);
    HostPeer first = accepted();
    assertRests();
    failNextAccept(Errno.EMFILE);
    assertRefused(peer());
    pass(2 * SECOND);
    assertServes(first);
    assertEquals(List.of("exhausted EMFILE", "recovered 1"), told);
  }

  /** Who has named nobody to tell reads of it in the log, and in numbers. */
  @Test
  void accept_withoutADescriptor_isLogged_andCounted() throws Exception {
    List<String> logged = new CopyOnWriteArrayList<>();
    Handler noting =
        new Handler() {
          @Override
          public void publish(LogRecord line) {
            logged.add(line.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger logger = Logger.getLogger("dev.pollux.net");
    logger.addHandler(noting);
    logger.setUseParentHandlers(false);
    try {
      serve(PONG);
      failNextAccept(Errno.EMFILE);
      assertRefused(peer());
      assertEquals(new ServerStats(0, 0, 0, 0, 1), server.stats());
      assertEquals(1, logged.size(), logged::toString);
      assertTrue(logged.getFirst().contains("EMFILE"), logged::toString);
    } finally {
      logger.removeHandler(noting);
      logger.setUseParentHandlers(true);
    }
  }

  @Test
  void file_thatCannotBeOpened_is500_andTheConnectionGoesOn(@TempDir Path folder) throws Exception {
    Path path = file(folder);
    host((request, response) -> {
      if (request.path().equals("/ping")) {
        response.send("pong");
      } else {
        response.send(FileRegion.open(request.loop().sys(), path, 0, 4));
      }
    });
    HostPeer peer = accepted();
    for (int errno : ERRNOS) {
      reported.clear();
      fault = (call, _) -> call.equals("open") ? (Object) (-errno) : null;
      peer.send("GET /file HTTP/1.1¶Host: a¶¶");
      until("an answer", () -> peer.read().endsWith("500 Internal Server Error\n"));
      assertEquals(1, reported.size(), reported::toString);
      assertTrue(reported.getFirst().contains(Errno.name(errno)), reported::toString);
      peer.ask(PING);
      fault = NO_FAULT;
      peer.ask("GET /file HTTP/1.1¶Host: a¶¶");
      assertRests();
    }
  }

  private Path file(Path folder) throws Exception {
    byte[] content = HttpWire.bytes("pong");
    if (model == null) {
      return Files.write(folder.resolve("file"), content);
    }
    model.putFile("/file", content);
    return Path.of("/file");
  }

  /** A thread that answers has none of the server's to lose. */
  @Test
  void blocking_isServed_whileNobodyIsAccepted() throws Exception {
    host(HttpBlocking.handler(exchange -> exchange.send("pong")));
    HostPeer first = accepted();
    failWhatMakesDescriptors(Errno.EMFILE);
    HostPeer waiting = peer();
    until("somebody told", () -> !told.isEmpty());
    first.ask(PING);
    fault = NO_FAULT;
    pass(SECOND);
    waiting.ask(PING);
    assertEquals(List.of(), reported);
  }
}
