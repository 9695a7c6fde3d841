package dev.pollux.loop;

import dev.pollux.poll.Events;
import dev.pollux.poll.Registration;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Counts, over a bounded number of waits, which registrations came ready and whether their handlers
 * got anything done. What is taken as a sign of that is described in {@link Watchdog}.
 *
 * <p>Threads: the loop's fills it; when {@link #isDone}, the watchdog's reads it.
 */
final class SpinSample {

  /** Over so many waits. */
  static final int WAITS = 256;

  /** The kernel is asked about a registration that came ready so often: most do not. */
  private static final int EVENTS_BEFORE_ASKING = 32;

  private static final int SLOTS = 1024; // a power of two
  private static final int PROBES = 8;

  private final Sys sys;
  private final IoBuffer unread = IoBuffer.allocate(Integer.BYTES);
  private final @Nullable Slot[] slots = new @Nullable Slot[SLOTS];
  private int waitCount;
  private @Nullable Slot running;
  private long progressBefore;
  private int unreadBefore;
  private volatile boolean isDone;

  SpinSample(Sys sys) {
    this.sys = sys;
    unread.buffer().order(ByteOrder.nativeOrder());
  }

  /** A wait is over. False if there were enough. The loop's thread. */
  boolean waited() {
    if (isDone) {
      return false;
    }
    if (waitCount == WAITS) {
      isDone = true; // volatile: the watchdog sees all that was counted
      return false;
    }
    waitCount++;
    return true;
  }

  /** A handler is about to run for an event. The loop's thread. */
  void begins(Events events, long progress) {
    Slot slot = slot(events.registration());
    running = slot;
    if (slot == null) {
      return;
    }
    slot.events++;
    slot.failedEvents += events.isHangup() || events.isError() ? 1 : 0;
    slot.otherEvents += events.isReadable() ? 0 : 1;
    progressBefore = progress;
    unreadBefore = -1;
    if (slot.events == EVENTS_BEFORE_ASKING) {
      slot.tellsUnread = isStream(slot.registration.fd());
    }
    if (slot.tellsUnread && !slot.gotOn && events.isReadable()) {
      unreadBefore = unread(slot.registration.fd());
      slot.tellsUnread = unreadBefore >= 0;
    }
  }

  /** It has run. The loop's thread. */
  void ends(long progress) {
    Slot slot = running;
    if (slot == null) {
      return;
    }
    running = null;
    slot.gotOn |= progress != progressBefore || !slot.registration.isActive();
    if (!slot.gotOn && unreadBefore > 0) {
      slot.gotOn = unread(slot.registration.fd()) < unreadBefore;
    }
  }

  /** Whether it has seen all its waits. Any thread. */
  boolean isDone() {
    return isDone;
  }

  /** The registrations that make the loop spin, by the signs there are. When done. */
  List<SpinningLoop.Culprit> culprits(boolean handlersReport) {
    List<SpinningLoop.Culprit> culprits = new ArrayList<>();
    for (Slot slot : slots) {
      if (slot != null && slot.events >= WAITS / 2 && !slot.gotOn) {
        SpinningLoop.Sign sign = slot.sign(handlersReport);
        if (sign != null) {
          culprits.add(slot.culprit(sign));
        }
      }
    }
    return List.copyOf(culprits);
  }

  private @Nullable Slot slot(Registration registration) {
    for (int i = 0; i < PROBES; i++) {
      int index = registration.fd() + i & SLOTS - 1;
      Slot slot = slots[index];
      if (slot == null) {
        slot = new Slot(registration);
        slots[index] = slot;
        return slot;
      }
      if (slot.registration.equals(registration)) {
        return slot;
      }
    }
    return null; // so many at once do not come ready again and again each by itself
  }

  /** Whether the unread bytes shrink when some are read: not if they are those of one datagram. */
  private boolean isStream(int fd) {
    try {
      return Sockets.option(sys, fd, Linux.SOL_SOCKET, Linux.SO_TYPE) == Linux.SOCK_STREAM;
    } catch (SysException e) {
      return true; // no socket: a pipe, a terminal, or what has no such number
    }
  }

  private int unread(int fd) {
    int result = sys.ioctl(fd, Linux.FIONREAD, unread.address());
    return result < 0 ? -1 : unread.buffer().getInt(0);
  }

  /** One registration's counts. */
  private static final class Slot {
    final Registration registration;

    /** The kernel says how many bytes there are to read, and they become fewer by reading. */
    boolean tellsUnread;

    /** Something was done about it, at least once. */
    boolean gotOn;

    int events;
    int otherEvents; // not readable
    int failedEvents; // hung up or in error

    Slot(Registration registration) {
      this.registration = registration;
    }

    SpinningLoop.@Nullable Sign sign(boolean handlersReport) {
      if (failedEvents == events) {
        return SpinningLoop.Sign.HANGUP_OR_ERROR;
      }
      if (tellsUnread && otherEvents == 0) {
        return SpinningLoop.Sign.UNREAD;
      }
      return handlersReport ? SpinningLoop.Sign.NO_PROGRESS : null;
    }

    SpinningLoop.Culprit culprit(SpinningLoop.Sign sign) {
      Object handler = registration.attachment();
      return new SpinningLoop.Culprit(
          registration.fd(),
          registration.interest(),
          registration.trigger(),
          handler == null ? "no handler" : WorkNames.describe(handler),
          events,
          sign);
    }
  }
}
