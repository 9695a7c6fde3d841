package dev.pollux.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a thread of another JVM has allocated on the heap, as that JVM's thread dump tells it. */
final class ThreadAllocation {

  /** The dump rounds down to a unit of which there are at least ten: beyond 10 MiB this one. */
  static final long UNIT_BYTES = 1 << 20;

  private static final String UNITS = "BKMG";

  private ThreadAllocation() {}

  /** Of the thread that started the program, since it did: whole {@link #UNIT_BYTES} or better. */
  static long ofMain(long pid) throws IOException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    List<String> command = List.of(jcmd.toString(), String.valueOf(pid), "Thread.print", "-e");
    List<String> dump = Machine.run(command).lines();
    return parse(dump, "main");
  }

  static long parse(List<String> dump, String thread) throws IOException {
    Pattern wanted =
        Pattern.compile("\"" + Pattern.quote(thread) + "\" .* allocated=([0-9.]+)([BKMG]) .*");
    for (String line : dump) {
      Matcher found = wanted.matcher(line);
      if (found.matches()) {
        int unit = UNITS.indexOf(found.group(2));
        return (long) (Double.parseDouble(found.group(1)) * (1L << (10 * unit)));
      }
    }
    throw new IOException(
        "jcmd's thread dump does not say what the thread " + thread + " has allocated");
  }
}
