package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.poll.Trigger;
import dev.pollux.sys.MessageBatch;
import dev.pollux.sys.UnixAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Options of connections, servers, endpoints and TLS. */
class OptionsTest {

  private static final ConnectionOptions CONNECTION = ConnectionOptions.DEFAULT;
  private static final DatagramOptions DATAGRAM = DatagramOptions.DEFAULT;
  private static final ServerOptions SERVER = ServerOptions.at(UnixAddress.unnamed());
  private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE / 2);

  /** Each value of a connection: how to change it, and what says so. */
  static Stream<Arguments> ofConnections() {
    ConnectionTrace trace = new Deaf();
    ConnectionObserver observer = new Blind();
    return Stream.<Change<ConnectionOptions>>of(
            change("trigger=LEVEL", "trigger=EDGE", o -> o.withTrigger(Trigger.EDGE)),
            change(" readBytes=65536", " readBytes=1", o -> o.withReadBytes(1)),
            change("maxUnreadBytes=65536", "maxUnreadBytes=1", o -> o.withMaxUnreadBytes(1)),
            change("readsPerTurn=16", "readsPerTurn=1", o -> o.withReadsPerTurn(1)),
            change("lowWaterBytes=16384", "lowWaterBytes=0", o -> o.withLowWaterBytes(0)),
            change(
                "highWaterBytes=65536", "highWaterBytes=20000", o -> o.withHighWaterBytes(20000)),
            change(
                "maxQueuedBytes=16777216",
                "maxQueuedBytes=65536",
                o -> o.withMaxQueuedBytes(65536)),
            change("maxQueuedFiles=16", "maxQueuedFiles=1", o -> o.withMaxQueuedFiles(1)),
            change("readIdle=PT0S", "readIdle=PT1M", o -> o.withReadIdle(Duration.ofMinutes(1))),
            change("Stall=PT1M", "Stall=PT2M", o -> o.withWriteStall(Duration.ofMinutes(2))),
            change("allIdle=unsaid", "allIdle=PT0S", o -> o.withAllIdle(Duration.ZERO)),
            change("heartbeat=PT0S", "heartbeat=PT2S", o -> o.withHeartbeat(Duration.ofSeconds(2))),
            change("closeGrace=PT5S", "closeGrace=PT0S", o -> o.withCloseGrace(Duration.ZERO)),
            change("Total=PT0S", "Total=PT2S", o -> o.withCloseTotal(Duration.ofSeconds(2))),
            change("noDelay=true", "noDelay=false", o -> o.withNoDelay(false)),
            change("trace=null", "trace=" + trace, o -> o.withTrace(trace)),
            change("observer=REPORTING", "observer=" + observer, o -> o.withObserver(observer)))
        .map(c -> Arguments.argumentSet(c.to, CONNECTION, c));
  }

  /** Likewise of an endpoint. */
  static Stream<Arguments> ofDatagrams() {
    return Stream.<Change<DatagramOptions>>of(
            change("datagramBytes=2048", "datagramBytes=1", o -> o.withDatagramBytes(1)),
            change("receiveBatch=32", "receiveBatch=1", o -> o.withReceiveBatch(1)),
            change("receivePerTurn=128", "receivePerTurn=1", o -> o.withReceivePerTurn(1)),
            change("sendCapacity=256", "sendCapacity=1", o -> o.withSendCapacity(1)),
            change("sendSegments=false", "sendSegments=true", o -> o.withSendSegments(true)),
            change("iveSegments=false", "iveSegments=true", o -> o.withReceiveSegments(true)),
            change("reuseAddress=false", "reuseAddress=true", o -> o.withReuseAddress(true)),
            change("reusePort=false", "reusePort=true", o -> o.withReusePort(true)),
            change("replaceStale=false", "replaceStale=true", o -> o.withReplaceStale(true)),
            change("families=BOTH", "families=IPV4", o -> o.withFamilies(IpFamilies.IPV4)),
            change("broadcast=false", "broadcast=true", o -> o.withBroadcast(true)),
            change("edge=false", "edge=true", o -> o.withEdge(true)),
            change("ReceiveBytes=0", "ReceiveBytes=9", o -> o.withKernelReceiveBytes(9)),
            change("SendBytes=0", "SendBytes=9", o -> o.withKernelSendBytes(9)))
        .map(c -> Arguments.argumentSet(c.to, DATAGRAM, c));
  }

  /** Likewise of a server. */
  static Stream<Arguments> ofServers() throws Exception {
    UnixAddress elsewhere = UnixAddress.path("/elsewhere");
    Tls tls = Tls.server(SSLContext.getDefault());
    ConnectionObserver observer = new Blind();
    return Stream.<Change<ServerOptions>>of(
            change(
                "address=" + SERVER.address(),
                "address=" + elsewhere,
                o -> o.withAddress(elsewhere)),
            change("backlog=4096", "backlog=1", o -> o.withBacklog(1)),
            change(
                "reusePort=false",
                "reusePort=true",
                o -> o.withSocket(SocketSetup.DEFAULT.withReusePort(true))),
            change("Mode=ACCEPTOR", "Mode=REUSEPORT", o -> o.withAcceptMode(AcceptMode.REUSEPORT)),
            change("acceptsPerTurn=64", "acceptsPerTurn=1", o -> o.withAcceptsPerTurn(1)),
            change("maxConnections=2147483647", "maxConnections=1", o -> o.withMaxConnections(1)),
            change(
                "Delay=true", "Delay=false", o -> o.withConnection(CONNECTION.withNoDelay(false))),
            change("observer=REPORTING", "observer=" + observer, o -> o.withObserver(observer)),
            change("tls=null", "tls=" + tls, o -> o.withTls(tls)))
        .map(c -> Arguments.argumentSet(c.to, SERVER, c));
  }

  /** Likewise of a socket. */
  static Stream<Arguments> ofSockets() {
    UnixAddress here = UnixAddress.abstractName("here");
    return Stream.<Change<SocketSetup>>of(
            change("families=BOTH", "families=IPV6", o -> o.withFamilies(IpFamilies.IPV6)),
            change("ReceiveBytes=0", "ReceiveBytes=9", o -> o.withKernelReceiveBytes(9)),
            change("SendBytes=0", "SendBytes=9", o -> o.withKernelSendBytes(9)),
            change("reuseAddress=true", "reuseAddress=false", o -> o.withReuseAddress(false)),
            change("reusePort=false", "reusePort=true", o -> o.withReusePort(true)),
            change("replaceStale=false", "replaceStale=true", o -> o.withReplaceStale(true)),
            change("localAddress=null", "localAddress=" + here, o -> o.withLocalAddress(here)),
            change(
                "options=[]",
                "options=[Option[level=1, name=2, value=3]]",
                o -> o.withOption(1, 2, 3)))
        .map(c -> Arguments.argumentSet(c.to, SocketSetup.DEFAULT, c));
  }

  /** Likewise of a connector. */
  static Stream<Arguments> ofConnectors() throws Exception {
    ConnectOptions options = ConnectOptions.to("somewhere", 80);
    Resolver resolver = LookupPool.of(_ -> List.of(), 1, 1);
    Tls tls = Tls.client(SSLContext.getDefault(), "somewhere", 80);
    return Stream.<Change<ConnectOptions>>of(
            change("timeout=PT10S", "timeout=PT0S", o -> o.withTimeout(Duration.ZERO)),
            change("Delay=PT0.25S", "Delay=PT2S", o -> o.withAttemptDelay(Duration.ofSeconds(2))),
            change(
                "resolver=" + options.resolver(),
                "resolver=" + resolver,
                o -> o.withResolver(resolver)),
            change(
                "reusePort=false",
                "reusePort=true",
                o -> o.withSocket(SocketSetup.DEFAULT.withReusePort(true))),
            change(
                "noDelay=true",
                "noDelay=false",
                o -> o.withConnection(CONNECTION.withNoDelay(false))),
            change("tls=null", "tls=" + tls, o -> o.withTls(tls)))
        .map(c -> Arguments.argumentSet(c.to, options, c));
  }

  private record Blind() implements ConnectionObserver {}

  private record Deaf() implements ConnectionTrace {
    @Override
    public void read(Connection connection, int sizeBytes) {}

    @Override
    public void wrote(Connection connection, int sizeBytes) {}
  }

  private record Change<T>(String from, String to, UnaryOperator<T> how) {}

  private static <T> Change<T> change(String from, String to, UnaryOperator<T> how) {
    return new Change<>(from, to, how);
  }

  @ParameterizedTest
  @MethodSource({"ofConnections", "ofDatagrams", "ofServers", "ofSockets", "ofConnectors"})
  <T> void with_changesOneValueOfACopy(T options, Change<T> change) {
    String before = options.toString();
    String after = change.how.apply(options).toString();
    assertNotEquals(before, after);
    assertEquals(before.replace(change.from, change.to), after);
    assertEquals(before, options.toString());
  }

  @Test
  void count_outOfBounds_isRefusedWithTheBound() {
    int most = ConnectionOptions.MAX_READ_BYTES;
    int batch = MessageBatch.MAX_MESSAGES;
    refused("readBytes: 0 is less than 1", () -> CONNECTION.withReadBytes(0));
    refused(
        "readBytes: " + (most + 1) + " is more than " + most,
        () -> CONNECTION.withReadBytes(most + 1));
    assertEquals(most, CONNECTION.withReadBytes(most).readBytes());
    refused("readsPerTurn: 0 is less than 1", () -> CONNECTION.withReadsPerTurn(0));
    refused("lowWaterBytes: -1 is less than 0", () -> CONNECTION.withLowWaterBytes(-1));
    refused("highWaterBytes: 0 is less than 1", () -> CONNECTION.withHighWaterBytes(0));
    refused("maxQueuedBytes: 0 is less than 1", () -> CONNECTION.withMaxQueuedBytes(0));
    refused("maxQueuedFiles: 0 is less than 1", () -> CONNECTION.withMaxQueuedFiles(0));
    refused("backlog: 0 is less than 1", () -> SERVER.withBacklog(0));
    refused("descriptor: -1 is less than 0", () -> ServerOptions.on(-1));
    refused(
        "kernelSendBytes: -1 is less than 0", () -> SocketSetup.DEFAULT.withKernelSendBytes(-1));
    refused(
        "kernelReceiveBytes: -1 is less than 0",
        () -> SocketSetup.DEFAULT.withKernelReceiveBytes(-1));
    refused("acceptsPerTurn: 0 is less than 1", () -> SERVER.withAcceptsPerTurn(0));
    refused("maxConnections: 0 is less than 1", () -> SERVER.withMaxConnections(0));
    refused("datagramBytes: 0 is less than 1", () -> DATAGRAM.withDatagramBytes(0));
    refused("receiveBatch: 0 is less than 1", () -> DATAGRAM.withReceiveBatch(0));
    refused(
        "receiveBatch: " + (batch + 1) + " is more than " + batch,
        () -> DATAGRAM.withReceiveBatch(batch + 1));
    refused("receivePerTurn: 0 is less than 1", () -> DATAGRAM.withReceivePerTurn(0));
    refused(
        "sendCapacity: " + (batch + 1) + " is more than " + batch,
        () -> DATAGRAM.withSendCapacity(batch + 1));
    assertEquals(batch, DATAGRAM.withSendCapacity(batch).sendCapacity());
    refused("kernelReceiveBytes: -1 is less than 0", () -> DATAGRAM.withKernelReceiveBytes(-1));
    refused("kernelSendBytes: -1 is less than 0", () -> DATAGRAM.withKernelSendBytes(-1));
  }

  @Test
  void time_belowZero_isRefused() throws Exception {
    Duration negative = Duration.ofNanos(-1);
    Tls tls = Tls.server(SSLContext.getDefault());
    String bound = ": PT-0.000000001S is less than PT0S";
    refused("readIdle" + bound, () -> CONNECTION.withReadIdle(negative));
    refused("writeStall" + bound, () -> CONNECTION.withWriteStall(negative));
    refused("allIdle" + bound, () -> CONNECTION.withAllIdle(negative));
    refused(
        "heartbeat: PT-0.000000001S is less than PT0S", () -> CONNECTION.withHeartbeat(negative));
    refused("closeGrace" + bound, () -> CONNECTION.withCloseGrace(negative));
    refused("closeTotal" + bound, () -> CONNECTION.withCloseTotal(negative));
    refused(
        "handshakeTime: PT-0.000000001S is less than PT0S", () -> tls.withHandshakeTime(negative));
  }

  @Test
  void time_thatNanosecondsDoNotHold_countsAsTheLongest() {
    Duration shorter = LONGEST.minusNanos(1);
    assertEquals(shorter, CONNECTION.withReadIdle(shorter).readIdle());
    assertEquals(LONGEST, CONNECTION.withReadIdle(LONGEST.plusNanos(1)).readIdle());
    assertEquals(LONGEST, CONNECTION.withWriteStall(LONGEST.plusNanos(1)).writeStall());
    assertEquals(LONGEST, CONNECTION.withAllIdle(LONGEST.plusNanos(1)).allIdle());
    assertEquals(LONGEST, CONNECTION.withHeartbeat(Duration.ofSeconds(Long.MAX_VALUE)).heartbeat());
    assertEquals(LONGEST, CONNECTION.withCloseGrace(LONGEST.multipliedBy(3)).closeGrace());
    assertEquals(LONGEST, CONNECTION.withCloseTotal(LONGEST.multipliedBy(3)).closeTotal());
  }

  /** Where nothing is said, who connects is patient, and a server is not. */
  @Test
  void allIdle_byDefault_isThatOfTheRole() {
    assertEquals(Duration.ZERO, CONNECTION.allIdle());
    assertEquals(Duration.ofMinutes(10), CONNECTION.ofServer().allIdle());
    ConnectionOptions never = CONNECTION.withAllIdle(Duration.ZERO);
    assertEquals(Duration.ZERO, never.ofServer().allIdle());
  }

  /** It has no advantage on one thread, and is a call more for each event. */
  @Test
  void oneshot_isRefused() {
    for (Trigger trigger : List.of(Trigger.ONESHOT, Trigger.EDGE_ONESHOT)) {
      refused(
          "trigger: "
              + trigger
              + " is for several threads at one poller, and a loop is one: use LEVEL or EDGE",
          () -> CONNECTION.withTrigger(trigger));
    }
  }

  @Test
  void observer_ofAServer_isThatOfItsConnections_inEitherOrder() {
    ConnectionObserver observer = new Blind();
    ConnectionOptions slow = CONNECTION.withNoDelay(false);
    assertEquals(ConnectionObserver.REPORTING, SERVER.observer());
    for (ServerOptions server :
        List.of(
            SERVER.withObserver(observer).withConnection(slow),
            SERVER.withConnection(slow).withObserver(observer))) {
      assertEquals(observer, server.observer());
      assertEquals(observer, server.connection().observer());
      assertEquals(false, server.connection().noDelay());
    }
  }

  @Test
  void bound_thatPassesAnother_movesIt() {
    assertBounds(100_000, 100_001, 1 << 24, CONNECTION.withLowWaterBytes(100_000));
    assertBounds(9, 10, 1 << 24, CONNECTION.withHighWaterBytes(10));
    assertBounds(1 << 14, 1 << 25, 1 << 25, CONNECTION.withHighWaterBytes(1 << 25));
    assertBounds(0, 1, 1, CONNECTION.withMaxQueuedBytes(1));
    int most = Integer.MAX_VALUE;
    assertBounds(most - 1, most, most, CONNECTION.withLowWaterBytes(most - 1));
    refused(
        "lowWaterBytes: 2147483647 is more than 2147483646",
        () -> CONNECTION.withLowWaterBytes(most));
  }

  /** Bounds that agree are what was said, in whatever order. */
  @Test
  void bounds_inAnyOrder_areWhatWasSaid() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 1000; i++) {
      int low = random.nextInt(1 << random.nextInt(1, 29));
      int high = low + 1 + random.nextInt(1 << random.nextInt(1, 29));
      int most = high + random.nextInt(1 << random.nextInt(1, 29));
      List<UnaryOperator<ConnectionOptions>> changes = new ArrayList<>();
      changes.add(o -> o.withLowWaterBytes(low));
      changes.add(o -> o.withHighWaterBytes(high));
      changes.add(o -> o.withMaxQueuedBytes(most));
      Collections.shuffle(changes, random);
      ConnectionOptions options = CONNECTION;
      for (UnaryOperator<ConnectionOptions> change : changes) {
        options = change.apply(options);
        assertTrue(options.lowWaterBytes() < options.highWaterBytes(), "seed " + seed);
        assertTrue(options.highWaterBytes() <= options.maxQueuedBytes(), "seed " + seed);
      }
      assertBounds(low, high, most, options);
    }
  }

  private static void assertBounds(int low, int high, int most, ConnectionOptions options) {
    List<Integer> expected = List.of(low, high, most);
    assertEquals(
        expected,
        List.of(options.lowWaterBytes(), options.highWaterBytes(), options.maxQueuedBytes()));
  }

  private static void refused(String message, Supplier<?> change) {
    var e = assertThrows(IllegalArgumentException.class, change::get);
    assertEquals(message, e.getMessage());
  }
}
