package dev.pollux.cli.echo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopOptions;
import dev.pollux.net.AcceptMode;
import dev.pollux.poll.Backend;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.Errno;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.io.File;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link EchoServer} at the limits of the process: descriptors, and the heap. */
class EchoServerLimitTest {

  /** After so long without a refusal a burst of them is over. */
  private static final long BURST_NANOS = 1_000_000_000; // 1 s

  private static final long IDLE_NANOS = 60_000_000_000L; // 1 min

  private static final Sys SYS = NativeSys.open();

  @ParameterizedTest(name = "[{1}, {0}]")
  @MethodSource("dev.pollux.cli.echo.EchoFixture#everyWay")
  void descriptors_exhausted_refusesServesAndRecovers(Backend backend, Trigger trigger)
      throws Exception {
    int room = 3;
    int excess = 5;
    FaultySys clock = new FaultySys();
    try (EchoFixture fixture = new EchoFixture(clock.sys(), backend, trigger, null)) {
      // A whole conversation first: loading a class takes a descriptor.
      TestClient early = fixture.client().send("early".getBytes(ISO_8859_1)).thenEnd();
      fixture.until("its end", () -> early.ended);
      String _ = Errno.name(Errno.EMFILE);
      List<TestClient> clients = new ArrayList<>();
      for (int i = 0; i < room + excess; i++) {
        clients.add(fixture.adopt(new TestClient()));
      }
      long oldLimit = softLimit();
      List<Integer> fillers = fillHoles();
      try {
        setSoftLimit(highestDescriptor() + 1 + room);
        for (TestClient client : clients) {
          client.connect(fixture.address());
        }
        List<TestClient> refused = clients.subList(room, room + excess);
        fixture.until("the refusals", () -> refused.stream().allMatch(c -> c.ended));
        assertEquals(room, fixture.server.connectionCount());
        assertEquals(List.of("EMFILE"), fixture.log.exhausted);
        TestClient kept = clients.getFirst().send("still here".getBytes(ISO_8859_1));
        fixture.until("the echo", () -> kept.received.size() == 10);

        kept.thenEnd();
        fixture.until("its close", () -> kept.ended);
        clock.advance(BURST_NANOS);
        refused.getFirst().close(); // its number is room for one more socket of this test
        TestClient next = fixture.adopt(new TestClient(fixture.address()));
        next.send("new".getBytes(ISO_8859_1));
        fixture.until("the newcomer's echo", () -> next.received.size() == 3);
        assertEquals(List.of((long) excess), fixture.log.recovered);
      } finally {
        setSoftLimit(oldLimit);
        for (int fd : fillers) {
          int _ = SYS.close(fd);
        }
      }
    }
  }

  /** One that sends and does not read, in the only place there is. */
  @ParameterizedTest(name = "[{1}, {0}]")
  @MethodSource("dev.pollux.cli.echo.EchoFixture#everyWay")
  void deafPeer_makesRoom(Backend backend, Trigger trigger) throws Exception {
    FaultySys clock = new FaultySys();
    EchoOptions options =
        new EchoOptions(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            EchoOptions.DEFAULT_BACKLOG,
            trigger,
            EchoOptions.DEFAULT_BUFFER_BYTES,
            null,
            AcceptMode.ACCEPTOR,
            1,
            IDLE_NANOS,
            EchoOptions.GRACE_NANOS,
            null,
            false);
    try (EchoFixture fixture = new EchoFixture(clock.sys(), backend, options)) {
      TestClient deaf = fixture.client().send(EchoFixture.pattern(6 << 20));
      deaf.reading = false;
      fixture.until("a pause", () -> fixture.connection(0).isReadingPaused());
      fixture.settle();
      fixture.until(
          "its end",
          () -> {
            clock.advance(IDLE_NANOS / 8); // what had left before is seen at a look
            return fixture.log.closed.equals(List.of("STALLED"));
          });
      TestClient next = fixture.client().send("at last".getBytes(ISO_8859_1));
      fixture.until("the echo", () -> next.text().equals("at last"));
    }
  }

