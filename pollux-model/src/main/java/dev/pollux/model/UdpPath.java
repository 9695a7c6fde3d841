package dev.pollux.model;

import java.net.InetSocketAddress;

/** How datagrams come to another host, and word that nobody takes them there comes back. */
final class UdpPath {

  private UdpPath() {}

  static void send(
      Kernel here,
      DatagramSocket sender,
      byte[] bytes,
      InetSocketAddress from,
      InetSocketAddress to) {
    Runnable arrival = () -> arrive(here, sender, bytes, from, to);
    here.carry(Packet.Kind.DATAGRAM, from, to, 0, bytes, arrival);
  }

  private static void arrive(
      Kernel here,
      DatagramSocket sender,
      byte[] bytes,
      InetSocketAddress from,
      InetSocketAddress to) {
    Kernel there = here.worldAt(to);
    if (there == null) {
      return;
    }
    DatagramSocket receiver = there.network.receiver(to, from);
    if (receiver == null) {
      Runnable told = here.here(() -> sender.unreachable(to));
      there.carry(Packet.Kind.UNREACHABLE, to, from, 0, Packet.NOTHING, told);
      return;
    }
    Datagram datagram = new Datagram(bytes, sender, from, to.getAddress(), Attachment.NONE);
    there.here(() -> receiver.deliver(datagram)).run();
  }
}
