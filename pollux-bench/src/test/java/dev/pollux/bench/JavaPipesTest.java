package dev.pollux.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.poll.Backend;
import dev.pollux.sys.NativeSys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class JavaPipesTest {

  @ParameterizedTest
  @EnumSource(Backend.class)
  void run_onEachBackend_readsActivePlusWrittenBytes(Backend backend) throws IOException {
    PipesSpec spec = new PipesSpec(backend, 20, 5, 7, 2, 3, 4);
    long before = openDescriptors();
    PipesSample sample = JavaPipes.measure(NativeSys.open(), spec);
    assertEquals((5 + 7) * 3, sample.bytes());
    assertEquals(3, sample.nanos().size());
    assertTrue(sample.waits() >= 3 * 3, "12 bytes by batches of 4: " + sample.waits());
    assertEquals(before, openDescriptors());
  }

  @ParameterizedTest
  @EnumSource(Backend.class)
  void run_withOnePairAndNoWrites_readsOneByte(Backend backend) throws IOException {
    PipesSpec spec = new PipesSpec(backend, 1, 1, 0, 0, 1, 1);
    assertEquals(1, JavaPipes.measure(NativeSys.open(), spec).bytes());
  }

  @ParameterizedTest
  @EnumSource(Backend.class)
  void cProgram_onEachBackend_readsTheSameBytes(Backend backend) throws IOException {
    PipesSpec spec = new PipesSpec(backend, 20, 5, 7, 2, 3, 4);
    try (CPrograms programs = CPrograms.open("pipes", List.of(1, 2), OptionalInt.empty())) {
      assertEquals(CProgram.isAvailable() ? 2 : 0, programs.programs().size());
      for (CProgram program : programs.programs().values()) {
        PipesSample sample = PipesSample.parse(program.ask(spec.command()), spec);
        assertEquals(spec.expectedBytes(), sample.bytes());
      }
    }
  }

  @Test
  void benchmark_measuresEveryContestantInEveryRound() throws IOException {
    PipesBenchmark.Plan plan =
        new PipesBenchmark.Plan(List.of(Backend.values()), List.of(5, 10), 5, 5, 1, 2, 2, 256, 1);
    Progress progress = new Progress(System.err, false);
    PipesResults results = new PipesBenchmark(NativeSys.open(), plan, Map.of(), progress).run();
    assertEquals(List.of(Backend.values()), results.backends());
    assertEquals(List.of(5, 10), results.sizes());
    for (Backend backend : Backend.values()) {
      assertTrue(results.median(backend, 10, Contestant.JAVA) > 0);
    }
  }

  private static long openDescriptors() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      return files.count();
    }
  }
}
