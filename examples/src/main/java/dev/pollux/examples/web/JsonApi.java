package dev.pollux.examples.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import dev.pollux.http.HttpException;
import dev.pollux.http.HttpRequest;
import dev.pollux.http.HttpResponse;
import dev.pollux.http.Router;
import dev.pollux.loop.EventLoop;
import dev.pollux.sys.SysException;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Books in JSON: listed, shown and put. They belong to the one loop: no lock. */
public final class JsonApi {

  private static final int MAX_BYTES = 10_000;

  private record Book(String title, int year) {}

  private final Gson gson = new Gson();
  private final SortedMap<String, Book> books = new TreeMap<>();

  private void show(HttpRequest request, HttpResponse response) {
    Book book = books.get(request.parameter("id"));
    json(response.status(book == null ? 404 : 200), book);
  }

  private void put(HttpRequest request, HttpResponse response) throws Exception {
    String id = request.parameter("id");
    request.body().whole(MAX_BYTES, json -> json(response, put(id, UTF_8.decode(json).toString())));
  }

  private Book put(String id, String json) {
    try {
      Book book = Objects.requireNonNull(gson.fromJson(json, Book.class));
      return books.merge(id, book, (_, next) -> next);
    } catch (JsonParseException | NullPointerException e) {
      throw new HttpException(400, "this is no book");
    }
  }

  private void json(HttpResponse response, @Nullable Object value) {
    response.type("application/json").send(gson.toJson(value));
  }

  /** Takes a port. */
  public static void main(String[] args) throws SysException {
    JsonApi api = new JsonApi();
    Router routes = new Router().get("/books", (_, answer) -> api.json(answer, api.books));
    routes.get("/books/{id}", api::show).put("/books/{id}", api::put);
    try (EventLoop loop = EventLoop.open()) {
      Web.serve(loop, args, routes);
    }
  }
}
