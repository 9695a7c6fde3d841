package dev.pollux.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pollux.bench.BarRows.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
        BarRows.verdicts(rows("x", 9.0, 1.0, 1.1, 0.9)).getFirst().toString());
  }

  @Test
  void verdicts_areOnePerBar_eachOfItsOwnRows() {
    List<Row> rows =
        List.of(row("a", 1.0), row("b", 2.0), row("a", 1.0), row("b", 2.0), row("a", 1.0));
    assertEquals(
        List.of(Bar.Verdict.MET, Bar.Verdict.NOT_MEASURED),
        BarRows.verdicts(rows).stream().map(Bar::verdict).toList());
  }

  @Test
  void rows_comeBackFromTheFile_asTheyWereAppended(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("bars.csv");
    List<Row> first = List.of(Row.of("a / b", 1.05, List.of(1.2, 1.0, 1.1)));
    List<Row> second = List.of(row("a / b", 0.98765), row("c", 1.0));
    BarRows.append(file, first);
    BarRows.append(file, second);
    assertEquals(
        List.of(
            "bar,limit,rounds,median,least,greatest",
            "a / b,1.05,3,1.100,1.000,1.200",
            "a / b,1.05,1,0.988,0.988,0.988",
            "c,1.05,1,1.000,1.000,1.000"),
        Files.readAllLines(file));
    assertEquals(List.of(first.get(0), second.get(0), second.get(1)), BarRows.read(file));
  }

  @Test
  void read_ofAnotherFile_isAnError(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("other.csv"), "profile,server\nchurn,c\n");
    assertThrows(IOException.class, () -> BarRows.read(file));
    assertThrows(IOException.class, () -> Row.parse("a,1.05,15"));
    assertThrows(IOException.class, () -> Row.parse("a,1.05,15,x,1,1"));
  }

  private static Bar.Verdict verdict(double... medians) {
    return BarRows.verdicts(rows("x", medians)).getFirst().verdict();
  }

  private static List<Row> rows(String bar, double... medians) {
    return DoubleStream.of(medians).mapToObj(median -> row(bar, median)).toList();
  }

  private static Row row(String bar, double median) {
    return Row.of(bar, 1.05, List.of(median));
  }
}
