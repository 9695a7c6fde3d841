package dev.pollux.model;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import java.lang.foreign.MemorySegment;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls that block their thread until another thread makes them return, on any kernel. */
abstract class BlockingContract {

  /** Long enough for a call that does not block to have returned. */
  private static final int GRACE_MILLIS = 20;

  private static final long DEADLINE_SECONDS = 10;
  private static final long NO_MEMORY = 8;

  final Box box = new Box(sys());
  @TempDir Path folder;

  private final ExecutorService pool = Executors.newCachedThreadPool();

  abstract Sys sys();

  @AfterEach
  void closeAll() {
    pool.close();
    box.close();
  }

  /** The result of a call in another thread, which must block until {@code end} has run. */
  private <T> T blocked(Callable<T> call, Runnable end) throws Exception {
    Future<T> result = started(call);
    boolean early = result.isDone();
    end.run();
    T value = result.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
    assertFalse(early, "did not block, and returned " + value);
    return value;
  }

  /** A call in another thread, which has had the time to block. */
  private <T> Future<T> started(Callable<T> call) throws Exception {
    CompletableFuture<Thread> entering = new CompletableFuture<>();
    Future<T> result =
        pool.submit(() -> {
          boolean _ = entering.complete(Thread.currentThread());
          return call.call();
        });
    box.letBlock(entering.join(), result, GRACE_MILLIS);
    return result;
  }

  private void setBlocking(int fd) {
    box.ok(box.sys.fcntl(fd, Linux.F_SETFL, 0));
  }

  @Test
  void read_blocksUntilWritten() throws Exception {
    int[] p = box.pipe();
    setBlocking(p[0]);
    try (Box other = new Box(box.sys)) {
      assertEquals("'x'", blocked(() -> other.read(p[0], 9), () -> box.write(p[1], "x")));
      assertEquals("''", blocked(() -> other.read(p[0], 9), () -> box.close(p[1])));
    }
  }

  @Test
  void write_blocksUntilAllIsWritten() throws Exception {
    int[] p = box.pipe();
    setBlocking(p[1]);
    try (Box other = new Box(box.sys)) {
      int written = blocked(() -> other.write(p[1], 100_000), () -> readAll(p[0], 100_000));
      assertEquals(100_000, written);
    }
  }

  private void readAll(int fd, int count) {
    int left = count;
    while (left > 0) {
      box.poll(fd, Linux.POLLIN, -1);
      left -= box.ok(box.readSome(fd, left));
    }
  }

  @Test
  void pipeReader_thatHasNoMemory_leavesTheWakeUpToTheNext() throws Exception {
    int[] p = box.pipe();
    setBlocking(p[0]);
    try (Box other = new Box(box.sys)) {
      Future<Integer> first = started(() -> other.sys.read(p[0], NO_MEMORY, 9));
      Future<String> second = started(() -> other.read(p[0], 9));
      box.write(p[1], "hello");
      assertEquals("EFAULT", Box.say(first.get(DEADLINE_SECONDS, TimeUnit.SECONDS)));
      assertEquals("'hello'", second.get(DEADLINE_SECONDS, TimeUnit.SECONDS));
    } finally {
      box.close(p[1]); // which ends a read that was not woken
    }
  }

  @Test
  void pipeWriter_thatHasNoMemory_leavesTheWakeUpToTheNext() throws Exception {
    int[] p = box.pipe();
    box.fill(p[1], 4_096);
    setBlocking(p[1]);
    try (Box other = new Box(box.sys)) {
      Future<Integer> first = started(() -> other.sys.write(p[1], NO_MEMORY, 9));
      Future<Integer> second = started(() -> other.write(p[1], "x"));
      assertEquals(4_096, box.readSome(p[0], 4_096));
      assertEquals("EFAULT", Box.say(first.get(DEADLINE_SECONDS, TimeUnit.SECONDS)));
      assertEquals(1, second.get(DEADLINE_SECONDS, TimeUnit.SECONDS));
    } finally {
      box.close(p[0]); // which ends a write that was not woken
    }
  }

  @Test
  void send_blocksUntilThePeerReads() throws Exception {
    int[] p = box.unixPair();
    setBlocking(p[0]);
    try (Box other = new Box(box.sys)) {
      int written = blocked(() -> other.write(p[0], 900_000), () -> readAll(p[1], 900_000));
      assertEquals(900_000, written);
    }
  }

  @Test
  void accept_blocksUntilSomebodyConnects() throws Exception {
    int listener = box.listener(4);
    setBlocking(listener);
    SocketAddress address = box.localAddress(listener);
    int client = box.tcp();
    int server =
        blocked(() -> box.sys.accept4(listener, 0, 0, 0), () -> box.connect(client, address));
    box.keep(server);
  }

