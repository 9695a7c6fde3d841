package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What was refused is counted by the limit that refused it. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.Setup#kernels")
class LimitCountersTest extends NetCase {

  @TempDir Path directory;

  private Server server;

  private void open(int maxConnections) throws SysException {
    ServerOptions like =
        ServerOptions.at(loopback(0)).withMaxConnections(maxConnections).withConnection(options);
    server = track(Server.open(loop, like, _ -> track(Recorder.echo())));
  }

  private Raw client() throws SysException {
    return connectRaw(server.address());
  }

  private void assertRefused(@Nullable Limit expected) {
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

  // ---- what a write is refused by

  private void refuseWrites() {
    probe.inject((call, _) ->
        call.equals("send") || call.equals("writev") || call.equals("sendfile")
            ? -Errno.EAGAIN
            : null);
  }

  private Pair tight() throws SysException {
    Pair pair =
        pair(
            new Recorder(),
            options
                .withLowWaterBytes(10)
                .withHighWaterBytes(20)
                .withMaxQueuedBytes(100)
                .withMaxQueuedFiles(1));
    quiet();
    refuseWrites();
    return pair;
  }

  @Test
  void write_beyondTheBytesThatMayBeQueued_isCounted() throws Exception {
    Pair pair = tight();
    assertTrue(pair.connection().write(ByteBuffer.allocate(100)).isTaken());
    assertRefused(null);
    assertEquals(WriteResult.REFUSED, pair.connection().write(ByteBuffer.allocate(1)));
    assertRefused(Limit.QUEUED_BYTES);
    pair.connection().reset();
    untilClosed(pair);
  }

  @Test
  void file_beyondThoseThatMayBeQueued_isCounted() throws Exception {
    Pair pair = tight();
    assertTrue(pair.connection().sendFile(file()).isTaken());
    assertRefused(null);
    assertEquals(WriteResult.REFUSED, pair.connection().sendFile(file()));
    assertRefused(Limit.QUEUED_FILES);
    pair.connection().reset();
    untilClosed(pair);
  }

  private FileRegion file() throws Exception {
    Path path = directory.resolve("file");
    if (model != null) {
      model.putFile(path.toString(), new byte[10]);
    } else {
      Files.write(path, new byte[10]);
    }
    return FileRegion.open(sys, path, 0, 10);
  }

  /** What waits for a handshake. */
  @Test
  void write_beyondWhatTlsHoldsBack_isCounted() throws Exception {
    Tls tls = Tls.client(TlsKeys.trustOnly(TlsKeys.localhost()), "localhost", 443);
    turn(); // its clock has stood still while keys were made
    Raw listener = raw(Sockets.tcpListener(sys, loopback(0), 4));
    Connection connection =
        Connection.connect(
            loop,
            Sockets.localAddress(sys, listener.fd()),
            0,
            options.withLowWaterBytes(10).withHighWaterBytes(20).withMaxQueuedBytes(100),
            tls,
            track(new Recorder()));
    assertTrue(connection.write(ByteBuffer.allocate(100)).isTaken());
    assertRefused(null);
    assertEquals(WriteResult.REFUSED, connection.write(ByteBuffer.allocate(1)));
    assertRefused(Limit.TLS_QUEUE);
    connection.reset();
    turn();
  }

  @Test
  void write_withoutMemory_isCounted() throws Exception {
    Pair pair = tight();
    LoopNet.of(loop)
        .pool()
        .takeFrom((_, _) -> {
          throw new OutOfMemoryError("made up");
        });
    assertEquals(WriteResult.REFUSED, pair.connection().write(ByteBuffer.allocate(1)));
    assertRefused(Limit.MEMORY);
    LoopNet.of(loop).pool().takeFrom(Slab::new);
    pair.connection().reset();
    untilClosed(pair);
  }
}
