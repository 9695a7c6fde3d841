package dev.pollux.cli;

import dev.pollux.cli.chat.ChatCommand;
import dev.pollux.cli.connect.ConnectCommand;
import dev.pollux.cli.doctor.DoctorCommand;
import dev.pollux.cli.echo.EchoCommand;
import dev.pollux.cli.inspect.InspectCommand;
import dev.pollux.cli.lab.LabCommand;
import dev.pollux.cli.serve.ServeCommand;
import dev.pollux.cli.sim.SimCommand;
import dev.pollux.cli.terminal.Exits;
import dev.pollux.cli.terminal.Failure;
import dev.pollux.cli.terminal.Look;
import dev.pollux.cli.terminal.StackTraces;
import dev.pollux.cli.terminal.StandardStreams;
import dev.pollux.cli.terminal.Version;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The {@code pollux} command: finds the command meant and runs it.
 *
 * <p>The usual way does not build the whole tree of commands: starting quickly matters, and looking
 * at a class for its options takes time. Exit codes: 0 success, 1 failure, 2 wrong usage.
 */
@Command(
    name = "pollux",
    header = "I/O multiplexing for the JVM: epoll, poll, select and kqueue in plain Java.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {
      EchoCommand.class,
      ServeCommand.class,
      ConnectCommand.class,
      ChatCommand.class,
      DoctorCommand.class,
      InspectCommand.class,
      LabCommand.class,
      SimCommand.class,
      BenchCommand.class,
      WarmupCommand.class,
      CommandLine.HelpCommand.class
    },
    footer = {
      "",
      "Exit codes: 0 success, 1 failure, 2 wrong usage.",
      "--color always, never or auto goes with every command; NO_COLOR too.",
      "POLLUX_STACK_TRACE=1 shows where a failure came from.",
      "Help for one command: pollux COMMAND --help"
    })
final class Main implements Runnable {

  /** Commands of the whole tree that have no short way. */
  private static final Set<String> KNOWN = Set.of("bench", "help");

  private static final List<String> COMMANDS =
      List.of(
          "echo", "serve", "connect", "chat", "doctor", "inspect", "lab", "sim", "bench", "help");

  private static final int MIN_HELP_COLUMNS = 55; // what picocli can do with
  private static final int MAX_HELP_COLUMNS = 80;

  private static final Set<String> PLATFORM_CHECKS =
      Set.of("dev.pollux.sys.NativeSys", "dev.pollux.sys.KqueueLibrary");

  /** What picocli says of a number, in words of Java's. */
  private static final Pattern NO_NUMBER = Pattern.compile("('[^']*') is not an? (int|long)$");

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the spec
  private Main() {}

  /** Runs one command and exits with its code. */
  public static void main(String[] args) {
    int exitCode;
    try {
      exitCode = run(args);
      if (System.out.checkError() && exitCode == 0) {
        throw new Failure(Exits.INCOMPLETE);
      }
    } catch (Throwable e) { // also an Error: a trace tells a user nothing
      boolean named = args.length > 0 && !args[0].startsWith("-");
      exitCode = failed(named ? "pollux " + args[0] : "pollux", e);
    }
    System.exit(exitCode);
  }

  static int run(String[] arguments) {
    String[] args;
    try {
      args = Look.take(arguments);
    } catch (IllegalArgumentException e) {
      System.err.println("pollux: " + e.getMessage() + " (see: pollux --help)");
      return Exits.USAGE;
    }
    String name = args.length == 0 ? "" : args[0];
    if (name.equals("echo")) {
      EchoCommand echo = EchoCommand.ofPlain(withoutFirst(args));
      if (echo != null) {
        return runPlain("pollux echo", echo);
      }
    }
    if (name.equals("chat")) {
      Callable<Integer> chat = ChatCommand.ofPlain(withoutFirst(args));
      if (chat != null) {
        return runPlain("pollux chat " + args[1], chat);
      }
    }
    Object command =
        switch (name) {
          case "echo" -> new EchoCommand();
          case "serve" -> new ServeCommand();
          case "connect" -> new ConnectCommand();
          case "chat" -> new ChatCommand();
          case "doctor" -> new DoctorCommand();
          case "inspect" -> new InspectCommand();
          case "lab" -> new LabCommand();
          case "sim" -> new SimCommand();
          case "warmup" -> new WarmupCommand();
          default -> null;
        };
    if (command == null && !name.isEmpty() && !name.startsWith("-") && !KNOWN.contains(name)) {
      System.err.println(
          "pollux: there is no command '"
              + name
              + "'"
              + Suggestion.text(name, COMMANDS)
              + " (see: pollux --help)");
      return Exits.USAGE;
    }
    if (command == null) {
      return execute(new CommandLine(new Main()), args);
    }
    CommandLine line = new CommandLine(command);
    line.setCommandName("pollux " + name);
    return execute(line, withoutFirst(args));
  }

