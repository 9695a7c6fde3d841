package dev.pollux.bench;

/** What the benchmark of timers does again and again, and whose timers they are. */
enum TimerCase {
  PAIR_POLLUX(Texts.PAIR, Texts.POLLUX, "polluxScheduleCancel"),
  PAIR_NETTY(Texts.PAIR, Texts.NETTY, "nettyScheduleCancel"),
  PAIR_JDK(Texts.PAIR, Texts.JDK, "jdkScheduleCancel"),
  REFRESH_POLLUX(Texts.REFRESH, Texts.POLLUX, "polluxRefresh"),
  REFRESH_NETTY(Texts.REFRESH, Texts.NETTY, "nettyRefresh"),
  REFRESH_JDK(Texts.REFRESH, Texts.JDK, "jdkRefresh"),
  NOTE("note the moment instead", "an array of longs", "noteInstead"),
  TURN_OVER("come due, run, schedule anew", Texts.POLLUX, "polluxTurnOver");

  private final String what;
  private final String who;
  private final String method;

  TimerCase(String what, String who, String method) {
    this.what = what;
    this.who = who;
    this.method = method;
  }

  String what() {
    return what;
  }

  String who() {
    return who;
  }

  /** The method of {@link TimerBenchmark}. */
  String method() {
    return method;
  }

  /** An enum's constants cannot name the enum's own static fields. */
  private static final class Texts {
    static final String PAIR = "schedule + cancel";
    static final String REFRESH = "put off a pending one";
    static final String POLLUX = "Pollux TimerWheel";
    static final String NETTY = "Netty HashedWheelTimer";
    static final String JDK = "ScheduledThreadPoolExecutor";
  }
}
