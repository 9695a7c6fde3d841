package dev.pollux.cli.connect;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopTimer;
import dev.pollux.net.DatagramEndpoint;
import dev.pollux.net.DatagramHandler;
import dev.pollux.net.DatagramOptions;
import dev.pollux.net.IpFamilies;
import dev.pollux.sys.SysException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A server that is sent datagrams: each line is one, with its end; so is the last, which may have
 * none. A line that is longer than a datagram can be is a failure, and nothing is sent of it.
 *
 * <p>Datagrams have no end. So after its own the client listens until nothing has come for {@link
 * #SILENCE_NANOS}. Threads: the loop's.
 */
final class DatagramPeer implements ConnectPeer, DatagramHandler {

  /** What a datagram over IPv4 carries at most: 65,535 less the two headers. */
  static final int MAX_BYTES = 65_507;

  /** How long nothing has to come after the end of the input. */
  static final long SILENCE_NANOS = 1_000_000_000; // 1 s

  private final EventLoop loop;
  private final ConnectClient client;
  private final String server;
  private final ByteBuffer line = ByteBuffer.allocate(MAX_BYTES);
  private final LoopTimer silence = new LoopTimer(this::silent);
  private final ByteBuffer rest = ByteBuffer.allocate(MAX_BYTES).limit(0);
  private @Nullable DatagramEndpoint endpoint;
  private boolean lineDue;
  private boolean ended;
  private boolean listening;

  private DatagramPeer(EventLoop loop, ConnectClient client, String server) {
    this.loop = loop;
    this.client = client;
    this.server = server;
  }

  /** Opens a socket for datagrams to a server and from it, and tells the client. */
  static void open(EventLoop loop, ConnectClient client, InetSocketAddress address, String server)
      throws SysException {
    DatagramPeer peer = new DatagramPeer(loop, client, server);
    boolean six = address.getAddress() instanceof Inet6Address;
    InetAddress any = InetAddress.ofLiteral(six ? "::" : "0.0.0.0");
    DatagramOptions options =
        DatagramOptions.DEFAULT
            .withDatagramBytes(MAX_BYTES)
            .withReceiveBatch(1)
            .withFamilies(six ? IpFamilies.BOTH : IpFamilies.IPV4);
    DatagramEndpoint opened =
        DatagramEndpoint.open(loop, new InetSocketAddress(any, 0), options, peer);
    peer.endpoint = opened;
    opened.connect(address);
    client.opened(peer, server + " by UDP, a line each");
  }

  @Override
  public boolean send(ByteBuffer bytes) {
    boolean room = !lineDue || sendLine();
    while (room && bytes.hasRemaining()) {
      if (!line.hasRemaining()) {
        client.over(ConnectFailures.tooLong(MAX_BYTES));
        return false;
      }
      byte next = bytes.get();
      line.put(next);
      lineDue = next == '\n';
      room = !lineDue || sendLine();
    }
    return room;
  }

  /** Sends the line; false if there is no room for it now. */
  private boolean sendLine() {
    DatagramEndpoint to = endpoint;
    lineDue = to != null && !to.send(line.flip());
    if (lineDue) {
      line.position(line.limit()).limit(line.capacity());
    } else {
      line.clear();
    }
    return !lineDue;
  }

  @Override
  public void end() {
    ended = true;
    lineDue = line.position() > 0;
    if (!lineDue || sendLine()) {
      listen();
    }
  }

  private void listen() {
    listening = true;
    loop.schedule(silence, SILENCE_NANOS);
  }

  private void silent() {
    client.over(null);
  }

  @Override
  public void pause() {
    loop.cancel(silence);
    DatagramEndpoint from = endpoint;
    if (from != null) {
      from.pause();
    }
  }

  /** What there was no room for comes first, and may fill it again. */
  @Override
  public void resume() {
    if (rest.hasRemaining()) {
      client.heard(rest);
      return;
    }
    if (listening) {
      listen();
    }
    DatagramEndpoint from = endpoint;
    if (from != null) {
      from.resume();
    }
  }

  @Override
  public int unreadBytes() {
    return rest.remaining();
  }

  @Override
  public int unsentBytes() {
    return lineDue ? line.position() : 0;
  }

  @Override
  public void close() {
    client.over(null);
  }

  @Override
  public void received(
      DatagramEndpoint from, ByteBuffer data, @Nullable SocketAddress peer, boolean truncated) {
    client.heard(data);
    if (data.hasRemaining()) { // it is longer with its marks; the client has paused this
      var _ = rest.clear().put(data).flip();
    }
  }

  @Override
  public void drained(DatagramEndpoint to) {
    if (lineDue && sendLine() && ended) {
      listen();
    }
    client.roomAgain();
  }

  @Override
  public void failed(DatagramEndpoint from, SysException cause) {
    client.over(ConnectFailures.refused(server, cause.errno()));
  }

  @Override
  public void unsent(DatagramEndpoint from, @Nullable SocketAddress to, SysException cause) {
    client.over(ConnectFailures.refused(server, cause.errno()));
  }
}
