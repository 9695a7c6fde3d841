package dev.pollux.poll;

import dev.pollux.sys.EpollEvents;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Timespec;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one wait found: a batch that is filled by {@link Poller#await(Events, long)} and read by
 * {@link #next}, once, in order.
 *
 * <pre>{@code
 * Events events = new Events(256);
 * poller.await(events, -1);
 * while (events.next()) {
 *   Connection connection = (Connection) events.attachment();
 *   if (events.isWritable()) connection.flush();
 *   if (events.isReadable()) connection.read();
 * }
 * }</pre>
 *
 * <p>{@code next} passes over events whose registration was removed or muted since the wait, so a
 * handler may remove any registration, close its descriptor and even see the number reused within
 * the batch. Events left unread, because a handler threw or returned early, are given again by the
 * next wait with this batch, before anything new.
 *
 * <p>Ownership: one batch for each waiting thread, reused for ever; its native memory is freed by
 * the garbage collector. Threads: the thread that waits with it.
 */
public final class Events {

  /** The default batch. */
  public static final int DEFAULT_CAPACITY = 256;

  private static final int READABLE_BITS =
      Linux.EPOLLIN | Linux.EPOLLRDHUP | Linux.EPOLLHUP | Linux.EPOLLERR | Linux.POLLNVAL;
  private static final int WRITABLE_BITS = Linux.EPOLLOUT | Linux.EPOLLERR | Linux.POLLNVAL;

  /** Where an errno begins in what is kept of an event. */
  static final int MASK_BITS = 16;

  static final int MASK = (1 << MASK_BITS) - 1;

  private final int capacity;

  // Written in place by who takes an event from the kernel, with no call between the taking and the
  // keeping: at the end of a stack every call may throw.
  final @Nullable Registration[] registrations;

  /** What is reported, and above that the errno that came with it. */
  final int[] masks;

  int count;

  private int cursor = -1;

  // epoll: how much of kernelEvents the kernel wrote, and how much of that was looked at.
  int foundCount;
  int decodedCount;

  private final Event event = new View();

  /** Whose wait filled it. */
  private @Nullable WaitLoop filler;

  /** Whether the wait saw that the poller's own waker was rung. */
  boolean token;

  /** epoll: whether the wait saw that the poller's alarm is raised. */
  boolean alarm;

  /** For the timeout of this waiter. */
  private final Timespec timespec = Timespec.allocate();

  /** Memory for the system call of this waiter, made by the backend that wants it. */
  private @Nullable EpollEvents kernelEvents;

  private @Nullable KqueueBatch kqueueBatch;

  /** A batch of {@link #DEFAULT_CAPACITY}. */
  public Events() {
    this(DEFAULT_CAPACITY);
  }

  /**
   * A batch.
   *
   * @param capacity how many events one wait reports at most, from 1 to {@link
   *     EpollEvents#maxCapacity}; what does not fit is reported by the next waits, in turn
   */
  public Events(int capacity) {
    if (capacity < 1 || capacity > EpollEvents.maxCapacity()) {
      throw new IllegalArgumentException(
          "capacity of a batch of events: "
              + capacity
              + " is not from 1 to "
              + EpollEvents.maxCapacity());
    }
    this.capacity = capacity;
    this.registrations = new Registration[capacity];
    this.masks = new int[capacity];
  }

  /** The event that the batch stands at, to be passed on: it cannot move the batch. */
  public Event event() {
    return event;
  }

  /** How many events one wait reports at most. */
  public int capacity() {
    return capacity;
  }

  /** Moves to the next event; false when there is none left. */
  public boolean next() {
    while (cursor + 1 < count) {
      cursor++;
      if (isWanted(current())) {
        return true;
      }
    }
    clear();
    return false;
  }

  /** The registration the event is for. */
  public Registration registration() {
    return current();
  }

  /** The attachment of that registration. */
  public @Nullable Object attachment() {
    return current().attachment();
  }

  /** As {@link Event#isReadable}. */
  public boolean isReadable() {
    return (mask() & READABLE_BITS) != 0 && current().interest().isReadable();
  }

  /** As {@link Event#isWritable}. */
  public boolean isWritable() {
    return (mask() & WRITABLE_BITS) != 0 && current().interest().isWritable();
  }

  /** As {@link Event#isPriority}. */
  public boolean isPriority() {
    return (mask() & Linux.EPOLLPRI) != 0 && current().interest().isPriority();
  }

  /** As {@link Event#isReadClosed}. */
  public boolean isReadClosed() {
    return (mask() & (Linux.EPOLLRDHUP | Linux.EPOLLHUP)) != 0;
  }

  /** As {@link Event#isHangup}. */
  public boolean isHangup() {
    return (mask() & Linux.EPOLLHUP) != 0;
  }

  /** As {@link Event#isError}. */
  public boolean isError() {
    return (mask() & (Linux.EPOLLERR | Linux.POLLNVAL)) != 0;
  }

  /** As {@link Event#errno}. */
  public int errno() {
    return masks[Objects.checkIndex(cursor, count)] >>> MASK_BITS;
  }

  /** The raw bits, by the values of {@code EPOLLIN} and so on, which poll shares. */
  public int mask() {
    return masks[Objects.checkIndex(cursor, count)] & MASK;
  }

  private Registration current() {
    Registration registration = registrations[Objects.checkIndex(cursor, count)];
    assert registration != null;
    return registration;
  }

  /** How many events stand unread that {@link #next} would not pass over. */
  int unread() {
    int unread = 0;
    for (int i = cursor + 1; i < count; i++) {
      Registration registration = registrations[i];
      unread += registration != null && isWanted(registration) ? 1 : 0;
    }
    return unread;
  }

  private static boolean isWanted(Registration registration) {
    return registration.isActive() && registration.interest() != Interest.NONE;
  }

  /** Whether the unread events are of this poller's. */
  boolean isFilledBy(WaitLoop waits) {
    return filler == waits;
  }

  boolean isFull() {
    return count == capacity;
  }

  int count() {
    return count;
  }

  void append(Registration registration, int mask) {
    registrations[count] = registration;
    masks[count] = mask;
    count++;
  }

  /** Empties the batch, for a wait to fill. */
  void clear(WaitLoop waits) {
    clear();
    if (filler != waits) {
      decodedCount = foundCount; // another poller's
    }
    filler = waits;
    token = false;
    alarm = false;
  }

  /** Empties the batch and lets go of the registrations. */
  private void clear() {
    for (int i = 0; i < count; i++) {
      registrations[i] = null;
    }
    count = 0;
    cursor = -1;
  }

  /** This waiter's memory for a timeout. */
  Timespec timespec() {
    return timespec;
  }

  /** This waiter's kernel-side buffer. */
  EpollEvents kernelEvents() {
    EpollEvents events = kernelEvents;
    if (events == null) {
      events = EpollEvents.allocate(capacity);
      kernelEvents = events;
    }
    return events;
  }

  /** This waiter's lists of a queue. */
  KqueueBatch kqueueBatch() {
    KqueueBatch batch = kqueueBatch;
    if (batch == null) {
      batch = new KqueueBatch(capacity);
      kqueueBatch = batch;
    }
    return batch;
  }

  /** The event that the batch stands at. */
  private final class View implements Event {

    @Override
    public Registration registration() {
      return Events.this.registration();
    }

    @Override
    public @Nullable Object attachment() {
      return Events.this.attachment();
    }

    @Override
    public boolean isReadable() {
      return Events.this.isReadable();
    }

    @Override
    public boolean isWritable() {
      return Events.this.isWritable();
    }

    @Override
    public boolean isPriority() {
      return Events.this.isPriority();
    }

    @Override
    public boolean isReadClosed() {
      return Events.this.isReadClosed();
    }

    @Override
    public boolean isHangup() {
      return Events.this.isHangup();
    }

    @Override
    public boolean isError() {
      return Events.this.isError();
    }

    @Override
    public int errno() {
      return Events.this.errno();
    }

    @Override
    public int mask() {
      return Events.this.mask();
    }
  }
}
