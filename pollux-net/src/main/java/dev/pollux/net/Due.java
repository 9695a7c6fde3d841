package dev.pollux.net;

import dev.pollux.net.Clock.Verdict;
import dev.pollux.poll.Event;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;

/**
 * What a {@link Connection} does when its time has come: acts on what its {@link Clock} says. A
 * part of {@link Channel}, whose timer this is.
 *
 * <p>Threads: the loop's.
 */
final class Due {

  private static final int MAX_LOOKS = 2; // in a turn

  private Due() {}

  /**
   * Does what is due, one after the other. Each look may read as much as a turn does, so one that
   * is due again has the next turn.
   */
  static void all(Connection owner) {
    int looks = 0;
    for (Verdict done = next(owner); done != Verdict.NOTHING; done = next(owner)) {
      looks += done == Verdict.LOOK ? 1 : 0;
      if (looks == MAX_LOOKS) {
        return;
      }
    }
  }

  private static Verdict next(Connection owner) {
    Link link = owner.link();
    Verdict verdict = link.clock.look(link.loop().nowNanos(), link.ending.state(), facts(link));
    switch (verdict) {
      case NOTHING -> {}
      case NOT_MADE -> notMade(link);
      case HEARTBEAT -> Callbacks.heartbeat(owner);
      case READ_IDLE -> Callbacks.idle(owner, Silence.READ);
      case STALLED -> Callbacks.idle(owner, Silence.WRITE);
      case ALL_IDLE -> Callbacks.idle(owner, Silence.ALL);
      case LOOK -> look(owner);
      case NOT_ENDED -> notEnded(link);
    }
    return verdict;
  }

  /** What {@link Clock} is to know of a connection, in its bits. */
  static int facts(Link link) {
    return (link.isPaused() ? Clock.PAUSED : 0)
        | (link.ending.isInputEnded() ? Clock.ENDED : 0)
        | (link.isPeerEnded() ? Clock.PEER_ENDED : 0)
        | (link.ending.isHeld() ? Clock.HELD : 0);
  }

  /** The connect or the handshake took too long. */
  private static void notMade(Link link) {
    Filter between = link.filter();
    if (link.ending.isConnecting() || between == null) {
      link.closeNow(CloseCause.of(CloseReason.CONNECT_FAILED, "connect: timed out"));
    } else {
      link.closeNow(between.timedOut());
    }
  }

  /** The end took too long: whoever has not everything by now does not get it. */
  private static void notEnded(Link link) {
    Ending ending = link.ending;
    CloseCause broken = ending.broken();
    if (broken != null) {
      link.obstructed(broken);
    } else if (isAllDelivered(link) || isNothingLeft(link)) {
      boolean byPeer = link.isPeerEnded() && !ending.isClosing();
      link.over(ending.causeOr(byPeer ? CloseCause.END_OF_STREAM : CloseCause.CLOSED));
    } else {
      String what = ending.isFinishing() && isSent(link) ? "not finished" : "not sent";
      link.reset(ending.unlessProgram(CloseCause.of(CloseReason.CUT_OFF, what + " in time")));
    }
  }

  /** Whether a finish waits for a pause alone, behind which there is nothing to be received. */
  private static boolean isNothingLeft(Link link) {
    return link.ending.isFinishing()
        && !link.ending.isHeld()
        && isSent(link)
        && !link.hasUnread()
        && link.availableBytes() <= 0;
  }

  /** Whether the peer's kernel has everything that was written so far. */
  private static boolean isSent(Link link) {
    return (Pending.of(link) & Pending.UNSENT) == 0 && bytesInKernel(link) <= 0;
  }

  // ---- what no event tells of

  private static void look(Connection owner) {
    Link link = owner.link();
    hear(owner.channel());
    if (link.ending.isOver()) {
      return;
    }
    if (link.clock.isUnderWay()) {
      boolean unsent = (Pending.of(link) & Pending.UNSENT) != 0;
      link.clock.measured(link.loop().nowNanos(), bytesInKernel(link), unsent);
    }
    if (link.clock.isEnding()) {
      link.kick(); // it settles, one way or the other
    }
    if (link.isUnheard()) {
      lookAtPeer(owner);
    }
  }

