package dev.pollux.sim;

/** What may come in the way of hosts, beside the faults of their system calls. */
public enum Trouble {
  /** A packet was lost on a link. */
  LOSS,
  /** A packet arrived twice. */
  DUPLICATION,
  /** A packet took longer than others, which may have overtaken it. */
  JITTER,
  /** A packet met a link that is cut. */
  PARTITION,
  /** A packet was held back. */
  HOLD,
  /** A host lost its power. */
  CRASH,
  /** A host's program was killed. */
  KILL,
  /** What the test does to disturb: {@link Sim#disturb}. */
  DISTURBANCE
}
