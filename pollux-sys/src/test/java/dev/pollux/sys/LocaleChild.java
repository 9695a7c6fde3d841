package dev.pollux.sys;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** What {@link PathBytesTest} runs in another locale: opens all files of a folder. */
final class LocaleChild {

  private LocaleChild() {}

  /** Prints what came of each. */
  public static void main(String[] args) throws IOException {
    Sys sys = NativeSys.open();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of(args[0]));
        Arena arena = Arena.ofConfined()) {
      for (Path each : files) {
        int fd = sys.open(PathBytes.allocate(arena, each).address(), Linux.O_RDONLY, 0);
        System.out.println(fd < 0 ? each + ": " + Errno.name(-fd) : "opened");
      }
    }
  }
}