  /** Takes what the peer has done by now: the loop may have been held since that came. */
  private static void hear(Channel channel) {
    Link link = channel.link;
    if (link.ending.isConnecting()) {
      if (channel.connected(0)) {
        channel.work();
      }
    } else if (isHeldUp(link)) {
      link.clock.heard(link.loop().nowNanos()); // or would have been, had it had its turn
    } else if (link.wantsInput() && link.hasInput()) {
      link.clock.heard(link.loop().nowNanos());
      link.input.setReadReady(true);
      channel.work();
    }
  }

  /** Whether its handshake waits for this loop, and not for the peer. */
  private static boolean isHeldUp(Link link) {
    Filter between = link.filter();
    return link.ending.isSecuring()
        && (link.isRestToGive() || (between != null && !between.wantsInput()));
  }

  /**
   * Whether the peer is still there, while nothing is read: its end is told. After a reset there is
   * nobody to write to; what it sent before is given a time to be read in, if there is any.
   */
  private static void lookAtPeer(Connection owner) {
    Link link = owner.link();
    int seen = link.local.poll(link.fd, Linux.POLLRDHUP);
    if ((seen & Linux.POLLERR) != 0) {
      noteError(link);
    }
    CloseCause broken = link.ending.broken();
    if (broken != null && !mayBeRead(link)) {
      link.obstructed(broken);
      return;
    }
    if (broken != null) {
      link.clock.ending(link.loop().nowNanos());
    }
    if (seen != 0 && link.notePeerEnd()) {
      link.clock.read(link.loop().nowNanos()); // silence counts from here
      Callbacks.peerEnded(owner);
    }
  }

  /** What an event says beyond readiness. */
  static void noteEnd(Link link, Event event) {
    if (event.errno() != 0 && link.ending.broken() == null) {
      outputFailed(link, CloseCause.ofErrno("event", event.errno()), true);
    }
    boolean ended = event.isReadClosed() && !link.isPeerEnded();
    if (link.isPaused() && (ended || event.isError()) && !link.ending.isOver()) {
      link.lookSoon(); // which an edge tells; by level it is not asked for
    }
  }

  /**
   * Nothing can be sent any more; what the peer sent before it went is still read, if wanted.
   *
   * @param isOver whether the input ends by itself: as it does behind each error of a socket
   */
  static void outputFailed(Link link, CloseCause broken, boolean isOver) {
    link.ending.outputBroken(broken);
    boolean isWanted =
        link.isPaused() || link.wantsInput() || link.isAttachDue() || link.isRestDue();
    if (link.ending.isOpen() && isOver && isWanted) {
      link.readTheRest();
      link.awaitEnd();
    } else {
      link.obstructed(broken);
    }
  }

  /** Only a reset and its like are an error here. */
  private static void noteError(Link link) {
    if (link.ending.broken() != null) {
      return;
    }
    int errno;
    try {
      errno = Sockets.socketError(link.local.sys(), link.fd);
    } catch (SysException e) {
      errno = e.errno();
    }
    if (errno != 0) {
      link.ending.outputBroken(CloseCause.ofErrno("poll", errno));
      link.readTheRest();
    }
  }

  /** Whether reading could bring something that the handler has not heard of yet. */
  private static boolean mayBeRead(Link link) {
    return !link.ending.isEndTold() && (link.hasUnread() || link.availableBytes() > 0);
  }

  /** Whether it is being closed, and nothing is missing but perhaps the peer's end. */
  static boolean isAllDelivered(Link link) {
    return link.ending.isClosing()
        && link.ending.isOutputEnded()
        && (Pending.of(link) & Pending.UNSENT) == 0
        && isDelivered(link);
  }

  /**
   * Whether the peer's kernel has what was sent, and the end. TCP counts the end of the stream as a
   * byte: that one need not be waited for where no unread input would make the close a reset.
   */
  private static boolean isDelivered(Link link) {
    int kernel = bytesInKernel(link);
    return kernel <= 0 || (kernel == 1 && link.availableBytes() <= 0);
  }

  /** How much the kernel has that the peer's has not, or -errno. */
  private static int bytesInKernel(Link link) {
    return link.local.ioctl(link.local.sys(), link.fd, Linux.TIOCOUTQ);
  }
}
