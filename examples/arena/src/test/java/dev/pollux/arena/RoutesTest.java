package dev.pollux.arena;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.pollux.http.HttpAnswer;
import dev.pollux.http.HttpCall;
import dev.pollux.http.HttpHandler;
import dev.pollux.model.Fault;
import dev.pollux.model.Faults;
import dev.pollux.model.ModelSys;
import dev.pollux.sys.SysException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What each path is answered by, without a server. */
class RoutesTest {

  private static final String SUM = "/baseline11?a=%d&b=%d";
  private static final long SEED = 11;

  private final Items items = own();
  private final HttpHandler routes = ArenaServer.routes(items);
  private final Random random = new Random(SEED);

  private static Items own() {
    try {
      return Items.ofOwn();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void numbersOfTheQuery_areAdded_alsoNegativeOnes() {
    assertText("55", HttpCall.get("/baseline11?a=13&b=42").to(routes));
    assertText("-29", HttpCall.get("/baseline11?b=-42&x=7&a=13").to(routes));
    assertText("13", HttpCall.get("/baseline11?a=%31%33").to(routes));
    assertText("0", HttpCall.get("/baseline11").to(routes));
    for (int i = 0; i < 100; i++) {
      int a = random.nextInt();
      int b = random.nextInt();
      assertText(String.valueOf((long) a + b), HttpCall.get(SUM.formatted(a, b)).to(routes));
    }
  }

  @Test
  void numberInTheBody_isAdded_inWhateverPiecesItComes() {
    for (int i = 0; i < 100; i++) {
      int a = random.nextInt();
      int b = random.nextInt();
      int body = random.nextInt();
      HttpCall call = HttpCall.post(SUM.formatted(a, b), String.valueOf(body));
      String sum = String.valueOf((long) a + b + body);
      assertText(sum, call.to(routes));
      assertText(sum, call.withPieces(1).to(routes));
    }
  }

  @Test
  void request_thatTheKernelGivesAByteAtATime_isAnsweredAlike() throws SysException {
    Faults faults = Faults.none().with(Fault.SHORT_READ, 1).with(Fault.SHORT_WRITE, 1);
    HttpCall get = HttpCall.get(SUM.formatted(13, 42));
    assertText("55", get.on(ModelSys.virtual(SEED, faults), routes));
    HttpCall post = HttpCall.post(SUM.formatted(13, 42), "20");
    assertText("75", post.on(ModelSys.virtual(SEED, faults), routes));
  }

  @Test
  void whatIsNoNumber_is400() {
    assertEquals(400, HttpCall.get("/baseline11?a=x&b=1").to(routes).status());
    assertEquals(400, HttpCall.get("/baseline11?a=9223372036854775807&b=1").to(routes).status());
    assertEquals(400, HttpCall.post("/baseline11?a=1&b=1", "twenty").to(routes).status());
    assertEquals(413, HttpCall.post("/baseline11?a=1&b=1", "1".repeat(65)).to(routes).status());
    assertEquals(400, HttpCall.get("/json/many?m=1").to(routes).status());
    assertEquals(400, HttpCall.get("/json/1?m=").to(routes).status());
  }

  @Test
  void pipeline_isOk() {
    assertText("ok", HttpCall.get("/pipeline").to(routes));
  }

  @Test
  void upload_isCounted() {
    for (int size : List.of(0, 1, 17, 48, random.nextInt(1 << 20), 2 << 20)) {
      byte[] body = new byte[size];
      random.nextBytes(body);
      HttpCall call = HttpCall.of("POST", "/upload").withBody(body).withPieces(4099);
      assertText(String.valueOf(size), call.to(routes));
    }
  }

  @Test
  void json_hasTheFirstItems_eachWithItsTotal() {
    for (int count : List.of(0, 1, 12, 22, 31, 50)) {
      int factor = 1 + random.nextInt(9);
      JsonObject answer = json(HttpCall.get("/json/" + count + "?m=" + factor).to(routes));
      assertEquals(List.of("items", "count"), List.copyOf(answer.keySet()));
      assertEquals(count, answer.get("count").getAsInt());
      JsonArray first = answer.getAsJsonArray("items");
      assertEquals(count, first.size());
      for (int i = 0; i < count; i++) {
        assertItem(items.all().get(i), factor, first.get(i).getAsJsonObject());
      }
    }
    assertEquals(
        json(HttpCall.get("/json/3").to(routes)), json(HttpCall.get("/json/3?m=1").to(routes)));
    assertEquals(404, HttpCall.get("/json/51?m=1").to(routes).status());
    assertEquals(404, HttpCall.get("/json/-1?m=1").to(routes).status());
  }

  @Test
  void json_ofAnotherFile_isWhatStandsThere_whateverItsCharacters(@TempDir Path folder)
      throws IOException {
    String item =
        """
        {"id":7,"name":"a\\"\\\\\\n\u20ac\\u0001","category":"","price":-3,"quantity":4000000000,\
        "active":false,"tags":["\u00fc","b"],"rating":{"score":0,"count":-1}}\
        """;
    Path file = Files.writeString(folder.resolve("items.json"), "[" + item + "]");
    HttpHandler other = ArenaServer.routes(Items.read(file));
    JsonObject expected = JsonParser.parseString(item).getAsJsonObject();
    expected.addProperty("total", -24_000_000_000L);
    JsonElement first = json(HttpCall.get("/json/1?m=2").to(other)).getAsJsonArray("items").get(0);
    assertEquals(expected, first);
  }

  @Test
  void otherPathsAndMethods_areNotServed() {
    assertEquals(404, HttpCall.get("/").to(routes).status());
    assertEquals(404, HttpCall.get("/baseline11/").to(routes).status());
    assertEquals(404, HttpCall.get("/static/nonexistent.txt").to(routes).status());
    assertEquals(405, HttpCall.of("DELETE", "/pipeline").to(routes).status());
    assertEquals(405, HttpCall.get("/upload").to(routes).status());
  }

  private static void assertItem(Items.Item item, long factor, JsonObject answer) {
    List<String> fields =
        List.of("id", "name", "category", "price", "quantity", "active", "tags", "rating", "total");
    assertEquals(fields, List.copyOf(answer.keySet()));
    assertEquals(item.id(), answer.get("id").getAsInt());
    assertEquals(item.name(), answer.get("name").getAsString());
    assertEquals(item.active(), answer.get("active").getAsBoolean());
    assertEquals(item.tags().size(), answer.getAsJsonArray("tags").size());
    assertEquals(item.rating().count(), answer.getAsJsonObject("rating").get("count").getAsInt());
    assertEquals(item.price() * item.quantity() * factor, answer.get("total").getAsLong());
  }

  private static JsonObject json(HttpAnswer answer) {
    assertEquals(200, answer.status());
    assertEquals("application/json", answer.field("Content-Type"));
    String text = new String(answer.bytes(), StandardCharsets.UTF_8);
    return JsonParser.parseString(text).getAsJsonObject();
  }

  private static void assertText(String expected, HttpAnswer answer) {
    assertEquals(200, answer.status());
    assertTrue(String.valueOf(answer.field("Content-Type")).startsWith("text/plain"));
    assertEquals(expected, answer.text());
  }
}
