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
import static dev.pollux.inspect.MadeUpThread.polling;
import static dev.pollux.inspect.MadeUpThread.sleeping;
import static dev.pollux.inspect.MadeUpThread.unseen;
import static dev.pollux.inspect.MadeUpThread.waiting;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.inspect.SocketState.State;
import dev.pollux.inspect.SocketState.Timer;
import dev.pollux.sys.Linux;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The rules about what is in no set, and about peers: who takes nothing or has ended. */
class PeerRulesTest {

  private static final int NEXT = 6; // another descriptor
  private static final int IN = Linux.EPOLLIN;
  private static final long OLD = MadeUp.SILENCE.toMillis();

  /** Its one thread sleeps on its one instance for ever. */
  private static MadeUp quiet(EpollItem... items) {
    return server(items).thread(sleeping(MAIN, EPFD));
  }

  // ---- what is in no set

  private static MadeUp forgotten() {
    return quiet().epoll(EPFD).socket(LISTENER, _ -> null).socket(FD, unread(300));
  }

  @TestFactory
  List<DynamicTest> forgotten_withoutAReason_isLikely() {
    return List.of(
        test("bytes", forgotten(), "forgotten likely"),
        test("bytesFall", forgotten().socket(FD, look -> unread(300 - look)), "forgotten likely"),
        test("end", forgotten().socket(FD, tcp().in(State.CLOSE_WAIT)), "forgotten likely"),
        test(
            "connections",
            quiet().epoll(EPFD).socket(LISTENER, listener(1, 128)),
            "forgotten likely"));
  }

  @TestFactory
  List<DynamicTest> forgotten_withAReason_isPossible() {
    return List.of(
        test("itListens", quiet().socket(FD, unread(300)), "forgotten possible"),
        test("ringsOfIoUring", forgotten().file(NEXT, FileKind.IO_URING, ""), "forgotten possible"),
        test("anotherThread", forgotten().thread(held(OTHER, "futex")), "forgotten possible"),
        test(
            "interruptedCall",
            forgotten().thread(held(MAIN, "restart_syscall")),
            "forgotten possible"),
        test("pollWhoseListWasNotRead", forgotten().thread(polling(MAIN)), "forgotten possible"),
        test(
            "callThatMayNotBeSeen",
            forgotten().thread(unseen(MAIN, "do_sys_poll")),
            "forgotten possible"),
        test(
            "finiteTimeout",
            forgotten().thread(waiting(MAIN, EPFD, 256, 1000)),
            "forgotten possible"),
        test(
            "outputHeld",
            forgotten().socket(NEXT, unsent("tcp", 10, Timer.RETRANSMIT, 0)),
            "forgotten possible"),
        test(
            "watchesABackend",
            forgotten().epoll(EPFD, item(NEXT, IN)).socket(NEXT, outbound()),
            "forgotten possible"),
        test(
            "watchesATimer",
            forgotten()
                .epoll(EPFD, item(NEXT, IN))
                .file(NEXT, FileKind.TIMERFD, "due in 5 s, ticks 0"),
            "forgotten possible"));
  }

  @Test
  void forgotten_whereAWaitMayNotBeSeen_saysSo() {
    for (var wait : List.of(held(MAIN, "restart_syscall"), polling(MAIN), unseen(MAIN, "x"))) {
      Finding found = forgotten().thread(wait).findings().getFirst();
      assertTrue(
          found.evidence().contains("but not all that its threads wait for may be seen (--deep)"),
          found::toString);
    }
  }

  @TestFactory
  List<DynamicTest> forgotten_withAReasonAgainst_isNone() {
    return List.of(
        test("inASet", forgotten().epoll(EPFD, item(FD, IN))),
        test(
            "inASetOnce",
            forgotten()
                .epoll(
                    EPFD,
                    look ->
                        new EpollSet(EPFD, look == 1 ? List.of(item(FD, IN)) : List.of(), null))),
        test("polled", forgotten().thread(polling(MAIN, FD))),
        test("read", forgotten().thread(held(MAIN, "read", FD))),
        test("noNews", forgotten().socket(FD, tcp())),
        test("noNewsOnce", forgotten().socket(FD, look -> unread(look))),
        test("noStream", forgotten().socket(FD, unread(300).in(State.OPEN))));
  }

