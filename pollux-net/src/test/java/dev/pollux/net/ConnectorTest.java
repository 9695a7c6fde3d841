package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;
import dev.pollux.sys.UnixAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Connecting by name: whose address wins, how long it takes, and what is left of the others. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.Setup#kernels")
class ConnectorTest extends ClockedCase {

  private static final InetAddress ONE = InetAddress.ofLiteral("127.0.0.1");
  private static final InetAddress TWO = InetAddress.ofLiteral("127.0.0.2");
  private static final InetAddress THREE = InetAddress.ofLiteral("127.0.0.3");
  private static final InetAddress SIX = InetAddress.ofLiteral("::1");

  private final List<CloseCause> failures = new ArrayList<>();
  private final Recorder handler = new Recorder();
  private final List<Connection> opened = new ArrayList<>();
  private int port;

  private Connection connection() {
    return opened.getFirst();
  }

  private static Resolver fixed(InetAddress... addresses) {
    return (_, answer) -> answer.resolved(List.of(addresses));
  }

  private ConnectOptions to(InetAddress... addresses) {
    return ConnectOptions.to("somewhere", port).withResolver(fixed(addresses));
  }

  private Connector connect(ConnectOptions options) throws SysException {
    Consumer<Connection> also = handler.onOpened;
    handler.onOpened =
        connection -> {
          opened.add(connection);
          also.accept(connection);
        };
    return Connector.connect(loop, options, handler, failures::add);
  }

  /** A listener on the port of the test; with a backlog of 0 it is full after one. */
  private Raw listener(InetAddress host, int backlog) throws SysException {
    Raw listener = raw(Sockets.tcpListener(sys, new InetSocketAddress(host, port), backlog));
    port = ((InetSocketAddress) Sockets.localAddress(sys, listener.fd())).getPort();
    return listener;
  }

  /** An address that does not answer: what asks there waits. */
  private void silent(InetAddress host) throws SysException {
    Raw _ = listener(host, 0);
    awaitReady(connectRaw(new InetSocketAddress(host, port)).fd(), Linux.POLLOUT);
  }

  private InetAddress connectedTo() throws SysException {
    until("opened", () -> handler.count("opened") == 1);
    Recorder _ = track(handler);
    return ((InetSocketAddress) connection().remoteAddress()).getAddress();
  }

  private CloseCause failure() throws SysException {
    until("failed", () -> !failures.isEmpty());
    quiet();
    assertEquals(1, failures.size(), failures.toString());
    assertEquals(0, handler.log.size());
    return failures.getFirst();
  }

  // ---- who wins

  @Test
  void silentAddress_isPassedAfterTheDelay_andGivenUp() throws Exception {
    silent(ONE);
    Raw _ = listener(SIX, 4);
    Connector connector = connect(to(ONE, SIX));
    pass(240 * MILLI);
    assertEquals(0, handler.count("opened"));
    pass(20 * MILLI);
    assertEquals(SIX, connectedTo());
    assertTrue(connector.isOver());
    pass(SECOND);
    assertEquals(List.of(), failures);
  }

  @Test
  void refusedAddress_isFollowedByTheNextAtOnce() throws Exception {
    Raw _ = listener(TWO, 4);
    Connector _ = connect(to(ONE, SIX, TWO));
    assertEquals(TWO, connectedTo());
  }

  @Test
  void severalUnderWay_firstToConnectWins() throws Exception {
    silent(ONE);
    silent(TWO);
    Connector connector = connect(to(ONE, TWO, THREE));
    pass(260 * MILLI);
    assertFalse(connector.isOver());
    Raw _ = listener(THREE, 4);
    pass(260 * MILLI);
    assertEquals(THREE, connectedTo());
  }

