package dev.pollux.poll;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.Nested;

/** The contract of {@link Poller} where kqueue is a system call, and epoll is none. */
@DisplayNameGeneration(BackendNames.class)
class KqueueSeamTest {

  static final Fixture FIXTURE = new Fixture(Kernel.SEAM, Backend.KQUEUE);

  @Nested
  class SpuriousEvents extends SpuriousContract {
    SpuriousEvents() {
      super(FIXTURE);
    }
  }

  @Nested
  class Draining extends DrainContract {
    Draining() {
      super(FIXTURE);
    }
  }

  @Nested
  class Triggers extends TriggerContract {
    Triggers() {
      super(FIXTURE);
    }
  }

  @Nested
  class HalfCloseAndErrors extends HalfCloseContract {
    HalfCloseAndErrors() {
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
  class RemovalAndReuse extends RemovalContract {
    RemovalAndReuse() {
      super(FIXTURE);
    }
  }

  @Nested
  class Orphans extends OrphanContract {
    Orphans() {
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

  @Nested
  class Timeouts extends TimeoutContract {
    Timeouts() {
      super(FIXTURE);
    }
  }

  @Nested
  class Limits extends LimitContract {
    Limits() {
      super(FIXTURE);
    }
  }

  @Nested
  class Nesting extends NestingContract {
    Nesting() {
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
  class SharedFiles extends SharedFileContract {
    SharedFiles() {
      super(FIXTURE);
    }
  }

  @Nested
  class Failures extends FailureContract {
    Failures() {
      super(FIXTURE);
    }
  }
}
