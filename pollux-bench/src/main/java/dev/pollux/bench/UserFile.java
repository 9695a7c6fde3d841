package dev.pollux.bench;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Files that the user names by an option: what is wrong with one is said in words. */
final class UserFile {

  private UserFile() {}

  /** Looks whether a file can be written, before a measurement whose results would be lost. */
  static void requireWritable(String option, @Nullable Path file) throws IOException {
    if (file == null) {
      return;
    }
    Path folder = file.toAbsolutePath().getParent();
    if (Files.isDirectory(file)) {
      throw unwritten(option, file, "it is a folder");
    }
    if (folder == null || !Files.isDirectory(folder)) {
      throw unwritten(option, file, "there is no folder " + folder);
    }
    if (!Files.isWritable(Files.exists(file) ? file : folder)) {
      throw unwritten(option, file, "permission denied");
    }
  }

  /** What has kept a file from being written. */
  static IOException unwritten(String option, Path file, IOException cause) {
    return unwritten(option, file, reason(cause));
  }

  /** What has kept a file from being read. */
  static IOException unread(String option, Path file, IOException cause) {
    return new IOException(
        "cannot read %s %s: %s; name a file that is there".formatted(option, file, reason(cause)),
        cause);
  }

  private static IOException unwritten(String option, Path file, String reason) {
    return new IOException(
        "cannot write %s %s: %s; name a file that can be written".formatted(option, file, reason));
  }

  private static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "there is no such file";
      case AccessDeniedException _ -> "permission denied";
      case FileSystemException of when of.getReason() != null -> of.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }
}
