package dev.pollux.sys;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestInstanceFactoryContext;
import org.junit.jupiter.api.extension.TestInstancePreConstructCallback;

/**
 * Fails a test that leaves a descriptor open, or closes one that was there before it.
 *
 * <p>Files that the virtual machine opens for itself do not count: jars, class files, devices.
 */
final class FdLeakCheck implements TestInstancePreConstructCallback, AfterEachCallback {

  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(FdLeakCheck.class);

  @Override
  public void preConstructTestInstance(
      TestInstanceFactoryContext factory, ExtensionContext context) {
    // Before the fields of the test, which may open descriptors already.
    context.getStore(NAMESPACE).put("before", open());
  }

  @Override
  @SuppressWarnings("unchecked") // put there before
  public void afterEach(ExtensionContext context) {
    var before = (Map<Integer, String>) context.getStore(NAMESPACE).get("before");
    if (context.getExecutionException().isEmpty()) {
      check(before, open());
    }
  }

  static void check(Map<Integer, String> before, Map<Integer, String> after) {
    List<String> wrong = new ArrayList<>();
    after.forEach((fd, file) -> {
      if (!file.equals(before.get(fd))) {
        wrong.add("left open: " + fd + " " + file);
      }
    });
    before.forEach((fd, file) -> {
      if (!after.containsKey(fd)) {
        wrong.add("closed, though not opened here: " + fd + " " + file);
      }
    });
    if (!wrong.isEmpty()) {
      throw new AssertionError(String.join("; ", wrong));
    }
  }

  /** The open descriptors of this process, and what is behind each. */
  static Map<Integer, String> open() {
    try {
      List<Path> entries = new ArrayList<>();
      try (DirectoryStream<Path> fds = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
        fds.forEach(entries::add);
      }
      Map<Integer, String> open = new TreeMap<>();
      for (Path entry : entries) {
        try {
          String file = Files.readSymbolicLink(entry).toString();
          if (!file.endsWith(".jar") && !file.endsWith(".class") && !file.startsWith("/dev/")) {
            open.put(Integer.valueOf(entry.getFileName().toString()), file);
          }
        } catch (NoSuchFileException e) {
          // the descriptor of the directory stream itself
        }
      }
      return open;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
