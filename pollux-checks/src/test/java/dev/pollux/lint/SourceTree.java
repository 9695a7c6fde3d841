package dev.pollux.lint;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The text files of the repository, or of a test. */
final class SourceTree {
  private static final Set<String> SKIPPED_FOLDERS =
      Set.of(".git", "target", ".idea", ".vscode", ".settings");
  private static final Set<String> SKIPPED_FILES =
      Set.of(".build.lock", ".classpath", ".project", ".DS_Store");
  private static final int MAX_SIZE_BYTES = 1 << 20; // 1 MiB

  private final List<SourceFile> files;
  private final Set<String> paths; // of all files and folders, binary ones as well

  private SourceTree(List<SourceFile> files, Set<String> paths) {
    this.files = files;
    this.paths = paths;
  }

  /** A tree made of text by path. */
  static SourceTree of(Map<String, String> textByPath) {
    List<SourceFile> files = new ArrayList<>();
    Set<String> paths = new TreeSet<>();
    textByPath.forEach((path, text) -> {
      files.add(new SourceFile(path, text));
      for (Path p = Path.of(path); p != null; p = p.getParent()) {
        paths.add(p.toString());
      }
    });
    return new SourceTree(files, paths);
  }

  /** The repository this test runs in: the nearest folder above whose pom is the parent's. */
  static SourceTree ofRepository() {
    for (Path dir = Path.of("").toAbsolutePath(); dir != null; dir = dir.getParent()) {
      Path pom = dir.resolve("pom.xml");
      try {
        if (Files.exists(pom) && isParent(Files.readString(pom))) {
          return read(dir);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    throw new IllegalStateException("no pom of pollux-parent above the working folder");
  }

  private static boolean isParent(String pom) {
    return pom.contains("<artifactId>pollux-parent</artifactId>") && pom.contains("<modules>");
  }

  private static SourceTree read(Path root) throws IOException {
    List<SourceFile> files = new ArrayList<>();
    Set<String> paths = new TreeSet<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
            if (SKIPPED_FOLDERS.contains(dir.getFileName().toString())) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            paths.add(relative(root, dir));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            paths.add(relative(root, file));
            if (attributes.isRegularFile()
                && attributes.size() <= MAX_SIZE_BYTES
                && !SKIPPED_FILES.contains(file.getFileName().toString())) {
              String text = new String(Files.readAllBytes(file), UTF_8);
              if (text.indexOf('\0') < 0) {
                files.add(new SourceFile(relative(root, file), text));
              }
            }
            return FileVisitResult.CONTINUE;
          }
        });
    files.sort(Comparator.comparing(SourceFile::path));
    return new SourceTree(files, paths);
  }

  private static String relative(Path root, Path path) {
    return root.relativize(path).toString().replace('\\', '/');
  }

  List<SourceFile> files() {
    return files;
  }

  List<SourceFile> javaFiles() {
    return files.stream().filter(SourceFile::isJava).toList();
  }

  /** The Java files that are shipped: not those of tests. */
  List<SourceFile> mainFiles() {
    return files.stream().filter(f -> f.isJava() && f.isMain()).toList();
  }

  /** The text of a file that has to be there. */
  String text(String path) {
    return files().stream()
        .filter(file -> file.path().equals(path))
        .findFirst()
        .orElseThrow(() -> new AssertionError(path + " is missing"))
        .text();
  }

  boolean contains(String path) {
    return path.isEmpty() || paths.contains(path);
  }
}
