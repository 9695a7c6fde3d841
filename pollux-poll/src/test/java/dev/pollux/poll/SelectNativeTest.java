package dev.pollux.poll;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.Nested;

/** The contract of {@link Poller} on select and the running kernel. */
@DisplayNameGeneration(BackendNames.class)
class SelectNativeTest {

  static final Fixture FIXTURE = new Fixture(Kernel.NATIVE, Backend.SELECT);

  @Nested
  class Triggers extends TriggerContract {
    Triggers() {
      super(FIXTURE);
    }
  }
}
