package dev.pollux.lint;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Rules on types and methods. */
final class DeclarationRules {
  static final int MAX_METHOD_LINES = 60;

  /** Methods that may be longer, as {@code path#method}, each with its reason. */
  private static final Map<String, String> LONG_METHODS = Map.of();

  private static final Set<String> NAMES_OF_OBJECT = Set.of("wait", "notify", "notifyAll");

  private static final Pattern OPTIONS_RECORD =
      Pattern.compile("\\bpublic\\s+record\\s+(\\w*Options)\\b");
  private static final Pattern WITHER =
      Pattern.compile("\\bpublic\\s+\\w*Options\\s+(with\\w*)\\s*\\(([^)]*)\\)");
  private static final Pattern EXPORTS = Pattern.compile("\\bexports\\s+([\\w.]+)\\s*;");

  private DeclarationRules() {}

  /** Methods fit a screen: at most 60 lines. */
  static List<String> methodSize(SourceTree tree) {
    List<String> problems = new ArrayList<>();
    for (SourceFile file : tree.javaFiles()) {
      for (Declaration declaration : Declaration.of(file)) {
        int count = declaration.lineCount();
        if (declaration.kind() == Declaration.Kind.METHOD
            && count > MAX_METHOD_LINES
            && !LONG_METHODS.containsKey(file.path() + "#" + declaration.name())) {
          problems.add(
              file.problemAt(
                  declaration.startOffset(),
                  "method " + declaration.name() + " has " + count + " lines; split it"));
        }
      }
    }
    return problems;
  }

  /** Public types and methods of exported packages have Javadoc; overriding ones inherit it. */
  static List<String> javadoc(SourceTree tree) {
    Set<String> exported = exportedFolders(tree);
    List<String> problems = new ArrayList<>();
    for (SourceFile file : tree.mainFiles()) {
      if (!exported.contains(file.folder())) {
        continue;
      }
      for (Declaration declaration : Declaration.of(file)) {
        if (declaration.isPublic() && !declaration.isDocumented()) {
          problems.add(
              file.problemAt(
                  declaration.startOffset(),
                  declaration.name()
                      + " is public and has no Javadoc; write it, or make it package-private"));
        }
      }
    }
    return problems;
  }

  /** Nobody who calls a poller means Object.wait: a public method has none of those names. */
  static List<String> names(SourceTree tree) {
    List<String> problems = new ArrayList<>();
    for (SourceFile file : tree.mainFiles()) {
      for (Declaration declaration : Declaration.of(file)) {
        if (declaration.kind() == Declaration.Kind.METHOD
            && declaration.isPublic()
            && NAMES_OF_OBJECT.contains(declaration.name())) {
          problems.add(
              file.problemAt(
                  declaration.startOffset(),
                  declaration.name()
                      + " overloads Object's method; find another name, such as await"));
        }
      }
    }
    return problems;
  }

  /** Options are final classes with one wither a value, and times in them are Durations. */
  static List<String> options(SourceTree tree) {
    List<String> problems = new ArrayList<>();
    for (SourceFile file : tree.mainFiles()) {
      if (file.path().startsWith("pollux-cli/")) {
        continue; // a program, whose options nobody else has
      }
      String code = file.code();
      OPTIONS_RECORD
          .matcher(code)
          .results()
          .forEach(m ->
              problems.add(
                  file.problemAt(
                      m.start(), m.group(1) + " is a public record; make it a final class")));
      WITHER
          .matcher(code)
          .results()
          .filter(m ->
              m.group(2).replaceAll("<[^>]*>", "").contains(",")
                  || m.group(2).matches("long\\s+\\w*[nN]anos"))
          .forEach(m ->
              problems.add(
                  file.problemAt(
                      m.start(), m.group(1) + " takes one value, and time as a Duration")));
    }
    return problems;
  }

  private static Set<String> exportedFolders(SourceTree tree) {
    Set<String> folders = new HashSet<>();
    for (SourceFile file : tree.mainFiles()) {
      if (file.baseName().equals("module-info")) {
        EXPORTS
            .matcher(file.code())
            .results()
            .forEach(m -> folders.add(file.folder() + "/" + m.group(1).replace('.', '/')));
      }
    }
    return folders;
  }
}
