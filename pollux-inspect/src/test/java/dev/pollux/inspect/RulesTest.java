package dev.pollux.inspect;

import static dev.pollux.inspect.MadeUp.EPFD;
import static dev.pollux.inspect.MadeUp.FD;
import static dev.pollux.inspect.MadeUp.LISTENER;
import static dev.pollux.inspect.MadeUp.item;
import static dev.pollux.inspect.MadeUp.listener;
import static dev.pollux.inspect.MadeUp.outbound;
import static dev.pollux.inspect.MadeUp.server;
import static dev.pollux.inspect.MadeUp.tcp;
import static dev.pollux.inspect.MadeUp.test;
import static dev.pollux.inspect.MadeUp.unread;
import static dev.pollux.inspect.MadeUp.unsent;
import static dev.pollux.inspect.MadeUpThread.MAIN;
import static dev.pollux.inspect.MadeUpThread.OTHER;
import static dev.pollux.inspect.MadeUpThread.held;
import static dev.pollux.inspect.MadeUpThread.sleeping;
import static dev.pollux.inspect.MadeUpThread.waiting;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.inspect.SocketState.Timer;
import dev.pollux.inspect.proc.Holders;
import dev.pollux.sys.Linux;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The rules about what waits in sockets and sets, on processes that are made up. */
class RulesTest {

  private static final int NEXT = 6; // another descriptor
  private static final int OUTER = 9; // another instance
  private static final int IN = Linux.EPOLLIN;
  private static final int EDGE = Linux.EPOLLET;
  private static final int ONESHOT = Linux.EPOLLONESHOT;
  private static final long OLD = MadeUp.SILENCE.toMillis();

  /** Who may not be seen may have the listener as well. */
  private static final String FULL =
      "out-of-descriptors " + (new Holders().areAllSeen() ? "certain" : "likely");

  /** Its one thread sleeps on its one instance for ever. */
  private static MadeUp quiet(EpollItem... items) {
    return server(items).thread(sleeping(MAIN, EPFD));
  }

  // ---- bytes that wait

  private static MadeUp lostEdge() {
    return quiet(item(FD, IN | EDGE)).socket(FD, unread(90));
  }

  private static MadeUp lostEdgeBeside(int events) {
    return lostEdge().items(item(FD, IN | EDGE), item(NEXT, events));
  }

  @TestFactory
  List<DynamicTest> lostEdge_withoutAReason_isLikely() {
    return List.of(
        test("readyListNotLookedAt", lostEdge(), "lost-edge likely"),
        test("readyListEmpty", lostEdge().ready(false, false, false), "lost-edge likely"),
        test("bytesGrow", lostEdge().socket(FD, look -> unread(90 + look)), "lost-edge likely"),
        test(
            "connectionsWait",
            quiet().epoll(EPFD, item(LISTENER, IN | EDGE)).socket(LISTENER, listener(3, 128)),
            "lost-edge likely"),
        test("anotherThreadInFutex", lostEdge().thread(held(OTHER, "futex")), "lost-edge likely"),
        test(
            "sleepsOnAnOuterInstance",
            lostEdge().epoll(OUTER, item(EPFD, IN)).thread(sleeping(MAIN, OUTER)),
            "lost-edge likely"),
        test(
            "watchesATimerThatIsOff",
            lostEdgeBeside(IN).file(NEXT, FileKind.TIMERFD, "off, ticks 0"),
            "lost-edge likely"),
        test(
            "hasATimerThatIsNotWatched",
            lostEdge().file(NEXT, FileKind.TIMERFD, "due in 5 s, ticks 0"),
            "lost-edge likely"),
        test("hasAnotherClient", lostEdgeBeside(IN).socket(NEXT, tcp()), "lost-edge likely"),
        test(
            "hasABackendThatIsNotWatched",
            lostEdge().socket(NEXT, outbound()),
            "lost-edge likely"));
  }

  @TestFactory
  List<DynamicTest> lostEdge_withAReason_isPossible() {
    return List.of(
        test(
            "finiteTimeout",
            lostEdge().thread(waiting(MAIN, EPFD, 256, 1000)),
            "lost-edge possible"),
        test(
            "unknownTimeout",
            lostEdge().thread(waiting(MAIN, EPFD, 256, SystemCall.UNKNOWN)),
            "lost-edge possible"),
        test(
            "timeoutOfAnother",
            lostEdge().epoll(OUTER).thread(waiting(OTHER, OUTER, 256, 1000)),
            "lost-edge possible"),
        test(
            "watchesATimer",
            lostEdgeBeside(IN).file(NEXT, FileKind.TIMERFD, "due in 5 s, ticks 0"),
            "lost-edge possible"),
        test(
            "outputHeldAtAnother",
            lostEdge().socket(NEXT, unsent("tcp", 10, Timer.RETRANSMIT, 0)),
            "lost-edge possible"),
        test(
            "outputHeldAtItself",
            lostEdge().socket(FD, tcp().withQueues(90, 10)),
            "lost-edge possible"),
        test("anotherThreadInACall", lostEdge().thread(held(OTHER, "read")), "lost-edge possible"),
        test(
            "anotherThreadRuns",
            lostEdge().thread(MadeUpThread.computing(OTHER)),
            "lost-edge possible"),
        test("watchesABackend", lostEdgeBeside(IN).socket(NEXT, outbound()), "lost-edge possible"));
  }

