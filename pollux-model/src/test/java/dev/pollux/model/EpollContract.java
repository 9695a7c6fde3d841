package dev.pollux.model;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What epoll does, on any kernel. */
abstract class EpollContract {

  private static final int IN = Linux.EPOLLIN;
  private static final int OUT = Linux.EPOLLOUT;
  private static final int ET = Linux.EPOLLET;
  private static final int ONESHOT = Linux.EPOLLONESHOT;
  private static final int EXCLUSIVE = Linux.EPOLLEXCLUSIVE;
  private static final int MOD = Linux.EPOLL_CTL_MOD;
  private static final List<String> NOTHING = List.of();

  final Box box = new Box(sys());

  abstract Sys sys();

  @AfterEach
  void closeAll() {
    box.close();
  }

  private static List<String> event(int fd, String mask) {
    return List.of(fd + ":" + mask);
  }

  // ---- errors, in their order

  @Test
  void create_withBadArguments_isInvalid() {
    assertEquals("EINVAL", Box.say(box.sys.epollCreate(0)));
    assertEquals("EINVAL", Box.say(box.sys.epollCreate1(1)));
    box.keep(box.sys.epollCreate(1));
  }

  @Test
  void control_errors_comeInLinuxOrder() {
    int ep = box.epoll();
    int fd = box.eventfd(0);
    int file = box.keep(devNull());
    assertEquals("EFAULT", Box.say(box.sys.epollCtl(ep, Linux.EPOLL_CTL_ADD, ep, 0)));
    assertEquals("EFAULT", Box.say(box.sys.epollCtl(-1, 99, -1, 0)));
    assertEquals("EINVAL", Box.say(box.delete(ep, ep)));
    assertEquals("EBADF", Box.say(box.add(-1, fd, IN)));
    assertEquals("EBADF", Box.say(box.add(ep, 9_999, IN)));
    assertEquals("EPERM", Box.say(box.add(ep, file, IN)));
    assertEquals("EPERM", Box.say(box.control(fd, 99, file, 0, 0)));
    assertEquals("EINVAL", Box.say(box.add(fd, fd, IN)));
    assertEquals("EINVAL", Box.say(box.add(fd, ep, IN)));
    assertEquals("ENOENT", Box.say(box.modify(ep, fd, IN)));
    assertEquals("ENOENT", Box.say(box.delete(ep, fd)));
    box.ok(box.add(ep, fd, IN));
    assertEquals("EEXIST", Box.say(box.add(ep, fd, IN)));
    assertEquals("EINVAL", Box.say(box.control(ep, 99, fd, IN, 0)));
    assertEquals("0", Box.say(box.delete(ep, fd)));
  }

  private int devNull() {
    box.memory().setString(0, "/dev/null");
    return box.sys.open(box.memory().address(), Linux.O_RDWR, 0);
  }

  @Test
  void filesWithoutPoll_areAlwaysReadyAndRefused() {
    box.memory().setString(0, "/");
    long path = box.memory().address();
    assertEquals("EISDIR", Box.say(box.sys.open(path, Linux.O_RDWR, 0)));
    int directory = box.keep(box.sys.open(path, Linux.O_RDONLY, 0));
    int nothing = box.keep(devNull());
    for (int fd : new int[] {directory, nothing}) {
      assertEquals("EPERM", Box.say(box.add(box.epoll(), fd, IN)));
      assertEquals("IN|OUT", Box.maskText(box.mask(fd)));
    }
    assertEquals("EISDIR", box.read(directory, 1));
    assertEquals("''", box.read(nothing, 1));
    assertEquals(5, box.write(nothing, 5));
  }

