package dev.pollux.cli.terminal;

/** Numbers, as a user writes them. */
public final class Numbers {

  private static final int MAX = 1 << 30;

  private Numbers() {}

  /** -1 for what is no plain number. */
  public static int plain(String digits) {
    int value = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(i) - '0';
      if (digit < 0 || digit > 9 || (i > 0 && value == 0) || value > MAX / 10) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value;
  }
}
