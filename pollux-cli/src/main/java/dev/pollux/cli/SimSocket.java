package dev.pollux.cli;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.SockAddr;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A non-blocking socket of somebody in a simulated run that is not the program under test.
 *
 * <p>After an error of a send it can still be read, so that it is known what had arrived.
 */
final class SimSocket {

  private static final int MAX_OPENS = 50;
  private static final int MAX_RECEIVE_BUFFER_BYTES = 1 << 14; // 16 KiB

  private final SimWorld world;
  private final String name;
  private final @Nullable InetSocketAddress target;
  private final MemorySegment address = Arena.ofAuto().allocate(SockAddr.MAX_BYTES, Long.BYTES);
  private int fd = -1;
  private int openCount;
  private int errno;
  private boolean connected;
  private boolean ended;
  private boolean halfClosed;
  private boolean closed;

  /** One that is to be connected. */
  SimSocket(SimWorld world, String name, InetSocketAddress target) {
    this.world = world;
    this.name = name;
    this.target = target;
  }

  /** One that was accepted. */
  SimSocket(SimWorld world, String name, int fd) {
    this.world = world;
    this.name = name;
    this.target = null;
    this.fd = fd;
    this.connected = true;
  }

  boolean isConnected() {
    return connected;
  }

  /** Whether the other side ended its stream. */
  boolean hasEnded() {
    return ended;
  }

  boolean isHalfClosed() {
    return halfClosed;
  }

  boolean isClosed() {
    return closed;
  }

  /** The first error it met; 0 if none. */
  int errno() {
    return errno;
  }

  /** A step towards a connection. */
  void connect() throws SysException {
    InetSocketAddress server = target;
    if (closed || connected || server == null) {
      return;
    }
    if (fd < 0) {
      int result = world.kernel.socket(Linux.AF_INET, Linux.SOCK_STREAM | Linux.SOCK_NONBLOCK, 0);
      if (result < 0) {
        if (++openCount == MAX_OPENS) {
          fail(-result);
        }
        return;
      }
      fd = result;
      if (world.dice.oneIn(3)) {
        int size = world.dice.upTo(MAX_RECEIVE_BUFFER_BYTES);
        Sockets.setOption(world.kernel, fd, Linux.SOL_SOCKET, Linux.SO_RCVBUF, size);
      }
    }
    int length = SockAddr.encode(server, address);
    int result = world.kernel.connect(fd, address.address(), length);
    if (result == 0 || result == -Errno.EISCONN) {
      connected = true;
      moved("is connected");
    } else if (result != -Errno.EINPROGRESS && result != -Errno.EALREADY) {
      fail(-result);
    }
  }

  /** Sends some of this; how much was taken. */
  int send(byte[] bytes, int position, int count) {
    int most = Math.min(count, SimWorld.BUFFER_BYTES);
    world.buffer.buffer().put(0, bytes, position, most);
    int n = world.kernel.send(fd, world.buffer.address(), most, Linux.MSG_NOSIGNAL);
    if (n >= 0) {
      moved("sent " + n);
      return n;
    }
    if (n != -Errno.EAGAIN && n != -Errno.EINTR) {
      meet(-n);
    }
    return 0;
  }

  /** Receives into the world's buffer; how many bytes, 0 also at the end or an error. */
  int receive(int count) {
    if (ended || closed) {
      return 0;
    }
    int most = Math.min(count, SimWorld.BUFFER_BYTES);
    int n = world.kernel.recv(fd, world.buffer.address(), most, 0);
    if (n > 0) {
      moved("received " + n);
      return n;
    }
    if (n == 0) {
      ended = true;
      moved("received the end");
    } else if (n != -Errno.EAGAIN && n != -Errno.EINTR) {
      fail(-n);
    }
    return 0;
  }

  void halfClose() {
    if (!halfClosed && !closed) {
      halfClosed = true;
      moved("half-closes");
      int result = world.kernel.shutdown(fd, Linux.SHUT_WR);
      if (result < 0) {
        meet(-result);
      }
    }
  }

  void reset() throws SysException {
    if (!closed) {
      Sockets.linger(world.kernel, fd, 0);
      moved("resets");
      close();
    }
  }

  void close() {
    if (!closed) {
      closed = true;
      moved("is closed");
      if (fd >= 0) {
        int _ = world.kernel.close(fd);
      }
    }
  }

  /** The sending side is broken; what came before can still be read. */
  private void meet(int number) {
    errno = errno == 0 ? number : errno;
    moved("meets " + Errno.name(number));
  }

  private void fail(int number) {
    meet(number);
    close();
  }

  private void moved(String what) {
    world.progress++;
    if (world.isTracing()) {
      world.note(name + " " + what);
    }
  }

  @Override
  public String toString() {
    return name
        + (closed ? " closed" : connected ? " open" : " connecting")
        + (errno == 0 ? "" : " " + Errno.name(errno));
  }
}
