package dev.pollux.http.proxy;

import dev.pollux.http.client.ClientRequest;
import java.net.SocketAddress;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Where a server behind is, and what the loops together know of it.
 *
 * <p>Threads: any.
 */
final class Place {

  /** What a loop knows of it. */
  enum State {
    UNKNOWN,
    UP,
    DOWN
  }

  private final URI name;
  private final ClientRequest first;
  private int upCount; // of loops, as those below: guarded by this
  private int downCount;
  private boolean isDown;

  /**
   * A place.
   *
   * @param name as it was given
   * @param uri what requests are sent to
   * @param address where to connect, whatever the URI's host is; null is that
   */
  Place(URI name, URI uri, @Nullable SocketAddress address) {
    this.name = name;
    ClientRequest request = ClientRequest.of("GET", uri);
    this.first = address == null ? request : request.withAddress(address);
  }

  /** What it is called, to a program and to operators. */
  URI name() {
    return name;
  }

  /** Of which all requests to it are made. */
  ClientRequest request() {
    return first;
  }

  /** A loop knows something else of it than before. */
  synchronized void changed(State from, State to, String why, @Nullable HealthListener listener) {
    upCount += (to == State.UP ? 1 : 0) - (from == State.UP ? 1 : 0);
    downCount += (to == State.DOWN ? 1 : 0) - (from == State.DOWN ? 1 : 0);
    boolean isDownNow = upCount == 0 && (downCount > 0 || isDown);
    if (isDownNow != isDown) {
      isDown = isDownNow;
      if (listener != null) { // within, so that it is told in order
        listener.changed(name, !isDownNow, why);
      }
    }
  }

  /**
   * How it is.
   *
   * @param isLookedAt whether it is down as long as nothing is known
   */
  synchronized TargetHealth health(boolean isLookedAt) {
    return new TargetHealth(name, upCount > 0 || (!isDown && !isLookedAt));
  }

  @Override
  public String toString() {
    return name.toString();
  }
}
