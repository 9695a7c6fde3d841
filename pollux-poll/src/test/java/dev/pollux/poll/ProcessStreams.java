package dev.pollux.poll;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;

/** Ends a child process of a test with all that belongs to it. */
final class ProcessStreams {

  private ProcessStreams() {}

  /** Waits for the end, by force if need be, and closes the pipes to the child. */
  static int closeAfter(Process child) throws Exception {
    try {
      boolean ended = child.waitFor(20, TimeUnit.SECONDS);
      if (!ended) {
        child.destroyForcibly().waitFor();
      }
      assertTrue(ended, "the child did not end");
      return child.exitValue();
    } finally {
      child.getOutputStream().close();
      child.getInputStream().close();
      child.getErrorStream().close();
    }
  }
}
