package dev.pollux.model;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Linux;
import dev.pollux.sys.Offsets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.UnixAddress;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Transfers that meet, behind good memory, an address where there is none; on any kernel. */
abstract class BadMemoryContract {

  private static final long NO_MEMORY = 8;
  private static final int ROOM = 1 << 17;
  private static final int PAGE = 4_096;
  private static final int PIPE_BYTES = 16 * PAGE;
  private static final int UNIX_PIECE = 36_544;

  /** Long enough for a call that does not block to have returned. */
  private static final int GRACE_MILLIS = 20;

  private static final long DEADLINE_SECONDS = 10;

  final Box box = new Box(sys());
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment good = arena.allocate(ROOM, 8);
  private final MemorySegment iovecs = arena.allocate(2L * Linux.SIZEOF_IOVEC, 8);
  private final MemorySegment header = arena.allocate(Linux.SIZEOF_MSGHDR, 8);
  private final MemorySegment control = arena.allocate(Linux.SIZEOF_CMSGHDR + 8L, 8);

  /** A call that wrongly blocks for ever does not keep the virtual machine alive. */
  private final ExecutorService pool =
      Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory());

  abstract Sys sys();

  @AfterEach
  void closeAll() {
    pool.shutdownNow();
    box.close();
    arena.close();
  }

  /** The result of a call that blocks until this has happened. */
  int during(Callable<Integer> call, Runnable action) throws Exception {
    CompletableFuture<Thread> entering = new CompletableFuture<>();
    Callable<Integer> task =
        () -> {
          boolean _ = entering.complete(Thread.currentThread());
          return call.call();
        };
    Future<Integer> result = pool.submit(task);
    box.letBlock(entering.join(), result, GRACE_MILLIS);
    action.run();
    return result.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  private int blocking(int fd) {
    box.ok(box.sys.fcntl(fd, Linux.F_SETFL, 0));
    return fd;
  }

  /** Two ranges: so many bytes that are there, and so many that are not. */
  private long ranges(int goodBytes, int badBytes) {
    iovecs.set(JAVA_LONG, Offsets.IOVEC__IOV_BASE, good.address());
    iovecs.set(JAVA_LONG, Offsets.IOVEC__IOV_LEN, goodBytes);
    iovecs.set(JAVA_LONG, Linux.SIZEOF_IOVEC + Offsets.IOVEC__IOV_BASE, NO_MEMORY);
    iovecs.set(JAVA_LONG, Linux.SIZEOF_IOVEC + Offsets.IOVEC__IOV_LEN, badBytes);
    return iovecs.address();
  }

  /** A message of these ranges. */
  private long message(int goodBytes, int badBytes) {
    header.fill((byte) 0);
    header.set(JAVA_LONG, Offsets.MSGHDR__MSG_IOV, ranges(goodBytes, badBytes));
    header.set(JAVA_LONG, Offsets.MSGHDR__MSG_IOVLEN, 2);
    return header.address();
  }

  /** A message of these ranges, with a descriptor beside the bytes. */
  private long messageWith(int fd, int goodBytes, int badBytes) {
    long message = message(goodBytes, badBytes);
    long size = (long) Linux.SIZEOF_CMSGHDR + Integer.BYTES;
    control.set(JAVA_LONG, Offsets.CMSGHDR__CMSG_LEN, size);
    control.set(JAVA_INT, Offsets.CMSGHDR__CMSG_LEVEL, Linux.SOL_SOCKET);
    control.set(JAVA_INT, Offsets.CMSGHDR__CMSG_TYPE, Linux.SCM_RIGHTS);
    control.set(JAVA_INT, Linux.SIZEOF_CMSGHDR, fd);
    header.set(JAVA_LONG, Offsets.MSGHDR__MSG_CONTROL, control.address());
    header.set(JAVA_LONG, Offsets.MSGHDR__MSG_CONTROLLEN, control.byteSize());
    return message;
  }

  // ---- pieces

  @Test
  void unixRead_badBehindAPiece_takesThePieceAndLeavesTheNext() {
    int[] p = box.unixPair();
    assertEquals(10, box.write(p[0], 10));
    assertEquals(5, box.write(p[0], 5));
    long message = message(10, 10);
    assertEquals("10", Box.say(box.sys.recvmsg(p[1], message, Linux.MSG_PEEK)));
    assertEquals("10", Box.say(box.sys.readv(p[1], ranges(10, 10), 2)));
    assertEquals(5, box.available(p[1]));
    assertEquals("EFAULT", Box.say(box.sys.readv(p[1], ranges(2, 10), 2)));
    assertEquals("5", Box.say(box.readSome(p[1], 100)));
    assertEquals("EAGAIN", Box.say(box.readSome(p[1], 100)));
    assertEquals("OUT", Box.maskText(box.mask(p[1])));
    assertEquals(3, box.write(p[0], 3));
    assertEquals("3", Box.say(box.readSome(p[1], 100)));
  }

  @Test
  void unixWrite_badBehindAPiece_sendsThePiece() {
    int[] p = box.unixPair();
    assertEquals(UNIX_PIECE, box.sys.writev(p[0], ranges(UNIX_PIECE + 100, 1_000), 2));
    assertEquals(UNIX_PIECE, box.drain(p[1]));
    assertEquals("EFAULT", Box.say(box.sys.writev(p[0], ranges(100, 1_000), 2)));
    assertEquals(0, box.drain(p[1]));
  }

  /** How large a piece is depends on what the running kernel has at hand. */
  @Test
  void tcpWrite_badBehindALot_sendsTheWholePieces() {
    int all = 70_000;
    int[] t = box.tcpPair();
    int sent = box.sys.writev(t[0], ranges(all, 50), 2);
    assertTrue(sent > 0 && sent <= all, () -> Box.say(sent));
    box.awaitAvailable(t[1], sent);
    assertEquals(sent, box.drain(t[1]));
    assertEquals("EFAULT", Box.say(box.sys.writev(t[0], ranges(0, 50), 2)));
  }

  @Test
  void pipeWrite_badBehindAPage_writesThePageAndDoesNotWait() throws Exception {
    int[] p = box.pipe();
    int epoll = box.epoll();
    box.ok(box.add(epoll, p[0], Linux.EPOLLIN | Linux.EPOLLET));
    long ranges = ranges(PAGE + 100, PAGE);
    int fd = blocking(p[1]);
    assertEquals("4096", Box.say(during(() -> box.sys.writev(fd, ranges, 2), () -> {})));
    assertEquals(1, box.events(epoll).size());
    assertEquals(PAGE, box.drain(p[0]));
  }

  /** Which bytes are one piece is the running kernel's business; so many are in several. */
  @Test
  void tcpRead_badBehindAPiece_takesThePieceAndLeavesTheNext() {
    int all = 40_000 + 30_000;
    int[] t = box.tcpPair();
    assertEquals(40_000, box.write(t[0], 40_000));
    assertEquals(30_000, box.write(t[0], 30_000));
    box.awaitAvailable(t[1], all);
    int seen = box.sys.recvmsg(t[1], message(all - 1, 9), Linux.MSG_PEEK);
    assertTrue(seen > 0 && seen < all - 1, () -> Box.say(seen));
    assertEquals(all, box.available(t[1]));
    assertEquals(seen, box.sys.readv(t[1], ranges(all - 1, 9), 2));
    assertEquals(all - seen, box.available(t[1]));
    assertEquals("EFAULT", Box.say(box.sys.readv(t[1], ranges(100, 30_000), 2)));
    assertEquals(all - seen, box.drain(t[1]));
  }

  @Test
  void tcpRead_badBehindAPartOfOneWrite_takesWhatCameTogether() {
    int[] t = box.tcpPair();
    assertEquals(100_000, box.write(t[0], 100_000));
    box.awaitAvailable(t[1], 100_000);
    int read = box.sys.readv(t[1], ranges(99_999, 9), 2);
    assertTrue(read > 0 && read < 99_999, () -> Box.say(read));
    assertEquals(100_000 - read, box.drain(t[1]));
  }

  /** It does not wait for more, though it has less than all. */
  @Test
  void tcpWaitAll_badBehindAPiece_returnsThePiece() throws Exception {
    int[] t = box.tcpPair();
    assertEquals(40_000, box.write(t[0], 40_000));
    assertEquals(30_000, box.write(t[0], 30_000));
    box.awaitAvailable(t[1], 70_000);
    long message = message(69_999, 100_000);
    int fd = blocking(t[1]);
    int read = during(() -> box.sys.recvmsg(fd, message, Linux.MSG_WAITALL), () -> {});
    assertTrue(read > 0 && read < 69_999, () -> Box.say(read));
  }

  // ---- sends that take a buffer, and give it back

  /** What comes of a call, and whether the socket it uses has an edge of room then. */
  private String withEdge(int fd, IntSupplier call) {
    int epoll = box.epoll();
    box.ok(box.add(epoll, fd, Linux.EPOLLOUT | Linux.EPOLLET));
    assertEquals(1, box.events(epoll).size());
    String result = Box.say(call.getAsInt());
    boolean edge = !box.events(epoll).isEmpty();
    box.close(epoll);
    return edge ? result + ", edge" : result;
  }

  private int sendBad(int fd) {
    return box.sys.send(fd, NO_MEMORY, 9, Linux.MSG_NOSIGNAL);
  }

  @Test
  void send_badMemory_isAnEdgeOfRoom() {
    for (int type : new int[] {Linux.SOCK_STREAM, Linux.SOCK_DGRAM, Linux.SOCK_SEQPACKET}) {
      int[] p = box.pair(type);
      assertEquals("EFAULT, edge", withEdge(p[0], () -> sendBad(p[0])));
      assertEquals("EAGAIN", box.read(p[1], 9));
    }
    int[] p = box.unixPair();
    long ranges = ranges(UNIX_PIECE, 10);
    assertEquals(UNIX_PIECE + ", edge", withEdge(p[0], () -> box.sys.writev(p[0], ranges, 2)));
    int udp = box.udp();
    box.ok(box.connect(udp, Box.loopback(9)));
    assertEquals("EFAULT, edge", withEdge(udp, () -> sendBad(udp)));
    box.ok(box.sys.shutdown(udp, Linux.SHUT_WR));
    assertEquals("EPIPE", withEdge(udp, () -> sendBad(udp)));
  }

  @Test
  void send_badMemory_ofTcpAndPipesAndCounters_isNone() {
    int[] t = box.tcpPair();
    assertEquals("EFAULT", withEdge(t[0], () -> sendBad(t[0])));
    int[] pipe = box.pipe();
    assertEquals("EFAULT", withEdge(pipe[1], () -> box.sys.write(pipe[1], NO_MEMORY, 9)));
    int counter = box.eventfd(0);
    assertEquals("EFAULT", withEdge(counter, () -> box.sys.write(counter, NO_MEMORY, 8)));
  }

  /** The bytes are copied before it is looked for who takes them. */
  @Test
  void unixDatagram_badMemory_isFoundBeforeThereIsNoReceiver() {
    UnixAddress name = box.name();
    int target = box.keep(box.sys.socket(Linux.AF_UNIX, Linux.SOCK_DGRAM, 0));
    box.ok(box.bind(target, name));
    int fd = box.keep(box.sys.socket(Linux.AF_UNIX, Linux.SOCK_DGRAM | Linux.SOCK_NONBLOCK, 0));
    assertEquals("EFAULT, edge", withEdge(fd, () -> sendBad(fd)));
    assertEquals("ENOTCONN, edge", withEdge(fd, () -> box.send(fd, "x", 0)));
    box.ok(box.connect(fd, name));
    int sent = box.send(fd, "x", 0);
    while (sent == 1) {
      sent = box.send(fd, "x", 0);
    }
    assertEquals("EAGAIN", Box.say(sent));
    assertEquals("EFAULT", Box.say(sendBad(fd)));
    box.close(target);
    assertEquals("EFAULT, edge", withEdge(fd, () -> sendBad(fd)));
    assertEquals("ECONNREFUSED, edge", withEdge(fd, () -> box.send(fd, "x", 0)));
  }

  /** A peer that was shut before it connected has not told the other side. */
  @Test
  void unixSend_badMemory_isFoundBeforeThePeersEnd() {
    for (int type : new int[] {Linux.SOCK_STREAM, Linux.SOCK_SEQPACKET}) {
      UnixAddress name = box.name();
      int listener = box.keep(box.sys.socket(Linux.AF_UNIX, type, 0));
      box.ok(box.bind(listener, name));
      box.ok(box.sys.listen(listener, 1));
      int client = box.keep(box.sys.socket(Linux.AF_UNIX, type, 0));
      box.ok(box.sys.shutdown(client, Linux.SHUT_RD));
      box.ok(box.connect(client, name));
      int server = box.keep(box.sys.accept4(listener, 0, 0, Linux.SOCK_NONBLOCK));
      assertEquals("EFAULT, edge", withEdge(server, () -> sendBad(server)));
      assertEquals("EPIPE, edge", withEdge(server, () -> box.send(server, "x", 0)));
    }
  }

  // ---- lengths

  private static final long NEGATIVE = -1;
  private static final long NOBODYS = Long.MIN_VALUE; // the kernel's half
  private static final long LOW = 1 << 16; // nothing is there, but something could be

  @Test
  void length_negative_goesBeyondAllMemory() {
    int[] p = box.pipe();
    int[] t = box.tcpPair();
    long here = good.address();
    for (long length : new long[] {NEGATIVE, Long.MIN_VALUE, 1L << 62}) {
      for (int fd : new int[] {p[1], t[0], box.eventfd(0)}) {
        assertEquals("EFAULT", Box.say(box.sys.write(fd, here, length)));
      }
      for (int fd : new int[] {p[0], t[0], box.eventfd(0)}) {
        assertEquals("EFAULT", Box.say(box.sys.read(fd, here, length)));
      }
      assertEquals("EBADF", Box.say(box.sys.write(p[0], here, length)));
      assertEquals("EBADF", Box.say(box.sys.read(p[1], here, length)));
      assertEquals("EAGAIN", Box.say(box.sys.recv(t[0], here, length, 0))); // cut before
      assertEquals("EFAULT", Box.say(box.sys.send(t[0], NO_MEMORY, length, 0)));
    }
    assertEquals("EINVAL", Box.say(box.sys.write(box.eventfd(0), LOW, 1L << 46)));
  }

  /** Before it is looked at what is wrong with the memory. */
  @Test
  void fileThatCannotBeReadOrWritten_isInvalid() {
    int epoll = box.epoll();
    assertEquals("EINVAL", Box.say(box.sys.read(epoll, NOBODYS, 1)));
    assertEquals("EINVAL", Box.say(box.sys.write(epoll, NOBODYS, 0)));
    assertEquals("EINVAL", Box.say(box.sys.write(epoll, NOBODYS, NEGATIVE)));
    assertEquals("EINVAL", Box.say(box.sys.readv(epoll, NO_MEMORY, 2)));
    assertEquals("EINVAL", Box.say(box.sys.writev(epoll, NO_MEMORY, 2)));
    int timer = box.keep(box.sys.timerfdCreate(Linux.CLOCK_MONOTONIC, Linux.TFD_NONBLOCK));
    assertEquals("EINVAL", Box.say(box.sys.write(timer, NOBODYS, 1)));
    assertEquals("EFAULT", Box.say(box.sys.read(timer, NOBODYS, 1)));
  }

  private long range(int index, long address, long length) {
    long at = (long) index * Linux.SIZEOF_IOVEC;
    iovecs.set(JAVA_LONG, at + Offsets.IOVEC__IOV_BASE, address);
    iovecs.set(JAVA_LONG, at + Offsets.IOVEC__IOV_LEN, length);
    return iovecs.address();
  }

  @Test
  void lengthOfARange_negative_isInvalidBeforeAnyAddressIsBad() {
    int fd = box.eventfd(0);
    long _ = range(0, NOBODYS, 1);
    assertEquals("EINVAL", Box.say(box.sys.writev(fd, range(1, good.address(), NEGATIVE), 2)));
    assertEquals("EINVAL", Box.say(box.sys.readv(fd, range(1, good.address(), NEGATIVE), 2)));
    assertEquals("EFAULT", Box.say(box.sys.writev(fd, range(1, good.address(), 8), 2)));
    // A single range is cut to what one call moves, before it is looked at.
    long huge = range(0, LOW, 1L << 62);
    assertEquals("EINVAL", Box.say(box.sys.writev(fd, huge, 1))); // no number has this size
    assertEquals("EFAULT", Box.say(box.sys.writev(fd, huge, 2)));
    assertEquals("EINVAL", Box.say(box.sys.writev(fd, range(0, LOW, NEGATIVE), 1)));
  }

  // ---- after a wait

  @Test
  void waitAll_badBehindWhatCameFirst_returnsThat() throws Exception {
    for (int[] pair : new int[][] {box.tcpPair(), box.unixPair()}) {
      assertEquals(50, box.write(pair[0], 50));
      box.awaitAvailable(pair[1], 50);
      long message = message(50, 10);
      int fd = blocking(pair[1]);
      int received =
          during(
              () -> box.sys.recvmsg(fd, message, Linux.MSG_WAITALL),
              () -> assertEquals(10, box.write(pair[0], 10)));
      assertEquals("50", Box.say(received));
      box.awaitAvailable(pair[1], 10);
      assertEquals(10, box.readSome(pair[1], 100));
    }
  }

  @Test
  void pipeWrite_badBehindWhatFitted_returnsThat() throws Exception {
    int[] p = box.pipe();
    long ranges = ranges(PIPE_BYTES, 100);
    int fd = blocking(p[1]);
    int written =
        during(
            () -> box.sys.writev(fd, ranges, 2), () -> assertEquals(PIPE_BYTES, box.drain(p[0])));
    assertEquals("65536", Box.say(written));
    assertEquals("EAGAIN", Box.say(box.readSome(p[0], 9)));
  }

  // ---- files that were sent along

  @Test
  void read_ofAMessageWithFiles_badMemory_closesThem() {
    for (int type : new int[] {Linux.SOCK_DGRAM, Linux.SOCK_SEQPACKET}) {
      int[] p = box.pair(type);
      int[] pipe = box.pipe();
      assertEquals(4, box.sys.sendmsg(p[0], messageWith(pipe[1], 4, 0), 0));
      box.close(pipe[1]);
      assertEquals("0", Box.maskText(box.mask(pipe[0])));
      assertEquals("EFAULT", Box.say(box.sys.read(p[1], NO_MEMORY, 4)));
      assertEquals("HUP", Box.maskText(box.mask(pipe[0])));
    }
  }

  @Test
  void send_ofAMessageWithFiles_badMemory_closesThem() {
    for (int type : new int[] {Linux.SOCK_STREAM, Linux.SOCK_DGRAM, Linux.SOCK_SEQPACKET}) {
      int[] p = box.pair(type);
      int[] pipe = box.pipe();
      assertEquals("EFAULT", Box.say(box.sys.sendmsg(p[0], messageWith(pipe[1], 0, 4), 0)));
      box.close(pipe[1]);
      assertEquals("HUP", Box.maskText(box.mask(pipe[0])));
      assertEquals("EAGAIN", box.read(p[1], 9));
    }
  }
}
