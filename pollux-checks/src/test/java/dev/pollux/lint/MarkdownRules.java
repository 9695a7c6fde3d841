package dev.pollux.lint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Rules on documents. */
final class MarkdownRules {
  private static final Pattern FENCED = Pattern.compile("(?ms)^ *(```|~~~).*?^ *\\1[^\n]*$");
  private static final Pattern INLINE_CODE = Pattern.compile("`[^`\n]+`");
  private static final Pattern TITLE = Pattern.compile("(?m)^# ");
  private static final Pattern LINK = Pattern.compile("\\]\\(<?([^)\\s>]+)>?[^)]*\\)");
  private static final Pattern ELSEWHERE = Pattern.compile("^(?:[a-z]+:|#|//)");

  private MarkdownRules() {}

  /** A document has one title. */
  static List<String> titles(SourceTree tree) {
    List<String> problems = new ArrayList<>();
    for (SourceFile file : documents(tree)) {
      long count = TITLE.matcher(withoutCode(file)).results().count();
      if (count != 1) {
        problems.add(
            file.problem(1, count + " titles; have exactly one line that starts with '# '"));
      }
    }
    return problems;
  }

  /** A relative link leads to a file or folder of the repository. */
  static List<String> links(SourceTree tree) {
    List<String> problems = new ArrayList<>();
    for (SourceFile file : documents(tree)) {
      for (MatchResult link : LINK.matcher(withoutCode(file)).results().toList()) {
        String target = link.group(1);
        if (ELSEWHERE.matcher(target).find()) {
          continue;
        }
        String path = Path.of(file.folder(), target.replaceFirst("#.*", "")).normalize().toString();
        if (!tree.contains(path)) {
          problems.add(
              file.problemAt(link.start(), "link to " + target + " leads nowhere; mend it"));
        }
      }
    }
    return problems;
  }

  private static List<SourceFile> documents(SourceTree tree) {
    return tree.files().stream().filter(f -> f.path().endsWith(".md")).toList();
  }

  /** The text with code blanked, offsets kept. */
  private static String withoutCode(SourceFile file) {
    String text = FENCED.matcher(file.text()).replaceAll(m -> blank(m.group()));
    return INLINE_CODE.matcher(text).replaceAll(m -> blank(m.group()));
  }

  private static String blank(String text) {
    return text.replaceAll("[^\n]", " ");
  }
}