  @Test
  void wait_errors_comeInLinuxOrder() {
    int ep = box.epoll();
    int fd = box.eventfd(0);
    long events = box.eventsAddress();
    assertEquals("EINVAL", Box.say(box.sys.epollWait(ep, events, 0, 0)));
    assertEquals("EINVAL", Box.say(box.sys.epollWait(ep, events, -1, 0)));
    assertEquals("EINVAL", Box.say(box.sys.epollWait(ep, events, Integer.MAX_VALUE, 0)));
    assertEquals("EBADF", Box.say(box.sys.epollWait(9_999, events, 0, 0)));
    assertEquals("EINVAL", Box.say(box.sys.epollWait(fd, events, 1, 0)));
    assertEquals("0", Box.say(box.sys.epollWait(ep, 0, 1, 0)));
    box.ok(box.add(ep, fd, OUT));
    assertEquals("EFAULT", Box.say(box.sys.epollWait(ep, 0, 1, 0)));
    assertEquals(event(fd, "OUT"), box.events(ep));
    assertEquals("EINVAL", box.read(ep, 8));
    assertEquals("EINVAL", Box.say(box.write(ep, 8)));
  }

  @Test
  void exclusive_rules_areKept() {
    int ep = box.epoll();
    int fd = box.eventfd(1);
    assertEquals("EINVAL", Box.say(box.add(ep, fd, IN | EXCLUSIVE | ONESHOT)));
    assertEquals("EINVAL", Box.say(box.add(ep, fd, IN | EXCLUSIVE | Linux.EPOLLRDHUP)));
    assertEquals("EINVAL", Box.say(box.add(ep, fd, IN | EXCLUSIVE | Linux.EPOLLPRI)));
    assertEquals("EINVAL", Box.say(box.add(ep, box.epoll(), IN | EXCLUSIVE)));
    assertEquals("0", Box.say(box.add(ep, fd, IN | EXCLUSIVE | ET)));
    assertEquals("EINVAL", Box.say(box.modify(ep, fd, IN)));
    assertEquals("EINVAL", Box.say(box.modify(ep, fd, IN | EXCLUSIVE)));
    assertEquals(event(fd, "IN"), box.events(ep));
    assertEquals("EINVAL", Box.say(box.modify(ep, box.eventfd(0), IN | EXCLUSIVE)));
  }

  // ---- modes

  @Test
  void level_whileReadable_comesEachTime() {
    int ep = box.epoll();
    int[] p = box.pipe();
    box.ok(box.add(ep, p[0], IN));
    assertEquals(NOTHING, box.events(ep));
    box.write(p[1], "ab");
    assertEquals(event(p[0], "IN"), box.events(ep));
    box.read(p[0], 1);
    assertEquals(event(p[0], "IN"), box.events(ep));
    box.read(p[0], 1);
    assertEquals(NOTHING, box.events(ep));
  }

  @Test
  void edge_comesOncePerArrival() {
    int ep = box.epoll();
    int[] p = box.unixPair();
    box.ok(box.add(ep, p[0], IN | ET));
    box.write(p[1], "a");
    box.write(p[1], "b");
    assertEquals(event(p[0], "IN"), box.events(ep));
    assertEquals(NOTHING, box.events(ep));
    box.write(p[1], "c");
    assertEquals(event(p[0], "IN"), box.events(ep));
    box.read(p[0], 1);
    assertEquals(NOTHING, box.events(ep));
  }

  @Test
  void edge_onReadyDescriptor_comesAtAddAndAtModify() {
    int ep = box.epoll();
    int fd = box.eventfd(1);
    box.ok(box.add(ep, fd, IN | ET));
    assertEquals(event(fd, "IN"), box.events(ep));
    assertEquals(NOTHING, box.events(ep));
    box.ok(box.modify(ep, fd, IN | ET));
    assertEquals(event(fd, "IN"), box.events(ep));
    assertEquals(NOTHING, box.events(ep));
  }

  @Test
  void edge_ofAnEventfd_comesWithEveryWrite() {
    int ep = box.epoll();
    int fd = box.eventfd(1);
    box.ok(box.add(ep, fd, IN | ET));
    assertEquals(event(fd, "IN"), box.events(ep));
    box.writeLong(fd, 1);
    assertEquals(event(fd, "IN"), box.events(ep));
    box.readLong(fd);
    assertEquals(NOTHING, box.events(ep));
  }

