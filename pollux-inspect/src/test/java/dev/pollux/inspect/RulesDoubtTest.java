package dev.pollux.inspect;

import static dev.pollux.inspect.MadeUp.EPFD;
import static dev.pollux.inspect.MadeUp.FD;
import static dev.pollux.inspect.MadeUp.item;
import static dev.pollux.inspect.MadeUp.server;
import static dev.pollux.inspect.MadeUp.tcp;
import static dev.pollux.inspect.MadeUp.test;
import static dev.pollux.inspect.MadeUp.unread;
import static dev.pollux.inspect.MadeUpThread.MAIN;
import static dev.pollux.inspect.MadeUpThread.OTHER;
import static dev.pollux.inspect.MadeUpThread.computing;
import static dev.pollux.inspect.MadeUpThread.held;
import static dev.pollux.inspect.MadeUpThread.hot;
import static dev.pollux.inspect.MadeUpThread.polling;
import static dev.pollux.inspect.MadeUpThread.sleeping;
import static dev.pollux.inspect.MadeUpThread.unseen;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.pollux.inspect.SocketState.State;
import dev.pollux.sys.Linux;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What a rule must not say where something else is to be seen: each was said once. */
class RulesDoubtTest {

  private static final int NEXT = 6; // another descriptor
  private static final int OUTER = 9; // another instance
  private static final int IN = Linux.EPOLLIN;
  private static final int OUT = Linux.EPOLLOUT;
  private static final int EDGE = Linux.EPOLLET;

  private static MadeUp quiet(EpollItem... items) {
    return server(items).thread(sleeping(MAIN, EPFD));
  }

  private static MadeUp lostEdge() {
    return quiet(item(FD, IN | EDGE)).socket(FD, unread(90));
  }

  private static MadeUp writableBeside(int events) {
    return server(item(FD, IN | OUT), item(NEXT, events))
        .socket(FD, tcp())
        .thread(hot(MAIN))
        .seen(sleeping(MAIN, EPFD));
  }

  /** Finding: "the descriptors it is about, the least first". */
  @Test
  void blockedLoop_hasTheLeastDescriptorFirst() {
    Finding found =
        server(item(FD, IN))
            .socket(FD, unread(200))
            .thread(held(MAIN, "clock_nanosleep"))
            .findings()
            .getFirst();
    assertEquals(List.of(EPFD, FD), found.fds());
  }

  /** Spinning: likely only if "nothing else in it has anything to be done". */
  @TestFactory
  List<DynamicTest> spin_besideSomethingToDo_isPossible() {
    return List.of(
        test(
            "eventfdByLevel",
            writableBeside(IN).file(NEXT, FileKind.EVENTFD, "count 3"),
            "input-unread likely",
            "writable-spin possible"),
        test(
            "eventfdByLevel_countChanges",
            writableBeside(IN).file(NEXT, FileKind.EVENTFD, look -> "count " + (9 - look)),
            "writable-spin possible"),
        test(
            "movesByEdge",
            writableBeside(IN | EDGE).socket(NEXT, look -> tcp().withTraffic(0, 1000 + look)),
            "writable-spin possible"),
        test(
            "acceptedSinceTheFirstLook",
            writableBeside(IN)
                .epoll(
                    EPFD,
                    look ->
                        new EpollSet(
                            EPFD,
                            look == 0
                                ? List.of(item(FD, IN | OUT))
                                : List.of(item(FD, IN | OUT), item(NEXT, IN)),
                            null))
                .socket(NEXT, look -> look == 0 ? null : unread(10 * look)),
            "writable-spin possible"));
  }

  /** Looks.isNobodyOn: "Whether nobody slept on it in any look"; here two may. */
  @Test
  void blockedLoop_whereItMayNotBeSeenWhoSleeps_doesNotSayThatNobodyWaits() {
    List<Finding> found =
        server(item(FD, IN))
            .epoll(OUTER, item(NEXT, IN))
            .socket(NEXT, tcp())
            .socket(FD, unread(200))
            .thread(unseen(MAIN, "ep_poll"))
            .thread(unseen(OTHER, "ep_poll"))
            .thread(unseen(MadeUpThread.THIRD, "hrtimer_nanosleep"))
            .findings();
    assertFalse(
        found.stream()
            .anyMatch(each ->
                each.confidence() == Confidence.LIKELY
                    || each.evidence().contains("nobody waits on epoll " + EPFD)),
        found::toString);
  }

