package dev.pollux.http.files;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.http.HttpCall;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** All conditions, and which of them count. Source: RFC 9110, 13.1 and 13.2.2. */
class ConditionsTest {

  private static final String SAME = "Sun, 06 Nov 1994 08:49:37 GMT";
  private static final String BEFORE = "Sun, 06 Nov 1994 08:49:36 GMT";
  private static final String AFTER = "Sun, 06 Nov 1994 08:49:38 GMT";
  private static final Validators FILE = new Validators("\"a\"", false, 784111777);

  /** Each as "Name: value", without those that are "-". */
  private static String result(String... lines) {
    HttpCall call = HttpCall.get("/");
    for (String line : lines) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        call = call.withField(line.substring(0, colon), line.substring(colon + 1).strip());
      }
    }
    return call.to(
            (request, response) -> response.send(Conditions.of(request.fields(), FILE).name()))
        .text();
  }

  private static String field(String name, String value) {
    return switch (value) {
      case "-" -> "";
      case "same" -> name + ": " + SAME;
      case "before" -> name + ": " + BEFORE;
      case "after" -> name + ": " + AFTER;
      case "bad" -> name + ": yesterday";
      case "hit" -> name + ": \"a\"";
      case "miss" -> name + ": \"b\"";
      case "weak" -> name + ": W/\"a\"";
      default -> name + ": " + value;
    };
  }

  /** Each alone: 13.1.1 to 13.1.4. */
  @ParameterizedTest
  @CsvSource({
    "If-Match, hit, GO_ON",
    "If-Match, miss, FAILED",
    "If-Match, weak, FAILED",
    "If-Match, *, GO_ON",
    "If-Match, bad, FAILED",
    "If-None-Match, hit, NOT_MODIFIED",
    "If-None-Match, weak, NOT_MODIFIED",
    "If-None-Match, miss, GO_ON",
    "If-None-Match, *, NOT_MODIFIED",
    "If-None-Match, bad, GO_ON",
    "If-Modified-Since, same, NOT_MODIFIED",
    "If-Modified-Since, after, NOT_MODIFIED",
    "If-Modified-Since, before, GO_ON",
    "If-Modified-Since, bad, GO_ON",
    "If-Unmodified-Since, same, GO_ON",
    "If-Unmodified-Since, after, GO_ON",
    "If-Unmodified-Since, before, FAILED",
    "If-Unmodified-Since, bad, GO_ON",
    "If-Other, hit, GO_ON",
  })
  void one_counts(String name, String value, String result) {
    assertEquals(result, result(field(name, value)));
  }

  /** 13.2.2: all pairs of those that are met and not. */
  @Test
  void precedence_ofAllOfThem() {
    String[] tags = {"-", "hit", "miss"};
    String[] dates = {"-", "after", "before", "bad"};
    for (String match : tags) {
      for (String unmodified : dates) {
        for (String none : tags) {
          for (String modified : dates) {
            String expected;
            if (match.equals("miss") || (match.equals("-") && unmodified.equals("before"))) {
              expected = "FAILED"; // steps 1 and 2
            } else if (none.equals("hit") || (none.equals("-") && modified.equals("after"))) {
              expected = "NOT_MODIFIED"; // steps 3 and 4
            } else {
              expected = "GO_ON";
            }
            String found =
                result(
                    field("If-Modified-Since", modified),
                    field("If-None-Match", none),
                    field("If-Unmodified-Since", unmodified),
                    field("If-Match", match));
            assertEquals(expected, found, String.join(" ", match, unmodified, none, modified));
          }
        }
      }
    }
  }

  @Test
  void lines_ofTags_areOneList() {
    assertEquals("GO_ON", result("If-Match: \"b\"", "if-match: \"a\""));
    assertEquals("NOT_MODIFIED", result("If-None-Match: \"b\"", "If-None-Match: W/\"a\""));
    assertEquals("GO_ON", result("If-None-Match: \"b", "If-None-Match: \"a\""));
  }

  /** 13.1.3: "more than one member" is no date; an empty field is there, and is no date or tag. */
  @Test
  void dates_moreThanOne_areNone() {
    assertEquals("GO_ON", result("If-Modified-Since: " + AFTER, "If-Modified-Since: " + AFTER));
    assertEquals(
        "GO_ON", result("If-Unmodified-Since: " + BEFORE, "If-Unmodified-Since: " + BEFORE));
    assertEquals("GO_ON", result("If-Modified-Since: "));
    assertEquals("GO_ON", result("If-None-Match: ", "If-Modified-Since: " + AFTER));
    assertEquals("FAILED", result("If-Match: "));
  }
}
