package dev.pollux.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Two hosts, a wire that a test may change, and programs by system calls alone. */
abstract class NetworkCase {

  static final long MILLI = 1_000_000;
  static final long SECOND = 1_000 * MILLI;
  static final InetAddress NEAR = InetAddress.ofLiteral("10.0.0.1");
  static final InetAddress FAR = InetAddress.ofLiteral("10.0.0.2");

  final List<Packet> seen = new ArrayList<>();
  Consumer<Packet> policy = this::deliver;
  final ModelNetwork network =
      new ModelNetwork((packet, _) -> {
        seen.add(packet);
        policy.accept(packet);
      });
  final ModelSys near = network.host(HostOptions.at(NEAR));
  ModelSys far = network.host(HostOptions.at(FAR));
  final IoBuffer buffer = IoBuffer.allocate(1 << 16);

  void deliver(Packet packet) {
    network.schedule(10 * MILLI, packet::arrive);
  }

  void deliverBut(Packet.Kind lost, Packet packet) {
    if (packet.kind() != lost) {
      deliver(packet);
    }
  }

  void lose(Packet packet) {}

  List<String> kinds() {
    return seen.stream().map(each -> each.kind().name()).toList();
  }

  /** Lets so much time pass. */
  void pass(long nanos) {
    long end = network.nanoTime() + nanos;
    while (network.runNext(end)) {
      // Until it is that time.
    }
  }

  int listen(ModelSys host) throws SysException {
    return Sockets.tcpListener(host, new InetSocketAddress("0.0.0.0", 7000), 8);
  }

  int connect(ModelSys host, InetAddress to) throws SysException {
    return Sockets.connecting(host, new InetSocketAddress(to, 7000));
  }

  int send(ModelSys host, int fd, byte[] bytes) {
    buffer.buffer().clear();
    buffer.buffer().put(bytes).flip();
    return buffer.write(host, fd);
  }

  int send(ModelSys host, int fd, String text) {
    return send(host, fd, text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
  }

  /** What can be read now. */
  byte[] receive(ModelSys host, int fd) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (true) {
      buffer.buffer().clear();
      int count = buffer.read(host, fd);
      if (count <= 0) {
        return all.toByteArray();
      }
      buffer.buffer().flip();
      while (buffer.buffer().hasRemaining()) {
        all.write(buffer.buffer().get());
      }
    }
  }

  String text(ModelSys host, int fd) {
    return new String(receive(host, fd), java.nio.charset.StandardCharsets.US_ASCII);
  }

  /** How a read ends where nothing is to be read. */
  int end(ModelSys host, int fd) {
    buffer.buffer().clear();
    return buffer.read(host, fd);
  }

  record Connection(int client, int server) {}

  Connection connection() throws SysException {
    int listener = listen(far);
    int client = connect(near, FAR);
    pass(30 * MILLI);
    int server = Sockets.accept(far, listener);
    assertEquals(0, far.close(listener));
    assertEquals(0, Sockets.socketError(near, client));
    return new Connection(client, server);
  }

  /** Sends to one who does not read, for as long as there is room; how much. */
  int fill(int client) {
    byte[] piece = new byte[1 << 15];
    int sent = 0;
    int count;
    do {
      count = send(near, client, piece);
      sent += Math.max(0, count);
      pass(100 * MILLI);
    } while (count > 0);
    return sent;
  }
}
