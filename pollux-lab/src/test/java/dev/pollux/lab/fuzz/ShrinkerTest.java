package dev.pollux.lab.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Linux;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class ShrinkerTest {
  private static boolean has(List<Op> program, Kind kind) {
    return program.stream().anyMatch(op -> op.kind() == kind);
  }

  @Test
  void shrink_failureOfTwoOperations_leavesTheTwo() {
    Predicate<List<Op>> fails = p -> has(p, Kind.EVENTFD) && has(p, Kind.TIMERFD);
    long number = 0;
    while (!fails.test(Generator.program(1, number))) {
      number++;
    }
    List<Op> small = Shrinker.shrink(Generator.program(1, number), fails);
    assertEquals(2, small.size(), small.toString());
    assertTrue(fails.test(small), small.toString());
  }

  @Test
  void shrink_orderMatters_isKept() {
    List<Op> program =
        List.of(
            Op.of(Kind.CLOSE, 9),
            Op.of(Kind.TIMERFD, 9),
            Op.of(Kind.GETFL, 9),
            Op.of(Kind.CLOSE, 9),
            Op.of(Kind.TIMERFD, 3));
    Predicate<List<Op>> fails =
        p ->
            has(p, Kind.TIMERFD)
                && has(p.subList(p.indexOf(first(p, Kind.TIMERFD)), p.size()), Kind.CLOSE);
    assertEquals(
        List.of(Op.of(Kind.TIMERFD, 0), Op.of(Kind.CLOSE, 0)), Shrinker.shrink(program, fails));
  }

  @Test
  void shrink_arguments_becomePlain() {
    int mask = Linux.EPOLLIN | Linux.EPOLLOUT | Linux.EPOLLET;
    List<Op> program =
        List.of(Op.of(Kind.CTL, 20, Linux.EPOLL_CTL_ADD, 7, mask, 9), Op.of(Kind.WRITE, 7, 5000));
    Predicate<List<Op>> fails =
        p -> p.size() == 2 && (p.get(0).arg(3) & Linux.EPOLLET) != 0 && p.get(1).arg(1) >= 100;
    assertEquals(
        List.of(
            Op.of(Kind.CTL, 0, Linux.EPOLL_CTL_ADD, 1, Linux.EPOLLET, 9),
            Op.of(Kind.WRITE, 1, 100)),
        Shrinker.shrink(program, fails));
  }

  @Test
  void shrink_groupsOfPoll_leavesTheOneThatMatters() {
    List<Op> program = List.of(Op.of(Kind.POLL, 1, 1, 2, 4, 3, 5));
    Predicate<List<Op>> fails =
        p -> {
          for (int i = 0; !p.isEmpty() && i < p.get(0).size(); i += 2) {
            if (p.get(0).arg(i + 1) == 4) {
              return true;
            }
          }
          return false;
        };
    assertEquals(List.of(Op.of(Kind.POLL, 0, 4)), Shrinker.shrink(program, fails));
  }

  @Test
  void shrink_additionThatIsModified_becomesOneAddition() {
    int mask = Linux.EPOLLIN;
    List<Op> program =
        List.of(
            Op.of(Kind.CTL, 0, Linux.EPOLL_CTL_ADD, 1, 0, 3),
            Op.of(Kind.GETFL, 1),
            Op.of(Kind.CTL, 0, Linux.EPOLL_CTL_MOD, 1, mask, 4));
    Predicate<List<Op>> fails =
        p ->
            p.stream().anyMatch(op -> op.kind() == Kind.CTL && op.arg(3) == mask)
                && p.get(0).arg(1) == Linux.EPOLL_CTL_ADD;
    assertEquals(
        List.of(Op.of(Kind.CTL, 0, Linux.EPOLL_CTL_ADD, 1, mask, 4)),
        Shrinker.shrink(program, fails));
  }

  @Test
  void shrink_failureThatNeedsAll_changesNothing() {
    List<Op> program = List.of(Op.of(Kind.TIMERFD, 0), Op.of(Kind.GETFL, 0));
    assertEquals(program, Shrinker.shrink(program, p -> p.equals(program)));
  }

  private static Op first(List<Op> program, Kind kind) {
    return program.stream().filter(op -> op.kind() == kind).findFirst().orElseThrow();
  }
}
