package dev.pollux.inspect;

/** How sure a diagnosis is. */
public enum Confidence {
  /** It may be meant so: only the program knows. */
  POSSIBLE,
  /** There is hardly another explanation. */
  LIKELY,
  /** What the kernel holds allows no other. */
  CERTAIN
}
