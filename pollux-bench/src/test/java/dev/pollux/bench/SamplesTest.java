package dev.pollux.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SamplesTest {

  private static final List<String> COLUMNS = List.of("point", "who", "round", "nanos");

  private final Samples rows = Samples.of(COLUMNS);

  @Test
  void ratio_isOneForEachRound_notTheRatioOfTheMedians() throws IOException {
    rows.add("a", "ours", 1, 110);
    rows.add("a", "theirs", 1, 100);
    rows.add("a", "theirs", 2, 1000); // the machine was slow
    rows.add("a", "ours", 2, 1000);
    rows.add("a", "ours", 3, 210);
    rows.add("a", "theirs", 3, 100);
    assertEquals(List.of(1.0, 1.1, 2.1), ratio().sorted());
    assertEquals(1.1, ratio().median());
    assertEquals(List.of(0.0, 10.0, 110.0), difference().sorted());
  }

  @Test
  void ratio_ofARoundInWhichOneHasNoFigure_leavesItOut() throws IOException {
    rows.add("a", "ours", 1, 120);
    rows.add("a", "theirs", 1, 100);
    rows.add("a", "ours", 2, 150);
    rows.add("a", "theirs", 2, "");
    rows.add("a", "ours", 3, 150);
    assertEquals(List.of(1.2), ratio().sorted());
  }

  @Test
  void where_isEmptyForWhatThereIsNot_andKeepsTheOrder() throws IOException {
    rows.add("b", "ours", 1, 7);
    rows.add("a", "ours", 1, 8);
    assertEquals(List.of("b", "a"), rows.values("point"));
    assertEquals(8, rows.where("point", "a").spread("nanos").median());
    assertTrue(rows.where("who", "theirs").isEmpty());
    assertThrows(IllegalArgumentException.class, () -> rows.values("colour"));
  }

  @Test
  void numbers_areThoseOfACell() throws IOException {
    rows.add("a", "ours", 1, "30 10 20");
    assertEquals(20, rows.spread(row -> row.numbers("nanos").median()).median());
  }

  @Test
  void medians_sayOfHowManyRounds() throws IOException {
    rows.add("a", "ours", 1, 1);
    assertEquals("One round, so no spread is known.", rows.medians());
    rows.add("a", "ours", 2, 1);
    assertTrue(rows.medians().startsWith("Medians of 2 rounds; ±: "), rows.medians());
  }

  @Test
  void csv_hasEachRowAsSoonAsItIsAdded_andIsReadAgain(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("rows.csv"), "of an older run\n");
    Samples written = Samples.writingTo(file, COLUMNS);
    written.add("a", "ours", 1, 1.5);
    assertEquals(List.of("point,who,round,nanos", "a,ours,1,1.5"), Files.readAllLines(file));
    written.add("a", "theirs", 1, "");
    Samples read = Samples.read(file, COLUMNS);
    assertEquals(List.of("ours", "theirs"), read.values("who"));
    assertEquals(List.of(1.5), read.spread("nanos").sorted());
  }

  @Test
  void rows_ofAQuickRun_areKnownAsThat_fromTheirFileToo(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("rows.csv");
    Samples written = Samples.writingTo(file, COLUMNS);
    written.add("a", "ours", 1, 1);
    assertFalse(Samples.read(file, COLUMNS).isQuick());
    written.markQuick();
    written.add("a", "ours", 2, 1);
    assertTrue(Samples.read(file, COLUMNS).isQuick());
    assertEquals(List.of("1", "quick 2"), written.values("round"));
  }

  @Test
  void csv_ofSomethingElse_isAnErrorThatSaysSo(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("other.csv"), "who,point\n");
    IOException e = assertThrows(IOException.class, () -> Samples.read(file, COLUMNS));
    assertTrue(e.getMessage().contains("does not begin with point,who,round"), e.getMessage());
    Files.writeString(file, "point,who,round,nanos\na,ours,1\n");
    e = assertThrows(IOException.class, () -> Samples.read(file, COLUMNS));
    assertTrue(e.getMessage().endsWith("a row of 3 cells: a,ours,1"), e.getMessage());
    Files.writeString(file, "");
    assertThrows(IOException.class, () -> Samples.read(file, COLUMNS));
  }

  @Test
  void add_ofWhatIsNoRow_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> rows.add("a", "ours", 1));
    assertThrows(IllegalArgumentException.class, () -> rows.add("a,b", "ours", 1, 2));
  }

  private Spread ratio() {
    return rows.ratio("who", "ours", "theirs", row -> row.number("nanos"));
  }

  private Spread difference() {
    return rows.difference("who", "ours", "theirs", row -> row.number("nanos"));
  }
}
