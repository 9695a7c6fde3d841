package dev.pollux.poll;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Names registrations by (generation, slot), the 64 bits that the kernel hands back with an event.
 *
 * <p>A slot is reused, its generation is not: the name of a registration that is gone finds
 * nothing. Beside it, the table knows which descriptor numbers are registered.
 *
 * <p>Threads: {@link #find} from any thread, without a lock; everything else under the poller's
 * lock. A slot is published by {@code setRelease} and read by {@code getAcquire}.
 *
 * <p>Complexity: O(1) for each operation, amortised.
 */
final class SlotTable {

  private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Registration[].class);

  private static final int FIRST_CAPACITY = 16;
  private static final int NO_SLOT = -1;

  /** Grown by copying; the old array stays good for readers that hold it. */
  private volatile @Nullable Registration[] slots = new Registration[FIRST_CAPACITY];

  private int[] generations = new int[FIRST_CAPACITY];

  /** The free slots below {@link #used}, as a stack: the next one in place of the generation. */
  private int[] nextFree = new int[FIRST_CAPACITY];

  private int firstFree = NO_SLOT;

  /** Slots ever used. */
  private int used;

  /** By descriptor number: its slot plus one, 0 for none. */
  private int[] slotByFd = new int[FIRST_CAPACITY];

  private int size;

  private final LongAdder stale = new LongAdder();

  /** The registration that has the name, or null if it is gone. */
  @Nullable Registration find(long name) {
    @Nullable Registration[] current = slots;
    int slot = (int) name;
    if (slot < 0 || slot >= current.length) {
      return null;
    }
    Registration registration = (Registration) SLOT.getAcquire(current, slot);
    return registration != null && registration.generation() == (int) (name >>> Integer.SIZE)
        ? registration
        : null;
  }

  /** The registration of a descriptor number, or null. */
  @Nullable Registration ofFd(int fd) {
    return fd < slotByFd.length && slotByFd[fd] != 0 ? slots[slotByFd[fd] - 1] : null;
  }

  /** Whether the table has no place yet for a descriptor number. */
  boolean mustGrowFor(int fd) {
    return fd >= slotByFd.length;
  }

  /**
   * A registration for the next {@link #put}, for which there is room then.
   *
   * @param fd open, so that the room for it is bounded by the descriptors of the process
   */
  Registration create(
      Poller poller,
      int fd,
      @Nullable Object attachment,
      boolean exclusive,
      Interest interest,
      Trigger trigger) {
    int slot = firstFree != NO_SLOT ? firstFree : used;
    if (slot == slots.length) {
      growSlots();
    }
    if (mustGrowFor(fd)) {
      slotByFd = Arrays.copyOf(slotByFd, Math.max(fd + 1, slotByFd.length * 2));
    }
    int generation = slot < used ? generations[slot] + 1 : 0;
    return new Registration(poller, slot, generation, fd, attachment, exclusive, interest, trigger);
  }

  /** Publishes the registration created last; cannot fail. */
  void put(Registration registration) {
    int slot = registration.slot;
    if (slot == used) {
      used++;
    } else {
      firstFree = nextFree[slot];
    }
    generations[slot] = registration.generation();
    slotByFd[registration.fd()] = slot + 1;
    size++;
    SLOT.setRelease(slots, slot, registration);
  }

  /** Gives a registration another name: the old one finds nothing from now on. */
  void rename(Registration registration) {
    registration.rename(++generations[registration.slot]);
  }

  /** Frees the slot; names of the registration find nothing from now on. */
  void release(Registration registration) {
    int slot = registration.slot;
    assert slots[slot] == registration;
    SLOT.setRelease(slots, slot, null);
    slotByFd[registration.fd()] = 0;
    nextFree[slot] = firstFree;
    firstFree = slot;
    size--;
  }

  /** How many registrations there are. */
  int size() {
    return size;
  }

  /** One past the highest slot in use or free; with {@link #at} to go through all. */
  int end() {
    return used;
  }

  @Nullable Registration at(int slot) {
    return slots[slot];
  }

  /** All registrations. */
  List<Registration> all() {
    List<Registration> all = new ArrayList<>(size);
    for (int slot = 0; slot < used; slot++) {
      Registration registration = slots[slot];
      if (registration != null) {
        all.add(registration);
      }
    }
    return all;
  }

  /** The poller is closed: no registration is active any more. */
  void deactivateAll() {
    for (int slot = 0; slot < used; slot++) {
      Registration registration = slots[slot];
      if (registration != null) {
        registration.deactivate();
      }
    }
  }

  /** Counts an event whose name found nothing. */
  void countStale() {
    stale.increment();
  }

  long staleCount() {
    return stale.sum();
  }

  /** Each array may grow by itself: what is too long does no harm when the next cannot be had. */
  private void growSlots() {
    int capacity = slots.length * 2;
    generations = Arrays.copyOf(generations, capacity);
    nextFree = Arrays.copyOf(nextFree, capacity);
    slots = Arrays.copyOf(slots, capacity);
  }
}
