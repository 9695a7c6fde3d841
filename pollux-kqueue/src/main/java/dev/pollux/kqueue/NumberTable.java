package dev.pollux.kqueue;

import org.jspecify.annotations.Nullable;

/**
 * Sources by their identifier: open addressing, as a map of boxed numbers would take memory for
 * each look. Not synchronized.
 */
final class NumberTable {

  private static final int FIRST = 16; // a power of two
  private static final long SPREAD = 0x9E37_79B9_7F4A_7C15L; // 2^64 / golden ratio

  private @Nullable Source[] table = new Source[FIRST];
  private int count;

  private int home(long ident) {
    return (int) ((ident * SPREAD) >>> 32) & (table.length - 1);
  }

  @Nullable Source get(long ident) {
    int i = home(ident);
    for (Source known = table[i]; known != null; known = table[i]) {
      if (known.ident == ident) {
        return known;
      }
      i = (i + 1) & (table.length - 1);
    }
    return null;
  }

  /** Takes in one that is not there. */
  void put(Source source) {
    if (2 * ++count > table.length) {
      grow();
    }
    place(source);
  }

  private void place(Source source) {
    int i = home(source.ident);
    while (table[i] != null) {
      i = (i + 1) & (table.length - 1);
    }
    table[i] = source;
  }

  private void grow() {
    @Nullable Source[] old = table;
    table = new Source[2 * old.length];
    for (Source known : old) {
      if (known != null) {
        place(known);
      }
    }
  }

  /** Takes one out, and places anew those behind it that could be on its account. */
  void remove(long ident) {
    int i = home(ident);
    while (true) {
      Source known = table[i];
      if (known == null) {
        return;
      }
      if (known.ident == ident) {
        break;
      }
      i = (i + 1) & (table.length - 1);
    }
    count--;
    table[i] = null;
    for (int j = (i + 1) & (table.length - 1); ; j = (j + 1) & (table.length - 1)) {
      Source next = table[j];
      if (next == null) {
        return;
      }
      table[j] = null;
      place(next);
    }
  }
}
