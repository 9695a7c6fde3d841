/**
 * Connections on event loops: listeners, streams with back-pressure, framing, TLS, datagrams,
 * workers. Start with {@link dev.pollux.net.Connection}.
 */
module dev.pollux.net {
  requires static jdk.jfr; // where there is none, there are no events of the flight recorder
  requires transitive dev.pollux.loop;
  requires static org.jspecify; // for the compiler: who uses Pollux needs none of it

  exports dev.pollux.net;
}
