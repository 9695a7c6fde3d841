package dev.pollux.sys;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The address of a Unix domain socket: a path, an abstract name, or unnamed.
 *
 * <p>The JDK's {@code UnixDomainSocketAddress} knows paths only; the abstract name space is Linux's
 * own: a name there needs no file and goes away with its last socket.
 *
 * <p>Threads: immutable.
 *
 * <p>Units: names are bytes to the kernel; text is encoded as UTF-8.
 *
 * <p>Source: unix(7).
 */
public final class UnixAddress extends SocketAddress {

  private static final long serialVersionUID = 1L;

  /** Bytes a path may have: 108 in {@code sun_path}, less the NUL that ends it. */
  public static final int MAX_PATH_BYTES = 107;

  /** Bytes an abstract name may have: 108 in {@code sun_path}, less the NUL that starts it. */
  public static final int MAX_ABSTRACT_BYTES = 107;

  private static final UnixAddress UNNAMED = new UnixAddress(false, new byte[0]);

  private final boolean isAbstract;

  /** The path or the abstract name, without the NUL that ends or starts it. */
  private final byte[] name;

  private UnixAddress(boolean isAbstract, byte[] name) {
    this.isAbstract = isAbstract;
    this.name = name;
  }

  /**
   * The address of a socket file whose name is encoded as UTF-8, whatever the locale is; that of a
   * {@link Path} has the bytes which the path has.
   *
   * @throws IllegalArgumentException if the path is empty, has a NUL in it, or is longer than
   *     {@link #MAX_PATH_BYTES} bytes
   */
  public static UnixAddress path(String path) {
    return path(path.getBytes(UTF_8));
  }

  /** The address of a socket file by its path as the kernel knows it, see {@link PathBytes}. */
  public static UnixAddress path(Path path) {
    return path(PathBytes.of(path));
  }

  /** The address of a socket file whose name is bytes, which need not mean anything. */
  public static UnixAddress path(byte[] path) {
    if (path.length == 0) {
      throw new IllegalArgumentException("an empty socket path: use unnamed()");
    }
    for (byte each : path) {
      if (each == 0) {
        throw new IllegalArgumentException("a NUL character in a socket path");
      }
    }
    String what = "socket path " + new String(path, UTF_8);
    return new UnixAddress(false, limited(what, path.clone(), MAX_PATH_BYTES));
  }

  /**
   * A name in the abstract name space, given without its leading NUL (or the {@code @} that tools
   * print in its place). The empty name is a name like any other.
   *
   * @throws IllegalArgumentException if it is longer than {@link #MAX_ABSTRACT_BYTES} bytes
   */
  public static UnixAddress abstractName(String name) {
    return abstractName(name.getBytes(UTF_8));
  }

  /** An abstract address whose name is no text: every byte counts, NUL included. */
  public static UnixAddress abstractName(byte[] name) {
    return new UnixAddress(true, limited("abstract name", name.clone(), MAX_ABSTRACT_BYTES));
  }

  /**
   * The address of a socket that was not bound. Binding to it lets the kernel choose an abstract
   * name.
   */
  public static UnixAddress unnamed() {
    return UNNAMED;
  }

  /** What the kernel reported, which may fill {@code sun_path} to its 108th byte. */
  static UnixAddress decoded(boolean isAbstract, byte[] name) {
    return !isAbstract && name.length == 0 ? UNNAMED : new UnixAddress(isAbstract, name);
  }

  private static byte[] limited(String what, byte[] bytes, int maxBytes) {
    if (bytes.length > maxBytes) {
      throw new IllegalArgumentException(
          what + ": " + bytes.length + " bytes, the limit is " + maxBytes);
    }
    return bytes;
  }

  /** Whether this is a name in the abstract name space. */
  public boolean isAbstract() {
    return isAbstract;
  }

  /** Whether this is no name at all. */
  public boolean isUnnamed() {
    return !isAbstract && name.length == 0;
  }

  /** The path or the abstract name as text, without the NUL; empty if unnamed. */
  public String name() {
    return new String(name, UTF_8);
  }

  /** A copy of the bytes of the path or the abstract name, without the NUL; empty if unnamed. */
  public byte[] nameBytes() {
    return name.clone();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof UnixAddress that
        && isAbstract == that.isAbstract
        && Arrays.equals(name, that.name);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(name) * 2 + (isAbstract ? 1 : 0);
  }

  /** The path itself, {@code @name} for an abstract name, {@code (unnamed)} for none. */
  @Override
  public String toString() {
    if (isUnnamed()) {
      return "(unnamed)";
    }
    StringBuilder text = new StringBuilder(isAbstract ? "@" : "");
    for (char c : name().toCharArray()) {
      if (Character.isISOControl(c)) {
        text.append(String.format("\\x%02x", (int) c));
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }
}
