package dev.pollux.net;

import dev.pollux.sys.SysException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

/**
 * The calls of a {@link Connection} to the program: to its handler, its observer, and who wants to
 * know that something was sent. Nobody else makes any.
 *
 * <p>After each of them it is looked whether there is {@linkplain #news news}: a handler that was
 * put in the place of the one called is told so before anything else, and is given what the other
 * has left. What a handler throws goes through; what an observer throws is the loop's to report,
 * and changes nothing here.
 *
 * <p>Without a state, so that an idle connection need not have one of these. Threads: the loop's.
 */
final class Callbacks {

  /** One handler may put another in its place, and that a third, but not for ever without input. */
  private static final int MAX_HANDOVERS = 16;

  private Callbacks() {}

  /** It is usable. */
  static void opened(Connection owner) {
    observe(owner, "an observer's opened", () -> observer(owner).opened(owner));
    owner.link().begun();
    owner.handler().opened(owner);
    boolean _ = news(owner);
  }

  /**
   * Gives bytes to the handler, and what it leaves to the one that it has put in its place. If it
   * has put bytes back, those come first: then all is given again, in order, by the caller's.
   */
  static void received(Connection owner, ByteBuffer data) {
    Link link = owner.link();
    int count = 0;
    boolean toAnother;
    do {
      requireFew(count++);
      int before = data.remaining();
      int end = data.limit();
      link.given = true;
      link.ending.received();
      owner.handler().received(owner, data);
      var _ = data.limit(end); // the position alone says what was read
      if (data.remaining() < before) {
        count = 0; // it got on, which has an end
        link.output.inputTaken();
      }
      toAnother = news(owner) && data.hasRemaining() && !link.isPaused() && link.ending.isOpen();
    } while (toAnother && !link.isRestFirst() && link.takeAgain());
  }

  /** Nothing more has come for now; told if something was given since the last time. */
  static void readComplete(Connection owner) {
    if (owner.link().given) {
      owner.link().given = false;
      owner.handler().readComplete(owner);
      boolean _ = news(owner);
    }
  }

  static void readClosed(Connection owner) {
    owner.handler().readClosed(owner);
    boolean _ = news(owner);
  }

  static void writable(Connection owner) {
    owner.handler().writable(owner);
    boolean _ = news(owner);
  }

  static void heartbeat(Connection owner) {
    owner.handler().heartbeat(owner);
    boolean _ = news(owner);
  }

  static void peerEnded(Connection owner) {
    owner.handler().peerEnded(owner);
    boolean _ = news(owner);
  }

  static void idle(Connection owner, Silence silence) {
    owner.handler().idle(owner, silence);
    boolean _ = news(owner);
  }

  /** Tells what can be told by now; what that brings about is told the next time. */
  static void deliveries(Connection owner) {
    Outgoing output = owner.link().output;
    for (int due = output.dueDeliveries(); due > 0; due--) {
      output.tellDelivery(owner);
    }
    boolean _ = news(owner);
  }

  static void closed(Connection owner, CloseCause why) {
    try {
      owner.handler().closed(owner, why);
    } finally {
      observe(owner, "an observer's closed", () -> observer(owner).closed(owner, why));
    }
  }

  /** The program's own code threw: what it was, in a few words. */
  static void failed(Connection owner, String what, Throwable thrown) {
    learnPeer(owner);
    observe(owner, "an observer's failed", () -> observer(owner).failed(owner, what, thrown));
  }

  /** For the report: while the descriptor is open it can be asked whose the other end is. */
  private static void learnPeer(Connection owner) {
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
  static boolean news(Connection owner) {
    Link link = owner.link();
    int count = 0;
    boolean another = false;
    while (true) {
      requireFew(count++);
      if (link.takeAttach()) {
        link.given = false; // it was not this one that was given anything
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

  private static ConnectionObserver observer(Connection owner) {
    return owner.options().observer();
  }

  private static void observe(Connection owner, String what, Runnable call) {
    try {
      call.run();
    } catch (Throwable t) {
      owner.loop().report(what + " of " + owner, t);
    }
  }
}
