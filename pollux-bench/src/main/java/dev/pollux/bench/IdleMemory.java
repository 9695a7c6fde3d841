package dev.pollux.bench;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a server holds in memory, in bytes.
 *
 * @param heapBytes reachable on the Java heap; empty if there is none
 * @param bufferBytes in buffers outside the heap; empty if that cannot be told
 * @param residentBytes all pages of the process, the heap included, and what garbage once took
 */
record IdleMemory(OptionalLong heapBytes, OptionalLong bufferBytes, long residentBytes) {

  /** Reads the answer of {@code EchoMain} to {@code memory}; empty for a server without a JVM. */
  static IdleMemory parse(Optional<String> answer, long residentBytes) throws IOException {
    if (answer.isEmpty()) {
      return new IdleMemory(OptionalLong.empty(), OptionalLong.empty(), residentBytes);
    }
    String[] words = answer.get().split(" ", -1);
    try {
      if (words.length == 2) {
        return new IdleMemory(
            OptionalLong.of(Long.parseLong(words[0])),
            OptionalLong.of(Long.parseLong(words[1])),
            residentBytes);
      }
    } catch (NumberFormatException e) {
      throw new IOException("the memory of an echo server is no number: " + answer.get(), e);
    }
    throw new IOException("the memory of an echo server is not understood: " + answer.get());
  }
}
