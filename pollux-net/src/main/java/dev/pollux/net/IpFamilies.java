package dev.pollux.net;

/**
 * What a wildcard address stands for: all addresses of this host, or those of one IP family.
 *
 * <p>Java does not tell {@code new InetSocketAddress(port)} from {@code 0.0.0.0}: so it is said
 * here, and for both wildcards, {@code 0.0.0.0} and {@code ::}, in the same way.
 */
public enum IpFamilies {
  /**
   * IPv4 and IPv6, on one socket of IPv6 with {@code IPV6_V6ONLY} off, which is what java.nio does.
   * IPv4 peers have IPv4 addresses there. On a host without IPv6, IPv4 alone.
   */
  BOTH,
  /** IPv4 alone. */
  IPV4,
  /** IPv6 alone: {@code IPV6_V6ONLY} is on, and another socket may have the port of IPv4. */
  IPV6
}
