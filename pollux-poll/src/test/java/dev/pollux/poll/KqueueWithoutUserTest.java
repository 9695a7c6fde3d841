package dev.pollux.poll;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.Nested;

/** The contract of {@link Poller} where kqueue has no filter for wake-ups: by pipes. */
@DisplayNameGeneration(BackendNames.class)
class KqueueWithoutUserTest {

  static final Fixture FIXTURE = new Fixture(Kernel.SEAM_WITHOUT_USER, Backend.KQUEUE);

  @Nested
  class Triggers extends TriggerContract {
    Triggers() {
      super(FIXTURE);
    }
  }

  @Nested
  class Threads extends ThreadContract {
    Threads() {
      super(FIXTURE);
    }
  }

  @Nested
  class Wakeups extends WakeupContract {
    Wakeups() {
      super(FIXTURE);
    }
  }

  @Nested
  class Closing extends CloseContract {
    Closing() {
      super(FIXTURE);
    }
  }
}
