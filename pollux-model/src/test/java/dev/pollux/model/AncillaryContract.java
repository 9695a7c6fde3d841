package dev.pollux.model;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.pollux.sys.Ancillary;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Offsets;
import dev.pollux.sys.PeerCredentials;
import dev.pollux.sys.SockAddr;
import dev.pollux.sys.Sys;
import dev.pollux.sys.UnixAddress;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What messages carry beside their bytes: descriptors, credentials, addresses; on any kernel. */
abstract class AncillaryContract {

  private static final int ROOM = 64; // for the bytes
  private static final int CONTROL_ROOM = 256;
  private static final int IP_PKTINFO = 8; // linux/in.h
  private static final int IPV6_RECVPKTINFO = 49; // linux/in6.h
  private static final int IPV6_PKTINFO = 50;
  private static final PeerCredentials UNKNOWN = new PeerCredentials(0, 65_534, 65_534);

  final Box box = new Box(sys());
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment header = arena.allocate(Linux.SIZEOF_MSGHDR, 8);
  private final MemorySegment iovec = arena.allocate(Linux.SIZEOF_IOVEC, 8);
  private final MemorySegment bytes = arena.allocate(ROOM, 8);
  private final MemorySegment control = arena.allocate(CONTROL_ROOM, 8);
  private final MemorySegment name = arena.allocate(SockAddr.MAX_BYTES, 8);
  private long controlBytes;

  abstract Sys sys();

  @AfterEach
  void closeAll() {
    box.close();
    arena.close();
  }

  // ---- messages

  /** Begins a message with these bytes, without ancillary data. */
  private void begin(String text) {
    MemorySegment.copy(text.getBytes(ISO_8859_1), 0, bytes, JAVA_BYTE, 0, text.length());
    header.fill((byte) 0);
    header.set(JAVA_LONG, Offsets.MSGHDR__MSG_IOV, iovec.address());
    header.set(JAVA_LONG, Offsets.MSGHDR__MSG_IOVLEN, 1);
    iovec.set(JAVA_LONG, Offsets.IOVEC__IOV_BASE, bytes.address());
    iovec.set(JAVA_LONG, Offsets.IOVEC__IOV_LEN, text.length());
    control.fill((byte) 0);
    controlBytes = 0;
  }

  /** Adds a control message; returns where its data stand. */
  private MemorySegment add(int level, int type, int size) {
    MemorySegment added = control.asSlice(controlBytes);
    added.set(JAVA_LONG, Offsets.CMSGHDR__CMSG_LEN, (long) Linux.SIZEOF_CMSGHDR + size);
    added.set(JAVA_INT, Offsets.CMSGHDR__CMSG_LEVEL, level);
    added.set(JAVA_INT, Offsets.CMSGHDR__CMSG_TYPE, type);
    controlBytes += Linux.SIZEOF_CMSGHDR + (size + 7L) / 8 * 8;
    return added.asSlice(Linux.SIZEOF_CMSGHDR);
  }

  private void addFds(int... fds) {
    MemorySegment data = add(Linux.SOL_SOCKET, Linux.SCM_RIGHTS, fds.length * Integer.BYTES);
    MemorySegment.copy(fds, 0, data, JAVA_INT, 0, fds.length);
  }

  private void addCredentials(PeerCredentials named) {
    MemorySegment data = add(Linux.SOL_SOCKET, Linux.SCM_CREDENTIALS, Linux.SIZEOF_UCRED);
    data.set(JAVA_INT, Offsets.UCRED__PID, named.pid());
    data.set(JAVA_INT, Offsets.UCRED__UID, named.uid());
    data.set(JAVA_INT, Offsets.UCRED__GID, named.gid());
  }

  private void to(SocketAddress target) {
    header.set(JAVA_LONG, Offsets.MSGHDR__MSG_NAME, name.address());
    header.set(JAVA_INT, Offsets.MSGHDR__MSG_NAMELEN, SockAddr.encode(target, name));
  }

