package dev.pollux.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.bench.BarRows.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BarRowsTest {

  @Test
  void verdict_ofThreeRuns_isMetByTwoAndANearMiss() {
    assertEquals(Bar.Verdict.MET, verdict(1.0, 1.05, 0.9));
    assertEquals(Bar.Verdict.MET, verdict(1.1, 1.05, 1.05));
    assertEquals(Bar.Verdict.MET, verdict(1.0, 1.1, 1.0));
    assertEquals(Bar.Verdict.MISSED, verdict(1.0, 1.0, 1.101));
    assertEquals(Bar.Verdict.MISSED, verdict(1.051, 1.051, 1.0));
    assertEquals(Bar.Verdict.MISSED, verdict(1.051, 1.051, 1.051));
  }

  @Test
  void verdict_ofFewerRuns_isNone_andOfMoreIsThatOfTheLastThree() {
    assertEquals(Bar.Verdict.NOT_MEASURED, verdict(1.0, 1.0));
    assertEquals(Bar.Verdict.MET, verdict(9.0, 1.0, 1.0, 1.0));
    assertEquals(Bar.Verdict.MISSED, verdict(1.0, 1.0, 1.0, 9.0));
    assertEquals(
        "met           x, at most 1.05: 1.000, 1.100, 0.900 (the last of 4 runs)",
        BarRows.verdicts(rows("x", 9.0, 1.0, 1.1, 0.9)).getFirst());
  }

  @Test
  void verdicts_areOnePerBar_eachOfItsOwnRows() {
    List<Row> rows =
        List.of(row("a", 1.0), row("b", 2.0), row("a", 1.0), row("b", 2.0), row("a", 1.0));
    List<String> verdicts = BarRows.verdicts(rows);
    assertEquals(2, verdicts.size());
    assertTrue(verdicts.get(0).startsWith("met           a, at most 1.05: "), verdicts.get(0));
    assertEquals("not measured  b, at most 1.05: needs 3 runs, has 2.000, 2.000", verdicts.get(1));
  }

  @Test
  void rows_comeBackFromTheFile_asTheyWereAppended(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("bars.csv");
    BarRows.append(file, List.of(bar("a / b", 1.2, 1.0, 1.1)));
    BarRows.append(
        file, List.of(bar("a / b", 0.98765), bar("c", 1), Bar.atMost(1, "", "d", Spread.of(1))));
    String head = "bar,limit,rounds,median,least,greatest";
    assertEquals(
        List.of(
            head,
            "a / b,1.05,17,1.000,1.000,1.200",
            "a / b,1.05,15,0.988,0.988,0.988",
            "c,1.05,15,1.000,1.000,1.000"),
        Files.readAllLines(file));
    assertEquals(
        List.of(new Row("a / b", 1.05, 17, 1, 1, 1.2), row("a / b", 0.98765), row("c", 1)),
        BarRows.read(file));
  }

  @Test
  void read_ofAnotherFile_isAnError(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("other.csv"), "profile,server\nchurn,c\n");
    assertThrows(IOException.class, () -> BarRows.read(file));
    assertThrows(IOException.class, () -> Row.parse("a,1.05,15"));
    assertThrows(IOException.class, () -> Row.parse("a,1.05,15,x,1,1"));
  }

  private static Bar.Verdict verdict(double... medians) {
    String line = BarRows.verdicts(rows("x", medians)).getFirst();
    return Arrays.stream(Bar.Verdict.values())
        .filter(verdict -> line.startsWith(verdict.label()))
        .findFirst()
        .orElseThrow();
  }

  private static List<Row> rows(String bar, double... medians) {
    return DoubleStream.of(medians).mapToObj(median -> row(bar, median)).toList();
  }

  private static Row row(String name, double median) {
    return Row.of(bar(name, median));
  }

  /** A bar on a ratio, of as many rounds as it needs at least: these, and the first again. */
  private static Bar bar(String name, double... ratios) {
    double[] all = Arrays.copyOf(ratios, Math.max(BarOptions.ROUNDS, ratios.length + 14));
    Arrays.fill(all, ratios.length, all.length, ratios.length > 1 ? ratios[1] : ratios[0]);
    return Bar.atMost(1.05, "%.2f", name, Spread.of(all)).needs(BarOptions.ROUNDS, "");
  }
}