  @Test
  void accept_endsWhenTheListenerIsShutDown() throws Exception {
    int listener = box.listener(4);
    setBlocking(listener);
    int result =
        blocked(
            () -> box.sys.accept4(listener, 0, 0, 0),
            () -> box.sys.shutdown(listener, Linux.SHUT_RD));
    assertEquals("EINVAL", Box.say(result));
  }

  @Test
  void connect_toAFullUnixBacklog_blocksUntilAccepted() throws Exception {
    int listener = box.unix();
    SocketAddress name = box.name();
    box.ok(box.bind(listener, name));
    box.ok(box.sys.listen(listener, 0));
    box.ok(box.connect(box.unix(), name));
    int client = box.unix();
    setBlocking(client);
    try (Box other = new Box(box.sys)) {
      int result =
          blocked(
              () -> other.connect(client, name),
              () -> box.keep(box.sys.accept4(listener, 0, 0, 0)));
      assertEquals("0", Box.say(result));
    }
  }

  @Test
  void connect_thatIsRefused_saysSo() {
    int unused = box.tcp();
    box.ok(box.bind(unused, Box.loopback(0)));
    int client = box.tcp();
    setBlocking(client);
    assertEquals("ECONNREFUSED", Box.say(box.connect(client, box.localAddress(unused))));
  }

  @Test
  void recv_endsWithThePeersEnd() throws Exception {
    int[] t = box.tcpPair();
    setBlocking(t[0]);
    try (Box other = new Box(box.sys)) {
      assertEquals("'x'", blocked(() -> other.recv(t[0], 9, 0), () -> box.write(t[1], "x")));
      assertEquals("EAGAIN", other.recv(t[0], 9, Linux.MSG_DONTWAIT));
      assertEquals("''", blocked(() -> other.recv(t[0], 9, 0), () -> box.close(t[1])));
    }
  }

  private int disconnect(int fd) {
    box.memory().set(JAVA_SHORT, 0, (short) Linux.AF_UNSPEC);
    return box.sys.connect(fd, box.memory().address(), Linux.SIZEOF_SOCKADDR_IN);
  }

  @Test
  void recv_whileTheSocketIsDisconnected_isABrokenPipe() throws Exception {
    int[] t = box.tcpPair();
    setBlocking(t[0]);
    try (Box other = new Box(box.sys)) {
      assertEquals("EPIPE", blocked(() -> other.recv(t[0], 9, 0), () -> disconnect(t[0])));
      assertEquals("ECONNRESET", box.error(t[0])); // it is left for the next call
    }
  }

  @Test
  void recv_whileTheSocketIsDisconnected_keepsWhatItHas() throws Exception {
    int[] t = box.tcpPair();
    setBlocking(t[0]);
    box.write(t[1], "ab");
    box.awaitAvailable(t[0], 2);
    try (Box other = new Box(box.sys)) {
      int all = Linux.MSG_WAITALL;
      assertEquals("'ab'", blocked(() -> other.recv(t[0], 9, all), () -> disconnect(t[0])));
    }
  }

  @Test
  void recv_whileTheSocketIsConnectedAnew_endsAllTheSame() throws Exception {
    int listener = box.listener(4);
    SocketAddress address = box.localAddress(listener);
    int client = box.tcp();
    setBlocking(client);
    box.ok(box.connect(client, address));
    Runnable anew =
        () -> {
          box.ok(disconnect(client));
          box.ok(box.connect(client, address));
        };
    try (Box other = new Box(box.sys)) {
      assertEquals("EPIPE", blocked(() -> other.recv(client, 9, 0), anew));
      assertEquals("0", box.error(client));
    }
  }

  @Test
  void connect_whileTheSocketIsDisconnected_isABrokenPipe() throws Exception {
    int listener = box.listener(0);
    SocketAddress address = box.localAddress(listener);
    int first = box.tcp();
    int _ = box.connect(first, address);
    box.awaitMask(first, Linux.POLLOUT);
    int second = box.tcp();
    setBlocking(second);
    try (Box other = new Box(box.sys)) {
      int result = blocked(() -> other.connect(second, address), () -> disconnect(second));
      assertEquals("EPIPE", Box.say(result));
      assertEquals("ECONNRESET", box.error(second));
    }
  }

