package dev.pollux.kqueue;

import dev.pollux.sys.EpollEvents;
import dev.pollux.sys.KeventMemory;
import dev.pollux.sys.Timespec;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A list of {@code struct kevent}: what is to be changed, or what has happened. Allocate it once,
 * and use it again; one list may be both, as changes are read before events are written.
 *
 * <p>Ownership: the caller's. Threads: one at a time.
 *
 * <p>Source: kqueue(2).
 */
public final class Kevents {

  private static final int DOING = Kevent.EV_ADD | Kevent.EV_ENABLE | Kevent.EV_DISABLE;
  private static final int MAX_CAPACITY = 1 << 24;

  private final long[] idents;
  private final int[] filters;
  private final int[] flags;
  private final int[] fflags;
  private final long[] data;
  private final long[] udata;
  private int size;
  private int reserved; // of the room, at the end

  /** Which call this is for: each knote has one event in it. */
  long round;

  /** Room for what epoll says, for the wait that fills this. */
  final EpollEvents batch;

  /** What of that was not looked at yet, as something was thrown; from which instance it is. */
  long rawFrom;

  int rawIndex;
  int rawCount;

  /** For a queue of the system's; null before its first call. */
  private @Nullable KeventMemory memory;

  /** Whose wait filled it last. */
  @Nullable Kqueue owner;

  /** Which first instance this waiter has heard of: see {@link Instances}. */
  int epoch;

  /** And for its timeout. */
  final Timespec timespec = Timespec.allocate();

  private Kevents(int capacity) {
    idents = new long[capacity];
    filters = new int[capacity];
    flags = new int[capacity];
    fflags = new int[capacity];
    data = new long[capacity];
    udata = new long[capacity];
    batch = EpollEvents.allocate(Math.max(1, capacity));
  }

  /**
   * An empty list.
   *
   * @param capacity 0 to 16,777,216
   */
  public static Kevents allocate(int capacity) {
    if (capacity < 0 || capacity > MAX_CAPACITY) {
      throw new IllegalArgumentException("room for " + capacity + " of struct kevent");
    }
    return new Kevents(capacity);
  }

  /** How many it has room for. */
  public int capacity() {
    return idents.length;
  }

  /** How many there are. */
  public int size() {
    return size;
  }

  /** Empties it. */
  public void clear() {
    size = 0;
  }

  /**
   * {@code EV_SET}, at the end.
   *
   * @throws IllegalStateException if there is no room
   */
  public Kevents add(
      long ident, int filter, int newFlags, int newFflags, long newData, long newUdata) {
    if (size == idents.length) {
      throw new IllegalStateException("the list has room for " + size);
    }
    put(size++, ident, filter, newFlags, newFflags, newData, newUdata);
    return this;
  }

  private void put(int index, long ident, int filter, int flag, int fflag, long datum, long user) {
    idents[index] = ident;
    filters[index] = (short) filter;
    flags[index] = flag & 0xffff;
    fflags[index] = fflag;
    data[index] = datum;
    udata[index] = user;
  }

  /** What it is about: mostly a descriptor. */
  public long ident(int index) {
    return idents[checked(index)];
  }

  /** One of {@code EVFILT_…}. */
  public int filter(int index) {
    return filters[checked(index)];
  }

  /** Some of {@code EV_…}. */
  public int flags(int index) {
    return flags[checked(index)];
  }

  /** Some of {@code NOTE_…}. */
  public int fflags(int index) {
    return fflags[checked(index)];
  }

  /** What the filter says. */
  public long data(int index) {
    return data[checked(index)];
  }

  /** What the program said when the knote was made, or last changed. */
  public long udata(int index) {
    return udata[checked(index)];
  }

  private int checked(int index) {
    return Objects.checkIndex(index, size);
  }

  // ---- for a queue of the system's

  KeventMemory memory() {
    if (memory == null) {
      memory = KeventMemory.allocate(idents.length);
    }
    return memory;
  }

  /** The timeout of its next wait, as kevent takes it. */
  long timeout(long nanos) {
    return timespec.set(nanos);
  }

  /** Writes all of these into memory. */
  KeventMemory writeTo(KeventMemory to) {
    for (int i = 0; i < size; i++) {
      to.set(i, idents[i], filters[i], flags[i], fflags[i], data[i], udata[i]);
    }
    return to;
  }

  /** How many want to be told how they went. */
  int receipts() {
    int count = 0;
    for (int i = 0; i < size; i++) {
      count += (flags[i] & Kevent.EV_RECEIPT) != 0 ? 1 : 0;
    }
    return count;
  }

  /** Reads what stands in memory, but for what has that user data. */
  void readFrom(KeventMemory from, int count, long withoutUdata) {
    restart();
    for (int i = 0; i < count; i++) {
      long user = from.udata(i);
      if (user != withoutUdata) {
        int flag = from.flags(i) & ~Kevent.EV_RECEIPT; // which some leave in later events
        flag &= (flag & Kevent.EV_ERROR) == 0 ? ~DOING : -1; // and what was done
        put(size++, from.ident(i), from.filter(i), flag, from.fflags(i), from.data(i), user);
      }
    }
  }

  // ---- for the queue

  /** Empties it, and leaves what was there to be read as long as nothing is written over it. */
  void restart() {
    size = 0;
    reserved = 0;
  }

  /** Keeps so much of the room for others. */
  void reserve(int count) {
    reserved = count;
  }

  int room() {
    return Math.max(0, idents.length - reserved - size);
  }

  boolean isFull() {
    return room() == 0;
  }

  /** Puts one of these, or of before a restart, at the end of another list. */
  void copyTo(Kevents other, int index, int newFlags, long newData) {
    other.put(
        other.size++,
        idents[index],
        filters[index],
        newFlags,
        fflags[index],
        newData,
        udata[index]);
  }

  long identAt(int index) {
    return idents[index];
  }

  int filterAt(int index) {
    return filters[index];
  }

  int flagsAt(int index) {
    return flags[index];
  }

  int fflagsAt(int index) {
    return fflags[index];
  }

  long dataAt(int index) {
    return data[index];
  }

  long udataAt(int index) {
    return udata[index];
  }

  /** An entry in words. */
  public String text(int index) {
    int at = checked(index);
    return "{ident="
        + idents[at]
        + ", filter="
        + Kevent.filterName(filters[at])
        + ", flags="
        + Kevent.flagNames(flags[at])
        + ", fflags=0x"
        + Integer.toHexString(fflags[at])
        + ", data="
        + data[at]
        + ", udata="
        + udata[at]
        + "}";
  }

  @Override
  public String toString() {
    String[] all = new String[size];
    Arrays.setAll(all, this::text);
    return Arrays.toString(all);
  }
}
