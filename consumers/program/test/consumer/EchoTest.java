package consumer;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopOptions;
import dev.pollux.model.Fault;
import dev.pollux.model.Faults;
import dev.pollux.model.ModelSys;
import dev.pollux.net.CloseCause;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.Server;
import dev.pollux.net.ServerOptions;
import dev.pollux.sys.SysException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** The echo on the model kernel, in one thread, under virtual time, with short reads and writes. */
class EchoTest {

  private static final Faults FAULTS =
      Faults.none().with(Fault.SHORT_READ, 0.5).with(Fault.SHORT_WRITE, 0.5);

  @Test
  void whatIsSent_comesBack() throws SysException {
    ModelSys sys = ModelSys.virtual(1, FAULTS);
    Client client = new Client();
    try (EventLoop loop = EventLoop.open(sys, LoopOptions.DEFAULT)) {
      InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      try (Server server = Server.open(loop, ServerOptions.at(any), _ -> Echo.handler())) {
        var _ =
            Connection.connect(loop, server.address(), 0, ConnectionOptions.DEFAULT, client);
        while (!client.closed) {
          int _ = loop.runOnce(-1);
        }
      }
    }
    assertEquals("hello", client.answer.toString());
  }

  private static final class Client implements ConnectionHandler {

    final StringBuilder answer = new StringBuilder();
    boolean closed;

    @Override
    public void opened(Connection connection) {
      var _ = connection.write(US_ASCII.encode("hello"));
    }

    @Override
    public void received(Connection connection, ByteBuffer data) {
      answer.append(US_ASCII.decode(data));
      if (answer.length() == "hello".length()) {
        connection.close();
      }
    }

    @Override
    public void closed(Connection connection, CloseCause cause) {
      closed = true;
    }
  }
}