  /** Two that slept: each takes a page. A write that finds room adds to the last one. */
  @Test
  void pipe_writesThatWaited_beginAPageEach() throws Exception {
    int[] p = box.pipe();
    long all = box.fill(p[1], 4_096);
    setBlocking(p[1]);
    Runnable two = () -> assertEquals(8_192, box.readSome(p[0], 8_192));
    try (Box one = new Box(box.sys);
        Box other = new Box(box.sys)) {
      Callable<Integer> second = () -> blocked(() -> other.write(p[1], 1), two);
      assertEquals(1, blocked(() -> one.write(p[1], 1), () -> assertEquals(1, call(second))));
    }
    box.ok(box.sys.fcntl(p[1], Linux.F_SETFL, Linux.O_NONBLOCK));
    assertEquals(0, box.fill(p[1], 4_096));
    assertEquals(all - 8_192 + 2, box.available(p[0]));
  }

  private static <T> T call(Callable<T> call) {
    try {
      return call.call();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void epoll_emptySet_wakesForADescriptorAddedMeanwhile() throws Exception {
    int ep = box.epoll();
    int fd = box.eventfd(1);
    try (Box other = new Box(box.sys)) {
      int count = blocked(() -> other.wait(ep, 1, -1), () -> box.add(ep, fd, Linux.EPOLLIN));
      assertEquals(1, count);
    }
  }

  @Test
  void timer_armedWhileOthersWait_wakesThem() throws Exception {
    int ep = box.epoll();
    int timer = box.keep(box.sys.timerfdCreate(Linux.CLOCK_MONOTONIC, Linux.TFD_NONBLOCK));
    box.ok(box.add(ep, timer, Linux.EPOLLIN));
    try (Box other = new Box(box.sys)) {
      int count =
          blocked(
              () -> other.wait(ep, 1, -1),
              () -> {
                box.memory().asSlice(0, Linux.SIZEOF_ITIMERSPEC).fill((byte) 0);
                box.memory().set(JAVA_LONG, 24, 1_000_000);
                box.ok(box.sys.timerfdSettime(timer, 0, box.memory().address(), 0));
              });
      assertEquals(1, count);
    }
  }

  @Test
  void eventfd_writeWithoutRoom_blocksUntilItIsRead() throws Exception {
    int fd = box.eventfd(0);
    box.writeLong(fd, -2); // the most it can hold
    setBlocking(fd);
    try (Box other = new Box(box.sys)) {
      int written =
          blocked(
              () -> other.writeLong(fd, 5),
              () -> assertEquals("18446744073709551614", box.readLong(fd)));
      assertEquals(8, written);
      assertEquals("5", box.readLong(fd));
      assertEquals("7", blocked(() -> other.readLong(fd), () -> box.writeLong(fd, 7)));
    }
  }

  /** Not a bad descriptor: that is only what is none when the call begins. */
  @Test
  void select_descriptorClosedMeanwhile_countsAsReadyOnceItLooks() throws Exception {
    int[] p = box.pipe();
    int[] q = box.pipe();
    MemorySegment sets = box.sets(2 * 1_024);
    for (int fd : new int[] {p[0], q[0]}) {
      long word = fd / Long.SIZE * (long) Long.BYTES;
      sets.set(JAVA_LONG, word, sets.get(JAVA_LONG, word) | 1L << fd);
      sets.set(JAVA_LONG, 128 + word, sets.get(JAVA_LONG, word));
    }
    int most = Math.max(p[0], q[0]) + 1;
    long address = sets.address();
    int ready =
        blocked(
            () -> box.sys.select(most, address, 0, address + 128, 0),
            () -> {
              box.close(p[0]);
              box.write(q[1], "x");
            });
    assertEquals(3, ready); // the closed one in both sets, and the other to be read
    long word = p[0] / Long.SIZE * (long) Long.BYTES;
    assertEquals(1, sets.get(JAVA_LONG, word) >>> p[0] & 1);
    assertEquals(1, sets.get(JAVA_LONG, 128 + word) >>> p[0] & 1);
  }

  @Test
  void inotify_read_blocksUntilSomethingHappens() throws Exception {
    int notify = box.keep(box.sys.inotifyInit1(Linux.IN_CLOEXEC));
    try (Box other = new Box(box.sys)) {
      String path = folder + "/f";
      if (box.sys instanceof ModelSys model) {
        model.putFile(path, new byte[0]);
      } else {
        Files.createFile(Path.of(path));
      }
      box.memory().setString(0, path);
      long name = box.memory().address();
      assertEquals(1, box.sys.inotifyAddWatch(notify, name, Linux.IN_OPEN));
      int read =
          blocked(
              () -> other.readSome(notify, 99),
              () -> box.keep(box.sys.open(name, Linux.O_RDONLY | Linux.O_CLOEXEC, 0)));
      assertEquals(Linux.SIZEOF_INOTIFY_EVENT, read);
    }
  }
}
