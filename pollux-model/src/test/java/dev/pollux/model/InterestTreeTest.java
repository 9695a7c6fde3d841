package dev.pollux.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InterestTreeTest {

  private static final int STEPS = 3_000;
  private static final int FILES = 12;
  private static final int FDS = 24;

  private final Kernel kernel = new Kernel(0, Faults.none(), Limits.defaults(), null);
  private final EventPoll epoll = new EventPoll(kernel);
  private final List<Description> files = new ArrayList<>();
  private final InterestTree tree = new InterestTree();

  private record Key(long file, int fd) {}

  private final TreeMap<Key, EpollItem> map =
      new TreeMap<>(Comparator.comparingLong(Key::file).thenComparingInt(Key::fd));

  private EpollItem item(int file, int fd) {
    while (files.size() <= file) {
      files.add(new Description(kernel, AlwaysReadyFile.devNull(), 0));
    }
    return new EpollItem(epoll, files.get(file), fd, 0, 0);
  }

  private void insert(EpollItem item) {
    tree.insert(item);
    map.put(new Key(item.target.id, item.fd), item);
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
        tree.remove(known);
        map.remove(new Key(known.target.id, known.fd));
      }
      checkRules();
    }
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
