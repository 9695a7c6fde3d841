package dev.pollux.cli.terminal;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads values of options that several commands have; null is what is none of them. */
public final class Arguments {

  /** The highest port. */
  public static final int MAX_PORT = 65_535;

  private static final int MAX_LOOPS = 1024;

  private Arguments() {}

  /** How many loops: a number, or {@code auto} for one a processor. */
  public static @Nullable Integer loops(String value) {
    int count =
        value.equals("auto") ? Runtime.getRuntime().availableProcessors() : Numbers.plain(value);
    return count >= 1 && count <= MAX_LOOPS ? count : null;
  }

  /** A time such as {@code 500ms}, {@code 10s}, {@code 5m}, in nanoseconds. */
  public static @Nullable Long duration(String value) {
    int digits = 0;
    while (digits < value.length() && Character.isDigit(value.charAt(digits))) {
      digits++;
    }
    int count = digits == 0 ? -1 : Numbers.plain(value.substring(0, digits));
    long unit =
        switch (value.substring(digits)) {
          case "ms" -> 1_000_000L;
          case "s" -> 1_000_000_000L;
          case "m" -> 60_000_000_000L;
          case "h" -> 3_600_000_000_000L;
          default -> 0;
        };
    return count < 1 || unit == 0 || count > Long.MAX_VALUE / 2 / unit ? null : count * unit;
  }

  /** Notes what is wrong with a number, if there is one and it is not within these. */
  public static void range(
      List<String> mistakes, String option, @Nullable Integer value, int least, int most) {
    if (value != null && (value < least || value > most)) {
      String range = most == Integer.MAX_VALUE ? least + " and more" : least + " to " + most;
      mistakes.add("Invalid value for option '" + option + "': " + value + " is not in " + range);
    }
  }

  /** A value, or what is said where there is none. */
  public static <T> T required(@Nullable T value, String text, String what) {
    if (value == null) {
      throw new TypeConversionException("'" + text + "' is not " + what);
    }
    return value;
  }

  /** As {@link #duration}, or none: {@code 0s}. */
  static @Nullable Long pause(String value) {
    return value.matches("0+(ms|s|m|h)") ? Long.valueOf(0) : duration(value);
  }

  /** Reads a count of loops. */
  public static final class LoopsConverter implements ITypeConverter<Integer> {

    /** For picocli. */
    public LoopsConverter() {}

    @Override
    public Integer convert(String value) {
      return required(loops(value), value, "auto, or a number from 1 to " + MAX_LOOPS);
    }
  }

  /** Reads a time. */
  public static final class DurationConverter implements ITypeConverter<Long> {

    /** For picocli. */
    public DurationConverter() {}

    @Override
    public Long convert(String value) {
      return required(duration(value), value, "a time such as 500ms, 10s, 5m or 1h");
    }
  }

  /** Reads a time, or none. */
  public static final class PauseConverter implements ITypeConverter<Long> {

    /** For picocli. */
    public PauseConverter() {}

    @Override
    public Long convert(String value) {
      return required(pause(value), value, "a time such as 0s, 500ms, 10s, 5m or 1h");
    }
  }
}
