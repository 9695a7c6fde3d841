package dev.pollux.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A C program as a child process that answers one line for each line.
 *
 * <p>Between two questions it is blocked in a read, so it takes no time from what is measured
 * meanwhile.
 *
 * <p>Ownership: close ends the process. Threads: one. Blocking: {@link #ask} until the answer.
 */
final class CProgram implements AutoCloseable {

  private static final List<String> COMPILE = List.of("gcc", "-O2", "-pthread");

  private final Process process;
  private final BufferedWriter input;
  private final BufferedReader output;

  private CProgram(Process process) {
    this.process = process;
    this.input = process.outputWriter(StandardCharsets.UTF_8);
    this.output = process.inputReader(StandardCharsets.UTF_8);
  }

  /** Whether C programs can be compiled here. */
  static boolean isAvailable() {
    return Machine.command(COMPILE.getFirst()).isPresent();
  }

  /** The compiler and its options, for the reports. */
  static String compiler() {
    return String.join(" ", COMPILE);
  }

  /** Compiles {@code src/main/c/NAME.c} into a folder. */
  static Path compile(String name, Path folder) throws IOException {
    Path binary = folder.resolve(name);
    List<String> command = new ArrayList<>(COMPILE);
    command.addAll(List.of(source(name + ".c").toString(), "-o", binary.toString()));
    Process gcc = new ProcessBuilder(command).redirectErrorStream(true).start();
    String messages;
    try (BufferedReader reader = gcc.inputReader(StandardCharsets.UTF_8)) {
      messages = String.join(" | ", reader.readAllLines());
    }
    if (Machine.exitCode(gcc) != 0) {
      throw new IOException(String.join(" ", command) + " failed: " + messages);
    }
    return binary;
  }

  /**
   * Starts a program.
   *
   * @param command the program and its arguments
   * @param processor the processor it is tied to, if any
   */
  static CProgram start(List<String> command, OptionalInt processor) throws IOException {
    return new CProgram(
        new ProcessBuilder(Machine.tied(command, processor))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
  }

  /** Sends a line and returns the answer, without its {@code ok}. */
  String ask(String line) throws IOException {
    input.write(line);
    input.newLine();
    input.flush();
    String answer = output.readLine();
    if (answer == null) {
      throw new IOException("the C program ended when asked to: " + line);
    }
    return payload(answer);
  }

  /** What follows {@code ok}; an {@code error}, or anything else, is thrown. */
  static String payload(String answer) throws IOException {
    if (answer.startsWith("ok ")) {
      return answer.substring(3);
    }
    if (answer.equals("ok")) {
      return "";
    }
    throw new IOException(
        "the C program says: "
            + (answer.startsWith("error ") ? answer.substring(6) : "'" + answer + "'"));
  }

  /** The folder of this Maven module, found from the jar or the classes that run. */
  static Optional<Path> moduleFolder() {
    CodeSource code = CProgram.class.getProtectionDomain().getCodeSource();
    if (code == null) {
      return Optional.empty();
    }
    try {
      Path folder = Path.of(code.getLocation().toURI());
      while (folder != null && !Files.isDirectory(folder.resolve("src/main/c"))) {
        folder = folder.getParent();
      }
      return Optional.ofNullable(folder);
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  private static Path source(String name) throws IOException {
    return moduleFolder()
        .map(folder -> folder.resolve("src/main/c").resolve(name))
        .filter(Files::isRegularFile)
        .orElseThrow(() -> new IOException("src/main/c/" + name + " is not beside the jar"));
  }

  @Override
  public void close() throws IOException {
    try {
      input.close(); // the end of its input ends it
    } finally {
      try {
        int _ = Machine.exitCode(process);
      } finally {
        output.close();
      }
    }
  }
}
