package dev.pollux.http.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every case in one piece, byte by byte, and in pieces of chance. */
class CasesTest {

  private static final int LONG = 4096; // more than that is not sent byte by byte
  private static final int SPLITS = 3;

  static List<Cases.Case> cases() {
    return Cases.all();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void case_anySplit_isAnsweredAlike(Cases.Case one) {
    assertAnswered(one, one.sent().bytes().length);
    if (one.sent().bytes().length <= LONG) {
      assertAnswered(one, 1);
    }
    Random random = new Random(one.name().hashCode());
    for (int i = 0; i < SPLITS; i++) {
      assertAnswered(one, 1 + random.nextInt(one.sent().bytes().length));
    }
  }

  /** In pieces of so many bytes. */
  private static void assertAnswered(Cases.Case one, int size) {
    SocketWire.Echo echo = new SocketWire.Echo();
    try (SocketWire wire = SocketWire.open(echo)) {
      for (int at = 0; at < one.sent().bytes().length && !wire.http.isEnded(); at += size) {
        wire.send(
            Arrays.copyOfRange(
                one.sent().bytes(), at, Math.min(at + size, one.sent().bytes().length)));
      }
      assertEquals(one.answer(), wire.read(), one + ", in pieces of " + size);
      assertTrue(wire.isEnded(), one + ", in pieces of " + size);
      assertEquals(List.of(), wire.http.reported);
      assertEquals(1, echo.seen.stream().filter(each -> each.startsWith("closed")).count());
    }
  }
}
