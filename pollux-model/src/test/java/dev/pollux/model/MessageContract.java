package dev.pollux.model;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Linux;
import dev.pollux.sys.Offsets;
import dev.pollux.sys.SockAddr;
import dev.pollux.sys.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.SocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What calls on many messages at once do, on any kernel. */
abstract class MessageContract {

  private static final int MESSAGES = 4;
  private static final int ROOM = 16;
  private static final int HEADERS = 0;
  private static final int IOVECS = HEADERS + MESSAGES * Linux.SIZEOF_MMSGHDR;
  private static final int NAMES = IOVECS + MESSAGES * Linux.SIZEOF_IOVEC;
  private static final int BUFFERS = NAMES + MESSAGES * SockAddr.MAX_BYTES;
  private static final int TIME = BUFFERS + MESSAGES * ROOM;

  final Box box = new Box(sys());
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment memory = arena.allocate(TIME + Linux.SIZEOF_TIMESPEC, 8);

  abstract Sys sys();

  @AfterEach
  void closeAll() {
    box.close();
    arena.close();
  }

  private static long header(int index) {
    return HEADERS + (long) index * Linux.SIZEOF_MMSGHDR;
  }

  /** Headers with room for an address and for so many bytes each. */
  private void prepare(int bytes) {
    for (int i = 0; i < MESSAGES; i++) {
      long header = header(i);
      long iovec = IOVECS + (long) i * Linux.SIZEOF_IOVEC;
      memory.asSlice(header, Linux.SIZEOF_MMSGHDR).fill((byte) 0);
      long name = memory.address() + NAMES + (long) i * SockAddr.MAX_BYTES;
      memory.set(JAVA_LONG, header + Offsets.MSGHDR__MSG_NAME, name);
      memory.set(JAVA_INT, header + Offsets.MSGHDR__MSG_NAMELEN, SockAddr.MAX_BYTES);
      memory.set(JAVA_LONG, header + Offsets.MSGHDR__MSG_IOV, memory.address() + iovec);
      memory.set(JAVA_LONG, header + Offsets.MSGHDR__MSG_IOVLEN, 1);
      long buffer = memory.address() + BUFFERS + (long) i * ROOM;
      memory.set(JAVA_LONG, iovec + Offsets.IOVEC__IOV_BASE, buffer);
      memory.set(JAVA_LONG, iovec + Offsets.IOVEC__IOV_LEN, bytes);
    }
  }

  private void put(int index, String text, SocketAddress to) {
    byte[] bytes = text.getBytes(ISO_8859_1);
    MemorySegment.copy(bytes, 0, memory, JAVA_BYTE, BUFFERS + (long) index * ROOM, bytes.length);
    setBytes(index, bytes.length);
    MemorySegment name = memory.asSlice(NAMES + (long) index * SockAddr.MAX_BYTES);
    int length = to == null ? 0 : SockAddr.encode(to, name);
    memory.set(JAVA_INT, header(index) + Offsets.MSGHDR__MSG_NAMELEN, length);
  }

  private void setBytes(int index, long count) {
    long at = IOVECS + (long) index * Linux.SIZEOF_IOVEC + Offsets.IOVEC__IOV_LEN;
    memory.set(JAVA_LONG, at, count);
  }

  private int length(int index) {
    return memory.get(JAVA_INT, header(index) + Offsets.MMSGHDR__MSG_LEN);
  }

  private int flags(int index) {
    return memory.get(JAVA_INT, header(index) + Offsets.MSGHDR__MSG_FLAGS);
  }

  private String text(int index) {
    byte[] bytes = memory.asSlice(BUFFERS + (long) index * ROOM, length(index)).toArray(JAVA_BYTE);
    return new String(bytes, ISO_8859_1);
  }

  private SocketAddress sender(int index) {
    int length = memory.get(JAVA_INT, header(index) + Offsets.MSGHDR__MSG_NAMELEN);
    return SockAddr.decode(
        memory.asSlice(NAMES + (long) index * SockAddr.MAX_BYTES, SockAddr.MAX_BYTES), length);
  }

  private int receive(int fd, int count, int flags) {
    return box.sys.recvmmsg(fd, memory.address(), count, flags, 0);
  }

