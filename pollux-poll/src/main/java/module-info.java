/**
 * The portable poller: one readiness contract over epoll, poll, select and kqueue, wake-ups, and
 * event sources. Start with {@link dev.pollux.poll.Poller}.
 */
module dev.pollux.poll {
  requires dev.pollux.kqueue;
  requires transitive dev.pollux.sys;
  requires static org.jspecify; // for the compiler: who uses Pollux needs none of it

  exports dev.pollux.poll;
}