  /** Its ready list was looked at, and had something once. */
  @Test
  void lostEdge_whereSomethingWasReadyOnce_doesNotSayThatNobodyLooked() {
    List<Finding> found = lostEdge().ready(false, true, false).findings();
    assertFalse(
        found.stream()
            .anyMatch(
                each -> each.evidence().contains("its ready list was not looked at (--deep)")),
        found::toString);
  }

  /** WaitingBytes: "What the kernel holds says that no event comes"; here bytes come and go. */
  @Test
  void lostEdge_whereBytesMoveBetweenTheLooks_isNotLikely() {
    List<String> told =
        lostEdge().socket(FD, look -> unread(90).withTraffic(0, 1000 + 500L * look)).told();
    assertFalse(told.contains("lost-edge likely"), told::toString);
  }

  /** Reasons: "it waits ... for a time"; an unknown timeout is a reason, an unseen call is not. */
  @TestFactory
  List<DynamicTest> lostEdge_whereTheTimeoutMayNotBeSeen_isPossible() {
    return List.of(
        test(
            "callThatMayNotBeSeen",
            lostEdge().thread(unseen(MAIN, "ep_poll")),
            "lost-edge possible"));
  }

  /** Reasons: "or one of its threads is at work". */
  @TestFactory
  List<DynamicTest> lostEdge_whereAThreadWasAtWorkInSomeLooks_isPossible() {
    return List.of(
        test(
            "inTheLast",
            lostEdge()
                .thread(look -> (look == 2 ? computing(OTHER) : held(OTHER, "futex")).apply(look)),
            "lost-edge possible"),
        test(
            "inAllButTheFirst",
            lostEdge()
                .thread(
                    look -> (look == 0 ? held(OTHER, "futex") : held(OTHER, "read")).apply(look)),
            "lost-edge possible"));
  }

  /** Reasons: "one of its threads is at work"; a thread that sleeps in poll is not. */
  @TestFactory
  List<DynamicTest> reason_whereTheOnlyThreadSleepsInPoll_isNone() {
    return List.of(
        test(
            "lostEdge_pollsTheInstance",
            lostEdge().thread(polling(MAIN, EPFD)),
            "lost-edge likely"),
        test(
            "forgotten_pollsAnother",
            quiet()
                .epoll(EPFD)
                .socket(MadeUp.LISTENER, _ -> null)
                .socket(FD, unread(300))
                .thread(polling(MAIN, NEXT)),
            "forgotten likely"));
  }

  /** Forgotten: "Sockets with news that nobody waits for"; the set has it by its other number. */
  @TestFactory
  List<DynamicTest> forgotten_isAboutTheSocketNotTheNumber() {
    EpollItem ofAnother = new EpollItem(FD, IN, FD, 7L << 41, 9);
    return List.of(
        test(
            "duplicateOfWhatIsInASet",
            quiet(item(FD, IN)).socket(FD, unread(300)).duplicate(NEXT, FD)),
        test(
            "itsNumberIsInASetForAnotherFile",
            quiet(ofAnother).socket(FD, unread(300)),
            "orphan likely",
            "forgotten possible"));
  }

  /** SocketState: idleMillis is "-1 if unknown", as in a container with a network of its own. */
  @Test
  void closeWaitHeap_ofUnknownAge_doesNotSayThatItIsYoung() {
    MadeUp process = quiet();
    for (int fd = 10; fd < 20; fd++) {
      process.socket(fd, tcp().in(State.CLOSE_WAIT).withTraffic(-1, -1));
    }
    List<String> evidence = process.findings().getFirst().evidence();
    assertFalse(
        evidence.contains("none of them for long: they may still be answered"), evidence::toString);
  }
}
