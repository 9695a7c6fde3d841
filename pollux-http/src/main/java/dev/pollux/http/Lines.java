package dev.pollux.http;

import dev.pollux.http.wire.Tokens;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The fields of an answer, or its trailers. Passive. */
final class Lines {

  /** How much all of them may have, so that a head fits in the {@link Output}. */
  static final int MAX_BYTES = 40 << 10;

  private static final String UPGRADE = "Upgrade";
  private static final int FEW = 8;
  private static final int AROUND_BYTES = 4; // a colon, a blank, an end

  /** What the server sets, and what has it do so. */
  private static final String[][] NOT_THEIRS = {
    {"Content-Length", "length says how much is to come"},
    {"Transfer-Encoding", "it follows from what is written"},
    {"Trailer", "it follows from what is written"},
    {"Connection", "last ends the connection"},
    {"Keep-Alive", "last ends the connection"},
    {"Date", "the server does"},
  };

  private String[] names = new String[FEW];
  private String[] values = new String[FEW];
  private int count;
  private int bytes;
  private boolean hasUpgrade;

  void clear() {
    if (count > 0) {
      Arrays.fill(names, 0, count, null);
      Arrays.fill(values, 0, count, null);
      count = 0;
      bytes = 0;
      hasUpgrade = false;
    }
  }

  /** Whether a program may set this; throws if not. */
  static void requireOwn(String name, String value) {
    var _ = Tokens.requireToken("the name of a field", name);
    var _ = Tokens.requireValue(name, value);
    for (String[] own : NOT_THEIRS) {
      if (own[0].equalsIgnoreCase(name)) {
        throw new IllegalArgumentException(name + " is not for the handler to set: " + own[1]);
      }
    }
  }

  /** As {@link #requireOwn}, of what stands behind the content, where nothing is to be spoken. */
  static void requireTrailer(String name, String value) {
    requireOwn(name, value);
    if (UPGRADE.equalsIgnoreCase(name)) {
      throw new IllegalArgumentException(name + " is no trailer: it is said before the content");
    }
  }

  /** Adds a line. */
  void add(String name, String value) {
    int more = bytes(name, value);
    if (more > MAX_BYTES - bytes) {
      throw new IllegalStateException(
          "the fields of an answer have more than " + MAX_BYTES + " bytes, with " + name);
    }
    bytes += more;
    if (count == names.length) {
      names = Arrays.copyOf(names, 2 * count);
      values = Arrays.copyOf(values, 2 * count);
    }
    names[count] = name;
    values[count] = value;
    count++;
    hasUpgrade |= name.length() == UPGRADE.length() && name.equalsIgnoreCase(UPGRADE);
  }

  /** Adds a line in the place of all of this name. */
  void set(String name, String value) {
    remove(name);
    add(name, value);
  }

  /** Removes all of this name. */
  void remove(String name) {
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (!names[i].equalsIgnoreCase(name)) {
        names[kept] = names[i];
        values[kept] = values[i];
        kept++;
      } else {
        bytes -= bytes(names[i], values[i]);
      }
    }
    count = kept;
    hasUpgrade &= !name.equalsIgnoreCase(UPGRADE);
  }

  /** Whether it says what else may be spoken. */
  boolean hasUpgrade() {
    return hasUpgrade;
  }

  /** Whether a list, which may be several fields of this name, has this element. */
  boolean lists(String name, String element) {
    for (int i = 0; i < count; i++) {
      if (names[i].equalsIgnoreCase(name)) {
        for (String each : values[i].split(",", -1)) {
          if (each.strip().equalsIgnoreCase(element)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /** The value of the first field of this name; null without. */
  @Nullable String first(String name) {
    for (int i = 0; i < count; i++) {
      if (names[i].equalsIgnoreCase(name)) {
        return values[i];
      }
    }
    return null;
  }

  private static int bytes(String name, String value) {
    return name.length() + value.length() + AROUND_BYTES;
  }

  /** How many bytes all of them have on the wire. */
  int sizeBytes() {
    return bytes;
  }

  int count() {
    return count;
  }

  String name(int index) {
    return names[index];
  }

  String value(int index) {
    return values[index];
  }
}
