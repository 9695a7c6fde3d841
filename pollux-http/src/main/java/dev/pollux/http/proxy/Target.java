package dev.pollux.http.proxy;

import dev.pollux.http.client.ClientRequest;
import org.jspecify.annotations.Nullable;

/** A server behind, and what a loop knows of it. Threads: the loop's. */
final class Target {

  private final Place place;
  private Place.State told = Place.State.UNKNOWN; // of it
  private int active;
  private boolean isHeard; // it has answered, or a look at it
  private boolean isAwaited; // a first look at it
  private boolean isUnwell; // a look at it said so
  private boolean isDown; // it could not be connected to
  private long downUntil;

  Target(Place place) {
    this.place = place;
  }

  Place place() {
    return place;
  }

  /** A request to it. */
  ClientRequest request(String method, String target) {
    return place.request().withMethod(method).withTarget(target);
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

  /** A look at it said how it is; one that came to an answer could connect. */
  void setWell(boolean isWell) {
    isAwaited = false;
    isHeard |= isWell;
    isUnwell = !isWell;
    isDown &= !isWell;
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
    isHeard = true;
  }

  /** Tells of what is otherwise than it was told. */
  void tell(String why, @Nullable HealthListener listener) {
    Place.State known = state();
    if (known != told) {
      Place.State before = told;
      told = known;
      place.changed(before, known, why, listener);
    }
  }

  private Place.State state() {
    if (isAwaited) {
      return Place.State.UNKNOWN;
    }
    if (isUnwell || isDown) {
      return Place.State.DOWN;
    }
    return isHeard ? Place.State.UP : Place.State.UNKNOWN;
  }

  /** Nothing is known of it here any more. */
  void forget() {
    place.changed(told, Place.State.UNKNOWN, "", null);
    told = Place.State.UNKNOWN;
  }

  @Override
  public String toString() {
    return place.toString();
  }
}
