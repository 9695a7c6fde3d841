package dev.pollux.model;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Linux;
import dev.pollux.sys.Offsets;
import dev.pollux.sys.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
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
    CountDownLatch entering = new CountDownLatch(1);
    Callable<Integer> task =
        () -> {
          entering.countDown();
          return call.call();
        };
    Future<Integer> result = pool.submit(task);
    entering.await();
    assertEquals(0, box.sys.poll(box.memory().address(), 0, GRACE_MILLIS));
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

  /** As above, with a descriptor beside the bytes. */
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
