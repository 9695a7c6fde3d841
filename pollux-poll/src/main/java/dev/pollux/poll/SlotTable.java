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
 * <p>A slot is reused, its generation is not: a key of a registration that is gone finds nothing.
 * Beside it, the table knows which descriptor numbers are registered.
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

  /** The registration that the key names, or null if it is gone. */
  @Nullable Registration find(long key) {
    @Nullable Registration[] current = slots;
    int slot = (int) key;
    if (slot < 0 || slot >= current.length) {
      return null;
    }
    Registration registration = (Registration) SLOT.getAcquire(current, slot);
    return registration != null && registration.generation == (int) (key >>> Integer.SIZE)
        ? registration
        : null;
  }

  /** The registration of a descriptor number, or null. */
  @Nullable Registration ofFd(int fd) {
    return fd < slotByFd.length && slotByFd[fd] != 0 ? slots[slotByFd[fd] - 1] : null;
  }

  /** The slot that the next {@link #put} must use. */
  int nextSlot() {
    return firstFree != NO_SLOT ? firstFree : used;
  }

  /** The generation that the next {@link #put} must use. */
  int nextGeneration() {
    int slot = nextSlot();
    return slot < used ? generations[slot] + 1 : 0;
  }

  /** A registration for the next {@link #put}. */
  Registration next(
      Poller poller,
      int fd,
      @Nullable Object attachment,
      boolean exclusive,
      Interest interest,
      Trigger trigger) {
    return new Registration(
        poller, nextSlot(), nextGeneration(), fd, attachment, exclusive, interest, trigger);
  }

  /** Publishes a registration made for {@link #nextSlot} and {@link #nextGeneration}. */
  void put(Registration registration) {
    int slot = registration.slot;
    assert slot == nextSlot() && registration.generation == nextGeneration();
    if (slot == used) {
      used++;
      growSlots();
    } else {
      firstFree = nextFree[slot];
    }
    generations[slot] = registration.generation;
    int fd = registration.fd();
    if (fd >= slotByFd.length) {
      slotByFd = Arrays.copyOf(slotByFd, Math.max(fd + 1, slotByFd.length * 2));
    }
    slotByFd[fd] = slot + 1;
    size++;
    SLOT.setRelease(slots, slot, registration);
  }

  /** Frees the slot; keys of the registration find nothing from now on. */
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

  /** All registrations but that of one descriptor. */
  List<Registration> allBut(int fd) {
    List<Registration> all = new ArrayList<>(size);
    for (int slot = 0; slot < used; slot++) {
      Registration registration = slots[slot];
      if (registration != null && registration.fd() != fd) {
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

  /** Counts an event whose key found nothing. */
  void countStale() {
    stale.increment();
  }

  long staleCount() {
    return stale.sum();
  }

  private void growSlots() {
    if (used <= slots.length) {
      return;
    }
    int capacity = slots.length * 2;
    generations = Arrays.copyOf(generations, capacity);
    nextFree = Arrays.copyOf(nextFree, capacity);
    slots = Arrays.copyOf(slots, capacity);
  }
}
