package dev.pollux.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How TCP connections between hosts begin: request, consent, and the client's first word. */
class TcpHandshakeTest extends NetworkCase {

  private static final InetSocketAddress ANY = new InetSocketAddress("0.0.0.0", 7000);

  @Test
  void request_thatIsLost_orWhoseAnswerIs_isMadeAgain() throws Exception {
    int listener = listen(far);
    policy = this::lose;
    int client = connect(near, FAR);
    policy = packet -> deliverBut(Packet.Kind.SYN_ACK, packet);
    pass(1_500 * MILLI);
    assertEquals(-Errno.EAGAIN, Sockets.accept(far, listener));
    assertThrows(SysException.class, () -> Sockets.peerAddress(near, client));
    policy = this::deliver;
    pass(1 * SECOND);
    assertEquals(new InetSocketAddress(FAR, 7000), Sockets.peerAddress(near, client));
    int server = Sockets.accept(far, listener);
    assertEquals(-Errno.EAGAIN, Sockets.accept(far, listener));
    assertEquals(1, send(near, client, "x"));
    pass(10 * MILLI);
    assertEquals("x", text(far, server));
  }

  /** Until the client's word has come, the listener says its own again; then it forgets. */
  @Test
  void consent_isSentAgain_untilTheClientsWordIsThere() throws Exception {
    int listener = listen(far);
    int client = connect(near, FAR);
    List<Long> times = new ArrayList<>();
    policy =
        packet -> {
          if (packet.kind() == Packet.Kind.SYN_ACK) {
            times.add(network.nanoTime() / SECOND);
          }
          deliverBut(Packet.Kind.ACK, packet);
        };
    long start = network.nanoTime() / SECOND;
    pass(1_000 * SECOND);
    assertEquals(List.of(0L, 1L, 3L, 7L, 15L, 31L), times.stream().map(at -> at - start).toList());
    assertEquals(new InetSocketAddress(FAR, 7000), Sockets.peerAddress(near, client));
    assertEquals(-Errno.EAGAIN, Sockets.accept(far, listener));
    policy = this::deliver;
    assertEquals(1, send(near, client, "x"));
    pass(20 * MILLI);
    assertEquals(-Errno.ECONNRESET, end(near, client));
  }

  @Test
  void lostWord_isSaidAgain() throws Exception {
    int listener = listen(far);
    int _ = connect(near, FAR);
    policy = packet -> deliverBut(Packet.Kind.ACK, packet);
    pass(500 * MILLI);
    policy = this::deliver;
    assertEquals(-Errno.EAGAIN, Sockets.accept(far, listener));
    pass(1 * SECOND);
    seen.clear();
    int server = Sockets.accept(far, listener);
    assertEquals(0, far.close(server));
    pass(1_000 * SECOND);
    assertEquals(List.of("FIN", "ACK"), kinds());
  }

  @Test
  void firstBytes_areAWordAsWell() throws Exception {
    int listener = listen(far);
    int client = connect(near, FAR);
    policy = packet -> deliverBut(Packet.Kind.ACK, packet);
    pass(20 * MILLI);
    assertEquals(2, send(near, client, "hi"));
    pass(10 * MILLI);
    assertEquals("hi", text(far, Sockets.accept(far, listener)));
  }

  /** The server speaks when it has been heard: nothing of that meets a client that is not there. */
  @Test
  void serverThatSpeaksFirst_isHeard_thoughItsConsentIsLost() throws Exception {
    int listener = listen(far);
    int client = connect(near, FAR);
    policy = packet -> deliverBut(Packet.Kind.SYN_ACK, packet);
    pass(500 * MILLI);
    policy = this::deliver;
    pass(530 * MILLI);
    assertEquals(5, send(far, Sockets.accept(far, listener), "hello"));
    pass(10 * MILLI);
    assertEquals("hello", text(near, client));
  }

  @Test
  void doubledRequest_isAnsweredTwice_andOneConnection() throws Exception {
    int listener = listen(far);
    policy =
        packet -> {
          deliver(packet);
          deliver(packet);
        };
    int client = connect(near, FAR);
    policy = this::deliver;
    pass(100 * MILLI);
    assertEquals(List.of("SYN", "SYN_ACK", "SYN_ACK", "ACK", "ACK"), kinds());
    int server = Sockets.accept(far, listener);
    assertEquals(-Errno.EAGAIN, Sockets.accept(far, listener));
    assertEquals(1, send(far, server, "x"));
    pass(10 * MILLI);
    assertEquals("x", text(near, client));
  }

  /** The word of the second is lost on a listener that is full: it is asked for once more. */
  @Test
  void fullBacklog_takesNoWord_untilThereIsRoom() throws Exception {
    int listener = Sockets.tcpListener(far, ANY, 0);
    int first = connect(near, FAR);
    int second = connect(near, FAR);
    pass(500 * MILLI);
    assertEquals(
        Sockets.localAddress(near, first), Sockets.peerAddress(far, Sockets.accept(far, listener)));
    assertEquals(-Errno.EAGAIN, Sockets.accept(far, listener));
    pass(1 * SECOND);
    assertEquals(
        Sockets.localAddress(near, second),
        Sockets.peerAddress(far, Sockets.accept(far, listener)));
  }

