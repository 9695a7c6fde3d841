package dev.pollux.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ChildIT {

  private static final long PATIENCE_SECONDS = 30;

  /** A JVM with a child that would not end by itself, whose number it prints. */
  public static final class Parent {

    private Parent() {}

    /** Starts the child and waits for its end. */
    public static void main(String[] args) throws Exception {
      try (Child child = Child.start(List.of("sleep", "1000"), OptionalInt.empty())) {
        System.out.println(child.pid());
        int _ = child.ended();
      }
    }
  }

  @Test
  void children_ofAProcessThatIsToldToEnd_endAsWell() throws Exception {
    Process parent =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Parent.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    ProcessHandle child = child(parent);
    try {
      assertTrue(child.isAlive());
      parent.destroy();
      assertTrue(parent.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "the parent does not end");
      var _ = child.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertEquals(false, child.isAlive());
    } finally {
      child.destroyForcibly();
      parent.destroyForcibly();
    }
  }

  private static ProcessHandle child(Process parent) throws IOException {
    BufferedReader output = parent.inputReader(StandardCharsets.UTF_8);
    return ProcessHandle.of(Long.parseLong(output.readLine())).orElseThrow();
  }
}
