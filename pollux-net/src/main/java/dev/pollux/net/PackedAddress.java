package dev.pollux.net;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** An IPv4 address and port as a number: the object would take 96 bytes of an idle connection. */
final class PackedAddress {

  /** No such address. */
  static final long NONE = 0;

  private static final long SOME = 1L << 48;

  private PackedAddress() {}

  /** The number for an address; NONE if it is none of IPv4. */
  static long of(@Nullable SocketAddress address) {
    if (address instanceof InetSocketAddress inet
        && inet.getAddress() instanceof Inet4Address host) {
      long number = 0;
      for (byte b : host.getAddress()) {
        number = number << 8 | (b & 0xff);
      }
      return SOME | number << 16 | inet.getPort();
    }
    return NONE;
  }

  /** An address, or else that of a number. */
  static @Nullable SocketAddress either(@Nullable SocketAddress address, long packed) {
    if (address != null || packed == NONE) {
      return address;
    }
    byte[] host = {
      (byte) (packed >>> 40), (byte) (packed >>> 32), (byte) (packed >>> 24), (byte) (packed >>> 16)
    };
    try {
      return new InetSocketAddress(InetAddress.getByAddress(host), (int) (packed & 0xffff));
    } catch (UnknownHostException e) {
      throw new AssertionError(e); // four bytes are an address
    }
  }
}
