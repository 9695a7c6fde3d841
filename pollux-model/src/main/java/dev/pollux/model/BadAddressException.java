package dev.pollux.model;

/**
 * The caller's memory cannot be read or written: thrown in the middle of a call, at the place where
 * the kernel finds out, and turned into -EFAULT by {@link Transfers}, or, where nothing waits,
 * where the call began: see {@link LockedFileCalls}.
 */
final class BadAddressException extends RuntimeException {

  private static final long serialVersionUID = 1;

  BadAddressException(long address, long bytes) {
    super(bytes + " bytes at 0x" + Long.toHexString(address), null, false, false);
  }
}
