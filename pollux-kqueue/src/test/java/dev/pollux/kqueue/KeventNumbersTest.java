package dev.pollux.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.sys.SystemTable;
import java.lang.reflect.Field;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The system-call layer, which cannot see these constants, knows them by the same values. */
class KeventNumbersTest {

  private static final Set<String> KINDS =
      Set.of(
          "FILTER",
          "EVENT_FLAG",
          "READ_NOTE",
          "EXCEPT_NOTE",
          "VNODE_NOTE",
          "PROC_NOTE",
          "TIMER_NOTE",
          "USER_NOTE");

  @Test
  void kevent_everyConstant_hasTheValueOfTheTableOfLinux() throws IllegalAccessException {
    Map<String, Integer> here = new TreeMap<>();
    for (Field field : Kevent.class.getFields()) {
      here.put(field.getName(), field.getInt(null));
    }
    Map<String, Integer> there = new TreeMap<>();
    for (SystemTable.Value value : SystemTable.all().getFirst().values()) {
      if (KINDS.contains(value.kind()) && value.value() != null) {
        there.put(value.name(), value.value().intValue());
      }
    }
    assertEquals(here, there);
  }
}
