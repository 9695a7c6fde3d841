package dev.pollux.model;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Offsets;
import dev.pollux.sys.PeerCredentials;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** getsockopt and setsockopt, under the kernel's lock, of a socket that was found. */
final class OptionOps {

  // struct linger { int l_onoff; int l_linger; };
  private static final int LINGER_SECONDS = Integer.BYTES;

  /** What connections over the loopback interface have, with IPv4 and with IPv6. */
  private static final int LOOPBACK_SEGMENT = 32_741;

  private static final int LOOPBACK_SEGMENT6 = 32_732;
  private static final int TIMESTAMPS = 12;
  private static final int DEFAULT_SEGMENT = 536; // TCP_MSS_DEFAULT

  // struct tcp_info of linux/tcp.h, of which listeners fill in little
  private static final int TCP_INFO_BYTES = 232;
  private static final int TCP_INFO_UNACKED = 24;
  private static final byte TCP_LISTEN = 10;

  private final Kernel kernel;
  private final Memory memory;

  OptionOps(Kernel kernel) {
    this.kernel = kernel;
    this.memory = kernel.memory;
  }

  int get(Socket socket, int level, int name, long value, long lengthAddress) {
    if (!memory.valid(lengthAddress, Integer.BYTES)) {
      return -Errno.EFAULT;
    }
    int room = memory.getInt(lengthAddress);
    if (room < 0) {
      return -Errno.EINVAL;
    }
    byte[] bytes = structure(socket, level, name);
    if (bytes == null) {
      Integer found = find(socket, level, name);
      if (found == null) {
        return missing(socket.options(), "getsockopt", level, name);
      }
      // The internet protocol gives a small number in as many bytes as there is room for.
      boolean isByte = isIp(level) && room > 0 && room < Integer.BYTES && (found & ~0xff) == 0;
      bytes = new byte[Integer.BYTES];
      Bytes.putInt(bytes, 0, found); // its first byte is the lowest
      room = isByte ? 1 : room;
    }
    int length = Math.min(room, bytes.length);
    if (!memory.valid(value, length)) {
      return -Errno.EFAULT;
    }
    memory.copyOut(bytes, 0, value, length);
    memory.setInt(lengthAddress, length);
    return 0;
  }

  private static boolean isIp(int level) {
    return level == Linux.IPPROTO_IP;
  }

  /** The value of an option that is more than a number, or null. */
  private static byte @Nullable [] structure(Socket socket, int level, int name) {
    boolean isInfo = level == Linux.IPPROTO_TCP && name == Linux.TCP_INFO;
    if (isInfo && socket.waitingCount() >= 0) {
      return listenerInfo(socket);
    }
    if (level != Linux.SOL_SOCKET) {
      return null;
    }
    if (name == Linux.SO_LINGER) {
      int seconds = socket.options().lingerSeconds;
      byte[] linger = new byte[Linux.SIZEOF_LINGER];
      Bytes.putInt(linger, 0, seconds < 0 ? 0 : 1);
      Bytes.putInt(linger, LINGER_SECONDS, Math.max(seconds, 0));
      return linger;
    }
    if (isTimeout(level, name)) {
      return SocketTimeout.get(socket.options(), name);
    }
    return name == Linux.SO_PEERCRED ? ucred(socket.peerCredentials()) : null;
  }

  /** {@code struct tcp_info} of a listener. Source: tcp_get_info of net/ipv4/tcp.c. */
  private static byte[] listenerInfo(Socket socket) {
    byte[] bytes = new byte[TCP_INFO_BYTES];
    bytes[0] = TCP_LISTEN;
    Bytes.putInt(bytes, TCP_INFO_UNACKED, socket.waitingCount());
    return bytes;
  }

  /** {@code struct ucred}. */
  static byte[] ucred(PeerCredentials credentials) {
    byte[] bytes = new byte[Linux.SIZEOF_UCRED];
    Bytes.putInt(bytes, Offsets.UCRED__PID, credentials.pid());
    Bytes.putInt(bytes, Offsets.UCRED__UID, credentials.uid());
    Bytes.putInt(bytes, Offsets.UCRED__GID, credentials.gid());
    return bytes;
  }

  private static boolean isTimeout(int level, int name) {
    return level == Linux.SOL_SOCKET && (name == Linux.SO_RCVTIMEO || name == Linux.SO_SNDTIMEO);
  }

