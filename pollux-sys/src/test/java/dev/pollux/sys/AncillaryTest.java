package dev.pollux.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Ancillary.Received;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Descriptors and credentials over Unix sockets. The leak check is half of each test. */
@ExtendWith(FdLeakCheck.class)
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.sys.Systems#names")
class AncillaryTest {

  private final String system;
  private final Workspace work;
  private final Sys sys;
  private final ByteBuffer target = ByteBuffer.allocate(16);

  AncillaryTest(String system) {
    this.system = system;
    this.work = new Workspace(Systems.sys(system));
    this.sys = work.sys;
  }

  @AfterEach
  void close() {
    work.close();
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  private String received() {
    return StandardCharsets.US_ASCII.decode(target.flip()).toString();
  }

  /** Others have a structure of their own, without what is asked for. */
  private void assertHasNoCredentials(int fd) {
    long on = work.ints(1).address();
    int result = sys.setsockopt(fd, Linux.SOL_SOCKET, Linux.SO_PASSCRED, on, Integer.BYTES);
    assertEquals(-Errno.ENOPROTOOPT, result);
  }

  private PeerCredentials self() {
    boolean isTold = Systems.isLinux(system) || system.startsWith("macOS");
    int pid = isTold ? (int) ProcessHandle.current().pid() : 0;
    return new PeerCredentials(pid, id("uid"), id("gid"));
  }

  private static int id(String which) {
    try {
      return (int) Files.getAttribute(Path.of("/proc/self"), "unix:" + which);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void sendFds_received_areOtherNumbersOfTheSameFiles() throws SysException {
    int[] pair = work.pair();
    int[] pipe = work.pipe();
    ByteBuffer payload = bytes("hi");
    assertEquals(2, Ancillary.sendFds(sys, pair[0], payload, pipe[0], pipe[1]));
    assertEquals(0, payload.remaining());
    Received got = Ancillary.receive(sys, pair[1], target, 2);
    got.fds().forEach(work::own);
    assertEquals(2, got.bytes());
    assertEquals("hi", received());
    assertEquals(2, got.fds().size());
    assertFalse(got.truncated());
    assertFalse(got.dataTruncated());
    assertNull(got.credentials());
    assertNotEquals(pipe[0], got.fds().get(0));
    work.write(got.fds().get(1), "through");
    assertEquals("through", work.read(pipe[0]));
    assertEquals(Linux.FD_CLOEXEC, sys.fcntl(got.fds().get(0), Linux.F_GETFD, 0));
  }

  @Test
  void sendFds_directBufferWithPosition_sendsTheRest() throws SysException {
    int[] pair = work.pair();
    IoBuffer io = IoBuffer.allocate(8);
    io.buffer().put((byte) 'a').put((byte) 'b').put((byte) 'c').flip().position(1);
    assertEquals(2, Ancillary.sendFds(sys, pair[0], io.buffer(), pair[0]));
    assertEquals(3, io.buffer().position());
    Ancillary.receive(sys, pair[1], target, 1).fds().forEach(work::own);
    assertEquals("bc", received());
  }

  @Test
  void receive_moreFdsThanAskedFor_isTruncatedAndLeaksNothing() throws SysException {
    for (int asked = 0; asked < 5; asked++) {
      int[] pair = work.pair();
      int fd = work.eventfd(0);
      Ancillary.sendFds(sys, pair[0], bytes("x"), fd, fd, fd, fd, fd);
      target.clear();
      var before = FdLeakCheck.open();
      Received got = Ancillary.receive(sys, pair[1], target, asked);
      FdLeakCheck.check(before, FdLeakCheck.open());
      assertTrue(got.truncated());
      assertEquals(List.of(), got.fds());
      assertEquals(1, got.bytes(), "the data came all the same");
    }
  }

  @Test
  void receive_kernelCutsTheMessage_isTruncatedAndLeaksNothing() throws SysException {
    int[] pair = work.pair();
    if (!Systems.isLinux(system)) {
      assertHasNoCredentials(pair[1]);
      return;
    }
    Sockets.setOption(sys, pair[1], Linux.SOL_SOCKET, Linux.SO_PASSCRED, 1);
    Ancillary.sendFds(sys, pair[0], bytes("x"), pair[0], pair[0], pair[0]);
    var before = FdLeakCheck.open();
    Received got = Ancillary.receive(sys, pair[1], target, 2); // credentials leave room for two
    FdLeakCheck.check(before, FdLeakCheck.open());
    assertTrue(got.truncated());
    assertEquals(List.of(), got.fds());
    assertEquals(self(), got.credentials());
  }

  @Test
  void receive_atKernelLimitOfFds_getsAll() throws SysException {
    int[] pair = work.pair();
    int[] many = new int[Ancillary.MAX_FDS];
    Arrays.fill(many, pair[0]);
    assertEquals(1, Ancillary.sendFds(sys, pair[0], bytes("x"), many));
    Received got = Ancillary.receive(sys, pair[1], target, Ancillary.MAX_FDS);
    got.fds().forEach(work::own);
    assertEquals(Ancillary.MAX_FDS, got.fds().size());
    assertFalse(got.truncated());
    int[] tooMany = new int[Ancillary.MAX_FDS + 1];
    assertThrows(
        IllegalArgumentException.class, () -> Ancillary.sendFds(sys, pair[0], bytes("x"), tooMany));
  }

  @Test
  void receive_passCredentials_namesThisProcess() throws SysException {
    int[] pair = work.pair();
    if (!Systems.isLinux(system)) {
      assertHasNoCredentials(pair[1]);
      return;
    }
    Sockets.setOption(sys, pair[1], Linux.SOL_SOCKET, Linux.SO_PASSCRED, 1);
    work.write(pair[0], "plain");
    Received got = Ancillary.receive(sys, pair[1], target, 0);
    assertEquals("plain", received());
    assertEquals(self(), got.credentials());

    target.clear();
    Ancillary.sendFds(sys, pair[0], bytes("both"), pair[0]);
    got = Ancillary.receive(sys, pair[1], target, 1);
    got.fds().forEach(work::own);
    assertEquals(self(), got.credentials());
    assertEquals(1, got.fds().size());
  }

  @Test
  void receive_readOnlyTarget_takesNothing() throws SysException {
    int[] pair = work.pair();
    Ancillary.sendFds(sys, pair[0], bytes("x"), pair[0]);
    ByteBuffer readOnly = target.asReadOnlyBuffer();
    assertThrows(ReadOnlyBufferException.class, () -> Ancillary.receive(sys, pair[1], readOnly, 1));
    Received got = Ancillary.receive(sys, pair[1], target, 1);
    got.fds().forEach(work::own);
    assertEquals(1, got.fds().size());
    assertEquals("x", received());
  }

  @Test
  void receive_targetShrinksMeanwhile_leaksNothing() throws SysException {
    int[] pair = work.pair();
    Ancillary.sendFds(sys, pair[0], bytes("xy"), pair[0], pair[1], pair[0]);
    Sys racing = new FaultySys().after("recvmsg", () -> target.limit(1)).sys();
    var before = FdLeakCheck.open();
    assertThrows(
        BufferOverflowException.class, () -> Ancillary.receive(racing, pair[1], target, 3));
    FdLeakCheck.check(before, FdLeakCheck.open());
  }

  @Test
  void receive_nothingThere_isEagain() throws SysException {
    int[] pair = work.pair();
    Received got = Ancillary.receive(sys, pair[1], target, 1);
    assertEquals(new Received(-Errno.EAGAIN, List.of(), null, false, false), got);
    assertEquals(0, target.position());
  }

  @Test
  void receive_endOfStream_is0() throws SysException {
    int[] pair = work.pair();
    work.close(pair[0]);
    assertEquals(0, Ancillary.receive(sys, pair[1], target, 1).bytes());
  }

  @Test
  void receive_datagramLongerThanTarget_saysSo() throws SysException {
    int[] pair = work.own(Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_DGRAM));
    work.write(pair[0], "0123456789abcdefXYZ");
    Received got = Ancillary.receive(sys, pair[1], target, 0);
    assertEquals(16, got.bytes());
    assertTrue(got.dataTruncated());
    assertEquals("0123456789abcdef", received());
  }

  @Test
  void sendFds_withoutBytesOrFds_isRefused() throws SysException {
    int[] pair = work.pair();
    assertThrows(
        IllegalArgumentException.class,
        () -> Ancillary.sendFds(sys, pair[0], ByteBuffer.allocate(0), pair[0]));
    assertThrows(IllegalArgumentException.class, () -> Ancillary.sendFds(sys, pair[0], bytes("x")));
    assertThrows(IllegalArgumentException.class, () -> Ancillary.receive(sys, pair[1], target, -1));
  }

  @Test
  void sendFds_closedDescriptor_namesTheCall() throws SysException {
    int[] pair = work.pair();
    SysException e =
        assertThrows(
            SysException.class, () -> Ancillary.sendFds(sys, pair[0], bytes("x"), 999_999));
    assertEquals("sendmsg(fd=" + pair[0] + "): EBADF (9) not an open descriptor", e.getMessage());
  }

  @Test
  void sendFds_fullSocket_isEagainAndKeepsThePayload() throws SysException {
    int[] pair = work.pair();
    IoBuffer filler = IoBuffer.allocate(1 << 16);
    while (filler.write(sys, pair[0]) > 0) {
      filler.buffer().clear();
    }
    ByteBuffer payload = bytes("x");
    assertEquals(-Errno.EAGAIN, Ancillary.sendFds(sys, pair[0], payload, pair[0]));
    assertEquals(1, payload.remaining());
  }

  @Test
  void peerCredentials_ofPairAndConnection_nameThisProcess() throws SysException {
    assertEquals(self(), Ancillary.peerCredentials(sys, work.pair()[0]));
    int listener = work.own(Sockets.unixListener(sys, UnixAddress.unnamed(), 1));
    int client = work.own(Sockets.connecting(sys, Sockets.localAddress(sys, listener)));
    assertEquals(self(), Ancillary.peerCredentials(sys, client));
    assertEquals(self(), Ancillary.peerCredentials(sys, work.own(Sockets.accept(sys, listener))));
    SysException e = assertThrows(SysException.class, () -> Ancillary.peerCredentials(sys, -1));
    assertEquals(
        "getsockopt(fd=-1, SO_PEERCRED): EBADF (9) not an open descriptor", e.getMessage());
  }
}
