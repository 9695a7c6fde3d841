package dev.pollux.guide;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.net.AcceptMode;
import dev.pollux.net.Blocking;
import dev.pollux.net.CloseCause;
import dev.pollux.net.CloseReason;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionGroup;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.ConnectionObserver;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.FrameHandler;
import dev.pollux.net.HandlerFactory;
import dev.pollux.net.Payload;
import dev.pollux.net.Relay;
import dev.pollux.net.Server;
import dev.pollux.net.ServerListener;
import dev.pollux.net.ServerOptions;
import dev.pollux.net.Tls;
import dev.pollux.net.TlsIdentity;
import dev.pollux.net.Workers;
import dev.pollux.net.WriteResult;
import dev.pollux.sys.Errno;
import dev.pollux.sys.SysException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;

/** How servers are set up, in pieces. */
final class Setups {

  private Setups() {}

  // begin times
  static ConnectionOptions times() {
    return ConnectionOptions.DEFAULT
        .withAllIdle(Duration.ofSeconds(60)) // nothing moved, in neither direction
        .withReadIdle(Duration.ofSeconds(45)) // nothing arrived
        .withHeartbeat(Duration.ofSeconds(20)) // nothing was sent
        .withWriteStall(Duration.ofSeconds(30)) // something is to be sent, and does not get on
        .withCloseTotal(Duration.ofMinutes(5)); // an end may take so long, whatever gets on
  }

  // end times

  // begin tls
  static Tls serverTls(Path certificates, Path key) throws IOException {
    return Tls.server(TlsIdentity.ofPem(certificates, key)).withApplicationProtocols("shout/1");
  }

  static Tls clientTls(SSLContext trusted) {
    return Tls.client(trusted, "localhost", 8080).withApplicationProtocols("shout/1");
  }

  // end tls

  // begin loops
  static Server onAll(LoopGroup loops, SocketAddress address) throws SysException {
    ServerOptions options =
        ServerOptions.at(address)
            .withAcceptMode(AcceptMode.REUSEPORT)
            .withMaxConnections(50_000)
            .withConnection(times());
    return Server.start(loops, options, Shout.handlers(), new Watch());
  }

  // end loops

  // begin group
  static LoopGroup loops() throws SysException {
    int count = Runtime.getRuntime().availableProcessors();
    return LoopGroup.start(count, LoopOptions.DEFAULT.withName("shout"));
  }

  // end group

  // begin watch
  /** Writes to the log what befalls the server itself. */
  static final class Watch implements ServerListener {

    private static final System.Logger LOG = System.getLogger("shout");

    @Override
    public void exhausted(int errno) {
      LOG.log(System.Logger.Level.WARNING, "no more connections: " + Errno.name(errno));
    }

    @Override
    public void recovered(long refusedCount) {
      LOG.log(System.Logger.Level.INFO, "accepting again; " + refusedCount + " were refused");
    }
  }

  // end watch

  // begin chat
  /** Sends each line to everybody else. */
  static HandlerFactory chat(ConnectionGroup members) {
    return _ ->
        Shout.LINES.handler(
            new FrameHandler() {
              @Override
              public void opened(Connection member) {
                members.add(member);
              }

              @Override
              public void frame(Connection speaker, ByteBuffer line) {
                boolean _ = members.broadcast(Payload.copyOf(Shout.LINES.encode(line)), speaker);
              }
            });
  }

  // end chat

  // begin relay
  /** Joins each client to a connection of its own. */
  static HandlerFactory proxyTo(SocketAddress there) {
    return near -> {
      var back = Relay.to(near);
      return Relay.to(Connection.connect(near.loop(), there, 5_000_000_000L, near.options(), back));
    };
  }

  // end relay

  // begin starttls
  static FrameHandler startingTls(Tls tls, ConnectionHandler next) {
    return (connection, line) -> {
      if (US_ASCII.decode(line).toString().equals("STARTTLS")) {
        WriteResult _ = connection.write(ByteBuffer.wrap("go\n".getBytes(US_ASCII)));
        connection.startTls(tls, next); // "go" is plain, and whatever comes is not
      }
    };
  }

  // end starttls

  // begin tell
  /** Any thread: writes on the thread of the connection's loop. */
  static void tell(Connection connection, byte[] line) {
    EventLoop loop = connection.loop();
    loop.execute(() -> {
      if (connection.write(ByteBuffer.wrap(line)) == WriteResult.REFUSED) {
        connection.reset(); // it reads too slowly to have every line
      }
    });
  }

  // end tell

  // begin workers
  /** Answers names with addresses; to look one up may take seconds. */
  static HandlerFactory lookups(Workers workers) {
    return workers.handlers(
        Shout.LINES,
        (name, reply) -> {
          InetAddress address = InetAddress.getByName(US_ASCII.decode(name).toString());
          reply.write(US_ASCII.encode(address.getHostAddress()));
        });
  }

  // end workers

  // begin blocking
  /** A server of lines as one writes it with a thread for each connection. */
  static HandlerFactory blocking() {
    return Blocking.handlers(connection -> {
      connection.setReadTimeout(TimeUnit.SECONDS.toNanos(60));
      for (String line = connection.readLine(); line != null; line = connection.readLine()) {
        String answer = line.toUpperCase(Locale.ROOT) + "\n";
        connection.output().write(answer.getBytes(US_ASCII));
      }
    });
  }

  // end blocking

  // begin stop
  /** Any thread: lets every connection come to its end, then the loop. */
  static void stopInOrder(EventLoop loop, Server server) {
    var _ = server.stopped().thenRun(loop::stop);
    server.stop();
  }

  // end stop

  // begin observer
  /** Writes a line for each connection that comes to a bad end. */
  static ConnectionObserver logging(System.Logger log) {
    return new ConnectionObserver() {
      @Override
      public void closed(Connection connection, CloseCause cause) {
        if (cause.reason() != CloseReason.CLOSED && cause.reason() != CloseReason.END_OF_STREAM) {
          log.log(System.Logger.Level.INFO, connection + ": " + cause.message());
        }
      }

      @Override
      public void failed(Connection connection, String what, Throwable thrown) {
        log.log(System.Logger.Level.ERROR, what + " of " + connection, thrown);
      }
    };
  }

  // end observer

  // begin client
  static Connection client(EventLoop loop, SocketAddress address, ConnectionHandler handler)
      throws SysException {
    long timeout = TimeUnit.SECONDS.toNanos(3);
    return Connection.connect(loop, address, timeout, ConnectionOptions.DEFAULT, handler);
  }
  // end client
}
