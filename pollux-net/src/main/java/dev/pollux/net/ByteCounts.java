package dev.pollux.net;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** The bytes of the connections of a server on one loop. Threads: its loop's writes, any reads. */
final class ByteCounts {

  private static final VarHandle READ;
  private static final VarHandle WRITTEN;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      READ = lookup.findVarHandle(ByteCounts.class, "read", long.class);
      WRITTEN = lookup.findVarHandle(ByteCounts.class, "written", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private long read;
  private long written;

  void addRead(int sizeBytes) {
    READ.setOpaque(this, read + sizeBytes);
  }

  void addWritten(int sizeBytes) {
    WRITTEN.setOpaque(this, written + sizeBytes);
  }

  long read() {
    return (long) READ.getOpaque(this);
  }

  long written() {
    return (long) WRITTEN.getOpaque(this);
  }
}
