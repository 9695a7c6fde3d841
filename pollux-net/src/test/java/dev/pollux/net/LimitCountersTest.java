package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.sys.Errno;
import dev.pollux.sys.SysException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What was refused is counted by the limit that refused it. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.Setup#kernels")
class LimitCountersTest extends NetCase {

  private Server server;

  private void open(int maxConnections) throws SysException {
    ServerOptions like =
        ServerOptions.at(loopback(0)).withMaxConnections(maxConnections).withConnection(options);
    server = track(Server.open(loop, like, _ -> track(Recorder.echo())));
  }

  private Raw client() throws SysException {
    return connectRaw(server.address());
  }

  private void assertRefused(Limit expected) {
    for (Limit limit : Limit.values()) {
      assertEquals(limit == expected ? 1 : 0, NetStats.of(loop).refused(limit), limit.name());
    }
  }

  @Test
  void connection_beyondTheLimit_isCounted() throws Exception {
    open(1);
    Raw first = client();
    quiet();
    Raw second = client();
    untilPeerIsOver(second);
    assertEquals(new ServerStats(1, 1, 1, 0, 0), server.stats());
    assertRefused(Limit.CONNECTIONS);
    first.close();
    quiet();
    assertEquals(new ServerStats(1, 0, 1, 0, 0), server.stats());
  }

  @Test
  void connection_withoutADescriptor_isCounted() throws Exception {
    open(8);
    boolean[] out = {true};
    probe.inject((call, _) -> {
      boolean now = call.equals("accept4") && out[0];
      out[0] &= !now;
      return now ? -Errno.EMFILE : null;
    });
    untilPeerIsOver(client());
    assertEquals(new ServerStats(0, 0, 0, 0, 1), server.stats());
    assertRefused(Limit.DESCRIPTORS);
  }

  @Test
  void connection_thatCannotBeWatched_isCounted() throws Exception {
    open(8);
    probe.inject((call, _) -> call.equals("epollCtl") ? -Errno.ENOMEM : null);
    untilPeerIsOver(client());
    assertEquals(new ServerStats(0, 0, 0, 0, 1), server.stats());
    assertRefused(Limit.MEMORY);
  }
}
