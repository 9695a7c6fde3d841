package dev.pollux.inspect;

import static dev.pollux.inspect.MadeUp.EPFD;
import static dev.pollux.inspect.MadeUp.FD;
import static dev.pollux.inspect.MadeUp.LISTENER;
import static dev.pollux.inspect.MadeUp.item;
import static dev.pollux.inspect.MadeUp.server;
import static dev.pollux.inspect.MadeUp.tcp;
import static dev.pollux.inspect.MadeUp.test;
import static dev.pollux.inspect.MadeUp.unread;
import static dev.pollux.inspect.MadeUpThread.MAIN;
import static dev.pollux.inspect.MadeUpThread.OTHER;
import static dev.pollux.inspect.MadeUpThread.busy;
import static dev.pollux.inspect.MadeUpThread.computing;
import static dev.pollux.inspect.MadeUpThread.held;
import static dev.pollux.inspect.MadeUpThread.hot;
import static dev.pollux.inspect.MadeUpThread.moving;
import static dev.pollux.inspect.MadeUpThread.polling;
import static dev.pollux.inspect.MadeUpThread.queued;
import static dev.pollux.inspect.MadeUpThread.sleeping;
import static dev.pollux.inspect.MadeUpThread.stopped;
import static dev.pollux.inspect.MadeUpThread.waiting;
import static dev.pollux.inspect.MadeUpThread.warm;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.inspect.SocketState.State;
import dev.pollux.inspect.proc.Holders;
import dev.pollux.sys.Linux;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The rules about loops that spin, are held up, or take few events at a time. */
class LoopRulesTest {

  private static final int NEXT = 6; // another descriptor
  private static final int IN = Linux.EPOLLIN;
  private static final int OUT = Linux.EPOLLOUT;
  private static final int EDGE = Linux.EPOLLET;
  private static final int ONESHOT = Linux.EPOLLONESHOT;
  private static final int BATCH = 2; // events
  private static final int OUTER = 9; // another instance

  // ---- spins

  /** Its thread runs all the time, and was seen to wait on the instance before. */
  private static MadeUp spinning(int events) {
    return server(item(FD, events)).thread(hot(MAIN)).seen(sleeping(MAIN, EPFD));
  }

  private static MadeUp writable() {
    return spinning(IN | OUT).socket(FD, tcp());
  }

  private static SocketState moved(int look) {
    return tcp().withTraffic(0, 1000 + look);
  }

  @TestFactory
  List<DynamicTest> spin_whateverTheCause_isLikely() {
    int eventfd = FD;
    return List.of(
        test("writable", writable(), "writable-spin likely"),
        test(
            "writable_waitsForAProcessor", writable().thread(queued(MAIN)), "writable-spin likely"),
        test(
            "writable_somethingIsReady",
            writable().ready(true, true, true),
            "writable-spin likely"),
        test("ended", spinning(IN).socket(FD, tcp().in(State.CLOSE_WAIT)), "end-unread likely"),
        test(
            "ended_askedByHangUp",
            spinning(Linux.EPOLLRDHUP).socket(FD, tcp().in(State.CLOSE_WAIT)),
            "end-unread likely"),
        test("shut_inputAsked", spinning(IN).socket(FD, tcp().in(State.SHUT)), "end-unread likely"),
        test(
            "shut_nothingAsked",
            spinning(0).socket(FD, tcp().in(State.SHUT)),
            "hangup-on-empty-mask likely"),
        test(
            "closed_nothingAsked",
            spinning(0).socket(FD, tcp().in(State.CLOSED)),
            "hangup-on-empty-mask likely"),
        test(
            "pipeWithoutWriters",
            spinning(IN).file(FD, FileKind.PIPE, "read end"),
            new Holders().areAllSeen() ? "end-unread likely" : "end-unread possible"),
        test("unreadBytes", spinning(IN).socket(FD, unread(10)), "input-unread likely"),
        test(
            "eventfd",
            spinning(IN).file(eventfd, FileKind.EVENTFD, "count 3"),
            "input-unread likely"),
        test(
            "eventfd_countGrows",
            spinning(IN).file(eventfd, FileKind.EVENTFD, look -> "count " + (3 + look)),
            "input-unread likely"),
        test(
            "nested_seenOnTheOuterOne",
            server(item(FD, IN))
                .socket(FD, tcp().in(State.CLOSE_WAIT))
                .epoll(OUTER, item(EPFD, IN))
                .thread(hot(MAIN))
                .seen(sleeping(MAIN, OUTER)),
            "end-unread likely"),
        test(
            "timer",
            spinning(IN).file(FD, FileKind.TIMERFD, "off, ticks 4"),
            "input-unread likely"));
  }