  private static @Nullable Integer find(Socket socket, int level, int name) {
    if (level == Linux.SOL_SOCKET && name == Linux.SO_ERROR) {
      return socket.takeError();
    }
    if (level == Linux.SOL_SOCKET && name == Linux.SO_ACCEPTCONN) {
      return socket.isListening() ? 1 : 0;
    }
    Integer value = socket.options().get(level, name);
    boolean isSegment = level == Linux.IPPROTO_TCP && name == Linux.TCP_MAXSEG;
    return isSegment && value != null ? Integer.valueOf(segment(socket, value)) : value;
  }

  /** TCP_MAXSEG: what was asked for, until there is a connection. */
  private static int segment(Socket socket, int wanted) {
    if (socket.peerAddress() instanceof InetSocketAddress peer) {
      boolean six = peer.getAddress() instanceof Inet6Address;
      int most = six ? LOOPBACK_SEGMENT6 : LOOPBACK_SEGMENT;
      return wanted == 0 ? most : Math.min(wanted - TIMESTAMPS, most);
    }
    return wanted == 0 ? DEFAULT_SEGMENT : wanted;
  }

  /** Some can be set as long as the socket is fresh. */
  private static boolean isTooLate(Socket socket, int level, int name) {
    if (level == Linux.IPPROTO_IPV6 && name == Linux.IPV6_V6ONLY) {
      return socket.localAddress() instanceof InetSocketAddress here && here.getPort() != 0;
    }
    boolean isFastOpen = level == Linux.IPPROTO_TCP && name == Linux.TCP_FASTOPEN;
    return isFastOpen && socket.peerAddress() != null;
  }

  /** What there is no such option means: a lack of the model's is noted. */
  private int missing(SocketOptions options, String call, int level, int name) {
    if (options.isUnix() && level != Linux.SOL_SOCKET) {
      return -Errno.EOPNOTSUPP;
    }
    if (!options.isUnix() && level == Linux.SOL_SOCKET && name == Linux.SO_PASSCRED) {
      return -Errno.EOPNOTSUPP;
    }
    if (!options.has(level)) {
      boolean isGet = call.equals("getsockopt") && options.family == Linux.AF_INET;
      return isGet ? -Errno.EOPNOTSUPP : -Errno.ENOPROTOOPT;
    }
    String lacking = OptionNames.of(level, name);
    if (lacking != null) {
      int _ = kernel.unsupported(call + "(" + lacking + ")");
    }
    return -Errno.ENOPROTOOPT;
  }

  int set(Socket socket, int level, int name, long value, int length) {
    SocketOptions options = socket.options();
    if (length < 0) {
      return -Errno.EINVAL;
    }
    if (!options.has(level)) {
      return options.isUnix() ? -Errno.EOPNOTSUPP : -Errno.ENOPROTOOPT;
    }
    boolean linger = level == Linux.SOL_SOCKET && name == Linux.SO_LINGER;
    int least = linger ? Linux.SIZEOF_LINGER : isIp(level) ? 0 : Integer.BYTES;
    if (length < least) {
      return -Errno.EINVAL;
    }
    if (!memory.valid(value, Math.max(least, Math.min(length, Integer.BYTES)))) {
      return -Errno.EFAULT;
    }
    if (linger) {
      boolean on = memory.getInt(value) != 0;
      options.lingerSeconds = on ? memory.getInt(value + LINGER_SECONDS) : -1;
      if (options.lingerSeconds > 0) {
        kernel.ignored("SO_LINGER"); // no close waits
      }
      return 0;
    }
    if (isTimeout(level, name)) {
      return SocketTimeout.set(options, name, memory, value, length);
    }
    return set(socket, level, name, number(value, length));
  }

  /** An int; of the internet protocol also a byte, or none. */
  private int number(long address, int length) {
    if (length >= Integer.BYTES) {
      return memory.getInt(address);
    }
    return length == 0 ? 0 : memory.getByte(address);
  }

  private int set(Socket socket, int level, int name, int value) {
    SocketOptions options = socket.options();
    int result = isTooLate(socket, level, name) ? -Errno.EINVAL : options.set(level, name, value);
    if (result == -Errno.ENOPROTOOPT && options.get(level, name) == null) {
      return missing(options, "setsockopt", level, name);
    }
    if (result < 0) {
      return result;
    }
    KeptOption kept = KeptOption.of(options, level, name);
    if (kept != null && kept.isIgnored(kept.kept(value, options))) {
      kernel.ignored(kept.name());
    }
    if (level == Linux.SOL_SOCKET && name == Linux.SO_RCVLOWAT) {
      socket.lowWaterChanged();
    }
    if (result == 0 && level == Linux.SOL_SOCKET && name == Linux.SO_SNDBUF) {
      socket.sendBufferChanged();
    }
    return result;
  }
}
