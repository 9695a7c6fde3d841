package dev.pollux.model;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * The interest list: a red-black tree of items, by open file description and descriptor number.
 *
 * <p>Both are the key, so one file may be watched twice under two numbers, and a number that was
 * closed and came back for another file is another key.
 *
 * <pre>
 * 1. A node is red or black; the root is black.
 * 2. A red node has no red child.
 * 3. From a node, every way down to an empty place passes as many black nodes.
 * </pre>
 *
 * <p>Complexity: O(log n) for find, insert and remove; the height is at most 2 log2(n + 1).
 *
 * <p>Source: Cormen, Leiserson, Rivest, Stein: Introduction to Algorithms, chapter 13, with null
 * for the empty places; the cases of the repairs have its numbers.
 */
final class InterestTree {

  private @Nullable EpollItem root;
  private int size;

  int size() {
    return size;
  }

  @Nullable EpollItem root() {
    return root;
  }

  @Nullable EpollItem find(long descriptionId, int fd) {
    EpollItem node = root;
    while (node != null) {
      int order = compare(descriptionId, fd, node);
      if (order == 0) {
        return node;
      }
      node = order < 0 ? node.left : node.right;
    }
    return null;
  }

  /** The item with the smallest key, or null. */
  @Nullable EpollItem first() {
    return root == null ? null : leftmost(root);
  }

  /** The item with the next larger key, or null. */
  static @Nullable EpollItem next(EpollItem item) {
    if (item.right != null) {
      return leftmost(item.right);
    }
    EpollItem child = item;
    EpollItem up = item.parent;
    while (up != null && child == up.right) {
      child = up;
      up = up.parent;
    }
    return up;
  }

  /** Puts in an item whose key is not here yet. */
  void insert(EpollItem item) {
    EpollItem up = null;
    EpollItem node = root;
    int order = 0;
    while (node != null) {
      up = node;
      order = compare(item.targetId, item.fd, node);
      assert order != 0 : "twice in the tree";
      node = order < 0 ? node.left : node.right;
    }
    item.parent = up;
    item.left = null;
    item.right = null;
    item.isRed = true;
    if (up == null) {
      root = item;
    } else if (order < 0) {
      up.left = item;
    } else {
      up.right = item;
    }
    size++;
    afterInsert(item);
  }

  /** Takes out an item that is here. */
  void remove(EpollItem item) {
    EpollItem hole; // what moves to where a node went away; may be an empty place
    EpollItem above; // its parent there
    boolean blackGone;
    if (item.left != null && item.right != null) {
      EpollItem successor = leftmost(item.right);
      blackGone = !successor.isRed;
      hole = successor.right;
      if (successor.parent == item) {
        above = successor;
      } else {
        above = successor.parent;
        replace(successor, hole);
        successor.right = item.right;
        successor.right.parent = successor;
      }
      replace(item, successor);
      successor.left = item.left;
      successor.left.parent = successor;
      successor.isRed = item.isRed;
    } else {
      blackGone = !item.isRed;
      hole = item.left == null ? item.right : item.left;
      above = item.parent;
      replace(item, hole);
    }
    item.parent = null;
    item.left = null;
    item.right = null;
    size--;
    if (blackGone) {
      afterRemove(hole, above);
    }
  }

  private static int compare(long descriptionId, int fd, EpollItem node) {
    int order = Long.compare(descriptionId, node.targetId);
    return order != 0 ? order : Integer.compare(fd, node.fd);
  }

  private static EpollItem leftmost(EpollItem item) {
    EpollItem node = item;
    while (node.left != null) {
      node = node.left;
    }
    return node;
  }

  private static boolean isRed(@Nullable EpollItem node) {
    return node != null && node.isRed;
  }