  @Test
  void edge_ofAPipe_comesWithAFailedWriteToo() {
    int ep = box.epoll();
    int[] p = box.pipe();
    box.ok(box.add(ep, p[0], IN | ET));
    box.fill(p[1], 4_096);
    assertEquals(event(p[0], "IN"), box.events(ep));
    assertEquals("EAGAIN", Box.say(box.write(p[1], 1)));
    assertEquals(event(p[0], "IN"), box.events(ep));
  }

  @Test
  void edge_forWriting_comesWhenAFullPipeGetsRoom() {
    int ep = box.epoll();
    int[] p = box.pipe();
    box.ok(box.add(ep, p[1], OUT | ET));
    assertEquals(event(p[1], "OUT"), box.events(ep));
    box.write(p[1], 5_000);
    box.read(p[0], 5_000);
    assertEquals(NOTHING, box.events(ep));
    box.fill(p[1], 4_096);
    assertEquals(NOTHING, box.events(ep));
    box.read(p[0], 100);
    assertEquals(NOTHING, box.events(ep));
    box.read(p[0], 4_096);
    assertEquals(event(p[1], "OUT"), box.events(ep));
  }

  @Test
  void edge_forWriting_ofAUnixSocketComesWithEachChunkRead() {
    int ep = box.epoll();
    int[] p = box.unixPair();
    box.ok(box.add(ep, p[1], OUT | ET));
    assertEquals(event(p[1], "OUT"), box.events(ep));
    box.write(p[1], "ab");
    assertEquals(NOTHING, box.events(ep));
    box.read(p[0], 1);
    assertEquals(NOTHING, box.events(ep));
    box.read(p[0], 1);
    assertEquals(event(p[1], "OUT"), box.events(ep));
  }

  @Test
  void edge_forReading_isNotRaisedByNewsForWriting() {
    int ep = box.epoll();
    int[] p = box.unixPair();
    box.ok(box.add(ep, p[0], IN | ET));
    box.write(p[1], "unread");
    assertEquals(event(p[0], "IN"), box.events(ep));
    box.write(p[0], "x");
    box.read(p[1], 9); // tells the other side that it may write
    assertEquals(NOTHING, box.events(ep));
  }

  @Test
  void oneshot_fired_isDeafToAllUntilModified() {
    int ep = box.epoll();
    int[] p = box.unixPair();
    box.ok(box.add(ep, p[0], IN | ONESHOT));
    box.write(p[1], "a");
    assertEquals(event(p[0], "IN"), box.events(ep));
    box.write(p[1], "b");
    box.close(p[1]);
    assertEquals(NOTHING, box.events(ep));
    box.ok(box.control(ep, MOD, p[0], IN | ONESHOT, 7));
    assertEquals(event(7, "IN|HUP"), box.events(ep));
    assertEquals(NOTHING, box.events(ep));
  }

  @Test
  void interestInNothing_stillReportsErrorAndHangup() {
    int ep = box.epoll();
    int[] p = box.unixPair();
    box.ok(box.add(ep, p[0], 0));
    box.write(p[1], "a");
    assertEquals(NOTHING, box.events(ep));
    box.close(p[1]);
    assertEquals(event(p[0], "HUP"), box.events(ep));
    box.ok(box.modify(ep, p[0], Linux.EPOLLRDHUP));
    assertEquals(event(p[0], "HUP|RDHUP"), box.events(ep));
  }

  @Test
  void modify_changesMaskAndData() {
    int ep = box.epoll();
    int fd = box.eventfd(1);
    box.ok(box.add(ep, fd, IN));
    box.ok(box.control(ep, MOD, fd, OUT, -5));
    assertEquals(event(-5, "OUT"), box.events(ep));
  }

  // ---- order

