package dev.pollux.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.http.events.EventGroup;
import dev.pollux.http.events.EventStream;
import dev.pollux.http.events.ServerEvent;
import dev.pollux.http.websocket.WebSocket;
import dev.pollux.http.websocket.WebSocketEndpoint;
import dev.pollux.http.websocket.WebSocketGroup;
import dev.pollux.http.websocket.WebSocketHandler;
import dev.pollux.http.websocket.WebSocketMessage;
import dev.pollux.http.websocket.WebSocketOptions;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopOptions;
import dev.pollux.model.Faults;
import dev.pollux.model.Limits;
import dev.pollux.model.ModelSys;
import dev.pollux.net.Connection;
import dev.pollux.net.NetStats;
import dev.pollux.net.ServerOptions;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is sent to 10,000 who do not read is in memory once. */
class BroadcastTest {

  private static final int MEMBERS = HttpServer.MAX_CONNECTIONS;
  private static final int BATCH = 500;
  private static final int KERNEL_BYTES = 512; // of a connection, each way: a request fits in
  private static final int CONTENT_BYTES = 1 << 15;
  private static final int FEW_BYTES = 1 << 16; // less than seven for each member
  private static final int FEW_BUFFERS = 10;
  private static final Pattern BUFFERS =
      Pattern.compile("(?m)^\\s*\\d+:\\s+(\\d+)\\s+\\d+\\s+java\\.nio\\.DirectByteBuffer .*$");
  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);

  private final ModelSys sys =
      ModelSys.virtual(
          1,
          Faults.none(),
          Limits.defaults()
              .withMaxFds(3 * MEMBERS)
              .withTcpSendBytes(KERNEL_BYTES)
              .withTcpReceiveBytes(KERNEL_BYTES),
          null);
  private final Map<Integer, String> before = sys.openDescriptors();
  private final EventLoop loop;
  private final List<Connection> connections = new ArrayList<>();
  private final List<Integer> clients = new ArrayList<>();
  private final IoBuffer io = IoBuffer.allocate(KERNEL_BYTES);

  BroadcastTest() throws SysException {
    loop = EventLoop.open(sys, LoopOptions.DEFAULT);
  }

  @AfterEach
  void nothingIsLeft() throws SysException {
    for (int client : clients) {
      int _ = sys.close(client);
    }
    turn();
    loop.close();
    assertEquals(before, sys.openDescriptors());
  }

  private void turn() throws SysException {
    for (int empty = 0; empty < 3; ) {
      empty = loop.runOnce(0) == 0 ? empty + 1 : 0;
    }
  }

  /** Connects them, and has each ask this. */
  private HttpServer members(String request, HttpHandler handler) throws SysException {
    HttpHandler counting =
        (asked, response) -> {
          connections.add(asked.connection());
          handler.handle(asked, response);
        };
    HttpServer server = HttpServer.open(loop, ServerOptions.at(ANY), counting);
    byte[] bytes = request.replace("¶", "\r\n").getBytes(ISO_8859_1);
    var _ = io.buffer().clear().put(bytes);
    for (int i = 0; i < MEMBERS; i++) {
      int client = Sockets.connecting(sys, server.address());
      clients.add(client);
      assertEquals(bytes.length, sys.send(client, io.address(), bytes.length, Linux.MSG_NOSIGNAL));
      if (i % BATCH == BATCH - 1) {
        turn();
      }
    }
    assertEquals(MEMBERS, connections.size());
    return server;
  }

  /** The live direct buffers of this virtual machine: a queue refers to that of a payload. */
  private static long buffers() throws JMException {
    Object said =
        ManagementFactory.getPlatformMBeanServer()
            .invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"),
                "gcClassHistogram",
                new Object[] {new String[0]},
                new String[] {String[].class.getName()});
    Matcher row = BUFFERS.matcher(String.valueOf(said));
    assertTrue(row.find(), "no row of buffers");
    return Long.parseLong(row.group(1));
  }

  /** Sends it, and looks at what that takes as long as nobody has read it. */
  private void assertTakesOne(Supplier<Boolean> broadcast) throws Exception {
    long memory = NetStats.of(loop).memoryBytes();
    long count = buffers();
    assertTrue(broadcast.get());
    turn();
    for (Connection each : connections) {
      assertTrue(each.isOpen() && each.queuedBytes() > CONTENT_BYTES / 2, each::toString);
    }
    long kept = buffers() - count;
    assertTrue(kept > 0 && kept < FEW_BUFFERS, "buffers: " + kept);
    long more = NetStats.of(loop).memoryBytes() - memory;
    assertTrue(more < FEW_BYTES, "copied: " + more);
  }

  @Test
  void message_toManyWebSockets_isInMemoryOnce() throws Exception {
    WebSocketGroup group = WebSocketGroup.over(List.of(loop));
    WebSocketHandler joining =
        new WebSocketHandler() {
          @Override
          public void opened(WebSocket socket) {
            group.add(socket);
          }
        };
    WebSocketOptions quiet = WebSocketOptions.DEFAULT.withPingInterval(Duration.ZERO);
    String ask =
        "GET / HTTP/1.1¶Host: a¶Connection: Upgrade¶Upgrade: websocket¶"
            + "Sec-WebSocket-Version: 13¶Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==¶¶";
    try (HttpServer _ = members(ask, WebSocketEndpoint.of(quiet, _ -> joining))) {
      assertEquals(MEMBERS, group.size());
      ByteBuffer content = ByteBuffer.allocate(CONTENT_BYTES);
      assertTakesOne(() -> group.broadcast(WebSocketMessage.binary(content)));
    }
  }

  @Test
  void event_toManyStreams_isInMemoryOnce() throws Exception {
    EventGroup group = EventGroup.over(List.of(loop));
    HttpHandler joining = (request, response) -> group.add(EventStream.begin(request, response));
    try (HttpServer _ = members("GET / HTTP/1.1¶Host: a¶¶", joining)) {
      assertEquals(MEMBERS, group.size());
      String content = "x".repeat(CONTENT_BYTES);
      assertTakesOne(() -> group.broadcast(ServerEvent.of(content)));
    }
  }
}
