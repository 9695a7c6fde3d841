package dev.pollux.lab;

/** Control sequences that terminals with colours know. */
final class Ansi {

  static final String BOLD = "\033[1m";
  static final String RED = "\033[31m";
  static final String REVERSE = "\033[7m";
  static final String RESET = "\033[0m";

  private Ansi() {}
}
