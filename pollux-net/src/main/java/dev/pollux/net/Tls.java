package dev.pollux.net;

/** How connections are encrypted. */
public final class Tls {

  private Tls() {}

  /** Puts TLS between the wire and the handler of a connection. */
  void install(Connection connection) {
    connection.setFilter(null);
  }
}
