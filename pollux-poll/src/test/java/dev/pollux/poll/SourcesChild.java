package dev.pollux.poll;

import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;

/** Runs in a JVM of its own, for what a whole process has once: standard input, and signals. */
final class SourcesChild {

  private static final long LIMIT_NANOS = 20_000_000_000L; // 20 s

  private SourcesChild() {}

  @SuppressWarnings("SystemOut") // how the parent hears of it
  public static void main(String[] args) throws Exception {
    Sys sys = NativeSys.open();
    for (Backend backend : Backend.values()) {
      try (Poller poller = Poller.open(sys, backend)) {
        switch (args[0]) {
          case "input" -> input(poller);
          case "signal" -> signal(sys, poller);
          default -> throw new IllegalArgumentException(args[0]);
        }
      }
    }
  }

  /** Says how many of two waits report standard input, level-triggered. */
  private static void input(Poller poller) throws Exception {
    Events events = new Events(1);
    poller.add(EventSource.standardInput(), Interest.READABLE, Trigger.LEVEL, "standard input");
    int readyCount = 0;
    for (int i = 0; i < 2; i++) {
      readyCount += poller.await(events, 0);
      if (events.next() && !events.isReadable()) {
        throw new AssertionError("not readable");
      }
      events.next();
    }
    System.out.println(poller.backend() + " " + readyCount);
  }

  /** Says what signal came from whom, by a wait that only the signal ends. */
  private static void signal(Sys sys, Poller poller) throws Exception {
    Events events = new Events(1);
    try (SignalFd source = SignalFd.open(sys, Linux.SIGUSR1)) {
      poller.add(source, Interest.READABLE, Trigger.LEVEL, source);
      System.out.println("ready");
      int count = poller.await(events, LIMIT_NANOS);
      SignalInfo info = source.take();
      boolean another = source.take() != null;
      System.out.println(
          poller.backend()
              + " "
              + count
              + (info == null ? " none" : " signal " + info.signal() + " from " + info.pid())
              + (another ? " and another" : ""));
    }
  }
}
