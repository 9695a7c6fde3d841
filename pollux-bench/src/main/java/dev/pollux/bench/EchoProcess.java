package dev.pollux.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server as a child process.
 *
 * @param asked whether it answers questions, as the servers in Java of this module do
 */
record EchoProcess(Child child, int port, boolean asked) implements AutoCloseable {

  /** {@code listening PORT}, or what the shipped servers print. */
  private static final Pattern LISTENING =
      Pattern.compile("(?:listening (?:on \\S+:)?|serving .* on http://\\S+:)([0-9]+)");

  private static final String UNAVAILABLE = "unavailable ";

  /** Starts a server: see {@link EchoServers#start}. */
  static EchoProcess start(List<String> command, OptionalInt processor, boolean asked)
      throws IOException {
    Child child = Child.start(command, processor);
    boolean done = false;
    try {
      EchoProcess result = new EchoProcess(child, port(child.line()), asked);
      done = true;
      return result;
    } finally {
      if (!done) {
        child.close();
      }
    }
  }

  /** The port in the first line that a server prints. */
  static int port(String line) throws IOException {
    if (line.startsWith(UNAVAILABLE)) {
      throw new UnsupportedOperationException(line.substring(UNAVAILABLE.length()));
    }
    Matcher listening = LISTENING.matcher(line);
    if (!listening.lookingAt()) {
      throw new IOException("a server says '" + line + "'");
    }
    return Integer.parseInt(listening.group(1));
  }

  long pid() {
    return child.pid();
  }

  Usage usage() throws IOException {
    return Usage.of(pid());
  }

  /** How many bytes its threads have allocated on the heap; empty if it has none or cannot tell. */
  OptionalLong allocatedBytes() throws IOException {
    long bytes = asked ? Long.parseLong(child.ask("allocated")) : -1;
    return bytes < 0 ? OptionalLong.empty() : OptionalLong.of(bytes);
  }

  /**
   * What is reachable on its heap and in its buffers outside, in bytes, after full collections; two
   * empty cells if it has no heap.
   */
  List<String> memory() throws IOException {
    return asked ? List.of(child.ask("memory").split(" ", 2)) : List.of("", "");
  }

  @Override
  public void close() throws IOException {
    child.close();
  }

  /**
   * What the kernel has counted for a process.
   *
   * @param userTicks processor time in user mode, in ticks of 10 ms: good for shares only
   * @param systemTicks processor time in the kernel
   * @param residentBytes memory it has now, VmRSS
   * @param peakBytes the most it has had, VmHWM
   */
  record Usage(long userTicks, long systemTicks, long residentBytes, long peakBytes) {

    /** In /proc/PID/stat, counted behind the name in parentheses: fields 14 and 15 of proc(5). */
    private static final int UTIME = 11;

    private static final int BYTES_PER_KIB = 1024;

    static Usage of(long pid) throws IOException {
      Path folder = Path.of("/proc", String.valueOf(pid));
      return parse(
          Files.readString(folder.resolve("stat")), Files.readAllLines(folder.resolve("status")));
    }

    static Usage parse(String stat, List<String> status) throws IOException {
      String[] words = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
      if (words.length <= UTIME + 1) {
        throw new IOException("/proc/PID/stat is not understood: " + stat);
      }
      return new Usage(
          Long.parseLong(words[UTIME]),
          Long.parseLong(words[UTIME + 1]),
          kibibytes(status, "VmRSS:") * BYTES_PER_KIB,
          kibibytes(status, "VmHWM:") * BYTES_PER_KIB);
    }

    /** This usage, with the processor time since an earlier one. */
    Usage since(Usage before) {
      return new Usage(
          userTicks - before.userTicks, systemTicks - before.systemTicks, residentBytes, peakBytes);
    }

    private static long kibibytes(List<String> status, String name) throws IOException {
      for (String line : status) {
        if (line.startsWith(name)) {
          return Long.parseLong(line.substring(name.length()).replace("kB", "").strip());
        }
      }
      throw new IOException("/proc/PID/status has no " + name);
    }
  }
}
