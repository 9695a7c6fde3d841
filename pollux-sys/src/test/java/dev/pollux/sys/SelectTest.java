package dev.pollux.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(FdLeakCheck.class)
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.sys.Systems#names")
class SelectTest {

  private static final long MILLI = 1_000_000L;
  private static final int FAR = 2000; // beyond FD_SETSIZE

  private final Workspace work;
  private final Sys sys;
  private final FdSet read = FdSet.allocate(FAR + 1);
  private final FdSet write = FdSet.allocate(FAR + 1);
  private final FdSet except = FdSet.allocate(FAR + 1);

  SelectTest(String system) {
    this.work = new Workspace(Systems.sys(system));
    this.sys = work.sys;
  }

  @AfterEach
  void close() {
    work.close();
  }

  @Test
  void select_descriptorBeyond1024_works() throws SysException {
    int[] pipe = work.pipe();
    int far = work.own(sys.fcntl(pipe[0], Linux.F_DUPFD_CLOEXEC, FAR));
    assertTrue(far >= FAR);
    read.set(FAR);
    assertEquals(0, Select.select(sys, FAR + 1, read, null, null, 0));
    assertFalse(read.isSet(FAR), "not ready: taken out");
    work.write(pipe[1], "x");
    read.set(FAR);
    assertEquals(1, Select.select(sys, FAR + 1, read, null, null, -1));
    assertTrue(read.isSet(FAR));
    assertEquals(1, Select.pselect(sys, FAR + 1, read, null, null, -1, null));
    assertTrue(read.isSet(FAR));
  }

  @Test
  void select_readyForReadingAndWriting_countsBoth() throws SysException {
    int both = work.eventfd(1);
    int idle = work.eventfd(0);
    int nfds = Math.max(both, idle) + 1;
    read.set(both);
    read.set(idle);
    write.set(both);
    except.set(both);
    assertEquals(2, Select.select(sys, nfds, read, write, except, -1));
    assertTrue(read.isSet(both));
    assertTrue(write.isSet(both));
    assertFalse(read.isSet(idle));
    assertFalse(except.isSet(both));
  }

  @Test
  void select_outOfBandData_isInTheThirdSet() throws SysException {
    int listener =
        work.own(
            Sockets.tcpListener(
                sys, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1));
    int client = work.own(Sockets.connecting(sys, Sockets.localAddress(sys, listener)));
    Poll poll = Poll.allocate(sys, 1);
    poll.set(0, listener, Linux.POLLIN);
    assertEquals(1, poll.poll(10_000));
    int server = work.own(Sockets.accept(sys, listener));
    assertEquals(1, sys.send(client, work.string("!"), 1, Linux.MSG_OOB));
    except.set(server);
    assertEquals(1, Select.select(sys, server + 1, null, null, except, 10_000 * MILLI));
    assertTrue(except.isSet(server));
  }

  @Test
  void select_timeoutBySign_waitsSoLongOrNotAtAll() throws SysException {
    int fd = work.eventfd(0);
    for (long nanos : new long[] {0, 1, 1001, 2 * MILLI}) {
      read.set(fd);
      long start = sys.nanoTime();
      assertEquals(0, Select.select(sys, fd + 1, read, null, null, nanos));
      assertTrue(sys.nanoTime() - start >= nanos, "select returned before " + nanos);
      read.set(fd);
      start = sys.nanoTime();
      assertEquals(0, Select.pselect(sys, fd + 1, read, null, null, nanos, null));
      assertTrue(sys.nanoTime() - start >= nanos, "pselect returned before " + nanos);
    }
  }

  @Test
  void select_closedDescriptor_isEbadf() {
    int fd = work.high(work.eventfd(0));
    work.close(fd);
    read.set(fd);
    SysException e =
        assertThrows(SysException.class, () -> Select.select(sys, fd + 1, read, null, null, 0));
    assertEquals(
        "select(nfds=" + (fd + 1) + "): EBADF (9) a descriptor in the sets is not open",
        e.getMessage());
  }

  @Test
  void select_nfdsBeyondSet_isRefused() {
    FdSet small = FdSet.allocate(64);
    var e =
        assertThrows(
            IllegalArgumentException.class, () -> Select.select(sys, 65, read, null, small, 0));
    assertEquals("nfds is 65, but a set has room for 64 descriptors", e.getMessage());
    SysException negative =
        assertThrows(SysException.class, () -> Select.select(sys, -1, read, null, null, 0));
    assertEquals("select(nfds=-1): EINVAL (22) nfds is negative", negative.getMessage());
  }

  @Test
  void pselect_signalLetThroughByMask_returnsInterrupted() throws SysException {
    try (PendingSignal _ = PendingSignal.raise(work, Linux.SIGUSR1)) {
      assertEquals(0, Select.pselect(sys, 0, null, null, null, 0, SignalSet.full()));
      assertEquals(
          Epoll.INTERRUPTED,
          Select.pselect(sys, 0, null, null, null, 10_000 * MILLI, SignalSet.empty()));
    }
  }

  @Test
  void fdSet_bits_areIndependent() {
    for (int fd : new int[] {0, 63, 64, 1023, 1024, FAR}) {
      assertFalse(read.isSet(fd));
      read.set(fd);
      assertTrue(read.isSet(fd));
    }
    read.clear(63);
    assertFalse(read.isSet(63));
    assertTrue(read.isSet(64));
    assertTrue(read.isSet(0));
    assertFalse(read.isSet(1));
    read.zero();
    assertFalse(read.isSet(FAR));
  }

  @Test
  void fdSet_copyFrom_isEqualAndClearsTheRest() {
    FdSet small = FdSet.allocate(64);
    small.set(5);
    read.set(FAR);
    read.copyFrom(small);
    assertTrue(read.isSet(5));
    assertFalse(read.isSet(FAR));
    assertThrows(IllegalArgumentException.class, () -> small.copyFrom(read));
  }

  @Test
  void fdSet_outsideCapacity_isRefused() {
    assertEquals(64, FdSet.allocate(1).capacity());
    assertEquals(128, FdSet.allocate(65).capacity());
    FdSet set = FdSet.allocate(64);
    assertThrows(IndexOutOfBoundsException.class, () -> set.set(64));
    assertThrows(IndexOutOfBoundsException.class, () -> set.clear(-1));
    assertThrows(IndexOutOfBoundsException.class, () -> set.isSet(64));
    assertThrows(IllegalArgumentException.class, () -> FdSet.allocate(0));
  }
}
