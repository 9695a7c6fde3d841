package dev.pollux.lint;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A type or method in Java code, found by its braces; rough, but enough for house rules.
 *
 * <p>A header is what stands between two of <code>{ } ;</code> outside parentheses, without its
 * annotations. In a type's body a header is a nested type, a method, or something else (a field, an
 * initializer); in a method's body only types are told from the rest.
 */
final class Declaration {
  /** What a block is. */
  enum Kind {
    TYPE,
    METHOD,
    OTHER
  }

  private static final Pattern TYPE =
      Pattern.compile("(?:\\b(?:class|enum|record)|(@?interface))\\s+(\\w+)");
  private static final Pattern ANONYMOUS = Pattern.compile("\\bnew\\s+[\\w.<>, ?]+\\(.*\\)\\s*$");
  private static final Pattern ENUM_CONSTANT =
      Pattern.compile("(?s)(?:.*,)?\\s*[A-Z][A-Z0-9_]*\\s*(?:\\(.*\\))?\\s*");
  private static final Pattern METHOD_NAME = Pattern.compile("(\\w+)\\s*\\(");
  private static final Pattern ANNOTATION = Pattern.compile("@(?!interface)[\\w.]+(\\([^()]*\\))?");

  private final Kind kind;
  private final String header;
  private final String name;
  private final @Nullable Declaration parent;
  private final boolean documented;
  private final boolean overriding;
  private final int startOffset;
  private final int startLine;
  private int endLine;

  private Declaration(
      SourceFile file, String code, int start, int end, @Nullable Declaration parent) {
    String annotated = code.substring(start, end);
    this.parent = parent;
    this.header = ANNOTATION.matcher(annotated).replaceAll(" ").strip();
    this.kind = kindOf(header, parent);
    this.name = nameOf(header, kind);
    this.documented = file.text().substring(start, end).contains("/**");
    this.overriding = annotated.contains("@Override");
    this.startOffset = start + annotated.length() - annotated.stripLeading().length();
    this.startLine = lineOf(code, startOffset);
    this.endLine = lineOf(code, end);
  }

  /** Finds the types and methods of a file. */
  static List<Declaration> of(SourceFile file) {
    String code = file.code();
    List<Declaration> found = new ArrayList<>();
    Deque<Declaration> open = new ArrayDeque<>();
    int start = 0;
    int parentheses = 0;
    for (int i = 0; i < code.length(); i++) {
      char c = code.charAt(i);
      if (c == '(') {
        parentheses++;
      } else if (c == ')') {
        parentheses--;
      }
      if (parentheses > 0 || (c != '{' && c != '}' && c != ';')) {
        continue;
      }
      if (c == '}' && !open.isEmpty()) {
        open.pop().endLine = lineOf(code, i);
      } else if (c != '}') {
        Declaration declaration = new Declaration(file, code, start, i, open.peek());
        if (declaration.kind != Kind.OTHER) {
          found.add(declaration);
        }
        if (c == '{') {
          open.push(declaration);
        }
      }
      start = i + 1;
    }
    return found;
  }

  private static Kind kindOf(String header, @Nullable Declaration parent) {
    if (TYPE.matcher(header).find() || ANONYMOUS.matcher(header).find()) {
      return Kind.TYPE;
    }
    if (parent == null || parent.kind != Kind.TYPE) {
      return Kind.OTHER;
    }
    if (parent.header.matches("(?s).*\\benum\\s.*") && ENUM_CONSTANT.matcher(header).matches()) {
      return Kind.TYPE;
    }
    if (header.equals(parent.name) || header.endsWith(" " + parent.name)) {
      return Kind.METHOD; // a record's compact constructor
    }
    boolean initialized = header.contains("=");
    return header.contains("(") && !initialized ? Kind.METHOD : Kind.OTHER;
  }

  private static String nameOf(String header, Kind kind) {
    Matcher matcher = (kind == Kind.TYPE ? TYPE : METHOD_NAME).matcher(header);
    return matcher.find() ? matcher.group(matcher.groupCount()) : header;
  }

  private static int lineOf(String code, int offset) {
    return 1 + (int) code.substring(0, offset).chars().filter(c -> c == '\n').count();
  }

  Kind kind() {
    return kind;
  }

  String name() {
    return name;
  }

  int startOffset() {
    return startOffset;
  }

  int lineCount() {
    return endLine - startLine + 1;
  }

  /** Overriding methods and compact constructors need no Javadoc of their own. */
  boolean isDocumented() {
    boolean compact = kind == Kind.METHOD && !header.contains("(");
    return documented || overriding || compact;
  }

  /** Whether it can be seen by users of an exported package. */
  boolean isPublic() {
    boolean here = hasWord("public") || (inInterface() && !hasWord("private"));
    return here && (parent == null || parent.isPublic());
  }

  private boolean inInterface() {
    return parent != null && parent.header.matches("(?s).*\\binterface\\s.*");
  }

  private boolean hasWord(String word) {
    return header.matches("(?s).*\\b" + word + "\\b.*");
  }
}
