package dev.pollux.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.net.FileRegion;
import dev.pollux.net.Server;
import dev.pollux.net.ServerListener;
import dev.pollux.net.ServerStats;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A process, the model's, that may have no more descriptors than it has. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.http.HostCase$Setup#models")
class DescriptorLimitTest extends HostCase {

  @Test
  void limitReached_refuses_servesTheOthers_andAcceptsWhenOneIsFree() throws Exception {
    model.putFile("/file", HttpWire.bytes("pong"));
    HttpHandler handler =
        (request, response) -> {
          if (request.path().equals("/file")) {
            response.send(FileRegion.open(request.loop().sys(), Path.of("/file"), 0, 4));
          } else {
            response.send("pong");
          }
        };
    server =
        Server.open(
            loop, options, HttpServer.handlers(HttpOptions.DEFAULT, handler), ServerListener.NONE);
    HostPeer first = accepted();
    HostPeer leaving = accepted();
    assertRests();
    HostPeer refused = peer();
    limit(model.openDescriptors().lastKey() + 1);
    assertEquals("", refused.readToTheEnd());
    assertEquals(new ServerStats(3, 3, 0, 0, 1), server.stats());
    first.ask(PING);
    first.send("GET /file HTTP/1.1¶Host: a¶¶");
    until("an answer", () -> first.read().endsWith("500 Internal Server Error\n"));
    assertEquals(1, reported.size(), reported::toString);
    assertTrue(reported.getFirst().contains(Errno.name(Errno.EMFILE)), reported::toString);
    assertRests();
    leaving.close();
    refused.close();
    until("an end", () -> server.connectionCount() == 2);
    HostPeer next = peer();
    next.ask(PING);
    first.ask("GET /file HTTP/1.1¶Host: a¶¶"); // by the one that refused had
    assertRests();
    assertEquals(new ServerStats(4, 3, 0, 0, 1), server.stats());
  }

  /** Descriptors from this one on are not to be had. */
  private void limit(int end) {
    try (Arena arena = Arena.ofConfined()) {
      // struct rlimit { rlim_t rlim_cur; rlim_t rlim_max; };
      MemorySegment limit = arena.allocate(Linux.SIZEOF_RLIMIT, 8);
      assertEquals(0, sys.getrlimit(Linux.RLIMIT_NOFILE, limit.address()));
      limit.set(ValueLayout.JAVA_LONG, 0, end);
      assertEquals(0, sys.setrlimit(Linux.RLIMIT_NOFILE, limit.address()));
    }
  }
}