  private String send(int fd) {
    header.set(JAVA_LONG, Offsets.MSGHDR__MSG_CONTROL, control.address());
    header.set(JAVA_LONG, Offsets.MSGHDR__MSG_CONTROLLEN, controlBytes);
    return Box.say(box.sys.sendmsg(fd, header.address(), Linux.MSG_NOSIGNAL));
  }

  private String sendFds(int fd, String text, int... fds) {
    begin(text);
    addFds(fds);
    return send(fd);
  }

  /** Receives into so much room; the bytes, or the errno. */
  private String receive(int fd, int count, int flags, int controlRoom) {
    begin("");
    iovec.set(JAVA_LONG, Offsets.IOVEC__IOV_LEN, count);
    header.set(JAVA_LONG, Offsets.MSGHDR__MSG_CONTROL, control.address());
    header.set(JAVA_LONG, Offsets.MSGHDR__MSG_CONTROLLEN, controlRoom);
    int result = box.sys.recvmsg(fd, header.address(), flags);
    if (result < 0) {
      return Box.say(result);
    }
    return "'" + new String(bytes.asSlice(0, result).toArray(JAVA_BYTE), ISO_8859_1) + "'";
  }

  private String receive(int fd) {
    return receive(fd, ROOM, 0, CONTROL_ROOM);
  }

  private int flags() {
    return header.get(JAVA_INT, Offsets.MSGHDR__MSG_FLAGS);
  }

  private long length() {
    return header.get(JAVA_LONG, Offsets.MSGHDR__MSG_CONTROLLEN);
  }

  /** The data of the control message of a type that came, or null. */
  private MemorySegment find(int level, int type) {
    long at = 0;
    while (at + Linux.SIZEOF_CMSGHDR <= length()) {
      long size = control.get(JAVA_LONG, at + Offsets.CMSGHDR__CMSG_LEN);
      if (control.get(JAVA_INT, at + Offsets.CMSGHDR__CMSG_LEVEL) == level
          && control.get(JAVA_INT, at + Offsets.CMSGHDR__CMSG_TYPE) == type) {
        return control.asSlice(at + Linux.SIZEOF_CMSGHDR, size - Linux.SIZEOF_CMSGHDR);
      }
      at += (size + 7) / 8 * 8;
    }
    return null;
  }

  /** The descriptors that came, which are closed at the end. */
  private List<Integer> fds() {
    List<Integer> found = new ArrayList<>();
    MemorySegment data = find(Linux.SOL_SOCKET, Linux.SCM_RIGHTS);
    for (long at = 0; data != null && at < data.byteSize(); at += Integer.BYTES) {
      found.add(box.keep(data.get(JAVA_INT, at)));
    }
    return found;
  }

  private PeerCredentials credentials() {
    MemorySegment data = find(Linux.SOL_SOCKET, Linux.SCM_CREDENTIALS);
    return data == null
        ? null
        : new PeerCredentials(
            data.get(JAVA_INT, Offsets.UCRED__PID),
            data.get(JAVA_INT, Offsets.UCRED__UID),
            data.get(JAVA_INT, Offsets.UCRED__GID));
  }

  // ---- descriptors

  @Test
  void descriptor_passed_isTheSameFile() {
    int[] p = box.unixPair();
    int[] pipe = box.pipe();
    assertEquals("2", sendFds(p[0], "hi", pipe[0], pipe[1]));
    box.close(pipe[0]);
    assertEquals(1, box.write(pipe[1], "x")); // it is open on its way
    assertEquals("'hi'", receive(p[1]));
    assertEquals(0, flags());
    assertEquals(24, length());
    List<Integer> fds = fds();
    assertEquals(2, fds.size());
    assertEquals("'x'", box.read(fds.get(0), 9));
    assertEquals(0, box.sys.fcntl(fds.get(0), Linux.F_GETFD, 0));
    box.close(pipe[1]);
    assertEquals("EAGAIN", box.read(fds.get(0), 9));
    box.close(fds.get(1));
    assertEquals("''", box.read(fds.get(0), 9));
  }

