package dev.pollux.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.inspect.SystemCall.Watched;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What is shown of programs that are well: lists of poll and select, and what is nested. */
class ZooViewTest {

  private static final InspectOptions DEEP = InspectOptions.DEFAULT.withDeep(true);
  private static final long BOUND_NANOS = 10_000_000_000L;

  private final Sys sys = NativeSys.open();

  private interface Check {
    void of(Zoo.Animal animal) throws Exception;
  }

  @TestFactory
  Stream<DynamicTest> views() throws Exception {
    Path zoo = Zoo.program();
    if (zoo == null) {
      return Stream.of(DynamicTest.dynamicTest("there is no C compiler here", () -> {}));
    }
    return Stream.of(
        test(zoo, "poll-caller", animal -> assertWatched(animal, "poll")),
        test(zoo, "ppoll-caller", animal -> assertWatched(animal, "ppoll")),
        test(zoo, "select-caller", animal -> assertWatched(animal, "select")),
        test(zoo, "orphan-shared", animal -> assertPossible(animal, Disease.ORPHAN)),
        test(zoo, "oneshot-at-work", animal -> assertPossible(animal, Disease.ONESHOT_NOT_ARMED)),
        test(zoo, "nested", this::assertNested));
  }

  private static DynamicTest test(Path zoo, String name, Check check) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          try (Zoo.Animal animal = new Zoo.Animal(zoo, name)) {
            check.of(animal);
          }
        });
  }

  private ProcessView look(Zoo.Animal animal, InspectOptions options) throws Exception {
    try (Inspector inspector = Inspector.open(sys, animal.pid(), options)) {
      return inspector.look();
    }
  }

  /** A call of this name, which a C library may make by another of the same family. */
  private void assertWatched(Zoo.Animal animal, String name) throws Exception {
    Set<Integer> expected =
        Stream.of(animal.text("fds").split(",", -1))
            .map(Integer::parseInt)
            .collect(Collectors.toSet());
    SystemCall call = awaitCall(animal, DEEP);
    assertTrue(call.name().contains(name.replace("pp", "p")), call::toString);
    assertEquals(expected, call.watched().stream().map(Watched::fd).collect(Collectors.toSet()));
    assertTrue(call.watched().stream().allMatch(each -> each.events() == Linux.EPOLLIN));
    assertEquals(-1, call.timeoutMillis());
    assertEquals(List.of(), awaitCall(animal, InspectOptions.DEFAULT).watched());
  }

  private SystemCall awaitCall(Zoo.Animal animal, InspectOptions options) throws Exception {
    long end = sys.nanoTime() + BOUND_NANOS;
    SystemCall call = look(animal, options).threads().getFirst().call();
    while ((call == null || !call.isWait()) && sys.nanoTime() < end) {
      call = look(animal, options).threads().getFirst().call();
    }
    assertNotNull(call);
    return call;
  }

  /** It looks ill, and may be well. */
  private void assertPossible(Zoo.Animal animal, Disease disease) throws Exception {
    try (Inspector inspector = Inspector.open(sys, animal.pid(), DEEP)) {
      List<Finding> found = inspector.diagnose().findings();
      assertEquals(List.of(disease), found.stream().map(Finding::disease).toList());
      assertEquals(Confidence.POSSIBLE, found.getFirst().confidence());
    }
  }

  private void assertNested(Zoo.Animal animal) throws Exception {
    ProcessView view = look(animal, DEEP);
    EpollSet outer = view.epoll(animal.fact("epfd"));
    EpollSet inner = view.epoll(animal.fact("inner"));
    assertNotNull(outer);
    assertNotNull(inner);
    assertEquals(animal.fact("inner"), outer.items().getFirst().fd());
    Set<FileKind> kinds =
        inner.items().stream()
            .map(view::target)
            .map(target -> target == null ? FileKind.PATH : target.kind())
            .collect(Collectors.toSet());
    assertEquals(
        Set.of(
            FileKind.EVENTFD, FileKind.TIMERFD, FileKind.SIGNALFD, FileKind.INOTIFY, FileKind.PIPE),
        kinds);
    assertFalse(Boolean.TRUE.equals(outer.hasReady()));
  }
}
