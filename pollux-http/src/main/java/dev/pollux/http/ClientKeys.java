package dev.pollux.http;

import dev.pollux.net.Connection;
import dev.pollux.sys.SysException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A number for whoever has an address: all of IPv4, and of IPv6 the network, the first 64 bits,
 * because who has one address there has all of them.
 */
final class ClientKeys {

  /** Who has no such address. */
  static final long NONE = 0;

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
    return number >>> 56 == 0 ? NONE : number; // reserved; so none is taken for one of IPv4
  }
}
