package dev.pollux.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** A service of several routes, and what a request tells of its path, query, form and cookies. */
class RouterTest {

  private static HttpHandler saying(String text) {
    return (_, response) -> response.send(text);
  }

  private final Router router =
      new Router()
          .get("/", saying("root"))
          .get(
              "/hello/{name}",
              (request, response) -> response.send("Hello " + request.parameter("name")))
          .post("/hello/{name}", saying("posted"))
          .get("/files/{path...}", (request, response) -> response.send(request.parameter("path")));

  @Test
  void request_goesToItsRoute() {
    assertEquals("root", HttpCall.get("/").to(router).text());
    assertEquals("root", HttpCall.get("/?a=b").to(router).text());
    assertEquals("Hello Ann", HttpCall.get("/hello/Ann").to(router).text());
    assertEquals("Hello a/b ü", HttpCall.get("/hello/a%2Fb%20%C3%BC").to(router).text());
    assertEquals("posted", HttpCall.post("/hello/x", "").to(router).text());
    assertEquals("a/b/", HttpCall.get("/files/a/b/").to(router).text());
    assertEquals("Hello Ann", HttpCall.get("http://h/hello/Ann").to(router).text());
    assertEquals("root", HttpCall.get("http://h").to(router).text());
  }

  @Test
  void noRoute_is404_unlessItIsSaidOtherwise() {
    assertEquals(404, HttpCall.get("/none").to(router).status());
    assertEquals(404, HttpCall.get("/hello/a/b").to(router).status());
    Router other = new Router().otherwise(saying("else"));
    assertEquals("else", HttpCall.get("/none").to(other).text());
  }

  @Test
  void otherMethod_is405_andOptionsTellWhichThereAre() {
    HttpAnswer answer = HttpCall.of("DELETE", "/hello/Ann").to(router);
    assertEquals(405, answer.status());
    assertEquals("GET, HEAD, POST, OPTIONS", answer.field("Allow"));
    HttpAnswer options = HttpCall.of("OPTIONS", "/hello/Ann").to(router);
    assertEquals(204, options.status());
    assertEquals("GET, HEAD, POST, OPTIONS", options.field("Allow"));
    assertEquals(204, HttpCall.of("OPTIONS", "*").to(router).status());
    assertEquals(404, HttpCall.of("OPTIONS", "/none").to(router).status());
    assertEquals(501, HttpCall.of("CONNECT", "h:443").to(router).status());
  }

  @Test
  void head_goesToGet() {
    HttpAnswer answer = HttpCall.of("HEAD", "/hello/Ann").to(router);
    assertEquals(200, answer.status());
    assertEquals("", answer.text());
  }

  @Test
  void path_ofTwoMeanings_is400() {
    for (String path : new String[] {"/files/../x", "/files/%2e%2E/x", "//", "/a//b", "/%C3%28"}) {
      assertEquals(400, HttpCall.get(path).to(router).status(), path);
    }
  }

  @Test
  void routes_areAddedBeforeTheFirstRequest() {
    var _ = HttpCall.get("/").to(router);
    HttpHandler late = saying("late");
    assertThrows(IllegalStateException.class, () -> router.get("/late", late));
    assertThrows(IllegalStateException.class, () -> router.otherwise(late));
    Router two = new Router().get("/{a}", late);
    assertThrows(IllegalArgumentException.class, () -> two.get("/{b}", late));
  }

  @Test
  void parameter_unknown_isSaid() {
    HttpHandler asking = (request, response) -> response.send(request.parameter("nmae"));
    Router wrong = new Router().get("/{name}", asking);
    Throwable thrown =
        assertThrows(IllegalStateException.class, () -> HttpCall.get("/x").to(wrong)).getCause();
    assertTrue(thrown.getMessage().contains("nmae") && thrown.getMessage().contains("[name]"));
  }

  @Test
  void query_isDecoded() {
    HttpHandler asking =
        (request, response) -> response.send(String.valueOf(request.queryFields().first("q")));
    assertEquals("a b&c", HttpCall.get("/?x=1&q=a+b%26c").to(asking).text());
    assertEquals("null", HttpCall.get("/").to(asking).text());
    assertEquals(400, HttpCall.get("/?q=%C3%28").to(asking).status());
  }

  @Test
  void form_isRead() {
    HttpHandler asking =
        (request, response) -> request.body().form(form -> response.send(form.first("a") + ""));
    HttpCall post = HttpCall.post("/", "a=1+2&b=3");
    String type = "application/x-www-form-urlencoded";
    assertEquals("1 2", post.withField("Content-Type", type).to(asking).text());
    assertEquals("1 2", post.withField("Content-Type", type + "; charset=utf-8").to(asking).text());
    assertEquals(415, post.to(asking).status());
    assertEquals(415, post.withField("Content-Type", "text/plain").to(asking).status());
    HttpCall wrong = HttpCall.post("/", "a=%z").withField("Content-Type", type);
    assertEquals(400, wrong.to(asking).status());
  }

  @Test
  void cookies_areReadAndSet() {
    HttpHandler counting =
        (request, response) -> {
          String seen = request.cookie("seen");
          int times = seen == null ? 0 : Integer.parseInt(seen);
          response.cookie(Cookie.of("seen", Integer.toString(times + 1))).send("" + times);
        };
    HttpAnswer first = HttpCall.get("/").to(counting);
    assertEquals("0", first.text());
    String set = first.field("Set-Cookie");
    assertTrue(set.startsWith("seen=1;"), set);
    HttpCall again = HttpCall.get("/").withField("Cookie", "a=b").withField("Cookie", "seen=1");
    assertEquals("1", again.to(counting).text());
  }

  @Test
  void redirect_tellsWhere() {
    HttpHandler moved = (_, response) -> response.redirect(308, "/new?a=b");
    HttpAnswer answer = HttpCall.get("/old").to(moved);
    assertEquals(308, answer.status());
    assertEquals("/new?a=b", answer.field("location"));
  }

  @Test
  void multipart_isReadPartByPart() {
    HttpHandler upload =
        (request, response) ->
            request
                .body()
                .multipart(
                    new MultipartHandler() {
                      final StringBuilder seen = new StringBuilder();

                      @Override
                      public void part(PartHead head) {
                        seen.append(head.name()).append('/').append(head.fileName()).append(':');
                      }

                      @Override
                      public void data(ByteBuffer data) {
                        seen.append(US_ASCII.decode(data));
                      }

                      @Override
                      public void partEnd() {
                        seen.append(';');
                      }

                      @Override
                      public void end() {
                        response.send(seen.toString());
                      }
                    });
    String form =
        """
        --x
        Content-Disposition: form-data; name="a"

        1
        --x
        Content-Disposition: form-data; name="f"; filename="n.txt"

        file
        --x--
        """
            .replace("\n", "\r\n");
    HttpCall post = HttpCall.post("/", form);
    String type = "multipart/form-data; boundary=x";
    assertEquals("a/null:1;f/n.txt:file;", post.withField("Content-Type", type).to(upload).text());
    assertEquals(
        "a/null:1;f/n.txt:file;",
        post.withField("Content-Type", type).withPieces(1).to(upload).text());
    assertEquals(415, post.withField("Content-Type", "text/plain").to(upload).status());
    assertEquals(400, post.withField("Content-Type", "multipart/form-data").to(upload).status());
    assertEquals(400, post.withField("Content-Type", type + "y").to(upload).status());
    assertEquals(
        400, HttpCall.post("/", "--x").withField("Content-Type", type).to(upload).status());
  }
}
