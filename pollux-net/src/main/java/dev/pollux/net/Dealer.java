package dev.pollux.net;

import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Deals the connections that one loop accepts out to others, in turn.
 *
 * <p>Threads: the loop's that accepts.
 */
final class Dealer implements Listener.Sink {

  private final ServerLoop accepting;
  private final List<ServerLoop> members;
  private final AtomicInteger next = new AtomicInteger();

  Dealer(ServerLoop accepting, List<ServerLoop> members) {
    this.accepting = accepting;
    this.members = members;
  }

  @Override
  public void accepted(int fd, @Nullable SocketAddress peer) {
    Handover handover = null;
    ServerLoop member = nextMember();
    boolean offered = false;
    try {
      for (int i = 1; i < members.size() && member.loop().isClosed(); i++) {
        member = nextMember();
      }
      handover = new Handover(member, fd, peer);
      offered = member.loop().offer(handover);
    } finally { // an Error of the wake-up leaves the task queued
      if (!offered && (handover == null || handover.claim())) {
        int _ = accepting.loop().sys().close(fd);
        member.count(Limit.LOOP_TASKS);
        accepting.tellShed(Limit.LOOP_TASKS);
      }
    }
  }

  private ServerLoop nextMember() {
    return members.get(Math.floorMod(next.getAndIncrement(), members.size()));
  }

  /** An accepted descriptor on its way to another loop: whoever claims it owns it. */
  private static final class Handover implements Runnable {
    private final ServerLoop taker;
    private final int fd;
    private final @Nullable SocketAddress peer;
    private final AtomicBoolean claimed = new AtomicBoolean();

    Handover(ServerLoop taker, int fd, @Nullable SocketAddress peer) {
      this.taker = taker;
      this.fd = fd;
      this.peer = peer;
    }

    boolean claim() {
      return !claimed.getAndSet(true);
    }

    @Override
    public void run() {
      if (claim()) {
        taker.adopt(fd, peer);
      }
    }
  }
}
