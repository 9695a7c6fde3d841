package dev.pollux.guide;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopOptions;
import dev.pollux.model.Fault;
import dev.pollux.model.Faults;
import dev.pollux.model.ModelSys;
import dev.pollux.net.CloseCause;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.FrameHandler;
import dev.pollux.net.Server;
import dev.pollux.net.ServerOptions;
import dev.pollux.sys.SysException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ShoutSimTest {

  private static final int RUNS = 200;
  private static final int LINES = 20;
  private static final int STANDARD_STREAMS = 3;
  private static final long VIRTUAL_DEADLINE_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** What goes wrong on every network, and is to be survived without a trace. */
  private static final Faults BAD_DAY =
      Faults.none()
          .with(Fault.EINTR, 0.1)
          .with(Fault.SPURIOUS_EAGAIN, 0.1)
          .with(Fault.SHORT_READ, 0.3)
          .with(Fault.SHORT_WRITE, 0.3)
          .with(Fault.DELAY, 0.3);

  @Test
  void lines_onABadDay_areAllAnsweredInOrder() throws Exception {
    for (long seed : seeds()) {
      List<String> answers = run(seed, BAD_DAY);
      assertEquals(expected(), answers, () -> replay(seed));
    }
  }

  @Test
  void lines_whenConnectionsAreReset_areAnsweredAsFarAsTheyWent() throws Exception {
    for (long seed : seeds()) {
      List<String> answers = run(seed, BAD_DAY.with(Fault.ECONNRESET, 0.05));
      assertEquals(expected().subList(0, answers.size()), answers, () -> replay(seed));
    }
  }

  /** One run: a server and a client on one loop, one kernel, one thread. */
  private static List<String> run(long seed, Faults faults) throws SysException {
    ModelSys sys = ModelSys.virtual(seed, faults);
    Talker talker = new Talker();
    try (EventLoop loop = EventLoop.open(sys, LoopOptions.DEFAULT)) {
      InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      Server server = Server.open(loop, ServerOptions.at(any), Shout.handlers());
      var _ =
          Connection.connect(
              loop, server.address(), 0, ConnectionOptions.DEFAULT, Shout.LINES.handler(talker));
      while (!talker.closed || server.connectionCount() > 0) {
        int _ = loop.runOnce(-1);
        assertTrue(sys.nanoTime() < VIRTUAL_DEADLINE_NANOS, () -> replay(seed));
      }
      server.close();
    }
    assertEquals(STANDARD_STREAMS, sys.openDescriptors().size(), () -> replay(seed));
    return talker.answers;
  }

  private static List<String> expected() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < LINES; i++) {
      lines.add("LINE " + i);
    }
    return lines;
  }

  /** All of them, or the one that is given. */
  private static long[] seeds() {
    Long given = Long.getLong("seed");
    if (given != null) {
      return new long[] {given};
    }
    long[] seeds = new long[RUNS];
    for (int i = 0; i < RUNS; i++) {
      seeds[i] = i;
    }
    return seeds;
  }

  private static String replay(long seed) {
    return "replay: mvn test -Dtest=ShoutSimTest -Dseed=" + seed;
  }

  /** Sends all lines at once, and ends when it has as many answers. */
  private static final class Talker implements FrameHandler {

    final List<String> answers = new ArrayList<>();
    boolean closed;

    @Override
    public void opened(Connection connection) {
      for (int i = 0; i < LINES; i++) {
        var _ = Shout.LINES.write(connection, US_ASCII.encode("line " + i));
      }
    }

    @Override
    public void frame(Connection connection, ByteBuffer line) {
      answers.add(US_ASCII.decode(line).toString());
      if (answers.size() == LINES) {
        connection.close();
      }
    }

    @Override
    public void closed(Connection connection, CloseCause cause) {
      closed = true;
    }
  }
}
