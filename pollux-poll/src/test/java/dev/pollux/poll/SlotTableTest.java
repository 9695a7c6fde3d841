package dev.pollux.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@link SlotTable}: names that outlive their registration find nothing. */
class SlotTableTest {

  private final SlotTable table = new SlotTable();
  private Poller owner;

  @BeforeEach
  void openOwner() throws Exception {
    owner = Poller.open(Backend.POLL);
  }

  @AfterEach
  void closeOwner() {
    owner.close();
  }

  private Registration put(int fd) {
    Registration registration =
        table.create(owner, fd, null, false, Interest.READABLE, Trigger.LEVEL);
    table.put(registration);
    return registration;
  }

  @Test
  void find_byKey_isTheRegistration() {
    Registration a = put(3);
    Registration b = put(5);
    assertSame(a, table.find(a.name()));
    assertSame(b, table.find(b.name()));
    assertSame(a, table.ofFd(3));
    assertNull(table.ofFd(4));
    assertNull(table.ofFd(1_000_000));
    assertEquals(2, table.size());
  }

  @Test
  void find_afterRelease_isNothing() {
    Registration a = put(3);
    table.release(a);
    assertNull(table.find(a.name()));
    assertNull(table.ofFd(3));
    assertEquals(0, table.size());
  }

  @Test
  void find_ofKeysNeverGiven_isNothing() {
    put(3);
    for (long key : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1, 1000, 1L << 32}) {
      assertNull(table.find(key), Long.toHexString(key));
    }
  }

  @Test
  void slot_reusedThousandsOfTimes_noOldKeyFindsTheNewOne() {
    List<Long> keys = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      Registration registration = put(7);
      assertEquals(0, registration.slot, "the slot is reused");
      keys.add(registration.name());
      assertSame(registration, table.find(registration.name()));
      if (i < 9_999) {
        table.release(registration);
      }
    }
    assertEquals(10_000, new HashSet<>(keys).size(), "keys are unique");
    for (int i = 0; i < 9_999; i++) {
      assertNull(table.find(keys.get(i)));
    }
  }

  @Test
  void generation_aboveTheIntegers_wrapsAndIsStillFound() {
    Registration registration = put(3);
    for (int generation : new int[] {Integer.MAX_VALUE, Integer.MIN_VALUE, -1}) {
      registration.rename(generation);
      assertEquals(generation, registration.generation());
      assertSame(registration, table.find(registration.name()));
      assertTrue(registration.claim(registration.name()));
      assertSame(registration, table.find(registration.name()), "claimed or not");
    }
    long last = registration.name();
    registration.rename(0);
    assertNull(table.find(last), "the name before the wrap");
    assertSame(registration, table.find(registration.name()));
  }

  @Test
  void rename_makesTheOldNameFindNothingAndTheNextOwnersAnother() {
    Registration first = put(3);
    long old = first.name();
    table.rename(first);
    assertNull(table.find(old));
    assertSame(first, table.find(first.name()));
    long second = first.name();
    table.release(first);
    Registration next = put(4);
    assertEquals(first.slot, next.slot);
    assertNull(table.find(old));
    assertNull(table.find(second));
  }

  @Test
  void claim_succeedsOnceForEachName() {
    Registration registration = put(3);
    long first = registration.name();
    assertTrue(registration.claim(first));
    assertTrue(registration.hasFired());
    assertFalse(registration.claim(first));
    table.rename(registration);
    assertFalse(registration.hasFired());
    assertFalse(registration.claim(first), "an event of the time before");
    assertTrue(registration.claim(registration.name()));
  }

  /** Random puts and releases against a plain map; prints its seed when it fails. */
  @Test
  void randomOperations_agreeWithANaiveMap() {
    long seed = Long.getLong("pollux.seed", 20_250_101L);
    Random random = new Random(seed);
    Map<Integer, Registration> byFd = new HashMap<>();
    Set<Long> released = new HashSet<>();
    for (int i = 0; i < 20_000; i++) {
      int fd = random.nextInt(200);
      Registration old = byFd.get(fd);
      String message = "-Dpollux.seed=" + seed + ", operation " + i;
      assertSame(old, table.ofFd(fd), message);
      if (old == null) {
        byFd.put(fd, put(fd));
      } else {
        table.release(old);
        byFd.remove(fd);
        released.add(old.name());
      }
      assertEquals(byFd.size(), table.size(), message);
      assertTrue(table.end() <= 200, message + ": slots are reused");
    }
    Set<Integer> slots = new HashSet<>();
    byFd.values().forEach(r -> assertSame(r, table.find(r.name())));
    byFd.values().forEach(r -> assertSame(r, table.at(r.slot)));
    byFd.values().forEach(r -> assertTrue(slots.add(r.slot), "one slot twice"));
    released.forEach(key -> assertNull(table.find(key)));
  }

  /** A reader without the lock sees the registration of the key that it looks for, or none. */
  @Test
  void find_whileAnotherThreadGrowsTheTable_neverFindsAnother() throws Exception {
    Registration stable = put(0);
    AtomicBoolean stop = new AtomicBoolean();
    AtomicReference<Registration> latest = new AtomicReference<>(stable);
    AtomicReference<String> failure = new AtomicReference<>();
    Thread reader =
        Thread.ofPlatform()
            .start(() -> {
              while (!stop.get()) {
                Registration expected = latest.get();
                Registration found = table.find(expected.name());
                if (found != null && found != expected) {
                  failure.set("found " + found + " for " + expected);
                }
                if (table.find(stable.name()) != stable) {
                  failure.set("lost " + stable);
                }
              }
            });
    for (int i = 1; i < 5_000; i++) {
      Registration registration = put(i);
      latest.set(registration);
      assertNotSame(stable, registration);
      if (i % 3 == 0) {
        table.release(registration);
      }
    }
    stop.set(true);
    reader.join();
    assertNull(failure.get());
  }
}
