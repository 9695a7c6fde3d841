package dev.pollux.model;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Linux;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * Transfers that block: their parts, their errors, their timeouts, and who of several is woken; on
 * any kernel.
 */
abstract class BlockingTransferContract extends BlockingCase {

  /** Shorter than anybody waits for, longer than none. */
  private static final int TIMEOUT_MICROS = 8_000;

  private int timeout(int fd, int option) {
    box.memory().set(JAVA_LONG, 0, 0);
    box.memory().set(JAVA_LONG, 8, TIMEOUT_MICROS);
    box.ok(
        box.sys.setsockopt(
            fd, Linux.SOL_SOCKET, option, box.memory().address(), Linux.SIZEOF_TIMEVAL));
    return fd;
  }

  private void lowWater(int fd, int bytes) {
    box.ok(box.set(fd, Linux.SOL_SOCKET, Linux.SO_RCVLOWAT, bytes));
  }

  // ---- the end of a connection

  /** It sleeps once, and what wakes it is no matter, but for this. */
  @Test
  void tcpReceiveOfNothing_whileTheSocketIsDisconnected_isABrokenPipe() throws Exception {
    int[] t = box.tcpPair();
    blocking(t[1]);
    Future<String> reader = started(own -> own.recv(t[1], 0, 0));
    assertFalse(reader.isDone());
    box.memory().set(JAVA_SHORT, 0, (short) Linux.AF_UNSPEC);
    box.ok(box.sys.connect(t[1], box.memory().address(), Linux.SIZEOF_SOCKADDR_IN));
    assertEquals("EPIPE", end(reader));
    assertEquals("ECONNRESET", box.error(t[1])); // it is left for the next call
  }

  // ---- parts

  @Test
  void tcpWrite_ofMoreThanTheBuffer_goesOnWhileThePeerReads() throws Exception {
    int count = 1 << 20;
    int[] t = box.tcpPair();
    blocking(t[1]);
    blocking(t[0]);
    Future<Integer> writer = started(own -> own.write(t[0], count));
    Future<Integer> reader =
        started(own -> {
          int total = 0;
          while (total < count) {
            total += own.ok(own.readSome(t[1], 2_500));
          }
          return total;
        });
    assertEquals(count, end(writer));
    assertEquals(count, end(reader));
  }

  @Test
  void tcpWaitAll_goesOnToItsCount() throws Exception {
    int[] t = box.tcpPair();
    blocking(t[1]);
    box.write(t[0], "abc");
    Future<String> reader = started(own -> own.recv(t[1], 6, Linux.MSG_WAITALL));
    assertFalse(reader.isDone());
    box.write(t[0], "defg");
    assertEquals("'abcdef'", end(reader));
    assertEquals("'g'", box.read(t[1], 9));
  }

  @Test
  void tcpWaitAll_thatPeeks_seesEachByteOnce() throws Exception {
    int[] t = box.tcpPair();
    blocking(t[1]);
    box.write(t[0], "abc");
    Future<String> reader = started(own -> own.recv(t[1], 6, Linux.MSG_WAITALL | Linux.MSG_PEEK));
    assertFalse(reader.isDone());
    box.write(t[0], "def");
    assertEquals("'abcdef'", end(reader));
    assertEquals("'abcdef'", box.read(t[1], 9));
  }

  @Test
  void unixWaitAll_thatPeeks_seesWhatIsThere() throws Exception {
    int[] p = box.unixPair();
    blocking(p[1]);
    box.write(p[0], "abc");
    assertEquals("'abc'", end(started(o -> o.recv(p[1], 6, Linux.MSG_WAITALL | Linux.MSG_PEEK))));
    assertEquals("'abc'", box.recv(p[1], 9, 0));
  }

  @Test
  void lowWater_holdsABlockingReadOfAStream() throws Exception {
    for (int[] pair : List.of(box.tcpPair(), box.unixPair())) {
      blocking(pair[1]);
      lowWater(pair[1], 4);
      Future<String> reader = started(own -> own.read(pair[1], 9));
      box.write(pair[0], "abc");
      pass(GRACE_MILLIS);
      assertFalse(reader.isDone());
      box.write(pair[0], "d");
      assertEquals("'abcd'", end(reader));
      box.write(pair[0], "ef");
      box.awaitAvailable(pair[1], 2);
      assertEquals("'ef'", end(started(own -> own.read(pair[1], 2)))); // as much as it asks for
      box.write(pair[0], "gh");
      box.awaitAvailable(pair[1], 2);
      assertEquals("'gh'", box.recv(pair[1], 9, Linux.MSG_DONTWAIT));
    }
  }

