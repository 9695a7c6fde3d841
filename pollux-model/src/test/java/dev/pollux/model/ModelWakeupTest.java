package dev.pollux.model;

import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import org.junit.jupiter.api.DisplayName;

@DisplayName("wake-ups [model]")
class ModelWakeupTest extends WakeupContract {
  private final ModelSys sys = ModelSys.threads(NativeSys.open()::nanoTime);

  @Override
  Sys sys() {
    return sys;
  }
}
