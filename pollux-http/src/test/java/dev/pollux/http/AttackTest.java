package dev.pollux.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests that were made to fool others, each split at every byte. */
class AttackTest {

  private static final int SHORT = 400; // bytes; longer ones are split at some places

  static Stream<Arguments> attacks() throws IOException {
    List<String> lines = Files.readAllLines(Path.of("src/test/resources/attacks.txt"));
    return lines.stream()
        .filter(line -> !line.startsWith("#"))
        .map(line -> Arguments.of((Object[]) line.split(" \\| ", 3)));
  }

  /** The bytes of a line of the table. */
  static byte[] bytes(String text) {
    String repeated =
        Pattern.compile("\\{(.*?)\\*([0-9]+)\\}")
            .matcher(text)
            .replaceAll(
                m -> Matcher.quoteReplacement(repeated(m.group(1), Integer.parseInt(m.group(2)))));
    StringBuilder bytes = new StringBuilder();
    for (int i = 0; i < repeated.length(); i++) {
      char c = repeated.charAt(i);
      if (c == '¶') {
        bytes.append("\r\n");
      } else if (c == '\\') {
        i++;
        switch (repeated.charAt(i)) {
          case 'r' -> bytes.append('\r');
          case 'n' -> bytes.append('\n');
          case 't' -> bytes.append('\t');
          case '0' -> bytes.append('\0');
          case 'x' -> {
            bytes.append((char) Integer.parseInt(repeated.substring(i + 1, i + 3), 16));
            i += 2;
          }
          default -> bytes.append(repeated.charAt(i));
        }
      } else {
        bytes.append(c);
      }
    }
    return bytes.toString().getBytes(ISO_8859_1);
  }

  private static String repeated(String text, int times) {
    return IntStream.range(0, times)
        .mapToObj(i -> text.replace("@", Integer.toString(i)))
        .collect(Collectors.joining());
  }

  private static String answer(Fast fast) {
    if (fast.status != 0) {
      return Integer.toString(fast.status);
    }
    return fast.outcome().requests().isEmpty() ? "wait" : "ok";
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("attacks")
  void attack_isAnsweredAsTheTableSays(String name, String answer, String text) {
    byte[] bytes = bytes(text);
    Fast whole = Fast.read(bytes, HttpLimits.DEFAULT, all -> all);
    assertEquals(answer, answer(whole), whole.problem);
    int step = bytes.length < SHORT ? 1 : bytes.length / 50;
    for (int first = 1; first < bytes.length; first += step) {
      int[] pieces = {first, bytes.length};
      int[] next = {0};
      Fast split = Fast.read(bytes, HttpLimits.DEFAULT, _ -> pieces[next[0]++ == 0 ? 0 : 1]);
      assertEquals(whole.outcome(), split.outcome(), name + " at " + first);
      assertEquals(whole.status, split.status, name + " at " + first);
    }
  }
}
