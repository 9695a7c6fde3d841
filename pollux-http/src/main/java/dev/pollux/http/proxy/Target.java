package dev.pollux.http.proxy;

import dev.pollux.http.client.ClientRequest;
import java.net.SocketAddress;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** A server behind, and what a loop knows of it. Threads: the loop's. */
final class Target {

  private final URI uri;
  private final ClientRequest first; // of which all others are made
  private int active;
  private boolean isAwaited; // a first look at it
  private boolean isUnwell; // a look at it said so
  private boolean isDown; // it could not be connected to
  private long downUntil;

  /**
   * A server.
   *
   * @param address where to connect, whatever the URI's host is; null is that
   */
  Target(URI uri, @Nullable SocketAddress address) {
    this.uri = uri;
    ClientRequest request = ClientRequest.of("GET", uri);
    this.first = address == null ? request : request.withAddress(address);
  }

  URI uri() {
    return uri;
  }

  /** A request to it. */
  ClientRequest request(String method, String target) {
    return first.withMethod(method).withTarget(target);
  }

  /** How many requests are under way there. */
  int active() {
    return active;
  }

  void begin() {
    active++;
  }

  void end() {
    active--;
  }

  /** Whether it is asked before others. */
  boolean isUp(long now) {
    return !isAwaited && !isUnwell && !(isDown && downUntil - now > 0);
  }

  /** How it is shall be known by a look. */
  void awaitLook() {
    isAwaited = true;
  }

  /** Whether no look has come back yet. */
  boolean isAwaited() {
    return isAwaited;
  }

  /** A look at it said how it is. */
  void setWell(boolean isWell) {
    isAwaited = false;
    isUnwell = !isWell;
  }

  /** It could not be connected to. */
  void failed(long until) {
    isDown = true;
    downUntil = until;
  }

  /** Something is sent there: if it was down, others wait for what comes of that. */
  void chosen(long until) {
    if (isDown) {
      downUntil = until;
    }
  }

  /** It has answered. */
  void answered() {
    isDown = false;
  }

  @Override
  public String toString() {
    return uri.toString();
  }
}
