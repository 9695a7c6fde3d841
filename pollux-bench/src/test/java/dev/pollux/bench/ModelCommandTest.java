package dev.pollux.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelCommandTest {

  private final Samples rows = Samples.of(ModelCommand.COLUMNS);

  @Test
  void bars_atTheirLimits_areMet() throws IOException {
    add(ModelCommand.CONTROL_ONE, 100, 400);
    add(ModelCommand.WAIT_ONE, 20, 40);
    addBatch(64, 64 * 1e9 / 3e6, 8);
    assertEquals(Collections.nCopies(4, Bar.Verdict.MET), verdicts());
  }

  @Test
  void bars_pastTheirLimits_areMissed() throws IOException {
    add(ModelCommand.CONTROL_ONE, 100, 401);
    add(ModelCommand.WAIT_ONE, 20, 40.1);
    addBatch(64, 1, 0);
    addBatch(256, 256 * 1e9 / 2.9e6, 16);
    assertEquals(Collections.nCopies(4, Bar.Verdict.MISSED), verdicts());
  }

  @Test
  void bars_withoutFigures_areNotMeasured() {
    assertEquals(Collections.nCopies(4, Bar.Verdict.NOT_MEASURED), verdicts());
  }

  @Test
  void print_showsEachPoint_andTheHeap() throws IOException {
    add(ModelCommand.WAIT_ONE, 20, 40);
    rows.add(ModelCommand.HEAP_OF_FD, 1000, "", 1, "", 144.5);
    StringWriter out = new StringWriter();
    ModelCommand.print(rows, new Report(new PrintWriter(out), false, false));
    List<String> lines = out.toString().lines().map(l -> l.replaceAll(" +", " ")).toList();
    assertTrue(
        lines.contains("wait for one that is ready 1000000 1 40.0 2.00 40.0 0.000"),
        lines::toString);
    assertTrue(lines.contains("heap of an eventfd 1000 144.500"), lines::toString);
  }

  private List<Bar.Verdict> verdicts() {
    return ModelCommand.bars(rows).stream().map(Bar::verdict).toList();
  }

  private void add(String what, double few, double many) throws IOException {
    rows.add(what, ModelCommand.FEW, 1, 1, few, 0);
    rows.add(what, ModelCommand.MANY, 1, 1, many, 0);
  }

  private void addBatch(int ready, double nanos, double bytes) throws IOException {
    rows.add(ModelCommand.WAIT_MANY, ModelCommand.FEW, ready, 1, nanos, bytes);
  }
}