  @Test
  void addresses_areTakenByTurns_ofEachFamily_upToALimit() {
    InetAddress six2 = InetAddress.ofLiteral("::2");
    assertEquals(
        List.of(ONE, SIX, TWO, six2, THREE),
        Connector.byTurns(List.of(ONE, TWO, THREE, SIX, six2)));
    assertEquals(List.of(SIX, ONE, six2), Connector.byTurns(List.of(SIX, six2, ONE)));
    List<InetAddress> many = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      many.add(i % 2 == 0 ? ONE : SIX);
    }
    assertEquals(Connector.MAX_ADDRESSES, Connector.byTurns(many).size());
  }

  @Test
  void wonConnection_talks_andIsTheProgramsAlone() throws Exception {
    Raw listener = listener(ONE, 4);
    handler.onOpened =
        connection -> {
          WriteResult _ = connection.write(ascii("hello"));
        };
    Connector connector = connect(to(ONE));
    assertEquals(ONE, connectedTo());
    connector.cancel(); // it is over, and so is its say
    Raw peer = raw(Sockets.accept(sys, listener.fd()));
    until("hello", () -> peer.read().size() == 5);
    peer.write("back");
    until("back", () -> handler.text().equals("back"));
    assertEquals(List.of(), failures);
  }

  @Test
  void oneAddress_needsNoName_andMayConnectFromAnother() throws Exception {
    Raw listener = listener(ONE, 4);
    SocketSetup from =
        SocketSetup.DEFAULT
            .withLocalAddress(new InetSocketAddress(TWO, 0))
            .withKernelReceiveBytes(20_000);
    Connector _ = connect(ConnectOptions.to(new InetSocketAddress(ONE, port)).withSocket(from));
    assertEquals(ONE, connectedTo());
    Raw peer = raw(Sockets.accept(sys, listener.fd()));
    InetSocketAddress seen = (InetSocketAddress) Sockets.peerAddress(sys, peer.fd());
    assertEquals(TWO, seen.getAddress());
    int fd = connection().fd();
    assertEquals(40_000, Sockets.option(sys, fd, Linux.SOL_SOCKET, Linux.SO_RCVBUF));
  }

  // ---- who fails

  @Test
  void allRefused_isToldOnceWithEach() throws Exception {
    Raw bound = raw(Sockets.open(sys, Linux.AF_INET, Linux.SOCK_STREAM));
    Sockets.bind(sys, bound.fd(), new InetSocketAddress(ONE, 0));
    port = ((InetSocketAddress) Sockets.localAddress(sys, bound.fd())).getPort();
    Connector _ = connect(to(ONE, SIX));
    CloseCause cause = failure();
    assertEquals(CloseReason.CONNECT_FAILED, cause.reason());
    assertEquals(Errno.ECONNREFUSED, cause.errno());
    assertTrue(
        cause.message().contains("127.0.0.1") && cause.message().contains("[::1]"),
        cause.message());
  }

  @Test
  void nameWithoutAnAddress_isTold_howeverTheResolverSaysIt() throws Exception {
    port = 1;
    for (Resolver each :
        List.<Resolver>of(
            (host, answer) -> answer.failed(new UnknownHostException(host)),
            (_, answer) -> answer.resolved(List.of()),
            (_, answer) -> answer.resolved(none()),
            (_, answer) -> answer.resolved(Collections.singletonList(none())),
            LookupPool.of(_ -> none(), 1, 1),
            LookupPool.of(_ -> Collections.singletonList(none()), 1, 1),
            (_, _) -> {
              throw new IllegalStateException("made to fail");
            })) {
      failures.clear();
      Connector _ = connect(ConnectOptions.to("nowhere", port).withResolver(each));
      assertEquals(List.of(), failures); // never within the call
      CloseCause cause = failure();
      assertEquals(CloseReason.CONNECT_FAILED, cause.reason());
      assertTrue(cause.message().contains("nowhere") || cause.message().contains("made to fail"));
      assertInstanceOf(Exception.class, cause.exception());
    }
  }

  /** What a program that does not look has in hand. */
  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
  private static <T> T none() {
    return null;
  }

  @Test
  void unresolvedAddress_isAHostAndAPort() throws Exception {
    Raw _ = listener(ONE, 4);
    SocketAddress unresolved = InetSocketAddress.createUnresolved("somewhere", port);
    Connector _ = connect(ConnectOptions.to(unresolved).withResolver(fixed(ONE)));
    assertEquals(ONE, connectedTo());
    assertEquals("somewhere", ConnectOptions.to(unresolved).host());
  }

  /** An address that no socket can have, as the kernel never gets to say. */
  @Test
  void attemptThatThrows_isToldOnce_andNothingIsLeft() throws Exception {
    port = 1;
    SocketAddress endless = UnixDomainSocketAddress.of("/" + "x".repeat(200));
    assertThrows(
        IllegalArgumentException.class, () -> SocketSetup.DEFAULT.withLocalAddress(endless));
    for (ConnectOptions each :
        List.of(
            ConnectOptions.to(endless), ConnectOptions.to(endless).withTimeout(Duration.ZERO))) {
      failures.clear();
      Connector connector = connect(each);
      assertEquals(List.of(), failures); // never within the call
      CloseCause cause = failure();
      assertEquals(CloseReason.ERROR, cause.reason());
      assertInstanceOf(IllegalArgumentException.class, cause.exception());
      assertTrue(connector.isOver());
      assertEquals(0, Inside.timerCount(loop));
    }
  }

  @Test
  void attemptThatThrowsLater_isToldAsWell() throws Exception {
    UnixAddress name = UnixAddress.abstractName("pollux-full4-" + ProcessHandle.current().pid());
    Raw _ = raw(Sockets.unixListener(sys, name, 0));
    Raw _ = connectRaw(name);
    Recorder other = track(new Recorder());
    Connection _ = Connection.connect(loop, name, 0, options, other);
    Connector _ = connect(ConnectOptions.to(name).withTimeout(Duration.ZERO));
    inject((call, _) -> {
      if (call.equals("connect")) {
        throw new IllegalStateException("made to fail");
      }
      return null;
    });
    pass(SECOND);
    assertEquals(CloseReason.ERROR, failure().reason());
    assertEquals(CloseReason.ERROR, other.cause.reason());
  }

  @Test
  void time_isOneForLookingUpAndAllAddresses() throws Exception {
    port = 1;
    List<Resolver.Answer> answers = new ArrayList<>();
    ConnectOptions options =
        ConnectOptions.to("slow", port)
            .withResolver((_, answer) -> answers.add(answer))
            .withTimeout(Duration.ofSeconds(3));
    Connector _ = connect(options);
    pass(2990 * MILLI);
    assertEquals(List.of(), failures);
    pass(20 * MILLI);
    assertTrue(failure().message().contains("looking the name up"));
    answers.getFirst().resolved(List.of(ONE)); // nobody waits for it any more
    answers.getFirst().failed(new UnknownHostException("late"));
    failures.clear();
    port = 0;
    silent(ONE);
    silent(SIX);
    Connector _ = connect(to(ONE, SIX).withTimeout(Duration.ofSeconds(1)));
    pass(SECOND + 20 * MILLI);
    CloseCause cause = failure();
    assertEquals(Errno.ETIMEDOUT, cause.errno());
    assertEquals(CloseReason.CONNECT_FAILED, cause.reason());
  }

  @Test
  void cancel_endsAllThatIsUnderWay() throws Exception {
    silent(ONE);
    silent(SIX);
    Connector connector = connect(to(ONE, SIX));
    pass(260 * MILLI);
    connector.cancel();
    connector.cancel();
    assertEquals(CloseReason.CLOSED, failure().reason());
  }

  @Test
  void loopThatCloses_tellsEvenWhoStillLooksUp() throws Exception {
    port = 1;
    Connector _ = connect(ConnectOptions.to("slow", port).withResolver((_, _) -> {}));
    silentlyUnderWay();
    loop.close();
    assertEquals(
        List.of(CloseReason.CUT_OFF, CloseReason.CUT_OFF),
        failures.stream().map(CloseCause::reason).toList());
  }

  private void silentlyUnderWay() throws SysException {
    port = 0;
    silent(ONE);
    Connector _ = connect(to(ONE));
  }

  // ---- nobody, and nobody yet

  /** The kernel may give a connect the very port that it asks for, and then joins the two. */
  @Test
  void connectionToItself_isRefused_andLeavesThePort() throws Exception {
    Raw probed = listener(ONE, 4);
    SocketAddress dead = new InetSocketAddress(ONE, port);
    probed.close();
    SocketSetup same = SocketSetup.DEFAULT.withLocalAddress(dead);
    Connector _ = connect(ConnectOptions.to(dead).withSocket(same));
    assertEquals(Errno.ECONNREFUSED, failure().errno());
    probe.inject((call, arguments) -> {
      if (call.equals("connect")) {
        bindTo(dead, (int) arguments[0]);
      }
      return null;
    });
    Recorder other = track(new Recorder());
    Connection _ = Connection.connect(loop, dead, 0, options, other);
    until("refused", other::isClosed);
    assertEquals(CloseReason.CONNECT_FAILED, other.cause.reason());
    assertEquals(List.of("closed"), other.log);
    Raw bound = raw(Sockets.open(sys, Linux.AF_INET, Linux.SOCK_STREAM));
    Sockets.bind(sys, bound.fd(), dead); // without SO_REUSEADDR: nothing of it is left
  }

  private void bindTo(SocketAddress address, int fd) {
    try {
      Sockets.bind(sys, fd, address);
    } catch (SysException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void fullUnixBacklog_isTriedAgain_withoutASpin() throws Exception {
    UnixAddress name = UnixAddress.abstractName("pollux-full-" + ProcessHandle.current().pid());
    Raw listener = raw(Sockets.unixListener(sys, name, 0));
    Raw first = connectRaw(name);
    long before = probe.count("connect");
    Connector _ = connect(ConnectOptions.to(name));
    Recorder other = track(new Recorder());
    Connection direct = Connection.connect(loop, name, 8 * SECOND, options, other);
    pass(4 * SECOND);
    long tries = probe.count("connect") - before;
    assertTrue(tries >= 20 && tries <= 120, tries + " connects in 4 s");
    assertFalse(direct.isOpen());
    Raw _ = raw(Sockets.accept(sys, listener.fd()));
    pass(SECOND); // one of the two has the room
    assertEquals(1, handler.count("opened") + other.count("opened"));
    Raw _ = raw(Sockets.accept(sys, listener.fd()));
    pass(SECOND);
    assertTrue(direct.isOpen());
    assertEquals(1, handler.count("opened"));
    Recorder _ = track(handler);
    first.close();
  }

  @Test
  void fullUnixBacklog_untilTheTimeout_fails() throws Exception {
    UnixAddress name = UnixAddress.abstractName("pollux-full2-" + ProcessHandle.current().pid());
    Raw listener = raw(Sockets.unixListener(sys, name, 0));
    Raw _ = connectRaw(name);
    Recorder other = track(new Recorder());
    Connection _ = Connection.connect(loop, name, 2 * SECOND, options, other);
    Recorder closed = track(new Recorder());
    Connection soonClosed = Connection.connect(loop, name, 2 * SECOND, options, closed);
    Connector _ = connect(ConnectOptions.to(name).withTimeout(Duration.ofSeconds(2)));
    soonClosed.close();
    pass(2 * SECOND + 20 * MILLI);
    assertEquals(CloseReason.CONNECT_FAILED, failure().reason());
    assertEquals(CloseReason.CONNECT_FAILED, other.cause.reason());
    assertEquals(List.of("closed"), closed.log);
    assertEquals(0, Inside.timerCount(loop));
    listener.close();
  }

  @Test
  void unixListenerThatGoes_whileItIsFull_isToldAsARefusal() throws Exception {
    UnixAddress name = UnixAddress.abstractName("pollux-full3-" + ProcessHandle.current().pid());
    Raw listener = raw(Sockets.unixListener(sys, name, 0));
    Raw _ = connectRaw(name);
    Recorder other = track(new Recorder());
    Connection _ = Connection.connect(loop, name, 0, options, other);
    Connector _ = connect(ConnectOptions.to(name));
    listener.close();
    pass(SECOND);
    assertEquals(Errno.ECONNREFUSED, failure().errno());
    assertEquals(Errno.ECONNREFUSED, other.cause.errno());
  }

  // ---- the pool

  @Test
  void systemResolver_knowsThisHost() throws Exception {
    Raw _ = listener(ONE, 4);
    Connector _ = connect(ConnectOptions.to("localhost", port));
    assertEquals(ONE, connectedTo());
  }

  @Test
  void lookupPool_isBounded_andSaysSo() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    LookupPool pool =
        LookupPool.of(
            _ -> {
              await(go);
              return List.of(ONE);
            },
            1,
            1);
    port = 1;
    Connector first = connect(ConnectOptions.to("slow", port).withResolver(pool));
    Connector second = connect(ConnectOptions.to("second", port).withResolver(pool));
    until("one is looked up", () -> true);
    Connector _ = connect(ConnectOptions.to("third", port).withResolver(pool));
    CloseCause cause = failure();
    assertTrue(cause.message().contains("1 names wait to be looked up"), cause.message());
    go.countDown();
    first.cancel();
    second.cancel();
    quiet();
    assertEquals(3, failures.size());
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void options_outOfRange_areRefused() {
    assertThrows(IllegalArgumentException.class, () -> ConnectOptions.to(" ", 1));
    assertThrows(IllegalArgumentException.class, () -> ConnectOptions.to("a", 0));
    assertThrows(IllegalArgumentException.class, () -> ConnectOptions.to("a", 65_536));
    ConnectOptions some = ConnectOptions.to("a", 1);
    assertThrows(IllegalArgumentException.class, () -> some.withAttemptDelay(Duration.ofMillis(9)));
    SocketAddress unresolved = InetSocketAddress.createUnresolved("a", 0);
    assertThrows(IllegalArgumentException.class, () -> ConnectOptions.to(unresolved));
    assertThrows(
        IllegalArgumentException.class, () -> SocketSetup.DEFAULT.withLocalAddress(unresolved));
    assertThrows(IllegalArgumentException.class, () -> some.withTimeout(Duration.ofNanos(-1)));
    assertThrows(IllegalArgumentException.class, () -> LookupPool.of(_ -> List.of(), 0, 1));
  }
}