  @Test
  void lowWater_holdsATcpReadThatHasAPart_untilAsMuchCameAgain() throws Exception {
    int[] t = box.tcpPair();
    blocking(t[1]);
    lowWater(t[1], 4);
    box.write(t[0], "abc");
    box.awaitAvailable(t[1], 3);
    Future<String> reader = started(own -> own.read(t[1], 9));
    box.write(t[0], "def"); // it has enough now, and is not told
    pass(GRACE_MILLIS);
    assertFalse(reader.isDone());
    box.write(t[0], "g");
    assertEquals("'abcdefg'", end(reader));
  }

  // ---- errors behind a part

  @Test
  void tcpReceive_withAPartAndThenAReset_leavesTheErrorToTheNext() throws Exception {
    int[] t = box.tcpPair();
    blocking(t[1]);
    box.write(t[0], "abc");
    Future<String> reader = started(own -> own.recv(t[1], 6, Linux.MSG_WAITALL));
    box.ok(box.lingerZero(t[0]));
    box.close(t[0]);
    assertEquals("'abc'", end(reader));
    assertEquals("ECONNRESET", box.read(t[1], 9));
    assertEquals("''", box.read(t[1], 9));
  }

  @Test
  void tcpSend_withAPartAndThenAReset_leavesTheErrorToTheNext() throws Exception {
    int[] t = box.tcpPair();
    blocking(t[0]);
    box.ok(box.set(t[0], Linux.SOL_SOCKET, Linux.SO_SNDBUF, 20_000));
    box.ok(box.set(t[1], Linux.SOL_SOCKET, Linux.SO_RCVBUF, 20_000));
    Future<Integer> writer = started(own -> own.write(t[0], 1 << 20));
    assertFalse(writer.isDone());
    box.ok(box.lingerZero(t[1]));
    box.close(t[1]);
    int written = end(writer);
    assertTrue(written > 0 && written < 1 << 20, () -> Box.say(written));
    assertEquals("ECONNRESET", Box.say(box.send(t[0], "x", 0)));
    assertEquals("EPIPE", Box.say(box.send(t[0], "x", 0)));
  }

  @Test
  void unixReceive_withAPartAndThenAReset_losesTheError() throws Exception {
    int[] p = box.unixPair();
    blocking(p[1]);
    box.write(p[1], "unread");
    box.write(p[0], "abc");
    Future<String> reader = started(own -> own.recv(p[1], 6, Linux.MSG_WAITALL));
    assertFalse(reader.isDone());
    box.close(p[0]);
    assertEquals("'abc'", end(reader));
    assertEquals("''", box.read(p[1], 9));
  }

  @Test
  void unixSend_thatWaitsWhileThePeerLeaves_meetsTheReset() throws Exception {
    int[] p = box.unixPair();
    box.fill(p[0], 4_000);
    blocking(p[0]);
    Future<Integer> writer = started(own -> own.write(p[0], 4_000));
    box.close(p[1]);
    assertEquals("ECONNRESET", Box.say(end(writer)));
    assertEquals("EPIPE", Box.say(box.send(p[0], "x", 0)));
  }

  // ---- who is woken

  @Test
  void sendBuffer_raised_letsABlockedWriterGoOn() throws Exception {
    int[] p = box.unixPair();
    box.ok(box.set(p[0], Linux.SOL_SOCKET, Linux.SO_SNDBUF, 5_000));
    box.fill(p[0], 500);
    blocking(p[0]);
    Future<Integer> writer = started(own -> own.write(p[0], 500));
    assertFalse(writer.isDone());
    box.ok(box.set(p[0], Linux.SOL_SOCKET, Linux.SO_SNDBUF, 100_000));
    assertEquals(500, end(writer));
  }

  @Test
  void shutdownOfAListener_endsAllAccepts() throws Exception {
    int unix = box.unix();
    box.ok(box.bind(unix, box.name()));
    box.ok(box.sys.listen(unix, 4));
    for (int listener : new int[] {box.listener(4), unix}) {
      blocking(listener);
      Future<Integer> one = started(own -> own.sys.accept4(listener, 0, 0, 0));
      Future<Integer> two = started(own -> own.sys.accept4(listener, 0, 0, 0));
      box.ok(box.sys.shutdown(listener, Linux.SHUT_RDWR));
      assertEquals("EINVAL", Box.say(end(one)));
      assertEquals("EINVAL", Box.say(end(two)));
    }
    assertEquals("EINVAL", Box.say(box.sys.accept4(unix, 0, 0, 0)));
    box.ok(box.sys.fcntl(unix, Linux.F_SETFL, Linux.O_NONBLOCK));
    assertEquals("EAGAIN", Box.say(box.sys.accept4(unix, 0, 0, 0)));
  }

