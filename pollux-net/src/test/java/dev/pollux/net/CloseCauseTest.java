package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.SysException;
import org.junit.jupiter.api.Test;

/** What a cause says of an exception. */
class CloseCauseTest {

  private static CloseCause of(Throwable thrown) {
    return CloseCause.of(CloseReason.HANDLER_FAILED, thrown);
  }

  @Test
  void exception_withAMessage_isQuoted() {
    IllegalStateException thrown = new IllegalStateException("made to fail");
    assertEquals("made to fail", of(thrown).message());
    assertSame(thrown, of(thrown).exception());
    assertEquals(Errno.EMFILE, of(SysException.of("socket", -Errno.EMFILE)).errno());
  }

  /** A failed assert has none, and the class alone helps nobody. */
  @Test
  void exception_withoutAMessage_namesThePlace() {
    for (Throwable thrown : new Throwable[] {new AssertionError(), new RuntimeException(" ")}) {
      String message = of(thrown).message();
      assertTrue(message.startsWith(thrown.getClass().getName() + " at "), message);
      assertTrue(message.contains("CloseCauseTest.java:"), message);
    }
  }

  /** The alert that a peer sent is the cause of an "Unexpected exception" of the JDK's. */
  @Test
  void causes_thatSayMore_areQuotedBehindIt() {
    Throwable last = new IllegalStateException("alert: bad_certificate");
    assertEquals(
        "it failed: alert: bad_certificate",
        of(new RuntimeException("it failed", new RuntimeException(null, last))).message());
    assertEquals("a: b", of(new RuntimeException("a: b", new RuntimeException("b"))).message());
  }

  @Test
  void exception_withoutAPlace_isNamed() {
    Throwable thrown = new AssertionError();
    thrown.setStackTrace(new StackTraceElement[0]);
    assertEquals("java.lang.AssertionError", of(thrown).message());
  }
}
