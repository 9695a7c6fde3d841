package dev.pollux.http.proxy;

/** What the Host field says to a server behind. */
public enum HostPolicy {
  /** What the client said: the server is one of several for the same hosts. */
  CLIENT,
  /** The host of the target: the server has a name of its own. */
  TARGET
}
