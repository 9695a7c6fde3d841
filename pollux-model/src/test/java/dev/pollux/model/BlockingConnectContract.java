package dev.pollux.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.pollux.sys.Linux;
import java.net.SocketAddress;
import java.util.Set;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Threads that wait for the outcome of a connect while others use the socket; on any kernel. */
abstract class BlockingConnectContract extends BlockingCase {

  /** The address of a listener without room for one more: who connects there, waits. */
  private SocketAddress full() {
    SocketAddress address = box.localAddress(box.listener(0));
    int first = box.tcp();
    int _ = box.connect(first, address);
    box.awaitMask(first, Linux.POLLOUT);
    return address;
  }

  @Test
  void connect_whileTheSocketIsShutDown_isReset_andMayBeMadeAgain() throws Exception {
    SocketAddress full = full();
    SocketAddress other = box.localAddress(box.listener(8));
    for (int how = Linux.SHUT_RD; how <= Linux.SHUT_RDWR; how++) {
      int fd = blocking(box.tcp());
      Future<Integer> connect = started(own -> own.connect(fd, full));
      assertFalse(connect.isDone());
      assertEquals("0", Box.say(box.sys.shutdown(fd, how)));
      assertEquals("ECONNRESET", Box.say(end(connect)));
      assertEquals("0", box.error(fd));
      assertEquals("0", Box.say(box.connect(fd, other)));
      box.close(fd);
    }
  }

  /** Who takes the outcome makes the socket fit for another connect, and cuts the others off. */
  @Test
  void connects_ofTwo_whileTheSocketIsShutDown_areResetAndCut() throws Exception {
    SocketAddress full = full();
    int fd = blocking(box.tcp());
    Future<Integer> one = started(own -> own.connect(fd, full));
    Future<Integer> two = started(own -> own.connect(fd, full));
    assertFalse(one.isDone() || two.isDone());
    box.ok(box.sys.shutdown(fd, Linux.SHUT_RDWR));
    Set<String> outcomes = Set.of(Box.say(end(one)), Box.say(end(two)));
    assertEquals(Set.of("ECONNRESET", "EPIPE"), outcomes);
  }
}
