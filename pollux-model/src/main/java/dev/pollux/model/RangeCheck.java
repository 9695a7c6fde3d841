package dev.pollux.model;

/**
 * Says which native memory the model kernel may touch, for tests: with one in place, a call whose
 * pointer leads elsewhere fails with EFAULT instead of crashing the virtual machine.
 */
@FunctionalInterface
public interface RangeCheck {

  /** Whether all of {@code [address, address + bytes)} may be read and written. */
  boolean allows(long address, long bytes);
}