  @TestFactory
  List<DynamicTest> spin_withADoubt_isPossible() {
    MadeUp notSeen = server(item(FD, IN | OUT)).socket(FD, tcp()).thread(hot(MAIN));
    MadeUp otherSeen =
        server(item(FD, IN | OUT))
            .socket(FD, tcp())
            .thread(hot(MAIN))
            .thread(held(OTHER, "futex"))
            .seen(sleeping(OTHER, EPFD));
    return List.of(
        test("readsFilesMeanwhile", writable().thread(busy(MAIN)), "writable-spin possible"),
        test("nobodyWasSeenThere", notSeen, "writable-spin possible"),
        test("anotherWasSeenThere", otherSeen, "writable-spin possible"),
        test(
            "itWasSeenElsewhere",
            server(item(FD, IN | OUT)).socket(FD, tcp()).thread(hot(MAIN)).seen(sleeping(MAIN, 99)),
            "writable-spin possible"),
        test("theInstanceWasGone", writable().seenWithoutInstances(), "writable-spin possible"),
        test("twoThreadsMakeCalls", writable().thread(hot(OTHER)), "writable-spin possible"),
        test(
            "anotherThreadComputes", writable().thread(computing(OTHER)), "writable-spin possible"),
        test(
            "theSocketIsInNoTable_nothingAsked",
            spinning(0).socket(FD, SocketState.unlisted(1)),
            "hangup-on-empty-mask possible"),
        test(
            "theSocketIsInNoTable_inputAsked",
            spinning(IN).socket(FD, SocketState.unlisted(1)),
            "end-unread possible"),
        test(
            "anotherItemHasUnreadBytes",
            spinningWithNext(IN).socket(NEXT, look -> unread(10 + look)),
            "writable-spin possible"),
        test(
            "anotherItemMoves",
            spinningWithNext(IN).socket(NEXT, LoopRulesTest::moved),
            "writable-spin possible"),
        test(
            "connectionsWaitAtTheListener",
            writable().socket(LISTENER, look -> MadeUp.listener(1 + look, 128)),
            "writable-spin possible"));
  }

  private static MadeUp spinningWithNext(int events) {
    return writable().items(item(FD, IN | OUT), item(NEXT, events));
  }

  @TestFactory
  List<DynamicTest> spin_withAReasonAgainst_isNone() {
    return List.of(
        test("theCulpritMoves", spinning(IN | OUT).socket(FD, LoopRulesTest::moved)),
        test("theEndedMoves", spinning(IN).socket(FD, look -> moved(look).in(State.CLOSE_WAIT))),
        test("somebodySleepsThere", writable().thread(sleeping(OTHER, EPFD))),
        test("somebodyPollsTheInstance", writable().thread(polling(OTHER, EPFD))),
        test("byEdge", spinning(IN | OUT | EDGE).socket(FD, tcp())),
        test("fired", spinning(ONESHOT).socket(FD, tcp().in(State.SHUT))),
        test(
            "itsMaskChanges",
            writable()
                .epoll(
                    EPFD,
                    look ->
                        new EpollSet(EPFD, List.of(item(FD, look == 1 ? IN : IN | OUT)), null))),
        test("outputNotAsked", spinning(IN).socket(FD, tcp())),
        test("outputWaits", spinning(IN | OUT).socket(FD, tcp().withQueues(0, 10))),
        test("nothingIsReady", writable().ready(false, false, false)),
        test("itMakesNoCalls", writable().thread(computing(MAIN))),
        test("itRunsHalfOfTheTime", writable().thread(warm(MAIN))),
        test(
            "itSleepsSinceTheSecondLook",
            writable().thread(look -> hot(MAIN).apply(Math.min(look, 1)))));
  }

