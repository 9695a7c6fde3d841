package dev.pollux.model;

import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import org.junit.jupiter.api.DisplayName;

@DisplayName("wake-ups [native]")
class NativeWakeupTest extends WakeupContract {
  @Override
  Sys sys() {
    return NativeSys.open();
  }
}
