package dev.pollux.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.http.proxy.ProxyOptions;
import dev.pollux.http.proxy.ProxyWire;
import dev.pollux.http.wire.FieldParser;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Random bytes sent to a proxy, whatever the server behind does with bodies: it sees no request
 * that the reference does not see in front, each with the fields and the body that the reference
 * has; each is answered once, in order, by what was answered behind.
 */
class ProxyFuzzTest {

  private static final int PROGRAMS = Integer.getInteger("pollux.http.proxied", 1_000);
  private static final long SEED = Long.getLong("pollux.seed", 1);
  private static final String[] LINES = {
    "Connection: X, Host, Content-Length, Transfer-Encoding",
    "connection: keep-alive,te,  x-forwarded-for",
    "X-Forwarded-For: 6.6.6.6",
    "Forwarded: for=6.6.6.6",
    "X_Forwarded_For: 6.6.6.6",
    "Content_Length: 3",
    "TE: trailers, chunked",
    "Trailer: X",
    "Keep-Alive: timeout=5",
    "Upgrade: websocket",
    "Connection: upgrade",
    "Upgrade: h2c",
    "Proxy-Authorization: x",
    "Max-Forwards: 3",
    "Via: 1.0 x",
    "Content-Encoding: gzip",
    "Accept-Encoding: gzip",
  };

  /** What says where a request came from, and what is of one connection. */
  private static final Set<String> OWN =
      Set.of(
          "host,connection,keep-alive,te,trailer,transfer-encoding,content-length,upgrade,expect,"
              .concat("proxy-connection,proxy-authorization,proxy-authenticate,http2-settings,")
              .concat("forwarded,x-forwarded-for,x-forwarded-proto,x-forwarded-host,via")
              .split(","));

  /** The server behind: notes what it sees, and answers in one of the ways there are. */
  private static final class Behind implements HttpHandler {
    final Random random;
    final List<String> heads = new ArrayList<>(); // as they came
    final List<String> wholes = new ArrayList<>(); // with their bodies; empty if not asked for
    final List<Runnable> later = new ArrayList<>();

    Behind(Random random) {
      this.random = random;
    }

    @Override
    public void handle(HttpRequest request, HttpResponse response) throws Exception {
      int id = heads.size();
      response.field("X-Id", Integer.toString(id));
      heads.add(head(request));
      wholes.add("");
      switch (random.nextInt(6)) {
        case 0 -> response.send("deaf");
        case 1 ->
            request
                .body()
                .whole(body -> {
                  wholes.set(id, "whole " + ISO_8859_1.decode(body));
                  response.send("whole");
                });
        case 2 -> request.body().stream(new Echo(this, id, response));
        case 3 -> {
          response.later();
          later.add(() -> response.send("later"));
        }
        case 4 -> {
          response.later();
          response.begin("text/plain");
          later.add(() -> {
            response.write("begun");
            response.trailer("X-Sum", "1").end();
          });
        }
        default -> request.body().whole(_ -> later.add(() -> response.send("later")));
      }
    }

    private static String head(HttpRequest request) {
      List<Reference.Field> fields = new ArrayList<>();
      for (int i = 0; i < request.fields().count(); i++) {
        fields.add(new Reference.Field(request.fields().name(i), request.fields().value(i)));
      }
      return said(request.method(), request.target(), request.host(), fields, Set.of());
    }
  }

  /** Sends each piece back. */
  private static final class Echo implements HttpBodyHandler {
    final Behind behind;
    final int id;
    final HttpResponse response;
    final StringBuilder body = new StringBuilder();

    Echo(Behind behind, int id, HttpResponse response) {
      this.behind = behind;
      this.id = id;
      this.response = response;
    }

    @Override
    public void data(ByteBuffer data) {
      body.append(ISO_8859_1.decode(data.duplicate()));
      response.write(data);
    }

    @Override
    public void end() {
      behind.wholes.set(id, "whole " + body);
      response.end();
    }
  }

  private static String said(
      String method, String target, String host, List<Reference.Field> fields, Set<String> named) {
    StringBuilder said = new StringBuilder(method + " " + target + " at " + host);
    for (Reference.Field field : fields) {
      String small = field.name().toLowerCase(Locale.ROOT).replace('_', '-');
      boolean isCount = small.equals("max-forwards");
      if (!OWN.contains(small) && !named.contains(small) && !isCount) {
        said.append('|').append(field.name()).append('=').append(field.value());
      }
    }
    return said.toString();
  }

