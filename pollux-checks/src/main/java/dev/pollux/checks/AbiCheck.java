package dev.pollux.checks;

import dev.pollux.sys.SystemTable;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Compares the constants, sizes and offsets of the system-call layer with the C headers of the
 * toolchains installed.
 *
 * <p>Where the toolchain's programs run, a generated program prints each value; for another
 * architecture each value is asserted at compile time, so that no emulator is needed. Systems of
 * other numbers than Linux's are compared by {@link ForeignCheck}, with what {@code --fetch}
 * downloads into {@code target/abi}; {@code --list} prints each of their values and who confirms
 * it.
 *
 * <p>Errors: the exit status is 0 if all agree, 1 if a value differs, if no toolchain defines a
 * name (which is then a slip of the pen in the Java table), if a toolchain that is required is
 * missing, or if none is installed, so that nothing was compared; 2 for wrong arguments.
 */
public final class AbiCheck {

  private static final String USAGE =
      "usage: ./dev abi [--fetch | --list | --require NAME,NAME,...]";

  private AbiCheck() {}

  /** Runs the check, prints a line for each toolchain, and exits with the status. */
  public static void main(String[] args) {
    System.exit(run(List.of(args), System.out, Toolchain.known(), Downloads.usual()));
  }

  static int run(
      List<String> args, PrintStream out, List<Toolchain> toolchains, Downloads downloads) {
    boolean fetch = args.equals(List.of("--fetch"));
    boolean list = args.equals(List.of("--list"));
    List<String> required = fetch || list ? List.of() : required(args);
    List<String> names =
        Stream.concat(toolchains.stream().map(Toolchain::name), ForeignCheck.NAMES.stream())
            .toList();
    if (required == null || !names.containsAll(required)) {
      out.println(USAGE + "; the names are " + String.join(", ", names));
      return 2;
    }
    if (list) {
      return foreign(check -> check.list(SystemTable.all()), required, out, downloads) ? 0 : 1;
    }
    boolean failed = fetch && !fetch(out, downloads);
    failed |= !linux(required, out, toolchains);
    failed |= !foreign(check -> check.run(SystemTable.all()), required, out, downloads);
    return failed ? 1 : 0;
  }

  private static boolean linux(List<String> required, PrintStream out, List<Toolchain> toolchains) {
    boolean failed = false;
    Set<String> defined = new HashSet<>();
    Set<String> undefined = new HashSet<>();
    for (Toolchain toolchain : toolchains) {
      String title = toolchain.command() + " (" + toolchain.headers() + "): ";
      if (!toolchain.installed()) {
        boolean needed = required.contains(toolchain.name());
        out.println(title + "not installed" + (needed ? ", but required" : "; not checked"));
        failed |= needed;
        continue;
      }
      List<Constant> constants = Constant.tables(toolchain.abi());
      failed |= !check(toolchain, title, constants, out, defined, undefined);
    }
    if (toolchains.stream().noneMatch(Toolchain::installed)) {
      out.println("no toolchain is installed, so nothing was compared: ./dev setup installs them");
      failed = true;
    }
    undefined.removeAll(defined);
    for (String name : undefined.stream().sorted().toList()) {
      out.println("  " + name + " is defined by no toolchain checked");
      failed = true;
    }
    return !failed;
  }

  /** What is done with the check of the other systems. */
  private interface Part {
    boolean run(ForeignCheck check) throws IOException, InterruptedException;
  }

  private static boolean foreign(
      Part part, List<String> required, PrintStream out, Downloads downloads) {
    return tried(out, () -> part.run(new ForeignCheck(downloads, required, out)));
  }

  private static boolean fetch(PrintStream out, Downloads downloads) {
    return tried(out, () -> downloads.fetch(out));
  }

  /** Something that programs and files have a part in. */
  private interface Attempt {
    boolean run() throws IOException, InterruptedException;
  }

  private static boolean tried(PrintStream out, Attempt attempt) {
    try {
      return attempt.run();
    } catch (IOException e) {
      out.println(e.getMessage());
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      out.println("interrupted");
      return false;
    }
  }

  /** The names after {@code --require}; null for wrong arguments. */
  private static @Nullable List<String> required(List<String> args) {
    if (args.isEmpty()) {
      return List.of();
    }
    boolean understood = args.size() == 2 && args.getFirst().equals("--require");
    return understood ? List.of(args.getLast().split(",", -1)) : null;
  }

  /** Checks one toolchain, prints what it finds, and tells whether all agrees. */
  static boolean check(
      Toolchain toolchain,
      String title,
      List<Constant> constants,
      PrintStream out,
      Set<String> defined,
      Set<String> undefined) {
    Toolchain.Result result;
    try {
      result = toolchain.compare(constants);
    } catch (IOException e) {
      out.println(title + e.getMessage());
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      out.println(title + "interrupted");
      return false;
    }
    List<String> known = new ArrayList<>(constants.stream().map(Constant::name).toList());
    known.removeAll(result.undefined());
    defined.addAll(known);
    undefined.addAll(result.undefined());
    out.println(
        title
            + known.size()
            + " constants checked, "
            + result.differences().size()
            + " differ"
            + (result.undefined().isEmpty()
                ? ""
                : "; not in these headers: " + String.join(" ", result.undefined())));
    result.differences().forEach(difference -> out.println("  " + difference));
    return result.differences().isEmpty();
  }
}
