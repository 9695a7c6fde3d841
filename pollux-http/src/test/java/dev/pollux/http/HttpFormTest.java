package dev.pollux.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Forms and queries. */
class HttpFormTest {

  private static final int PROGRAMS = Integer.getInteger("pollux.http.programs", 20_000);
  private static final long SEED = Long.getLong("pollux.seed", 1);
  private static final String[] WORDS = {
    "a", "b", "AaAa", "BBBB", "AaBB", " ", "+", "&", "=", "%", "%41", "é", "😀", "\r\n", ";", "#"
  };

  private static String shown(HttpForm form) {
    return form.names().stream()
        .map(name -> name + ":" + form.all(name))
        .collect(Collectors.joining(" "));
  }

  private static String fields(int count) {
    return IntStream.range(0, count).mapToObj(i -> "a=" + i).collect(Collectors.joining("&"));
  }

  @ParameterizedTest
  @CsvSource({
    "'', '', 0",
    "a=1&b=2&a=3, 'a:[1, 3] b:[2]', 3",
    "b=1&a=2&b=3, 'b:[1, 3] a:[2]', 3",
    "a, a:[], 1",
    "a=, a:[], 1",
    "=a, :[a], 1",
    "=, :[], 1",
    "a=b=c, a:[b=c], 1",
    "&&a=1&&b&, 'a:[1] b:[]', 2",
    "&, '', 0",
    "a+b=c+d, 'a b:[c d]', 1",
    "a%3D%26=%3D%26, a=&:[=&], 1",
    "%61=1&a=2, 'a:[1, 2]', 2",
    "a;b=1;c, a;b:[1;c], 1"
  })
  void fields_areFoundInTheirOrder(String text, String shown, int size) {
    HttpForm form = HttpForm.parse(text);
    assertEquals(shown, shown(form));
    assertEquals(size, form.size());
  }

  @Test
  void name_isFound_orItIsNot() {
    HttpForm form = HttpForm.parse("a=1&b&a=3");
    assertEquals("1", form.first("a"));
    assertEquals(List.of("1", "3"), form.all("a"));
    assertEquals("", form.first("b"));
    assertEquals(List.of(""), form.all("b"));
    assertNull(form.first("A"));
    assertEquals(List.of(), form.all("c"));
  }

  @Test
  void form_changesNoMore() {
    HttpForm form = HttpForm.parse("a=1");
    assertThrows(UnsupportedOperationException.class, () -> form.all("a").add("2"));
    assertThrows(UnsupportedOperationException.class, () -> form.all("b").add("2"));
    assertThrows(UnsupportedOperationException.class, () -> form.names().remove("a"));
  }

  @Test
  void fields_atAndBeyondTheLimit() {
    assertEquals(1_000, HttpForm.parse(fields(1_000)).size());
    assertEquals(1_000, HttpForm.parse(fields(1_000) + "&&").size());
    assertEquals(
        "there are more than 1000 fields",
        assertThrows(IllegalArgumentException.class, () -> HttpForm.parse(fields(1_001)))
            .getMessage());
    assertEquals(1_001, HttpForm.parse(fields(1_001), 1_001).size());
    assertEquals(0, HttpForm.parse("&", 0).size());
    assertThrows(IllegalArgumentException.class, () -> HttpForm.parse("a", 0));
    assertEquals(
        "maxFields: -1 is negative",
        assertThrows(IllegalArgumentException.class, () -> HttpForm.parse("", -1)).getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "a=1&b=%, the % at 6 is followed by no two hexadecimal digits",
    "a%=1, the % at 1 is followed by no two hexadecimal digits",
    "a=%4&1, the % at 2 is followed by no two hexadecimal digits",
    "a=%C3&%A9, the bytes at 2 are no UTF-8",
    "a=%C3=%A9, the bytes at 2 are no UTF-8",
    "%00=1, the byte at 0 is NUL"
  })
  void field_thatIsNoText_isRefused(String text, String why) {
    assertEquals(
        why, assertThrows(IllegalArgumentException.class, () -> HttpForm.parse(text)).getMessage());
  }

  @Test
  void names_ofOneHash_areFound() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 512; i++) {
      String bits = Integer.toBinaryString(512 + i).substring(1);
      names.add(bits.replace("0", "Aa").replace("1", "BB"));
    }
    assertEquals(1, names.stream().mapToInt(String::hashCode).distinct().count());
    HttpForm form = HttpForm.parse(String.join("=1&", names));
    assertEquals(names, List.copyOf(form.names()));
    assertEquals("1", form.first(names.get(300)));
    assertEquals("", form.first(names.get(511)));
  }

  private static String word(Random random) {
    StringBuilder word = new StringBuilder();
    for (int i = random.nextInt(4); i > 0; i--) {
      word.append(WORDS[random.nextInt(WORDS.length)]);
    }
    return word.toString();
  }

  private static String written(String text, boolean byUs) {
    return byUs ? Percent.encode(text) : URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Test
  void fields_thatWereEncoded_comeBack() {
    for (int i = 0; i < PROGRAMS; i++) {
      long seed = SEED + i;
      Random random = new Random(seed);
      Map<String, List<String>> expected = new LinkedHashMap<>();
      StringBuilder text = new StringBuilder();
      for (int fields = random.nextInt(6); fields > 0; fields--) {
        String name = word(random);
        String value = word(random);
        boolean byUs = random.nextBoolean();
        expected.computeIfAbsent(name, _ -> new ArrayList<>()).add(value);
        text.append(written(name, byUs)).append('=').append(written(value, byUs)).append('&');
      }
      String what = "-Dpollux.seed=" + seed + " -Dpollux.http.programs=1: " + text;
      HttpForm form = HttpForm.parse(text.toString());
      Map<String, List<String>> found = new LinkedHashMap<>();
      form.names().forEach(name -> found.put(name, form.all(name)));
      assertEquals(expected.toString(), found.toString(), what);
      assertEquals(expected.values().stream().mapToInt(List::size).sum(), form.size(), what);
    }
  }
}
