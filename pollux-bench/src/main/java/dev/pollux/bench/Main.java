package dev.pollux.bench;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

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
      IdleCommand.class,
      AllocationCommand.class,
      InputCommand.class,
      StartCommand.class,
      SeamCommand.class,
      TimersCommand.class,
      ModelCommand.class,
      TlsCommand.class
    })
public final class Main implements Runnable {

  private static final int EXIT_FAILURE = 1;
  private static final int EXIT_USAGE = 2;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "print this")
  @SuppressWarnings("unused") // picocli acts on it
  private boolean help;

  private Main() {}

  /** Runs a command and exits with its status. */
  public static void main(String[] args) {
    System.exit(run(args, writer(System.out), writer(System.err)));
  }

  /** Runs a command; help goes to the first writer and complaints to the second. */
  static int run(String[] args, PrintWriter output, PrintWriter complaints) {
    return new CommandLine(new Main())
        .setOut(output)
        .setErr(complaints)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(Main::complain)
        .setExecutionExceptionHandler(Main::fail)
        .execute(args);
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "name a command: " + String.join(", ", spec.commandLine().getSubcommands().keySet()));
  }

  private static int complain(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    command.getErr().println(name + ": " + firstLine(e) + " (see " + name + " --help)");
    return EXIT_USAGE;
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
