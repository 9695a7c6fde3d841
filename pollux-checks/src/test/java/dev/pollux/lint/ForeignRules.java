package dev.pollux.lint;

import dev.pollux.sys.SystemTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Rules on what is of other systems than Linux: it stands in their profiles, and nowhere else. */
final class ForeignRules {

  private static final String SYS = "pollux-sys/src/main/java/dev/pollux/sys/";
  private static final Set<String> PROFILES =
      Set.of("Bsd", "MacOs", "FreeBsd", "OpenBsd", "NetBsd", "DragonFly");

  private static final Pattern PROFILE =
      Pattern.compile("\\b(MacOs|FreeBsd|OpenBsd|NetBsd|DragonFly)\\.");

  /** In hexadecimal, as headers have them, or so long that it is no size of a buffer. */
  private static final Pattern NUMBER =
      Pattern.compile("(?<![\\w.])(0[xX][0-9a-fA-F_]+|[1-9][0-9_]{4,})[lL]?(?![\\w.])");

  private static final long SMALLEST = 0x100; // below, numbers mean anything
  private static final long MASK = 0xffff; // SOL_SOCKET of all of them, and half of an int

  private ForeignRules() {}

  /** No number that only another system has. */
  static List<String> numbers(SourceTree tree) {
    Map<Long, String> foreign = foreign();
    List<String> problems = new ArrayList<>();
    for (SourceFile file : tree.files()) {
      if (file.isJava() && file.isMain() && !isProfile(file)) {
        String code = file.code();
        Matcher number = NUMBER.matcher(code);
        while (number.find()) {
          String name = foreign.get(value(number.group(1)));
          if (name != null) {
            problems.add(
                file.problemAt(number.start(), "is " + name + "; take it from the profile"));
          }
        }
      }
    }
    return problems;
  }

  /** Which system it is, is asked once; its profile is had by that alone. */
  static List<String> systems(SourceTree tree) {
    List<String> problems = new ArrayList<>();
    for (SourceFile file : tree.files()) {
      if (!file.isJava() || !file.isMain()) {
        continue;
      }
      int asked = file.text().indexOf("\"os.name\"");
      if (asked >= 0 && !file.path().equals(SYS + "NativeSys.java")) {
        problems.add(file.problemAt(asked, "asks which system it is; NativeSys does"));
      }
      Matcher profile = PROFILE.matcher(file.code());
      if (profile.find() && !isProfile(file) && !file.path().equals(SYS + "Profiles.java")) {
        problems.add(file.problemAt(profile.start(), "names a system; take its profile"));
      }
    }
    return problems;
  }

  private static boolean isProfile(SourceFile file) {
    return file.path().startsWith(SYS) && PROFILES.contains(file.baseName());
  }

  private static long value(String literal) {
    String digits = literal.replace("_", "");
    return digits.startsWith("0x") || digits.startsWith("0X")
        ? Long.parseUnsignedLong(digits.substring(2), 16)
        : Long.parseUnsignedLong(digits);
  }

  /** Numbers that Linux gives no name, and that are no power of 2, by whose they are. */
  private static Map<Long, String> foreign() {
    Map<Long, String> foreign = new HashMap<>();
    Set<Long> ours = new HashSet<>();
    for (SystemTable table : SystemTable.all()) {
      for (SystemTable.Value each : table.values()) {
        Long value = each.value();
        if (value == null) {
          continue;
        }
        if (table.system().equals("Linux")) {
          boolean _ = ours.add(value);
        } else if (value >= SMALLEST && value != MASK && Long.bitCount(value) > 1) {
          var _ = foreign.putIfAbsent(value, table.system() + "'s " + each.cName());
        }
      }
    }
    foreign.keySet().removeAll(ours);
    return foreign;
  }
}
