package dev.pollux.net;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;
import dev.pollux.sys.UnixAddress;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a predecessor does when its successor has taken over, and what it needs for that. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SuccessionTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(300); // for what cannot come

  static UnixAddress place(String name) {
    return UnixAddress.abstractName("pollux-" + name + ProcessHandle.current().pid());
  }

  static ServerOptions anywhere() {
    return ServerOptions.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  /** Answers the first bytes with a letter, and ends. */
  record Answer(String letter) implements ConnectionHandler {

    @Override
    public void received(Connection connection, ByteBuffer data) {
      data.position(data.limit());
      WriteResult _ = connection.write(letter);
      connection.close();
    }
  }

  /** Holds a loop until the latch opens. */
  static void block(EventLoop loop, CountDownLatch go) {
    CountDownLatch held = new CountDownLatch(1);
    loop.execute(() -> {
      held.countDown();
      await(go);
    });
    await(held);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Inheritance claim(NetBox box, UnixAddress at, Duration atMost) throws Exception {
    return Objects.requireNonNull(Inheritance.claim(box.sys, at, atMost));
  }

  static String said(byte what) {
    return "" + (char) what;
  }

  /** Both have it in their backlog when the predecessor hears that it is over. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void whoWaitsToBeAccepted_isTheSuccessors(String kernel) throws Exception {
    UnixAddress at = place("backlog-" + kernel);
    try (NetBox box = NetBox.on(kernel);
        LoopGroup others = LoopGroup.start(box.sys, 1, LoopOptions.DEFAULT)) {
      Server first = Server.start(box.group, anywhere(), _ -> new Answer("A"));
      Succession offered = Succession.offer(box.loop, at, List.of(first), () -> {});
      Server second;
      try (Inheritance given = claim(box, at, PATIENCE)) {
        ServerOptions like = ServerOptions.on(given.descriptors().getFirst());
        second = Server.start(others, like, _ -> new Answer("B"));
      }
      Raw heir = new Raw(box.sys, Sockets.connecting(box.sys, at));
      heir.write(said(Succession.READY));
      NetBox.until("agreed", () -> heir.read().text().endsWith(said(Succession.AGREED)));
      CountDownLatch go = new CountDownLatch(1);
      CountDownLatch later = new CountDownLatch(1);
      block(box.loop, go);
      block(others.loops().getFirst(), later);
      heir.write(said(Succession.TAKEN)); // so it hears of this before it hears of the peer
      Raw peer = new Raw(box.sys, Sockets.connecting(box.sys, first.address()));
      go.countDown();
      NetBox.until("over", () -> heir.read().text().endsWith(said(Succession.DONE)));
      later.countDown();
      peer.write("hello");
      NetBox.until("answered", () -> peer.read().isOver());
      assertEquals("B", peer.text());
      assertEquals(0, first.stats().accepted());
      NetBox.until("stopped", first::isFinished);
      peer.close();
      heir.close();
      offered.close();
      first.close();
      second.close();
    }
  }

  /** It was late, asks again, and the first answer is there: it confirms with the same breath. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void successorThatAsksTwice_isToldWhenNobodyListens(String kernel) throws Exception {
    UnixAddress at = place("twice-" + kernel);
    AtomicInteger reports = new AtomicInteger();
    LoopOptions reporting =
        LoopOptions.DEFAULT.withErrorHandler((_, _, _) -> reports.incrementAndGet());
    try (NetBox box = NetBox.on(kernel, reporting);
        Server server = Server.start(box.group, anywhere(), _ -> new Answer("A"));
        Succession _ = Succession.offer(box.loop, at, List.of(server), () -> {})) {
      Raw heir = new Raw(box.sys, Sockets.connecting(box.sys, at));
      heir.write(said(Succession.READY));
      NetBox.until("agreed", () -> heir.read().text().endsWith(said(Succession.AGREED)));
      heir.write(said(Succession.READY) + said(Succession.TAKEN));
      NetBox.until("over", () -> heir.read().isOver());
      assertTrue(heir.text().endsWith(said(Succession.DONE)), heir.text());
      assertEquals(0, reports.get());
      NetBox.until("stopped", server::isFinished);
      heir.close();
    }
  }

  /** The loop was away for longer than an agreed one may take, and hears of the other first. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void successorThatHasConfirmed_unread_doesNotMakeWay(String kernel) throws Exception {
    UnixAddress at = place("unread-" + kernel);
    AtomicLong ahead = new AtomicLong();
    try (NetBox box = NetBox.on(kernel)) {
      SysProbe probe = new SysProbe(box.sys);
      probe.inject((call, _) -> call.equals("nanoTime") ? box.sys.nanoTime() + ahead.get() : null);
      try (LoopGroup loops = LoopGroup.start(probe.sys(), 1, LoopOptions.DEFAULT);
          Server server = Server.start(loops, anywhere(), _ -> new Answer("A"));
          Succession _ =
              Succession.offer(loops.loops().getFirst(), at, List.of(server), () -> {})) {
        Raw heir = new Raw(box.sys, Sockets.connecting(box.sys, at));
        heir.write(said(Succession.READY));
        NetBox.until("agreed", () -> heir.read().text().endsWith(said(Succession.AGREED)));
        CountDownLatch go = new CountDownLatch(1);
        block(loops.loops().getFirst(), go);
        ahead.set(Succession.AGREED_NANOS);
        Raw other = new Raw(box.sys, Sockets.connecting(box.sys, at));
        heir.write(said(Succession.TAKEN));
        go.countDown();
        NetBox.until("over", () -> heir.read().isOver());
        assertTrue(heir.text().endsWith(said(Succession.DONE)), heir.text());
        NetBox.until("turned away", () -> other.read().isOver());
        assertFalse(other.text().startsWith(said(Succession.LISTENER)), other.text());
        NetBox.until("stopped", server::isFinished);
        heir.close();
        other.close();
      }
    }
  }

  /** One that was agreed with, says nothing for long, and confirms when another is preferred. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void successorThatHangs_makesWay_andHearsThatItIsTooLate(String kernel) throws Exception {
    UnixAddress at = place("silent-" + kernel);
    AtomicLong ahead = new AtomicLong();
    try (NetBox box = NetBox.on(kernel)) {
      SysProbe probe = new SysProbe(box.sys);
      AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {});
      probe.inject((call, _) -> {
        if (call.equals("sendmsg")) { // the other is given a listener, in the turn of the reset
          meanwhile.get().run();
        }
        return call.equals("nanoTime") ? box.sys.nanoTime() + ahead.get() : null;
      });
      try (LoopGroup loops = LoopGroup.start(probe.sys(), 1, LoopOptions.DEFAULT);
          Server server = Server.start(loops, anywhere(), _ -> new Answer("A"));
          Succession _ =
              Succession.offer(loops.loops().getFirst(), at, List.of(server), () -> {})) {
        Raw heir = new Raw(box.sys, Sockets.connecting(box.sys, at));
        heir.write(said(Succession.READY));
        NetBox.until("agreed", () -> heir.read().text().endsWith(said(Succession.AGREED)));
        AtomicInteger confirmed = new AtomicInteger();
        byte[] taken = {Succession.TAKEN};
        meanwhile.set(() -> confirmed.set(heir.write(taken, 0, 1)));
        ahead.set(Succession.AGREED_NANOS);
        try (Inheritance given = claim(box, at, PATIENCE)) {
          assertEquals(-Errno.EPIPE, confirmed.get());
          assertFalse(server.stopped().isDone());
          assertTrue(given.ready(List.of()));
        }
        heir.close();
      }
    }
  }

  /** As at a SIGTERM: who comes during the stop is refused, and not left to wait for nobody. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void stopOfAServer_endsTheOffer(String kernel) throws Exception {
    UnixAddress at = place("stopped-" + kernel);
    try (NetBox box = NetBox.on(kernel);
        Server server = Server.start(box.group, anywhere(), _ -> new Answer("A"));
        Server other = Server.start(box.group, anywhere(), _ -> new Answer("B"));
        Succession _ = Succession.offer(box.loop, at, List.of(server, other), () -> {})) {
      Raw talking = new Raw(box.sys, Sockets.connecting(box.sys, server.address()));
      NetBox.until("accepted", () -> server.stats().accepted() == 1);
      server.stop();
      NetBox.until("no offer", () -> isRefused(box, at));
      NetBox.until("nobody listens", () -> isRefused(box, server.address()));
      assertFalse(isRefused(box, other.address()));
      talking.close();
    }
  }

  private static boolean isRefused(NetBox box, SocketAddress at) {
    try (Arena arena = Arena.ofConfined()) {
      int fd = Sockets.connecting(box.sys, at);
      MemorySegment pollfd = arena.allocate(8, 4);
      pollfd.set(JAVA_INT, 0, fd);
      pollfd.set(JAVA_SHORT, 4, (short) Linux.POLLOUT);
      int _ = box.sys.poll(pollfd.address(), 1, -1);
      int errno = Sockets.socketError(box.sys, fd);
      int _ = box.sys.close(fd);
      return errno == Errno.ECONNREFUSED;
    } catch (SysException e) {
      return e.errno() == Errno.ECONNREFUSED;
    }
  }

  /** It is told when nobody listens any more, and by nothing else. */
  @ParameterizedTest
  @ValueSource(strings = {"native close", "native loop", "model close", "model loop"})
  void endOfTheSuccession_orOfItsLoop_isNotThatOfTheListeners(String kind) throws Exception {
    UnixAddress at = place("early-" + kind);
    boolean withLoop = kind.endsWith("loop");
    try (NetBox box = NetBox.on(kind.substring(0, kind.indexOf(' ')));
        LoopGroup talking = LoopGroup.start(box.sys, 1, LoopOptions.DEFAULT);
        LoopGroup serving = LoopGroup.start(box.sys, 2, LoopOptions.DEFAULT);
        Server server = Server.start(serving, anywhere(), _ -> new Answer("A"))) {
      Succession[] offered = new Succession[1];
      Runnable end = withLoop ? talking::stop : () -> offered[0].close();
      offered[0] = Succession.offer(talking.loops().getFirst(), at, List.of(server), end);
      CountDownLatch go = new CountDownLatch(1);
      block(serving.loops().get(1), go);
      try (Inheritance given = claim(box, at, SHORT)) {
        try {
          assertFalse(given.ready(List.of()), "one of its loops has not heard of it");
        } finally {
          go.countDown();
        }
        NetBox.until("stopped", server::isFinished);
        assertTrue(given.ready(List.of()));
      }
    }
  }

  /** Whoever throws, the other servers are stopped, and the successor is told. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void programThatThrows_isReported_andAllIsDone(String kernel) throws Exception {
    UnixAddress at = place("throws-" + kernel);
    AtomicInteger reports = new AtomicInteger();
    LoopOptions reporting =
        LoopOptions.DEFAULT.withErrorHandler((_, _, _) -> reports.incrementAndGet());
    try (NetBox box = NetBox.on(kernel, reporting);
        Server first = Server.start(box.group, anywhere(), _ -> new Answer("A"));
        Server second = Server.start(box.group, anywhere(), _ -> new Answer("A"));
        Succession _ =
            Succession.offer(
                box.loop,
                at,
                List.of(first, second),
                () -> {
                  throw new IllegalStateException("the program's");
                });
        Inheritance given = claim(box, at, PATIENCE)) {
      assertTrue(given.ready(List.of()));
      NetBox.until("stopped", () -> first.isFinished() && second.isFinished());
      assertEquals(1, reports.get());
    }
  }

  /** Who runs out of descriptors is to be restarted above all. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void predecessorOutOfDescriptors_isSucceeded(String kernel) throws Exception {
    UnixAddress at = place("full-" + kernel);
    AtomicBoolean full = new AtomicBoolean();
    AtomicInteger free = new AtomicInteger();
    try (NetBox box = NetBox.on(kernel)) {
      SysProbe probe = new SysProbe(box.sys);
      probe.inject((call, arguments) ->
          switch (takes(call, arguments)) {
            case "close" -> {
              free.incrementAndGet();
              yield null;
            }
            case "eventfd", "fcntl", "socket", "socketpair", "accept4" ->
                full.get() && free.getAndUpdate(n -> Math.max(0, n - 1)) == 0
                    ? -Errno.EMFILE
                    : null;
            default -> null;
          });
      try (LoopGroup loops = LoopGroup.start(probe.sys(), 1, LoopOptions.DEFAULT);
          Server server = Server.start(loops, anywhere(), _ -> new Answer("A"))) {
        EventLoop loop = loops.loops().getFirst();
        Succession offered = Succession.offer(loop, at, List.of(server), () -> {});
        free.set(0);
        full.set(true);
        try (Inheritance given = claim(box, at, PATIENCE)) {
          assertEquals(1, given.descriptors().size());
          assertTrue(given.ready(List.of()));
        }
        NetBox.until("stopped", server::isFinished);
        offered.close();
      }
    }
  }

  /**
   * Whoever asks in the process takes each descriptor that is left free, and none is given back.
   */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void predecessorOutOfDescriptors_answersOneAfterTheOther(String kernel) throws Exception {
    UnixAddress at = place("greedy-" + kernel);
    AtomicBoolean full = new AtomicBoolean();
    AtomicInteger free = new AtomicInteger();
    try (NetBox box = NetBox.on(kernel)) {
      SysProbe probe = new SysProbe(box.sys);
      probe.inject((call, arguments) ->
          switch (takes(call, arguments)) {
            case "close" -> {
              free.incrementAndGet();
              yield null;
            }
            case "epollWait", "epollPwait2" -> { // between the turns it is somebody else's
              free.set(0);
              yield null;
            }
            case "eventfd", "fcntl", "accept4" -> {
              if (!full.get()) {
                yield null;
              }
              if (free.get() == 0) {
                yield -Errno.EMFILE;
              }
              int result = call.equals("accept4") ? accept(box, arguments) : box.sys.eventfd(0, 0);
              var _ = result >= 0 ? free.decrementAndGet() : 0; // who finds nobody needs none
              yield result;
            }
            default -> null;
          });
      try (LoopGroup loops = LoopGroup.start(probe.sys(), 1, LoopOptions.DEFAULT);
          Server server = Server.start(loops, anywhere(), _ -> new Answer("A"))) {
        EventLoop loop = loops.loops().getFirst();
        Succession offered = Succession.offer(loop, at, List.of(server), () -> {});
        full.set(true);
        for (int i = 0; i < 3; i++) {
          claim(box, at, PATIENCE).close();
        }
        try (Inheritance hangs = claim(box, at, PATIENCE)) { // for whom one is spent
          assertEquals(1, hangs.descriptors().size());
          try (Inheritance given = claim(box, at, PATIENCE)) {
            assertTrue(given.ready(List.of()));
          }
        }
        NetBox.until("stopped", server::isFinished);
        offered.close();
      }
    }
  }

  /** The call; but not an fcntl that only looks, at a number beyond those of before. */
  private static String takes(String call, Object[] given) {
    boolean looks = call.equals("fcntl") && (int) given[1] != Linux.F_DUPFD_CLOEXEC;
    return looks ? "" : call;
  }

  private static int accept(NetBox box, Object[] given) {
    return box.sys.accept4((int) given[0], (long) given[1], (long) given[2], (int) given[3]);
  }

  /** Of two epolls that share a listener exclusively one is told; what it leaves is looked for. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void exclusiveListeners_lookAgain_andGoOn(String kernel) throws Exception {
    UnixAddress at = place("exclusive-" + kernel);
    ServerOptions like = anywhere().withAcceptMode(AcceptMode.EXCLUSIVE);
    try (NetBox box = NetBox.on(kernel);
        Server first = Server.start(box.group, like, _ -> new Answer("A"))) {
      Succession offered = Succession.offer(box.loop, at, List.of(first), () -> {});
      try (Inheritance given = claim(box, at, PATIENCE);
          Server second =
              Server.start(
                  box.group,
                  ServerOptions.on(given.descriptors().getFirst())
                      .withAcceptMode(AcceptMode.EXCLUSIVE),
                  _ -> new Answer("B"))) {
        assertNotNull(given);
        assertTrue(given.ready(List.of(second)));
        Raw peer = new Raw(box.sys, Sockets.connecting(box.sys, first.address()));
        Deadline.forThe("connect").await(() -> Inside.poll(box.sys, peer.fd(), Linux.POLLOUT));
        peer.write("hello");
        NetBox.until("answered", () -> peer.read().isOver());
        assertEquals("B", peer.text());
        peer.close();
      }
      offered.close();
    }
  }
}
