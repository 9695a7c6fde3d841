package dev.pollux.http.files;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The path of a request as one beneath a folder: bytes, as the kernel's names are. Segments are
 * decoded once; one that is empty, "." or "..", or has a slash or NUL in it, names nothing.
 */
final class SitePath {

  private static final byte[] WELL_KNOWN = ".well-known".getBytes(ISO_8859_1);
  private static final int MAX_BYTES = 4000; // the kernel's are at most 4095

  private final byte[] bytes;
  private final boolean isFolder;

  private SitePath(byte[] bytes, boolean isFolder) {
    this.bytes = bytes;
    this.isFolder = isFolder;
  }

  /** Without a slash before or behind; empty is the folder itself. Not to be written to. */
  byte[] bytes() {
    return bytes;
  }

  /** Whether the path ended with a slash. */
  boolean isFolder() {
    return isFolder;
  }

  /** Null if the path can name nothing that may be seen. */
  static @Nullable SitePath of(String path, FileOptions options) {
    String prefix = options.prefix();
    if (!path.startsWith(prefix) || path.length() > MAX_BYTES) {
      return null;
    }
    int at = prefix.length();
    if (at == path.length() || path.charAt(at) != '/') {
      return null;
    }
    Segments all = new Segments(options.showsDotfiles());
    while (at < path.length()) {
      int end = path.indexOf('/', at + 1);
      int to = end < 0 ? path.length() : end;
      boolean isLast = end < 0;
      if (!all.add(path, at + 1, to, isLast)) {
        return null;
      }
      at = to;
    }
    return new SitePath(all.bytes.toByteArray(), path.endsWith("/"));
  }

  /** This one, and behind it a name within it. */
  byte[] and(byte[] name) {
    ByteArrayOutputStream all = new ByteArrayOutputStream(bytes.length + 1 + name.length);
    all.writeBytes(bytes);
    if (bytes.length > 0) {
      all.write('/');
    }
    all.writeBytes(name);
    return all.toByteArray();
  }

  /** Whether the last segment has a dot, as names of files have. */
  boolean hasExtension() {
    for (int i = bytes.length - 1; i >= 0 && bytes[i] != '/'; i--) {
      if (bytes[i] == '.') {
        return true;
      }
    }
    return false;
  }

  /** What was decoded so far. */
  private static final class Segments {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final boolean showsDotfiles;
    private int count;

    Segments(boolean showsDotfiles) {
      this.showsDotfiles = showsDotfiles;
    }

    /** Adds one; false if it names nothing. */
    boolean add(String path, int from, int to, boolean isLast) {
      if (from == to) {
        return isLast; // the slash at the end
      }
      byte[] name = decode(path, from, to);
      if (name == null || isDots(name)) {
        return false;
      }
      boolean isWellKnown = count == 0 && Arrays.equals(name, WELL_KNOWN);
      if (name[0] == '.' && !showsDotfiles && !isWellKnown) {
        return false;
      }
      if (count > 0) {
        bytes.write('/');
      }
      bytes.writeBytes(name);
      count++;
      return true;
    }

    private static boolean isDots(byte[] name) {
      return name[0] == '.' && (name.length == 1 || (name.length == 2 && name[1] == '.'));
    }

    /** Null for what has a slash or NUL in it, or a percent that stands for nothing. */
    private static byte @Nullable [] decode(String path, int from, int to) {
      byte[] out = new byte[to - from];
      int size = 0;
      int i = from;
      while (i < to) {
        int c = path.charAt(i);
        if (c == '%') {
          c = i + 2 < to ? hex(path.charAt(i + 1)) << 4 | hex(path.charAt(i + 2)) : -1;
          i += 2;
        }
        if (c <= 0 || c > 0xff || c == '/') {
          return null;
        }
        out[size] = (byte) c;
        size++;
        i++;
      }
      return Arrays.copyOf(out, size);
    }

    /** The value of a digit; one that makes everything negative if it is none. */
    private static int hex(char digit) {
      return digit < 0x80 ? Character.digit(digit, 16) : -1;
    }
  }
}