  private int send(int fd, int count) {
    return box.sys.sendmmsg(fd, memory.address(), count, 0);
  }

  private int boundUdp() {
    int fd = box.udp();
    box.ok(box.bind(fd, Box.loopback(0)));
    return fd;
  }

  /** Sends from one socket to another and waits until all are there. */
  private void sendAll(int from, int to, String... texts) {
    for (String text : texts) {
      assertEquals(text.length(), box.sendTo(from, text, box.localAddress(to)));
    }
    box.awaitMask(to, Linux.POLLIN);
  }

  // ---- receiving

  @Test
  void recvmmsg_severalWaiting_takesThemInOrder() {
    int source = boundUdp();
    int target = boundUdp();
    sendAll(source, target, "one", "two", "three");
    prepare(ROOM);
    assertEquals(3, receive(target, MESSAGES, 0));
    assertEquals("one two three", text(0) + " " + text(1) + " " + text(2));
    assertEquals(box.localAddress(source), sender(2));
    assertEquals(0, flags(2) & Linux.MSG_TRUNC);
    assertEquals("EAGAIN", Box.say(receive(target, MESSAGES, 0)));
  }

  @Test
  void recvmmsg_moreThanAskedFor_leavesTheRest() {
    int source = boundUdp();
    int target = boundUdp();
    sendAll(source, target, "a", "b", "c");
    prepare(ROOM);
    assertEquals(2, receive(target, 2, 0));
    assertEquals(1, receive(target, 2, 0));
    assertEquals("c", text(0));
    assertEquals(0, receive(target, 0, 0));
  }

  @Test
  void recvmmsg_tooLong_isTruncatedAndSaysSo() {
    int source = boundUdp();
    int target = boundUdp();
    sendAll(source, target, "abcdef", "xy");
    prepare(2);
    assertEquals(2, receive(target, MESSAGES, 0));
    assertEquals("ab", text(0));
    assertEquals(Linux.MSG_TRUNC, flags(0) & Linux.MSG_TRUNC);
    assertEquals("xy", text(1));
    assertEquals(0, flags(1) & Linux.MSG_TRUNC);
  }

  @Test
  void recvmmsg_badIovecAfterTheFirst_failsTheNextCall() {
    int source = boundUdp();
    int target = boundUdp();
    sendAll(source, target, "a", "b");
    prepare(ROOM);
    memory.set(JAVA_LONG, header(1) + Offsets.MSGHDR__MSG_IOVLEN, Linux.IOV_MAX + 1L);
    assertEquals(1, receive(target, MESSAGES, 0));
    prepare(ROOM);
    assertEquals("EMSGSIZE", Box.say(receive(target, MESSAGES, 0)));
    assertEquals(1, receive(target, MESSAGES, 0));
    assertEquals("b", text(0));
  }

  @Test
  void recvmmsg_waitForOneOnABlockingSocket_takesWhatIsThere() {
    int source = boundUdp();
    int target = boundUdp();
    box.ok(box.sys.fcntl(target, Linux.F_SETFL, 0)); // it blocks now
    sendAll(source, target, "a", "b");
    prepare(ROOM);
    assertEquals(2, receive(target, MESSAGES, Linux.MSG_WAITFORONE));
  }

  @Test
  void recvmmsg_timeoutOver_endsAfterAMessage() {
    int source = boundUdp();
    int target = boundUdp();
    sendAll(source, target, "a", "b");
    prepare(ROOM);
    memory.set(JAVA_LONG, TIME, 0);
    memory.set(JAVA_LONG, TIME + 8, 0);
    assertEquals(
        1, box.sys.recvmmsg(target, memory.address(), MESSAGES, 0, memory.address() + TIME));
    memory.set(JAVA_LONG, TIME + 8, 1_000_000_000);
    assertEquals(
        "EINVAL",
        Box.say(box.sys.recvmmsg(target, memory.address(), MESSAGES, 0, memory.address() + TIME)));
    memory.set(JAVA_LONG, TIME, 100); // s
    memory.set(JAVA_LONG, TIME + 8, 0);
    assertEquals(
        1, box.sys.recvmmsg(target, memory.address(), MESSAGES, 0, memory.address() + TIME));
    assertTrue(memory.get(JAVA_LONG, TIME) <= 100);
  }

