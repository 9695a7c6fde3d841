package dev.pollux.model;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The deterministic way to run: time, deadlocks, faults, limits. */
class VirtualTimeTest {

  private static final long MILLI = 1_000_000;

  private static ModelSys with(Fault fault, double probability) {
    return ModelSys.virtual(1, Faults.none().with(fault, probability));
  }

  @Test
  void wait_movesTheClockToItsTimeout() {
    ModelSys sys = ModelSys.virtual(1, Faults.none());
    try (Box box = new Box(sys)) {
      int ep = box.epoll();
      long start = sys.nanoTime();
      assertEquals(0, box.wait(ep, 1, 3_600_000));
      assertEquals(3_600_000 * MILLI, sys.nanoTime() - start);
      assertEquals(0, box.wait(ep, 1, 0));
      assertEquals(3_600_000 * MILLI, sys.nanoTime() - start);
    }
  }

  @Test
  void wait_movesTheClockToAScheduledActionOnly() {
    ModelSys sys = ModelSys.virtual(1, Faults.none());
    try (Box box = new Box(sys)) {
      int ep = box.epoll();
      int fd = box.eventfd(0);
      box.ok(box.add(ep, fd, Linux.EPOLLIN));
      long start = sys.nanoTime();
      sys.schedule(5 * MILLI, () -> box.writeLong(fd, 1));
      assertEquals(1, box.wait(ep, 1, 1_000));
      assertEquals(5 * MILLI, sys.nanoTime() - start);
    }
  }

  @Test
  void wait_thatNothingCanEnd_isADeadlock() {
    ModelSys sys = ModelSys.virtual(1, Faults.none());
    try (Box box = new Box(sys)) {
      int ep = box.epoll();
      DeadlockException e = assertThrows(DeadlockException.class, () -> box.wait(ep, 1, -1));
      assertTrue(e.getMessage().contains("epoll_wait(fd=" + ep + ")"), e.getMessage());
      int fd = box.keep(sys.eventfd(0, 0));
      assertThrows(DeadlockException.class, () -> box.readLong(fd));
      assertEquals(0, sys.epollSnapshot(ep).waiters());
    }
  }

  @Test
  void action_thatBlocks_isRefused() {
    ModelSys sys = ModelSys.virtual(1, Faults.none());
    try (Box box = new Box(sys)) {
      int fd = box.keep(sys.eventfd(0, 0));
      sys.schedule(1, () -> box.readLong(fd));
      assertThrows(IllegalStateException.class, () -> sys.advance(2));
    }
  }

  @Test
  void interrupt_duringAWait_isEintr() {
    ModelSys sys = ModelSys.virtual(1, Faults.none());
    try (Box box = new Box(sys)) {
      int ep = box.epoll();
      sys.schedule(MILLI, () -> assertTrue(sys.interrupt(Thread.currentThread())));
      assertEquals("EINTR", Box.say(box.wait(ep, 1, -1)));
      assertEquals(0, box.wait(ep, 1, 1));
    }
  }

  @Test
  void faults_ofOneSeed_areTheSameRun() {
    assertEquals(run(7), run(7));
    assertNotEquals(run(7), run(8));
    assertEquals(Faults.swarm(3).toString(), Faults.swarm(3).toString());
    assertNotEquals(Faults.swarm(3).toString(), Faults.swarm(4).toString());
  }