  @Test
  void descriptor_closeOnExec_ifAsked() {
    int[] p = box.pair(Linux.SOCK_DGRAM);
    assertEquals("1", sendFds(p[0], "x", box.eventfd(0)));
    assertEquals("'x'", receive(p[1], ROOM, Linux.MSG_CMSG_CLOEXEC, CONTROL_ROOM));
    assertEquals(Linux.MSG_CMSG_CLOEXEC, flags());
    assertEquals(Linux.FD_CLOEXEC, box.sys.fcntl(fds().getFirst(), Linux.F_GETFD, 0));
  }

  @Test
  void descriptor_thatNobodyTakes_isClosed() {
    int[] p = box.unixPair();
    int[] pipe = box.pipe();
    assertEquals("1", sendFds(p[0], "x", pipe[1]));
    box.close(pipe[1]);
    assertEquals("EAGAIN", box.read(pipe[0], 9));
    assertEquals("'x'", box.read(p[1], 9)); // read has no place for it
    assertEquals("''", box.read(pipe[0], 9));
    int[] next = box.pipe();
    assertEquals("1", sendFds(p[0], "x", next[1]));
    box.close(next[1]);
    box.close(p[1]); // unread
    assertEquals("''", box.read(next[0], 9));
  }

  @Test
  void descriptors_withoutRoom_areCutOffAndClosed() {
    int[] p = box.pair(Linux.SOCK_DGRAM);
    int[] pipe = box.pipe();
    assertEquals("1", sendFds(p[0], "x", box.eventfd(0), pipe[1]));
    box.close(pipe[1]);
    assertEquals("'x'", receive(p[1], ROOM, 0, 20));
    assertEquals(Linux.MSG_CTRUNC, flags());
    assertEquals(20, length());
    assertEquals(1, fds().size());
    assertEquals("''", box.read(pipe[0], 9));
    assertEquals("1", sendFds(p[0], "x", box.eventfd(0)));
    assertEquals("'x'", receive(p[1], ROOM, 0, 16));
    assertEquals(Linux.MSG_CTRUNC, flags());
    assertEquals(0, length());
    assertEquals("1", sendFds(p[0], "x", box.eventfd(0)));
    assertEquals("'x'", receive(p[1], ROOM, 0, 0));
    assertEquals(Linux.MSG_CTRUNC, flags());
  }

  @Test
  void descriptors_inAStream_endARead() {
    int[] p = box.unixPair();
    assertEquals(2, box.send(p[0], "ab", 0));
    assertEquals("2", sendFds(p[0], "cd", box.eventfd(0)));
    assertEquals(2, box.send(p[0], "ef", 0));
    assertEquals("'abc'", receive(p[1], 3, 0, CONTROL_ROOM));
    assertEquals(1, fds().size());
    assertEquals("'def'", receive(p[1]));
    assertEquals(0, fds().size());
    assertEquals("2", sendFds(p[0], "gh", box.eventfd(0)));
    assertEquals(2, box.send(p[0], "ij", 0));
    assertEquals("'gh'", receive(p[1]));
    assertEquals(1, fds().size());
    assertEquals("'ij'", receive(p[1]));
  }

  @Test
  void descriptors_peekedAt_areDuplicatedEachTime() {
    int[] p = box.unixPair();
    assertEquals("2", sendFds(p[0], "ab", box.eventfd(0)));
    assertEquals(1, box.send(p[0], "c", 0));
    assertEquals("'ab'", receive(p[1], ROOM, Linux.MSG_PEEK, CONTROL_ROOM));
    int first = fds().getFirst();
    assertEquals("'ab'", receive(p[1]));
    assertNotEquals(first, fds().getFirst());
    int[] d = box.pair(Linux.SOCK_DGRAM);
    assertEquals("1", sendFds(d[0], "x", box.eventfd(0)));
    assertEquals("'x'", receive(d[1], ROOM, Linux.MSG_PEEK, CONTROL_ROOM));
    assertEquals(1, fds().size());
    assertEquals("'x'", receive(d[1]));
    assertEquals(1, fds().size());
  }

