package dev.pollux.net;

import dev.pollux.sys.Errno;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The other end of a connection under test, by system calls, with an engine of TLS or without: it
 * does what it is told when it is told, and tells the oracle. Nothing here blocks.
 */
final class ProgramPeer {

  private static final int BUFFER_BYTES = 1 << 16;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final Sys sys;
  private final ProgramOracle oracle;
  private final @Nullable SSLEngine engine;
  private final IoBuffer io = IoBuffer.allocate(BUFFER_BYTES);
  private final ByteBuffer wire = ByteBuffer.allocate(2 * BUFFER_BYTES); // records, not whole
  private final ByteBuffer plain = ByteBuffer.allocate(BUFFER_BYTES);
  private final ByteArrayOutputStream unsent = new ByteArrayOutputStream();
  private int fd;
  private boolean shutdownAsked;
  private boolean shutdownDone;
  private boolean closeNotified;
  private boolean over;
  private boolean broken;

  ProgramPeer(Sys sys, int fd, ProgramOracle oracle, @Nullable SSLContext tls) throws SSLException {
    this.sys = sys;
    this.fd = fd;
    this.oracle = oracle;
    if (tls == null) {
      engine = null;
    } else {
      engine = tls.createSSLEngine("localhost", 443);
      engine.setUseClientMode(true);
      engine.setEnabledProtocols(new String[] {"TLSv1.3"});
      engine.beginHandshake();
    }
  }

  /** Whether it has read an end or an error, or closed. */
  boolean isOver() {
    return over || fd < 0;
  }

  /** Whether the handshake is done; call until it is. */
  boolean isReady() throws SSLException {
    if (engine == null) {
      return true;
    }
    read(BUFFER_BYTES);
    return over || engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
  }

  /** Sends as much as the kernel takes; with TLS all of it, some of it later. */
  void send(byte[] bytes) throws SSLException {
    if (fd < 0 || broken || shutdownAsked) {
      return;
    }
    if (engine == null) {
      int n = send(bytes, 0, bytes.length);
      oracle.peerSent(java.util.Arrays.copyOf(bytes, n));
    } else {
      oracle.peerSent(bytes);
      for (ByteBuffer source = ByteBuffer.wrap(bytes); source.hasRemaining(); ) {
        wrap(source);
      }
      flush();
    }
  }

  /** Half-close: after a close_notify, if there is TLS. */
  void end() throws SSLException {
    if (fd < 0 || broken || shutdownAsked) {
      return;
    }
    shutdownAsked = true;
    oracle.peerEnded();
    if (engine != null) {
      engine.closeOutbound();
      handshake();
    }
    flush();
  }

  /** Reads once, at most so many bytes of the wire; and does what else is due. */
  void read(int most) throws SSLException {
    if (fd < 0) {
      return;
    }
    if (engine != null) {
      handshake();
    }
    flush();
    int n = over ? 0 : sys.recv(fd, io.address(), Math.min(most, BUFFER_BYTES), 0);
    if (n > 0) {
      byte[] got = new byte[n];
      var _ = io.buffer().get(0, got);
      if (engine == null) {
        oracle.peerRead(got);
      } else {
        unwrap(got);
      }
    } else if (n == 0 && !over) {
      over = true;
      if (engine == null && !broken) {
        oracle.peerReadEnd();
      }
    } else if (n < 0 && n != -Errno.EAGAIN) {
      over = true;
      broken = true;
    }
  }

  void reset() throws SysException {
    if (fd >= 0) {
      oracle.peerReset();
      Sockets.linger(sys, fd, 0);
      close();
    }
  }

  /** Closes at once, which is a reset for what was not read, and no end in order with TLS. */
  void leave() {
    if (fd >= 0) {
      oracle.peerReset();
      if (engine == null) {
        oracle.peerEnded();
      } else if (!shutdownAsked || unsent.size() > 0) { // its close_notify has not left
        oracle.asked(CloseReason.PROTOCOL);
      }
      close();
    }
  }

  /** Gives the descriptor back. */
  void close() {
    if (fd >= 0) {
      int _ = sys.close(fd);
      fd = -1;
    }
  }

  private int send(byte[] bytes, int start, int count) {
    int done = 0;
    while (done < count) {
      int piece = Math.min(count - done, BUFFER_BYTES);
      var _ = io.buffer().put(0, bytes, start + done, piece);
      int n = sys.send(fd, io.address(), piece, Linux.MSG_NOSIGNAL);
      if (n < 0) {
        broken |= n != -Errno.EAGAIN; // which a read will not tell again: it will say end
        break;
      }
      done += n;
    }
    return done;
  }

  private void flush() {
    if (unsent.size() > 0) {
      byte[] bytes = unsent.toByteArray();
      int n = send(bytes, 0, bytes.length);
      unsent.reset();
      unsent.write(bytes, n, bytes.length - n);
    }
    if (shutdownAsked && !shutdownDone && unsent.size() == 0) {
      shutdownDone = true;
      int _ = sys.shutdown(fd, Linux.SHUT_WR);
    }
  }

  // ---- TLS

  private SSLEngine tls() {
    if (engine == null) {
      throw new IllegalStateException("no TLS");
    }
    return engine;
  }

  private void wrap(ByteBuffer source) throws SSLException {
    ByteBuffer out = ByteBuffer.allocate(1 << 15);
    SSLEngineResult _ = tls().wrap(source, out);
    unsent.write(out.array(), 0, out.position());
  }

  /** What the engine wants to do or say by itself; one closed by the peer always wants to. */
  private void handshake() throws SSLException {
    for (Runnable task; (task = tls().getDelegatedTask()) != null; ) {
      task.run();
    }
    while (tls().getHandshakeStatus() == HandshakeStatus.NEED_WRAP
        && !tls().isOutboundDone()
        && (shutdownAsked || !tls().isInboundDone())) {
      int before = unsent.size();
      wrap(NOTHING);
      if (unsent.size() == before) {
        return;
      }
    }
  }

  private void unwrap(byte[] got) throws SSLException {
    wire.put(got);
    var _ = wire.flip();
    boolean more = true;
    while (more && !closeNotified) {
      var _ = plain.clear();
      SSLEngineResult result = tls().unwrap(wire, plain);
      if (plain.position() > 0) {
        oracle.peerRead(java.util.Arrays.copyOf(plain.array(), plain.position()));
      }
      handshake();
      closeNotified = result.getStatus() == SSLEngineResult.Status.CLOSED;
      more =
          result.getStatus() == SSLEngineResult.Status.OK
              && (result.bytesConsumed() > 0
                  || tls().getHandshakeStatus() == HandshakeStatus.NEED_UNWRAP_AGAIN);
    }
    if (closeNotified) {
      var _ = wire.clear();
      oracle.peerReadEnd();
    } else {
      var _ = wire.compact();
    }
    flush();
  }
}
