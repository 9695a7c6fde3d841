package dev.pollux.checks;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pollux.sys.SystemTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Compares the table of macOS with Apple's headers, at compile time: each value is asserted, what
 * the system lacks must not be defined, and the symbols of functions are read from the assembler's
 * text.
 *
 * @param zig the compiler that has the headers
 * @param scratch a folder for its files
 */
record AppleHeaders(Path zig, Path scratch) {

  private static final long COMPILER_SECONDS = 120;

  private static final String INCLUDES =
      """
      #define _DARWIN_C_SOURCE
      #define __APPLE_USE_RFC_3542
      #include <dirent.h>
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
      #include <sys/event.h>
      #include <sys/ioctl.h>
      #include <sys/resource.h>
      #include <sys/select.h>
      #include <sys/socket.h>
      #include <sys/stat.h>
      #include <sys/time.h>
      #include <sys/types.h>
      #include <sys/ucred.h>
      #include <sys/uio.h>
      #include <sys/un.h>
      #include <termios.h>
      #include <time.h>
      #include <unistd.h>
      """;

  /** What Pollux may call, beside the functions that the table names. */
  static final List<String> FUNCTIONS =
      List.of(
          ("read pread write pwrite readv writev open unlink rename mkdir rmdir close pipe dup dup2"
                  + " fcntl ioctl getrlimit setrlimit socket socketpair bind listen accept connect"
                  + " shutdown recv send recvfrom sendto recvmsg sendmsg getsockopt setsockopt"
                  + " getsockname getpeername getpeereid kqueue kevent poll sigprocmask"
                  + " pthread_sigmask raise kill getpid clock_gettime isatty"
                  + " stat fstat lstat select pselect nanosleep")
              .split(" "));

  private static final Pattern ASSERTION = Pattern.compile("assertion failed.*: \"?(\\w+( \\w+)?)");
  private static final Pattern SYMBOL =
      Pattern.compile("_address_of_(\\w+):\\s*\\.quad\\s+_(\\S+)");

  /** Something that the headers have to agree with. */
  private record Assertion(String name, String value, String code, String message) {}

  private static final List<String> CONFIRMED = List.of("Apple's headers");

  /**
   * What a comparison found.
   *
   * @param items the values that were compared
   * @param differences one line each
   */
  record Result(List<Comparison.Item> items, List<String> differences) {}

  /** Compares a table of macOS with the headers. */
  Result compare(SystemTable table) throws IOException, InterruptedException {
    List<Assertion> assertions = new ArrayList<>();
    values(table, assertions);
    layouts(table, assertions);
    StringBuilder text = new StringBuilder(INCLUDES);
    assertions.forEach(assertion -> text.append(assertion.code));
    String target = table.architecture().replace('-', '_') + "-macos";
    Output compiled = compile(target, text.toString());
    TreeSet<String> failed = new TreeSet<>();
    Matcher matcher = ASSERTION.matcher(compiled.text);
    while (matcher.find()) {
      failed.add(matcher.group(1));
    }
    if (compiled.status != 0 && failed.isEmpty()) {
      throw new IOException("zig cc failed:\n" + compiled.text);
    }
    List<Comparison.Item> items = new ArrayList<>();
    List<String> differences = new ArrayList<>();
    for (Assertion assertion : assertions) {
      boolean differs = failed.contains(assertion.name);
      List<String> confirmedBy = differs ? List.of() : CONFIRMED;
      items.add(new Comparison.Item(assertion.name, assertion.value, confirmedBy));
      if (differs) {
        differences.add(assertion.message);
      }
    }
    symbols(table, target, items, differences);
    return new Result(items, differences);
  }

