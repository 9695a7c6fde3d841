package dev.pollux.lab;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.pollux.model.Limits;
import dev.pollux.model.ModelSys;
import dev.pollux.sys.NativeSys;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LaboratoryTest {

  private static final Experiment WRONG =
      Experiment.of(
          "D0",
          "wrong",
          "An experiment that expects what does not happen. It is wrong.",
          "a second event",
          Act.of(
              "edge",
              Steps.pipe("r", "w"),
              Steps.epoll("ep"),
              Steps.add("ep", "r", Mask.IN),
              Steps.write("w", "\"\\"),
              Steps.await("ep", Steps.NOTHING),
              Steps.read("r", "\"\\")));

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, UTF_8);

  @ParameterizedTest
  @EnumSource(Kernel.class)
  void run_ofWrongExpectation_saysTheDifferenceAndFails(Kernel kernel) {
    int code = laboratory(List.of(WRONG), 100).run(List.of("wrong"), List.of(kernel), false);

    assertEquals(Laboratory.DIFFERENT, code);
    String text = bytes.toString(UTF_8);
    assertTrue(text.contains("wait on ep -> r IN (expected: nothing)"), text);
    assertTrue(
        text.contains("NOT as expected: edge, step 5 (wait on ep): expected nothing, was r IN"),
        text);
    assertFalse(text.contains("read up to"), "the act ends there: " + text);
  }

  @Test
  void run_ofAllOnBoth_succeeds() {
    int code = laboratory(Experiments.all(), 120).run(List.of("all"), bothKernels(), false);

    String text = bytes.toString(UTF_8);
    assertEquals(Laboratory.AS_EXPECTED, code, text);
    assertTrue(text.endsWith("21 experiments, 21 as expected\n"), text);
  }

  @Test
  void run_whereOneOfAllIsWrong_failsAndGoesOn() {
    List<Experiment> experiments = List.of(WRONG, Experiments.find("D1").orElseThrow());

    int code = laboratory(experiments, 100).run(List.of("ALL"), List.of(Kernel.MODEL), false);

    assertEquals(Laboratory.DIFFERENT, code);
    assertTrue(bytes.toString(UTF_8).endsWith("2 experiments, 1 as expected\n"));
  }

  @Test
  void run_ofUnknownName_saysWhereNamesAre() {
    Laboratory laboratory = new Laboratory(out, 100);
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> laboratory.run(List.of("D17"), List.of(Kernel.MODEL), false));
    assertEquals("there is no experiment 'D17': pollux lab list names them", e.getMessage());
  }

  @Test
  void run_withoutDescriptorsLeft_saysSoAndFails() {
    Function<Kernel, Runner> poor =
        _ ->
            new Runner(() ->
                new ModelMachine(
                    ModelSys.threads(
                        NativeSys.open()::nanoTime, Limits.defaults().withMaxFds(5), null)));
    Laboratory laboratory = new Laboratory(Experiments.all(), poor, out, 100);

    assertEquals(Laboratory.DIFFERENT, laboratory.run(List.of("D1"), List.of(Kernel.MODEL), false));

    String text = bytes.toString(UTF_8);
    assertTrue(text.contains("expected success, was EMFILE"), text);
  }

  @Test
  void run_ofWrongExpectationAsJson_parses() {
    int code = laboratory(List.of(WRONG), 100).run(List.of("D0"), bothKernels(), true);

    assertEquals(Laboratory.DIFFERENT, code);
    JsonArray timelines = JsonParser.parseString(bytes.toString(UTF_8)).getAsJsonArray();
    assertEquals(2, timelines.size());
    JsonObject onModel = timelines.get(1).getAsJsonObject();
    assertEquals("model", onModel.get("kernel").getAsString());
    assertFalse(onModel.get("asExpected").getAsBoolean());
    JsonArray steps = act(onModel, 0).getAsJsonArray("steps");
    JsonObject write = steps.get(3).getAsJsonObject();
    assertEquals("2 bytes", write.get("result").getAsString());
    assertEquals("write", write.getAsJsonObject("step").get("do").getAsString());
    assertEquals("\"\\", write.getAsJsonObject("step").get("bytes").getAsString());
    JsonObject ready = write.getAsJsonArray("ready").get(0).getAsJsonObject();
    assertEquals(0, ready.getAsJsonArray("before").size());
    assertEquals("r", ready.getAsJsonArray("after").get(0).getAsString());
    assertFalse(steps.get(4).getAsJsonObject().get("asExpected").getAsBoolean());
  }

  @Test
  void run_ofAllAsJson_isOneDocument() {
    assertEquals(0, new Laboratory(out, 100).run(List.of("all"), List.of(Kernel.MODEL), true));

    JsonArray timelines = JsonParser.parseString(bytes.toString(UTF_8)).getAsJsonArray();
    assertEquals(Experiments.all().size(), timelines.size());
    timelines.forEach(
        timeline -> assertTrue(timeline.getAsJsonObject().get("difference").isJsonNull()));
  }

  @Test
  void list_asJson_holdsEveryStep() {
    assertEquals(0, new Laboratory(out, 100).list(true));

    JsonArray experiments = JsonParser.parseString(bytes.toString(UTF_8)).getAsJsonArray();
    for (int i = 0; i < Experiments.all().size(); i++) {
      Experiment experiment = Experiments.all().get(i);
      JsonObject json = experiments.get(i).getAsJsonObject();
      assertEquals(
          Set.of("id", "name", "shows", "expects", "acts"), json.keySet(), experiment.id());
      int steps = experiment.acts().getFirst().steps().size();
      assertEquals(steps, act(json, 0).getAsJsonArray("steps").size());
    }
  }

  @Test
  void list_asText_hasALineForEach() {
    assertEquals(0, new Laboratory(out, 80).list(false));

    String text = bytes.toString(UTF_8);
    Experiments.all()
        .forEach(e ->
            assertTrue(
                Pattern.compile("(?m)^" + e.id() + " +" + e.name() + " ").matcher(text).find(),
                e.id()));
    text.lines().forEach(line -> assertTrue(line.length() <= 80, line));
  }

  private Laboratory laboratory(List<Experiment> experiments, int columns) {
    return new Laboratory(experiments, Runner::on, out, columns);
  }

  private static List<Kernel> bothKernels() {
    return List.of(Kernel.NATIVE, Kernel.MODEL);
  }

  private static JsonObject act(JsonObject parent, int index) {
    return parent.getAsJsonArray("acts").get(index).getAsJsonObject();
  }
}