  private static int runPlain(String name, Callable<Integer> command) {
    try {
      return command.call();
    } catch (Exception e) {
      return failed(name, e);
    }
  }

  private static String[] withoutFirst(String[] args) {
    String[] rest = new String[args.length - 1];
    System.arraycopy(args, 1, rest, 0, rest.length);
    return rest;
  }

  private static int execute(CommandLine line, String[] args) {
    line.setExpandAtFiles(false); // @NAME is a Unix socket's
    line.setParameterExceptionHandler(Main::wrongUsage);
    line.setExecutionExceptionHandler(Main::failed);
    line.setUsageHelpWidth(
        Math.clamp(Look.columns(Look.DEFAULT_COLUMNS), MIN_HELP_COLUMNS, MAX_HELP_COLUMNS));
    boolean coloured = Look.isColoured(StandardStreams.STDOUT);
    line.setColorScheme(
        CommandLine.Help.defaultColorScheme(
            coloured ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF));
    return line.execute(args);
  }

  /** Without a command it says which there are. */
  @Override
  public void run() {
    spec.commandLine().usage(System.out);
  }

  /** One line: what, where, and what to do. */
  private static int wrongUsage(ParameterException e, String[] args) {
    String name = e.getCommandLine().getCommandSpec().qualifiedName();
    String what = NO_NUMBER.matcher(oneLine(e)).replaceFirst("it takes a whole number, not $1");
    System.err.println(name + ": " + what + suggestion(e) + " (see: " + name + " --help)");
    return e.getCommandLine().getCommandSpec().exitCodeOnInvalidInput();
  }

  /** What was meant by the first word that nothing matched. */
  private static String suggestion(ParameterException e) {
    String wrong = e.getArgSpec() == null ? e.getValue() : null; // help for what there is not
    if (e instanceof UnmatchedArgumentException unmatched && !unmatched.getUnmatched().isEmpty()) {
      wrong = unmatched.getUnmatched().getFirst();
    }
    if (wrong == null) {
      return "";
    }
    CommandSpec command = e.getCommandLine().getCommandSpec();
    List<String> known = new ArrayList<>(command.optionsMap().keySet());
    known.add(Look.OPTION);
    known.addAll(command.subcommands().keySet());
    int value = wrong.indexOf('=');
    return Suggestion.text(value < 0 ? wrong : wrong.substring(0, value), known);
  }

  private static int failed(Exception e, CommandLine line, CommandLine.ParseResult result) {
    int _ = failed(line.getCommandSpec().qualifiedName(), e);
    return line.getCommandSpec().exitCodeOnExecutionException();
  }

  /** One line about what went wrong, and the trace if {@link StackTraces} are asked for. */
  private static int failed(String name, Throwable e) {
    boolean traced = StackTraces.areAsked();
    String advice =
        traced ? "" : "; please report it with what " + StackTraces.VARIABLE + "=1 adds";
    System.err.println(
        name
            + ": "
            + (isForUsers(e)
                ? oneLine(e)
                : e.toString().replace('\n', ' ') + " (this is a bug in pollux" + advice + ")"));
    if (traced) {
      for (StackTraceElement frame : e.getStackTrace()) {
        System.err.println("    at " + frame);
      }
    }
    return Exits.FAILURE;
  }

  /** Whether a message was written for users; what else gets here nobody has thought of. */
  private static boolean isForUsers(Throwable e) {
    if (e instanceof Failure || e instanceof IOException || e instanceof UncheckedIOException) {
      return true;
    }
    StackTraceElement[] trace = e.getStackTrace();
    return e instanceof IllegalStateException // the platform, or no native access
        && trace.length > 0
        && PLATFORM_CHECKS.contains(trace[0].getClassName());
  }

  private static String oneLine(Throwable e) {
    String message = e.getMessage();
    return message == null ? e.toString() : message.replace('\n', ' ').replace("\r", "");
  }
}
