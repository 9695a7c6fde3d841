package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.examples.BareLoop;
import dev.pollux.kqueue.Kqueue;
import dev.pollux.poll.Poller;
import dev.pollux.sys.Sys;
import java.io.File;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A loop where the JDK has its flight recorder, and where it has none: the module is optional. */
class RecorderModuleIT {

  private static final String LIBRARY =
      paths(EventLoop.class, Poller.class, Kqueue.class, Sys.class);
  private static final String PROGRAM = paths(BareLoop.class);

  @TempDir Path folder;

  @Test
  void classPath_withoutTheRecorder_runsALoop() throws Exception {
    assertEquals(
        "tasks: 1, recorder: false\n",
        run(
            "--limit-modules=java.base",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            PROGRAM + File.pathSeparator + LIBRARY));
  }

  @Test
  void modulePath_withoutTheRecorder_runsALoop() throws Exception {
    assertEquals(
        "tasks: 1, recorder: false\n", runModules("--limit-modules=java.base,dev.pollux.loop"));
  }

  @Test
  void modulePath_withARecording_hasTheLoopsEvents() throws Exception {
    Path file = folder.resolve("loop.jfr");
    String output =
        runModules(
            "-Xlog:jfr+startup=off",
            "-XX:StartFlightRecording:filename=" + file + ",+dev.pollux.LoopWait#enabled=true");
    assertTrue(output.endsWith("tasks: 1, recorder: true\n"), output);
    assertTrue(
        RecordingFile.readAllEvents(file).stream()
            .anyMatch(e -> e.getEventType().getName().equals("dev.pollux.LoopWait")));
  }

  /** Runs the program on the class path, and the library as modules. */
  private String runModules(String... options) throws Exception {
    List<String> all = new ArrayList<>(Arrays.asList(options));
    all.addAll(List.of("-p", LIBRARY, "--add-modules=dev.pollux.loop", "-cp", PROGRAM));
    all.add("--enable-native-access=dev.pollux.sys");
    return run(all.toArray(String[]::new));
  }

  private String run(String... options) throws Exception {
    Path output = folder.resolve("output");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:+UseSerialGC");
    command.addAll(Arrays.asList(options));
    command.add(BareLoop.class.getName());
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertTrue(process.waitFor(60, TimeUnit.SECONDS), "deadline missed: the child's end");
      return Files.readString(output, StandardCharsets.UTF_8);
    } finally {
      process.destroyForcibly();
    }
  }

  private static String paths(Class<?>... types) {
    return Stream.of(types)
        .map(t -> Path.of(URI.create(t.getProtectionDomain().getCodeSource().getLocation() + "")))
        .map(Path::toString)
        .collect(Collectors.joining(File.pathSeparator));
  }
}