  @Test
  void fullBacklog_takesNoBytes_untilThereIsRoom() throws Exception {
    int listener = Sockets.tcpListener(far, ANY, 0);
    int _ = connect(near, FAR);
    int second = connect(near, FAR);
    pass(50 * MILLI);
    assertEquals(1, send(near, second, "2"));
    seen.clear();
    pass(100 * MILLI);
    assertEquals(List.of(), kinds(), "nothing is acknowledged");
    int _ = Sockets.accept(far, listener);
    pass(2 * SECOND);
    assertEquals("2", text(far, Sockets.accept(far, listener)));
  }

  /** Its port is free at once, and who thought that it was connected learns more when it speaks. */
  @Test
  void listenerThatCloses_forgetsWhoseWordIsNotThere() throws Exception {
    int listener = Sockets.open(far, Linux.AF_INET, Linux.SOCK_STREAM);
    Sockets.bind(far, listener, ANY);
    Sockets.listen(far, listener, 1);
    int client = connect(near, FAR);
    policy = packet -> deliverBut(Packet.Kind.ACK, packet);
    pass(50 * MILLI);
    policy = this::deliver;
    seen.clear();
    assertEquals(0, far.close(listener));
    int next = Sockets.open(far, Linux.AF_INET, Linux.SOCK_STREAM);
    Sockets.bind(far, next, ANY);
    Sockets.listen(far, next, 1);
    pass(100 * SECOND);
    assertEquals(List.of(), kinds());
    assertEquals(1, send(near, client, "x"));
    pass(20 * MILLI);
    assertEquals(List.of("DATA", "RESET"), kinds());
    assertEquals(-Errno.ECONNRESET, end(near, client));
    assertEquals(-Errno.EAGAIN, Sockets.accept(far, next));
  }

  /** The client has consent, and hears no sooner than its word is there that nobody listens. */
  @Test
  void wordToAListenerThatHasClosed_isAReset() throws Exception {
    int listener = listen(far);
    int client = connect(near, FAR);
    pass(20 * MILLI);
    assertEquals(0, far.close(listener));
    pass(19 * MILLI);
    assertEquals(-Errno.EAGAIN, end(near, client));
    pass(1 * MILLI);
    assertEquals(-Errno.ECONNRESET, end(near, client));
  }

  @Test
  void wordToAHostThatHasBeenRestarted_isAReset() throws Exception {
    int _ = listen(far);
    int client = connect(near, FAR);
    pass(20 * MILLI);
    network.powerOff(far);
    far = network.host(HostOptions.at(FAR));
    pass(20 * MILLI);
    assertEquals(-Errno.ECONNRESET, end(near, client));
  }

  /** What a listener was told to shut its connections shut as soon as they are some. */
  @Test
  void listenerThatSendsNothing_endsWhatItHasTaken() throws Exception {
    int listener = Sockets.open(far, Linux.AF_INET, Linux.SOCK_STREAM);
    assertEquals(-Errno.ENOTCONN, far.shutdown(listener, Linux.SHUT_WR));
    Sockets.bind(far, listener, ANY);
    Sockets.listen(far, listener, 1);
    int client = connect(near, FAR);
    pass(30 * MILLI);
    assertEquals(-Errno.EAGAIN, end(near, client));
    pass(20 * MILLI);
    assertEquals(List.of("SYN", "SYN_ACK", "ACK", "FIN", "ACK"), kinds());
    assertEquals(0, end(near, client));
  }

  @Test
  void consent_toOneWhoHasGivenUp_isAReset() throws Exception {
    int listener = listen(far);
    int client = connect(near, FAR);
    assertEquals(0, near.close(client));
    pass(1 * SECOND);
    assertEquals(List.of("SYN", "SYN_ACK", "RESET"), kinds());
    assertEquals(-Errno.EAGAIN, Sockets.accept(far, listener));
  }

  @Test
  void clientThatResets_beforeItsWordIsThere_isForgotten() throws Exception {
    int listener = listen(far);
    int client = connect(near, FAR);
    policy = packet -> deliverBut(Packet.Kind.ACK, packet);
    pass(50 * MILLI);
    policy = this::deliver;
    seen.clear();
    Sockets.linger(near, client, 0);
    assertEquals(0, near.close(client));
    pass(100 * SECOND);
    assertEquals(List.of("RESET"), kinds());
    assertEquals(-Errno.EAGAIN, Sockets.accept(far, listener));
  }

  @Test
  void clientWhoseHostIsOff_isForgotten() throws Exception {
    int listener = listen(far);
    int _ = connect(near, FAR);
    network.powerOff(near);
    pass(1_000 * SECOND);
    assertEquals(List.of("SYN"), kinds().stream().distinct().limit(1).toList());
    assertEquals(6, kinds().stream().filter("SYN_ACK"::equals).count());
    assertEquals(-Errno.EAGAIN, Sockets.accept(far, listener));
  }

  /** A request that comes once more, when all is over, makes no connection. */
  @Test
  void doubledRequest_thatIsLate_makesNoGhost() throws Exception {
    List<Packet> first = new ArrayList<>();
    policy =
        packet -> {
          deliver(packet);
          if (packet.kind() == Packet.Kind.SYN) {
            first.add(packet);
          }
        };
    int listener = listen(far);
    int client = connect(near, FAR);
    pass(30 * MILLI);
    int server = Sockets.accept(far, listener);
    assertEquals(0, near.close(client));
    pass(20 * MILLI);
    assertEquals(0, far.close(server));
    pass(100 * MILLI);
    network.schedule(0, first.getFirst()::arrive);
    pass(100 * MILLI);
    assertEquals(-Errno.EAGAIN, Sockets.accept(far, listener));
  }
}
