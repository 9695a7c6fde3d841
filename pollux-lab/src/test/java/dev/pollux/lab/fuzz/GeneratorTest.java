package dev.pollux.lab.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GeneratorTest {
  @Test
  void program_sameSeedAndNumber_isTheSame() {
    for (long number = 0; number < 100; number++) {
      assertEquals(Generator.program(5, number), Generator.program(5, number));
    }
  }

  @Test
  void program_otherSeedOrNumber_isAnother() {
    assertNotEquals(Generator.program(5, 1), Generator.program(5, 2));
    assertNotEquals(Generator.program(5, 1), Generator.program(6, 1));
  }

  @Test
  void programs_ofASeed_haveAllKinds() {
    Set<Kind> kinds = EnumSet.noneOf(Kind.class);
    for (long number = 0; number < 1_000; number++) {
      Generator.program(5, number).forEach(op -> kinds.add(op.kind()));
    }
    assertEquals(EnumSet.allOf(Kind.class), kinds);
  }
}
