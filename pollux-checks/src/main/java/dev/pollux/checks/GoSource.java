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

/**
 * Reads the tables of golang.org/x/sys/unix, which a program writes from the headers of each
 * system: Debian's golang-golang-x-sys-dev.
 */
final class GoSource {

  static final String NAME = "Go";

  private static final Pattern CONSTANT =
      Pattern.compile(
          "^\\s+(\\w+)\\s*=\\s*(?:syscall\\.(?:Errno|Signal)\\()?(-?(?:0x)?[0-9a-fA-F]+)\\)?\\s*$",
          Pattern.MULTILINE);
  private static final Pattern STRUCT =
      Pattern.compile("^type (\\w+) struct \\{\\n(.*?)^\\}", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern ALIAS =
      Pattern.compile("^\\s*(?:type )?(_C_\\w+|_\\w+_t)\\s+(\\w+)$", Pattern.MULTILINE);
  private static final Pattern FIELD = Pattern.compile("(\\w+)\\s+(\\S+)");

  private GoSource() {}

  /** The table of a system; empty if there is none for it. */
  static SourceTable read(Path folder, String system, String architecture) throws IOException {
    String suffix =
        "_"
            + system.toLowerCase(Locale.ROOT)
            + "_"
            + (architecture.equals("x86-64") ? "amd64" : "arm64")
            + ".go";
    Map<String, Long> constants = new HashMap<>();
    Layouts layouts = new Layouts();
    for (String prefix : List.of("zerrors", "ztypes")) {
      Path file = folder.resolve(prefix + suffix);
      if (Files.exists(file)) {
        read(Files.readString(file), constants, layouts);
      }
    }
    return new SourceTable(NAME, constants, layouts, Map.of());
  }

  private static void read(String text, Map<String, Long> constants, Layouts layouts) {
    Matcher constant = CONSTANT.matcher(text);
    while (constant.find()) {
      constants.putIfAbsent(constant.group(1), Long.decode(constant.group(2)));
    }
    Matcher alias = ALIAS.matcher(text);
    while (alias.find()) {
      layouts.alias(alias.group(1), alias.group(2));
    }
    Matcher struct = STRUCT.matcher(text);
    while (struct.find()) {
      List<Layouts.Field> fields = new ArrayList<>();
      struct
          .group(2)
          .replaceAll("/\\*.*?\\*/", "")
          .lines()
          .forEach(line -> {
            Matcher field = FIELD.matcher(line.strip());
            if (field.matches()) {
              String type = field.group(2).startsWith("*") ? "*" : field.group(2);
              fields.add(new Layouts.Field(field.group(1).toLowerCase(Locale.ROOT), type));
            }
          });
      layouts.struct(struct.group(1), fields);
    }
  }
}
