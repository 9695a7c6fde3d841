package dev.pollux.sim;

import dev.pollux.model.Packet;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Writes the packets of a trace as Wireshark and tcpdump read them: each when it leaves its host,
 * also those that are lost. Time is the run's, from 1970 on.
 *
 * <p>Source: draft-ietf-opsawg-pcap; RFC 791, RFC 9293, RFC 768, RFC 792.
 */
final class Pcap {

  private static final int MAGIC_NANOSECONDS = 0xa1b23c4d;
  private static final int LINKTYPE_IPV4 = 228;
  private static final int SNAP_BYTES = 1 << 18;
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final int IP_BYTES = 20;
  private static final int TCP_BYTES = 20;
  private static final int UDP_BYTES = 8;
  private static final int MOST_IP_BYTES = 0xffff;
  private static final int ICMP = 1;
  private static final int TCP = 6;
  private static final int UDP = 17;
  private static final int FIN = 1;
  private static final int SYN = 2;
  private static final int RST = 4;
  private static final int PSH = 8;
  private static final int ACK = 16;

  private record Way(InetSocketAddress from, InetSocketAddress to) {}

  private final OutputStream out;

  /** What each side has sent, and has of the other, as far as it has said so. */
  private final Map<Way, Long> sent = new HashMap<>();

  private final Map<Way, Long> taken = new HashMap<>();

  private Pcap(OutputStream out) {
    this.out = out;
  }

