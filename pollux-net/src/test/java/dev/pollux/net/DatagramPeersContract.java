package dev.pollux.net;

import static dev.pollux.net.DatagramBox.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.SysException;
import dev.pollux.sys.UnixAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Many peers of one Unix endpoint: what one of them does is not felt by the others. */
abstract class DatagramPeersContract extends DatagramAddressContract {

  private DatagramOptions roomy() {
    return DatagramOptions.DEFAULT.withDatagramBytes(64).withSendCapacity(1024).withEdge(edge());
  }

  private DatagramBox.Peer unix(DatagramOptions options) throws SysException {
    return box.open(UnixAddress.unnamed(), options);
  }

  private static List<String> numbers(int count) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add("m" + i);
    }
    return all;
  }

  // ---- the one peer of a connected endpoint, and those who were there before

  /** The kernel keeps what came before the connect, whoever sent it. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void connect_dropsWhatOthersHaveSentBefore(boolean unix) throws SysException {
    DatagramBox.Peer[] peers = new DatagramBox.Peer[3];
    for (int i = 0; i < peers.length; i++) {
      peers[i] = unix ? unix(roomy()) : open(roomy());
    }
    DatagramBox.Peer server = peers[0];
    assertTrue(peers[1].send("stranger", server));
    assertTrue(peers[2].send("early", server));
    box.until(() -> peers[1].endpoint.stats().sent() + peers[2].endpoint.stats().sent() == 2);
    server.expect("stranger", "early"); // so it is without
    server.endpoint.pause();
    box.turns(2);
    assertTrue(peers[1].send("stranger", server));
    assertTrue(peers[2].send("early", server));
    box.until(() -> peers[1].endpoint.stats().sent() + peers[2].endpoint.stats().sent() == 4);
    server.endpoint.connect(peers[2].address());
    assertTrue(peers[2].send("later", server));
    server.endpoint.resume();
    server.expect("early", "later");
    assertEquals(4, server.endpoint.stats().received());
    assertEquals(1, server.endpoint.stats().dropped());
  }

  @Test
  void connect_withinReceived_dropsTheStrangersOfTheSameBatch() throws SysException {
    DatagramBox.Peer server = open();
    DatagramBox.Peer stranger = open();
    DatagramBox.Peer chosen = open();
    server.endpoint.pause();
    assertTrue(chosen.send("hello", server));
    box.until(() -> chosen.endpoint.stats().sent() == 1);
    assertTrue(stranger.send("me too", server));
    box.until(() -> stranger.endpoint.stats().sent() == 1);
    assertTrue(chosen.send("more", server));
    box.until(() -> chosen.endpoint.stats().sent() == 2);
    SocketAddress peer = chosen.address();
    server.action =
        _ -> {
          server.action = _ -> {};
          server.endpoint.pause();
          try {
            server.endpoint.connect(peer);
          } catch (SysException e) {
            throw new IllegalStateException(e);
          }
        };
    server.endpoint.resume();
    server.expect("hello");
    server.endpoint.resume();
    server.expect("more");
    assertEquals(1, server.endpoint.stats().dropped());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void connect_toAnother_leavesWhatWasSentToTheOneBefore(boolean unix) throws SysException {
    DatagramBox.Peer sender = unix ? unix(roomy()) : open(roomy());
    DatagramBox.Peer before = unix ? unix(roomy()) : open(roomy());
    DatagramBox.Peer after = unix ? unix(roomy()) : open(roomy());
    sender.endpoint.connect(before.address());
    assertTrue(sender.endpoint.send(bytes("one")));
    sender.endpoint.connect(after.address());
    assertTrue(sender.endpoint.send(bytes("two")));
    before.expect("one");
    after.expect("two");
    sender.endpoint.connect(before.address());
    assertTrue(sender.endpoint.send(bytes("three")));
    box.lie("sendmmsg", -Errno.EAGAIN); // so that it waits
    sender.endpoint.connect(after.address());
    assertTrue(sender.endpoint.send(bytes("four")));
    before.expect("three");
    after.expect("four");
    assertEquals(List.of(), sender.log);
  }

  @Test
  void connect_toAnother_leavesWhatWaitsForTheOneBefore() throws SysException {
    DatagramBox.Peer sender = unix(roomy());
    DatagramBox.Peer before = unix(roomy());
    DatagramBox.Peer after = unix(roomy());
    sender.endpoint.connect(before.address());
    before.endpoint.pause();
    for (String each : numbers(30)) {
      assertTrue(sender.endpoint.send(bytes(each)));
      box.turns(1);
    }
    assertTrue(sender.endpoint.stats().queued() > 0);
    sender.endpoint.connect(after.address());
    assertTrue(sender.endpoint.send(bytes("for you")));
    after.expect("for you");
    before.endpoint.resume();
    before.expect(numbers(30).toArray(String[]::new));
    assertEquals(List.of(), after.log);
    assertEquals(List.of(), sender.log);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void connect_findsNobodyForWhatWasSentBefore(boolean unix) throws SysException {
    DatagramBox.Peer sender = unix ? unix(roomy()) : open(roomy());
    DatagramBox.Peer peer = unix ? unix(roomy()) : open(roomy());
    assertTrue(sender.endpoint.send(bytes("to whom?")));
    sender.endpoint.connect(peer.address());
    assertTrue(sender.endpoint.send(bytes("to you")));
    peer.expect("to you");
    sender.expect(unix ? "unsent ENOTCONN" : "unsent EDESTADDRREQ");
  }

  // ---- peers that do not read

  /** How many it takes until a peer that does not read has no room, and some wait. */
  private int fill(DatagramBox.Peer sender, DatagramBox.Peer deaf) throws SysException {
    deaf.endpoint.pause();
    int count = 0;
    while (sender.endpoint.stats().queued() < 2) {
      assertTrue(sender.send("m" + count++, deaf));
      box.turns(1);
    }
    return count;
  }

  @Test
  void unixPeerThatDoesNotRead_holdsUpNobodyElse_andLosesNothing() throws SysException {
    DatagramBox.Peer sender = unix(roomy());
    DatagramBox.Peer other = unix(roomy());
    DatagramBox.Peer deaf = unix(roomy());
    int count = fill(sender, deaf);
    int watched = box.calls("epollCtl");
    assertTrue(sender.send("for you", other));
    other.expect("for you");
    assertTrue(sender.endpoint.stats().queued() > 0);
    assertEquals(watched, box.calls("epollCtl"), "it is watched for a room that is not there");
    assertTrue(sender.send("m" + count, deaf)); // behind the others
    assertTrue(sender.send("once more", other));
    other.expect("once more");
    deaf.endpoint.resume();
    deaf.expect(numbers(count + 1).toArray(String[]::new));
    assertEquals(0, sender.endpoint.stats().queued());
    assertEquals(List.of(), sender.log);
  }

  /** However it is sent: a turn after each, or all at once. */
  @ParameterizedTest
  @CsvSource({"1, false", "1, true", "4, false", "4, true", "256, false", "256, true"})
  void unixPeerThatDoesNotRead_isSaidToBeFull_andWhatWasTakenArrives(int capacity, boolean burst)
      throws SysException {
    DatagramBox.Peer sender = unix(roomy().withSendCapacity(capacity));
    DatagramBox.Peer deaf = unix(roomy());
    deaf.endpoint.pause();
    int taken = 0;
    while (sender.send("m" + taken, deaf)) {
      taken++;
      assertTrue(taken < 2000, "it never says no");
      box.turns(burst ? 0 : 1);
    }
    box.turns(3);
    assertEquals(1, sender.endpoint.stats().dropped());
    assertEquals(List.of(), sender.log);
    deaf.endpoint.resume();
    deaf.expect(numbers(taken).toArray(String[]::new));
    sender.expect("drained");
  }

  @Test
  void unixPeerThatReads_getsABurstInOrder_withoutALoss() throws SysException {
    DatagramBox.Peer sender = unix(DatagramOptions.DEFAULT.withEdge(edge()));
    DatagramBox.Peer reader = unix(roomy());
    SocketAddress to = reader.address();
    for (String each : numbers(500)) {
      box.until(() -> sender.endpoint.send(bytes(each), to));
    }
    reader.expect(numbers(500).toArray(String[]::new));
    assertEquals(0, sender.endpoint.stats().unsent());
  }

  @Test
  void unixPeerThatDoesNotRead_leavesRoomForTheNextOne() throws SysException {
    DatagramBox.Peer sender = unix(roomy().withSendCapacity(16));
    for (int i = 0; i < 3; i++) {
      DatagramBox.Peer deaf = unix(roomy());
      deaf.endpoint.pause();
      int before = sender.endpoint.stats().queued();
      for (int sent = 0; sent < 40; sent++) {
        boolean _ = sender.send("m", deaf);
        box.turns(1);
      }
      assertEquals(List.of(), sender.log);
      assertEquals(before + 4, sender.endpoint.stats().queued());
    }
    DatagramBox.Peer other = unix(roomy());
    assertTrue(sender.send("for you", other));
    other.expect("for you");
  }

  /** There are as many as there is room for, and then it is told. */
  @Test
  void unixPeersThatDoNotRead_soManyThatNoRoomIsLeft_areToldAsUnsent() throws SysException {
    DatagramBox.Peer sender = unix(SMALL.withEdge(edge()));
    DatagramBox.Peer last = sender;
    for (int i = 0; i < 5; i++) {
      last = unix(roomy());
      int _ = filled(sender, last);
    }
    assertEquals(List.of("unsent EAGAIN"), sender.log);
    assertEquals(last.address(), sender.last);
    assertEquals(4, sender.endpoint.stats().queued());
  }

  /** Sends to a peer that does not read until one waits, or is refused. */
  private int filled(DatagramBox.Peer sender, DatagramBox.Peer deaf) throws SysException {
    deaf.endpoint.pause();
    int before = sender.endpoint.stats().queued();
    int sent = 0;
    while (sender.endpoint.stats().queued() == before && sender.log.isEmpty()) {
      assertTrue(sender.send("m" + sent++, deaf));
      box.turns(1);
    }
    return sent;
  }

  /** The kernel has no memory for more from this socket: that is no peer's fault. */
  @Test
  void unixSocketWithoutRoomOfItsOwn_waits_whoeverItIsFor() throws SysException {
    DatagramBox.Peer sender = unix(SMALL.withEdge(edge()).withKernelSendBytes(1));
    DatagramBox.Peer deaf = unix(roomy());
    DatagramBox.Peer other = unix(roomy());
    deaf.endpoint.pause();
    int count = 0;
    while (sender.endpoint.stats().queued() == 0) {
      assertTrue(sender.send("m" + count++, deaf));
      box.turns(1);
    }
    assertTrue(count < 11, "the peer has no room either");
    for (int i = 0; i < 3; i++) {
      assertTrue(sender.send("m" + i, other));
      box.turns(1);
    }
    assertFalse(sender.send("m3", other));
    box.turns(3);
    assertEquals(List.of(), sender.log);
    deaf.endpoint.resume();
    deaf.expect(numbers(count).toArray(String[]::new));
    other.expect("m0", "m1", "m2");
    sender.expect("drained");
  }

  @Test
  void tryAgain_thatThrows_isDoneOnceMore() throws SysException {
    DatagramBox.Peer sender = unix(roomy());
    DatagramBox.Peer deaf = unix(roomy());
    int count = fill(sender, deaf);
    box.fail("sendmmsg", new IllegalStateException("no memory"));
    box.until(() -> !box.reported.isEmpty());
    assertTrue(box.reported.getFirst().contains("no memory"), box.reported.toString());
    box.reported.clear();
    deaf.endpoint.resume();
    deaf.expect(numbers(count).toArray(String[]::new));
  }

  // ---- the connected peer, by its address or without

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void connectedUnixPeer_byItsAddressAndWithout_getsAllInOrder(boolean late) throws SysException {
    DatagramBox.Peer sender = unix(roomy());
    DatagramBox.Peer slow = unix(roomy());
    SocketAddress to = slow.address();
    slow.endpoint.pause();
    if (!late) {
      sender.endpoint.connect(to);
    }
    List<String> all = numbers(35);
    for (String each : all.subList(0, 30)) {
      assertTrue(sender.endpoint.send(bytes(each), to));
    }
    box.turns(2);
    if (late) {
      sender.endpoint.connect(to);
    }
    for (String each : all.subList(30, 35)) {
      assertTrue(sender.endpoint.send(bytes(each)));
    }
    box.turns(2);
    slow.endpoint.resume();
    slow.expect(all.toArray(String[]::new));
    assertEquals(List.of(), sender.log);
    assertEquals(0, sender.endpoint.stats().queued());
  }

  /** The name is the connected peer's, the room is not: no event tells of that. */
  @Test
  void connectedUnixPeer_whoseNameAnotherHas_isTheOneOfThem() throws SysException {
    DatagramBox.Peer sender = unix(roomy());
    DatagramBox.Peer other = unix(roomy());
    DatagramBox.Peer before = unix(roomy());
    SocketAddress name = before.address();
    sender.endpoint.connect(name);
    before.endpoint.close();
    box.turns(2);
    DatagramBox.Peer deaf = box.open(name, roomy());
    int count = fill(sender, deaf);
    int watched = box.calls("epollCtl");
    assertTrue(sender.send("for you", other));
    box.turns(20); // or else the model's time would stand still for ever
    assertEquals(List.of("for you"), other.log);
    assertEquals(watched, box.calls("epollCtl"), "it is watched for a room that is there");
    assertTrue(sender.endpoint.send(bytes("m" + count), name));
    deaf.endpoint.resume();
    deaf.expect(numbers(count + 1).toArray(String[]::new));
    assertEquals(List.of(), sender.log);
  }

  @Test
  void unixPeerThatGoes_whileItHasNoRoom_isToldAsUnsent() throws SysException {
    DatagramBox.Peer sender = unix(roomy());
    DatagramBox.Peer deaf = unix(roomy());
    int _ = fill(sender, deaf);
    int left = sender.endpoint.stats().queued();
    assertTrue(left > 0);
    deaf.endpoint.close();
    box.until(() -> sender.log.size() == left);
    assertTrue(sender.log.stream().allMatch("unsent ECONNREFUSED"::equals), sender.log.toString());
    assertEquals(left, sender.endpoint.stats().unsent());
  }

  @Test
  void close_whileAPeerHasNoRoom_sendsWhatIsForOthers() throws SysException {
    DatagramBox.Peer sender = unix(roomy());
    DatagramBox.Peer other = unix(roomy());
    DatagramBox.Peer deaf = unix(roomy());
    int _ = fill(sender, deaf);
    int left = sender.endpoint.stats().queued();
    assertTrue(left > 0);
    assertTrue(sender.send("more", deaf));
    assertTrue(sender.send("last", other));
    sender.endpoint.close();
    assertEquals(left + 1, sender.endpoint.stats().dropped());
    other.expect("last");
    assertTrue(sender.endpoint.stats().sent() > 1);
    DatagramBox.Peer fresh = unix(roomy());
    assertTrue(fresh.endpoint.send(bytes("free"), other.address()));
    other.expect("free");
  }

  @Test
  void close_whileTheConnectedPeerHasNoRoom_sendsWhatIsForOthers() throws SysException {
    DatagramBox.Peer sender = unix(roomy());
    DatagramBox.Peer other = unix(roomy());
    DatagramBox.Peer deaf = unix(roomy());
    sender.endpoint.connect(deaf.address());
    deaf.endpoint.pause();
    while (sender.endpoint.stats().queued() < 2) {
      assertTrue(sender.endpoint.send(bytes("m")));
      box.turns(1);
    }
    assertTrue(sender.send("last", other));
    assertTrue(sender.endpoint.send(bytes("m")));
    sender.endpoint.close();
    assertEquals(3, sender.endpoint.stats().dropped());
    other.expect("last");
  }

  /** Or else the next descriptor of its number would be taken for it. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void close_thatThrows_leavesNothingBehind(boolean setAside) throws SysException {
    DatagramBox.Peer sender = unix(roomy());
    DatagramBox.Peer deaf = unix(roomy());
    int number = sender.endpoint.fd();
    if (setAside) {
      int _ = fill(sender, deaf);
    } else {
      assertTrue(sender.send("m", deaf));
    }
    box.fail("sendmmsg", new IllegalStateException("no memory"));
    assertThrows(IllegalStateException.class, sender.endpoint::close);
    sender.expect("closed");
    DatagramBox.Peer fresh = unix(roomy());
    assertEquals(number, fresh.endpoint.fd());
    assertTrue(deaf.send("hello", fresh));
    fresh.expect("hello");
  }
}
