package dev.pollux.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.pollux.model.ModelSys;
import dev.pollux.sys.NativeSys;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every experiment on both kernels. */
class ExperimentsTest {

  /** Descriptors that the model opens for itself. */
  private static final int STANDARD_STREAMS = 3;

  static Stream<Arguments> experiments() {
    return Experiments.all().stream().map(e -> argumentSet(e.id() + " " + e.name(), e));
  }

  @ParameterizedTest
  @MethodSource("experiments")
  void experiment_onNative_goesAsExpected(Experiment experiment) throws Exception {
    Runner runner = Runner.on(Kernel.NATIVE);
    assertAsExpected(runner.run(experiment)); // also loads the classes, which opens files

    Set<Integer> before = OpenFds.list();
    assertAsExpected(runner.run(experiment));
    assertEquals(before, OpenFds.list(), "open descriptors");
  }

  @ParameterizedTest
  @MethodSource("experiments")
  void experiment_onModel_goesAsExpected(Experiment experiment) throws Exception {
    List<ModelSys> kernels = new ArrayList<>();
    Runner runner =
        new Runner(() -> {
          ModelSys sys = ModelSys.threads(NativeSys.open()::nanoTime);
          kernels.add(sys);
          return new ModelMachine(sys);
        });

    assertAsExpected(runner.run(experiment));

    assertEquals(experiment.acts().size(), kernels.size());
    for (ModelSys kernel : kernels) {
      assertEquals(STANDARD_STREAMS, kernel.openDescriptors().size());
      assertEquals(Set.of(), kernel.unsupported());
    }
  }

  @ParameterizedTest
  @MethodSource("experiments")
  void timeline_ofSecondRun_isTheSame(Experiment experiment) throws Exception {
    for (Kernel kernel : Kernel.values()) {
      Runner runner = Runner.on(kernel);
      Timeline first = runner.run(experiment);
      Timeline second = runner.run(experiment);
      assertEquals(withoutFigures(first), withoutFigures(second), kernel.toString());
    }
  }

  @ParameterizedTest
  @MethodSource("experiments")
  void results_ofBothKernels_areTheSame(Experiment experiment) throws Exception {
    List<String> onNative = results(Runner.on(Kernel.NATIVE).run(experiment));
    assertEquals(onNative, results(Runner.on(Kernel.MODEL).run(experiment)));
  }

  @Test
  void experiments_areD1ToD16_andK1ToK5() {
    Stream<String> ofEpoll = IntStream.rangeClosed(1, 16).mapToObj(i -> "D" + i);
    Stream<String> ofKqueue = IntStream.rangeClosed(1, 5).mapToObj(i -> "K" + i);
    List<String> ids = Stream.concat(ofEpoll, ofKqueue).toList();
    assertEquals(ids, Experiments.all().stream().map(Experiment::id).toList());
    Set<String> names = new HashSet<>();
    for (Experiment experiment : Experiments.all()) {
      assertTrue(names.add(experiment.name()), experiment.name());
      assertTrue(experiment.shows().matches("[^.]+\\. [^.]+\\."), "two sentences: " + experiment);
    }
  }

  @Test
  void find_byIdOrName_ignoresCase() {
    assertEquals("D7", Experiments.find("d7").orElseThrow().id());
    assertEquals("D7", Experiments.find("Partial-Reads").orElseThrow().id());
    assertTrue(Experiments.find("D17").isEmpty());
  }

  private static void assertAsExpected(Timeline timeline) {
    assertEquals("", timeline.difference().orElse(""));
    for (int i = 0; i < timeline.acts().size(); i++) {
      int steps = timeline.experiment().acts().get(i).steps().size();
      assertEquals(steps, timeline.acts().get(i).entries().size(), "steps done");
    }
  }

  private static String withoutFigures(Timeline timeline) {
    List<String> lines = new ArrayList<>();
    for (Timeline.Part act : timeline.acts()) {
      for (Timeline.Entry e : act.entries()) {
        boolean isAsTheyCome = e.step() instanceof Step.Woken woken && woken.min() != woken.max();
        String result = isAsTheyCome ? "" : e.result(); // within its bounds it is as expected
        lines.add(e.step() + " " + result + " " + e.ready() + " " + e.transitions());
      }
    }
    return String.join("\n", lines);
  }

  private static List<String> results(Timeline timeline) {
    return timeline.acts().stream()
        .flatMap(act -> act.entries().stream())
        .map(entry -> entry.step() instanceof Step.Woken ? "" : entry.result())
        .toList();
  }
}
