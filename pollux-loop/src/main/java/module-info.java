/**
 * Event loops: one thread that waits on a poller, runs tasks and timers, and calls handlers. Start
 * with {@link dev.pollux.loop.EventLoop}.
 */
module dev.pollux.loop {
  requires static jdk.jfr; // where there is none, there are no events of the flight recorder
  requires transitive dev.pollux.poll;
  requires static transitive org.jspecify;

  exports dev.pollux.loop;
}
