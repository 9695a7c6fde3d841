package dev.pollux.bench;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command {@code ./pollux bench}.
 *
 * <p>Errors: bad options end with status 2 and one line, failures with status 1 and one line. A bar
 * that is missed is a result and no failure.
 */
@Command(
    name = "pollux bench",
    description = "Benchmarks with their bars.",
    subcommands = {
      PipesCommand.class,
      EchoCommand.class,
      HttpCommand.class,
      IdleCommand.class,
      AllocationCommand.class,
      InputCommand.class,
      MetricsCommand.class,
      StartCommand.class,
      SeamCommand.class,
      TimersCommand.class,
      ModelCommand.class,
      SimCommand.class,
      TlsCommand.class
    })
public final class Main implements Runnable {

  private static final int EXIT_FAILURE = 1;
  private static final int EXIT_USAGE = 2;
  private static final int MIN_HELP_COLUMNS = 55; // what picocli can do with
  private static final int MAX_HELP_COLUMNS = 80;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "print this")
  @SuppressWarnings("unused") // picocli acts on it
  private boolean help;

  private When when = When.AUTO;

  /** When to colour. */
  enum When {
    ALWAYS,
    NEVER,
    AUTO
  }

  private Main() {}

  /** Runs a command and exits with its status. */
  public static void main(String[] args) {
    System.exit(run(args, writer(System.out), writer(System.err)));
  }

  /** Runs a command; help goes to the first writer and complaints to the second. */
  static int run(String[] args, PrintWriter output, PrintWriter complaints) {
    return run(args, output, complaints, columns());
  }

  /** As {@link #run(String[], PrintWriter, PrintWriter)}, with help of so many columns. */
  static int run(String[] args, PrintWriter output, PrintWriter complaints, int columns) {
    int status = execute(args, output, complaints, columns);
    if (status == 0 && output.checkError()) {
      complaints.println("pollux bench: not everything could be written to standard output");
      return EXIT_FAILURE;
    }
    return status;
  }

  private static int execute(
      String[] args, PrintWriter output, PrintWriter complaints, int columns) {
    return new CommandLine(new Main())
        .setOut(output)
        .setErr(complaints)
        .setExpandAtFiles(false) // as with the other commands
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpWidth(Math.clamp(columns, MIN_HELP_COLUMNS, MAX_HELP_COLUMNS))
        .setParameterExceptionHandler(Main::complain)
        .setExecutionExceptionHandler(Main::fail)
        .execute(args);
  }

  @Option(
      names = "--color",
      paramLabel = "WHEN",
      scope = ScopeType.INHERIT,
      description = "always, never or auto: on a terminal, without NO_COLOR. Default: auto")
  @SuppressWarnings("unused") // picocli calls it
  private void color(When wanted) {
    when = wanted;
    spec.root()
        .commandLine()
        .setColorScheme(Help.defaultColorScheme(isColoured() ? Ansi.ON : Ansi.OFF));
  }

  /** Whether what goes to standard output is coloured. */
  boolean isColoured() {
    return switch (when) {
      case ALWAYS -> true;
      case NEVER -> false;
      case AUTO ->
          System.getenv().getOrDefault("NO_COLOR", "").isEmpty()
              && !"dumb".equals(System.getenv("TERM"))
              && Machine.isTerminal(Machine.STANDARD_OUTPUT);
    };
  }

  /** How wide help may be: by COLUMNS, else by the terminal. */
  private static int columns() {
    String said = System.getenv().getOrDefault("COLUMNS", "");
    int columns =
        said.matches("[1-9][0-9]{0,4}")
            ? Integer.parseInt(said)
            : Machine.columns(Machine.STANDARD_OUTPUT);
    return columns == 0 ? MAX_HELP_COLUMNS : columns;
  }

  /** Without a command it says which there are. */
  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  private static int complain(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    command.getErr().println(name + ": " + firstLine(e) + meant(e) + " (see " + name + " --help)");
    return EXIT_USAGE;
  }

  /**
   * What was meant by the first word that nothing matched: the likest, and the shortest of those.
   */
  private static String meant(ParameterException e) {
    if (!(e instanceof UnmatchedArgumentException unmatched)) {
      return "";
    }
    String wrong = unmatched.getUnmatched().getFirst();
    return unmatched.getSuggestions().stream()
        .max(
            Comparator.<String>comparingInt(near -> commonPrefix(near, wrong))
                .thenComparing(Comparator.comparingInt(String::length).reversed()))
        .map(near -> "; did you mean " + near + "?")
        .orElse("");
  }

  private static int commonPrefix(String one, String other) {
    int length = 0;
    while (one.startsWith(other.substring(0, length)) && length < other.length()) {
      length++;
    }
    return length;
  }

  private static int fail(Exception e, CommandLine command, CommandLine.ParseResult arguments) {
    command.getErr().println(command.getCommandSpec().qualifiedName() + ": " + firstLine(e));
    return EXIT_FAILURE;
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(stream, true, StandardCharsets.UTF_8);
  }

  private static String firstLine(Exception e) {
    String message = e.getMessage();
    return message == null ? e.toString() : message.lines().findFirst().orElse(e.toString());
  }
}
