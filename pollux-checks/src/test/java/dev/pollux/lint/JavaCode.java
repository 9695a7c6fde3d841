package dev.pollux.lint;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tells Java code from comments and literals. */
final class JavaCode {
  private static final Pattern COMMENT_OR_LITERAL =
      Pattern.compile(
          "//[^\n]*"
              + "|/\\*(?s:.*?)\\*/"
              + "|\"\"\"(?s:[^\\\\\"]++|\\\\.|\"(?!\"\"))*+\"\"\""
              + "|\"(?:\\\\.|[^\"\\\\\n])*\""
              + "|'(?:\\\\.|[^'\\\\\n])+'");

  private JavaCode() {}

  /** Blanks comments and literals; offsets and line breaks stay as they are. */
  static String of(String text) {
    StringBuilder code = new StringBuilder(text);
    Matcher matcher = COMMENT_OR_LITERAL.matcher(text);
    while (matcher.find()) {
      for (int i = matcher.start(); i < matcher.end(); i++) {
        if (code.charAt(i) != '\n') {
          code.setCharAt(i, ' ');
        }
      }
    }
    return code.toString();
  }
}