  @Test
  void shutdown_wakesAllExclusiveWaiters() throws Exception {
    int[] p = box.unixPair();
    List<Future<List<String>>> waiters = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      int ep = box.epoll();
      box.ok(box.add(ep, p[0], Linux.EPOLLIN | Linux.EPOLLET | Linux.EPOLLEXCLUSIVE));
      waiters.add(started(own -> own.events(ep, 1, -1)));
    }
    box.ok(box.sys.shutdown(p[1], Linux.SHUT_RDWR));
    for (Future<List<String>> waiter : waiters) {
      assertEquals(List.of(p[0] + ":IN|HUP"), end(waiter));
    }
  }

  @Test
  void pipeReaders_areServedInTheOrderTheyCame() throws Exception {
    int[] p = box.pipe();
    blocking(p[0]);
    List<Future<String>> readers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      readers.add(started(own -> own.read(p[0], 1)));
    }
    box.write(p[1], "a");
    assertEquals(0, onlyOneOf(readers));
    assertEquals("'a'", end(readers.removeFirst()));
    box.write(p[1], "bc"); // for one, who leaves something to the next
    assertEquals("'b'", end(readers.get(0)));
    assertEquals("'c'", end(readers.get(1)));
  }

  @Test
  void pipeWriter_thatGoesOnLater_isAnEdgeAtItsEnd() throws Exception {
    int count = 100_000;
    int[] p = box.pipe();
    int ep = box.epoll();
    box.ok(box.add(ep, p[0], Linux.EPOLLIN | Linux.EPOLLET));
    box.write(p[1], 1);
    assertEquals(List.of(p[0] + ":IN"), box.events(ep));
    blocking(p[1]);
    Future<Integer> writer = started(own -> own.write(p[1], count));
    assertEquals(List.of(), box.events(ep));
    long left = 1L + count;
    while (left > 0) {
      box.poll(p[0], Linux.POLLIN, -1);
      left -= box.drain(p[0]);
    }
    assertEquals(count, end(writer));
    assertEquals(List.of(), box.events(ep)); // there was one, and nothing is left
    box.write(p[1], 1);
    assertEquals(List.of(p[0] + ":IN"), box.events(ep));
  }

  @Test
  void datagramReaders_areServedInTheOrderTheyCame() throws Exception {
    int[] p = box.pair(Linux.SOCK_DGRAM);
    blocking(p[0]);
    List<Future<String>> readers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      readers.add(started(own -> own.recv(p[0], 9, 0)));
    }
    box.write(p[1], "a");
    assertEquals(0, onlyOneOf(readers));
    box.write(p[1], "b");
    assertEquals("'a'", end(readers.get(0)));
    assertEquals("'b'", end(readers.get(1)));
  }

  @Test
  void datagramSender_thatFindsTheQueueFull_waitsForTheReader() throws Exception {
    int reader = box.keep(box.sys.socket(Linux.AF_UNIX, Linux.SOCK_DGRAM | Linux.SOCK_NONBLOCK, 0));
    SocketAddress name = box.name();
    box.ok(box.bind(reader, name));
    int connected = box.keep(box.sys.socket(Linux.AF_UNIX, Linux.SOCK_DGRAM, 0));
    int other = box.keep(box.sys.socket(Linux.AF_UNIX, Linux.SOCK_DGRAM, 0));
    box.ok(box.connect(connected, name));
    for (int i = 0; i < 11; i++) {
      assertEquals(1, box.sendTo(other, "x", name));
    }
    List<Future<Integer>> senders = new ArrayList<>();
    senders.add(started(own -> own.sendTo(other, "y", name)));
    senders.add(started(own -> own.write(connected, "z")));
    assertEquals("'x'", box.read(reader, 9));
    assertEquals(0, onlyOneOf(senders));
    assertEquals("'x'", box.read(reader, 9));
    assertEquals(1, end(senders.get(1)));
    Future<Integer> late = started(own -> own.write(connected, "z"));
    box.close(reader);
    assertEquals("ECONNREFUSED", Box.say(end(late)));
  }

  @Test
  void connectsToAFullBacklog_areServedInTheOrderTheyCame() throws Exception {
    int listener = box.unix();
    SocketAddress name = box.name();
    box.ok(box.bind(listener, name));
    box.ok(box.sys.listen(listener, 0));
    box.ok(box.connect(box.unix(), name));
    List<Future<Integer>> calls = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      int client = blocking(box.unix());
      calls.add(started(own -> own.connect(client, name)));
    }
    box.keep(box.sys.accept4(listener, 0, 0, 0));
    assertEquals(0, onlyOneOf(calls));
    box.keep(box.sys.accept4(listener, 0, 0, 0));
    assertEquals("0", Box.say(end(calls.get(1))));
  }

  @Test
  void nonBlockingFlag_setWhileACallSleeps_isForTheNextCall() throws Exception {
    int counter = blocking(box.eventfd(0));
    int[] p = box.unixPair();
    blocking(p[0]);
    int listener = blocking(box.listener(1));
    List<Future<?>> calls = new ArrayList<>();
    calls.add(started(own -> own.readLong(counter)));
    calls.add(started(own -> own.read(p[0], 9)));
    calls.add(started(own -> own.sys.accept4(listener, 0, 0, 0)));
    for (int fd : new int[] {counter, p[0], listener}) {
      box.ok(box.sys.fcntl(fd, Linux.F_SETFL, Linux.O_NONBLOCK));
    }
    box.ok(box.sys.shutdown(p[0], Linux.SHUT_WR)); // wakes, and brings nothing
    box.ok(box.sys.shutdown(listener, Linux.SHUT_WR));
    pass(GRACE_MILLIS);
    assertTrue(calls.stream().noneMatch(Future::isDone));
    box.writeLong(counter, 7);
    box.write(p[1], "x");
    box.ok(box.sys.shutdown(listener, Linux.SHUT_RD));
    assertEquals("7", end(calls.get(0)));
    assertEquals("'x'", end(calls.get(1)));
    assertEquals("EINVAL", Box.say((Integer) end(calls.get(2))));
  }

  @Test
  void accept_whileItSleeps_holdsItsNumber() throws Exception {
    int listener = blocking(box.listener(4));
    SocketAddress address = box.localAddress(listener);
    int client = box.tcp();
    int free = box.ok(box.sys.dup(listener));
    box.ok(box.sys.close(free));
    Future<Integer> accept = started(own -> own.sys.accept4(listener, 0, 0, 0));
    int other = box.keep(box.sys.dup(listener));
    assertNotEquals(free, other);
    int _ = box.connect(client, address);
    box.keep(end(accept));
  }

  // ---- timeouts

  @Test
  void receiveTimeout_endsReceiveAndAccept() throws Exception {
    int udp = box.udp();
    box.ok(box.bind(udp, Box.loopback(0)));
    int[] unix = box.unixPair();
    int[] tcp = box.tcpPair();
    for (int fd : new int[] {udp, unix[1], tcp[1]}) {
      timeout(blocking(fd), Linux.SO_RCVTIMEO);
      assertEquals("EAGAIN", end(started(own -> own.recv(fd, 1, 0))));
      assertEquals("EAGAIN", end(started(own -> own.read(fd, 1))));
    }
    for (int[] pair : List.of(unix, tcp)) {
      box.write(pair[0], "ab");
      box.awaitAvailable(pair[1], 2);
      assertEquals("'ab'", end(started(own -> own.recv(pair[1], 3, Linux.MSG_WAITALL))));
    }
    int listener = timeout(blocking(box.listener(1)), Linux.SO_RCVTIMEO);
    assertEquals("EAGAIN", Box.say(end(started(own -> own.sys.accept4(listener, 0, 0, 0)))));
  }

  @Test
  void sendTimeout_endsSend() throws Exception {
    for (int[] pair : List.of(box.tcpPair(), box.unixPair())) {
      box.ok(box.set(pair[0], Linux.SOL_SOCKET, Linux.SO_SNDBUF, 10_000));
      box.ok(box.set(pair[1], Linux.SOL_SOCKET, Linux.SO_RCVBUF, 10_000));
      timeout(blocking(pair[0]), Linux.SO_SNDTIMEO);
      int part = end(started(own -> own.write(pair[0], 1 << 20)));
      assertTrue(part > 0 && part < 1 << 20, () -> Box.say(part));
      assertEquals("EAGAIN", Box.say(end(started(own -> own.write(pair[0], 1 << 20)))));
    }
    int[] p = box.pair(Linux.SOCK_DGRAM);
    box.fill(p[0], 1);
    timeout(blocking(p[0]), Linux.SO_SNDTIMEO);
    assertEquals("EAGAIN", Box.say(end(started(own -> own.write(p[0], 1)))));
  }

  @Test
  void sendTimeout_endsConnect() throws Exception {
    int unix = box.unix();
    SocketAddress name = box.name();
    box.ok(box.bind(unix, name));
    box.ok(box.sys.listen(unix, 0));
    box.ok(box.connect(box.unix(), name));
    int one = timeout(blocking(box.unix()), Linux.SO_SNDTIMEO);
    assertEquals("EAGAIN", Box.say(end(started(own -> own.connect(one, name)))));

    int tcp = box.listener(0);
    SocketAddress address = box.localAddress(tcp);
    int first = box.tcp();
    int _ = box.connect(first, address);
    box.awaitMask(first, Linux.POLLOUT);
    int two = timeout(blocking(box.tcp()), Linux.SO_SNDTIMEO);
    assertEquals("EINPROGRESS", Box.say(end(started(own -> own.connect(two, address)))));
    assertEquals("EALREADY", Box.say(end(started(own -> own.connect(two, address)))));
  }
}