  @Test
  void descriptors_withoutBytes_goWithADatagramOnly() {
    int[] p = box.unixPair();
    int[] pipe = box.pipe();
    assertEquals("0", sendFds(p[0], "", pipe[1]));
    box.close(pipe[1]);
    assertEquals("''", box.read(pipe[0], 9));
    assertEquals("EAGAIN", receive(p[1]));
    int[] d = box.pair(Linux.SOCK_DGRAM);
    assertEquals("0", sendFds(d[0], "", box.eventfd(0)));
    assertEquals("''", receive(d[1]));
    assertEquals(1, fds().size());
  }

  @Test
  void descriptors_thatAreWrong_areRefused() {
    int[] p = box.unixPair();
    int fd = box.eventfd(0);
    assertEquals("EBADF", sendFds(p[0], "x", fd, -1));
    assertEquals("EBADF", sendFds(p[0], "x", 9_999));
    begin("x");
    addFds(fd);
    control.set(JAVA_LONG, Offsets.CMSGHDR__CMSG_LEN, 15);
    assertEquals("EINVAL", send(p[0]));
    control.set(JAVA_LONG, Offsets.CMSGHDR__CMSG_LEN, 100);
    assertEquals("EINVAL", send(p[0]));
    begin("x");
    MemorySegment _ = add(Linux.SOL_SOCKET, 99, 4);
    assertEquals("EINVAL", send(p[0]));
    begin("x");
    MemorySegment _ = add(99, Linux.SCM_RIGHTS, 4);
    assertEquals("1", send(p[0])); // another level is nobody's business
    assertEquals("EAGAIN", "'x'".equals(receive(p[1])) ? receive(p[1]) : "no x");
    int[] t = box.tcpPair();
    assertEquals("1", sendFds(t[0], "x", fd));
    box.awaitMask(t[1], Linux.POLLIN);
    assertEquals("'x'", receive(t[1]));
    assertEquals(0, length());
  }

  @Test
  void urgentByte_withoutRoom_isTakenAndCutOff() {
    int[] t = box.tcpPair();
    assertEquals(1, box.send(t[0], "x", Linux.MSG_OOB));
    box.awaitMask(t[1], Linux.POLLPRI);
    assertEquals("''", receive(t[1], 0, Linux.MSG_OOB, 0));
    assertEquals(Linux.MSG_OOB | Linux.MSG_TRUNC, flags());
    assertEquals("EINVAL", receive(t[1], 1, Linux.MSG_OOB, 0));
    assertEquals(1, box.send(t[0], "y", Linux.MSG_OOB));
    box.awaitMask(t[1], Linux.POLLPRI);
    assertEquals("'y'", receive(t[1], 1, Linux.MSG_OOB, 0));
    assertEquals(Linux.MSG_OOB, flags());
  }

  @Test
  void socket_passedOverItself_isReceived() {
    int[] p = box.unixPair();
    assertEquals("1", sendFds(p[0], "x", p[1]));
    assertEquals("'x'", receive(p[1]));
    int again = fds().getFirst();
    assertEquals(1, box.send(p[0], "y", 0));
    assertEquals("'y'", box.read(again, 9));
  }

  // ---- credentials

  private int passing(int fd) {
    box.ok(box.set(fd, Linux.SOL_SOCKET, Linux.SO_PASSCRED, 1));
    return fd;
  }

