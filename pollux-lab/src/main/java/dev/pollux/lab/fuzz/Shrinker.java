package dev.pollux.lab.fuzz;

import dev.pollux.sys.Linux;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * Makes a failing program small: drops operations (delta debugging), then makes what is left plain,
 * and again until nothing gives. Every step keeps the program failing.
 *
 * <p>Source: Zeller, Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002.
 */
final class Shrinker {
  /** Runs of candidates before the shrinker is content with what it has. */
  private static final int MAX_RUNS = 20_000;

  private static final int ADD = Linux.EPOLL_CTL_ADD;
  private static final int MODIFY = Linux.EPOLL_CTL_MOD;

  private final Predicate<List<Op>> fails;
  private int runs;

  private Shrinker(Predicate<List<Op>> fails) {
    this.fails = fails;
  }

  /** A small program that still fails, of one that does. */
  static List<Op> shrink(List<Op> program, Predicate<List<Op>> fails) {
    Shrinker shrinker = new Shrinker(fails);
    List<Op> current = program;
    List<Op> before;
    do {
      before = current;
      current = shrinker.fold(shrinker.plain(shrinker.drop(current)));
    } while (!current.equals(before));
    return shrinker.renumber(current);
  }

  private boolean stillFails(List<Op> candidate) {
    return runs++ < MAX_RUNS && fails.test(candidate);
  }

  /** Drops chunks of operations, large ones first, down to single ones. */
  private List<Op> drop(List<Op> program) {
    List<Op> current = program;
    for (int chunk = Math.max(1, current.size() / 2); ; chunk /= 2) {
      int at = Math.max(0, current.size() - chunk); // from the end: results need their causes
      while (true) {
        List<Op> candidate = without(current, at, chunk);
        if (candidate.size() < current.size() && stillFails(candidate)) {
          current = candidate;
        }
        if (at == 0) {
          break;
        }
        at = Math.max(0, at - chunk);
      }
      if (chunk <= 1) {
        return current;
      }
    }
  }

  /** Turns an addition that is modified later into one addition. */
  private List<Op> fold(List<Op> program) {
    List<Op> current = program;
    for (int i = 0; i < current.size(); i++) {
      for (int j = i + 1; isControl(current.get(i), ADD) && j < current.size(); j++) {
        if (isControl(current.get(j), MODIFY)) {
          List<Op> candidate = new ArrayList<>(current);
          candidate.set(j, current.get(j).with(1, ADD));
          candidate.remove(i);
          if (stillFails(candidate)) {
            current = candidate;
            break;
          }
        }
      }
    }
    return current;
  }

  private static boolean isControl(Op op, int which) {
    return op.kind() == Kind.CTL && op.arg(1) == which;
  }

  private static List<Op> without(List<Op> program, int at, int count) {
    List<Op> fewer = new ArrayList<>(program.subList(0, Math.min(at, program.size())));
    fewer.addAll(program.subList(Math.min(at + count, program.size()), program.size()));
    return fewer;
  }

  /** Makes the arguments of each operation plainer, one at a time. */
  private List<Op> plain(List<Op> program) {
    List<Op> current = program;
    for (int i = 0; i < current.size(); i++) {
      boolean changed = true;
      while (changed) {
        changed = false;
        for (Op plainer : plainer(current.get(i))) {
          List<Op> candidate = new ArrayList<>(current);
          candidate.set(i, plainer);
          if (stillFails(candidate)) {
            current = candidate;
            changed = true;
            break;
          }
        }
      }
    }
    return current;
  }

  /** The next plainer forms of an operation; following them always comes to an end. */
  private static List<Op> plainer(Op op) {
    List<Op> forms = new ArrayList<>();
    if (op.kind().repeats() && op.size() > op.kind().arity()) {
      for (int group = 0; group < op.size() / op.kind().arity(); group++) {
        forms.add(op.withoutGroup(group));
      }
    }
    if (op.kind() == Kind.RECV) {
      forms.add(Op.of(Kind.READ, op.arg(0), op.arg(1)).by(op.thread(), op.ticks()));
    } else if (op.kind() == Kind.SEND) {
      forms.add(Op.of(Kind.WRITE, op.arg(0), op.arg(1)).by(op.thread(), op.ticks()));
    }
    if (op.thread() > 0) {
      forms.add(op.by(0, 0));
    }
    if (op.thread() > 1) {
      forms.add(op.by(1, op.ticks()));
    }
    for (int i = 0; i < op.size(); i++) {
      int value = op.arg(i);
      switch (op.kind().arg(i)) {
        case SIZE -> {
          for (int size : new int[] {1, 8, value / 2, value - 1}) {
            if (size < value && size > 0) {
              forms.add(op.with(i, size));
            }
          }
        }
        case EVENTS, FLAGS -> {
          for (int bits = value; bits != 0; bits &= bits - 1) {
            forms.add(op.with(i, value & ~Integer.lowestOneBit(bits)));
          }
        }
        case NEW, HANDLE, NUMBER -> {}
      }
    }
    return forms;
  }

  /** Gives handles their numbers in the order in which they appear. */
  private List<Op> renumber(List<Op> program) {
    int[] numbers = new int[Op.HANDLES + 1];
    Arrays.fill(numbers, -1);
    numbers[Op.NO_HANDLE] = Op.NO_HANDLE;
    int next = 0;
    List<Op> renumbered = new ArrayList<>();
    for (Op op : program) {
      Op changed = op;
      for (int i = 0; i < op.size(); i++) {
        Arg arg = op.kind().arg(i);
        if (arg == Arg.NEW || arg == Arg.HANDLE) {
          if (numbers[op.arg(i)] < 0) {
            numbers[op.arg(i)] = next++;
          }
          changed = changed.with(i, numbers[op.arg(i)]);
        }
      }
      renumbered.add(changed);
    }
    return stillFails(renumbered) ? renumbered : program;
  }
}
