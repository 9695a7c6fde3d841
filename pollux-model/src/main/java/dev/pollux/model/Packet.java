package dev.pollux.model;

import java.net.InetSocketAddress;

/**
 * What one host of a {@link ModelNetwork} sends another: a TCP segment, a datagram, or word that
 * nobody takes datagrams at a port.
 *
 * <p>Immutable, but for the array of its bytes, which is not copied. Threads: the network's.
 */
public final class Packet {

  /** What a packet is. */
  public enum Kind {
    /** A request for a connection. */
    SYN,
    /** The listener's consent. */
    SYN_ACK,
    /** Bytes of a stream. */
    DATA,
    /** The end of a stream. */
    FIN,
    /** How much of a stream has arrived. */
    ACK,
    /** There is no such connection, or no more. */
    RESET,
    /** A UDP datagram. */
    DATAGRAM,
    /** The ICMP message that nobody takes datagrams there. */
    UNREACHABLE
  }

  static final byte[] NOTHING = {};

  private static final int TCP_HEADERS = 40; // bytes: IPv4 and TCP
  private static final int UDP_HEADERS = 28;

  private final Kind kind;
  private final InetSocketAddress source;
  private final InetSocketAddress destination;
  private final long sequence;
  private final byte[] bytes;
  private final Runnable arrival;

  Packet(
      Kind kind,
      InetSocketAddress source,
      InetSocketAddress destination,
      long sequence,
      byte[] bytes,
      Runnable arrival) {
    this.kind = kind;
    this.source = source;
    this.destination = destination;
    this.sequence = sequence;
    this.bytes = bytes;
    this.arrival = arrival;
  }

  /** What it is. */
  public Kind kind() {
    return kind;
  }

  /** Whom it is from. */
  public InetSocketAddress source() {
    return source;
  }

  /** Whom it is for. */
  public InetSocketAddress destination() {
    return destination;
  }

  /** Of TCP: where its bytes stand in the stream, from 1; of an ACK, what is expected next. */
  public long sequence() {
    return sequence;
  }

  /** What it carries; not a copy. */
  public byte[] bytes() {
    return bytes;
  }

  /** Bytes on the wire, headers included. */
  public int sizeBytes() {
    return bytes.length + (isTcp() ? TCP_HEADERS : UDP_HEADERS);
  }

  boolean isTcp() {
    return kind != Kind.DATAGRAM && kind != Kind.UNREACHABLE;
  }

  /** It is there: a host that is down does not notice. More than once is a duplicate. */
  public void arrive() {
    arrival.run();
  }

  @Override
  public String toString() {
    return kind
        + " "
        + text(source)
        + " -> "
        + text(destination)
        + " #"
        + sequence
        + " "
        + bytes.length;
  }

  private static String text(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }
}
