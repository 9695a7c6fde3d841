package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** What was written over TLS is told of when its records have left: not earlier, and always. */
@ParameterizedClass(name = "[level, epoll/{0}]")
@ValueSource(strings = {"native", "model"})
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TlsDeliveryTest {

  @Parameter String kernel;
  private final ProgramOracle oracle = new ProgramOracle();
  private final TlsNote server = new TlsNote();
  private final List<String> told = new ArrayList<>();
  private final List<String> expected = new ArrayList<>();
  private TlsBox box;
  private ProgramPeer peer;
  private Connection connection;
  private int writtenBytes;

  @BeforeEach
  void open() throws Exception {
    Tls tls = Tls.server(TlsKeys.localhost().identity()); // may take a while
    box = new TlsBox(kernel.equals("model"));
    box.options =
        box.options.withLowWaterBytes(500).withHighWaterBytes(3_000).withMaxQueuedBytes(1 << 20);
    peer = connect(tls);
    boolean[] ready = {false};
    box.until(
        "opened",
        () -> {
          ready[0] |= read(0);
          return ready[0] && server.log.contains("opened");
        });
    box.quiet();
  }

  private ProgramPeer connect(Tls tls) throws Exception {
    int[] fds = Sockets.pair(box.sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
    connection = Detached.of(fds[0]).adopt(box.loop, box.options, tls, box.track(server));
    return new ProgramPeer(box.sys, fds[1], oracle, TlsKeys.trustOnly(TlsKeys.localhost()));
  }

  @AfterEach
  void close() throws SysException {
    peer.close();
    connection.reset();
    box.untilClosed(server);
    box.close();
    assertEquals(List.of(), oracle.wrong);
  }

  /** The peer reads what has come; whether its handshake is done. */
  private boolean read(int most) {
    try {
      if (most > 0) {
        peer.read(most);
        return true;
      }
      return peer.isReady();
    } catch (SSLException e) {
      throw new AssertionError(e);
    }
  }

  /** Whether the peer can read so many bytes of what was written, without another turn. */
  private boolean hasLeft(int bytes) {
    int before;
    do {
      before = oracle.missingBytes();
      boolean _ = read(1 << 16);
    } while (oracle.missingBytes() < before);
    return oracle.missingBytes() <= writtenBytes - bytes;
  }

  private void write(byte[] bytes) {
    WriteResult result = connection.write(ByteBuffer.wrap(bytes));
    assertTrue(result.isTaken());
    oracle.wrote(bytes, true, result);
    writtenBytes += bytes.length;
  }

  private void mark() {
    String name = "mark " + expected.size();
    int at = writtenBytes;
    expected.add(name + " true, left: true");
    connection.whenSent((_, sent) -> told.add(name + " " + sent + ", left: " + hasLeft(at)));
  }

  private void untilTold() throws SysException {
    box.until(
        "all told",
        () -> {
          boolean _ = hasLeft(writtenBytes);
          return told.size() >= expected.size();
        });
    assertEquals(expected, told);
  }

  /** A kernel that takes a few bytes at a time, or none; records wait in front of it and behind. */
  @Test
  void deliveries_acrossPartialWrites() throws Exception {
    Random dice = new Random(7);
    box.wire.pieces = count -> 1 + dice.nextInt(Math.min(count, 900));
    for (int i = 0; i < 300; i++) {
      write(TlsBox.random(1 + dice.nextInt(dice.nextInt(10) == 0 ? 20_000 : 300)));
      mark();
      if (dice.nextInt(4) == 0) {
        mark();
      }
      if (dice.nextInt(3) == 0) {
        box.turns(1 + dice.nextInt(2));
      }
      if (dice.nextInt(5) == 0) {
        boolean _ = hasLeft(0);
      }
    }
    untilTold();
    mark(); // behind nothing
    untilTold();
  }

  /** The end comes behind all of it: no delivery waits for more. */
  @Test
  void deliveries_beforeAnEnd() throws Exception {
    for (int i = 0; i < 20; i++) {
      write(TlsBox.random(2_000));
      mark();
    }
    connection.end();
    mark();
    untilTold();
  }

  /** TLS breaks with plain bytes in hand: what is behind them did not leave. */
  @Test
  void deliveries_ofBytesThatWereNotEncrypted_areLost() throws Exception {
    while (connection.link().filter().heldBytes() == 0) {
      write(TlsBox.random(200));
    }
    connection.whenSent((_, sent) -> told.add("first " + sent));
    Inside.engine(connection).closeOutbound();
    box.until(
        "told",
        () -> {
          boolean _ = hasLeft(0);
          return !told.isEmpty();
        });
    assertEquals(List.of("first false"), told);
  }
}
