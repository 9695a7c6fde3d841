package dev.pollux.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is seldom met: errors of sockets, lists that went from queue to queue, shortages, ends. */
class SeldomTest extends KqueueCase {

  private static final int ROUNDS = 30;
  private static final int WAITERS = 4;

  // ---- errors of sockets

  @Test
  void reset_isToldToWriteAlone_withItsErrno() throws Exception {
    int[] tcp = tcp();
    int _ = fill(tcp[0]);
    change(tcp[0], WRITE, ADD | CLEAR);
    assertEquals(List.of(), now());
    Sockets.linger(sys, tcp[1], 0);
    close(tcp[1]);
    assertEquals(List.of(writable(tcp[0], 0) + " EOF"), within(LONG));
    assertEquals(Errno.ECONNRESET, events.fflags(0));
  }

  @Test
  void errorOfADatagram_isToldOnce() throws Exception {
    int gone = mine(Sockets.datagram(sys, ANY));
    SocketAddress address = Sockets.localAddress(sys, gone);
    close(gone);
    int fd = mine(Sockets.open(sys, Linux.AF_INET, Linux.SOCK_DGRAM));
    boolean _ = Sockets.connect(sys, fd, address);
    change(fd, WRITE, ADD);
    write(fd, 1);
    List<Integer> told = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      assertEquals(1, within(LONG).size());
      told.add(events.fflags(0));
    }
    told.removeIf(errno -> errno == 0);
    assertTrue(told.size() <= 1, told::toString);
    assertEquals(0, events.fflags(0));
  }

  // ---- lists and queues

  @Test
  void list_whoseWaitWasEndedByClose_isEmptyToAnotherQueue() throws Exception {
    int[] quiet = pipe();
    int[] ready = pipe();
    write(ready[1], 1);
    Kqueue other = another();
    other.change(quiet[0], READ, ADD, 0, 0, 8);
    Kevents list = Kevents.allocate(4);
    CountDownLatch isIn = new CountDownLatch(1);
    Thread waiting =
        Thread.ofPlatform()
            .start(() -> {
              isIn.countDown();
              assertThrows(
                  Exception.class,
                  () -> {
                    while (true) {
                      int _ = queue.kevent(null, list, FOR_EVER);
                    }
                  });
            });
    assertTrue(isIn.await(20, TimeUnit.SECONDS));
    change(ready[0], READ, ADD);
    queue.close();
    waiting.join();
    assertEquals(0, other.kevent(null, list, 0));
  }

  /** Those who wait on the instance that was before hear of the end as well. */
  @Test
  void close_behindAnInstanceMadeAnew_wakesAll() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      Kqueue each = another();
      int[] pipe = pipe();
      write(pipe[1], 1);
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < WAITERS; i++) {
        threads.add(
            Thread.ofPlatform()
                .start(() ->
                    assertThrows(
                        Exception.class,
                        () -> {
                          Kevents own = Kevents.allocate(2);
                          while (true) {
                            int _ = each.kevent(null, own, FOR_EVER);
                          }
                        })));
      }
      each.change(pipe[0], READ, ADD, 0, 0, 0);
      int copy = dup(pipe[0]);
      close(pipe[0]); // from now on the copy speaks for nobody, and all is made anew
      each.close();
      for (Thread thread : threads) {
        assertTrue(thread.join(java.time.Duration.ofSeconds(20)), "it waits still");
      }
      close(copy);
    }
  }
}
