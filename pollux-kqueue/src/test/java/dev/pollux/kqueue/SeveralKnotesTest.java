package dev.pollux.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several knotes on one descriptor or file: none knows of the other. */
class SeveralKnotesTest extends KqueueCase {

  private Set<String> names() throws Exception {
    Set<String> names = new TreeSet<>();
    for (String each : now()) {
      names.add(each.substring(0, each.indexOf(' ')));
    }
    return names;
  }

  /** Of all waits until nothing comes. */
  private Set<String> allNames() throws Exception {
    Set<String> all = new TreeSet<>();
    Set<String> some = names();
    while (!some.isEmpty()) {
      boolean _ = all.addAll(some);
      some = names();
    }
    return all;
  }

  /** Each combination of how READ and how WRITE report. */
  @ParameterizedTest
  @CsvSource({
    "0, 0", "0, 16", "0, 32", "0, 128", "16, 0", "16, 16", "16, 32", "16, 128",
    "32, 0", "32, 16", "32, 32", "32, 128", "128, 0", "128, 16", "128, 32", "128, 128"
  })
  void flags_areEachKnotesOwn(int read, int write) throws Exception {
    int[] pair = pair();
    change(pair[0], READ, ADD | read);
    change(pair[0], WRITE, ADD | write);
    write(pair[1], 1);
    assertEquals(Set.of("READ", "WRITE"), names());
    Set<String> left = new TreeSet<>();
    boolean _ = read == 0 && left.add("READ");
    boolean _ = write == 0 && left.add("WRITE");
    assertEquals(left, names());
    assertEquals(left, names());
  }

  @ParameterizedTest
  @CsvSource({
    "-1, 8, 0",
    "-1, 8, 32",
    "-2, 8, 0",
    "-2, 8, 32",
    "-1, 2, 0",
    "-1, 2, 32",
    "-2, 2, 0",
    "-2, 2, 32"
  })
  void oneThatIsOffOrDeleted_leavesTheOther(int filter, int how, int flags) throws Exception {
    int[] pair = pair();
    change(pair[0], READ, ADD | flags);
    change(pair[0], WRITE, ADD | flags);
    change(pair[0], filter, how);
    write(pair[1], 1);
    assertEquals(Set.of(filter == READ ? "WRITE" : "READ"), names());
    change(pair[0], filter, ADD | flags);
    assertTrue(names().contains(Kevent.filterName(filter)));
  }

  @Test
  void udata_isEachKnotesOwn() throws Exception {
    int[] pair = pair();
    queue.change(pair[0], READ, ADD | CLEAR, 0, 0, 1);
    queue.change(pair[0], WRITE, ADD | ONESHOT, 0, 0, 2);
    write(pair[1], 1);
    assertEquals(2, now().size());
    for (int i = 0; i < 2; i++) {
      assertEquals(events.filter(i) == READ ? 1 : 2, events.udata(i));
    }
  }

  @Test
  void end_isToldToBoth_withWhatIsLeft() throws Exception {
    int[] pair = pair();
    change(pair[0], READ, ADD | CLEAR);
    change(pair[0], WRITE, ADD);
    write(pair[1], 2);
    close(pair[1]);
    List<String> said = now();
    assertEquals(2, said.size());
    assertTrue(said.contains(readable(pair[0], 2) + " EOF"), said::toString);
    assertTrue(said.contains(writable(pair[0], 0) + " EOF"), said::toString);
  }

  @Test
  void readAndWrite_ofAFile_areTwo() throws Exception {
    int fd = file("a");
    int other = file("a");
    change(fd, READ, ADD);
    change(fd, WRITE, ADD);
    assertEquals(Set.of("WRITE"), names());
    write(other, 1);
    assertEquals(Set.of("READ", "WRITE"), names());
    change(fd, WRITE, DELETE);
    assertEquals(Set.of("READ"), names());
    change(fd, READ, DELETE);
    assertEquals(Set.of(), names());
  }

