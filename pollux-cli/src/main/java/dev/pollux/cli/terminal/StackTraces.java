package dev.pollux.cli.terminal;

/** Where a failure came from, for who asks for it. */
public final class StackTraces {

  /** Set to 1, this variable of the environment shows the trace of what went wrong. */
  public static final String VARIABLE = "POLLUX_STACK_TRACE";

  private static final String OURS = "dev.pollux.";
  private static final int FEW = 2;

  private StackTraces() {}

  /** Whether traces are asked for. */
  public static boolean areAsked() {
    return "1".equals(System.getenv(VARIABLE));
  }

  /** What was thrown, and what caused that, with all frames, each in a line of its own. */
  public static String whole(Throwable thrown) {
    StringBuilder text = new StringBuilder();
    for (Throwable each = thrown; each != null; each = each.getCause()) {
      text.append(text.isEmpty() ? "\n  " : "\n  caused by ").append(each);
      for (StackTraceElement frame : each.getStackTrace()) {
        append(text, frame);
      }
    }
    return text.toString();
  }

  /** The first frames of ours in what was thrown first. */
  public static String first(Throwable thrown) {
    Throwable root = thrown;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    StringBuilder text = new StringBuilder();
    int count = 0;
    for (StackTraceElement frame : root.getStackTrace()) {
      if (count < FEW && frame.getClassName().startsWith(OURS)) {
        append(text, frame);
        count++;
      }
    }
    return text.toString();
  }

  private static void append(StringBuilder text, StackTraceElement frame) {
    text.append("\n    at ").append(frame);
  }
}
