package dev.pollux.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.pollux.net.Connection;
import dev.pollux.sys.Errno;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.SockAddr;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.io.ByteArrayOutputStream;
import java.net.SocketAddress;

/** A client of a {@link HostCase}, by system calls alone. In texts ¶ is CR LF. */
final class HostPeer implements AutoCloseable {

  private static final int IO_BYTES = 1 << 16;
  private static final int WINDOW_BYTES = 1 << 16; // so that little fills it

  /** The server's end, where the case looked for it. */
  Connection connection;

  private final HostCase host;
  private final Sys sys;
  private final int fd;
  private final IoBuffer io = IoBuffer.allocate(IO_BYTES);
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private boolean isEnded;
  private int errno;
  private boolean isClosed;

  HostPeer(HostCase host, SocketAddress address) throws SysException {
    this.host = host;
    this.sys = host.sys;
    this.fd = Sockets.open(sys, SockAddr.family(address), Linux.SOCK_STREAM);
    Sockets.setOption(sys, fd, Linux.SOL_SOCKET, Linux.SO_RCVBUF, WINDOW_BYTES);
    boolean _ = Sockets.connect(sys, fd, address);
  }

  /** Sends a text, which the kernel is to take at once. */
  HostPeer send(String text) {
    byte[] bytes = HttpWire.bytes(text);
    var _ = io.buffer().clear().put(bytes);
    int sent = sys.send(fd, io.address(), bytes.length, Linux.MSG_NOSIGNAL);
    if (sent != bytes.length) {
      throw new AssertionError("send: " + (sent < 0 ? Errno.name(-sent) : sent));
    }
    return this;
  }

  /** Sends a request, and has its whole answer, which is "pong". */
  void ask(String request) throws SysException {
    received.reset();
    var _ = send(request);
    host.until("an answer to " + request, () -> read().endsWith("¶¶pong"));
  }

  /** All that came so far, as text. */
  String read() {
    take();
    return received.toString(ISO_8859_1).replace("\r\n", "¶");
  }

  private void take() {
    for (int n = 1; n > 0 && !isOver() && !isClosed; ) {
      n = sys.recv(fd, io.address(), IO_BYTES, 0);
      if (n > 0) {
        byte[] got = new byte[n];
        var _ = io.buffer().clear().get(got);
        received.writeBytes(got);
      }
      isEnded |= n == 0;
      errno = n < 0 && n != -Errno.EAGAIN ? -n : errno;
    }
  }

  private boolean isOver() {
    return isEnded || errno != 0;
  }

  /** Turns the loop until the end is read; all that came before it. */
  String readToTheEnd() throws SysException {
    host.until(
        "the end at the client",
        () -> {
          take();
          return isOver();
        });
    return read();
  }

  /** Whether the stream has ended in order, behind what was read. */
  boolean isEndedInOrder() {
    take();
    return isEnded;
  }

  /** FIN: it sends no more. */
  void end() {
    int result = sys.shutdown(fd, Linux.SHUT_WR);
    if (result < 0) {
      throw new AssertionError("shutdown: " + Errno.name(-result));
    }
  }

  /** RST: it is gone. */
  void reset() throws SysException {
    Sockets.linger(sys, fd, 0);
    close();
  }

  @Override
  public void close() {
    if (!isClosed) {
      isClosed = true;
      int _ = sys.close(fd);
    }
  }
}