  private static List<String> run(long seed) {
    Faults faults =
        Faults.none()
            .with(Fault.SHORT_READ, 0.3)
            .with(Fault.SHORT_WRITE, 0.3)
            .with(Fault.SPURIOUS_EAGAIN, 0.2)
            .with(Fault.DELAY, 0.5);
    List<String> log = new ArrayList<>();
    try (Box box = new Box(ModelSys.virtual(seed, faults))) {
      int[] t = box.tcpPairUnderFaults();
      for (int i = 0; i < 50; i++) {
        log.add(Box.say(box.write(t[0], 100)) + " " + Box.say(box.readSome(t[1], 80)));
        box.poll(t[1], Linux.POLLIN, 5);
      }
      log.add("" + box.sys.nanoTime());
    }
    return log;
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 1})
  void delay_keepsOrderAndTakesVirtualTime(double probability) {
    ModelSys sys = with(Fault.DELAY, probability);
    try (Box box = new Box(sys)) {
      int[] t = box.tcpPairUnderFaults();
      StringBuilder sent = new StringBuilder();
      StringBuilder got = new StringBuilder();
      for (int i = 0; i < 50; i++) {
        sent.append((char) ('a' + i % 26));
        box.ok(box.write(t[0], sent.substring(i)));
      }
      long start = sys.nanoTime();
      while (got.length() < sent.length()) {
        assertEquals(Linux.POLLIN, box.poll(t[1], Linux.POLLIN, -1));
        got.append(box.read(t[1], 9).replace("'", ""));
      }
      assertEquals(sent.toString(), got.toString());
      assertTrue(sys.nanoTime() > start);
    }
  }

  @Test
  void delay_ofDataAndEnd_countsAsUnacknowledged() {
    try (Box box = new Box(with(Fault.DELAY, 1))) {
      int[] t = box.tcpPairUnderFaults();
      assertEquals(3, box.write(t[0], "abc"));
      assertEquals(3, box.unacknowledged(t[0]));
      box.ok(box.sys.shutdown(t[0], Linux.SHUT_WR));
      assertEquals(4, box.unacknowledged(t[0]));
      assertEquals(0, box.unsent(t[0])); // all of it is on its way
      box.poll(t[1], Linux.POLLRDHUP, -1);
      assertEquals(0, box.unacknowledged(t[0]));
    }
  }

  /** Connects, and waits until that is done. */
  private static void connect(Box box, int fd, SocketAddress address) {
    assertEquals("EINPROGRESS", Box.say(box.connect(fd, address)));
    assertEquals(Linux.POLLOUT, box.poll(fd, Linux.POLLOUT, -1));
  }

  private static void disconnect(Box box, int fd) {
    box.memory().set(JAVA_SHORT, 0, (short) Linux.AF_UNSPEC);
    box.ok(box.sys.connect(fd, box.memory().address(), Linux.SIZEOF_SOCKADDR_IN));
    assertEquals("ECONNRESET", box.error(fd));
  }

  @Test
  void delay_ofAConnectionThatWasLeft_isNoPartOfTheNext() {
    try (Box box = new Box(with(Fault.DELAY, 1))) {
      int listener = box.listener(8);
      int client = box.tcp();
      connect(box, client, box.localAddress(listener));
      int first = box.keep(box.sys.accept4(listener, 0, 0, Linux.SOCK_NONBLOCK));
      long room = box.fill(client, 1_000);
      assertEquals(3, box.write(first, "old"));
      assertEquals("0", Box.maskText(box.mask(client)));
      disconnect(box, client);
      assertEquals(0, box.unacknowledged(client));
      assertEquals("OUT|HUP", Box.maskText(box.mask(client)));
      connect(box, client, box.localAddress(listener));
      int second = box.keep(box.sys.accept4(listener, 0, 0, Linux.SOCK_NONBLOCK));
      assertEquals(room, box.fill(client, 1_000));
      assertEquals(3, box.write(second, "new"));
      assertEquals(Linux.POLLIN, box.poll(client, Linux.POLLIN, -1));
      assertEquals("'new'", box.read(client, 9));
      long received = 0;
      while (received < room) {
        assertEquals(Linux.POLLIN, box.poll(second, Linux.POLLIN, -1));
        received += box.drain(second);
      }
      assertEquals(room, received);
      assertEquals("OUT", Box.maskText(box.mask(client)));
      assertEquals("IN|OUT|ERR|HUP|RDHUP", Box.maskText(box.mask(first)));
    }
  }

  @Test
  void delay_ofAConnectionWithItselfThatWasLeft_isNoPartOfTheNext() {
    try (Box box = new Box(with(Fault.DELAY, 1))) {
      int fd = box.tcp();
      box.ok(box.bind(fd, Box.loopback(0)));
      SocketAddress self = box.localAddress(fd);
      connect(box, fd, self);
      assertEquals(3, box.write(fd, "old"));
      disconnect(box, fd);
      box.ok(box.bind(fd, self)); // the port was the kernel's choice
      connect(box, fd, self);
      assertEquals(3, box.write(fd, "new"));
      assertEquals(Linux.POLLIN, box.poll(fd, Linux.POLLIN, -1));
      assertEquals("'new'", box.read(fd, 9));
    }
  }

  @Test
  void spuriousEagain_ofABrokenConnection_doesNotHappen() {
    try (Box box = new Box(with(Fault.SPURIOUS_EAGAIN, 0.9))) {
      int[] t = box.tcpPairUnderFaults();
      box.ok(box.lingerZero(t[0]));
      box.ok(box.close(t[0]));
      assertEquals("ECONNRESET", box.read(t[1], 1));
      assertEquals("''", box.read(t[1], 1));
    }
  }

  @Test
  void withheldReadiness_isAnnouncedOnceMore() {
    ModelSys sys = with(Fault.SPURIOUS_EAGAIN, 0.7);
    try (Box box = new Box(sys)) {
      int ep = box.epoll();
      int[] p = box.pipe();
      box.ok(box.add(ep, p[0], Linux.EPOLLIN | Linux.EPOLLET));
      int writes = 0;
      while (writes < 20) {
        if (box.write(p[1], "x") != 1) {
          sys.advance(MILLI);
          continue;
        }
        writes++;
        String read = "EAGAIN";
        while (read.equals("EAGAIN")) {
          assertEquals(1, box.wait(ep, 1, -1), "an edge was lost");
          read = box.read(p[0], 9);
        }
        assertEquals("'x'", read);
        assertEquals("EAGAIN", box.read(p[0], 9));
        sys.advance(MILLI);
        box.wait(ep, 1, 0);
      }
      assertTrue(sys.faultCounts().get(Fault.SPURIOUS_EAGAIN) > 10);
    }
  }

  @Test
  void descriptorFaults_failWithTheirErrno() {
    for (Fault fault : List.of(Fault.EMFILE, Fault.ENFILE, Fault.ENOMEM)) {
      ModelSys sys = with(fault, 1);
      assertEquals(fault.name(), Box.say(sys.eventfd(0, 0)));
      assertEquals(fault.name(), Box.say(sys.socket(Linux.AF_INET, Linux.SOCK_STREAM, 0)));
      assertEquals(fault.name(), Box.say(sys.epollCreate1(0)));
    }
  }

  @Test
  void connectionFaults_failWithTheirErrno() {
    try (Box box = new Box(with(Fault.REFUSED, 1))) {
      int client = box.tcp();
      int _ = box.connect(client, box.localAddress(box.listener(1)));
      assertEquals("ECONNREFUSED", box.error(client));
    }
    try (Box box = new Box(with(Fault.ECONNRESET, 1))) {
      int[] t = box.tcpPair();
      assertEquals("ECONNRESET", Box.say(box.write(t[0], "x")));
      assertEquals("ECONNRESET", box.read(t[1], 1));
    }
    try (Box box = new Box(with(Fault.ECONNABORTED, 1))) {
      int listener = box.listener(1);
      int client = box.tcp();
      int _ = box.connect(client, box.localAddress(listener));
      assertEquals("ECONNABORTED", Box.say(box.sys.accept4(listener, 0, 0, 0)));
      assertEquals("ECONNRESET", box.error(client));
    }
    try (Box box = new Box(with(Fault.EINTR, 1))) {
      assertEquals("EINTR", Box.say(box.wait(box.epoll(), 1, 5)));
      assertEquals(0, box.wait(box.epoll(), 1, 0));
    }
  }

  @Test
  void connect_toAFullBacklog_retriesThenTimesOut() {
    ModelSys sys = with(Fault.BACKLOG_OVERFLOW, 1);
    try (Box box = new Box(sys)) {
      int client = box.tcp();
      int _ = box.connect(client, box.localAddress(box.listener(1)));
      List<Integer> seconds = new ArrayList<>();
      for (int second = 0; second < 131; second++) {
        if (sys.faultCounts().get(Fault.BACKLOG_OVERFLOW) > seconds.size()) {
          seconds.add(second);
        }
        assertEquals("0", box.error(client));
        sys.advance(1_000 * MILLI);
      }
      assertEquals(List.of(0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67), seconds);
      assertEquals("ETIMEDOUT", box.error(client));
    }
  }

  /** Nobody accepts, so nobody but the fault itself can say that there is room after all. */
  @Test
  void connect_toAUnixBacklogThatSeemsFull_isTriedAgain() {
    Faults half = Faults.none().with(Fault.BACKLOG_OVERFLOW, 0.5);
    for (int seed = 1; seed <= 20; seed++) {
      ModelSys sys = ModelSys.virtual(seed, half);
      try (Box box = new Box(sys)) {
        int listener = box.unix();
        SocketAddress name = box.name();
        box.ok(box.bind(listener, name));
        box.ok(sys.listen(listener, 1));
        int client = box.keep(sys.socket(Linux.AF_UNIX, Linux.SOCK_STREAM, 0));
        box.ok(box.connect(client, name));
      }
    }
  }

  /** What the first peer learns of it late is no news of the second connection. */
  @Test
  void fin_ofAConnectionThatWasLeft_doesNotTouchTheNextOne() {
    for (int seed = 1; seed <= 50; seed++) {
      ModelSys sys = ModelSys.virtual(seed, Faults.none().with(Fault.DELAY, 1));
      try (Box box = new Box(sys)) {
        int listener = box.listener(4);
        int client = box.tcp();
        int _ = box.connect(client, box.localAddress(listener));
        box.poll(client, Linux.POLLOUT, -1);
        box.ok(sys.shutdown(client, Linux.SHUT_WR)); // on its way
        box.memory().asSlice(0, Linux.SIZEOF_SOCKADDR_IN).fill((byte) 0); // AF_UNSPEC
        box.ok(sys.connect(client, box.memory().address(), Linux.SIZEOF_SOCKADDR_IN));
        int _ = box.connect(client, box.localAddress(listener));
        box.poll(client, Linux.POLLOUT, -1);
        int epoll = box.epoll();
        box.ok(box.add(epoll, client, Linux.EPOLLIN | Linux.EPOLLOUT | Linux.EPOLLET));
        assertEquals(List.of(client + ":OUT"), box.events(epoll));
        sys.advance(10_000 * MILLI);
        assertEquals(List.of(), box.events(epoll), "seed " + seed);
      }
    }
  }

  @Test
  void connect_beyondLoopback_isUnreachableOrLost() {
    ModelSys sys = ModelSys.virtual(1, Faults.none());
    try (Box box = new Box(sys)) {
      InetSocketAddress lost = new InetSocketAddress("192.0.2.1", 80);
      assertEquals(
          "ENETUNREACH", Box.say(box.connect(box.tcp(), new InetSocketAddress("10.0.0.1", 80))));
      int client = box.tcp();
      assertEquals("EINPROGRESS", Box.say(box.connect(client, lost)));
      long start = sys.nanoTime();
      box.poll(client, Linux.POLLOUT, -1);
      assertEquals("ETIMEDOUT", box.error(client));
      assertEquals(131_000 * MILLI, sys.nanoTime() - start);
      int blocking = box.keep(sys.socket(Linux.AF_INET, Linux.SOCK_STREAM, 0));
      timeout(box, blocking, Linux.SO_SNDTIMEO, 2);
      start = sys.nanoTime();
      assertEquals("EINPROGRESS", Box.say(box.connect(blocking, lost)));
      assertEquals(2_000 * MILLI, sys.nanoTime() - start);
    }
  }

  private static void timeout(Box box, int fd, int option, long seconds) {
    box.memory().set(JAVA_LONG, 0, seconds);
    box.memory().set(JAVA_LONG, 8, 0);
    int size = Linux.SIZEOF_TIMEVAL;
    box.ok(box.sys.setsockopt(fd, Linux.SOL_SOCKET, option, box.memory().address(), size));
  }

  @Test
  void receiveTimeout_isForTheWholeCall() {
    ModelSys sys = ModelSys.virtual(1, Faults.none());
    try (Box box = new Box(sys);
        Box other = new Box(sys)) {
      int[] t = box.tcpPair();
      box.ok(sys.fcntl(t[1], Linux.F_SETFL, 0));
      timeout(box, t[1], Linux.SO_RCVTIMEO, 3);
      long start = sys.nanoTime();
      assertEquals("EAGAIN", box.read(t[1], 9));
      assertEquals(3_000 * MILLI, sys.nanoTime() - start);
      sys.schedule(1_000 * MILLI, () -> other.write(t[0], "a"));
      sys.schedule(2_000 * MILLI, () -> other.write(t[0], "b"));
      start = sys.nanoTime();
      assertEquals("'ab'", box.recv(t[1], 9, Linux.MSG_WAITALL));
      assertEquals(3_000 * MILLI, sys.nanoTime() - start);
    }
  }

  @Test
  void delay_ofAReset_comesBehindTheData() {
    for (int seed = 0; seed < 20; seed++) {
      try (Box box = new Box(ModelSys.virtual(seed, Faults.none().with(Fault.DELAY, 0.5)))) {
        int[] t = box.tcpPairUnderFaults();
        for (int i = 0; i < 5; i++) {
          assertEquals(1, box.write(t[0], "x"));
        }
        box.ok(box.lingerZero(t[0]));
        box.close(t[0]);
        box.awaitMask(t[1], Linux.POLLERR);
        assertEquals("'xxxxx'", box.read(t[1], 9));
        assertEquals("ECONNRESET", box.read(t[1], 9));
      }
    }
  }

  @Test
  void limits_areReachedAndLeft() {
    Limits limits = Limits.defaults().withMaxFds(5).withMaxFiles(4);
    ModelSys sys = ModelSys.virtual(1, Faults.none(), limits, null);
    int fd = sys.eventfd(0, 0);
    assertEquals(3, fd);
    assertEquals("ENFILE", Box.say(sys.eventfd(0, 0)));
    assertEquals(4, sys.dup(fd));
    assertEquals("EMFILE", Box.say(sys.dup(fd)));
    assertEquals("EMFILE", Box.say(sys.eventfd(0, 0)));
    assertEquals(0, sys.close(3));
    assertEquals(0, sys.close(4));
    assertEquals(3, sys.eventfd(0, 0));
  }

  @Test
  void memory_outsideTheRange_isAFault() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment good = arena.allocate(16, 8);
      RangeCheck check =
          (address, bytes) ->
              address >= good.address() && address + bytes <= good.address() + good.byteSize();
      ModelSys sys = ModelSys.virtual(1, Faults.none(), Limits.defaults(), check);
      int fd = sys.eventfd(2, Linux.EFD_SEMAPHORE); // the read that fails takes one
      assertEquals("EFAULT", Box.say(sys.read(fd, good.address() + 9, 8)));
      assertEquals("8", Box.say(sys.read(fd, good.address() + 8, 8)));
    }
  }

  @Test
  void unknownCalls_areNamed() {
    ModelSys sys = ModelSys.virtual(1, Faults.none());
    assertEquals(-Errno.ENOSYS, sys.timerfdCreate(8, 0));
    assertEquals(-Errno.ENOSYS, sys.raise(1));
    assertEquals(Set.of("timerfd_create(8)", "raise(1, not blocked)"), sys.unsupported());
  }
}
