package dev.pollux.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A connection to a service as Http11Probe wants one, by the Router: {@code /} says OK and sends
 * back what is posted, {@code /echo} says what fields it got, {@code /cookie} what cookies.
 *
 * <p>What is observed of a step is said so: {@code STATUS… kept|closed|reset; for METHOD TARGET;
 * …}. Without an answer the status is {@code nothing}; {@code for} names each request that the
 * handler was asked, and there may be none. Behind it stands what the table asks for: {@code
 * content …}, a field of the answer ({@code Name: value}, {@code has Name}, {@code no Name}), what
 * the handler saw ({@code sees Name: value}, {@code sees no Name}, {@code host …}, {@code cookie
 * a=b}), and what comes {@code after N s} and not before, or {@code within N s}.
 */
final class ProbeRun implements AutoCloseable {

  private static final int PIECE_BYTES = 1 << 13;
  private static final Duration ALMOST = Duration.ofMillis(1);
  private static final Pattern AFTER = Pattern.compile("(.*) (after|within) (\\d+) s");

  final List<String> asked = new ArrayList<>();
  private final HttpWire wire;
  private final Map<String, String> seen = new TreeMap<>();
  private String host = "";
  private Map<String, String> cookies = Map.of();

  // Of the last step:
  private final List<String> statuses = new ArrayList<>();
  private String head = "";
  private String content = "";

  ProbeRun() {
    Router router =
        new Router()
            .get("/", (_, response) -> response.send("OK"))
            .post("/", this::post)
            .get("/echo", ProbeRun::echo)
            .post("/echo", ProbeRun::echo)
            .get("/cookie", (_, response) -> response.send(cookies.toString()));
    wire =
        HttpWire.to((request, response) -> {
          note(request);
          router.handle(request, response);
        });
  }

  private void note(HttpRequest request) {
    asked.add(request.method() + " " + request.target());
    host = request.host();
    seen.clear();
    note(request.fields());
    cookies = Cookies.parse(String.join("; ", request.fields().all("Cookie"))).all();
  }

  private void note(HttpFields fields) {
    for (int i = 0; i < fields.count(); i++) {
      seen.merge(fields.name(i), fields.value(i), (a, b) -> a + ", " + b);
    }
  }

  private void post(HttpRequest request, HttpResponse response) throws Exception {
    request
        .body()
        .whole(body -> {
          note(request.body().trailers());
          response.send(body);
        });
  }

  private static void echo(HttpRequest request, HttpResponse response) {
    StringBuilder lines = new StringBuilder();
    HttpFields fields = request.fields();
    for (int i = 0; i < fields.count(); i++) {
      lines.append(fields.name(i)).append(": ").append(fields.value(i)).append('\n');
    }
    response.send(lines.toString());
  }

  /** Sends bytes, as long as the connection takes some, in pieces that end at these places too. */
  ProbeRun send(byte[] bytes, int... ends) {
    int at = 0;
    for (int i = 0; at < bytes.length && !isOver(); ) {
      int next = i < ends.length ? ends[i++] : bytes.length;
      while (at < next && !isOver()) {
        int end = Math.min(next, at + PIECE_BYTES);
        wire.write(Arrays.copyOfRange(bytes, at, end)).turn();
        at = end;
      }
    }
    return this;
  }

  boolean isOver() {
    return wire.isEnded() || wire.isReset();
  }

  /** What came of a step, in the words of what is expected of it. */
  String observe(String expected) {
    List<String> before = List.copyOf(asked);
    asked.clear();
    read(before);
    List<String> found = new ArrayList<>();
    found.add(end());
    before.forEach(request -> found.add("for " + request));
    String[] parts = expected.split("; ", -1);
    for (int i = 1; i < parts.length; i++) {
      if (!parts[i].startsWith("for ")) {
        found.add(found(parts[i]));
      }
    }
    return String.join("; ", found);
  }

  private String end() {
    String end = wire.isReset() ? " reset" : wire.isEnded() ? " closed" : " kept";
    return (statuses.isEmpty() ? "nothing" : String.join(" ", statuses)) + end;
  }

  /** What is so instead of what is expected, in the same words. */
  private String found(String part) {
    Matcher after = AFTER.matcher(part);
    if (after.matches()) {
      return foundIn(after.group(2), Duration.ofSeconds(Integer.parseInt(after.group(3))));
    }
    if (part.startsWith("content ") || part.equals("no content")) {
      return content.isEmpty() ? "no content" : "content " + content;
    }
    if (part.startsWith("host ") || part.equals("no host")) {
      return host.isEmpty() ? "no host" : "host " + host;
    }
    if (part.startsWith("cookie ")) {
      String name = part.substring("cookie ".length(), part.indexOf('='));
      return "cookie " + name + "=" + cookies.get(name);
    }
    if (part.equals("no cookie")) {
      return cookies.isEmpty() ? part : "cookies " + cookies;
    }
    if (part.startsWith("sees ")) {
      return "sees " + field(part.substring("sees ".length()), seen);
    }
    return part.startsWith("has ") ? has(part.substring(4)) : field(part, fields());
  }

  private String has(String name) {
    return (fields().containsKey(name) ? "has " : "no ") + name;
  }

  private String foundIn(String when, Duration time) {
    wire.pass(time.minus(ALMOST));
    boolean isEarly = when.equals("after") && isOver();
    wire.pass(ALMOST);
    read(List.of());
    return end() + (isEarly ? " before " : " " + when + " ") + time.toSeconds() + " s";
  }

  private static String field(String part, Map<String, String> fields) {
    boolean isNone = part.startsWith("no ");
    String name = isNone ? part.substring(3) : part.substring(0, part.indexOf(": "));
    String value = fields.get(name);
    return value == null ? "no " + name : name + ": " + value;
  }

  private Map<String, String> fields() {
    Map<String, String> fields = new TreeMap<>();
    for (String line : head.split("¶", -1)) {
      int mark = line.indexOf(": ");
      if (mark > 0) {
        fields.put(line.substring(0, mark), line.substring(mark + 2));
      }
    }
    return fields;
  }

  /** Takes apart the answers that came, to these requests. */
  private void read(List<String> requests) {
    statuses.clear();
    head = "";
    content = "";
    int answers = 0;
    for (String rest = wire.readRaw(); !rest.isEmpty(); ) {
      int end = rest.indexOf("¶¶") + 2;
      head = rest.substring(0, end);
      String status = head.substring("HTTP/1.1 ".length(), "HTTP/1.1 200".length());
      statuses.add(status);
      boolean isHead = answers < requests.size() && requests.get(answers).startsWith("HEAD ");
      answers += status.startsWith("1") ? 0 : 1;
      String length = isHead ? null : fields().get("Content-Length");
      int size = length == null ? 0 : Integer.parseInt(length);
      content = rest.substring(end, end + size);
      rest = rest.substring(end + size);
    }
  }

  /** Whether the last answer said that the connection ends. */
  boolean saysClose() {
    return "close".equals(fields().get("Connection"));
  }

  List<String> reported() {
    return wire.reported;
  }

  @Override
  public void close() {
    wire.close();
  }
}
