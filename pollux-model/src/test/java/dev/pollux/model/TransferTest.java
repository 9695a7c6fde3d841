package dev.pollux.model;

import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;

/** The contracts of transfers, on the running kernel and on the model. */
class TransferTest {

  @Nested
  @DisplayName("transfers [native]")
  class NativeTransfers extends TransferContract {
    @Override
    Sys sys() {
      return NativeSys.open();
    }
  }

  @Nested
  @DisplayName("transfers [model, threads]")
  class ThreadTransfers extends TransferContract {
    @Override
    Sys sys() {
      return ContractTest.threads();
    }

    @Override
    void look(int epfd) {
      EpollSnapshot _ = ((ModelSys) box.sys).epollSnapshot(epfd);
    }
  }

  @Nested
  @DisplayName("transfers [model, virtual time]")
  class VirtualTransfers extends TransferContract {
    @Override
    Sys sys() {
      return ContractTest.virtual();
    }

    @Override
    void look(int epfd) {
      EpollSnapshot _ = ((ModelSys) box.sys).epollSnapshot(epfd);
    }
  }

  @Nested
  @DisplayName("blocking transfers [native]")
  class NativeBlocking extends BlockingTransferContract {
    @Override
    Sys sys() {
      return NativeSys.open();
    }
  }

  @Nested
  @DisplayName("blocking transfers [model, threads]")
  class ThreadBlocking extends BlockingTransferContract {
    @Override
    Sys sys() {
      return ContractTest.threads();
    }
  }

  @Nested
  @DisplayName("turns [native]")
  class NativeTurns extends TurnsContract {
    @Override
    Sys sys() {
      return NativeSys.open();
    }
  }

  @Nested
  @DisplayName("turns [model, threads]")
  class ThreadTurns extends TurnsContract {
    @Override
    Sys sys() {
      return ContractTest.threads();
    }
  }
}
