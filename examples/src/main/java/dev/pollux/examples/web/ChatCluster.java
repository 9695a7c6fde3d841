package dev.pollux.examples.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pollux.http.HttpException;
import dev.pollux.http.Router;
import dev.pollux.http.websocket.WebSocket;
import dev.pollux.http.websocket.WebSocketEndpoint;
import dev.pollux.http.websocket.WebSocketGroup;
import dev.pollux.http.websocket.WebSocketHandler;
import dev.pollux.http.websocket.WebSocketMessage;
import dev.pollux.loop.EventLoop;
import dev.pollux.net.CloseCause;
import dev.pollux.net.ConnectOptions;
import dev.pollux.net.Connection;
import dev.pollux.net.Connector;
import dev.pollux.net.FrameHandler;
import dev.pollux.net.Framing;
import dev.pollux.sys.SysException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rooms that several servers share: what somebody says is published by Redis, and each server sends
 * it to those of the room that are its own. A server that dies takes nobody else with it.
 */
public final class ChatCluster implements FrameHandler {

  private static final String CHANNEL = "room:";
  private static final Framing LINES = Framing.lines(1 << 16);
  private static final long AGAIN_NANOS = 200_000_000; // 200 ms

  private final EventLoop loop;
  private final int redisPort;
  private final Map<String, WebSocketGroup> rooms = new HashMap<>();
  private final List<String> push = new ArrayList<>(); // what Redis is telling
  private int left; // elements of that
  private boolean isValue; // the next line is one
  private @Nullable Connection redis;

  private ChatCluster(EventLoop loop, int redisPort) {
    this.loop = loop;
    this.redisPort = redisPort;
  }

  // ---- members

  private WebSocketHandler member(String room, String name) {
    if (!room.matches("[a-z0-9]{1,20}")) {
      throw new HttpException(404, "a room has a name of small letters and digits");
    }
    return new WebSocketHandler() {
      @Override
      public void opened(WebSocket socket) {
        rooms.computeIfAbsent(room, _ -> WebSocketGroup.over(List.of(loop))).add(socket);
        var _ = socket.send("welcome to " + room);
      }

      @Override
      public void text(WebSocket socket, String text) {
        if (!publish(CHANNEL + room, name + ": " + text.replaceAll("\\R", " "))) {
          var _ = socket.send("(not heard by others: try again)");
        }
      }
    };
  }

  // ---- Redis, by its protocol of version 3, in which a connection may publish and subscribe

  private boolean publish(String channel, String text) {
    Connection known = redis;
    return known != null && command(known, "PUBLISH", channel, text);
  }

  private static boolean command(Connection to, String... words) {
    StringBuilder command = new StringBuilder("*" + words.length + "\r\n");
    for (String word : words) {
      int length = word.getBytes(UTF_8).length;
      command.append('$').append(length).append("\r\n").append(word).append("\r\n");
    }
    return to.write(command.toString()).isTaken();
  }

  private void connect() {
    try {
      var options = ConnectOptions.to("127.0.0.1", redisPort);
      var _ = Connector.connect(loop, options, LINES.handler(this), _ -> connectAgain());
    } catch (SysException e) {
      connectAgain();
    }
  }

  private void connectAgain() {
    redis = null;
    left = 0;
    var _ = loop.schedule(AGAIN_NANOS, this::connect);
  }

  @Override
  public void opened(Connection connection) {
    redis = connection;
    boolean _ = command(connection, "HELLO", "3");
    boolean _ = command(connection, "PSUBSCRIBE", CHANNEL + "*");
  }

  @Override
  public void closed(Connection connection, CloseCause cause) {
    connectAgain();
  }

  /** A line of what Redis says: {@code >4}, and then each element, a word behind its length. */
  @Override
  public void frame(Connection connection, ByteBuffer frame) {
    String line = UTF_8.decode(frame).toString();
    if (left == 0 && line.startsWith(">")) {
      push.clear();
      left = Integer.parseInt(line.substring(1));
    } else if (left > 0 && !isValue && line.startsWith("$")) {
      isValue = true;
    } else if (left > 0) {
      isValue = false;
      push.add(line);
      left--;
      if (left == 0 && push.getFirst().equals("pmessage")) {
        said(push.get(2).substring(CHANNEL.length()), push.get(3));
      }
    }
  }

  private void said(String room, String text) {
    WebSocketGroup members = rooms.get(room);
    if (members != null) {
      boolean _ = members.broadcast(WebSocketMessage.text(text));
    }
  }

  /** Takes a port, and that of Redis on this machine, 6379 by default. */
  public static void main(String[] args) throws SysException {
    try (EventLoop loop = EventLoop.open()) {
      ChatCluster chat = new ChatCluster(loop, args.length > 1 ? Integer.parseInt(args[1]) : 6379);
      loop.execute(chat::connect);
      var member = WebSocketEndpoint.of(r -> chat.member(r.parameter("room"), r.parameter("name")));
      Web.serve(loop, args, new Router().get("/rooms/{room}/{name}", member));
    }
  }
}
