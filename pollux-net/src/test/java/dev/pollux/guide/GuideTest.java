package dev.pollux.guide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.LoopOptions;
import dev.pollux.net.CloseReason;
import dev.pollux.net.ConnectOptions;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.DatagramOptions;
import dev.pollux.net.ServerOptions;
import dev.pollux.net.SocketSetup;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Holds the guides to the code: their programs, their table of limits, the names they use. */
class GuideTest {

  private static final Path DOCS = Path.of("../docs");
  private static final Path SOURCES = Path.of("src/test/java/dev/pollux/guide");
  private static final List<String> GUIDES =
      List.of(
          "writing-a-server",
          "datagrams",
          "unix-sockets",
          "reconnecting",
          "hot-restart",
          "mutual-tls",
          "edge-or-level",
          "coming-from-nio",
          "coming-from-netty");
  private static final List<String> PACKAGES = List.of("net", "loop", "poll", "sys", "model");

  private static final Pattern BLOCK =
      Pattern.compile("(?ms)^(?:<!-- code: (\\S+)(?: (\\S+))? -->\n)?```java\n(.*?)^```$");
  private static final Pattern REGION =
      Pattern.compile("(?ms)^ *// begin (\\S+)\n(.*?)\n *// end \\1$");
  private static final Pattern NAME = Pattern.compile("`([A-Z]\\w+)(?:\\.(\\w+))?(?:\\(.*?\\))?`");
  private static final Pattern LIMIT =
      Pattern.compile("(?m)^\\| `(\\w+(?:Options|Setup))\\.(\\w+)` \\| ([^|]+) \\|");

  /** A document is made of these blocks; each must be the source that the line above it names. */
  @Test
  void guides_programs_areTheOnesCompiledHere() throws IOException {
    Set<String> shown = new TreeSet<>();
    for (String guide : GUIDES) {
      Matcher block = BLOCK.matcher(text(guide));
      while (block.find()) {
        String file = block.group(1);
        String region = block.group(2);
        assertTrue(file != null, () -> guide + ": a program without its source:\n" + block.group());
        assertEquals(source(file, region), block.group(3), guide + ": " + file + " " + region);
        shown.add(file + " " + region);
      }
    }
    assertEquals(Set.of(), unshown(shown), "regions that no guide shows");
  }