  /** What is behind is to see of a request; null if it is to see nothing. */
  private static String expected(Reference.Request request, String ownHost) {
    if (request.method().equals("CONNECT")) {
      return null;
    }
    String target = request.target();
    String host =
        request.fields().stream()
            .filter(field -> field.name().equalsIgnoreCase("host"))
            .map(Reference.Field::value)
            .findFirst()
            .orElse("");
    if (target.matches("(?i:https?)://.*")) {
      String rest = target.replaceFirst("(?i:https?)://", "");
      host = rest.replaceFirst("[/?].*", "");
      String path = rest.substring(host.length());
      boolean isOfAll = path.isEmpty() && request.method().equals("OPTIONS");
      target = isOfAll ? "*" : path.startsWith("/") ? path : "/" + path;
    }
    Set<String> named = new TreeSet<>();
    for (Reference.Field field : request.fields()) {
      if (field.name().equalsIgnoreCase("connection")) {
        for (String each : field.value().split(",", -1)) {
          boolean _ = named.add(each.strip().toLowerCase(Locale.ROOT));
        }
      }
    }
    String seen = host.isEmpty() ? ownHost : host;
    return said(request.method(), target, seen, request.fields(), named);
  }

  private static byte[] program(Random random) {
    StringBuilder text = new StringBuilder(new String(ParserFuzzTest.program(random), ISO_8859_1));
    for (int i = random.nextInt(4); i > 0; i--) {
      int end = text.indexOf("\r\n", random.nextInt(text.length() + 1));
      if (end >= 0) {
        text.insert(end, "\r\n" + LINES[random.nextInt(LINES.length)]);
      }
    }
    return text.toString().getBytes(ISO_8859_1);
  }

  @Test
  void serverSeesWhatTheReferenceSees_andEachIsAnsweredOnce() throws Exception {
    for (int i = 0; i < PROGRAMS; i++) {
      pass(program(new Random(SEED + i)), SEED + i);
    }
  }

  /** Passes these bytes on, in pieces and to a server that the seed chooses. */
  static void pass(byte[] bytes, long seed) throws Exception {
    Random random = new Random(seed);
    Reference.Outcome reference = Reference.read(bytes, HttpLimits.DEFAULT);
    String what =
        "-Dpollux.seed="
            + seed
            + " -Dpollux.http.proxied=1: "
            + new String(bytes, ISO_8859_1).replace("\r\n", "¶\n");
    Behind behind = new Behind(random);
    try (ProxyWire net = new ProxyWire()) {
      String target = net.serve(behind);
      var _ = net.to(ProxyOptions.DEFAULT, target);
      HttpWire wire = net.wire;
      StringBuilder came = new StringBuilder();
      for (int at = 0; at < bytes.length && !wire.isEnded() && !wire.isReset(); ) {
        int end = Math.min(bytes.length, at + 1 + random.nextInt(bytes.length));
        wire.write(Arrays.copyOfRange(bytes, at, end));
        if (random.nextInt(3) > 0) {
          wire.turn();
        }
        at = end;
        came.append(answerSome(wire, behind));
      }
      if (random.nextBoolean() && !wire.isReset()) {
        wire.end();
      }
      for (int i = 0; i < 3; i++) {
        came.append(answerSome(wire, behind));
      }
      String all = came.toString().replace("¶", "\r\n");
      boolean isOver = wire.isReset() || wire.isEnded();
      check(reference, behind, target, new Came(all, wire.isEnded(), isOver), what);
      assertEquals(List.of(), wire.reported, what);
    }
  }

  /** What the client has. */
  private record Came(String text, boolean isEnded, boolean isOver) {}

  private static String answerSome(HttpWire wire, Behind behind) {
    StringBuilder answers = new StringBuilder(wire.read());
    while (!behind.later.isEmpty()) {
      behind.later.removeFirst().run();
      answers.append(wire.turn().read());
    }
    return answers.toString();
  }

  private static void check(
      Reference.Outcome reference, Behind behind, String target, Came came, String what) {
    String host = target.substring("http://".length());
    List<String> heads = new ArrayList<>();
    List<String> bodies = new ArrayList<>();
    for (Reference.Request request : reference.requests()) {
      String head = expected(request, host);
      if (head != null) {
        heads.add(head);
        bodies.add(request.body());
      }
    }
    String all = what + "\nseen " + behind.heads + "\nexpected " + heads + "\n" + came;
    // The last one may have a body that is none, which is found out while it is passed on.
    assertTrue(behind.heads.size() <= heads.size() + 1, all);
    for (int i = 0; i < behind.heads.size(); i++) {
      String whole = behind.wholes.get(i);
      if (i < heads.size()) {
        assertEquals(heads.get(i), behind.heads.get(i), all);
        assertTrue(whole.isEmpty() || whole.equals("whole " + bodies.get(i)), all);
      } else {
        assertEquals("", whole, all);
      }
    }
    List<String> methods = reference.requests().stream().map(Reference.Request::method).toList();
    List<Answers.Answer> answers =
        Answers.read(came.text, methods, came.isEnded).stream()
            .filter(Answers.Answer::isFinal)
            .toList();
    assertTrue(answers.size() <= methods.size() + 1, all);
    int behindCount = 0;
    for (Answers.Answer answer : answers) {
      if (answer.fields().contains("X-Id: ")) {
        assertTrue(answer.fields().contains("X-Id: " + behindCount + "\r\n"), all);
        behindCount++;
      }
    }
    boolean isAnsweredAll =
        reference.end() == FieldParser.Result.MORE && answers.size() >= methods.size();
    assertTrue(came.isOver || isAnsweredAll, all);
  }
}
