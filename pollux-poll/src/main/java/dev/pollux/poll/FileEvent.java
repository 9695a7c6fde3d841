package dev.pollux.poll;

import dev.pollux.sys.Linux;
import java.nio.file.Path;

/**
 * A change that an {@link Inotify} reports.
 *
 * @param watch the watch it belongs to; -1 for an overflow
 * @param mask what happened, by the bits of {@code IN_CREATE} and so on
 * @param cookie the same in {@code IN_MOVED_FROM} and {@code IN_MOVED_TO} of one renaming, else 0
 * @param name the file within the watched directory, as text; empty if it is about the watched file
 *     or directory itself. Where the locale has no text for its bytes, it has others in their place
 * @param path the same with the very bytes that it has, to be resolved against the directory
 */
public record FileEvent(int watch, int mask, int cookie, String name, Path path) {

  /** One whose name is text. */
  public FileEvent(int watch, int mask, int cookie, String name) {
    this(watch, mask, cookie, name, Path.of(name));
  }

  /** Whether one of these bits is in the mask. */
  public boolean is(int bits) {
    return (mask & bits) != 0;
  }

  /** Events were lost because nobody took them: look at the files themselves, all of them. */
  public boolean isOverflow() {
    return is(Linux.IN_Q_OVERFLOW);
  }

  /** The watch is gone: removed, or its file was deleted or unmounted. Nothing follows for it. */
  public boolean isIgnored() {
    return is(Linux.IN_IGNORED);
  }

  /** It happened to a directory. */
  public boolean isDirectory() {
    return is(Linux.IN_ISDIR);
  }
}
