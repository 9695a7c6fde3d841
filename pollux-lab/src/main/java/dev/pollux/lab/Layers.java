package dev.pollux.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The drawing of the layers: a box for each module with the description in its POM, and a line to
 * each module that it requires by its {@code module-info.java}. Where the boxes stand is said here;
 * a line goes down, then aside.
 */
final class Layers {

  private static final Pattern MODULE = Pattern.compile("<module>pollux-(\\w+)</module>");
  private static final Pattern REQUIRES =
      Pattern.compile("(?m)^  requires (?:transitive |static )*dev\\.pollux\\.(\\w+);");
  private static final Pattern DESCRIPTION = Pattern.compile("<description>([^<]*)</description>");

  private static final int WIDTH = 280;
  private static final int HEIGHT = 56;
  private static final int COLUMN_GAP = 28;
  private static final int ROW_GAP = 16;
  private static final int MARGIN = 16;
  private static final int PADDING = 12;
  private static final int TEXT_COLUMNS = 42;

  private static final int TOP_ROW = 7;

  /** Who uses the library; no module. */
  private static final String USER = "your program";

  /** A tool for who works on Pollux, and no layer. */
  private static final String CHECKS = "checks";

  /** The column of each, counted from the left, and the row, counted from below. */
  private static final Map<String, Place> PLACES =
      Map.ofEntries(
          Map.entry("sys", new Place(0, 0)),
          Map.entry("kqueue", new Place(0, 1)),
          Map.entry("poll", new Place(0, 2)),
          Map.entry("loop", new Place(0, 3)),
          Map.entry("net", new Place(0, 4)),
          Map.entry(USER, new Place(0, TOP_ROW)),
          Map.entry("http", new Place(2, TOP_ROW - 2)),
          Map.entry("httpserver", new Place(1, TOP_ROW - 1)),
          Map.entry("micrometer", new Place(2, TOP_ROW - 1)),
          Map.entry("model", new Place(1, 2)),
          Map.entry("lab", new Place(2, 3)),
          Map.entry("cli", new Place(1, TOP_ROW)),
          Map.entry("bench", new Place(2, TOP_ROW)),
          Map.entry("inspect", new Place(3, TOP_ROW - 3)),
          Map.entry("sim", new Place(3, TOP_ROW - 2)),
          Map.entry("junit", new Place(3, TOP_ROW - 1)));

  private static final String STYLE =
      """
      text{font:12px -apple-system,'Segoe UI','Noto Sans','DejaVu Sans',sans-serif}
      .name{font-size:14px;font-weight:bold}
      .user{stroke-dasharray:5 4}
      """;

  private record Place(int column, int row) {
    int left() {
      return MARGIN + column * (WIDTH + COLUMN_GAP);
    }

    int top() {
      return MARGIN + (TOP_ROW - row) * (HEIGHT + ROW_GAP);
    }
  }

  private final Map<String, String> descriptions = new LinkedHashMap<>();
  private final Map<String, SortedSet<String>> required = new TreeMap<>();

  private Layers() {}

  /** The picture of the modules under a folder, that of the whole source tree. */
  static String of(Path root) throws IOException {
    Layers layers = new Layers();
    for (String name : found(MODULE, Files.readString(root.resolve("pom.xml")))) {
      Path module = root.resolve("pollux-" + name);
      Path info = module.resolve(Path.of("src", "main", "java", "module-info.java"));
      if (Files.exists(info) && !name.equals(CHECKS)) { // the list of versions has no code
        String pom = Files.readString(module.resolve("pom.xml"));
        layers.descriptions.put(name, found(DESCRIPTION, pom).getFirst());
        layers.required.put(name, new TreeSet<>(found(REQUIRES, Files.readString(info))));
      }
    }
    layers.descriptions.put(USER, "Yours: on event loops with connections.");
    layers.required.put(USER, new TreeSet<>(List.of("net")));
    return layers.picture();
  }

  private static List<String> found(Pattern pattern, String text) {
    List<String> groups = new ArrayList<>();
    for (MatchResult match : pattern.matcher(text).results().toList()) {
      groups.add(match.group(1));
    }
    return groups;
  }

  private String picture() {
    int width = 2 * MARGIN + 4 * WIDTH + 3 * COLUMN_GAP;
    int height = 2 * MARGIN + (TOP_ROW + 1) * HEIGHT + TOP_ROW * ROW_GAP;
    Svg svg = new Svg(width, height, "The modules, each above those that it uses", STYLE);
    required.forEach((user, names) -> {
      for (String used : names) {
        if (isDirect(names, used)) {
          line(svg, place(user), place(used));
        }
      }
    });
    descriptions.forEach((name, description) -> box(svg, name, description));
    return svg.end();
  }

  /** Whether none of the others leads there as well. */
  private boolean isDirect(SortedSet<String> names, String used) {
    return names.stream().noneMatch(other -> !other.equals(used) && reaches(other, used));
  }

  private boolean reaches(String from, String to) {
    SortedSet<String> names = required.getOrDefault(from, new TreeSet<>());
    return names.contains(to) || names.stream().anyMatch(name -> reaches(name, to));
  }

  private static Place place(String name) {
    Place place = PLACES.get(name);
    if (place == null) {
      throw new IllegalStateException("the drawing of the layers has no place for " + name);
    }
    return place;
  }

  /**
   * Down from one box, to the top of the other or, where that is in another column, to its side.
   */
  private static void line(Svg svg, Place from, Place to) {
    if (to.row() >= from.row()) {
      throw new IllegalStateException("a module stands on one that is not below it");
    }
    int x = from.left() + WIDTH / 2;
    int top = from.top() + HEIGHT;
    if (from.column() == to.column()) {
      svg.add("<path class=\"line\" d=\"M%d %dV%d\"/>\n".formatted(x, top, to.top() - 8));
      tip(svg, x, to.top(), 0);
    } else {
      int distance = from.column() - to.column();
      int side = to.left() + (distance > 0 ? WIDTH : 0);
      int y = to.top() + HEIGHT * Math.abs(distance) / 4; // the further, the lower
      int sign = Integer.signum(distance);
      svg.add("<path class=\"line\" d=\"M%d %dV%dH%d\"/>\n".formatted(x, top, y, side + 8 * sign));
      tip(svg, side, y, 90 * sign);
    }
  }

  private static void tip(Svg svg, int x, int y, int degrees) {
    svg.add("<path class=\"tip\" d=\"M0 0l-4 -9h8z\" transform=\"translate(%d %d)".formatted(x, y));
    svg.add(" rotate(%d)\"/>\n".formatted(degrees));
  }

  private static void box(Svg svg, String name, String description) {
    Place place = place(name);
    boolean isUser = name.equals(USER);
    svg.add("<rect class=\"box%s\" x=\"%d\"".formatted(isUser ? " user" : "", place.left()));
    svg.add(
        " y=\"%d\" width=\"%d\" height=\"%d\" rx=\"4\"/>\n".formatted(place.top(), WIDTH, HEIGHT));
    int x = place.left() + PADDING;
    int y = place.top() + 18;
    svg.add("<text class=\"name\" x=\"%d\" y=\"%d\">%s</text>\n".formatted(x, y, title(name)));
    for (String line : Wrap.lines(description, TEXT_COLUMNS, "")) { // XML, as it was read
      y += 15;
      svg.add("<text class=\"dim\" x=\"%d\" y=\"%d\">%s</text>\n".formatted(x, y, line));
    }
  }

  private static String title(String name) {
    return name.equals(USER) ? name : "pollux-" + name;
  }
}
