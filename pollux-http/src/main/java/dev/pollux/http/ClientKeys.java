package dev.pollux.http;

import dev.pollux.net.Connection;
import dev.pollux.sys.SysException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A number for whoever has an address: all of IPv4, and of IPv6 the network, the first 64 bits,
 * because who has one address there has all of them.
 */
final class ClientKeys {

  /** Who has no such address. */
  static final long NONE = 0;

  /** 64:ff9b::/96, in which a gateway shows the addresses of IPv4. */
  private static final long NAT64 = 0x0064_ff9b_0000_0000L;

  /** Marks ::/8, which has no other networks of clients. */
  private static final long OLD_PREFIXES = 0xfeL << 56; // of fe00::/8, where there are none

  private static final long SOME = 1L << 32;
  private static final int NETWORK_BYTES = 8;

  private ClientKeys() {}

  /** The peer of a connection; null if that is not known. */
  static @Nullable SocketAddress peer(Connection connection) {
    try {
      return connection.remoteAddress();
    } catch (SysException e) {
      return null;
    }
  }

  /** The number for an address; NONE if it is none of IP. */
  static long of(@Nullable SocketAddress address) {
    if (!(address instanceof InetSocketAddress inet) || inet.getAddress() == null) {
      return NONE;
    }
    boolean isOld = inet.getAddress() instanceof Inet4Address;
    byte[] bytes = inet.getAddress().getAddress();
    long number = 0;
    for (int i = 0; i < Math.min(bytes.length, NETWORK_BYTES); i++) {
      number = number << 8 | (bytes[i] & 0xff);
    }
    if (isOld) {
      return SOME | number;
    }
    if (number == NAT64 && (bytes[8] | bytes[9] | bytes[10] | bytes[11]) == 0) {
      return SOME | (ByteBuffer.wrap(bytes, 12, 4).getInt() & 0xffff_ffffL);
    }
    return number >>> 56 == 0 ? OLD_PREFIXES | number : number; // so none is taken for IPv4
  }
}