  @Test
  void credentials_comeWithEachMessage_ifAskedFor() throws Exception {
    for (int type : new int[] {Linux.SOCK_STREAM, Linux.SOCK_DGRAM}) {
      int[] p = box.pair(type);
      PeerCredentials self = Ancillary.peerCredentials(box.sys, p[0]);
      assertEquals(1, box.send(p[0], "x", 0));
      assertEquals("'x'", receive(p[1]));
      assertEquals(null, credentials());
      assertEquals(1, box.send(p[0], "x", 0));
      passing(p[1]);
      assertEquals("'x'", receive(p[1]));
      assertEquals(UNKNOWN, credentials());
      assertEquals(1, box.send(p[0], "x", 0));
      assertEquals("'x'", receive(p[1]));
      assertEquals(self, credentials());
      assertEquals(32, length());
      assertEquals(0, flags());
      assertEquals(1, box.send(p[0], "x", 0));
      assertEquals("'x'", receive(p[1], ROOM, 0, 0));
      assertEquals(Linux.MSG_CTRUNC, flags());
      assertEquals(1, box.send(p[0], "x", 0));
      assertEquals("'x'", receive(p[1], ROOM, 0, 20));
      assertEquals(Linux.MSG_CTRUNC, flags());
      assertEquals(20, length());
    }
  }

  @Test
  void credentials_thatTheSenderNames_areChecked() throws Exception {
    int[] p = box.unixPair();
    PeerCredentials self = Ancillary.peerCredentials(box.sys, p[0]);
    begin("x");
    addCredentials(self);
    addFds(box.eventfd(0));
    assertEquals("1", send(p[0]));
    passing(p[1]);
    assertEquals("'x'", receive(p[1]));
    assertEquals(self, credentials());
    assertEquals(1, fds().size());
    begin("x");
    MemorySegment _ = add(Linux.SOL_SOCKET, Linux.SCM_CREDENTIALS, 8);
    assertEquals("EINVAL", send(p[0]));
  }

  @Test
  void bytesOfDifferentSenders_areNotMixed() throws Exception {
    int[] p = box.unixPair();
    assertEquals(1, box.send(p[0], "a", 0));
    passing(p[1]);
    assertEquals(1, box.send(p[0], "b", 0));
    assertEquals(1, box.send(p[0], "c", 0));
    assertEquals("'a'", receive(p[1]));
    assertEquals(UNKNOWN, credentials());
    assertEquals("'bc'", receive(p[1]));
    assertEquals(Ancillary.peerCredentials(box.sys, p[0]), credentials());
  }

  @Test
  void socketThatPassesCredentials_isGivenAName() {
    int listener = passing(box.unix());
    box.ok(box.bind(listener, box.name()));
    box.ok(box.sys.listen(listener, 1));
    int client = passing(box.unix());
    box.ok(box.connect(client, box.localAddress(listener)));
    assertNotEquals(UnixAddress.unnamed(), box.localAddress(client));
    int server = box.keep(box.sys.accept4(listener, 0, 0, 0));
    assertEquals(1, box.option(server, Linux.SOL_SOCKET, Linux.SO_PASSCRED));
    int[] p = box.pair(Linux.SOCK_DGRAM);
    assertEquals(1, box.send(passing(p[0]), "x", 0));
    assertNotEquals(UnixAddress.unnamed(), box.localAddress(p[0]));
  }

  // ---- addresses

