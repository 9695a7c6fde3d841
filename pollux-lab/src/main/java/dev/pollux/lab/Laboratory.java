package dev.pollux.lab;

import dev.pollux.sys.SysException;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The laboratory: lists the experiments, runs them, walks through them.
 *
 * <p>Errors: a method returns an exit code, {@link #AS_EXPECTED} or {@link #DIFFERENT}. An unknown
 * name is an {@code IllegalArgumentException} whose message is for the user.
 */
public final class Laboratory {

  /** All went as expected. */
  public static final int AS_EXPECTED = 0;

  /** Something went otherwise, or could not be done. */
  public static final int DIFFERENT = 1;

  /** The name that stands for all experiments. */
  public static final String ALL = "all";

  private static final int NAME_COLUMNS = 22;
  static final String SCRIPT = ".lab"; // how the names of scripts end

  private final List<Experiment> experiments;
  private final Function<Kernel, Runner> runners;
  private final PrintStream out;
  private final int columns;

  /**
   * A laboratory that prints here.
   *
   * @param columns how wide the lines may be
   */
  public Laboratory(PrintStream out, int columns) {
    this(Experiments.all(), Runner::on, out, columns);
  }

  Laboratory(
      List<Experiment> experiments,
      Function<Kernel, Runner> runners,
      PrintStream out,
      int columns) {
    this.experiments = experiments;
    this.runners = runners;
    this.out = out;
    this.columns = columns;
  }

  /** Prints the experiments with what they expect; as JSON with all their steps. */
  public int list(boolean asJson) {
    if (asJson) {
      out.println(Json.write(experiments));
      return AS_EXPECTED;
    }
    for (Experiment experiment : experiments) {
      String title = Wrap.pad(experiment.id(), 5) + experiment.name();
      List<String> right = Wrap.lines(experiment.expects(), columns - NAME_COLUMNS, "");
      Wrap.beside(List.of(title), right, NAME_COLUMNS).forEach(out::println);
    }
    return AS_EXPECTED;
  }

  /**
   * Runs experiments in the order in which they are named, on one kernel or on two, and prints what
   * happened.
   *
   * @param names ids, names, files that end with {@code .lab}, or {@link #ALL} alone
   * @param kernels one, or two to be set side by side
   * @return {@link #DIFFERENT} if an expectation failed, or an experiment could not be run
   */
  public int run(List<String> names, List<Kernel> kernels, boolean asJson) {
    List<Experiment> chosen =
        names.size() == 1 && ALL.equalsIgnoreCase(names.getFirst())
            ? experiments
            : names.stream().map(this::find).toList(); // before any is run
    List<Timeline> timelines = new ArrayList<>();
    int different = 0;
    for (Experiment experiment : chosen) {
      List<Timeline> runs = new ArrayList<>();
      @Nullable String failure = null;
      try {
        for (Kernel kernel : kernels) {
          runs.add(runners.apply(kernel).run(experiment));
        }
      } catch (SysException | IllegalArgumentException | IllegalStateException e) {
        failure = String.valueOf(e.getMessage()); // a script may ask for what no kernel does
      }
      timelines.addAll(runs);
      boolean isFine = failure == null && runs.stream().allMatch(Timeline::isAsExpected);
      different += isFine ? 0 : 1;
      if (!asJson) {
        print(experiment, kernels, runs, failure);
      }
    }
    if (asJson) {
      out.println(Json.write(timelines));
    } else if (chosen.size() > 1) {
      int fine = chosen.size() - different;
      out.println(chosen.size() + " experiments, " + fine + " as expected");
    }
    return different == 0 ? AS_EXPECTED : DIFFERENT;
  }

  /**
   * Runs an experiment that asks what will come of each wait before it shows it; the answers are
   * lines of standard input.
   */
  public int predict(String name, Kernel kernel) throws IOException {
    if (ALL.equalsIgnoreCase(name)) {
      throw new IllegalArgumentException("predict one experiment at a time, not " + ALL);
    }
    InputStreamReader in = new InputStreamReader(System.in, StandardCharsets.UTF_8);
    return predict(find(name), kernel, new BufferedReader(in));
  }

  int predict(Experiment experiment, Kernel kernel, BufferedReader in) throws IOException {
    out.println(experiment.id() + " " + experiment.name() + ", on " + kernel);
    Prediction prediction = new Prediction(Runner.machines(kernel), in, out, columns);
    return prediction.run(experiment) ? AS_EXPECTED : DIFFERENT;
  }

  /**
   * Tells how an item came to be as it is, on the model, with the names of a real process.
   *
   * @param item the name of its descriptor, as in {@code fd7}
   * @param epoll the name of its instance
   */
  public int tell(Story story, String item, String epoll) {
    Experiment experiment = new Stories(item, epoll).of(story);
    List<Kernel> kernels = List.of(Kernel.MODEL);
    return new Laboratory(List.of(experiment), runners, out, columns)
        .run(List.of(experiment.name()), kernels, false);
  }

  /**
   * Walks through an experiment on the model, in this process's terminal if it has one, else with
   * lines on standard input.
   */
  public int step(String name) throws IOException {
    Experiment experiment = find(name);
    try (TerminalConsole console = isInTerminal() ? TerminalConsole.open() : null) {
      if (console != null) {
        return walk(experiment, console);
      }
    }
    InputStreamReader in = new InputStreamReader(System.in, StandardCharsets.UTF_8);
    return walk(experiment, new PlainConsole(in, out, columns));
  }

  @SuppressWarnings("SystemConsoleNull") // JDK 25 returns null again when a stream is redirected
  private static boolean isInTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  int walk(Experiment experiment, Walk.Console console) throws SysException {
    boolean isAsExpected = new Walk(experiment, Runner.machines(Kernel.MODEL), console).run();
    return isAsExpected ? AS_EXPECTED : DIFFERENT;
  }

  /** Prints an experiment in the language of scripts, to begin one's own with. */
  public int script(String name) {
    Experiment experiment = find(name);
    boolean isMeasure =
        experiment.acts().stream()
            .flatMap(act -> act.steps().stream())
            .anyMatch(Step.Cost.class::isInstance);
    if (isMeasure) {
      throw new IllegalArgumentException(
          experiment.name() + " measures what waits cost, for which there is no script");
    }
    out.print(Script.write(experiment));
    return AS_EXPECTED;
  }

  private Experiment find(String name) {
    if (name.endsWith(SCRIPT)) {
      return read(Path.of(name));
    }
    Optional<Experiment> found = experiments.stream().filter(e -> e.isCalled(name)).findFirst();
    return found.orElseThrow(() ->
        new IllegalArgumentException(
            "there is no experiment '" + name + "': pollux lab list names them"));
  }

  /** The experiment in a file; what is wrong with it is for users. */
  static Experiment read(Path file) {
    String name = String.valueOf(file.getFileName());
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      if (!attributes.isRegularFile()) { // a device may have no end
        throw new IllegalArgumentException(file + " is no file with text");
      }
      if (attributes.size() > Script.MOST_CHARS) {
        throw new IllegalArgumentException(
            file + " is too long for a script: more than " + Script.MOST_CHARS + " bytes");
      }
      String text = Files.readString(file);
      return Script.read(name.substring(0, name.length() - SCRIPT.length()), text);
    } catch (NoSuchFileException _) {
      throw new IllegalArgumentException("there is no file " + file);
    } catch (CharacterCodingException _) {
      throw new IllegalArgumentException(file + " is no text in UTF-8");
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot read " + file + ": " + e.getMessage());
    } catch (ScriptException e) {
      throw new IllegalArgumentException(file + " is no experiment:\n" + e.getMessage());
    }
  }

  private void print(
      Experiment experiment, List<Kernel> kernels, List<Timeline> runs, @Nullable String failure) {
    String where = String.join(" and ", kernels.stream().map(Kernel::toString).toList());
    TextReport.heading(experiment, where, columns).forEach(out::println);
    if (failure != null) {
      out.println("  could not be run: " + failure);
    } else if (runs.size() == 2) {
      SideBySide.timelines(runs.getFirst(), runs.getLast(), columns).forEach(out::println);
    } else {
      runs.forEach(timeline -> TextReport.timeline(timeline, columns).forEach(out::println));
    }
    out.println();
  }
}
