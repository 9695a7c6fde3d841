package dev.pollux.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A buffer whose position another thread changes, in a JVM that interprets. */
class IoBufferIT {

  /** Nobody may do that; but it must not let the kernel write where it should not. */
  @Test
  void readAndWrite_positionChangesMeanwhile_stayWithinTheBuffer() throws Exception {
    assertEquals(List.of("0 calls outside"), ChildJvm.run(IoBufferChild.class, List.of("-Xint")));
  }
}
