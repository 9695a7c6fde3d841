package dev.pollux.net;

import org.jspecify.annotations.Nullable;

/** Tells who wants to know of the bytes that pass: a trace, and who owns the connection. */
final class Passing {

  private Passing() {}

  static void read(Connection connection, @Nullable ConnectionOwner owner, int sizeBytes) {
    ConnectionTrace trace = connection.options().trace();
    if (trace != null) {
      trace.read(connection, sizeBytes);
    }
    if (owner != null) {
      owner.read(sizeBytes);
    }
  }

  static void wrote(Connection connection, @Nullable ConnectionOwner owner, int sizeBytes) {
    ConnectionTrace trace = connection.options().trace();
    if (trace != null) {
      trace.wrote(connection, sizeBytes);
    }
    if (owner != null) {
      owner.wrote(sizeBytes);
    }
  }
}
