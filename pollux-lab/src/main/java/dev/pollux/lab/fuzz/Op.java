package dev.pollux.lab.fuzz;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One operation of a program: a kind and its arguments. Immutable.
 *
 * <p>Handles are numbers from 0; {@link #NO_HANDLE} stands for -1, which is never open. A handle
 * that no operation has created yet, or that is closed, is a bad descriptor and nothing worse: any
 * list of operations is a program, so the shrinker may drop what it likes.
 */
final class Op {
  /** How many handles a program can name. */
  static final int HANDLES = 24;

  /** The handle whose descriptor is -1. */
  static final int NO_HANDLE = HANDLES;

  private final Kind kind;
  private final int[] args;

  private Op(Kind kind, int[] args) {
    this.kind = kind;
    this.args = args;
  }

  /** An operation; the count of arguments must fit the kind. */
  static Op of(Kind kind, int... args) {
    boolean fits = kind.repeats() ? args.length % kind.arity() == 0 : args.length == kind.arity();
    if (!fits) {
      throw new IllegalArgumentException(kind + " with " + args.length + " arguments");
    }
    return new Op(kind, args.clone());
  }

  Kind kind() {
    return kind;
  }

  int arg(int index) {
    return args[index];
  }

  /** How many arguments there are. */
  int size() {
    return args.length;
  }

  /** The same with one argument replaced. */
  Op with(int index, int value) {
    int[] changed = args.clone();
    changed[index] = value;
    return new Op(kind, changed);
  }

  /** The same without one group of arguments, of a kind that {@link Kind#repeats}. */
  Op withoutGroup(int group) {
    int arity = kind.arity();
    int[] fewer = new int[args.length - arity];
    System.arraycopy(args, 0, fewer, 0, group * arity);
    System.arraycopy(args, (group + 1) * arity, fewer, group * arity, fewer.length - group * arity);
    return new Op(kind, fewer);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Op op && op.kind == kind && Arrays.equals(op.args, args);
  }

  @Override
  public int hashCode() {
    return 31 * kind.hashCode() + Arrays.hashCode(args);
  }

  @Override
  public String toString() {
    return OpText.of(this);
  }
}
