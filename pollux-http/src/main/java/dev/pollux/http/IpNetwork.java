package dev.pollux.http;

import dev.pollux.http.wire.Tokens;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A network of IP addresses: {@code 10.0.0.0/8}, {@code 2001:db8::/32}, or one address alone.
 *
 * <p>Immutable. Threads: any. Source: RFC 4632, 3.1; RFC 4291, 2.3.
 */
final class IpNetwork {

  private final byte[] prefix;
  private final int bits;

  private IpNetwork(byte[] prefix, int bits) {
    this.prefix = prefix;
    this.bits = bits;
  }

  /** The network; throws if it is none, or has bits of a host. */
  static IpNetwork of(String text) {
    int slash = text.indexOf('/');
    InetAddress address = IpLiterals.address(slash < 0 ? text : text.substring(0, slash));
    if (address == null) {
      throw refused(text, "it has no address");
    }
    byte[] prefix = address.getAddress();
    int all = Byte.SIZE * prefix.length;
    int bits = slash < 0 ? all : IpLiterals.port(text.substring(slash + 1));
    if (bits < 0 || bits > all) {
      throw refused(text, "it has none of 0 to " + all + " bits");
    }
    for (int i = bits; i < all; i++) {
      if ((prefix[i / Byte.SIZE] & 0x80 >> i % Byte.SIZE) != 0) {
        throw refused(text, "it has bits behind those of the network");
      }
    }
    return new IpNetwork(prefix, bits);
  }

  private static IllegalArgumentException refused(String text, String why) {
    return new IllegalArgumentException("no network: '" + Tokens.visible(text) + "': " + why);
  }

  /** Whether an address is one of it. */
  boolean has(@Nullable InetAddress address) {
    byte[] bytes = address == null ? new byte[0] : address.getAddress();
    if (bytes.length != prefix.length) {
      return false;
    }
    for (int i = 0; i < bits; i++) {
      int mask = 0x80 >> i % Byte.SIZE;
      if (((bytes[i / Byte.SIZE] ^ prefix[i / Byte.SIZE]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    try {
      return InetAddress.getByAddress(prefix).getHostAddress() + "/" + bits;
    } catch (java.net.UnknownHostException e) {
      throw new AssertionError(e); // it was one
    }
  }
}
