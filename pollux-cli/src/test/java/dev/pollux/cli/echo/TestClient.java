package dev.pollux.cli.echo;

import dev.pollux.sys.Errno;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;

/** A non-blocking client that a test moves on, a step at a time, on its own thread. */
final class TestClient implements AutoCloseable {

  private static final int BUFFER_BYTES = 1 << 16;

  final Sys sys = NativeSys.open();
  final int fd;
  final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private final IoBuffer buffer = IoBuffer.allocate(BUFFER_BYTES);
  private byte[] output = new byte[0];
  private int sent;
  private boolean endAfterOutput;
  boolean reading = true;
  boolean ended;
  int errno;
  private boolean closed;

  /** A socket that is not connected yet. */
  TestClient() throws SysException {
    fd = Sockets.open(sys, Linux.AF_INET, Linux.SOCK_STREAM);
    // Small and fixed, so that little lies between the two when this side does not read.
    Sockets.setOption(sys, fd, Linux.SOL_SOCKET, Linux.SO_RCVBUF, 1 << 15);
  }

  TestClient(InetSocketAddress server) throws SysException {
    this();
    connect(server);
  }

  TestClient connect(InetSocketAddress server) throws SysException {
    Sockets.connect(sys, fd, server);
    return this;
  }

  TestClient send(byte[] bytes) {
    byte[] rest = new byte[output.length - sent + bytes.length];
    System.arraycopy(output, sent, rest, 0, output.length - sent);
    System.arraycopy(bytes, 0, rest, output.length - sent, bytes.length);
    output = rest;
    sent = 0;
    return this;
  }

  /** Shuts the writing half down once everything is sent. */
  TestClient thenEnd() {
    endAfterOutput = true;
    return this;
  }

  boolean allSent() {
    return sent == output.length;
  }

  /** Sends and receives what can be now. */
  void step() {
    stepOutput();
    if (reading && !ended && errno == 0) {
      stepInput();
    }
  }

  private void stepOutput() {
    while (sent < output.length) {
      int size = Math.min(output.length - sent, BUFFER_BYTES);
      buffer.buffer().put(0, output, sent, size);
      int n = sys.send(fd, buffer.address(), size, Linux.MSG_NOSIGNAL);
      if (n < 0) {
        note(n);
        return;
      }
      sent += n;
    }
    if (endAfterOutput) {
      endAfterOutput = false;
      note(Math.min(0, sys.shutdown(fd, Linux.SHUT_WR)));
    }
  }

  private void stepInput() {
    for (int i = 0; i < 16; i++) {
      int n = sys.recv(fd, buffer.address(), BUFFER_BYTES, 0);
      if (n <= 0) {
        ended = n == 0;
        note(n);
        return;
      }
      byte[] bytes = new byte[n];
      buffer.buffer().get(0, bytes);
      received.write(bytes, 0, n);
    }
  }

  private void note(int result) {
    if (result < 0 && result != -Errno.EAGAIN && result != -Errno.ENOTCONN) {
      errno = -result;
    }
  }

  String text() {
    return received.toString(java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  /** Closes by a reset. */
  void reset() throws SysException {
    Sockets.linger(sys, fd, 0);
    close();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      int _ = sys.close(fd);
    }
  }
}
