package dev.pollux.poll;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.Nested;

/** The contract of {@link Poller} where kqueue has no more than each system's: wakes by pipes. */
@DisplayNameGeneration(BackendNames.class)
class PoorKqueueTest {

  static final Fixture FIXTURE = new Fixture(Kernel.POOR_SEAM, Backend.KQUEUE);

  @Nested
  class Triggers extends TriggerContract {
    Triggers() {
      super(FIXTURE);
    }
  }

  @Nested
  class AlwaysReady extends AlwaysReadyContract {
    AlwaysReady() {
      super(FIXTURE);
    }
  }

  @Nested
  class PriorityAndThresholds extends PriorityContract {
    PriorityAndThresholds() {
      super(FIXTURE);
    }
  }

  @Nested
  class Muting extends MutingContract {
    Muting() {
      super(FIXTURE);
    }
  }

  @Nested
  class GarbageNumbers extends GarbageNumberContract {
    GarbageNumbers() {
      super(FIXTURE);
    }
  }

  @Nested
  class Strictness extends StrictContract {
    Strictness() {
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
