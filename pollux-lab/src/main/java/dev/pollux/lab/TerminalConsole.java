package dev.pollux.lab;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.InfoCmp.Capability;
import org.jline.utils.NonBlockingReader;
import org.jspecify.annotations.Nullable;

/**
 * A walk in a terminal: one screen at a time, one key for each step.
 *
 * <p>Ownership: puts the terminal into raw mode; {@link #close} gives it back as it was.
 */
final class TerminalConsole implements Walk.Console, AutoCloseable {

  private static final int ESCAPE = 27;
  private static final long SEQUENCE_MILLIS = 50; // the rest of an arrow key comes at once
  private static final int MIN_COLOURS = 8;
  private static final int DEFAULT_COLUMNS = 80; // where the terminal does not tell
  private static final String KEYS = "n, blank or right: next   b or left: back   q: quit";

  private final Terminal terminal;
  private final Attributes original;

  private TerminalConsole(Terminal terminal) {
    this.terminal = terminal;
    this.original = terminal.enterRawMode();
  }

  /** The terminal of this process, or null if there is none that can move its cursor. */
  static @Nullable TerminalConsole open() throws IOException {
    Terminal terminal =
        TerminalBuilder.builder().system(true).dumb(true).jni(false).exec(true).ffm(true).build();
    if (Terminal.TYPE_DUMB.equals(terminal.getType())
        || Terminal.TYPE_DUMB_COLOR.equals(terminal.getType())) {
      terminal.close();
      return null;
    }
    return new TerminalConsole(terminal);
  }

  @Override
  public void show(List<String> lines) {
    terminal.puts(Capability.clear_screen);
    // Raw mode: a line feed alone does not go back to the first column.
    terminal.writer().print(String.join("\r\n", screen(lines, hasColours())));
    terminal.flush();
  }

  /** All that a screen has: what there is to show, and the keys. */
  static List<String> screen(List<String> lines, boolean withColours) {
    List<String> screen = new ArrayList<>(lines);
    screen.add("");
    screen.add(withColours ? Ansi.REVERSE + KEYS + Ansi.RESET : KEYS);
    return screen;
  }

  @Override
  public Walk.Key next() {
    NonBlockingReader reader = terminal.reader();
    while (true) {
      try {
        int key = reader.read();
        switch (key) {
          case 'n', ' ', '\r', '\n' -> {
            return Walk.Key.NEXT;
          }
          case 'b' -> {
            return Walk.Key.BACK;
          }
          case ESCAPE -> {
            Walk.@Nullable Key arrow = arrow(reader);
            if (arrow != null) {
              return arrow;
            }
          }
          case 'q', 'Q', 3, 4, -1 -> { // also Ctrl-C, Ctrl-D, end of input
            return Walk.Key.QUIT;
          }
          default -> {} // no key of ours
        }
      } catch (IOException _) {
        return Walk.Key.QUIT; // the terminal is gone
      }
    }
  }

  /** The rest of {@code ESC [ C} and {@code ESC [ D}, or {@code ESC O C} in application mode. */
  private static Walk.@Nullable Key arrow(NonBlockingReader reader) throws IOException {
    int bracket = reader.read(SEQUENCE_MILLIS);
    if (bracket != '[' && bracket != 'O') {
      return null;
    }
    return switch (reader.read(SEQUENCE_MILLIS)) {
      case 'C' -> Walk.Key.NEXT;
      case 'D' -> Walk.Key.BACK;
      default -> null;
    };
  }

  @Override
  public int columns() {
    int columns = terminal.getWidth();
    return columns > 0 ? columns : DEFAULT_COLUMNS;
  }

  @Override
  public boolean hasColours() {
    Integer colours = terminal.getNumericCapability(Capability.max_colors);
    return colours != null && colours >= MIN_COLOURS;
  }

  @Override
  public void close() throws IOException {
    terminal.setAttributes(original);
    terminal.writer().print("\r\n");
    terminal.flush();
    terminal.close();
  }
}