  @Test
  void order_isFirstInFirstOutAndRotates() {
    int ep = box.epoll();
    int[] fds = {box.eventfd(0), box.eventfd(0), box.eventfd(0)};
    for (int fd : fds) {
      box.ok(box.add(ep, fd, IN));
    }
    box.writeLong(fds[2], 1);
    box.writeLong(fds[0], 1);
    box.writeLong(fds[1], 1);
    assertEquals(event(fds[2], "IN"), box.events(ep, 1, 0));
    assertEquals(event(fds[0], "IN"), box.events(ep, 1, 0));
    assertEquals(event(fds[1], "IN"), box.events(ep, 1, 0));
    assertEquals(event(fds[2], "IN"), box.events(ep, 1, 0));
    assertEquals(List.of(fds[0] + ":IN", fds[1] + ":IN", fds[2] + ":IN"), box.events(ep, 9, 0));
    assertEquals(List.of(fds[0] + ":IN", fds[1] + ":IN", fds[2] + ":IN"), box.events(ep, 9, 0));
  }

  @Test
  void readiness_goneBeforeDelivery_isNotReported() {
    int ep = box.epoll();
    int fd = box.eventfd(0);
    box.ok(box.add(ep, fd, IN));
    box.writeLong(fd, 1);
    box.readLong(fd);
    assertEquals(NOTHING, box.events(ep, 1, 1));
  }

  @Test
  void events_mergeIntoOneWithAllBits() {
    int ep = box.epoll();
    int[] p = box.unixPair();
    box.ok(box.add(ep, p[0], IN | OUT | ET | Linux.EPOLLRDHUP));
    assertEquals(event(p[0], "OUT"), box.events(ep));
    box.write(p[1], "a");
    box.ok(box.sys.shutdown(p[1], Linux.SHUT_WR));
    assertEquals(event(p[0], "IN|OUT|RDHUP"), box.events(ep));
    assertEquals(NOTHING, box.events(ep));
  }

  // ---- descriptors and descriptions

  @Test
  void close_ofTheOnlyDescriptor_removesTheItem() {
    int ep = box.epoll();
    int fd = box.high(box.eventfd(1));
    box.ok(box.add(ep, fd, IN));
    box.close(fd);
    assertEquals(NOTHING, box.events(ep));
    assertEquals("EBADF", Box.say(box.delete(ep, fd)));
    assertEquals(fd, box.high(box.eventfd(1)));
    assertEquals("ENOENT", Box.say(box.delete(ep, fd)));
    assertEquals("0", Box.say(box.add(ep, fd, IN)));
  }

  @Test
  void close_ofOneOfTwoDuplicates_leavesTheItemWithoutAHandle() {
    int ep = box.epoll();
    int fd = box.high(box.eventfd(1));
    int copy = box.keep(box.sys.dup(fd));
    box.ok(box.add(ep, fd, IN));
    box.close(fd);
    assertEquals(event(fd, "IN"), box.events(ep));
    assertEquals("EBADF", Box.say(box.delete(ep, fd)));
    assertEquals("ENOENT", Box.say(box.delete(ep, copy)));
    assertEquals(fd, box.sys.dup3(copy, fd, 0));
    box.keep(fd);
    assertEquals("0", Box.say(box.delete(ep, fd)));
    assertEquals(NOTHING, box.events(ep));
  }

  @Test
  void duplicates_areTwoItems() {
    int ep = box.epoll();
    int fd = box.eventfd(0);
    int copy = box.keep(box.sys.dup(fd));
    box.ok(box.add(ep, fd, IN | ET));
    box.ok(box.add(ep, copy, IN));
    box.writeLong(fd, 1);
    assertEquals(2, box.events(ep).size());
    assertEquals(event(copy, "IN"), box.events(ep));
  }

  // ---- nesting

