package dev.pollux.sys;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Batches of datagrams: what goes in comes out, at the bounds too. */
@ExtendWith(FdLeakCheck.class)
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.sys.Systems#names")
class MessageBatchTest {

  private final String system;
  private final Workspace work;
  private final Sys sys;
  private final MessageBatch out = MessageBatch.allocate(4, 8);
  private final MessageBatch in = MessageBatch.allocate(4, 8);

  MessageBatchTest(String system) {
    this.system = system;
    this.work = new Workspace(Systems.sys(system));
    this.sys = work.sys;
  }

  @AfterEach
  void close() {
    work.close();
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(ISO_8859_1));
  }

  private static String text(ByteBuffer data) {
    return ISO_8859_1.decode(data).toString();
  }

  private int udp() throws SysException {
    return work.own(
        Sockets.datagram(sys, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
  }

  private int receive(int fd) throws SysException {
    Poll poll = Poll.allocate(sys, 1);
    poll.set(0, fd, Linux.POLLIN);
    assertEquals(1, poll.poll(5000));
    return in.receive(sys, fd, in.capacity(), 0);
  }

  /** sun_path may be full: then the kernel tells a length with a NUL that it does not take. */
  @Test
  void unixPeer_whosePathIsFull_isAnswered(@TempDir Path folder) throws Exception {
    byte[] start = (folder + "/").getBytes(ISO_8859_1);
    byte[] path = Arrays.copyOf(start, Linux.SIZEOF_SOCKADDR_UN - 2);
    Arrays.fill(path, start.length, path.length, (byte) 'x');
    int client = work.own(Sockets.open(sys, Linux.AF_UNIX, Linux.SOCK_DGRAM));
    UnixAddress name = UnixAddress.decoded(false, path);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = arena.allocate(SockAddr.MAX_BYTES);
      int length = SockAddr.encode(name, address);
      assertEquals(Linux.SIZEOF_SOCKADDR_UN, length);
      int bound = sys.bind(client, address.address(), length);
      if (!Systems.isLinux(system)) {
        assertEquals(-Errno.ENAMETOOLONG, bound);
        return;
      }
      assertEquals(0, bound);
    }
    int server = work.own(Sockets.datagram(sys, UnixAddress.unnamed()));
    assertTrue(out.append(bytes("ask"), Sockets.localAddress(sys, server)));
    assertEquals(1, out.send(sys, client, 0));
    assertEquals(1, receive(server));
    assertTrue(out.append(bytes("answer"), in, 0));
    assertEquals(name, out.peer(0));
    assertTrue(out.append(bytes("again"), name));
    assertEquals(2, out.send(sys, server, 0));
    assertEquals(2, receive(client));
    assertEquals("again", text(in.data(1)));
  }

  @Test
  void udp_sentInOneCall_isReceivedInOneCall() throws SysException {
    int a = udp();
    int b = udp();
    SocketAddress to = Sockets.localAddress(sys, b);
    ByteBuffer first = bytes("one");
    assertTrue(out.append(first, to));
    assertFalse(first.hasRemaining());
    assertTrue(out.append(bytes(""), to));
    assertTrue(out.append(bytes("12345678"), to));
    assertEquals(to, out.peer(0));
    assertEquals("one", text(out.data(0)));
    assertEquals(3, out.send(sys, a, 0));
    assertTrue(out.isEmpty());
    assertEquals(0, out.send(sys, a, 0));
    assertEquals(3, receive(b));
    assertEquals("one", text(in.data(0)));
    assertEquals(0, in.sizeBytes(1));
    assertEquals("12345678", text(in.data(2)));
    assertEquals("12345678", text(in.data(2))); // from its beginning again
    assertFalse(in.isTruncated(2));
    assertEquals(Sockets.localAddress(sys, a), in.peer(2));
    assertThrows(IndexOutOfBoundsException.class, () -> in.data(3));
    assertEquals(-Errno.EAGAIN, in.receive(sys, b, 4, 0));
    assertEquals(0, in.count());
  }

  @Test
  void message_longerThanTheBuffer_isTruncatedOrRefused() throws SysException {
    int[] pair = work.own(Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_DGRAM));
    MessageBatch large = MessageBatch.allocate(1, 9);
    assertTrue(large.append(bytes("123456789"), null));
    assertEquals(1, large.send(sys, pair[0], 0));
    assertEquals(1, receive(pair[1]));
    assertTrue(in.isTruncated(0));
    assertEquals("12345678", text(in.data(0)));
    assertNull(in.peer(0));
    ByteBuffer nine = bytes("123456789");
    String message =
        assertThrows(IllegalArgumentException.class, () -> out.append(nine, null)).getMessage();
    assertEquals("a message of 9 bytes: the batch has room for 8 bytes each", message);
    assertEquals(9, nine.remaining());
  }

  @Test
  void queue_fullThenPartlySent_goesRoundTheEnd() throws SysException {
    int[] pair = work.own(Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_DGRAM));
    for (int i = 0; i < 4; i++) {
      assertTrue(out.append(bytes("m" + i), null));
    }
    ByteBuffer rejected = bytes("m4");
    assertFalse(out.append(rejected, null));
    assertEquals(2, rejected.remaining());
    out.removeFirst();
    out.removeFirst();
    assertTrue(out.append(rejected, null));
    assertTrue(out.append(bytes("m5"), null));
    assertEquals("m5", text(out.data(3)));
    assertEquals(2, out.send(sys, pair[0], 0)); // to the end of the array
    assertEquals(2, out.send(sys, pair[0], 0)); // and round
    assertEquals(4, receive(pair[1]));
    assertEquals(
        "m2m3m4m5", text(in.data(0)) + text(in.data(1)) + text(in.data(2)) + text(in.data(3)));
    assertThrows(IllegalStateException.class, out::removeFirst);
  }

  @Test
  void send_refused_keepsTheMessage() throws SysException {
    int fd = udp();
    assertTrue(out.append(bytes("x"), null));
    assertEquals(-Errno.EDESTADDRREQ, out.send(sys, fd, 0));
    assertEquals(1, out.count());
    assertNull(out.peer(0));
  }

  @Test
  void reply_toTheSenderOfAReceivedMessage_needsNoDecoding() throws SysException {
    int a = udp();
    int b = udp();
    assertTrue(out.append(bytes("ping"), Sockets.localAddress(sys, b)));
    assertEquals(1, out.send(sys, a, 0));
    assertEquals(1, receive(b));
    assertTrue(out.append(bytes("pong"), in, 0));
    assertEquals(Sockets.localAddress(sys, a), out.peer(0));
    assertEquals(1, out.send(sys, b, 0));
    assertEquals(1, receive(a));
    assertEquals("pong", text(in.data(0)));
  }

  @Test
  void peer_sameAgain_isTheSameObject() throws SysException {
    int a = udp();
    int b = udp();
    int other = udp();
    SocketAddress to = Sockets.localAddress(sys, b);
    SocketAddress first = peerOf(a, b, to);
    assertSame(first, peerOf(a, b, to));
    assertNotEquals(first, peerOf(other, b, to));
    assertEquals(first, peerOf(a, b, to));
  }

  private SocketAddress peerOf(int from, int at, SocketAddress to) throws SysException {
    assertTrue(out.append(bytes("x"), to));
    assertEquals(1, out.send(sys, from, 0));
    assertEquals(1, receive(at));
    SocketAddress peer = in.peer(0);
    assertEquals(Sockets.localAddress(sys, from), peer);
    return peer;
  }

  @Test
  void readdress_isForWhatHasNoAddress() throws SysException {
    int a = udp();
    int b = udp();
    assertTrue(out.append(bytes("x"), null));
    assertTrue(out.append(bytes("y"), Sockets.localAddress(sys, b)));
    assertTrue(out.append(bytes("z"), null));
    out.readdress(Sockets.localAddress(sys, a));
    assertEquals(Sockets.localAddress(sys, a), out.peer(0));
    assertEquals(Sockets.localAddress(sys, b), out.peer(1));
    assertEquals(3, out.send(sys, a, 0));
    assertEquals(1, receive(b));
    assertEquals("y", text(in.data(0)));
    assertEquals(2, receive(a));
    assertEquals("z", text(in.data(1)));
  }

  @Test
  void batch_ofReceivedMessages_isNoQueueUntilCleared() throws SysException {
    int a = udp();
    assertTrue(out.append(bytes("x"), Sockets.localAddress(sys, a)));
    assertEquals(1, out.send(sys, a, 0));
    assertEquals(1, receive(a));
    assertThrows(IllegalStateException.class, () -> in.append(bytes("y"), null));
    in.clear();
    assertTrue(in.append(bytes("y"), null));
    assertEquals("y", text(in.data(0)));
    assertFalse(in.isTruncated(0));
  }

  @Test
  void allocate_atItsBounds_checks() {
    assertEquals(1024, MessageBatch.allocate(MessageBatch.MAX_MESSAGES, 1).capacity());
    assertThrows(IllegalArgumentException.class, () -> MessageBatch.allocate(1025, 1));
    assertThrows(IllegalArgumentException.class, () -> MessageBatch.allocate(0, 1));
    assertThrows(IllegalArgumentException.class, () -> MessageBatch.allocate(1, 0));
  }
}
