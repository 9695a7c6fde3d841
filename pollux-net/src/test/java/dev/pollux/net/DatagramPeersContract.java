package dev.pollux.net;

import static dev.pollux.net.DatagramBox.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.SysException;
import dev.pollux.sys.UnixAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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

  @Test
  void unixPeerThatDoesNotRead_hasHalfOfTheQueue_andTheRestIsUnsent() throws SysException {
    DatagramBox.Peer sender = unix(SMALL.withEdge(edge()));
    DatagramBox.Peer deaf = unix(roomy());
    deaf.endpoint.pause();
    int taken = 0;
    while (sender.log.isEmpty() && taken < 2000) {
      boolean _ = sender.send("m" + taken++, deaf);
      box.turns(1);
    }
    assertEquals(List.of("unsent EAGAIN"), sender.log);
    assertEquals(deaf.address(), sender.last);
    assertEquals(2, sender.endpoint.stats().queued());
    deaf.endpoint.resume();
    deaf.expect(numbers(taken - 1).toArray(String[]::new));
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
}
