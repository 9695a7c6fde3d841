package dev.pollux.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the kernel has counted for a process.
 *
 * @param userTicks processor time in user mode, in ticks of 10 ms: good for shares only
 * @param systemTicks processor time in the kernel
 * @param residentBytes memory it has now, VmRSS
 * @param peakBytes the most it has had, VmHWM
 */
record EchoUsage(long userTicks, long systemTicks, long residentBytes, long peakBytes) {

  /** In /proc/PID/stat, counted behind the name in parentheses: fields 14 and 15 of proc(5). */
  private static final int UTIME = 11;

  private static final int BYTES_PER_KIB = 1024;

  static EchoUsage of(long pid) throws IOException {
    Path folder = Path.of("/proc", String.valueOf(pid));
    return parse(
        Files.readString(folder.resolve("stat")), Files.readAllLines(folder.resolve("status")));
  }

  static EchoUsage parse(String stat, List<String> status) throws IOException {
    String[] words = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
    if (words.length <= UTIME + 1) {
      throw new IOException("/proc/PID/stat is not understood: " + stat);
    }
    return new EchoUsage(
        Long.parseLong(words[UTIME]),
        Long.parseLong(words[UTIME + 1]),
        kibibytes(status, "VmRSS:") * BYTES_PER_KIB,
        kibibytes(status, "VmHWM:") * BYTES_PER_KIB);
  }

  /** This usage, with the processor time since an earlier one. */
  EchoUsage since(EchoUsage before) {
    return new EchoUsage(
        userTicks - before.userTicks, systemTicks - before.systemTicks, residentBytes, peakBytes);
  }

  /** The share of the processor time that was spent in user mode; NaN if there was none. */
  double userShare() {
    return (double) userTicks / (userTicks + systemTicks);
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
