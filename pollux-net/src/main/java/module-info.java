/**
 * Connections on event loops: listeners, streams with back-pressure, framing, TLS, datagrams,
 * workers. Start with {@link dev.pollux.net.Connection}.
 */
module dev.pollux.net {
  requires transitive dev.pollux.loop;
  requires static transitive org.jspecify;

  exports dev.pollux.net;
}