  @Test
  void nested_isReadableWhileTheInnerHasEvents() {
    int outer = box.epoll();
    int inner = box.epoll();
    int fd = box.eventfd(0);
    box.ok(box.add(inner, fd, IN));
    box.ok(box.add(outer, inner, IN));
    assertEquals(NOTHING, box.events(outer));
    box.writeLong(fd, 1);
    assertEquals(Linux.POLLIN, box.poll(inner, Linux.POLLIN, 0));
    assertEquals(event(inner, "IN"), box.events(outer));
    assertEquals(event(fd, "IN"), box.events(inner));
    box.readLong(fd);
    assertEquals(NOTHING, box.events(outer));
    assertEquals(0, box.poll(inner, Linux.POLLIN, 0));
  }

  @Test
  void nesting_deeperThanFive_isALoopError() {
    int[] e = new int[8];
    for (int i = 0; i < e.length; i++) {
      e[i] = box.epoll();
    }
    StringBuilder down = new StringBuilder();
    for (int i = 0; i < 7; i++) {
      down.append(Box.say(box.add(e[i], e[i + 1], IN))).append(' ');
    }
    assertEquals("0 0 0 0 ELOOP 0 0 ", down.toString());
    int[] f = new int[8];
    for (int i = 0; i < f.length; i++) {
      f[i] = box.epoll();
    }
    StringBuilder up = new StringBuilder();
    for (int i = 6; i >= 0; i--) {
      up.append(Box.say(box.add(f[i], f[i + 1], IN))).append(' ');
    }
    assertEquals("0 0 0 0 ELOOP 0 0 ", up.toString());
  }

  @Test
  void nesting_inACircle_isALoopError() {
    int a = box.epoll();
    int b = box.epoll();
    int c = box.epoll();
    box.ok(box.add(a, b, IN));
    box.ok(box.add(b, c, IN));
    assertEquals("ELOOP", Box.say(box.add(c, a, IN)));
    assertEquals("ELOOP", Box.say(box.add(b, a, IN)));
    assertEquals("EEXIST", Box.say(box.add(a, b, IN)));
  }

  @Test
  void nesting_withTooManyWays_isInvalid() {
    int top = box.epoll();
    int fd = box.eventfd(0);
    StringBuilder last = new StringBuilder();
    int count = 0;
    for (int i = 0; i < 520; i++) {
      int middle = box.epoll();
      box.ok(box.add(top, middle, IN));
      int result = box.add(middle, fd, IN);
      if (result < 0) {
        last.append(Box.say(result));
        break;
      }
      count++;
    }
    assertEquals("500 EINVAL", count + " " + last);
  }

  @Test
  void close_ofTheInner_removesItFromTheOuter() {
    int outer = box.epoll();
    int inner = box.high(box.epoll());
    box.ok(box.add(inner, box.eventfd(1), IN));
    box.ok(box.add(outer, inner, IN));
    box.close(inner);
    assertEquals(NOTHING, box.events(outer));
    assertEquals("EBADF", Box.say(box.delete(outer, inner)));
  }

  // ---- time

  @Test
  void wait_timesOut_neverEarly() {
    int ep = box.epoll();
    long start = box.sys.nanoTime();
    assertEquals(NOTHING, box.events(ep, 1, 2));
    assertEquals(true, box.sys.nanoTime() - start >= 2_000_000);
    start = box.sys.nanoTime();
    assertEquals(0, box.wait2(ep, 1, 1_234_567));
    assertEquals(true, box.sys.nanoTime() - start >= 1_234_567);
    assertEquals("EINVAL", Box.say(box.wait2(ep, 1, -1)));
  }

  @Test
  void wait_forATimer_endsWithIt() {
    int ep = box.epoll();
    int fd = box.keep(box.sys.timerfdCreate(Linux.CLOCK_MONOTONIC, Linux.TFD_NONBLOCK));
    box.memory().asSlice(0, 32).fill((byte) 0);
    box.memory().set(JAVA_LONG, 24, 1_000_000);
    box.ok(box.sys.timerfdSettime(fd, 0, box.memory().address(), 0));
    box.ok(box.add(ep, fd, IN | ET));
    assertEquals(event(fd, "IN"), box.events(ep, 1, -1));
    assertEquals(NOTHING, box.events(ep));
  }
}
