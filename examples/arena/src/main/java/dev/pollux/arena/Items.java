package dev.pollux.arena;

import com.google.gson.Gson;
import dev.pollux.http.HttpException;
import dev.pollux.http.HttpRequest;
import dev.pollux.http.HttpResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The data set, and its first items as JSON, each with a total that the request decides. */
final class Items {

  /** Of an item in the answer, about: room is made for more when it is needed. */
  private static final int ITEM_BYTES = 256;

  private final List<Item> items;

  private Items(List<Item> items) {
    this.items = items;
  }

  /** An item, as the data set has it. */
  record Item(
      int id,
      String name,
      String category,
      long price,
      long quantity,
      boolean active,
      List<String> tags,
      Rating rating) {}

  /** What an item is thought of. */
  record Rating(int score, int count) {}

  static Items read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return read(in);
    }
  }

  /** The data set of this program. */
  static Items ofOwn() throws IOException {
    try (InputStream in = Items.class.getResourceAsStream("dataset.json")) {
      return read(Objects.requireNonNull(in, "dataset.json"));
    }
  }

  private static Items read(InputStream in) {
    var text = new InputStreamReader(in, StandardCharsets.UTF_8);
    return new Items(List.of(new Gson().fromJson(text, Item[].class)));
  }

  List<Item> all() {
    return items;
  }

  void first(HttpRequest request, HttpResponse response) throws HttpException {
    int count = number(request.parameter("count"), 0);
    if (count < 0 || count > items.size()) {
      throw new HttpException(404, "there are " + items.size() + " items");
    }
    int factor = number(request.queryFields().first("m"), 1);
    JsonOutput out = new JsonOutput((count + 1) * ITEM_BYTES);
    write(items.subList(0, count), factor, out);
    response.type("application/json").send(out.content());
  }

  private static void write(List<Item> items, int factor, JsonOutput out) {
    out.raw("{\"items\":[");
    for (int i = 0; i < items.size(); i++) {
      out.raw(i == 0 ? "" : ",");
      write(items.get(i), factor, out);
    }
    out.raw("],\"count\":").number(items.size()).raw("}");
  }

  private static void write(Item item, int factor, JsonOutput out) {
    out.raw("{\"id\":").number(item.id());
    out.raw(",\"name\":").string(item.name());
    out.raw(",\"category\":").string(item.category());
    out.raw(",\"price\":").number(item.price());
    out.raw(",\"quantity\":").number(item.quantity());
    out.raw(",\"active\":").raw(item.active() ? "true" : "false");
    out.raw(",\"tags\":[");
    for (int i = 0; i < item.tags().size(); i++) {
      out.raw(i == 0 ? "" : ",").string(item.tags().get(i));
    }
    out.raw("],\"rating\":{\"score\":").number(item.rating().score());
    out.raw(",\"count\":").number(item.rating().count());
    out.raw("},\"total\":").number(item.price() * item.quantity() * factor).raw("}");
  }

  private static int number(@Nullable String text, int otherwise) throws HttpException {
    try {
      return text == null ? otherwise : Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new HttpException(400, "no number");
    }
  }
}