  @Test
  void readAndVnode_ofAFile_areTwo() throws Exception {
    int fd = file("a");
    int other = file("a");
    change(fd, READ, ADD | CLEAR);
    change(fd, VNODE, ADD | CLEAR, Kevent.NOTE_WRITE, 0);
    write(other, 1);
    assertEquals(Set.of("READ", "VNODE"), allNames());
    change(fd, VNODE, DELETE);
    write(other, 1);
    assertEquals(Set.of("READ"), allNames());
    change(fd, VNODE, ADD | CLEAR, Kevent.NOTE_WRITE, 0);
    change(fd, READ, DELETE);
    write(other, 1);
    assertEquals(Set.of("VNODE"), allNames());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, Kevent.EV_CLEAR})
  void duplicates_haveKnotesOfTheirOwn(int how) throws Exception {
    int[] pair = pair();
    int copy = dup(pair[0]);
    queue.change(pair[0], READ, ADD | how, 0, 0, 1);
    queue.change(copy, READ, ADD | how, 0, 0, 2);
    write(pair[1], 1);
    assertEquals(Set.of(readable(pair[0], 1), readable(copy, 1)), Set.copyOf(now()));
    change(copy, READ, DELETE);
    write(pair[1], 1);
    assertEquals(List.of(readable(pair[0], 2)), now());
  }

  @Test
  void bothEnds_ofOnePair_areApart() throws Exception {
    int[] pair = pair();
    change(pair[0], READ, ADD);
    change(pair[1], READ, ADD);
    write(pair[0], 1);
    assertEquals(List.of(readable(pair[1], 1)), now());
    write(pair[1], 2);
    assertEquals(2, now().size());
  }

  @Test
  void descriptors_ofOneFile_areApart() throws Exception {
    int one = file("a");
    int two = file("a");
    change(one, READ, ADD);
    change(two, READ, ADD);
    write(one, 3);
    assertEquals(List.of(readable(two, 3)), now());
    assertEquals(3, read(two, 3));
    assertEquals(List.of(), now());
  }

  @Test
  void vnodes_ofOneFile_haveNotesOfTheirOwn() throws Exception {
    int one = file("a");
    int two = file("a");
    change(one, VNODE, ADD | CLEAR, Kevent.NOTE_WRITE, 0);
    change(two, VNODE, ADD | CLEAR, Kevent.NOTE_DELETE | Kevent.NOTE_RENAME, 0);
    write(two, 1);
    assertEquals(List.of("VNODE " + one + " 0"), now());
    assertEquals(0, sys.rename(path("a"), path("b")));
    assertEquals(List.of("VNODE " + two + " 0"), now());
    change(one, VNODE, DELETE);
    assertEquals(0, sys.unlink(path("b")));
    assertEquals(List.of("VNODE " + two + " 0"), now());
  }

  @Test
  void oneNumber_inEachFilter_isAnother() throws Exception {
    int[] pipe = pipe();
    int n = pipe[0];
    write(pipe[1], 1);
    change(n, USER, ADD | CLEAR, Kevent.NOTE_TRIGGER, 0);
    change(n, TIMER, ADD | ONESHOT, 0, 3_600_000);
    change(n, READ, ADD | CLEAR);
    assertEquals(Set.of("READ", "USER"), names());
    change(n, USER, DELETE);
    change(n, READ, DELETE);
    change(n, TIMER, DELETE);
    assertEquals(Errno.ENOENT, errno(() -> change(n, TIMER, DELETE)));
  }

  @Test
  void queues_haveFlagsOfTheirOwn_onOneDescriptor() throws Exception {
    int[] pair = pair();
    Kqueue once = another();
    Kqueue clear = another();
    change(pair[0], READ, ADD);
    once.change(pair[0], READ, ADD | ONESHOT, 0, 0, 0);
    clear.change(pair[0], READ, ADD | CLEAR, 0, 0, 0);
    for (int i = 0; i < 2; i++) {
      write(pair[1], 1);
      assertEquals(1, now().size());
      assertEquals(1, now().size());
      assertEquals(i == 0 ? 1 : 0, once.kevent(null, events, 0));
      assertEquals(1, clear.kevent(null, events, 0));
      assertEquals(0, clear.kevent(null, events, 0));
    }
  }

  @Test
  void manyDescriptors_areAllTold() throws Exception {
    Kevents list = Kevents.allocate(64);
    for (int i = 0; i < 32; i++) {
      int[] pair = pair();
      change(pair[0], READ, ADD | (i % 2 == 0 ? CLEAR : 0));
      write(pair[1], 1);
    }
    assertEquals(32, queue.kevent(null, list, 0));
    assertEquals(16, queue.kevent(null, list, 0));
  }
}
