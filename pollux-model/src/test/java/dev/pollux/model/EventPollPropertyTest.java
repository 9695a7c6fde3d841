package dev.pollux.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Linux;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is true of an epoll instance after every step of any program. */
class EventPollPropertyTest {

  private static final int STEPS = 4_000;
  private static final int MOST_FILES = 40;

  private static final int[] MODES = {
    0, Linux.EPOLLET, Linux.EPOLLONESHOT, Linux.EPOLLET | Linux.EPOLLONESHOT
  };

  private static final int[] DIRECTIONS = {
    0, Linux.EPOLLIN, Linux.EPOLLOUT, Linux.EPOLLIN | Linux.EPOLLOUT
  };

  private record Key(long file, int fd) {}

  private static SortedMap<Key, Integer> byKey() {
    return new TreeMap<>(Comparator.comparingLong(Key::file).thenComparingInt(Key::fd));
  }

  private final ModelSys sys = ModelSys.virtual(1, Faults.none());
  private final Box box = new Box(sys);
  private final int ep = box.epoll();

  /** The naive interest list: keys with the descriptors that are still open on their file. */
  private final SortedMap<Key, Integer> expected = byKey();

  private final List<Integer> open = new ArrayList<>();
  private Dice dice = new Dice(0);

  @AfterEach
  void closeAll() {
    box.close();
    assertEquals(3, sys.openDescriptors().size());
  }

  private int any(int[] values) {
    return values[(int) dice.below(values.length)];
  }

  private int anyFd() {
    return open.get((int) dice.below(open.size()));
  }

  @ParameterizedTest(name = "{displayName} [seed {0}]")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void instance_afterEachRandomStep_keepsItsRules(long seed) {
    dice = new Dice(seed);
    open.add(box.eventfd(0));
    for (int step = 0; step < STEPS; step++) {
      String what = step();
      EpollSnapshot snapshot = sys.epollSnapshot(ep);
      String where = "seed " + seed + ", step " + step + ", " + what;
      checkInterest(snapshot, where);
      checkReadyList(snapshot, where);
      checkTree(snapshot.tree(), where);
    }
  }

  private String step() {
    int kind = (int) dice.below(12);
    int fd = anyFd();
    switch (kind) {
      case 0 -> {
        if (open.size() < MOST_FILES) {
          open.add(box.eventfd((int) dice.below(2)));
        }
      }
      case 1 -> {
        if (open.size() < MOST_FILES) {
          int[] pair = dice.below(2) == 0 ? box.pipe() : box.unixPair();
          open.addAll(List.of(pair[0], pair[1]));
        }
      }
      case 2 -> {
        if (open.size() < MOST_FILES) {
          open.add(box.keep(sys.dup(fd)));
        }
      }
      case 3 -> {
        if (open.size() > 1) {
          close(fd);
        }
      }
      case 4, 5 -> control(Linux.EPOLL_CTL_ADD, fd);
      case 6 -> control(Linux.EPOLL_CTL_MOD, fd);
      case 7 -> control(Linux.EPOLL_CTL_DEL, fd);
      case 8, 9 -> box.writeLong(fd, 1);
      case 10 -> box.drain(fd);
      default -> wait(1 + (int) dice.below(5));
    }
    return "kind " + kind + " on " + fd;
  }

  private void close(int fd) {
    long file = sys.descriptionId(fd);
    box.close(fd);
    open.remove(Integer.valueOf(fd));
    if (open.stream().noneMatch(other -> sys.descriptionId(other) == file)) {
      expected.keySet().removeIf(key -> key.file == file);
    }
  }

  private void control(int op, int fd) {
    int events = any(DIRECTIONS) | any(MODES);
    int result = box.control(ep, op, fd, events, fd);
    Key key = new Key(sys.descriptionId(fd), fd);
    boolean known = expected.containsKey(key);
    assertEquals(known != (op == Linux.EPOLL_CTL_ADD), result == 0);
    if (result != 0) {
      return;
    }
    if (op == Linux.EPOLL_CTL_DEL) {
      expected.remove(key);
    } else {
      expected.put(key, events | Linux.EPOLLERR | Linux.EPOLLHUP);
    }
  }

  /** What is reported is on the list, in its order, but for what turns out not to be ready. */
  private void wait(int maxEvents) {
    List<Long> due =
        sys.epollSnapshot(ep).ready().stream()
            .filter(item -> (item.readiness() & item.events()) != 0)
            .map(EpollSnapshot.Item::data)
            .limit(maxEvents)
            .toList();
    List<Long> found =
        box.events(ep, maxEvents, 0).stream()
            .map(event -> Long.valueOf(event.substring(0, event.indexOf(':'))))
            .toList();
    assertEquals(due, found);
  }