  static void write(Path path, Trace trace) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(path))) {
      Pcap pcap = new Pcap(out);
      pcap.writeHeader();
      for (Trace.Line line : trace.kept()) {
        if (line.what() instanceof Packet packet) {
          pcap.write(line.nanos(), packet);
        }
      }
    }
  }

  private void writeHeader() throws IOException {
    ByteBuffer header = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    var _ = header.putInt(MAGIC_NANOSECONDS).putShort((short) 2).putShort((short) 4);
    var _ = header.putLong(0).putInt(SNAP_BYTES).putInt(LINKTYPE_IPV4);
    out.write(header.array());
  }

  private void write(long nanos, Packet packet) throws IOException {
    byte[] bytes = ipv4(packet);
    ByteBuffer record = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    var _ =
        record.putInt((int) (nanos / NANOS_PER_SECOND)).putInt((int) (nanos % NANOS_PER_SECOND));
    var _ = record.putInt(bytes.length).putInt(bytes.length);
    out.write(record.array());
    out.write(bytes);
  }

  private byte[] ipv4(Packet packet) {
    int protocol =
        switch (packet.kind()) {
          case DATAGRAM -> UDP;
          case UNREACHABLE -> ICMP;
          default -> TCP;
        };
    byte[] payload =
        switch (protocol) {
          case UDP -> udp(packet);
          case ICMP -> unreachable(packet);
          default -> tcp(packet);
        };
    return ip(protocol, packet.source(), packet.destination(), payload);
  }

  /** A packet; of one that is longer than IP allows the length is 0, as of segments before TSO. */
  private static byte[] ip(
      int protocol, InetSocketAddress from, InetSocketAddress to, byte[] payload) {
    ByteBuffer ip = ByteBuffer.allocate(IP_BYTES + payload.length);
    int length = ip.capacity() > MOST_IP_BYTES ? 0 : ip.capacity();
    var _ = ip.putShort((short) 0x4500).putShort((short) length).putInt(0x4000); // DF
    var _ = ip.put((byte) 64).put((byte) protocol).putShort((short) 0);
    var _ = ip.put(from.getAddress().getAddress()).put(to.getAddress().getAddress());
    var _ = ip.putShort(10, (short) ~sum(ip, 0, IP_BYTES, 0));
    return ip.put(payload).array();
  }

  private byte[] tcp(Packet packet) {
    Way way = new Way(packet.source(), packet.destination());
    Way back = new Way(packet.destination(), packet.source());
    boolean isAck = packet.kind() == Packet.Kind.ACK;
    if (isAck) {
      Long _ = taken.put(way, packet.sequence());
    }
    int flags =
        switch (packet.kind()) {
          case SYN -> SYN;
          case SYN_ACK -> SYN | ACK;
          case DATA -> PSH | ACK;
          case FIN -> FIN | ACK;
          case RESET -> RST | ACK;
          default -> ACK;
        };
    long sequence = isAck ? sent.getOrDefault(way, 1L) : packet.sequence();
    long acknowledged = (flags & ACK) == 0 ? 0 : taken.getOrDefault(way, 1L);
    long end = sequence + packet.bytes().length + ((flags & (FIN | SYN)) == 0 ? 0 : 1);
    Long _ = sent.merge(way, end, Math::max);
    if (packet.kind() == Packet.Kind.SYN) { // a new connection of these ports
      Long _ = sent.put(way, end);
      Long _ = taken.remove(way);
      Long _ = taken.remove(back);
    }
    ByteBuffer tcp = ByteBuffer.allocate(TCP_BYTES + packet.bytes().length);
    ports(tcp, packet);
    var _ = tcp.putInt((int) sequence).putInt((int) acknowledged);
    var _ = tcp.put((byte) ((TCP_BYTES / 4) << 4)).put((byte) flags).putShort((short) 0xffff);
    var _ = tcp.putInt(0).put(packet.bytes());
    var _ = tcp.putShort(16, checksum(TCP, packet, tcp));
    return tcp.array();
  }

  private static byte[] udp(Packet packet) {
    ByteBuffer udp = ByteBuffer.allocate(UDP_BYTES + packet.bytes().length);
    ports(udp, packet);
    var _ = udp.putShort((short) udp.capacity()).putShort((short) 0).put(packet.bytes());
    var _ = udp.putShort(6, checksum(UDP, packet, udp));
    return udp.array();
  }

  /** With the header of what nobody takes: an empty datagram, as far as this knows. */
  private static byte[] unreachable(Packet packet) {
    ByteBuffer header = ByteBuffer.allocate(UDP_BYTES);
    var _ = header.putShort((short) packet.destination().getPort());
    var _ = header.putShort((short) packet.source().getPort()).putInt(UDP_BYTES << Short.SIZE);
    byte[] lost = ip(UDP, packet.destination(), packet.source(), header.array());
    ByteBuffer icmp = ByteBuffer.allocate(UDP_BYTES + lost.length);
    var _ = icmp.putInt(0x0303_0000).putInt(0).put(lost); // port unreachable
    var _ = icmp.putShort(2, (short) ~sum(icmp, 0, icmp.capacity(), 0));
    return icmp.array();
  }

  private static void ports(ByteBuffer buffer, Packet packet) {
    var _ = buffer.putShort((short) packet.source().getPort());
    var _ = buffer.putShort((short) packet.destination().getPort());
  }

  /** Over the addresses, too. */
  private static short checksum(int protocol, Packet packet, ByteBuffer bytes) {
    ByteBuffer pseudo = ByteBuffer.allocate(12);
    var _ = pseudo.put(packet.source().getAddress().getAddress());
    var _ = pseudo.put(packet.destination().getAddress().getAddress());
    var _ = pseudo.putShort((short) protocol).putShort((short) bytes.capacity());
    int sum = ~sum(bytes, 0, bytes.capacity(), sum(pseudo, 0, pseudo.capacity(), 0)) & 0xffff;
    return (short) (sum == 0 && protocol == UDP ? 0xffff : sum);
  }

  /** The sum of 16-bit words in ones' complement (RFC 1071). */
  private static int sum(ByteBuffer buffer, int from, int to, int start) {
    long sum = start;
    for (int i = from; i < to; i += 2) {
      int low = i + 1 < to ? buffer.get(i + 1) & 0xff : 0;
      sum += ((buffer.get(i) & 0xff) << Byte.SIZE) | low;
    }
    while (sum > 0xffff) {
      sum = (sum & 0xffff) + (sum >> Short.SIZE);
    }
    return (int) sum;
  }
}
