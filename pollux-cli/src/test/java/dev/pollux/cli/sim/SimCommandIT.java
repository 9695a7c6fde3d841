package dev.pollux.cli.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.cli.Command;
import dev.pollux.cli.terminal.Exits;
import org.junit.jupiter.api.Test;

/** {@code pollux sim} as a process. */
class SimCommandIT {

  private static String output(String... arguments) throws Exception {
    try (Command command = new Command(arguments)) {
      String output = command.rest();
      assertEquals(0, command.exitCode(), command.errors());
      assertEquals("", command.errors());
      return output;
    }
  }

  @Test
  void sim_withTrace_printsTheSameBytesEveryTime() throws Exception {
    String trace = output("sim", "--seed", "22", "--runs", "1", "--trace");
    assertTrue(trace.startsWith("0.000000000  seed 22: "), trace);
    assertTrue(trace.contains("1 run, no failure; "), trace);
    assertEquals(trace, output("sim", "--seed", "22", "--trace"));
  }

  @Test
  void sim_withoutTrace_printsTotalsOnly() throws Exception {
    String output = output("sim", "--seed", "100", "--runs", "20", "--clients", "2");
    assertTrue(output.startsWith("20 runs, no failure; 40 peers, "), output);
    assertEquals(1, output.lines().count(), output);
  }

  @Test
  void sim_whoseTraceNobodyReads_ends() throws Exception {
    try (Command command = new Command("sim", "--runs", "100000000", "--trace")) {
      assertTrue(command.line().contains("seed"), "it runs");
      command.process.getInputStream().close();
      assertEquals(1, command.exitCode());
      assertTrue(command.errors().contains(Exits.INCOMPLETE), command.errors());
    }
  }

  @Test
  void sim_withWhatIsNoNumber_isWrongUsage() throws Exception {
    try (Command command = new Command("sim", "--runs", "abc")) {
      assertEquals(2, command.exitCode());
      assertTrue(command.errors().contains("takes a whole number, not 'abc'"), command.errors());
    }
  }

  @Test
  void sim_withSenselessNumbers_isWrongUsage() throws Exception {
    for (String[] arguments :
        new String[][] {
          {"sim", "--runs", "0"}, {"sim", "--clients", "1001"}, {"sim", "--clients", "-1"}
        }) {
      try (Command command = new Command(arguments)) {
        assertEquals(2, command.exitCode());
        assertTrue(command.errors().contains("takes a number"), command.errors());
      }
    }
  }

  @Test
  void sim_atASignal_tellsTheSumsSoFar() throws Exception {
    String[] hearsSignals = {"env", "--default-signal=INT,TERM"};
    for (String program : new String[] {"echo", "chat"}) {
      String signal = program.equals("echo") ? "INT" : "TERM";
      try (Command command =
          Command.under(
              hearsSignals, "sim", "--runs", "100000000", "--trace", "--program", program)) {
        assertTrue(command.line().contains("seed"), "it runs");
        command.signal(signal);
        String[] lines = command.rest().split("\n", -1);
        String last = lines[lines.length - 2];
        assertTrue(last.matches("stopped, of 100000000 runs: \\d+ runs?, no failure; .*"), last);
        assertEquals(signal.equals("INT") ? 130 : 143, command.exitCode());
        assertEquals("", command.errors());
      }
    }
  }
}
