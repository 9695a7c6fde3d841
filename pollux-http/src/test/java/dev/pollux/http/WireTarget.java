package dev.pollux.http;

/**
 * For {@code ./dev fuzz-http}: bytes served on a connection of the model kernel, by handlers and in
 * pieces that the first byte chooses; the program is to see what the reference sees.
 */
final class WireTarget {

  private WireTarget() {}

  /** Called by Jazzer with whatever it thinks of. */
  public static void fuzzerTestOneInput(byte[] bytes) {
    if (bytes.length > 1) {
      WireFuzzTest.serve(java.util.Arrays.copyOfRange(bytes, 1, bytes.length), bytes[0]);
    }
  }
}