  @Test
  void tableOfLimits_hasEveryLimitWithItsDefault() throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    List<Object> options =
        List.of(
            LoopOptions.DEFAULT,
            ConnectionOptions.DEFAULT,
            ServerOptions.at(address),
            ConnectOptions.to(address),
            SocketSetup.DEFAULT,
            DatagramOptions.DEFAULT);
    List<String> expected = new ArrayList<>();
    for (Object each : options) {
      for (Method accessor : each.getClass().getMethods()) {
        if (isLimit(accessor)) {
          String name = each.getClass().getSimpleName() + "." + accessor.getName();
          expected.add(name + " = " + value(each, accessor));
        }
      }
    }
    List<String> found = new ArrayList<>();
    Matcher row = LIMIT.matcher(text("writing-a-server"));
    while (row.find()) {
      found.add(row.group(1) + "." + row.group(2) + " = " + number(row.group(3)));
    }
    assertEquals(lines(expected), lines(found));
  }

  @Test
  void tableOfReasons_hasEveryReason() throws IOException {
    String text = text("writing-a-server");
    for (CloseReason reason : CloseReason.values()) {
      assertTrue(text.contains("\n| `" + reason + "` | "), () -> "no row for " + reason);
    }
  }

  /** {@code Class.member} and {@code Class} in the text, where the class is one of ours. */
  @Test
  void guides_names_exist() throws IOException {
    List<String> wrong = new ArrayList<>();
    int ours = 0;
    for (String guide : GUIDES) {
      for (MatchResult name : NAME.matcher(text(guide)).results().toList()) {
        Class<?> type = type(name.group(1));
        String member = name.group(2);
        if (type != null) {
          ours++;
          if (member != null && !hasMember(type, member)) {
            wrong.add(guide + ": " + name.group());
          }
        }
      }
    }
    assertEquals(List.of(), wrong);
    assertTrue(ours > 100, "names were not found: " + ours);
  }

  private static String text(String guide) throws IOException {
    return Files.readString(DOCS.resolve(guide + ".md"));
  }

  /** A region of a file, or all of it from its imports on. */
  private static String source(String file, @Nullable String region) throws IOException {
    if (file.contains("/")) {
      return classIn(Path.of("..").resolve(file), region);
    }
    String text = Files.readString(SOURCES.resolve(file));
    if (region == null) {
      return text.replaceFirst("(?s).*?(?=import )", "");
    }
    for (MatchResult match : REGION.matcher(text).results().toList()) {
      if (match.group(1).equals(region)) {
        return match.group(2).stripTrailing().stripIndent() + "\n";
      }
    }
    throw new AssertionError(file + " has no region " + region);
  }

  /** A nested class of a file elsewhere, from its annotations on. */
  private static String classIn(Path file, String name) throws IOException {
    Pattern nested = Pattern.compile("(?ms)^  (?:@\\w+\n  )*[a-z ]*class " + name + " .*?^  }\n");
    Matcher match = nested.matcher(Files.readString(file));
    assertTrue(match.find(), () -> file + " has no class " + name);
    return match.group().stripTrailing().stripIndent() + "\n";
  }

  private static Set<String> unshown(Set<String> shown) throws IOException {
    Set<String> missing = new TreeSet<>();
    try (Stream<Path> files = Files.list(SOURCES)) {
      for (Path file : files.toList()) {
        for (MatchResult match : REGION.matcher(Files.readString(file)).results().toList()) {
          missing.add(file.getFileName() + " " + match.group(1));
        }
      }
    }
    missing.removeAll(shown);
    return missing;
  }

  private static boolean isLimit(Method accessor) {
    Class<?> type = accessor.getReturnType();
    return accessor.getParameterCount() == 0
        && !accessor.getName().equals("hashCode")
        && !accessor.getName().equals("port")
        && (type == int.class || type == long.class || type == Duration.class);
  }

  private static long value(Object options, Method accessor) {
    try {
      Object limit = accessor.invoke(options);
      return limit instanceof Duration time ? time.toNanos() : ((Number) limit).longValue();
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("a limit", e);
    }
  }

  /** 65,536 (64 KiB), 2 s, none, never. */
  private static long number(String cell) {
    if (cell.startsWith("none")) {
      return Integer.MAX_VALUE;
    }
    if (cell.startsWith("never") || cell.startsWith("the kernel's")) {
      return 0;
    }
    Matcher number = Pattern.compile("^([\\d,]+)(?: (ms|s))?\\b").matcher(cell);
    assertTrue(number.find(), () -> "no number: " + cell);
    long value = Long.parseLong(number.group(1).replace(",", ""));
    String unit = number.group(2);
    return unit == null ? value : value * (unit.equals("s") ? 1_000_000_000 : 1_000_000);
  }

  private static @Nullable Class<?> type(String name) {
    for (String module : PACKAGES) {
      try {
        return Class.forName("dev.pollux." + module + "." + name);
      } catch (ClassNotFoundException e) {
        // another one, or not ours
      }
    }
    return null;
  }

  private static boolean hasMember(Class<?> type, String member) {
    return Arrays.stream(type.getMethods()).map(Method::getName).anyMatch(member::equals)
        || Arrays.stream(type.getFields()).map(Field::getName).anyMatch(member::equals)
        || Arrays.stream(type.getDeclaredClasses())
            .map(Class::getSimpleName)
            .anyMatch(member::equals);
  }

  private static String lines(List<String> lines) {
    return String.join("\n", new TreeSet<>(lines));
  }
}