  @Test
  void recvmmsg_pendingError_comesFirst() {
    int unused = boundUdp();
    SocketAddress nobody = box.localAddress(unused);
    box.close(unused);
    int fd = boundUdp();
    box.ok(box.connect(fd, nobody));
    assertEquals(1, box.send(fd, "x", 0));
    box.awaitMask(fd, Linux.POLLERR);
    prepare(ROOM);
    assertEquals("ECONNREFUSED", Box.say(receive(fd, MESSAGES, 0)));
    assertEquals("EAGAIN", Box.say(receive(fd, MESSAGES, 0)));
  }

  @Test
  void recvmmsg_noSocket_isAnError() {
    int[] pipe = box.pipe();
    prepare(ROOM);
    assertEquals("ENOTSOCK", Box.say(receive(pipe[0], 1, 0)));
    assertEquals("ENOTSOCK", Box.say(send(pipe[1], 1)));
    assertEquals("EBADF", Box.say(receive(-1, 1, 0)));
    assertEquals("EBADF", Box.say(send(-1, 1)));
  }

  @Test
  void recvmmsg_negativeNameLength_isAnError() {
    int target = boundUdp();
    prepare(ROOM);
    memory.set(JAVA_INT, header(0) + Offsets.MSGHDR__MSG_NAMELEN, -1);
    assertEquals("EINVAL", Box.say(receive(target, 1, 0)));
  }

  // ---- sending

  @Test
  void sendmmsg_toSeveral_eachGetsItsOwn() {
    int source = boundUdp();
    int a = boundUdp();
    int b = boundUdp();
    prepare(ROOM);
    put(0, "for a", box.localAddress(a));
    put(1, "for b!", box.localAddress(b));
    assertEquals(2, send(source, 2));
    assertEquals(5, length(0));
    assertEquals(6, length(1));
    box.awaitMask(a, Linux.POLLIN);
    box.awaitMask(b, Linux.POLLIN);
    assertEquals("'for a'", box.read(a, 9));
    assertEquals("'for b!'", box.read(b, 9));
    assertEquals(0, send(source, 0));
  }

  @Test
  void sendmmsg_connected_needsNoName() {
    int[] pair = box.pair(Linux.SOCK_DGRAM);
    prepare(ROOM);
    put(0, "a", null);
    put(1, "bc", null);
    assertEquals(2, send(pair[0], 2));
    assertEquals("'a'", box.read(pair[1], 9));
    assertEquals("'bc'", box.read(pair[1], 9));
  }

  @Test
  void sendmmsg_errorAfterTheFirst_isToldByTheNextCall() {
    int source = boundUdp();
    int target = boundUdp();
    prepare(ROOM);
    put(0, "a", box.localAddress(target));
    put(1, "b", null);
    assertEquals(1, send(source, 2));
    assertEquals(
        "EDESTADDRREQ", Box.say(box.sys.sendmmsg(source, memory.address() + header(1), 1, 0)));
  }

  @Test
  void sendmmsg_queueFull_countsThoseThatWent() {
    int[] pair = box.pair(Linux.SOCK_DGRAM);
    prepare(ROOM);
    for (int i = 0; i < MESSAGES; i++) {
      put(i, "x", null);
    }
    int total = 0;
    int result = send(pair[0], MESSAGES);
    while (result > 0) {
      total += result;
      result = send(pair[0], MESSAGES);
    }
    assertEquals("EAGAIN", Box.say(result));
    prepare(ROOM);
    int received = 0;
    result = receive(pair[1], MESSAGES, 0);
    while (result > 0) {
      received += result;
      result = receive(pair[1], MESSAGES, 0);
    }
    assertEquals(total, received);
  }

  @Test
  void sendmmsg_stream_writesThemOneAfterTheOther() {
    int[] pair = box.unixPair();
    prepare(ROOM);
    put(0, "ab", null);
    put(1, "cd", null);
    assertEquals(2, send(pair[0], 2));
    assertEquals("'abcd'", box.read(pair[1], 9));
  }
}
