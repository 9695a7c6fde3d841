package dev.pollux.inspect.proc;

import dev.pollux.inspect.SocketState;
import dev.pollux.inspect.SocketState.State;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the tables of {@code /proc} do not show, asked of the kernel by netlink: the queues of Unix
 * sockets, and how long a peer has been silent. Only of this process's own network.
 *
 * <p>Source: sock_diag(7), netlink(7); {@code linux/inet_diag.h}, {@code linux/unix_diag.h}, {@code
 * linux/tcp.h}.
 */
public final class SocketDiagnostics {

  private static final int AF_NETLINK = 16;
  private static final int SOCK_RAW = 3;
  private static final int NETLINK_SOCK_DIAG = 4;
  private static final int SOCK_DIAG_BY_FAMILY = 20;
  private static final int NLM_F_REQUEST_DUMP = 0x301;
  private static final int NLMSG_ERROR = 2;
  private static final int NLMSG_DONE = 3;
  private static final int NLMSG_HEADER_BYTES = 16;
  private static final int BUFFER_BYTES = 1 << 16;

  private static final int UNIX_REQUEST_BYTES = 24;
  private static final int UNIX_MESSAGE_BYTES = 16;
  private static final int UDIAG_SHOW = 0x4 | 0x10; // the peer, and the queues
  private static final int UNIX_DIAG_PEER = 2;
  private static final int UNIX_DIAG_RQLEN = 4;

  private static final int INET_REQUEST_BYTES = 56;
  private static final int INET_MESSAGE_BYTES = 72;
  private static final int INET_WQUEUE = 60;
  private static final int INET_INODE = 68;
  private static final int INET_DIAG_INFO = 2;
  private static final int INET_DIAG_SKMEMINFO = 7;
  private static final int SK_MEMINFO_DROPS = 8 * Integer.BYTES;
  private static final int INET_DIAG_SHUTDOWN = 8;
  private static final byte ASKED =
      (byte) (1 << (INET_DIAG_INFO - 1) | 1 << (INET_DIAG_SKMEMINFO - 1));
  private static final int SHUTDOWN_BOTH = 3;
  private static final int TCPI_LAST_DATA_RECV = 52;
  private static final int TCPI_LAST_ACK_RECV = 56;
  private static final int TCPI_BYTES_ACKED = 120;
  private static final int TCPI_BYTES_RECEIVED = 128;

  private static final int UNIX_TYPE = 1;
  private static final int UNIX_STATE = 2;
  private static final int TCP_ESTABLISHED = 1;
  private static final int TCP_TIME_WAIT = 6;
  private static final int TCP_LISTEN = 10;

  /** What netlink says of a Unix socket; 0 for no peer. */
  private record Unit(int type, int state, long peer, long unread, long room) {}

  private final Sys sys;
  private final Map<Long, SocketState> sockets;
  private final Map<Long, Unit> units = new HashMap<>();
  private final MemorySegment buffer;

  private SocketDiagnostics(Sys sys, Map<Long, SocketState> sockets, Arena arena) {
    this.sys = sys;
    this.sockets = sockets;
    this.buffer = arena.allocate(BUFFER_BYTES, Long.BYTES);
  }

  /** Completes what the tables know; whether the kernel answered. */
  public static boolean complete(Sys sys, Map<Long, SocketState> sockets) {
    try (Arena arena = Arena.ofConfined()) {
      SocketDiagnostics all = new SocketDiagnostics(sys, sockets, arena);
      boolean isUnix = all.dump(Linux.AF_UNIX);
      if (isUnix) {
        all.completeUnix();
      }
      boolean isFour = all.dump(Linux.AF_INET);
      boolean isSix = all.dump(Linux.AF_INET6); // each, whatever came of the others
      return isUnix && isFour && isSix;
    }
  }

