package dev.pollux.http.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopOptions;
import dev.pollux.model.Faults;
import dev.pollux.model.ModelSys;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.Server;
import dev.pollux.net.ServerOptions;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Sys;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Requests that wait for a connection, more than a stack has room for. */
class ManyWaitingTest {

  private static final int COUNT = 20_000;
  private static final int TURNS = 200;

  private final ModelSys kernel = ModelSys.virtual(1, Faults.none());
  private final List<String> reported = new ArrayList<>();
  private boolean isWithoutDescriptors;
  private Connection there;
  private int failed;

  /** The kernel, which has no descriptor for another socket once that is said. */
  private Sys sys() {
    InvocationHandler calls =
        (_, call, arguments) -> {
          if (isWithoutDescriptors && call.getName().equals("socket")) {
            return -Errno.EMFILE;
          }
          try {
            return call.invoke(kernel, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        };
    Class<?>[] types = {Sys.class};
    return (Sys) Proxy.newProxyInstance(Sys.class.getClassLoader(), types, calls);
  }

  @Test
  void waiting_ofWhichNoneCanBeConnected_areAllTold() throws Exception {
    LoopOptions reporting =
        LoopOptions.DEFAULT.withErrorHandler((_, what, e) -> reported.add(what + ": " + e));
    ConnectionHandler silent =
        new ConnectionHandler() {
          @Override
          public void received(Connection connection, ByteBuffer data) {
            there = connection;
            var _ = data.position(data.limit());
          }
        };
    ServerOptions at =
        ServerOptions.at(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
    try (EventLoop loop = EventLoop.open(sys(), reporting);
        Server server = Server.open(loop, at, _ -> silent);
        HttpClient client =
            HttpClient.of(
                loop,
                ClientOptions.DEFAULT.withConnectionsPerOrigin(1).withWaitingRequests(COUNT))) {
      int port = ((InetSocketAddress) server.address()).getPort();
      for (int i = 0; i < COUNT; i++) {
        ClientRequest request = ClientRequest.get("http://127.0.0.1:" + port + "/");
        var _ = client.fetch(request, _ -> {}, _ -> failed++);
      }
      turn(loop);
      isWithoutDescriptors = true;
      assertNotNull(there);
      there.reset();
      turn(loop);
      assertEquals(COUNT, failed);
      assertEquals(List.of(), reported);
      assertEquals(0, client.waitingCount());
      assertEquals(0, client.connectionCount());
    }
  }

  private static void turn(EventLoop loop) throws Exception {
    for (int i = 0; i < TURNS; i++) {
      int _ = loop.runOnce(0);
    }
  }
}
