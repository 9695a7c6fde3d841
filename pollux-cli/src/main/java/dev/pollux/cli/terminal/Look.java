package dev.pollux.cli.terminal;

import dev.pollux.sys.NativeSys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How output looks: coloured on a terminal, unless {@code NO_COLOR} or {@code --color} says
 * otherwise, and as wide as the terminal.
 *
 * <p>Threads: {@link #take} once, before a command begins; the rest any.
 */
public final class Look {

  /** The width where nobody says one. */
  public static final int DEFAULT_COLUMNS = 80;

  /** An option of every command. */
  public static final String OPTION = "--color";

  private static final int MIN_COLUMNS = 40;
  private static final int MAX_COLUMNS = 1 << 12;

  /** When to colour. */
  private enum When {
    AUTO,
    ALWAYS,
    NEVER
  }

  private static volatile When when = When.AUTO;

  private Look() {}

  /**
   * Obeys {@code --color WHEN}, which stands anywhere among the arguments of any command.
   *
   * @return the other arguments
   * @throws IllegalArgumentException with words for the user
   */
  public static String[] take(String[] arguments) {
    List<String> others = new ArrayList<>();
    for (int i = 0; i < arguments.length; i++) {
      String each = arguments[i];
      if (each.equals("--")) {
        others.addAll(List.of(arguments).subList(i, arguments.length));
        break;
      }
      if (each.equals(OPTION)) {
        i++;
        when = parse(i < arguments.length ? arguments[i] : "");
      } else if (each.startsWith(OPTION + "=")) {
        when = parse(each.substring(OPTION.length() + 1));
      } else {
        others.add(each);
      }
    }
    return others.toArray(String[]::new);
  }

  private static When parse(String value) {
    return switch (value) {
      case "auto" -> When.AUTO;
      case "always" -> When.ALWAYS;
      case "never" -> When.NEVER;
      default ->
          throw new IllegalArgumentException(
              "Invalid value for option '--color': '" + value + "' is not auto, always or never");
    };
  }

  /** Whether what is written to a descriptor is coloured. */
  public static boolean isColoured(int fd) {
    return switch (when) {
      case ALWAYS -> true;
      case NEVER -> false;
      case AUTO -> isEmpty("NO_COLOR") && !"dumb".equals(System.getenv("TERM")) && isTerminal(fd);
    };
  }

  /** A word in green, if colours are wanted on standard output. */
  public static String good(String word, boolean coloured) {
    return coloured ? "\u001b[32m" + word + "\u001b[0m" : word;
  }

  /** A word in red. */
  public static String bad(String word, boolean coloured) {
    return coloured ? "\u001b[31m" + word + "\u001b[0m" : word;
  }

  /** Text that another process chose, with what a terminal would obey made visible. */
  public static String harmless(String text) {
    StringBuilder harmless = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      harmless.append(isObeyed(c) ? String.format("\\x%02x", (int) c) : String.valueOf(c));
    }
    return harmless.toString();
  }

  /** Also what turns the direction of text, joins words unseen, or ends lines. */
  private static boolean isObeyed(char c) {
    int type = Character.getType(c);
    return type == Character.CONTROL
        || type == Character.FORMAT
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR;
  }

  /**
   * How wide standard output is: by COLUMNS, else by the terminal, else as told.
   *
   * @param otherwise the width where neither says it
   */
  public static int columns(int otherwise) {
    int said = parseColumns(System.getenv("COLUMNS"));
    if (said == 0 && isTerminal(StandardStreams.STDOUT)) {
      said = StandardStreams.columns(NativeSys.open(), StandardStreams.STDOUT);
    }
    return said == 0 ? otherwise : Math.clamp(said, MIN_COLUMNS, MAX_COLUMNS);
  }

  private static int parseColumns(@Nullable String text) {
    return text == null ? 0 : Math.max(0, Numbers.plain(text));
  }

  /** Text in lines of so many columns at most, broken at blanks; lines after the first indented. */
  public static String wrapped(String text, int indent, int columns) {
    StringBuilder lines = new StringBuilder();
    int column = 0;
    for (String word : text.split(" ", -1)) {
      if (column > 0 && column + 1 + word.length() > columns) {
        lines.append('\n').append(" ".repeat(indent));
        column = indent;
      } else if (!lines.isEmpty()) {
        lines.append(' ');
        column++;
      }
      lines.append(word);
      column += word.length();
    }
    return lines.toString();
  }

  /**
   * Whether a descriptor is a terminal; what is no device is told from one without native calls.
   */
  private static boolean isTerminal(int fd) {
    try {
      Path file = Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd));
      if (!file.startsWith("/dev")) {
        return false;
      }
    } catch (IOException _) {
      // no /proc, or closed: the kernel tells
    }
    return StandardStreams.isTerminal(NativeSys.open(), fd);
  }

  private static boolean isEmpty(String variable) {
    String value = System.getenv(variable);
    return value == null || value.isEmpty();
  }
}
