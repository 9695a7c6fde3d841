package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.model.ModelSys;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** One call for many connections. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.Setup#kernels")
class GroupTest extends NetCase {

  private static Payload payload(String text) {
    return Payload.copyOf(ascii(text));
  }

  private List<Pair> members(ConnectionGroup group, int count) throws Exception {
    List<Pair> members = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Pair pair = pair(new Recorder());
      group.add(pair.connection());
      members.add(pair);
    }
    quiet();
    return members;
  }

  private void gets(Pair member, String text) throws Exception {
    until(text, () -> member.peer().read().text().equals(text));
  }

  @Test
  void broadcast_reachesAll_butTheExcepted() throws Exception {
    ConnectionGroup group = ConnectionGroup.over(List.of(loop));
    List<Pair> members = members(group, 3);
    group.add(members.getFirst().connection()); // it is one already
    assertEquals(3, group.size());
    assertTrue(group.broadcast(payload("one ")));
    assertTrue(group.broadcast(payload("two"), members.getFirst().connection()));
    gets(members.getFirst(), "one ");
    gets(members.get(1), "one two");
    gets(members.get(2), "one two");
    group.remove(members.get(1).connection());
    group.remove(members.get(1).connection());
    assertEquals(2, group.size());
    assertTrue(group.broadcast(payload(".")));
    gets(members.get(2), "one two.");
    gets(members.getFirst(), "one .");
    gets(members.get(1), "one two");
  }

  @Test
  void member_thatHasEnded_isForgotten() throws Exception {
    ConnectionGroup group = ConnectionGroup.over(List.of(loop));
    List<Pair> members = members(group, 3);
    members.getFirst().connection().reset();
    untilClosed(members.getFirst());
    assertTrue(group.broadcast(payload("x")));
    assertEquals(2, group.size());
    group.add(members.getFirst().connection());
    assertEquals(2, group.size());
    gets(members.getLast(), "x");
  }

  /** Nobody broadcasts here, but members come and go. */
  @Test
  void members_thatHaveEnded_doNotHeapUp() throws Exception {
    ConnectionGroup group = ConnectionGroup.over(List.of(loop));
    for (int i = 0; i < 200; i++) {
      Pair pair = unixPair(new Recorder(), options);
      group.add(pair.connection());
      pair.connection().reset();
      turn();
      pair.peer().close();
    }
    assertTrue(group.size() <= 16, group.size() + " members");
  }

  @Test
  void slowMember_isGivenUp_andTheOthersGetAll() throws Exception {
    ConnectionGroup group = ConnectionGroup.over(List.of(loop));
    options = options.withLowWaterBytes(100).withHighWaterBytes(200).withMaxQueuedBytes(1_000);
    List<Pair> members = members(group, 3);
    int deaf = members.get(1).connection().fd();
    probe.inject(
        (call, arguments) -> writes(call) && arguments[0].equals(deaf) ? -Errno.EAGAIN : null);
    String line = "x".repeat(300);
    for (int i = 0; i < 10; i++) {
      assertTrue(group.broadcast(payload(line)));
      turn();
    }
    untilClosed(members.get(1));
    assertEquals(CloseReason.LIMIT, members.get(1).handler().cause.reason());
    gets(members.getFirst(), line.repeat(10));
    gets(members.getLast(), line.repeat(10));
    assertEquals(2, group.size());
  }

  /** Who is told that one is slow removes another, which has its end behind what it was sent. */
  @Test
  void member_removedDuringABroadcast_isNotToldIt() throws Exception {
    List<Connection> leaving = new ArrayList<>();
    ConnectionGroup[] group = {null};
    group[0] =
        ConnectionGroup.over(
            List.of(loop), (_, _) -> leaving.forEach(member -> group[0].remove(member)));
    options = options.withLowWaterBytes(100).withHighWaterBytes(200).withMaxQueuedBytes(1_000);
    List<Pair> members = members(group[0], 3);
    int deaf = members.getFirst().connection().fd();
    probe.inject(
        (call, arguments) -> writes(call) && arguments[0].equals(deaf) ? -Errno.EAGAIN : null);
    assertTrue(group[0].broadcast(payload("first ")));
    leaving.add(members.get(1).connection());
    String line = "x".repeat(300);
    assertTrue(group[0].broadcast(payload(line)));
    assertEquals(2, group[0].size());
    gets(members.getLast(), "first " + line);
    gets(members.get(1), "first ");
  }

  @Test
  void member_withAWayOfItsOwn_isSentByThat_andEndsByWhatItThrows() throws Exception {
    List<WriteResult> told = new ArrayList<>();
    ConnectionGroup group = ConnectionGroup.over(List.of(loop), (_, result) -> told.add(result));
    List<Pair> members = members(group, 1);
    Pair framed = pair(new Recorder());
    group.add(framed.connection(), payload -> framed.connection().write("<" + payload + ">"));
    Pair refusing = pair(new Recorder());
    group.add(refusing.connection(), _ -> WriteResult.REFUSED);
    Pair failing = pair(new Recorder());
    group.add(
        failing.connection(),
        _ -> {
          throw new IllegalStateException("boom");
        });
    quiet();
    assertTrue(group.broadcast(payload("all")));
    gets(members.getFirst(), "all");
    gets(framed, "<payload of 3 bytes>");
    assertEquals(List.of(WriteResult.REFUSED), told);
    untilClosed(failing);
    assertEquals(CloseReason.HANDLER_FAILED, failing.handler().cause.reason());
    assertTrue(refusing.connection().isOpen());
  }

  @Test
  void slow_isTold_andWhatItThrowsEndsThatMember() throws Exception {
    List<String> told = new ArrayList<>();
    List<ConnectionGroup> itself = new ArrayList<>();
    ConnectionGroup group =
        ConnectionGroup.over(
            List.of(loop),
            (member, result) -> {
              told.add(member.fd() + " " + result);
              itself.getFirst().remove(member); // while the group is walked through
              throw new IllegalStateException("slow");
            });
    itself.add(group);
    options = options.withLowWaterBytes(100).withHighWaterBytes(200).withMaxQueuedBytes(1_000);
    List<Pair> members = members(group, 2);
    int deaf = members.getFirst().connection().fd();
    probe.inject(
        (call, arguments) -> writes(call) && arguments[0].equals(deaf) ? -Errno.EAGAIN : null);
    assertTrue(group.broadcast(payload("x".repeat(300))));
    assertEquals(List.of(deaf + " FULL"), told);
    untilClosed(members.getFirst());
    assertEquals(CloseReason.HANDLER_FAILED, members.getFirst().handler().cause.reason());
    assertEquals(1, reported.size(), reported::toString);
    gets(members.getLast(), "x".repeat(300));
  }

  @Test
  void connectionOfAnotherLoop_isRefused() throws Exception {
    try (EventLoop other = EventLoop.open(sys, LoopOptions.DEFAULT)) {
      ConnectionGroup group = ConnectionGroup.over(List.of(other));
      Pair pair = pair(new Recorder());
      assertThrows(IllegalArgumentException.class, () -> group.add(pair.connection()));
      group.remove(pair.connection());
      assertEquals(0, group.size());
    }
  }

  /** The loops have threads of their own, and the caller another. */
  @Test
  void broadcast_fromAnyThread_reachesMembersOfEachLoop_inOrder() throws Exception {
    Sys kernel = model == null ? sys : ModelSys.threads(System::nanoTime);
    try (LoopGroup loops = LoopGroup.start(kernel, 2, LoopOptions.DEFAULT)) {
      ConnectionGroup group = ConnectionGroup.over(loops.loops());
      List<Raw> peers = new ArrayList<>();
      for (EventLoop each : List.of(loops.loops().get(0), loops.loops().get(1))) {
        for (int i = 0; i < 2; i++) {
          int[] fds = Sockets.pair(kernel, Linux.AF_UNIX, Linux.SOCK_STREAM);
          peers.add(new Raw(kernel, fds[1]));
          boolean _ =
              OnLoop.run(
                  each,
                  () -> group.add(Connection.adopt(each, fds[0], options, GroupTest::ignore)));
        }
      }
      assertEquals(4, group.size());
      StringBuilder all = new StringBuilder();
      for (int i = 0; i < 100; i++) {
        String text = i + " ";
        assertTrue(group.broadcast(payload(text)));
        all.append(text);
      }
      boolean _ = OnLoop.run(loops.loops().getFirst(), () -> group.broadcast(payload("end")));
      for (Raw peer : peers) {
        NetBox.until("all", () -> peer.read().text().equals(all + "end"));
        peer.close();
      }
    }
  }

  @Test
  void loopWhoseQueueIsFull_isTold_andCounted() throws Exception {
    Thread[] thread = new Thread[1];
    try (EventLoop full = EventLoop.open(sys, LoopOptions.DEFAULT.withTaskCapacity(2))) {
      ConnectionGroup group = ConnectionGroup.over(List.of(full));
      int[] fds = Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
      Connection member = Connection.adopt(full, fds[0], options, GroupTest::ignore);
      group.add(member);
      List<Boolean> answers = new ArrayList<>();
      thread[0] =
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < 10; i++) {
                  answers.add(group.broadcast(payload("x")));
                }
              });
      thread[0].join();
      assertTrue(answers.getFirst());
      assertFalse(answers.getLast());
      long refused = answers.stream().filter(answer -> !answer).count();
      assertEquals(refused, NetStats.of(full).refused(Limit.LOOP_TASKS));
      int _ = sys.close(fds[1]);
    }
  }

  /** What a policy is told: on which call, and of whom. */
  private static final class Told implements ConnectionGroup.Slow {
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private boolean throwing;
    private Consumer<Connection> onSlow = _ -> {};

    @Override
    public void slow(Connection member, WriteResult result) {
      onSlow.accept(member);
      log.add(member.attachment() + " " + result);
    }

    @Override
    public void missed(EventLoop loop, int members, Payload payload) {
      log.add(members + " missed " + payload.sizeBytes() + " bytes");
      if (throwing) {
        throw new IllegalStateException("own");
      }
    }
  }

  private static void elsewhere(Runnable code) throws InterruptedException {
    Thread thread = Thread.ofPlatform().start(code);
    thread.join();
  }

  /** Fills the task queue of the loop, so that what others broadcast is missed. */
  private void fillTasks() {
    while (loop.offer(() -> {})) {}
  }

  private List<Pair> named(ConnectionGroup group, String... names) throws Exception {
    List<Pair> members = members(group, names.length);
    for (int i = 0; i < names.length; i++) {
      members.get(i).connection().attach(names[i]);
    }
    return members;
  }

  @Test
  void missed_isToldAtOnce_andEachMemberBeforeTheNextBroadcast() throws Exception {
    Told told = new Told();
    ConnectionGroup group = ConnectionGroup.over(List.of(loop), told);
    List<Pair> members = named(group, "a", "b");
    fillTasks();
    for (int i = 0; i < 3; i++) {
      elsewhere(() -> assertFalse(group.broadcast(payload("lost"))));
    }
    assertEquals(Collections.nCopies(3, "2 missed 4 bytes"), told.log);
    assertEquals(3, NetStats.of(loop).refused(Limit.LOOP_TASKS));
    told.log.clear();
    until("told, though nobody broadcasts", () -> told.log.size() == 2);
    assertEquals(List.of("a REFUSED", "b REFUSED"), told.log);
    until("room", () -> loop.offer(() -> {}));
    elsewhere(() -> assertTrue(group.broadcast(payload("next"))));
    quiet();
    assertTrue(group.broadcast(payload(".")));
    assertEquals(2, told.log.size(), told.log::toString);
    gets(members.getFirst(), "next.");
    gets(members.getLast(), "next.");
  }

  /** Who brings itself up to date when it hears of a hole is not given what is older after that. */
  @Test
  void missed_isToldBehindWhatCameBeforeIt() throws Exception {
    Told told = new Told();
    ConnectionGroup group = ConnectionGroup.over(List.of(loop), told);
    Pair member = named(group, "a").getFirst();
    List<Integer> sentBefore = new ArrayList<>();
    told.onSlow = by -> sentBefore.add(member.peer().read().size() + by.queuedBytes());
    int[] taken = {0};
    elsewhere(() -> {
      while (group.broadcast(payload("."))) {
        taken[0]++;
      }
    });
    assertTrue(taken[0] > 1, "the queue has room for some");
    Connection late = pair(new Recorder()).connection();
    group.add(late);
    until("told", () -> told.log.contains("a REFUSED"));
    until("all", () -> member.peer().read().size() == taken[0]);
    assertEquals(List.of("1 missed 1 bytes", "a REFUSED"), told.log);
    assertEquals(List.of(taken[0]), sentBefore);
  }

  /** Who came later missed nothing, nor did whom it was not for. */
  @Test
  void missed_isToldToWhoMissedIt() throws Exception {
    Told told = new Told();
    ConnectionGroup group = ConnectionGroup.over(List.of(loop), told);
    List<Pair> members = named(group, "a", "b", "c");
    Connection except = members.get(1).connection();
    for (boolean both : new boolean[] {false, true}) {
      fillTasks();
      elsewhere(() -> assertFalse(group.broadcast(payload("lost"), except)));
      elsewhere(() -> assertFalse(group.broadcast(payload("lost"), both ? null : except)));
      told.log.clear();
      Connection late = pair(new Recorder()).connection();
      List<String> expected =
          both ? List.of("a REFUSED", "b REFUSED", "c REFUSED") : List.of("a REFUSED", "c REFUSED");
      group.add(late);
      until("told", () -> told.log.size() >= expected.size());
      assertEquals(expected, told.log);
      assertTrue(group.broadcast(payload("next")));
      assertEquals(expected, told.log);
      group.remove(late);
    }
  }

  /** By default a member with a hole in its stream is given up, and gets nothing behind it. */
  @Test
  void missed_byDefault_isAReset() throws Exception {
    ConnectionGroup group = ConnectionGroup.over(List.of(loop));
    Pair member = members(group, 1).getFirst();
    assertTrue(group.broadcast(payload("one")));
    fillTasks();
    elsewhere(() -> assertFalse(group.broadcast(payload("two"))));
    untilClosed(member);
    elsewhere(() -> assertTrue(group.broadcast(payload("three"))));
    quiet();
    assertEquals(CloseReason.LIMIT, member.handler().cause.reason());
    assertEquals(0, group.size());
    untilPeerIsOver(member.peer());
    assertFalse(member.peer().text().contains("three"), member.peer().text());
  }

  @Test
  void missed_thatThrows_comesOut_andOthersAreReached() throws Exception {
    Told told = new Told();
    told.throwing = true;
    try (EventLoop other = EventLoop.open(sys, LoopOptions.DEFAULT)) {
      ConnectionGroup group = ConnectionGroup.over(List.of(loop, other), told);
      List<Pair> members = named(group, "a");
      int[] fds = Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
      Raw peer = raw(fds[1]);
      group.add(Connection.adopt(other, fds[0], ConnectionOptions.DEFAULT, GroupTest::ignore));
      fillTasks();
      List<Throwable> thrown = new ArrayList<>();
      elsewhere(() ->
          thrown.add(
              assertThrows(IllegalStateException.class, () -> group.broadcast(payload("news")))));
      assertEquals("own", thrown.getFirst().getMessage());
      until("news", () -> turnsTo(other, peer).equals("news"));
      assertEquals(1, members.size());
    }
  }

  private static String turnsTo(EventLoop other, Raw peer) {
    try {
      int _ = other.runOnce(0);
    } catch (SysException e) {
      throw new UncheckedIOException(e);
    }
    return peer.read().text();
  }

  private static boolean writes(String call) {
    return call.equals("send") || call.equals("writev");
  }

  private static void ignore(Connection connection, ByteBuffer data) {
    var _ = data.position(data.limit());
  }
}
