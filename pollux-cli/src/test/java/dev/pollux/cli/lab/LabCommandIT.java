package dev.pollux.cli.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.cli.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabCommandIT {

  @Test
  void list_namesAllExperiments() throws Exception {
    try (Command lab = new Command("lab", "list")) {
      List<String> ids = lab.rest().lines().filter(l -> l.startsWith("D")).toList();
      assertEquals(16, ids.size());
      assertEquals(0, lab.exitCode());
    }
  }

  @ParameterizedTest
  @CsvSource({"native", "model", "both"})
  void run_onAnyKernel_goesAsExpected(String kernel) throws Exception {
    try (Command lab = new Command("lab", "run", "D7", "--kernel", kernel)) {
      String text = lab.rest();
      assertTrue(text.contains("  as expected"), text);
      assertEquals(!kernel.equals("native"), text.contains("ep ready [] -> [r]"), text);
      assertEquals(0, lab.exitCode());
    }
  }

  @Test
  void run_ofSeveral_runsThemInTheirOrder() throws Exception {
    try (Command lab = new Command("lab", "run", "D11", "partial-reads")) {
      String text = lab.rest();
      assertEquals(0, lab.exitCode(), text);
      int first = text.indexOf("D11 ");
      assertTrue(first >= 0 && text.indexOf("D7 ") > first, text);
      assertTrue(text.endsWith("2 experiments, 2 as expected\n"), text);
    }
  }

  @Test
  void run_asJson_printsJsonOnly() throws Exception {
    try (Command lab = new Command("lab", "run", "partial-reads", "--json")) {
      String text = lab.rest();
      assertTrue(text.startsWith("[\n  {\n    \"id\": \"D7\","), text);
      assertTrue(text.endsWith("}\n]\n"), text);
      assertEquals(0, lab.exitCode());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "run D17, no experiment 'D17'",
    "run D1 all D2, no experiment 'all'",
    "step D17, no experiment 'D17'",
    "run D1 D2 --predict, --predict takes one experiment on one kernel",
    "run D7 --kernel x, 'x' is not"
  })
  void lab_wronglyUsed_saysSoInOneLine(String arguments, String expected) throws Exception {
    try (Command lab = new Command(("lab " + arguments).split(" "))) {
      assertEquals("", lab.rest());
      assertEquals(2, lab.exitCode());
      assertTrue(lab.errors().contains(expected), lab.errors());
      assertEquals(1, lab.errors().lines().count(), lab.errors());
    }
  }

  @Test
  void script_asAFile_runs(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("mine.lab");
    try (Command lab = new Command("lab", "script", "D7")) {
      Files.writeString(file, lab.rest());
      assertEquals(0, lab.exitCode());
    }
    try (Command lab = new Command("lab", "run", file.toString(), "--kernel", "both")) {
      String text = lab.rest();
      assertTrue(text.startsWith("script partial-reads, on native and model"), text);
      assertTrue(text.contains("as expected"), text);
      assertEquals(0, lab.exitCode());
    }
  }

  @Test
  void run_ofAScriptThatIsWrong_saysWhichLines(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("mine.lab");
    Files.writeString(file, "r, w = pipe\nwait on ep\njump\n");
    try (Command lab = new Command("lab", "run", file.toString())) {
      assertEquals("", lab.rest());
      assertEquals(2, lab.exitCode());
      String errors = lab.errors();
      assertTrue(errors.contains("\nline 2: nothing is called 'ep' here; there are: r, w"), errors);
      assertTrue(errors.contains("\nline 3: 'jump' is no step"), errors);
    }
    try (Command lab = new Command("lab", "run", folder.resolve("none.lab").toString())) {
      assertEquals(2, lab.exitCode());
      assertTrue(lab.errors().contains("there is no file " + folder), lab.errors());
    }
  }

  @Test
  void run_predicting_countsWhatWasForeseen() throws Exception {
    try (Command lab = new Command("lab", "run", "D1", "--predict")) {
      lab.input("NOTHING\nR in\nnothing\nq\n");
      String text = lab.rest();
      assertEquals(0, lab.exitCode(), text);
      assertTrue(text.contains("wait on ep -> ?\n     > "), text);
      assertTrue(text.contains("     not so: r IN\n"), text);
      assertTrue(text.endsWith("2 of 3 foreseen\n"), text);
    }
  }

  @Test
  void step_atEndOfInput_walksToTheEnd() throws Exception {
    try (Command lab = new Command("lab", "step", "D7")) {
      lab.input().close();
      String text = lab.rest();
      assertTrue(text.contains("ready list, first out on the left\n  r\n"), text);
      assertTrue(text.contains("edge, read until EAGAIN, step 12 of 12"), text);
      assertEquals(0, lab.exitCode());
    }
  }

  @Test
  void step_atQuit_ends() throws Exception {
    try (Command lab = new Command("lab", "step", "D7")) {
      lab.input("q\n");
      assertEquals(1, lab.rest().lines().filter(line -> line.startsWith("D7 ")).count());
      assertEquals(0, lab.exitCode());
    }
  }
}
