package dev.pollux.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InterestTreeTest {

  private static final int STEPS = 3_000;
  private static final int FILES = 12;
  private static final int FDS = 24;
  private static final int KEYS = 7;

  private final Kernel kernel = new Kernel(0, Faults.none(), Limits.defaults(), null);
  private final EventPoll epoll = new EventPoll(kernel);
  private final List<Description> files = new ArrayList<>();
  private final InterestTree tree = new InterestTree();

  private record Key(long file, int fd) {}

  private final TreeMap<Key, EpollItem> map =
      new TreeMap<>(Comparator.comparingLong(Key::file).thenComparingInt(Key::fd));

  private EpollItem item(int file, int fd) {
    while (files.size() <= file) {
      files.add(new Description(kernel, new EventFdFile(0, false), 0));
    }
    return new EpollItem(epoll, files.get(file), fd, 0, 0);
  }

  private void insert(EpollItem item) {
    tree.insert(item);
    map.put(new Key(item.target.id, item.fd), item);
  }

  private void remove(EpollItem item) {
    tree.remove(item);
    map.remove(new Key(item.target.id, item.fd));
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void tree_afterEachRandomStep_equalsATreeMapAndKeepsItsRules(long seed) {
    Dice dice = new Dice(seed);
    for (int step = 0; step < STEPS; step++) {
      EpollItem fresh = item((int) dice.below(FILES), (int) dice.below(FDS));
      EpollItem known = tree.find(fresh.target.id, fresh.fd);
      assertEquals(map.get(new Key(fresh.target.id, fresh.fd)), known, "seed " + seed);
      boolean growing = step % 1_000 < 500;
      if (known == null && (growing || dice.below(3) == 0)) {
        insert(fresh);
      } else if (known != null && (!growing || dice.below(3) == 0)) {
        remove(known);
      }
      checkRules();
    }
  }

  /**
   * What a step does depends on nothing but the tree. So every step from every tree that can come
   * about is every order in which so many keys can be inserted and removed.
   */
  @Test
  void tree_ofUpToSevenKeysInAnyOrderOfSteps_keepsItsRules() {
    Deque<List<Integer>> waysToGo = new ArrayDeque<>(List.of(List.of()));
    Set<String> trees = new HashSet<>();
    while (!waysToGo.isEmpty()) {
      List<Integer> way = waysToGo.remove();
      for (int fd = 0; fd < KEYS; fd++) {
        List<Integer> longer = new ArrayList<>(way);
        longer.add(fd);
        if (trees.add(walk(longer))) {
          waysToGo.add(longer);
        }
      }
    }
    assertTrue(trees.size() > 1 << KEYS, "each set of keys, some of them in several trees");
  }

  /** The tree after these steps: each inserts a key, or removes it if it is there. */
  private static String walk(List<Integer> way) {
    InterestTreeTest walked = new InterestTreeTest();
    for (int fd : way) {
      EpollItem item = walked.item(0, fd);
      EpollItem known = walked.tree.find(item.target.id, fd);
      if (known == null) {
        walked.insert(item);
      } else {
        walked.remove(known);
      }
    }
    walked.checkRules();
    return text(walked.tree.root());
  }

  /** Keys and colours, nested as the nodes are. */
  private static String text(EpollItem node) {
    return node == null
        ? "-"
        : "(" + text(node.left) + node.fd + (node.isRed ? "r" : "b") + text(node.right) + ")";
  }

  @Test
  void tree_filledInOrder_staysLow() {
    int count = 1_023;
    for (int fd = 0; fd < count; fd++) {
      insert(item(0, fd));
    }
    checkRules();
    int height = height(tree.root());
    assertTrue(height <= 2 * 10, "height " + height); // 2 log2(n + 1)
  }

  @Test
  void tree_empty_hasNothing() {
    assertNull(tree.first());
    assertNull(tree.find(1, 1));
    EpollItem only = item(0, 3);
    tree.insert(only);
    assertNull(InterestTree.next(only));
    tree.remove(only);
    assertNull(tree.root());
    assertEquals(0, tree.size());
  }

  private void checkRules() {
    assertEquals(map.size(), tree.size());
    EpollItem node = tree.first();
    for (EpollItem expected : map.values()) {
      assertEquals(expected, node);
      assertNotNull(node);
      node = InterestTree.next(node);
    }
    assertNull(node);
    EpollItem root = tree.root();
    if (root != null) {
      assertFalse(root.isRed, "rule 1");
      assertNull(root.parent);
      int _ = blackHeight(root);
    }
  }

  private static int blackHeight(EpollItem node) {
    if (node == null) {
      return 1;
    }
    for (EpollItem child : new EpollItem[] {node.left, node.right}) {
      if (child != null) {
        assertEquals(node, child.parent);
        assertFalse(node.isRed && child.isRed, "rule 2");
      }
    }
    int left = blackHeight(node.left);
    assertEquals(left, blackHeight(node.right), "rule 3");
    return left + (node.isRed ? 0 : 1);
  }

  private static int height(EpollItem node) {
    return node == null ? 0 : 1 + Math.max(height(node.left), height(node.right));
  }
}
