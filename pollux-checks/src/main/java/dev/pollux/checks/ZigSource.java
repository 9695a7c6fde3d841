package dev.pollux.checks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the tables of Zig's standard library, which are written by hand: lib/std/c. */
final class ZigSource {

  static final String NAME = "Zig";

  /** The names in C of the members of Zig's structures of constants begin with these. */
  private static final Map<String, String> PREFIXES =
      Map.ofEntries(
          Map.entry("", ""),
          Map.entry("E", "E"),
          Map.entry("O", "O_"),
          Map.entry("F", "F_"),
          Map.entry("S", "S_"),
          Map.entry("AT", "AT_"),
          Map.entry("SO", "SO_"),
          Map.entry("SOL", "SOL_"),
          Map.entry("AF", "AF_"),
          Map.entry("SOCK", "SOCK_"),
          Map.entry("MSG", "MSG_"),
          Map.entry("SHUT", "SHUT_"),
          Map.entry("IPPROTO", "IPPROTO_"),
          Map.entry("TCP", "TCP_"),
          Map.entry("POLL", "POLL"),
          Map.entry("CLOCK", "CLOCK_"),
          Map.entry("SIG", "SIG"),
          Map.entry("rlimit_resource", "RLIMIT_"));

  private static final Pattern SCOPE =
      Pattern.compile(
          "pub const (\\w+) = (extern )?(struct|enum|union)\\b[^{]*\\{", Pattern.DOTALL);
  private static final Pattern CONSTANT =
      Pattern.compile("(?:pub const )?(\\w+)\\s*(?::[^=]+)?=\\s*(.+)", Pattern.DOTALL);
  private static final Pattern FIELD =
      Pattern.compile("(\\w+)\\s*:\\s*([^=]+)(?:=.*)?", Pattern.DOTALL);
  private static final Pattern ARRAY = Pattern.compile("\\[([^\\]*]+)\\](.+)");
  private static final Pattern FUNCTION = Pattern.compile("pub extern \"c\" fn (__\\w+)\\(");

  private final Map<String, Long> constants = new HashMap<>();
  private final Layouts layouts = new Layouts();
  private final Map<String, String> symbols = new HashMap<>();

  private ZigSource() {}

  /** The table of a system, the same for all architectures. */
  static SourceTable read(Path folder, String system) throws IOException {
    ZigSource source = new ZigSource();
    Path file = folder.resolve(system.toLowerCase(Locale.ROOT) + ".zig");
    if (Files.exists(file)) {
      String text = Files.readString(file).replaceAll("//.*", "");
      source.scope("", text);
      source.symbols(text);
    }
    return new SourceTable(NAME, source.constants, source.layouts, source.symbols);
  }

  /** Reads the declarations of a structure, or of the file. */
  private void scope(String path, String body) {
    List<Layouts.Field> fields = new ArrayList<>();
    int at = 0;
    while (at < body.length()) {
      int end = end(body, at);
      String item = body.substring(at, end).strip();
      at = end + 1;
      Matcher scope = SCOPE.matcher(item);
      if (scope.lookingAt()) {
        String inner = item.substring(scope.end(), item.lastIndexOf('}'));
        scope(path.isEmpty() ? scope.group(1) : path + "." + scope.group(1), inner);
      } else if (item.startsWith("pub const ") || !item.contains(":")) {
        constant(path, item);
      } else {
        field(item, fields);
      }
    }
    if (!fields.isEmpty() && !path.isEmpty()) {
      layouts.struct(path, fields);
    }
  }

  /** Where an item ends: at a comma, a semicolon, or the brace of a function or block. */
  private static int end(String body, int start) {
    int depth = 0;
    for (int i = start; i < body.length(); i++) {
      char c = body.charAt(i);
      if (c == '{' || c == '(' || c == '[') {
        depth++;
      } else if (c == '}' || c == ')' || c == ']') {
        depth--;
        String item = body.substring(start, i).strip();
        boolean block =
            item.startsWith("pub fn")
                || item.startsWith("fn")
                || item.startsWith("comptime")
                || item.startsWith("pub inline fn");
        if (c == '}' && depth == 0 && block) {
          return i;
        }
      } else if ((c == ',' || c == ';') && depth == 0) {
        return i;
      }
    }
    return body.length();
  }

  private void constant(String path, String item) {
    Matcher constant = CONSTANT.matcher(item);
    if (!constant.matches()) {
      return;
    }
    String name = constant.group(1);
    String text = constant.group(2).strip();
    String prefix = PREFIXES.get(path);
    if (prefix != null) {
      Map<String, Long> names = new HashMap<>(constants);
      constants.forEach((key, value) -> {
        if (!prefix.isEmpty() && key.startsWith(prefix)) {
          names.put(key.substring(prefix.length()), value);
        }
      });
      Long value = Expression.value(text, names);
      if (value != null) {
        constants.putIfAbsent(prefix + name, value);
        if (prefix.equals("SIG")) {
          constants.putIfAbsent("SIG_" + name, value); // SIG.BLOCK
        }
      }
    }
    if (path.isEmpty() && text.matches("[\\w.]+")) {
      layouts.alias(name, text);
    }
  }

  private void field(String item, List<Layouts.Field> fields) {
    Matcher field = FIELD.matcher(item);
    if (field.matches()) {
      fields.add(new Layouts.Field(field.group(1), type(field.group(2).strip())));
    }
  }

  private String type(String text) {
    if (text.startsWith("?") || text.startsWith("*") || text.startsWith("[*")) {
      return "*";
    }
    Matcher array = ARRAY.matcher(text);
    if (array.matches()) {
      Long count = Expression.value(array.group(1), constants);
      return count == null ? text : "[" + count + "]" + type(array.group(2).strip());
    }
    return text.replaceFirst("^(std\\.c|os)\\.", "");
  }

  /** A function under its symbol, and the name that Zig gives it. */
  private void symbols(String text) {
    Matcher function = FUNCTION.matcher(text);
    while (function.find()) {
      Matcher name = Pattern.compile("pub const (\\w+) = " + function.group(1) + ";").matcher(text);
      while (name.find()) {
        symbols.put(name.group(1), function.group(1));
      }
    }
  }
}
