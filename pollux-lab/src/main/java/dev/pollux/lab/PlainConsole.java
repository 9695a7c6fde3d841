package dev.pollux.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Reader;
import java.util.List;

/**
 * A walk without a terminal: screens one after the other, a line for each key. An empty line goes
 * on, {@code b} goes back, {@code q} quits; after the last line it goes on by itself.
 */
final class PlainConsole implements Walk.Console {

  private final BufferedReader in;
  private final PrintStream out;
  private final int columns;

  PlainConsole(Reader in, PrintStream out, int columns) {
    this.in = new BufferedReader(in);
    this.out = out;
    this.columns = columns;
  }

  @Override
  public void show(List<String> lines) {
    lines.forEach(out::println);
    out.println("-".repeat(columns));
    out.flush();
  }

  @Override
  public Walk.Key next() {
    String line;
    try {
      line = in.readLine();
    } catch (IOException _) {
      line = null; // as at the end
    }
    return switch (line == null ? "" : line.strip()) {
      case "q" -> Walk.Key.QUIT;
      case "b" -> Walk.Key.BACK;
      default -> Walk.Key.NEXT;
    };
  }

  @Override
  public int columns() {
    return columns;
  }

  @Override
  public boolean hasColours() {
    return false;
  }
}
