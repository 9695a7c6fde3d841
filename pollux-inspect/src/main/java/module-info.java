/**
 * Processes seen from outside: what their epoll instances watch, and what is wrong. Start with
 * {@link dev.pollux.inspect.Inspector}.
 */
module dev.pollux.inspect {
  requires static jdk.jfr; // where there is none, there are no events of the flight recorder
  requires static dev.pollux.loop; // for who has a watchdog there
  requires transitive dev.pollux.sys;
  requires static org.jspecify; // for the compiler: who uses Pollux needs none of it

  exports dev.pollux.inspect;
}
