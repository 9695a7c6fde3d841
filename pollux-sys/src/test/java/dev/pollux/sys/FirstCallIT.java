package dev.pollux.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Calls for which there is no memory: of the kind that is limited, and of the stack. */
class FirstCallIT {

  @Test
  void call_firstOfItsThreadWithDirectMemoryFull_isMade() throws Exception {
    assertEquals(
        List.of("first call of a thread: EBADF", "second call: EBADF", "buffers: many"),
        ChildJvm.run(FirstCallChild.class, List.of("-XX:MaxDirectMemorySize=1m"), "direct-memory"));
  }

  @Test
  void call_noStackLeft_throwsThatAndLaterCallsAreMade() throws Exception {
    assertEquals(
        List.of(
            "thrown: [java.lang.StackOverflowError]",
            "0 calls were made that did not return",
            "afterwards: EBADF",
            "afterwards, variadic: EBADF"),
        ChildJvm.run(FirstCallChild.class, List.of(), "deep"));
  }
}
