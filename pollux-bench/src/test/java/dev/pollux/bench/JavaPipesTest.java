package dev.pollux.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.poll.Backend;
import dev.pollux.sys.NativeSys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class JavaPipesTest {

  @ParameterizedTest
  @EnumSource(Backend.class)
  void run_onEachBackend_readsActivePlusWrittenBytes(Backend backend) throws IOException {
    JavaPipes.Spec spec = new JavaPipes.Spec(backend, 20, 5, 7, 2, 3, 4);
    long before = openDescriptors();
    String[] answer = JavaPipes.measure(NativeSys.open(), spec).split(" ", -1);
    assertEquals((5 + 7) * 3, Integer.parseInt(answer[0]));
    assertEquals(3 + 3, answer.length);
    assertTrue(Integer.parseInt(answer[2]) >= 3 * 3, "12 bytes by batches of 4: " + answer[2]);
    assertEquals(before, openDescriptors());
  }

  @ParameterizedTest
  @EnumSource(Backend.class)
  void run_withOnePairAndNoWrites_readsOneByte(Backend backend) throws IOException {
    JavaPipes.Spec spec = new JavaPipes.Spec(backend, 1, 1, 0, 0, 1, 1);
    assertTrue(JavaPipes.measure(NativeSys.open(), spec).startsWith("1 "));
  }

  private static long openDescriptors() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      return files.count();
    }
  }
}
