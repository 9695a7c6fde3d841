package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.model.Faults;
import dev.pollux.model.ModelSys;
import dev.pollux.sys.Errno;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.SysException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Datagrams that pass the kernel together, and stay what they are. */
class SegmentsTest {

  private static final int COUNT = 600;
  private static final DatagramOptions PLAIN =
      DatagramOptions.DEFAULT
          .withSendCapacity(COUNT)
          .withReceiveBatch(16)
          .withReceivePerTurn(COUNT)
          .withDatagramBytes(100)
          .withKernelReceiveBytes(1 << 21);
  private static final DatagramOptions TOGETHER =
      PLAIN.withSendSegments(true).withReceiveSegments(true);

  private static List<String> texts(int count) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      texts.add(String.format("%010d", i));
    }
    return texts;
  }

  /** How many calls it took to receive all; each is to come as it was sent. */
  private static int receiveAll(DatagramOptions options, List<String> texts) throws SysException {
    try (DatagramBox box = new DatagramBox(NativeSys.open())) {
      DatagramBox.Peer a = box.open(DatagramBox.loopback(), options);
      DatagramBox.Peer b = box.open(DatagramBox.loopback(), options);
      b.endpoint.pause();
      for (String each : texts) {
        assertTrue(a.send(each, b));
      }
      box.until(() -> a.endpoint.stats().sent() == texts.size());
      assertEquals(1, box.calls("sendmmsg"));
      int before = box.calls("recvmmsg");
      b.endpoint.resume();
      box.until(() -> b.log.size() == texts.size());
      assertEquals(texts, b.log);
      assertEquals(texts.size(), b.endpoint.stats().received());
      assertEquals(a.address(), b.last);
      return box.calls("recvmmsg") - before;
    }
  }

  @Test
  void datagramsOfOneSize_takeFewerCalls_andComeOneByOne() throws Exception {
    List<String> texts = texts(COUNT);
    int plain = receiveAll(PLAIN, texts);
    int together = receiveAll(TOGETHER, texts);
    assertTrue(plain >= COUNT / 16, plain + " calls for " + COUNT + " datagrams, 16 at a time");
    assertTrue(together <= 2, together + " calls, with up to 64 in one of 16 messages");
  }

  @Test
  void datagramsOfAllSizes_comeAsTheyWereSent() throws Exception {
    List<String> texts = new ArrayList<>();
    for (int size : new int[] {3, 3, 3, 2, 3, 0, 0, 5, 5, 1, 1, 9, 100, 100, 7, 0}) {
      texts.add("x".repeat(size));
    }
    int _ = receiveAll(TOGETHER, texts);
    int _ = receiveAll(TOGETHER.withEdge(true), texts);
    int _ = receiveAll(TOGETHER.withSendSegments(false), texts);
    int _ = receiveAll(TOGETHER.withReceiveSegments(false), texts);
  }

  @Test
  void datagramsForSeveral_goToEach_andTruncationIsOfEach() throws Exception {
    try (DatagramBox box = new DatagramBox(NativeSys.open())) {
      DatagramBox.Peer a = box.open(DatagramBox.loopback(), TOGETHER);
      DatagramBox.Peer b = box.open(DatagramBox.loopback(), TOGETHER.withDatagramBytes(4));
      DatagramBox.Peer c = box.open(DatagramBox.loopback(), TOGETHER);
      b.action = _ -> assertTrue(b.endpoint.reply(DatagramBox.bytes("ok")));
      a.send("12345", b);
      a.send("54321", b);
      a.send("1234", c);
      a.send("12", b);
      b.expect("1234…", "5432…", "12");
      c.expect("1234");
      a.expect("ok", "ok", "ok");
      assertEquals(2, b.endpoint.stats().truncated());
    }
  }

  @Test
  void wildcardEndpoint_answersTogether_fromTheAddressThatWasAsked() throws Exception {
    try (DatagramBox box = new DatagramBox(NativeSys.open())) {
      DatagramBox.Peer server = box.open(new InetSocketAddress(0), TOGETHER);
      server.action = data -> assertTrue(server.endpoint.reply(data));
      DatagramBox.Peer client = box.open(DatagramBox.loopback(), TOGETHER);
      int port = ((InetSocketAddress) server.address()).getPort();
      client.endpoint.connect(new InetSocketAddress("127.0.0.2", port));
      for (int i = 0; i < 5; i++) {
        assertTrue(client.endpoint.send(DatagramBox.bytes("m" + i)));
      }
      client.expect("m0", "m1", "m2", "m3", "m4");
    }
  }

  @Test
  void wayThatTakesNoSegments_isLeft_forGood() throws Exception {
    try (DatagramBox box = new DatagramBox(NativeSys.open())) {
      DatagramBox.Peer a = box.open(DatagramBox.loopback(), TOGETHER);
      DatagramBox.Peer b = box.open(DatagramBox.loopback(), TOGETHER);
      box.lie("sendmmsg", -Errno.EIO);
      for (String each : texts(5)) {
        a.send(each, b);
      }
      b.expect(texts(5).toArray(String[]::new));
      assertEquals(2, box.calls("sendmmsg"));
      assertEquals(5, a.endpoint.stats().sent());
    }
  }

  /** A source that none can be is refused as segments are that the way does not take: EINVAL. */
  @Test
  void wrongMessages_areNotTakenForAWayWithoutSegments() throws Exception {
    try (DatagramBox box = new DatagramBox(NativeSys.open())) {
      DatagramBox.Peer a = box.open(DatagramBox.loopback(), TOGETHER);
      DatagramBox.Peer b = box.open(DatagramBox.loopback(), TOGETHER);
      InetAddress others = InetAddress.ofLiteral("224.0.0.1"); // nobody sends from a group
      assertTrue(a.endpoint.send(DatagramBox.bytes("1"), b.address(), others));
      assertTrue(a.endpoint.send(DatagramBox.bytes("2"), b.address(), others));
      a.expect("unsent EINVAL", "unsent EINVAL");
      b.endpoint.pause();
      for (String each : texts(COUNT)) {
        assertTrue(a.send(each, b));
      }
      box.until(() -> a.endpoint.stats().sent() == COUNT);
      int before = box.calls("recvmmsg");
      b.endpoint.resume();
      box.until(() -> b.log.size() == COUNT);
      int calls = box.calls("recvmmsg") - before;
      assertTrue(calls <= 2, calls + " calls");
    }
  }

  @Test
  void kernelWithout_goesOnWithout() throws Exception {
    try (DatagramBox box = new DatagramBox(ModelSys.virtual(1, Faults.none()))) {
      DatagramBox.Peer a = box.open(DatagramBox.loopback(), TOGETHER);
      DatagramBox.Peer b = box.open(DatagramBox.loopback(), TOGETHER);
      a.send("12345", b);
      a.send("54321", b);
      b.expect("12345", "54321");
    }
  }
}
