package dev.pollux.cli.echo;

import dev.pollux.net.DatagramEndpoint;
import dev.pollux.net.DatagramHandler;
import dev.pollux.sys.SysException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Sends each datagram back to whom it came from, or a fixed line. Threads: the loop's. */
final class UdpEcho implements DatagramHandler {

  private final TextLog log;
  private final @Nullable ByteBuffer reply;
  private long bytes;

  UdpEcho(TextLog log, @Nullable String reply) {
    this.log = log;
    this.reply =
        reply == null ? null : ByteBuffer.wrap((reply + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /** How many bytes came. */
  long bytes() {
    return bytes;
  }

  @Override
  public void received(
      DatagramEndpoint endpoint, ByteBuffer data, @Nullable SocketAddress peer, boolean truncated) {
    if (peer == null) {
      return; // nobody to answer to
    }
    int size = data.remaining();
    bytes += size;
    ByteBuffer answer = reply == null ? data : reply.rewind();
    int answerSize = answer.remaining();
    boolean sent = endpoint.reply(answer);
    log.datagram(peer, "read ", size, truncated ? ", the rest did not fit into --buffer" : "");
    log.datagram(peer, sent ? "wrote " : "dropped ", answerSize, "");
  }

  @Override
  public void unsent(DatagramEndpoint endpoint, @Nullable SocketAddress peer, SysException cause) {
    log.line("cannot send: " + cause.getMessage());
  }
}