  @TestFactory
  List<DynamicTest> lostEdge_withAReasonAgainst_isNone() {
    return List.of(
        test("bytesFall", lostEdge().socket(FD, look -> unread(90 - look))),
        test("nothingIsUnread", lostEdge().socket(FD, tcp())),
        test("nothingWasUnreadOnce", lostEdge().socket(FD, look -> unread(look == 0 ? 0 : 90))),
        test("itWasAnotherSocketOnce", lostEdge().socket(FD, look -> look == 0 ? null : unread(9))),
        test("somethingIsReady", lostEdge().ready(true, true, true)),
        test("byLevel", lostEdge().items(item(FD, IN))),
        test(
            "itsMaskChanges",
            lostEdge()
                .epoll(
                    EPFD,
                    look ->
                        new EpollSet(
                            EPFD,
                            List.of(item(FD, IN | EDGE | (look == 1 ? Linux.EPOLLOUT : 0))),
                            null))),
        test("nobodySleepsThere", lostEdge().thread(held(MAIN, "futex"))),
        test(
            "nobodySleptThereOnce",
            lostEdge()
                .thread(
                    look -> (look == 1 ? held(MAIN, "read") : sleeping(MAIN, EPFD)).apply(look))));
  }

  private static MadeUp fired() {
    return quiet(item(FD, ONESHOT)).socket(FD, unread(50));
  }

  @TestFactory
  List<DynamicTest> oneshot_thatHasFired_isAsSureAsItsThreadsAreSeen() {
    return List.of(
        test("oneThread_isLikely", fired(), "oneshot-not-armed likely"),
        test(
            "byEdge_isLikely", fired().items(item(FD, ONESHOT | EDGE)), "oneshot-not-armed likely"),
        test(
            "anotherThreadInFutex_isPossible",
            fired().thread(held(OTHER, "futex")),
            "oneshot-not-armed possible"),
        test(
            "anotherThreadInACall_isPossible",
            fired().thread(held(OTHER, "read")),
            "oneshot-not-armed possible"),
        test(
            "finiteTimeout_isPossible",
            fired().thread(waiting(MAIN, EPFD, 256, 1000)),
            "oneshot-not-armed possible"),
        test("armed_isNone", fired().items(item(FD, IN | ONESHOT))),
        test(
            "armedOnce_isNone",
            fired()
                .epoll(
                    EPFD,
                    look ->
                        new EpollSet(
                            EPFD, List.of(item(FD, look == 1 ? IN | ONESHOT : ONESHOT)), null))),
        test("bytesFall_isNone", fired().socket(FD, look -> unread(50 - look))),
        test("nothingIsUnread_isNone", fired().socket(FD, tcp())));
  }

  private static MadeUp paused(int events) {
    return quiet(item(FD, events)).socket(FD, unread(500));
  }

  @TestFactory
  List<DynamicTest> pausedInput_isPossibleAtMost() {
    return List.of(
        test("hangUpAsked", paused(Linux.EPOLLRDHUP), "paused-input possible"),
        test("nothingAsked", paused(0), "paused-input possible"),
        test("byEdge", paused(Linux.EPOLLOUT | EDGE), "paused-input possible"),
        test("inputAsked_isNone", paused(IN)),
        test("bytesFall_isNone", paused(0).socket(FD, look -> unread(500 - look))),
        test("nobodySleepsThere_isNone", paused(0).thread(held(MAIN, "read"))));
  }

  // ---- listeners

  /** Its numbers 0 to 4 are taken, and its limit is 5. */
  private static MadeUp full() {
    MadeUp process = quiet().socket(LISTENER, listener(5, 128)).limit(5);
    IntStream.range(0, EPFD).forEach(fd -> process.file(fd, FileKind.PATH, ""));
    return process;
  }

  private static MadeUp fullWithHighNumbers() {
    MadeUp process = full();
    IntStream.range(100, 110).forEach(fd -> process.file(fd, FileKind.PATH, ""));
    return process;
  }

