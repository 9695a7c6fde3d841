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
import org.jspecify.annotations.Nullable;

/**
 * Reads the tables of Rust's crate libc, which is written by hand and tested against the headers of
 * each system: Debian's librust-libc-dev.
 */
final class RustSource {

  static final String NAME = "Rust";

  private static final Pattern CONSTANT =
      Pattern.compile("^\\s*pub const (\\w+)\\s*:[^=;]+=\\s*([^;]+);", Pattern.MULTILINE);
  private static final Pattern ALIAS =
      Pattern.compile("^\\s*pub type (\\w+)\\s*=\\s*([^;]+);", Pattern.MULTILINE);
  private static final Pattern STRUCT =
      Pattern.compile(
          "^([ \\t]*)pub struct (\\w+) \\{\\n(.*?)^\\1\\}", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern FIELD =
      Pattern.compile("(?:pub )?(\\w+)\\s*:\\s*((?:\\[[^\\]]*\\]+|[^,\\[])+),?");
  private static final Pattern ARRAY =
      Pattern.compile("\\[((?:\\[\\d+\\])*[^\\[\\];]+);\\s*([^\\[\\]]+)\\]");

  /** A field that only compilers with unions have; for the others the next one stands for it. */
  private static final Pattern UNION = Pattern.compile("#\\[cfg\\(libc_union\\)\\]\\s*[^,]*,");

  private static final Pattern SYMBOL =
      Pattern.compile(
          "#\\[(cfg_attr\\(target_os = \"(\\w+)\", )?link_name = \"([^\"]+)\"\\)?\\]"
              + "(?:\\s*#\\[[^\\[\\]]*\\])*" // other attributes
              + "\\s*pub fn (\\w+)");

  private final Map<String, Long> constants = new HashMap<>();
  private final Layouts layouts = new Layouts();
  private final Map<String, String> symbols = new HashMap<>();

  private RustSource() {}

  /** The table of a system. */
  static SourceTable read(Path folder, String system, String architecture) throws IOException {
    RustSource source = new RustSource();
    List<Path> files = new ArrayList<>();
    for (String name : files(system, architecture)) {
      Path file = folder.resolve("src/unix").resolve(name);
      if (Files.exists(file)) {
        files.add(file);
      }
    }
    for (Path file : files) { // before the structures: the length of an array may be in a later one
      source.constants(Files.readString(file));
    }
    for (Path file : files) {
      boolean own = file.toString().contains("/" + system.toLowerCase(Locale.ROOT) + "/");
      source.read(Files.readString(file), own ? null : system);
    }
    return new SourceTable(NAME, source.constants, source.layouts, source.symbols);
  }

  /** From the general to the particular. */
  private static List<String> files(String system, String architecture) {
    String arch = architecture.equals("x86-64") ? "x86_64" : "aarch64";
    String like =
        system.equals("FreeBSD") || system.equals("DragonFly") ? "freebsdlike" : "netbsdlike";
    String own = "bsd/" + like + "/" + system.toLowerCase(Locale.ROOT) + "/";
    return List.of(
        "mod.rs",
        "align.rs",
        "bsd/mod.rs",
        "bsd/" + like + "/mod.rs",
        own + "mod.rs",
        own + "errno.rs",
        own + arch + ".rs",
        own + arch + "/mod.rs",
        own + "freebsd12/mod.rs",
        own + "freebsd12/b64.rs",
        own + "freebsd12/" + arch + ".rs");
  }

  private void constants(String text) {
    Matcher constant = CONSTANT.matcher(text);
    while (constant.find()) {
      Long value = Expression.value(constant.group(2), constants);
      if (value != null) {
        constants.put(constant.group(1), value);
      }
    }
  }

  /** Reads a file; symbols are taken from one for several systems only where it names this one. */
  private void read(String text, @Nullable String onlyFor) {
    Matcher alias = ALIAS.matcher(text);
    while (alias.find()) {
      layouts.alias(alias.group(1), type(alias.group(2)));
    }
    Matcher struct = STRUCT.matcher(text);
    while (struct.find()) {
      layouts.struct(struct.group(2), fields(struct.group(3)));
    }
    Matcher symbol = SYMBOL.matcher(text);
    while (symbol.find()) {
      String target = symbol.group(2);
      if (target == null ? onlyFor == null : target.equalsIgnoreCase(onlyFor)) {
        symbols.put(symbol.group(4), symbol.group(3));
      }
    }
  }

  private List<Layouts.Field> fields(String body) {
    String plain = body.replaceAll("//.*", "");
    plain = UNION.matcher(plain).replaceAll("");
    plain = plain.replaceAll("#\\[(?:[^\\[\\]]|\\[[^\\[\\]]*\\])*\\]", "");
    List<Layouts.Field> fields = new ArrayList<>();
    Matcher field = FIELD.matcher(plain);
    while (field.find()) {
      String name = field.group(1);
      // one for each of several systems: any of them, which are of one size
      if (fields.stream().noneMatch(before -> before.name().equals(name))) {
        fields.add(new Layouts.Field(name, type(field.group(2))));
      }
    }
    return fields;
  }

  private String type(String text) {
    String type = text.strip();
    if (type.startsWith("*") || type.startsWith("::Option<")) {
      return "*";
    }
    type = type.replaceAll("(\\w+)?::", "");
    Matcher array = ARRAY.matcher(type);
    while (array.find()) {
      Long count = Expression.value(array.group(2), constants);
      if (count == null) {
        return type;
      }
      String element = array.group(1).startsWith("*") ? "*" : array.group(1);
      type =
          type.substring(0, array.start())
              + "["
              + count
              + "]"
              + element
              + type.substring(array.end());
      array = ARRAY.matcher(type);
    }
    return type;
  }
}
