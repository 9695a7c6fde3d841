package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.model.Fault;
import dev.pollux.model.Faults;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A peer that is gone without a word: nothing that is sent to it is acknowledged. On both kernels.
 */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.Setup#kernels")
class VanishedPeerTest extends ClockedCase {

  private static final int SO_ATTACH_FILTER = 26; // asm-generic/socket.h
  private static final long LONG_NANOS = 4 * 3_600 * SECOND; // longer than any delay

  /** In the model, a segment arrives when its time has passed, and that is the test's to say. */
  @Override
  Faults faults() {
    return Faults.none().with(Fault.DELAY, 1).withMaxDelay(Duration.ofHours(1));
  }

  private void arrive() {
    if (model != null) {
      model.advance(LONG_NANOS);
    }
  }

  private Pair vanished(Recorder handler, ConnectionOptions like) throws SysException {
    int listener = Sockets.tcpListener(sys, loopback(0), 8);
    int client = Sockets.connecting(sys, Sockets.localAddress(sys, listener));
    arrive();
    awaitReady(listener, Linux.POLLIN);
    int accepted = Sockets.accept(sys, listener);
    arrive();
    awaitReady(client, Linux.POLLOUT);
    int _ = sys.close(listener);
    Raw peer = raw(client);
    if (model == null) {
      hearNothing(client);
    }
    return new Pair(Connection.adopt(loop, accepted, like, track(handler)), peer, handler);
  }

  /** A filter that drops every packet, before TCP has seen it. */
  private void hearNothing(int fd) {
    // struct sock_filter { __u16 code; __u8 jt; __u8 jf; __u32 k; }; BPF_RET | BPF_K, of 0 bytes
    IoBuffer filter = IoBuffer.allocate(8);
    var _ = filter.buffer().order(ByteOrder.nativeOrder()).putShort(0, (short) 0x06).putInt(4, 0);
    // struct sock_fprog { unsigned short len; struct sock_filter *filter; };
    IoBuffer program = IoBuffer.allocate(16);
    ByteBuffer fields = program.buffer().order(ByteOrder.nativeOrder());
    var _ = fields.putShort(0, (short) 1).putLong(8, filter.address());
    int result = sys.setsockopt(fd, Linux.SOL_SOCKET, SO_ATTACH_FILTER, program.address(), 16);
    assertEquals(0, result);
  }

  @Test
  void peer_toWhichALittleIsSentNowAndThen_isGivenUp() throws Exception {
    Recorder handler = SlowFeedTest.beating();
    ConnectionOptions like =
        options.withHeartbeat(Duration.ofSeconds(1)).withWriteStall(Duration.ofSeconds(60));
    Pair _ = vanished(handler, like);
    pass(60 * SECOND); // from the first heartbeat on
    assertFalse(handler.isClosed());
    pass(1_100 * MILLI);
    assertTrue(handler.isClosed(), "beats: " + handler.count("heartbeat"));
    assertEquals(CloseReason.STALLED, handler.cause.reason());
  }

  /** What is written does not hold up an end, either. */
  @Test
  void peer_isGivenUpByAFinish() throws Exception {
    Recorder handler = SlowFeedTest.beating();
    ConnectionOptions like =
        options
            .withHeartbeat(Duration.ofSeconds(1))
            .withWriteStall(Duration.ofSeconds(7))
            .withCloseGrace(Duration.ofSeconds(7));
    Pair pair = vanished(handler, like);
    pair.connection().hold();
    pass(2 * SECOND);
    pair.connection().finish();
    pass(5 * SECOND);
    assertFalse(handler.isClosed());
    pass(3 * SECOND);
    assertTrue(handler.isClosed(), "beats: " + handler.count("heartbeat"));
    assertEquals(CloseReason.STALLED, handler.cause.reason());
  }
}