  @TestFactory
  List<DynamicTest> inputUnread_thatIsRead_isNone() {
    return List.of(
        test(
            "eventfd_countFalls",
            spinning(IN).file(FD, FileKind.EVENTFD, look -> "count " + (9 - look))),
        test(
            "eventfd_countIsZeroOnce",
            spinning(IN).file(FD, FileKind.EVENTFD, look -> "count " + (look == 1 ? 0 : 3))),
        test("eventfd_inputNotAsked", spinning(OUT).file(FD, FileKind.EVENTFD, "count 3")),
        test("timer_withoutTicks", spinning(IN).file(FD, FileKind.TIMERFD, "due in 1 s, ticks 0")),
        test("bytesFall", spinning(IN).socket(FD, look -> unread(90 - look))),
        test("bytesGrow", spinning(IN).socket(FD, look -> unread(90 + look))));
  }

  // ---- loops that are held up

  private static MadeUp blocked() {
    return server(item(FD, IN)).socket(FD, unread(200)).thread(held(MAIN, "clock_nanosleep"));
  }

  @TestFactory
  List<DynamicTest> blockedLoop_ofAHeldThread_isLikely() {
    return List.of(
        test("inACall", blocked(), "blocked-loop likely"),
        test("computes", blocked().thread(computing(MAIN)), "blocked-loop likely"),
        test("bytesGrow", blocked().socket(FD, look -> unread(200 + look)), "blocked-loop likely"),
        test(
            "connectionsWait",
            blocked().socket(FD, tcp()).socket(LISTENER, MadeUp.listener(2, 128)),
            "blocked-loop likely"),
        test(
            "theReadyListTells",
            blocked().socket(FD, tcp()).ready(true, true, true),
            "blocked-loop likely"),
        test("othersAreInFutex", blocked().thread(held(OTHER, "futex")), "blocked-loop likely"),
        test(
            "anotherMoves_itIsKnown",
            blocked().thread(moving(OTHER, "read")).seen(sleeping(MAIN, EPFD)),
            "blocked-loop likely"),
        test(
            "severalAreHeld_itIsKnown",
            blocked().thread(held(OTHER, "read")).seen(sleeping(MAIN, EPFD)),
            "blocked-loop likely"),
        test(
            "knownInFutex",
            blocked().thread(held(MAIN, "futex")).seen(sleeping(MAIN, EPFD)),
            "blocked-loop likely"));
  }

  /** As below a low-water mark: there are bytes, and they are not told of. */
  @Test
  void blockedLoop_whereTheReadyListIsEmpty_isNone() {
    assertEquals(List.of(), blocked().ready(false, false, false).findings());
  }

  @Test
  void blockedLoop_ofAThreadThatWasSeenThere_namesItThoughItIsInFutex() {
    Finding found =
        blocked()
            .thread(held(MAIN, "futex"))
            .thread(held(OTHER, "read"))
            .seen(sleeping(MAIN, EPFD))
            .findings()
            .getFirst();
    assertEquals("thread " + MAIN + " (main)", found.subject());
    assertEquals(Confidence.LIKELY, found.confidence());
    assertTrue(
        found.evidence().contains("thread " + MAIN + " (main) is in futex"), found::toString);
  }

  @Test
  void blockedLoop_withoutASuspect_isOfTheInstance() {
    Finding found = blocked().thread(held(MAIN, "futex")).findings().getFirst();
    assertEquals("epoll " + EPFD, found.subject());
    assertEquals(Set.of(EPFD, FD), new TreeSet<>(found.fds()));
    assertEquals(Confidence.POSSIBLE, found.confidence());
  }

