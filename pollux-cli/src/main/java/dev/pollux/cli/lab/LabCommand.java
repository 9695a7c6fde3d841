package dev.pollux.cli.lab;

import dev.pollux.cli.terminal.Look;
import dev.pollux.cli.terminal.Version;
import dev.pollux.lab.Kernel;
import dev.pollux.lab.LabDocs;
import dev.pollux.lab.Laboratory;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code pollux lab}: the {@link Laboratory} on the command line. */
@Command(
    name = "lab",
    header = "Sixteen experiments that show how epoll behaves.",
    description = {
      "",
      "Each says what it shows and what it expects, then runs, on the kernel of this machine or on"
          + " the model of it, which shows its ready lists.",
      ""
    },
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
public final class LabCommand implements Runnable {

  private static final int DEFAULT_COLUMNS = 100;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the spec
  public LabCommand() {}

  @Override
  public void run() {
    spec.commandLine().usage(System.out);
  }

  /** Names the experiments. */
  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Names the experiments, with what they expect.")
  int list(
      @Option(names = "--json", description = "As JSON, with all their steps.") boolean asJson) {
    return laboratory().list(asJson);
  }

  /** Runs experiments. */
  @Command(
      name = "run",
      mixinStandardHelpOptions = true,
      description = {
        "Runs experiments in the order in which they are named, or all of them. Exit code 1 if"
            + " something went otherwise than expected.",
        "A file that ends with .lab is one of your own: docs/laboratory.md has the language, and"
            + " pollux lab script D1 an example.",
        "With both kernels the timelines stand side by side from 100 columns on; COLUMNS sets the"
            + " width, else the terminal."
      })
  int run(
      @Parameters(arity = "1..*", paramLabel = "NAME", description = "Ids, names or files, or all.")
          List<String> names,
      @Option(
              names = "--kernel",
              paramLabel = "KERNEL",
              defaultValue = "model",
              converter = KernelConverter.class,
              description = "native, model or both (default: ${DEFAULT-VALUE}).")
          Kernels kernels,
      @Option(names = "--predict", description = "Asks what comes of each wait before it shows it.")
          boolean asks,
      @Option(names = "--json", description = "As JSON.") boolean asJson)
      throws IOException {
    boolean isOne = names.size() == 1 && kernels.kernels().size() == 1 && !asJson;
    if (asks && !isOne) {
      throw new ParameterException(
          spec.commandLine(), "--predict takes one experiment on one kernel, and no --json");
    }
    try {
      if (asks) {
        return laboratory().predict(names.getFirst(), kernels.kernels().getFirst());
      }
      return laboratory().run(names, kernels.kernels(), asJson);
    } catch (IllegalArgumentException e) {
      return wrong(e);
    }
  }

  /** Walks through an experiment. */
  @Command(
      name = "step",
      mixinStandardHelpOptions = true,
      description = {
        "Walks through an experiment on the model, a key for each step: n, blank or the right arrow"
            + " goes on, b or the left arrow goes back, q quits.",
        "Without a terminal an empty line goes on, and so does the end of input."
      })
  int step(@Parameters(paramLabel = "NAME", description = "An id, a name or a file.") String name)
      throws IOException {
    try {
      return laboratory().step(name);
    } catch (IllegalArgumentException e) {
      return wrong(e);
    }
  }

  /** Prints an experiment as a script. */
  @Command(
      name = "script",
      mixinStandardHelpOptions = true,
      description = "Prints an experiment as a script: as a file that ends with .lab, it runs.")
  int script(@Parameters(paramLabel = "NAME", description = "An id or a name.") String name) {
    try {
      return laboratory().script(name);
    } catch (IllegalArgumentException e) {
      return wrong(e);
    }
  }

  /** Writes the laboratory's output into the documents; {@code ./dev docs} calls it. */
  @Command(name = "docs", hidden = true)
  int docs(@Parameters(paramLabel = "ROOT") Path root) throws IOException {
    LabDocs.update(root, System.out);
    return 0;
  }

  /** What is wrong with a script has a line for each line of it; all else is wrong usage. */
  private int wrong(IllegalArgumentException e) {
    String message = String.valueOf(e.getMessage());
    if (!message.contains("\n")) {
      throw new ParameterException(spec.commandLine(), message);
    }
    System.err.println("pollux lab: " + message);
    return spec.commandLine().getCommandSpec().exitCodeOnInvalidInput();
  }

  private static Laboratory laboratory() {
    return new Laboratory(
        new PrintStream(System.out, true, StandardCharsets.UTF_8), Look.columns(DEFAULT_COLUMNS));
  }

  /** The choice of kernels. */
  record Kernels(List<Kernel> kernels) {}

  /** Reads a choice of kernels. */
  static final class KernelConverter implements ITypeConverter<Kernels> {
    @Override
    public Kernels convert(@Nullable String text) {
      return switch (text) {
        case "native" -> new Kernels(List.of(Kernel.NATIVE));
        case "model" -> new Kernels(List.of(Kernel.MODEL));
        case "both" -> new Kernels(List.of(Kernel.NATIVE, Kernel.MODEL));
        case null, default ->
            throw new TypeConversionException("'" + text + "' is not native, model or both");
      };
    }
  }
}