  @Test
  void packetInfo_tellsWhereADatagramWentAndNamesItsSource() throws Exception {
    int receiver = box.udp();
    box.ok(box.set(receiver, Linux.IPPROTO_IP, IP_PKTINFO, 1));
    box.ok(box.bind(receiver, new InetSocketAddress("0.0.0.0", 0)));
    int port = ((InetSocketAddress) box.localAddress(receiver)).getPort();
    int sender = box.udp();
    begin("x");
    to(new InetSocketAddress("127.0.0.2", port));
    MemorySegment info = add(Linux.IPPROTO_IP, IP_PKTINFO, 12);
    MemorySegment.copy(new byte[] {127, 0, 0, 3}, 0, info, JAVA_BYTE, 4, 4);
    assertEquals("1", send(sender));
    box.awaitMask(receiver, Linux.POLLIN);
    begin("");
    assertEquals("'x'", receive(receiver));
    MemorySegment told = find(Linux.IPPROTO_IP, IP_PKTINFO);
    assertEquals(1, told.get(JAVA_INT, 0)); // lo
    assertEquals("127.0.0.2", address(told, 4, 4));
    assertEquals("127.0.0.2", address(told, 8, 4));
    begin("x");
    to(new InetSocketAddress("127.0.0.2", port));
    MemorySegment wrong = add(Linux.IPPROTO_IP, IP_PKTINFO, 12);
    MemorySegment.copy(new byte[] {(byte) 192, 0, 2, 1}, 0, wrong, JAVA_BYTE, 4, 4);
    assertEquals("ENETUNREACH", send(sender));
    begin("x");
    to(new InetSocketAddress("127.0.0.2", port));
    MemorySegment _ = add(Linux.IPPROTO_IP, IP_PKTINFO, 8);
    assertEquals("EINVAL", send(sender));
    begin("x");
    to(new InetSocketAddress("127.0.0.2", port));
    MemorySegment none = add(Linux.IPPROTO_IP, IP_PKTINFO, 12);
    none.set(JAVA_INT, 0, 9_999);
    assertEquals("ENODEV", send(sender));
  }

  @Test
  void packetInfo_ofIpv6() throws Exception {
    int receiver =
        box.keep(box.sys.socket(Linux.AF_INET6, Linux.SOCK_DGRAM | Linux.SOCK_NONBLOCK, 0));
    box.ok(box.set(receiver, Linux.IPPROTO_IPV6, IPV6_RECVPKTINFO, 1));
    box.ok(box.set(receiver, Linux.IPPROTO_IP, IP_PKTINFO, 1)); // for what comes over IPv4 alone
    box.ok(box.bind(receiver, new InetSocketAddress(six(0), 0)));
    int port = ((InetSocketAddress) box.localAddress(receiver)).getPort();
    int sender =
        box.keep(box.sys.socket(Linux.AF_INET6, Linux.SOCK_DGRAM | Linux.SOCK_NONBLOCK, 0));
    assertEquals(1, box.sendTo(sender, "x", new InetSocketAddress(six(1), port)));
    box.awaitMask(receiver, Linux.POLLIN);
    assertEquals("'x'", receive(receiver));
    MemorySegment told = find(Linux.IPPROTO_IPV6, IPV6_PKTINFO);
    assertEquals("0:0:0:0:0:0:0:1", address(told, 0, 16));
    assertEquals(1, told.get(JAVA_INT, 16));
    assertNull(find(Linux.IPPROTO_IP, IP_PKTINFO));
    assertEquals(1, box.sendTo(box.udp(), "y", Box.loopback(port)));
    box.awaitMask(receiver, Linux.POLLIN);
    assertEquals("'y'", receive(receiver));
    MemorySegment four = find(Linux.IPPROTO_IPV6, IPV6_PKTINFO);
    assertEquals("127.0.0.1", address(four, 0, 16)); // mapped
    assertEquals("127.0.0.1", address(find(Linux.IPPROTO_IP, IP_PKTINFO), 8, 4));
  }

  /** The loopback address of IPv6 for 1, the wildcard for 0. */
  private static InetAddress six(int last) throws Exception {
    byte[] host = new byte[16];
    host[15] = (byte) last;
    return InetAddress.getByAddress(host);
  }

  private static String address(MemorySegment data, long at, int size) throws Exception {
    byte[] host = data.asSlice(at, size).toArray(JAVA_BYTE);
    return InetAddress.getByAddress(host).getHostAddress();
  }
}
