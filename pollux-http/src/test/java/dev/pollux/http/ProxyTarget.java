package dev.pollux.http;

import java.util.Arrays;

/**
 * For {@code ./dev fuzz-http}: bytes sent to a proxy on the model kernel, to a server and in pieces
 * that the first byte chooses; what is behind is to see what the reference sees.
 */
final class ProxyTarget {

  private ProxyTarget() {}

  /** Called by Jazzer with whatever it thinks of. */
  public static void fuzzerTestOneInput(byte[] bytes) throws Exception {
    if (bytes.length > 1) {
      ProxyFuzzTest.pass(Arrays.copyOfRange(bytes, 1, bytes.length), bytes[0]);
    }
  }
}
