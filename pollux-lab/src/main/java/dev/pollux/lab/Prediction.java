package dev.pollux.lab;

import dev.pollux.sys.SysException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An experiment that asks before it shows: what will a wait report, a read return, how many will
 * wake? Counts what was foreseen.
 */
final class Prediction {

  private static final String QUIT = "q";

  private final Supplier<Machine> machines;
  private final BufferedReader in;
  private final PrintStream out;
  private final int columns;
  private int asked;
  private int foreseen;
  private boolean isOver;

  Prediction(Supplier<Machine> machines, BufferedReader in, PrintStream out, int columns) {
    this.machines = machines;
    this.in = in;
    this.out = out;
    this.columns = columns;
  }

  /** Runs it to the end, or until who answers quits; false if it went otherwise than expected. */
  boolean run(Experiment experiment) throws IOException, SysException {
    say("What comes of it? As it is printed: r IN; r IN, s OUT; nothing; \"ab\"; end; 1 thread.");
    say("An empty line passes, q quits.");
    boolean isAsExpected = true;
    for (Act act : experiment.acts()) {
      if (!isOver && isAsExpected) {
        out.println();
        say(act.title());
        isAsExpected = run(act);
      }
    }
    out.println();
    say(foreseen + " of " + asked + " foreseen");
    return isAsExpected;
  }

  private boolean run(Act act) throws IOException, SysException {
    try (ActRun run = new ActRun(machines.get(), act)) {
      for (int i = 0; run.hasNext(); i++) {
        Step step = act.steps().get(i);
        String guess = isAsked(step) ? ask(i + 1, step) : null;
        if (isOver) {
          return true;
        }
        Timeline.Entry entry = run.next();
        TextReport.entry(entry, columns).forEach(out::println);
        if (guess != null && !guess.isEmpty()) {
          judge(step, guess, entry.result());
        }
        if (!entry.isAsExpected()) {
          return false;
        }
      }
    }
    return true;
  }

  /** What is not plain from the step itself. */
  private static boolean isAsked(Step step) {
    return step instanceof Step.Wait
        || step instanceof Step.Kevent
        || step instanceof Step.Read
        || step instanceof Step.Woken;
  }

  /** The answer; null at the end of the input, from which on nothing is asked. */
  private @Nullable String ask(int number, Step step) throws IOException {
    TextReport.numbered(number, step.text() + " -> ?", columns).forEach(out::println);
    out.print("     > ");
    out.flush();
    String line = in.readLine();
    isOver = line == null || line.strip().equals(QUIT);
    if (isOver) {
      out.println();
    }
    return line == null ? null : line.strip();
  }

  private void judge(Step step, String guess, String result) {
    asked++;
    boolean isRight = plain(guess).equals(plain(result)) || isWithin(step, guess);
    foreseen += isRight ? 1 : 0;
    out.println(isRight ? "     right" : "     not so: " + result);
  }

  /** How many wake may be chance: then any number will do that may come. */
  private static boolean isWithin(Step step, String guess) {
    return step instanceof Step.Woken
        && (step.accepts(guess)
            || step.accepts(guess + " thread")
            || step.accepts(guess + " threads"));
  }

  /** Without what does not matter: quotes, case, and the order of events. */
  private static List<String> plain(String text) {
    String bare = text.toLowerCase(Locale.ROOT).replaceAll("\"| threads?$", "");
    TreeSet<String> events = new TreeSet<>();
    for (String event : bare.split(",", -1)) {
      List<String> words = new ArrayList<>(List.of(event.strip().split("\\s+", -1)));
      String first = words.removeFirst();
      words.sort(null);
      events.add(first + " " + String.join(" ", words));
    }
    return List.copyOf(events);
  }

  private void say(String text) {
    Wrap.lines(text, columns, "").forEach(out::println);
  }
}