  private boolean dump(int family) {
    int fd = sys.socket(AF_NETLINK, SOCK_RAW | Linux.SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (fd < 0) {
      return false;
    }
    try {
      int bytes = family == Linux.AF_UNIX ? askUnix() : askInet(family);
      return sys.send(fd, buffer.address(), bytes, 0) == bytes && receive(fd, family);
    } finally {
      int _ = sys.close(fd);
    }
  }

  private int askUnix() {
    int length = NLMSG_HEADER_BYTES + UNIX_REQUEST_BYTES;
    header(length);
    buffer.set(ValueLayout.JAVA_BYTE, NLMSG_HEADER_BYTES, (byte) Linux.AF_UNIX);
    setInt(NLMSG_HEADER_BYTES + 4, -1); // all states
    setInt(NLMSG_HEADER_BYTES + 12, UDIAG_SHOW);
    return length;
  }

  private int askInet(int family) {
    int length = NLMSG_HEADER_BYTES + INET_REQUEST_BYTES;
    header(length);
    buffer.set(ValueLayout.JAVA_BYTE, NLMSG_HEADER_BYTES, (byte) family);
    buffer.set(ValueLayout.JAVA_BYTE, NLMSG_HEADER_BYTES + 1, (byte) Linux.IPPROTO_TCP);
    buffer.set(ValueLayout.JAVA_BYTE, NLMSG_HEADER_BYTES + 2, ASKED);
    setInt(NLMSG_HEADER_BYTES + 4, ~(1 << TCP_TIME_WAIT));
    return length;
  }

  private void header(int length) {
    var _ = buffer.fill((byte) 0);
    setInt(0, length);
    buffer.set(ValueLayout.JAVA_SHORT, 4, (short) SOCK_DIAG_BY_FAMILY);
    buffer.set(ValueLayout.JAVA_SHORT, 6, (short) NLM_F_REQUEST_DUMP);
  }

  private void setInt(long at, int value) {
    buffer.set(ValueLayout.JAVA_INT, at, value);
  }

  private long unsigned(long at) {
    return Integer.toUnsignedLong(buffer.get(ValueLayout.JAVA_INT, at));
  }

  private boolean receive(int fd, int family) {
    while (true) {
      int count = sys.recv(fd, buffer.address(), BUFFER_BYTES, 0);
      if (count <= 0) {
        return false;
      }
      int length;
      for (int at = 0; at + NLMSG_HEADER_BYTES <= count; at += aligned(length)) {
        length = (int) unsigned(at);
        int type = buffer.get(ValueLayout.JAVA_SHORT, at + 4L);
        if (type == NLMSG_DONE) {
          return true;
        }
        if (type == NLMSG_ERROR || length < NLMSG_HEADER_BYTES || at + length > count) {
          return false;
        }
        if (family == Linux.AF_UNIX) {
          unix(at + NLMSG_HEADER_BYTES, at + length);
        } else {
          inet(at + NLMSG_HEADER_BYTES, at + length);
        }
      }
    }
  }

  private static int aligned(int length) {
    return length + 3 & ~3;
  }

  private void unix(int at, int end) {
    long inode = unsigned(at + 4L);
    long peer = 0;
    long unread = -1;
    long room = -1;
    for (int a = at + UNIX_MESSAGE_BYTES; a + 4 <= end; a += aligned(attributeBytes(a))) {
      int type = buffer.get(ValueLayout.JAVA_SHORT, a + 2L);
      peer = type == UNIX_DIAG_PEER ? unsigned(a + 4L) : peer;
      unread = type == UNIX_DIAG_RQLEN ? unsigned(a + 4L) : unread;
      room = type == UNIX_DIAG_RQLEN ? unsigned(a + 8L) : room;
    }
    int type = buffer.get(ValueLayout.JAVA_BYTE, at + UNIX_TYPE);
    int state = buffer.get(ValueLayout.JAVA_BYTE, at + UNIX_STATE);
    units.put(inode, new Unit(type, state, peer, unread, room));
  }

  /** What netlink does not have is no Unix socket, whatever the table says: names may forge it. */
  private void completeUnix() {
    sockets.values().removeIf(each -> isUnix(each) && !units.containsKey(each.inode()));
    sockets.replaceAll((inode, each) -> isUnix(each) ? completed(each, units.get(inode)) : each);
  }

  private static boolean isUnix(SocketState socket) {
    return socket.protocol().equals("unix");
  }

  private SocketState completed(SocketState socket, @Nullable Unit unit) {
    if (unit == null) {
      return socket;
    }
    Unit peer = units.get(unit.peer);
    boolean isListening = unit.state == TCP_LISTEN;
    long unsent = isListening ? unit.room : peer == null ? -1 : peer.unread;
    boolean isDatagram = unit.type == Linux.SOCK_DGRAM;
    State state =
        isListening
            ? State.LISTENING
            : isDatagram
                ? State.OPEN
                : unit.state == TCP_ESTABLISHED && unit.peer != 0
                    ? State.ESTABLISHED
                    : State.CLOSED;
    return socket.in(state).withQueues(unit.unread, isDatagram ? -1 : unsent);
  }

  private void inet(int at, int end) {
    SocketState socket = sockets.get(unsigned(at + INET_INODE));
    if (socket == null) {
      return;
    }
    long unsent = unsigned(at + INET_WQUEUE); // of a listener, how many may wait
    socket = socket.withQueues(socket.unread(), unsent);
    for (int a = at + INET_MESSAGE_BYTES; a + 4 <= end; a += aligned(attributeBytes(a))) {
      long value = a + 4L;
      socket =
          switch (buffer.get(ValueLayout.JAVA_SHORT, a + 2L)) {
            case INET_DIAG_INFO -> socket.isListening() ? socket : withTraffic(socket, a, value);
            case INET_DIAG_SKMEMINFO -> socket.withDropped(unsigned(value + SK_MEMINFO_DROPS));
            case INET_DIAG_SHUTDOWN ->
                buffer.get(ValueLayout.JAVA_BYTE, value) == SHUTDOWN_BOTH
                    ? socket.in(State.SHUT)
                    : socket;
            default -> socket;
          };
    }
    sockets.put(socket.inode(), socket);
  }

  /** Older kernels have a shorter structure. */
  private SocketState withTraffic(SocketState socket, int attribute, long at) {
    boolean isLong = attributeBytes(attribute) >= 4 + TCPI_BYTES_RECEIVED + Long.BYTES;
    long moved =
        isLong
            ? buffer.get(ValueLayout.JAVA_LONG_UNALIGNED, at + TCPI_BYTES_ACKED)
                + buffer.get(ValueLayout.JAVA_LONG_UNALIGNED, at + TCPI_BYTES_RECEIVED)
            : -1;
    long idle = Math.min(unsigned(at + TCPI_LAST_DATA_RECV), unsigned(at + TCPI_LAST_ACK_RECV));
    return socket.withTraffic(idle, moved);
  }

  /** At least that of an attribute's own head, so that none is met twice. */
  private int attributeBytes(int at) {
    return Math.max(4, buffer.get(ValueLayout.JAVA_SHORT, at));
  }
}