  private static MadeUp heap(int count, long idleMillis) {
    MadeUp process = quiet();
    for (int fd = 10; fd < 10 + count; fd++) {
      process.socket(fd, tcp().in(State.CLOSE_WAIT).withTraffic(idleMillis, 1000));
    }
    return process;
  }

  @TestFactory
  List<DynamicTest> closeWaitHeap_isLikelyIfOld() {
    return List.of(
        test("old_isLikely", heap(10, OLD), "close-wait-heap likely"),
        test("young_isPossible", heap(10, OLD - 1), "close-wait-heap possible"),
        test(
            "oneIsOld_isLikely",
            heap(10, 0).socket(19, tcp().in(State.CLOSE_WAIT).withTraffic(OLD, 1000)),
            "close-wait-heap likely"),
        test("nine_areForgotten", heap(9, OLD), "forgotten possible"),
        test(
            "oneWasOpenOnce_areForgotten",
            heap(10, OLD)
                .socket(19, look -> tcp().in(look == 0 ? State.ESTABLISHED : State.CLOSE_WAIT)),
            "forgotten possible"));
  }

  // ---- peers

  private static MadeUp sending(SocketState socket) {
    return quiet(item(FD, IN)).socket(FD, socket);
  }

  @TestFactory
  List<DynamicTest> sendStuck_isLikelyIfTcpSaysSo() {
    SocketState zero = unsent("tcp", 4000, Timer.ZERO_WINDOW, 0);
    return List.of(
        test("zeroWindow_isPossible", sending(zero), "send-stuck possible"),
        test(
            "sentAgain_isLikely",
            sending(unsent("tcp", 4000, Timer.RETRANSMIT, 3)),
            "send-stuck likely"),
        test(
            "unix_isPossible", sending(unsent("unix", 4000, Timer.NONE, 0)), "send-stuck possible"),
        test("sentAgainTwice_isNone", sending(unsent("tcp", 4000, Timer.RETRANSMIT, 2))),
        test(
            "zeroWindowOnce_isNone",
            sending(zero)
                .socket(
                    FD,
                    look ->
                        unsent("tcp", 4000, look == 1 ? Timer.ZERO_WINDOW : Timer.RETRANSMIT, 0))),
        test(
            "somethingMoves_isNone",
            sending(zero).socket(FD, look -> zero.withTraffic(0, 1000 + look))),
        test(
            "unsentFalls_isNone",
            sending(zero).socket(FD, look -> zero.withQueues(0, 4000 - look))));
  }

  @TestFactory
  List<DynamicTest> deadPeer_isPossibleIfNothingWouldTell() {
    SocketState silent = tcp().withTraffic(OLD, 1000);
    SocketState alive =
        new SocketState(
            1,
            "tcp",
            State.ESTABLISHED,
            silent.local(),
            silent.remote(),
            0,
            0,
            Timer.KEEPALIVE,
            0,
            OLD,
            1000,
            0);
    return List.of(
        test("silent_isPossible", sending(silent), "dead-peer possible"),
        test("silentForLess_isNone", sending(tcp().withTraffic(OLD - 1, 1000))),
        test("silenceUnknown_isNone", sending(tcp().withTraffic(-1, -1))),
        test("askedByKeepAlive_isNone", sending(alive)),
        test("itHasSaidSomething_isNone", sending(silent.withQueues(5, 0))),
        test("halfClosed_isNone", sending(silent.in(State.CLOSE_WAIT))));
  }

  @TestFactory
  List<DynamicTest> timeWaitHeap_isPossibleFromTwoHundredOn() {
    return List.of(
        test("200", quiet().timeWaits(200, "127.0.0.1:8080"), "time-wait-heap possible"),
        test("199_isNone", quiet().timeWaits(199, "127.0.0.1:8080")),
        test("ofAnotherPort_isNone", quiet().timeWaits(200, "127.0.0.1:9090")));
  }
}
