package dev.pollux.http.guide;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.http.HttpCall;
import dev.pollux.http.HttpHandler;
import org.junit.jupiter.api.Test;

/** The guide's service does what the guide says. */
class NotesTest {

  private static final String FORM = "application/x-www-form-urlencoded";

  private final HttpHandler service = new Notes().service();

  private int add(String form) {
    return HttpCall.post("/notes", form).withField("Content-Type", FORM).to(service).status();
  }

  @Test
  void note_isAddedAndShown() {
    assertEquals(404, HttpCall.get("/notes/a").to(service).status());
    assertEquals(303, add("name=a&text=one+two"));
    assertEquals("one two", HttpCall.get("/notes/a").to(service).text());
    assertEquals(422, add("name=a"));
  }

  @Test
  void checksum_isOfAllThatIsSent() {
    HttpCall post = HttpCall.post("/checksum", "123456789");
    assertEquals("cbf43926\n", post.to(service).text());
    assertEquals("cbf43926\n", post.withPieces(2).to(service).text());
  }

  @Test
  void report_hasALineForEachNote() {
    assertEquals(303, add("name=a&text=1"));
    assertEquals(303, add("name=b&text=22"));
    assertEquals("a,1\nb,2\n", HttpCall.get("/report").to(service).text());
  }
}
