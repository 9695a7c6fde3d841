package dev.pollux.net;

import dev.pollux.sys.SysException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

/**
 * The calls of a {@link Connection} to the program: to its handler, its observer, and who wants to
 * know that something was sent. Nobody else makes any.
 *
 * <p>After each of them it is looked whether there is {@linkplain #news() news}: a handler that was
 * put in the place of the one called is told so before anything else, and is given what the other
 * has left. What a handler throws goes through; what an observer throws is the loop's to report,
 * and changes nothing here.
 *
 * <p>Threads: the loop's.
 */
final class Callbacks {

  /** One handler may put another in its place, and that a third, but not for ever. */
  private static final int MAX_HANDOVERS = 16;

  private final Connection owner;
  private final Link link;
  private boolean given;

  Callbacks(Connection owner, Link link) {
    this.owner = owner;
    this.link = link;
  }

  /** It is usable. */
  void opened() {
    observe("an observer's opened", () -> observer().opened(owner));
    link.begun();
    owner.handler().opened(owner);
    boolean _ = news();
  }

  /** Gives bytes to the handler, and what it leaves to the one that it has put in its place. */
  void received(ByteBuffer data) {
    int count = 0;
    boolean toAnother;
    do {
      requireFew(count++);
      given = true;
      owner.handler().received(owner, data);
      toAnother = news() && data.hasRemaining() && !link.isPaused() && link.ending.isOpen();
    } while (toAnother && link.takeAgain());
  }

  /** Nothing more has come for now; told if something was given since the last time. */
  void readComplete() {
    if (given) {
      given = false;
      owner.handler().readComplete(owner);
      boolean _ = news();
    }
  }

  void readClosed() {
    owner.handler().readClosed(owner);
    boolean _ = news();
  }

  void writable() {
    owner.handler().writable(owner);
    boolean _ = news();
  }

  void heartbeat() {
    owner.handler().heartbeat(owner);
    boolean _ = news();
  }

  void peerEnded() {
    owner.handler().peerEnded(owner);
    boolean _ = news();
  }

  void idle(Silence silence) {
    owner.handler().idle(owner, silence);
    boolean _ = news();
  }

  /** Tells what can be told by now; what that brings about is told the next time. */
  void deliveries() {
    for (int due = link.output.dueDeliveries(); due > 0; due--) {
      link.output.tellDelivery(owner);
    }
    boolean _ = news();
  }

  void closed(CloseCause why) {
    try {
      owner.handler().closed(owner, why);
    } finally {
      observe("an observer's closed", () -> observer().closed(owner, why));
    }
  }

  /** The program's own code threw: what it was, in a few words. */
  void failed(String what, Throwable thrown) {
    learnPeer();
    observe("an observer's failed", () -> observer().failed(owner, what, thrown));
  }

  /** For the report: while the descriptor is open it can be asked whose the other end is. */
  private void learnPeer() {
    try {
      SocketAddress _ = owner.remoteAddress();
    } catch (SysException _) {
      // it is over, or the peer is gone: then the report does without
    }
  }

  /**
   * Tells what a handler is to hear before anything else: that it is one, in another's place, and
   * that a finish has begun. Whether there is another handler now.
   */
  boolean news() {
    int count = 0;
    boolean another = false;
    while (true) {
      requireFew(count++);
      if (link.takeAttach()) {
        another = true;
        owner.handler().attached(owner);
      } else if (link.ending.isFinishToTell()) {
        link.ending.finishTold();
        owner.handler().finishing(owner);
      } else {
        return another;
      }
    }
  }

  private static void requireFew(int handovers) {
    if (handovers > MAX_HANDOVERS) {
      throw new IllegalStateException("handlers put others in their place, and there is no end");
    }
  }

  private ConnectionObserver observer() {
    return owner.options().observer();
  }

  private void observe(String what, Runnable call) {
    try {
      call.run();
    } catch (Throwable t) {
      owner.loop().report(what + " of " + owner, t);
    }
  }
}