  /**
   * The new node is red, which breaks rule 2 if its parent is red as well. The cases, with the
   * parent on the left; on the right they are mirrored. Small letters are red, capitals black: n is
   * the node, p its parent, t the top of the three, u the uncle.
   *
   * <pre>
   * Case 1: the uncle is red. Recoloured; t is the new n, two levels up.
   *
   *        T              t
   *       / \            / \
   *      p   u    ->    P   U
   *     /              /
   *    n              n
   *
   * Case 2: the uncle is black, n an inner grandchild. Turned into case 3, where p is the new n.
   *
   *        T              T
   *       / \            / \
   *      p   U    ->    n   U
   *       \            /
   *        n          p
   *
   * Case 3: the uncle is black, n an outer grandchild. Turned and recoloured; done.
   *
   *        T              P
   *       / \            / \
   *      p   U    ->    n   t
   *     /                    \
   *    n                      U
   * </pre>
   */
  private void afterInsert(EpollItem item) {
    EpollItem node = item;
    EpollItem up = node.parent;
    while (up != null && up.isRed) {
      EpollItem top = requireNonNull(up.parent, "the root is black");
      boolean isLeft = up == top.left;
      EpollItem uncle = isLeft ? top.right : top.left;
      if (uncle != null && uncle.isRed) { // case 1
        up.isRed = false;
        uncle.isRed = false;
        top.isRed = true;
        node = top;
        up = node.parent;
        continue;
      }
      if (node == (isLeft ? up.right : up.left)) { // case 2
        rotate(up, isLeft);
        node = up;
        up = requireNonNull(node.parent);
      }
      up.isRed = false; // case 3
      top.isRed = true;
      rotate(top, !isLeft);
    }
    requireNonNull(root).isRed = false;
  }

  /**
   * The ways through {@code hole} lack a black node, which breaks rule 3. If it is red, it is made
   * black. Else the cases, with the hole on the left; on the right they are mirrored. Small letters
   * are red, capitals black, and a letter in brackets is either: x is the hole, p its parent, s the
   * sibling, n the near nephew, f the far one.
   *
   * <pre>
   * Case 1: the sibling is red. Turned into a case with a black one, n.
   *
   *       P                  S
   *      / \                / \
   *     X   s      ->      p   F
   *        / \            / \
   *       N   F          X   N
   *
   * Case 2: all three are black. Recoloured: now both sides lack one, and p is the new x.
   *
   *      (p)                (p)
   *      / \                / \
   *     X   S      ->      X   s
   *        / \                / \
   *       N   F              N   F
   *
   * Case 3: of the nephews only the near one is red. Turned into case 4.
   *
   *      (p)                (p)
   *      / \                / \
   *     X   S      ->      X   N
   *        / \                  \
   *       n   F                  s
   *                               \
   *                                F
   *
   * Case 4: the far nephew is red. Turned; s takes p's colour; done.
   *
   *      (p)                (s)
   *      / \                / \
   *     X   S      ->      P   F
   *        / \            / \
   *      (n)  f          X  (n)
   * </pre>
   */
  private void afterRemove(@Nullable EpollItem hole, @Nullable EpollItem above) {
    EpollItem node = hole;
    EpollItem up = above;
    while (up != null && !isRed(node)) {
      boolean isLeft = node == up.left;
      EpollItem sibling = requireNonNull(isLeft ? up.right : up.left, "that side is higher");
      if (sibling.isRed) { // case 1
        sibling.isRed = false;
        up.isRed = true;
        rotate(up, isLeft);
        sibling = requireNonNull(isLeft ? up.right : up.left);
      }
      if (!isRed(sibling.left) && !isRed(sibling.right)) { // case 2
        sibling.isRed = true;
        node = up;
        up = node.parent;
        continue;
      }
      if (!isRed(isLeft ? sibling.right : sibling.left)) { // case 3
        EpollItem near = requireNonNull(isLeft ? sibling.left : sibling.right);
        near.isRed = false;
        sibling.isRed = true;
        rotate(sibling, !isLeft);
        sibling = near;
      }
      EpollItem far = requireNonNull(isLeft ? sibling.right : sibling.left); // case 4
      sibling.isRed = up.isRed;
      up.isRed = false;
      far.isRed = false;
      rotate(up, isLeft);
      return;
    }
    if (node != null) {
      node.isRed = false;
    }
  }

  /** Puts {@code child} where {@code node} hangs. */
  private void replace(EpollItem node, @Nullable EpollItem child) {
    EpollItem up = node.parent;
    if (up == null) {
      root = child;
    } else if (node == up.left) {
      up.left = child;
    } else {
      up.right = child;
    }
    if (child != null) {
      child.parent = up;
    }
  }

  /** Turns a node down, to the left or to the right; the child of the other side comes up. */
  private void rotate(EpollItem node, boolean toLeft) {
    EpollItem riser = requireNonNull(toLeft ? node.right : node.left, "nothing to turn up");
    EpollItem inner = toLeft ? riser.left : riser.right;
    replace(node, riser);
    if (toLeft) {
      node.right = inner;
      riser.left = node;
    } else {
      node.left = inner;
      riser.right = node;
    }
    if (inner != null) {
      inner.parent = node;
    }
    node.parent = riser;
  }
}
