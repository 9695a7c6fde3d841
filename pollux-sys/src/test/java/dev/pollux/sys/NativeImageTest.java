package dev.pollux.sys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The shapes of calls that a native image must be told of, beside those that are linked. */
class NativeImageTest {

  private static final Path LIBC = Path.of("src/main/java/dev/pollux/sys/Libc.java");
  private static final String METADATA =
      "/META-INF/native-image/dev.pollux/pollux-sys/reachability-metadata.json";

  /** The number of parameters, and which of them is the first variadic one. */
  private static final Pattern LINKED =
      Pattern.compile(
          "downcallHandle\\(longs\\(([^)]+)\\),CAPTURE"
              + "(?:,Linker\\.Option\\.firstVariadicArg\\((\\d)\\))?\\)");

  private static final int REGISTERS = 6;

  @Test
  void metadata_hasTheShapesThatAreLinked_andNoOther() throws IOException {
    List<String> linked =
        LINKED
            .matcher(withoutBlanks(Files.readString(LIBC)))
            .results()
            .map(NativeImageTest::shape)
            .toList();
    assertEquals(
        "{\"comment\":\"TheshapesofthecallsthatLibclinks:forGraalVM'snative-image.\","
            + "\"foreign\":{\"downcalls\":["
            + String.join(",", linked)
            + "]}}",
        withoutBlanks(metadata()));
  }

  @Test
  void callsAreLinked_inNoOtherPlace() throws IOException {
    try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
      List<Path> linking = sources.filter(NativeImageTest::links).toList();
      assertEquals(List.of(LIBC), linking);
    }
    assertEquals(4, Files.readString(LIBC).split("downcallHandle\\(", -1).length - 1);
  }

  private static String shape(MatchResult linked) {
    int parameters =
        switch (linked.group(1)) {
          case "REGISTERS" -> REGISTERS;
          case "1+REGISTERS" -> 1 + REGISTERS;
          default -> Integer.parseInt(linked.group(1));
        };
    String types = String.join(",", Stream.generate(() -> "\"jlong\"").limit(parameters).toList());
    String variadic = linked.group(2) == null ? "" : ",\"firstVariadicArg\":" + linked.group(2);
    return "{\"returnType\":\"jlong\",\"parameterTypes\":["
        + types
        + "],\"options\":{\"captureCallState\":true"
        + variadic
        + "}}";
  }

  private static boolean links(Path source) {
    try {
      return Files.isRegularFile(source) && Files.readString(source).contains("downcallHandle(");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String withoutBlanks(String text) {
    return text.replaceAll("\\s", "");
  }

  private static String metadata() throws IOException {
    try (var stream = NativeImageTest.class.getResourceAsStream(METADATA)) {
      return new String(stream.readAllBytes(), UTF_8);
    }
  }
}
