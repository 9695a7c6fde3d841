package dev.pollux.net;

/** Told of the bytes that pass between a connection and the kernel: for logs and counters. */
public interface ConnectionTrace {

  /** So many bytes were read. Threads: the loop's. */
  void read(Connection connection, int sizeBytes);

  /** The kernel took so many bytes. Threads: the loop's. */
  void wrote(Connection connection, int sizeBytes);
}