  @TestFactory
  List<DynamicTest> blockedLoop_withADoubt_isPossible() {
    return List.of(
        test("itMoves", blocked().thread(moving(MAIN, "read")), "blocked-loop possible"),
        test("anotherMoves", blocked().thread(moving(OTHER, "read")), "blocked-loop possible"),
        test("itWaitsForSignals", blocked().thread(held(MAIN, "pause")), "blocked-loop possible"),
        test(
            "itMoves_andIsKnown",
            blocked().thread(moving(MAIN, "read")).seen(sleeping(MAIN, EPFD)),
            "blocked-loop possible"),
        test("severalAreHeld", blocked().thread(held(OTHER, "read")), "blocked-loop possible"),
        test(
            "theKnownThreadIsGone",
            blocked().thread(held(OTHER, "read")).seen(sleeping(MadeUpThread.THIRD, EPFD)),
            "blocked-loop possible"),
        test("allAreInFutex", blocked().thread(held(MAIN, "futex")), "blocked-loop possible"),
        test("itPollsSomethingElse", blocked().thread(polling(MAIN, 0)), "blocked-loop possible"));
  }

  @TestFactory
  List<DynamicTest> blockedLoop_withAReasonAgainst_isNone() {
    return List.of(
        test(
            "aHotThreadMakesCalls",
            blocked().thread(hot(OTHER)).socket(FD, look -> unread(200 + look))),
        test("somebodySleepsThere", blocked().thread(sleeping(OTHER, EPFD))),
        test(
            "somebodySleepsOnAnOuterInstance",
            blocked().epoll(9, item(EPFD, IN)).thread(sleeping(OTHER, 9))),
        test(
            "somebodySleptThereOnce",
            blocked()
                .thread(
                    look -> (look == 1 ? sleeping(MAIN, EPFD) : held(MAIN, "read")).apply(look))),
        test("allAreStopped", blocked().thread(stopped(MAIN))),
        test("bytesFall", blocked().socket(FD, look -> unread(200 - look))),
        test("nothingIsUnread", blocked().socket(FD, tcp())),
        test("inputNotAsked", blocked().items(item(FD, OUT))),
        test("byEdge", blocked().items(item(FD, IN | EDGE))),
        test("theReadyListWasEmptyOnce", blocked().socket(FD, tcp()).ready(true, false, true)));
  }

  // ---- batches

  /** Eight sockets with bytes, of which two are taken at a time. */
  private static MadeUp smallBatch(int room, int count, int events) {
    EpollItem[] items = new EpollItem[count];
    for (int i = 0; i < count; i++) {
      items[i] = item(10 + i, events);
    }
    MadeUp process = server(items).thread(hot(MAIN)).seen(waiting(MAIN, EPFD, room, -1));
    for (EpollItem each : items) {
      process.socket(each.fd(), look -> unread(100 - look).withTraffic(0, look));
    }
    return process;
  }

  @TestFactory
  List<DynamicTest> smallBatch_ofManyThatAreReady_isLikelyUnlessSomethingIsAgainst() {
    MadeUp heldUp = smallBatch(BATCH, 8, IN).thread(held(MAIN, "read"));
    for (int fd = 10; fd < 18; fd++) {
      heldUp.socket(fd, unread(100));
    }
    MadeUp notSeen = smallBatch(BATCH, 8, IN).seenWithoutInstances();
    return List.of(
        test("roomForTwo_eightReady", smallBatch(BATCH, 8, IN), "small-batch likely"),
        test("roomForSixteen_64Ready", smallBatch(16, 64, IN), "small-batch likely"),
        test("heldUp_isNotBlockedBesides", heldUp, "small-batch likely"),
        test("roomForTwo_sevenReady", smallBatch(BATCH, 7, IN)),
        test("roomForSeventeen", smallBatch(17, 80, IN)),
        test("byEdge", smallBatch(BATCH, 8, IN | EDGE)),
        test("inputNotAsked", smallBatch(BATCH, 8, Linux.EPOLLRDHUP)),
        test("nothingIsReady", smallBatch(BATCH, 8, IN).ready(false, false, false)),
        test("itsRoomIsUnknown", notSeen),
        test("somebodySleepsThere", smallBatch(BATCH, 8, IN).thread(sleeping(OTHER, EPFD))),
        test(
            "itSleptThereOnce",
            smallBatch(BATCH, 8, IN)
                .thread(look ->
                    (look == 1 ? waiting(MAIN, EPFD, BATCH, -1) : held(MAIN, "read"))
                        .apply(look))));
  }
}
