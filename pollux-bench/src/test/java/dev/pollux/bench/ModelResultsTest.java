package dev.pollux.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelResultsTest {

  private final ModelResults results = new ModelResults(true);

  @Test
  void bars_atTheirLimits_areMet() {
    addControl(100, 400);
    addWait(20, 40);
    addBatch(64, 64 * 1e9 / 3e6, 8);
    assertEquals(Collections.nCopies(4, Bar.Verdict.MET), verdicts());
  }

  @Test
  void bars_pastTheirLimits_areMissed() {
    addControl(100, 401);
    addWait(20, 40.1);
    addBatch(64, 64 * 1e9 / 2.9e6, 16);
    assertEquals(Collections.nCopies(4, Bar.Verdict.MISSED), verdicts());
  }

  @Test
  void bars_withoutFigures_areNotMeasured() {
    assertEquals(Collections.nCopies(4, Bar.Verdict.NOT_MEASURED), verdicts());
  }

  @Test
  void rounds_areMediansOfTheTimesAndTheMostOfTheBytes() {
    addWait(20, 20);
    addWait(20, 30);
    addWait(20, 900);
    addBatch(256, 1000, 0);
    addBatch(256, 1000, 16);
    addBatch(256, 9000, 0);
    List<Bar> bars = results.bars();
    assertEquals("1.50 x", bars.get(1).figures());
    assertEquals("256.0 million", bars.get(2).figures());
    assertEquals(Bar.Verdict.MISSED, bars.get(3).verdict());
  }

  private List<Bar.Verdict> verdicts() {
    return results.bars().stream().map(Bar::verdict).toList();
  }

  private void addControl(double few, double many) {
    add(ModelCase.CONTROL_ONE, ModelResults.FEW, 1, few, 136);
    add(ModelCase.CONTROL_ONE, ModelResults.MANY, 1, many, 136);
  }

  private void addWait(double few, double many) {
    add(ModelCase.WAIT_FOR_ONE, ModelResults.FEW, 1, few, 0);
    add(ModelCase.WAIT_FOR_ONE, ModelResults.MANY, 1, many, 0);
  }

  private void addBatch(int ready, double nanos, double bytes) {
    add(ModelCase.WAIT_FOR_MANY, ModelResults.FEW, ready, nanos, bytes);
  }

  private void add(ModelCase what, int items, int ready, double nanos, double bytes) {
    results.add(
        new ModelResults.Point(what, items, ready), new JmhRun.Score(2 * nanos, nanos, bytes));
  }
}