  @TestFactory
  List<DynamicTest> outOfDescriptors_isCertainOnlyIfAllBelowTheLimitAreTaken() {
    return List.of(
        test("allAreTaken", full(), FULL),
        test("loopPauses_isNotBlockedBesides", full().thread(held(MAIN, "clock_nanosleep")), FULL),
        test("highOnesBesides", fullWithHighNumbers(), FULL),
        test("highOnesInstead_limitLowered_isNone", fullWithHighNumbers().limit(6)),
        test("oneIsFree_isNone", full().limit(6)),
        test("oneWasFreeOnce_isNone", full().file(1, FileKind.PATH, look -> look == 1 ? null : "")),
        test(
            "itDoesNotWaitForIt_isPossible",
            full().epoll(EPFD),
            "forgotten likely",
            "out-of-descriptors possible"),
        test("limitOfNone_isNone", full().limit(0)),
        test("noLimit_isNone", full().limit(-1)),
        test("nothingWaits_isNone", full().socket(LISTENER, listener(0, 128))),
        test(
            "nothingWaitedOnce_isNone",
            full().socket(LISTENER, look -> listener(look == 1 ? 0 : 5, 128))));
  }

  @TestFactory
  List<DynamicTest> backlogFull_isLikelyIfItDrops() {
    return List.of(
        test(
            "itDrops_isLikely",
            quiet().socket(LISTENER, listener(3, 2).withDropped(7)),
            "backlog-full likely"),
        test(
            "itDropsNothing_isPossible",
            quiet().socket(LISTENER, listener(3, 2)),
            "backlog-full possible"),
        test(
            "dropsUnknown_isPossible",
            quiet().socket(LISTENER, listener(3, 2).withDropped(-1)),
            "backlog-full possible"),
        test("asManyAsItTakes_isNone", quiet().socket(LISTENER, listener(2, 2).withDropped(7))),
        test("backlogUnknown_isNone", quiet().socket(LISTENER, listener(3, -1))),
        test("roomOnce_isNone", quiet().socket(LISTENER, look -> listener(look + 1, 2))));
  }

  // ---- items and instances

  @TestFactory
  List<DynamicTest> orphan_thatNobodyIsSeenToHave_isLikely() {
    MadeUp closed = quiet(item(FD, IN));
    return List.of(
        test("closed", closed, "orphan likely"),
        test(
            "reused",
            quiet(new EpollItem(FD, IN, FD, 7L << 41, 9)).socket(FD, tcp()),
            "orphan likely"),
        test("openOnce_isNone", quiet(item(FD, IN)).socket(FD, look -> look == 0 ? tcp() : null)),
        test(
            "removed_isNone",
            quiet()
                .epoll(
                    EPFD,
                    look ->
                        new EpollSet(EPFD, look == 2 ? List.of() : List.of(item(FD, IN)), null))));
  }

  private static MadeUp herd(int events, int otherEvents) {
    return quiet()
        .epoll(EPFD, item(LISTENER, events))
        .epoll(OUTER, item(LISTENER, otherEvents))
        .thread(sleeping(OTHER, OUTER));
  }

  /** Of a process that does not exist the kernel does not tell whether two are one. */
  @TestFactory
  List<DynamicTest> herd_ofInstancesThatMayBeOne_isPossible() {
    int exclusive = Linux.EPOLLEXCLUSIVE;
    return List.of(
        test("twoInstances", herd(IN, IN), "thundering-herd possible"),
        test("twoInstancesByEdge", herd(IN | EDGE, IN | EDGE), "thundering-herd possible"),
        test("exclusive_isNone", herd(IN | exclusive, IN | exclusive)),
        test("oneIsExclusive_isNone", herd(IN, IN | exclusive)),
        test("oneDoesNotAsk_isNone", herd(IN, 0)),
        test("oneInstance_isNone", quiet()));
  }

  // ---- many

  private static MadeUp manyPaused(int count) {
    EpollItem[] items = new EpollItem[count];
    for (int i = 0; i < count; i++) {
      items[i] = item(10 + i, 0);
    }
    MadeUp process = quiet(items);
    IntStream.range(10, 10 + count).forEach(fd -> process.socket(fd, unread(5)));
    return process;
  }

  @Test
  void findings_ofEightThatAreAlike_areOneWithAllDescriptors() {
    List<Finding> found = manyPaused(8).findings();
    assertEquals(1, found.size(), found::toString);
    Finding one = found.getFirst();
    assertEquals(Disease.PAUSED_INPUT, one.disease());
    assertEquals(Confidence.POSSIBLE, one.confidence());
    assertEquals("fd 10 in epoll 3 and 7 more", one.subject());
    assertEquals(List.of(10, 11, 12, 13, 14, 15, 16, 17), one.fds());
    assertTrue(one.evidence().contains("so it is with 7 more"), one::toString);
  }

  @Test
  void findings_ofSevenThatAreAlike_areSeven() {
    assertEquals(7, manyPaused(7).findings().size());
  }

  @Test
  void findings_ofAnotherConfidence_areNotGathered() {
    MadeUp process = manyPaused(7).socket(50, tcp().withTraffic(OLD, 1000));
    assertEquals(8, process.findings().size());
  }

  @Test
  void findings_ofSeveralKinds_haveTheSurestFirst() {
    MadeUp process = full().items(item(FD, IN)).socket(100, tcp().withTraffic(OLD, 1000));
    assertEquals(List.of(FULL, "orphan likely", "dead-peer possible"), process.told());
  }
}
