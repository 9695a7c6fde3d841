/**
 * Event loops: one thread that waits on a poller, runs tasks and timers, and calls handlers. Start
 * with {@link dev.pollux.loop.EventLoop}.
 */
module dev.pollux.loop {
  requires static jdk.jfr; // where there is none, there are no events of the flight recorder
  requires transitive dev.pollux.poll;
  requires static org.jspecify; // for the compiler: who uses Pollux needs none of it

  exports dev.pollux.loop;
}
