package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.EnumSet;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class WriteResultTest {

  private static Set<WriteResult> those(Predicate<WriteResult> condition) {
    Set<WriteResult> all = EnumSet.allOf(WriteResult.class);
    all.removeIf(condition.negate());
    return all;
  }

  @Test
  void goesOn_isForWhoProducesMore() {
    assertEquals(EnumSet.of(WriteResult.SENT, WriteResult.QUEUED), those(WriteResult::goesOn));
  }

  @Test
  void isTaken_isForWhoCountsWhatWasSent() {
    assertEquals(
        EnumSet.of(WriteResult.SENT, WriteResult.QUEUED, WriteResult.FULL),
        those(WriteResult::isTaken));
  }
}
