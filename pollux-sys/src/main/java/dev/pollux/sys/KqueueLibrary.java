package dev.pollux.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A library that has kqueue where the C library has not, named by {@value #PROPERTY}: another
 * implementation to try one's program on, in place of our own.
 *
 * <p>Threads: any. Ownership: once loaded, it stays.
 */
final class KqueueLibrary {

  static final String PROPERTY = "pollux.kqueue.library";

  private static final String PATH = System.getProperty(PROPERTY, "");

  /** What is wrong with it; null if nothing is. */
  private static @Nullable String problem;

  private static final @Nullable SymbolLookup SYMBOLS = load();

  private KqueueLibrary() {}

  /**
   * Says what is wrong with it, before anything is called.
   *
   * @throws IllegalStateException if there is no such library, or it lacks a function
   */
  static void require() {
    if (problem != null) {
      throw new IllegalStateException("-D" + PROPERTY + "=" + PATH + ": " + problem);
    }
  }

  /** The address of a function; 0 if no library was named, or it is missing. */
  static MemorySegment lookUp(String name) {
    return SYMBOLS == null ? MemorySegment.NULL : SYMBOLS.find(name).orElse(MemorySegment.NULL);
  }

  private static boolean hasBoth(SymbolLookup symbols) {
    return Stream.of("kqueue", "kevent").allMatch(name -> symbols.find(name).isPresent());
  }

  private static @Nullable SymbolLookup load() {
    if (PATH.isEmpty()) {
      return null;
    }
    try {
      SymbolLookup symbols = SymbolLookup.libraryLookup(Path.of(PATH), Arena.global());
      boolean isWhole = hasBoth(symbols);
      problem = isWhole ? null : "it has no kqueue and kevent";
      return symbols;
    } catch (IllegalArgumentException e) {
      problem = "no library that can be loaded";
      return null;
    }
  }
}
