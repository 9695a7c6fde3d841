package dev.pollux.sys;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * File names as the kernel has them: bytes, whatever they mean.
 *
 * <p>A {@link Path} keeps the bytes of a name that was listed or resolved. Its text shows them by
 * the locale's encoding ({@code sun.jnu.encoding}), in which they may have no meaning: bytes that
 * are not UTF-8, or anything but ASCII in the locale C. So the text is used only where it leads
 * back to the same path; else the bytes are taken from the path's URI, which is absolute and has
 * them all.
 *
 * <p>Threads: stateless.
 */
public final class PathBytes {

  private static final int HEX = 16;
  private static final int ESCAPE_CHARS = 3; // %FF

  /** How the JDK turns file names into bytes and back. */
  private static final Charset NAMES =
      Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"), StandardCharsets.UTF_8);

  private PathBytes() {}

  /**
   * The bytes of a path, without a NUL. The empty path is the working directory, ".".
   *
   * @throws IllegalArgumentException for a path of another file system than the default one
   */
  public static byte[] of(Path path) {
    if (!path.getFileSystem().equals(FileSystems.getDefault())) {
      throw new IllegalArgumentException("not a path of the kernel's: " + path);
    }
    String text = path.toString();
    if (text.isEmpty()) {
      return new byte[] {'.'};
    }
    return isPath(text, path) ? text.getBytes(NAMES) : bytes(path.toUri().getRawPath());
  }

  /** As {@link #of}, in native memory and with a NUL, as system calls want it. */
  public static MemorySegment allocate(Arena arena, Path path) {
    byte[] bytes = of(path);
    MemorySegment memory = arena.allocate(bytes.length + 1L);
    MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, bytes.length);
    return memory;
  }

  /** The path of one name within a folder, of these bytes exactly; empty for none. */
  public static Path name(byte[] name) {
    String text = new String(name, NAMES);
    if (Arrays.equals(text.getBytes(NAMES), name)) {
      try {
        return Path.of(text);
      } catch (InvalidPathException _) {
        // then by its bytes, too
      }
    }
    StringBuilder uri = new StringBuilder("file:///");
    for (byte each : name) {
      var _ = uri.append(String.format("%%%02X", each & 0xff));
    }
    return Path.of(URI.create(uri.toString())).getFileName();
  }

  /** The text of a name, as the JDK shows it: not all bytes have a meaning. */
  public static String text(byte[] name) {
    return new String(name, NAMES);
  }

  private static boolean isPath(String text, Path path) {
    try {
      return Path.of(text).equals(path);
    } catch (InvalidPathException _) {
      return false;
    }
  }

  /** The bytes of a URI's path; the slash that it has after a folder's name is left out. */
  private static byte[] bytes(String raw) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(raw.length());
    int end = raw.length() > 1 && raw.endsWith("/") ? raw.length() - 1 : raw.length();
    int at = 0;
    while (at < end) {
      boolean escaped = raw.charAt(at) == '%';
      bytes.write(
          escaped
              ? Integer.parseInt(raw.substring(at + 1, at + ESCAPE_CHARS), HEX)
              : raw.charAt(at));
      at += escaped ? ESCAPE_CHARS : 1;
    }
    return bytes.toByteArray();
  }
}