  @ParameterizedTest(name = "[{1}, {0}]")
  @MethodSource("dev.pollux.cli.echo.EchoFixture#everyWay")
  void echo_inSteadyState_allocatesNothing(Backend backend, Trigger trigger) throws Exception {
    int messages = 3000;
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    int nowhere = openNull();
    try (LogSink sink = LogSink.open(SYS, nowhere);
        EventLoop loop = EventLoop.open(SYS, LoopOptions.DEFAULT.withBackend(backend));
        EchoServer server =
            EchoServer.open(loop, EchoOptions.echo(any, trigger), new TextLog(sink, false))) {
      int fd = Sockets.connecting(SYS, server.address());
      int _ = loop.runOnce(-1);
      IoBuffer message = IoBuffer.allocate(100);
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long least = Long.MAX_VALUE;
      // The first rounds run in the interpreter and while the compiler is at work.
      long deadline = System.nanoTime() + EchoFixture.LIMIT_NANOS;
      while (least >= messages && System.nanoTime() - deadline < 0) {
        long before = threads.getCurrentThreadAllocatedBytes();
        exchange(loop, fd, message, messages);
        least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
      }
      assertTrue(least < messages, "bytes allocated for " + messages + " messages: " + least);
      int _ = SYS.close(fd);
    } finally {
      int _ = SYS.close(nowhere);
    }
  }

  private static void exchange(EventLoop loop, int fd, IoBuffer message, int count)
      throws SysException {
    for (int i = 0; i < count; i++) {
      int sent = SYS.send(fd, message.address(), 100, 0);
      int received = 0;
      while (received < sent) {
        int _ = loop.runOnce(-1);
        int n = SYS.recv(fd, message.address(), 100, 0);
        received += Math.max(n, 0);
      }
    }
  }

  private static int openNull() throws SysException {
    byte[] path = "/dev/null\0".getBytes(ISO_8859_1);
    IoBuffer memory = IoBuffer.allocate(path.length);
    memory.buffer().put(0, path);
    return SysException.check("open", SYS.open(memory.address(), Linux.O_WRONLY, 0));
  }

  private static long softLimit() {
    IoBuffer rlimit = IoBuffer.allocate(Linux.SIZEOF_RLIMIT);
    assertEquals(0, SYS.getrlimit(Linux.RLIMIT_NOFILE, rlimit.address()));
    return rlimit.buffer().order(ByteOrder.nativeOrder()).getLong(0);
  }

  private static void setSoftLimit(long limit) {
    IoBuffer rlimit = IoBuffer.allocate(Linux.SIZEOF_RLIMIT);
    assertEquals(0, SYS.getrlimit(Linux.RLIMIT_NOFILE, rlimit.address()));
    rlimit.buffer().order(ByteOrder.nativeOrder()).putLong(0, limit);
    assertEquals(0, SYS.setrlimit(Linux.RLIMIT_NOFILE, rlimit.address()));
  }

  /** Takes every free number below the highest, so that a limit above it is exact. */
  private static List<Integer> fillHoles() {
    List<Integer> fillers = new ArrayList<>();
    int highest = highestDescriptor();
    while (true) {
      int fd = SYS.eventfd(0, Linux.EFD_CLOEXEC);
      if (fd > highest) {
        int _ = SYS.close(fd);
        return fillers;
      }
      fillers.add(fd);
    }
  }

  private static int highestDescriptor() {
    int highest = 0;
    // Lists itself as well; that one is the lowest free number, a filler takes it next.
    for (String name : new File("/proc/self/fd").list()) {
      int fd = Integer.parseInt(name);
      highest = SYS.fcntl(fd, Linux.F_GETFD, 0) >= 0 ? Math.max(highest, fd) : highest;
    }
    return highest;
  }
}