  private void checkInterest(EpollSnapshot snapshot, String where) {
    SortedMap<Key, Integer> found = byKey();
    for (EpollSnapshot.Item item : snapshot.tree()) {
      // A fired one-shot has lost the events of its mask.
      Key key = new Key(item.descriptionId(), item.fd());
      found.put(key, item.isArmed() ? item.events() : expected.get(key));
    }
    assertEquals(expected, found, where);
    assertEquals(
        List.copyOf(found.keySet()),
        snapshot.tree().stream().map(item -> new Key(item.descriptionId(), item.fd())).toList(),
        where + ": order");
  }

  private static void checkReadyList(EpollSnapshot snapshot, String where) {
    Set<EpollSnapshot.Item> queued = new HashSet<>(snapshot.ready());
    assertEquals(snapshot.ready().size(), queued.size(), where + ": twice on the ready list");
    for (EpollSnapshot.Item item : snapshot.tree()) {
      assertEquals(item.isQueued(), queued.remove(item), where + ": marked and listed");
      boolean isDue = item.isArmed() && (item.readiness() & item.events()) != 0;
      assertTrue(item.isEdge() || !isDue || item.isQueued(), where + ": lost " + item);
    }
    assertTrue(queued.isEmpty(), where + ": on the list and not in the tree");
  }

  /** The rules of a red-black tree, from the nodes in order with their depths and colours. */
  private static void checkTree(List<EpollSnapshot.Item> nodes, String where) {
    if (!nodes.isEmpty()) {
      assertFalse(nodes.get(blackHeightAndRoot(nodes, 0, where)[1]).isRed(), where + ": rule 1");
    }
  }

  /** The black nodes on every way down, and the index of the root, of a part at a depth. */
  private static int[] blackHeightAndRoot(List<EpollSnapshot.Item> part, int depth, String where) {
    int root = -1;
    for (int i = 0; i < part.size(); i++) {
      if (part.get(i).depth() == depth) {
        assertEquals(-1, root, where + ": two roots");
        root = i;
      }
    }
    if (part.isEmpty()) {
      return new int[] {1, root};
    }
    assertTrue(root >= 0, where + ": no root");
    List<EpollSnapshot.Item> left = part.subList(0, root);
    List<EpollSnapshot.Item> right = part.subList(root + 1, part.size());
    int height = -1;
    for (List<EpollSnapshot.Item> side : List.of(left, right)) {
      int[] found = blackHeightAndRoot(side, depth + 1, where);
      boolean twoReds = part.get(root).isRed() && !side.isEmpty() && side.get(found[1]).isRed();
      assertFalse(twoReds, where + ": rule 2");
      assertTrue(height < 0 || height == found[0], where + ": rule 3");
      height = found[0];
    }
    return new int[] {height + (part.get(root).isRed() ? 0 : 1), root};
  }

  @ParameterizedTest(name = "{displayName} [{0} items, {1} a wait]")
  @CsvSource({"1, 1", "2, 1", "7, 1", "100, 1", "7, 3", "100, 64"})
  void levelItems_moreThanAWaitTakes_areEachReportedOnceInTurn(int items, int maxEvents) {
    for (int i = 0; i < items; i++) {
      int fd = box.eventfd(1);
      open.add(fd);
      box.ok(box.add(ep, fd, Linux.EPOLLIN));
    }
    List<String> turns = new ArrayList<>();
    while (turns.size() < 3 * items) {
      turns.addAll(box.events(ep, maxEvents, 0));
    }
    for (int i = 0; i < 3 * items; i++) {
      assertEquals(open.get(i % items) + ":IN", turns.get(i), "turn " + i);
    }
  }

  /** One that is ready all the time, and one that becomes ready again and again. */
  @ParameterizedTest(name = "{displayName} [{0} items]")
  @ValueSource(ints = {1, 2, 20})
  void edgesThatKeepComing_doNotStarveLevelItems(int items) {
    for (int i = 0; i < items; i++) {
      box.ok(box.add(ep, box.eventfd(1), Linux.EPOLLIN));
    }
    int busy = box.eventfd(1);
    box.ok(box.add(ep, busy, Linux.EPOLLIN | Linux.EPOLLET));
    List<String> turns = new ArrayList<>();
    for (int i = 0; i < 5 * (items + 1); i++) {
      box.writeLong(busy, 1);
      turns.addAll(box.events(ep, 1, 0));
    }
    for (int i = 0; i < turns.size() - items; i++) {
      Set<String> round = new HashSet<>(turns.subList(i, i + items + 1));
      assertEquals(items + 1, round.size(), "waits " + i + " and following: " + round);
    }
  }
}
