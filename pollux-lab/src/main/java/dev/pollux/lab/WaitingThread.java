package dev.pollux.lab;

import dev.pollux.sys.EpollEvents;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Sys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A thread that waits once on an epoll instance, for one event.
 *
 * <p>Threads: the fields are written by the thread itself and read by the experiment.
 */
final class WaitingThread {

  private final Sys sys;
  private final int epfd;
  private final Reports reports;
  private final Thread thread;

  /** Where {@code /proc} describes it; empty before it runs, or where there is no such place. */
  private volatile String task = "";

  private volatile @Nullable String report;

  private WaitingThread(Sys sys, int epfd, Reports reports, int number) {
    this.sys = sys;
    this.epfd = epfd;
    this.reports = reports;
    this.thread = Thread.ofPlatform().name("lab-waiter-" + number).daemon().unstarted(this::run);
  }

  /** Puts the result of a wait into words. */
  interface Reports {
    String text(int result, EpollEvents events);
  }

  static WaitingThread start(Sys sys, int epfd, Reports reports, int number) {
    WaitingThread waiting = new WaitingThread(sys, epfd, reports, number);
    waiting.thread.start();
    return waiting;
  }

  int epfd() {
    return epfd;
  }

  String task() {
    return task;
  }

  /** What its wait returned, or null as long as it has not. */
  @Nullable String report() {
    return report;
  }

  /** Waits until the thread has ended, or the time is over; an interrupt ends the waiting too. */
  void join() {
    try {
      thread.join(ActRun.LIMIT_MILLIS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    EpollEvents events = EpollEvents.allocate(1);
    try {
      task = Files.readSymbolicLink(Path.of("/proc/thread-self")).toString();
    } catch (IOException _) {
      task = ""; // not Linux: then nobody asks
    }
    int result;
    do {
      result = sys.epollWait(epfd, events.address(), events.capacity(), ActRun.LIMIT_MILLIS);
    } while (result == -Errno.EINTR);
    report = reports.text(result, events);
  }
}
