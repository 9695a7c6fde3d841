package dev.pollux.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * The descriptors of this process that tests open: no files, which the virtual machine opens too.
 */
final class OpenDescriptors {

  private final Map<Integer, String> before = list();

  /** Fails if one has been opened or closed since. */
  void assertUnchanged() {
    assertEquals(before, list(), "open descriptors");
  }

  private static Map<Integer, String> list() {
    Map<Integer, String> open = new TreeMap<>();
    try (DirectoryStream<Path> fds = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path fd : fds) {
        try {
          String target = Files.readSymbolicLink(fd).toString();
          if (!target.startsWith("/")) { // anon_inode:[eventfd], pipe:[1234], socket:[1234]
            open.put(Integer.valueOf(fd.getFileName().toString()), target);
          }
        } catch (NoSuchFileException e) {
          // the descriptor of the listing itself
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return open;
  }
}