  private static void values(SystemTable table, List<Assertion> assertions) {
    for (SystemTable.Value value : table.values()) {
      String name = value.name();
      String cName = value.cName();
      if (value.value() == null) {
        String code = "#ifdef %s\n_Static_assert(0, \"%s\");\n#endif\n".formatted(cName, name);
        assertions.add(
            new Assertion(name, "none", code, name + " is defined, which the table lacks"));
      } else {
        int number = value.value().intValue();
        String code =
            "#ifdef %s\n_Static_assert((int) (%s) == (int) %dLL, \"%s\");\n#else\n%s#endif\n"
                .formatted(cName, cName, number, name, "_Static_assert(0, \"" + name + "\");\n");
        String message = cName + " is not " + number + ", as in the table, or is not defined";
        assertions.add(new Assertion(name, String.valueOf(number), code, message));
      }
    }
  }

  private static void layouts(SystemTable table, List<Assertion> assertions) {
    Map<String, String> types = new HashMap<>();
    for (SystemTable.Layout layout : table.layouts()) {
      types.put(layout.name(), layout.cName());
      if (layout.size() != null) {
        add(assertions, layout.name() + " size", "sizeof(" + layout.cName() + ")", layout.size());
      }
    }
    for (SystemTable.Member member : table.members()) {
      String type = types.get(member.layout());
      String field = member.cName();
      if (member.offset() != null && member.width() != null) {
        String offset = "__builtin_offsetof(" + type + ", " + field + ")";
        add(assertions, member.name() + " offset", offset, member.offset());
        String width = "sizeof(((" + type + " *) 0)->" + field + ")";
        add(assertions, member.name() + " width", width, member.width());
      }
    }
    int data = table.controlDataOffset();
    add(assertions, "control data", "CMSG_LEN(0)", data);
    add(assertions, "control alignment", "CMSG_SPACE(1)", data + table.controlAlignment());
  }

  private static void add(List<Assertion> assertions, String name, String expression, int value) {
    String code = "_Static_assert(%s == %d, \"%s\");\n".formatted(expression, value, name);
    String message = name + " is not " + value + ": " + expression;
    assertions.add(new Assertion(name, String.valueOf(value), code, message));
  }

  private void symbols(
      SystemTable table, String target, List<Comparison.Item> items, List<String> differences)
      throws IOException, InterruptedException {
    TreeSet<String> functions = new TreeSet<>(FUNCTIONS);
    functions.addAll(table.symbols().keySet());
    StringBuilder text = new StringBuilder(INCLUDES);
    for (String function : functions) {
      text.append("void *address_of_%s = (void *) %s;\n".formatted(function, function));
    }
    Output compiled = compile(target, text.toString());
    if (compiled.status != 0) {
      throw new IOException("zig cc failed:\n" + compiled.text);
    }
    Map<String, String> found = new HashMap<>();
    Matcher matcher = SYMBOL.matcher(Files.readString(assembly()));
    while (matcher.find()) {
      found.put(matcher.group(1), matcher.group(2));
    }
    for (String function : functions) {
      String symbol = table.symbols().getOrDefault(function, function);
      boolean same = symbol.equals(found.get(function));
      items.add(new Comparison.Item(function + " symbol", symbol, same ? CONFIRMED : List.of()));
      if (!same) {
        differences.add(function + " has the symbol " + found.get(function) + ", not " + symbol);
      }
    }
  }

  private Path assembly() {
    return scratch.resolve("table.s");
  }

  private record Output(int status, String text) {}

  private Output compile(String target, String text) throws IOException, InterruptedException {
    Files.createDirectories(scratch);
    Path source = scratch.resolve("table.c");
    Path log = scratch.resolve("log");
    Files.writeString(source, text);
    List<String> command =
        new ArrayList<>(List.of(zig.toString(), "cc", "-target", target, "-w", "-ferror-limit=0"));
    command.addAll(List.of("-S", "-o", assembly().toString(), source.toString()));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    String cache = scratch.resolve("cache").toAbsolutePath().toString();
    builder.environment().put("ZIG_GLOBAL_CACHE_DIR", cache);
    builder.environment().put("ZIG_LOCAL_CACHE_DIR", cache);
    Process process = builder.start();
    if (!process.waitFor(COMPILER_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      throw new IOException("zig took more than " + COMPILER_SECONDS + " s");
    }
    return new Output(process.exitValue(), Files.readString(log, UTF_8));
  }
}
