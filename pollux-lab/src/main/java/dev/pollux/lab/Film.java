package dev.pollux.lab;

import dev.pollux.sys.SysException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A recording of {@code lab step} as an animated picture: the screens that a walk through one act
 * shows in a terminal with colours, one after the other, for ever. Who wants no motion sees the
 * last one.
 */
final class Film implements Walk.Console {

  private static final int COLUMNS = 80;

  /** How long a screen is seen: so long, and by its lines that were not on the one before. */
  private static final double SECONDS_A_SCREEN = 0.5;

  private static final double SECONDS_A_LINE = 0.12;

  private static final double LAST_SECONDS = 3;

  private static final double COLUMN_WIDTH = 8.4;
  private static final int LINE_HEIGHT = 18;
  private static final int MARGIN = 16;
  private static final int HEAD_LINES = 2; // the command, and a blank one

  private static final Pattern CONTROL = Pattern.compile("\033\\[(\\d+)m");

  private final List<List<String>> screens = new ArrayList<>();

  private Film() {}

  /** The picture of a walk through an act of an experiment, on the model. */
  static String of(Experiment experiment, int act) throws SysException {
    Film film = new Film();
    Experiment part =
        Experiment.of(
            experiment.id(),
            experiment.name(),
            experiment.shows(),
            experiment.expects(),
            experiment.acts().get(act - 1));
    boolean isAsExpected = new Walk(part, Runner.machines(Kernel.MODEL), film).run();
    if (!isAsExpected) {
      throw new IllegalStateException(experiment.id() + " did not go as expected");
    }
    return film.picture(experiment.id());
  }

  @Override
  public void show(List<String> lines) {
    screens.add(TerminalConsole.screen(lines, true));
  }

  @Override
  public Walk.Key next() {
    return Walk.Key.NEXT;
  }

  @Override
  public int columns() {
    return COLUMNS;
  }

  @Override
  public boolean hasColours() {
    return true;
  }

  private String picture(String id) {
    int rows = HEAD_LINES + screens.stream().mapToInt(List::size).max().orElseThrow();
    double[] seconds = seconds();
    double total = Arrays.stream(seconds).sum();
    Svg svg =
        new Svg(
            (int) (COLUMNS * COLUMN_WIDTH) + 2 * MARGIN,
            rows * LINE_HEIGHT + 2 * MARGIN,
            "A recording of ./pollux lab step " + id,
            style(seconds, total));
    svg.add("<text class=\"dim\" x=\"%d\" y=\"%d\">".formatted(MARGIN, baseLine(0)));
    svg.add("$ ./pollux lab step %s</text>\n".formatted(id));
    double start = -total; // as if it went on for one round already: no screen waits for its first
    for (int i = 0; i < seconds.length; i++) {
      svg.add("<g class=\"screen%s\"".formatted(i == seconds.length - 1 ? " last" : ""));
      svg.add(" style=\"animation-name:s%d;animation-delay:%ss\">\n".formatted(i, number(start)));
      start += seconds[i];
      List<String> lines = screens.get(i);
      for (int row = 0; row < lines.size(); row++) {
        line(svg, lines.get(row), HEAD_LINES + row);
      }
      svg.add("</g>\n");
    }
    return svg.end();
  }

  private double[] seconds() {
    double[] seconds = new double[screens.size()];
    List<String> before = List.of();
    for (int i = 0; i < seconds.length; i++) {
      List<String> now = screens.get(i).stream().map(Film::bare).toList();
      long news = now.stream().filter(Predicate.not(before::contains)).count();
      seconds[i] = SECONDS_A_SCREEN + news * SECONDS_A_LINE;
      before = now;
    }
    seconds[seconds.length - 1] = LAST_SECONDS;
    return seconds;
  }

  /** Each screen is seen for its part of the time, and is hidden for the rest. */
  private static String style(double[] seconds, double total) {
    StringBuilder style = new StringBuilder();
    style.append("text{font:14px ").append(Svg.MONOSPACED).append("}\n");
    style.append(".bold{font-weight:bold}\n");
    style.append(".screen{visibility:hidden;animation:").append(number(total));
    style.append("s step-end infinite}\n.screen.last{visibility:visible}\n");
    for (int i = 0; i < seconds.length; i++) {
      style.append("@keyframes s").append(i).append("{0%{visibility:visible}");
      style.append(number(100 * seconds[i] / total)).append("%,100%{visibility:hidden}}\n");
    }
    style.append("@media (prefers-reduced-motion:reduce){.screen{animation:none!important}}\n");
    return style.toString();
  }

  /** A line of the terminal, with its control sequences turned into classes. */
  private static void line(Svg svg, String line, int row) {
    String bare = bare(line);
    if (bare.isBlank()) {
      return;
    }
    boolean isBar = line.startsWith(Ansi.REVERSE);
    String width = number(bare.length() * COLUMN_WIDTH); // a grid, whatever the font is
    if (isBar) {
      svg.add("<rect class=\"bar\" x=\"%d\" y=\"%d\"".formatted(MARGIN, baseLine(row) - 14));
      svg.add(" width=\"%s\" height=\"%d\"/>\n".formatted(width, LINE_HEIGHT));
    }
    svg.add("<text xml:space=\"preserve\" x=\"%d\" y=\"%d\"".formatted(MARGIN, baseLine(row)));
    svg.add(" textLength=\"%s\">".formatted(width));
    Matcher control = CONTROL.matcher(line);
    String style = "";
    int from = 0;
    while (control.find()) {
      part(svg, line.substring(from, control.start()), style);
      style = style(style, control.group());
      from = control.end();
    }
    part(svg, line.substring(from), style);
    svg.add("</text>\n");
  }

  private static String bare(String line) {
    return CONTROL.matcher(line).replaceAll("");
  }

  private static String style(String before, String control) {
    return switch (control) {
      case Ansi.BOLD -> before + " bold";
      case Ansi.RED -> before + " red";
      case Ansi.REVERSE -> before + " on-bar";
      case Ansi.RESET -> "";
      default -> throw new IllegalStateException("no class for a control sequence: " + control);
    };
  }

  private static void part(Svg svg, String text, String style) {
    if (style.isEmpty()) {
      svg.add("%s".formatted(Svg.escaped(text)));
    } else if (!text.isEmpty()) {
      svg.add("<tspan class=\"%s\">%s</tspan>".formatted(style.strip(), Svg.escaped(text)));
    }
  }

  private static int baseLine(int row) {
    return MARGIN + 14 + row * LINE_HEIGHT;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.6f", value).replaceFirst("\\.?0+$", "");
  }
}
