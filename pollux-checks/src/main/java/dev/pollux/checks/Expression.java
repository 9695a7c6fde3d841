package dev.pollux.checks;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Works out a constant expression of Go, Rust or Zig: numbers, names of other constants,
 * parentheses and the operators that tables of C's constants need. What it does not know has no
 * value.
 */
final class Expression {

  private static final Pattern NUMBER =
      Pattern.compile("0x([0-9a-fA-F_]+)|0o([0-7_]+)|([0-9][0-9_]*)");
  private static final Pattern SUFFIX = Pattern.compile("[ui](8|16|32|64|size)\\b");
  private static final Pattern NAME = Pattern.compile("[A-Za-z_]\\w*");

  private final String text;
  private final Map<String, Long> names;
  private int at;

  private Expression(String text, Map<String, Long> names) {
    this.text = text;
    this.names = names;
  }

  /** Said of what has no value, and caught in here. */
  private static final class Unknown extends Exception {
    private static final long serialVersionUID = 1;
  }

  /** The value; null if it has none. */
  static @Nullable Long value(String text, Map<String, Long> names) {
    String plain =
        text.replaceAll("\\s+as\\s+[\\w:]+", "") // Rust's casts
            .replaceAll("@as\\(\\w+,\\s*([^()]+)\\)", "($1)") // Zig's
            .replaceAll("(\\w+)?::", "") // paths
            .strip();
    Expression expression = new Expression(plain, names);
    try {
      long value = expression.or();
      return expression.at == plain.length() ? value : null;
    } catch (Unknown e) {
      return null;
    }
  }

  private long or() throws Unknown {
    long value = and();
    while (take("|")) {
      value |= and();
    }
    return value;
  }

  private long and() throws Unknown {
    long value = shift();
    while (take("&")) {
      value &= shift();
    }
    return value;
  }

  private long shift() throws Unknown {
    long value = sum();
    while (true) {
      if (take("<<")) {
        value <<= sum();
      } else if (take(">>")) {
        value >>= sum();
      } else {
        return value;
      }
    }
  }

  private long sum() throws Unknown {
    long value = product();
    while (true) {
      if (take("+")) {
        value += product();
      } else if (take("-")) {
        value -= product();
      } else {
        return value;
      }
    }
  }

  private long product() throws Unknown {
    long value = unary();
    while (true) {
      if (take("*")) {
        value *= unary();
      } else if (take("/")) {
        long divisor = unary();
        if (divisor == 0) {
          throw new Unknown();
        }
        value /= divisor;
      } else {
        return value;
      }
    }
  }

  private long unary() throws Unknown {
    if (take("-")) {
      return -unary();
    }
    if (take("~") || take("!")) {
      return ~unary();
    }
    if (take("(")) {
      long value = or();
      if (!take(")")) {
        throw new Unknown();
      }
      return value;
    }
    return atom();
  }

  private long atom() throws Unknown {
    Matcher number = NUMBER.matcher(text).region(at, text.length());
    if (number.lookingAt()) {
      at = number.end();
      Matcher suffix = SUFFIX.matcher(text).region(at, text.length());
      at = suffix.lookingAt() ? suffix.end() : at;
      return number(number);
    }
    Matcher name = NAME.matcher(text).region(at, text.length());
    Long value = name.lookingAt() ? names.get(name.group()) : null;
    if (value == null) {
      throw new Unknown();
    }
    at = name.end();
    return value;
  }

  private static long number(Matcher number) throws Unknown {
    int radix = number.group(1) != null ? 16 : number.group(2) != null ? 8 : 10;
    String digits = number.group().replace("_", "").toLowerCase(Locale.ROOT);
    try {
      return Long.parseLong(radix == 10 ? digits : digits.substring(2), radix);
    } catch (NumberFormatException e) {
      throw new Unknown();
    }
  }

  private boolean take(String operator) {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    boolean taken = text.startsWith(operator, at);
    at += taken ? operator.length() : 0;
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    return taken;
  }
}
