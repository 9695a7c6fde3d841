package dev.pollux.model;

import java.net.InetAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** A datagram in a queue. */
final class Datagram {

  final byte[] bytes;

  /** The socket that it counts against. */
  final DatagramSocket source;

  /** Where it came from, if it is one of UDP; a Unix socket may get its name later. */
  private final @Nullable SocketAddress sender;

  /** Where it went, if it is one of UDP. */
  final @Nullable InetAddress destination;

  final Attachment attachment;

  Datagram(
      byte[] bytes,
      DatagramSocket source,
      @Nullable SocketAddress sender,
      @Nullable InetAddress destination,
      Attachment attachment) {
    this.bytes = bytes;
    this.source = source;
    this.sender = sender;
    this.destination = destination;
    this.attachment = attachment;
  }

  /** Who sent it, as told to who receives it now; null if he has no name. */
  @Nullable SocketAddress sender() {
    return sender == null ? source.senderName() : sender;
  }

  int cost() {
    return source.options().isUnix()
        ? BufferCost.ofDatagram(bytes.length)
        : BufferCost.ofUdp(bytes.length);
  }
}
