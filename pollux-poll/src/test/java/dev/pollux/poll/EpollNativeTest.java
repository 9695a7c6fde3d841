package dev.pollux.poll;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.Nested;

/** The contract of {@link Poller} on epoll and the running kernel. */
@DisplayNameGeneration(BackendNames.class)
class EpollNativeTest {

  static final Fixture FIXTURE = new Fixture(Kernel.NATIVE, Backend.EPOLL);

  @Nested
  class Triggers extends TriggerContract {
    Triggers() {
      super(FIXTURE);
    }
  }
}
