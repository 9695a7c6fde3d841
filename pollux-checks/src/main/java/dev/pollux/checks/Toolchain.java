package dev.pollux.checks;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pollux.sys.Abi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A C compiler with its headers, and how values are read through it.
 *
 * @param name what {@code --require} calls it
 * @param command the compiler
 * @param headers whose headers these are, for people
 * @param abi the architecture it compiles for
 * @param runs whether its programs run here: values are then printed by a program; else each is
 *     asserted at compile time
 */
record Toolchain(String name, String command, String headers, Abi abi, boolean runs) {

  private static final long COMPILER_SECONDS = 120;

  private static final String INCLUDES =
      """
      #define _GNU_SOURCE
      #include <errno.h>
      #include <fcntl.h>
      #include <limits.h>
      #include <netinet/in.h>
      #include <netinet/tcp.h>
      #include <netinet/udp.h>
      #include <poll.h>
      #include <signal.h>
      #include <stddef.h>
      #include <stdio.h>
      #include <sys/epoll.h>
      #include <sys/eventfd.h>
      #include <sys/inotify.h>
      #include <sys/ioctl.h>
      #include <sys/resource.h>
      #include <sys/select.h>
      #include <sys/signalfd.h>
      #include <sys/socket.h>
      #include <sys/stat.h>
      #include <sys/syscall.h>
      #include <sys/time.h>
      #include <sys/timerfd.h>
      #include <sys/uio.h>
      #include <sys/un.h>
      #include <termios.h>
      #include <time.h>
      #if __has_include(<linux/openat2.h>)
      #include <linux/openat2.h>
      #endif
      """;

  private static final Pattern UNDEFINED = Pattern.compile("#warning undefined (\\w+)");
  private static final Pattern ASSERTION = Pattern.compile("assertion failed: \"(\\w+)\"");

  /** The toolchains that this check knows. */
  static List<Toolchain> known() {
    String host = Abi.CURRENT == Abi.AARCH64 ? "aarch64" : "x86-64";
    return List.of(
        new Toolchain("gcc", "gcc", "glibc, " + host, Abi.CURRENT, true),
        new Toolchain("musl", "musl-gcc", "musl, " + host, Abi.CURRENT, true),
        new Toolchain("aarch64", "aarch64-linux-gnu-gcc", "glibc, aarch64", Abi.AARCH64, false));
  }

  /**
   * What a comparison found.
   *
   * @param differences one line each, by name
   * @param undefined macros that these headers do not have
   */
  record Result(List<String> differences, List<String> undefined) {}

  /** Whether the compiler is on the path. */
  boolean installed() {
    for (String directory : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
      if (Files.isExecutable(Path.of(directory.isEmpty() ? "." : directory, command))) {
        return true;
      }
    }
    return false;
  }

  /**
   * Compares constants with the headers.
   *
   * @throws IOException if the compiler fails for another reason than a difference
   */
  Result compare(List<Constant> constants) throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("pollux-abi");
    Path source = directory.resolve("abi.c");
    Path program = directory.resolve("abi");
    try {
      return runs ? print(constants, source, program) : compile(constants, source);
    } finally {
      Files.deleteIfExists(source);
      Files.deleteIfExists(program);
      Files.deleteIfExists(directory.resolve("out"));
      Files.delete(directory);
    }
  }

  private Result print(List<Constant> constants, Path source, Path program)
      throws IOException, InterruptedException {
    StringBuilder text = new StringBuilder(INCLUDES).append("int main(void) {\n");
    for (Constant constant : constants) {
      String line =
          "printf(\"%s %%lld\\n\", (long long) (%s));\n"
              .formatted(constant.name(), constant.expression());
      text.append(guarded(constant, line, ""));
    }
    Files.writeString(source, text.append("return 0;\n}\n"));
    Output compiled = run(source, command, "-w", "-o", program.toString(), source.toString());
    Output printed = compiled.status() == 0 ? run(source, program.toString()) : compiled;
    if (printed.status() != 0) {
      throw new IOException(command + " failed:\n" + printed.text());
    }
    Map<String, Long> values = new TreeMap<>();
    for (String line : printed.text().lines().toList()) {
      int blank = line.indexOf(' ');
      values.put(line.substring(0, blank), Long.valueOf(line.substring(blank + 1)));
    }
    List<String> differences = new ArrayList<>();
    List<String> undefined = new ArrayList<>();
    for (Constant constant : constants) {
      Long value = values.get(constant.name());
      if (value == null) {
        undefined.add(constant.name());
      } else if (value != constant.value()) {
        differences.add(
            constant.name() + " is " + value + " in C, " + constant.value() + " in Java");
      }
    }
    return new Result(differences, undefined);
  }

  private Result compile(List<Constant> constants, Path source)
      throws IOException, InterruptedException {
    StringBuilder text = new StringBuilder(INCLUDES);
    for (Constant constant : constants) {
      String line =
          "_Static_assert((long long) (%s) == %dLL, \"%s\");\n"
              .formatted(constant.expression(), constant.value(), constant.name());
      text.append(guarded(constant, line, "#warning undefined " + constant.name() + "\n"));
    }
    Files.writeString(source, text);
    Output compiled = run(source, command, "-fsyntax-only", "-fmax-errors=0", source.toString());
    List<String> differences = new ArrayList<>();
    List<String> failed = matches(ASSERTION, compiled.text());
    for (Constant constant : constants) {
      if (failed.contains(constant.name())) {
        differences.add(constant.name() + " is not " + constant.value() + " in C, as in Java");
      }
    }
    if (compiled.status() != 0 && differences.isEmpty()) {
      throw new IOException(command + " failed:\n" + compiled.text());
    }
    return new Result(differences, matches(UNDEFINED, compiled.text()));
  }

  private static String guarded(Constant constant, String line, String otherwise) {
    return constant.macro().isEmpty()
        ? line
        : "#ifdef " + constant.macro() + "\n" + line + "#else\n" + otherwise + "#endif\n";
  }

  private static List<String> matches(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    TreeSet<String> names = new TreeSet<>();
    while (matcher.find()) {
      names.add(matcher.group(1));
    }
    return List.copyOf(names);
  }

  private record Output(int status, String text) {}

  private static Output run(Path source, String... command)
      throws IOException, InterruptedException {
    Path out = source.resolveSibling("out");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("LC_ALL", "C"); // the messages are read
    Process process = builder.redirectOutput(out.toFile()).start();
    if (!process.waitFor(COMPILER_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      throw new IOException(command[0] + " took more than " + COMPILER_SECONDS + " s");
    }
    return new Output(process.exitValue(), Files.readString(out, UTF_8));
  }
}
