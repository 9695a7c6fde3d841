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

  /** How many threads a program has beside the main one, which is thread 0. */
  static final int THREADS = 2;

  /** As many ticks as there are. */
  static final int FOREVER = -1;

  private final Kind kind;
  private final int thread;
  private final int ticks;
  private final int[] args;

  private Op(Kind kind, int thread, int ticks, int[] args) {
    this.kind = kind;
    this.thread = thread;
    this.ticks = ticks;
    this.args = args;
  }

  /** An operation; the count of arguments must fit the kind. */
  static Op of(Kind kind, int... args) {
    boolean fits = kind.repeats() ? args.length % kind.arity() == 0 : args.length == kind.arity();
    if (!fits) {
      throw new IllegalArgumentException(kind + " with " + args.length + " arguments");
    }
    return new Op(kind, 0, 0, args.clone());
  }

  /**
   * The same operation, made by another thread, from 1, in a call that blocks: for so many ticks,
   * if it is one that takes a timeout, or {@link #FOREVER}.
   */
  Op by(int otherThread, int forTicks) {
    return new Op(kind, otherThread, forTicks, args);
  }

  Kind kind() {
    return kind;
  }

  /** Whose call it is; 0 is the main thread's, and does not block. */
  int thread() {
    return thread;
  }

  /** How long another thread's wait lasts at most. */
  int ticks() {
    return ticks;
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
    return new Op(kind, thread, ticks, changed);
  }

  /** The same without one group of arguments, of a kind that {@link Kind#repeats}. */
  Op withoutGroup(int group) {
    int arity = kind.arity();
    int[] fewer = new int[args.length - arity];
    System.arraycopy(args, 0, fewer, 0, group * arity);
    System.arraycopy(args, (group + 1) * arity, fewer, group * arity, fewer.length - group * arity);
    return new Op(kind, thread, ticks, fewer);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Op op
        && op.kind == kind
        && op.thread == thread
        && op.ticks == ticks
        && Arrays.equals(op.args, args);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * kind.hashCode() + thread) + Arrays.hashCode(args);
  }

  @Override
  public String toString() {
    return OpText.of(this);
  }
}
