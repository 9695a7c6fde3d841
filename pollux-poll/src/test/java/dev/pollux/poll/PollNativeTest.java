package dev.pollux.poll;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.Nested;

/** The contract of {@link Poller} on poll and the running kernel. */
@DisplayNameGeneration(BackendNames.class)
class PollNativeTest {

  static final Fixture FIXTURE = new Fixture(Kernel.NATIVE, Backend.POLL);

  @Nested
  class Triggers extends TriggerContract {
    Triggers() {
      super(FIXTURE);
    }
  }
}
