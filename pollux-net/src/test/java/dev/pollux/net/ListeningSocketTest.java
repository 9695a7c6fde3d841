package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pollux.sys.Errno;
import dev.pollux.sys.SysException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What listens before anybody accepts. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.Setup#kernels")
class ListeningSocketTest extends NetCase {

  @Test
  void whoConnects_waits_untilAServerAccepts() throws Exception {
    ServerOptions options = ServerOptions.at(loopback(0)).withBacklog(5);
    ListeningSocket kept;
    Raw client;
    try (ListeningSocket socket = ListeningSocket.open(sys, options)) {
      kept = socket;
      client = connectRaw(socket.address());
      client.write("early");
      ServerOptions on = ServerOptions.on(socket.descriptor());
      Server server = track(Server.open(loop, on, _ -> track(Recorder.echo())));
      assertEquals(socket.address(), server.address());
    }
    until("echo", () -> client.read().size() == 5);
    client.close();
    assertThrows(IllegalStateException.class, kept::descriptor);
  }

  @Test
  void address_thatIsTaken_isRefused_andNothingIsLeftOpen() throws Exception {
    ServerOptions same;
    try (ListeningSocket socket = ListeningSocket.open(sys, ServerOptions.at(loopback(0)))) {
      same = ServerOptions.at(socket.address());
      SysException e = assertThrows(SysException.class, () -> ListeningSocket.open(sys, same));
      assertEquals(Errno.EADDRINUSE, e.errno());
    }
    ListeningSocket.open(sys, same).close();
  }
}
