package dev.pollux.http;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import org.junit.jupiter.api.Test;

/** What {@code ./dev fuzz-http} runs holds of what it begins with, and can fail. */
class FuzzTargetTest {

  @Test
  void seeds_pass() throws Exception {
    assertTrue(ParserTarget.seeds().size() >= 4);
    for (byte[] seed : ParserTarget.seeds()) {
      ParserTarget.fuzzerTestOneInput(seed);
      for (int first = 0; first < 10; first++) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(first);
        bytes.writeBytes(seed);
        WireTarget.fuzzerTestOneInput(bytes.toByteArray());
        ProxyTarget.fuzzerTestOneInput(bytes.toByteArray());
      }
    }
  }

  @Test
  void difference_isFound() {
    Reference.Outcome none = Reference.read(HttpWire.bytes("GET"), HttpLimits.DEFAULT);
    byte[] request = HttpWire.bytes("GET / HTTP/1.1¶Host: a¶¶");
    Fast fast = Fast.read(request, HttpLimits.DEFAULT, all -> all);
    assertThrows(AssertionError.class, () -> ParserFuzzTest.assertAgree(none, fast, ""));
  }
}
