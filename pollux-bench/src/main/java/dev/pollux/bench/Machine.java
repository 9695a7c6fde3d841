package dev.pollux.bench;

import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** What a benchmark asks of the machine it runs on. */
final class Machine {

  static final int STANDARD_OUTPUT = 1;
  static final int STANDARD_ERROR = 2;

  /** As it was at the start: a thread that is tied to a processor sees only that one. */
  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

  private static final int TIOCGWINSZ = 0x5413; // asm-generic/ioctls.h
  private static final int SIZEOF_WINSIZE = 8; // asm-generic/termios.h: four unsigned short
  private static final int WS_COL = 2; // the second of them

  private Machine() {}

  /** Whether a descriptor is a terminal. */
  static boolean isTerminal(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment size = arena.allocate(SIZEOF_WINSIZE, 8);
      return NativeSys.open().ioctl(fd, TIOCGWINSZ, size.address()) >= 0;
    }
  }

  /** How many columns a terminal has; 0 for what is none, and where it does not say. */
  static int columns(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment size = arena.allocate(SIZEOF_WINSIZE, 8);
      int result = NativeSys.open().ioctl(fd, TIOCGWINSZ, size.address());
      return result < 0 ? 0 : Short.toUnsignedInt(size.get(ValueLayout.JAVA_SHORT, WS_COL));
    }
  }

  /** Raises the soft limit of descriptors to the hard one, and returns it. */
  static long raiseDescriptorLimit(Sys sys) throws SysException {
    // struct rlimit { rlim_t rlim_cur; rlim_t rlim_max; };
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment limit = arena.allocate(Linux.SIZEOF_RLIMIT, 8);
      SysException.check("getrlimit(NOFILE)", sys.getrlimit(Linux.RLIMIT_NOFILE, limit.address()));
      long hard = limit.get(ValueLayout.JAVA_LONG, 8);
      limit.set(ValueLayout.JAVA_LONG, 0, hard);
      SysException.check("setrlimit(NOFILE)", sys.setrlimit(Linux.RLIMIT_NOFILE, limit.address()));
      return hard < 0 ? Long.MAX_VALUE : hard; // RLIM_INFINITY is all ones
    }
  }

  /** The last processor: the first one often serves the machine's interrupts. */
  static OptionalInt lastProcessor() {
    return command("taskset").isPresent() ? OptionalInt.of(PROCESSORS - 1) : OptionalInt.empty();
  }

  /** How many processors there are. */
  static int processors() {
    return PROCESSORS;
  }

  /**
   * Ties the calling thread to a processor, by taskset(1).
   *
   * @return whether that worked
   */
  static boolean pinThread(int processor) throws IOException {
    // /proc/thread-self links to PID/task/TID
    Path self = Files.readSymbolicLink(Path.of("/proc/thread-self"));
    String thread = String.valueOf(self.getFileName());
    return run(List.of("taskset", "-cp", String.valueOf(processor), thread)).status() == 0;
  }

  /** What a command has printed, on both streams, and its exit code. */
  record Ended(int status, List<String> lines) {

    /** What it printed, if it succeeded. */
    List<String> checked(List<String> command) throws IOException {
      if (status != 0) {
        throw new IOException(String.join(" ", command) + " failed: " + String.join(" | ", lines));
      }
      return lines;
    }
  }

  /** Runs a command to its end. */
  static Ended run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      List<String> lines = reader.readAllLines();
      return new Ended(exitCode(process), lines);
    }
  }

  /** A command that runs tied to a processor, by taskset(1); as it is if there is none. */
  static List<String> tied(List<String> command, OptionalInt processor) {
    if (processor.isEmpty()) {
      return command;
    }
    List<String> result = new ArrayList<>();
    result.addAll(List.of("taskset", "-c", String.valueOf(processor.getAsInt())));
    result.addAll(command);
    return result;
  }

  /** A process's exit code, however long it takes. */
  static int exitCode(Process process) throws IOException {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroy();
      throw new IOException("interrupted while " + process + " ran", e);
    }
  }

  /** Where a command stands in the search path. */
  static Optional<Path> command(String name) {
    String path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
    return Stream.of(path.split(":", -1))
        .map(folder -> Path.of(folder.isEmpty() ? "." : folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Processor, kernel and JVM, in one line. */
  static String describe() {
    return processorName()
        + ", "
        + PROCESSORS
        + " processors, Linux "
        + System.getProperty("os.version")
        + ", JDK "
        + Runtime.version();
  }

  private static String processorName() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElseGet(() -> System.getProperty("os.arch"));
    } catch (IOException e) {
      return System.getProperty("os.arch");
    }
  }
}
