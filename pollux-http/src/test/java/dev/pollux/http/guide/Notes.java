package dev.pollux.http.guide;

import dev.pollux.http.HttpBlocking;
import dev.pollux.http.HttpBodyHandler;
import dev.pollux.http.HttpException;
import dev.pollux.http.HttpRequest;
import dev.pollux.http.HttpResponse;
import dev.pollux.http.Router;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.zip.CRC32;

/** Notes that are kept in memory. */
final class Notes {

  private final Map<String, String> notes = new ConcurrentSkipListMap<>();

  Router service() {
    return new Router()
        .get("/notes/{name}", this::show)
        .post("/notes", this::add)
        .post("/checksum", this::checksum)
        .get("/report", HttpBlocking.handler(this::report));
  }

  private void show(HttpRequest request, HttpResponse response) throws HttpException {
    String note = notes.get(request.parameter("name"));
    if (note == null) {
      throw new HttpException(404, "no such note");
    }
    response.send(note);
  }

  /** Of a form: the whole of it is waited for, up to the limit. */
  private void add(HttpRequest request, HttpResponse response) throws Exception {
    request
        .body()
        .form(form -> {
          String name = form.first("name");
          String text = form.first("text");
          if (name == null || text == null) {
            throw new HttpException(422, "a note has a name and a text");
          }
          notes.put(name, text);
          response.redirect(303, "/notes/" + URLEncoder.encode(name, StandardCharsets.UTF_8));
        });
  }

  /** Of whatever is sent, however much: nothing of it is kept. */
  private void checksum(HttpRequest request, HttpResponse response) throws Exception {
    CRC32 sum = new CRC32();
    request.body().stream(
        new HttpBodyHandler() {
          @Override
          public void data(ByteBuffer data) {
            sum.update(data);
          }

          @Override
          public void end() {
            response.send(Long.toHexString(sum.getValue()) + "\n");
          }
        });
  }

  /** In the blocking style, on a virtual thread: what is long waits for the client. */
  private void report(HttpBlocking exchange) throws IOException {
    exchange.type("text/csv");
    PrintWriter lines = new PrintWriter(exchange.output(), false, StandardCharsets.UTF_8);
    notes.forEach((name, text) -> lines.println(name + "," + text.length()));
    lines.flush();
  }
}
