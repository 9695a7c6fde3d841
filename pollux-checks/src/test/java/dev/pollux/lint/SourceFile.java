package dev.pollux.lint;

import java.util.List;

/**
 * A text file.
 *
 * @param path relative to the repository, with slashes
 */
record SourceFile(String path, String text) {
  boolean isJava() {
    return path.endsWith(".java");
  }

  boolean isMain() {
    return path.contains("/src/main/java/");
  }

  /**
   * The folder of its sources, such as {@code pollux-sys}, or else the first one; empty for a file
   * in the root.
   */
  String module() {
    int sources = path.indexOf("/src/");
    int end = sources < 0 ? path.indexOf('/') : sources;
    return end < 0 ? "" : path.substring(0, end);
  }

  String folder() {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  /** The file name without its ending: of a Java file, its class. */
  String baseName() {
    String name = path.substring(path.lastIndexOf('/') + 1);
    int dot = name.lastIndexOf('.');
    return dot < 0 ? name : name.substring(0, dot);
  }

  List<String> lines() {
    return text.lines().toList();
  }

  /** The Java code alone: see {@link JavaCode#of}. */
  String code() {
    return JavaCode.of(text);
  }

  /** Describes a problem at an offset of {@link #text} or {@link #code}. */
  String problemAt(int offset, String message) {
    return problem(
        1 + (int) text.substring(0, offset).chars().filter(c -> c == '\n').count(), message);
  }

  String problem(int line, String message) {
    return path + ":" + line + ": " + message;
  }
}
