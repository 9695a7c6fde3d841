package dev.pollux.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.pollux.http.wire.FieldParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads requests in the plainest way: all bytes at once, by the grammar of RFC 9112 as regular
 * expressions, each rule in a line of its own. Slow, and obviously right: what the parser is held
 * to.
 */
final class Reference {

  private static final String TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
  private static final String VALUE = "[\\t\\x20-\\x7e\\x80-\\xff]*";
  private static final String FIELD = TOKEN + ":" + VALUE + "\\r\\n";
  private static final Pattern HEAD =
      Pattern.compile(
          "(?:\\r\\n){0,2}("
              + TOKEN
              + ") ((?:[A-Za-z0-9\\-._~!$&'()*+,;=:@/?\\[\\]]|%[0-9A-Fa-f]{2})+)"
              + " HTTP/1\\.([0-9])\\r\\n((?:"
              + FIELD
              + ")*)\\r\\n");
  private static final Pattern TRAILERS = Pattern.compile("((?:" + FIELD + ")*)\\r\\n");
  private static final String QUOTED =
      "\"(?:[\\t\\x20-\\x7e\\x80-\\xff&&[^\"\\\\]]|\\\\[\\t\\x20-\\x7e\\x80-\\xff])*\"";
  private static final String EXTENSION =
      "[ \\t]*;[ \\t]*" + TOKEN + "(?:[ \\t]*=[ \\t]*(?:" + TOKEN + "|" + QUOTED + "))?";
  private static final Pattern SIZE =
      Pattern.compile("([0-9A-Fa-f]{1,15})((?:" + EXTENSION + ")*)\\r\\n");
  private static final String REG_NAME = "(?:[A-Za-z0-9\\-._~!$&'()*+;=]|%[0-9A-Fa-f]{2})+";
  private static final String HOST = "(?:" + REG_NAME + "|\\[[0-9A-Fa-f:.]{2,}\\])";
  private static final String AUTHORITY = HOST + "(?::[0-9]*)?";
  private static final List<String> FORBIDDEN =
      List.of(
          "content-length",
          "transfer-encoding",
          "host",
          "trailer",
          "te",
          "connection",
          "upgrade",
          "expect",
          "content-encoding",
          "content-type",
          "content-range",
          "cache-control",
          "max-forwards",
          "range",
          "authorization",
          "set-cookie",
          "cookie",
          "keep-alive",
          "proxy-connection");

  /** A name and a value. */
  record Field(String name, String value) {}

  /** A request that is whole. */
  record Request(
      String method,
      String target,
      boolean isHttp10,
      List<Field> fields,
      String body,
      List<Field> trailers) {}

  /** What all the bytes come to: requests, and how it ends. */
  record Outcome(List<Request> requests, FieldParser.Result end) {}

  /** There is more to come, or it is refused. */
  private static final class Stop extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final FieldParser.Result end;

    Stop(FieldParser.Result end) {
      super("", null, false, false);
      this.end = end;
    }
  }

  private final HttpLimits limits;
  private final String in;
  private int at;

  private Reference(byte[] in, HttpLimits limits) {
    this.in = new String(in, ISO_8859_1);
    this.limits = limits;
  }

  static Outcome read(byte[] in, HttpLimits limits) {
    Reference reference = new Reference(in, limits);
    List<Request> requests = new ArrayList<>();
    try {
      while (reference.at < in.length) {
        requests.add(reference.request());
      }
      return new Outcome(requests, FieldParser.Result.MORE);
    } catch (Stop stop) {
      return new Outcome(requests, stop.end);
    }
  }

  /** It could still match, with more behind it, exactly if it came to the end of the input. */
  @SuppressWarnings("JdkObsolete") // which is what hitEnd says
  private Matcher take(Pattern pattern) {
    Matcher matcher = pattern.matcher(in).region(at, in.length());
    if (matcher.lookingAt()) {
      at = matcher.end();
      return matcher;
    }
    throw new Stop(matcher.hitEnd() ? FieldParser.Result.MORE : FieldParser.Result.REFUSED);
  }

  private static void require(boolean isSo) {
    if (!isSo) {
      throw new Stop(FieldParser.Result.REFUSED);
    }
  }

  private Request request() {
    Matcher head = take(HEAD);
    String method = head.group(1);
    String target = head.group(2);
    boolean isHttp10 = head.group(3).equals("0");
    List<Field> fields = fields(head.group(4));
    require(method.length() <= 32);
    require((method + " " + target + " HTTP/1.1").length() <= limits.requestLineBytes());
    require(fields.size() <= limits.fieldCount());
    require(head.group(4).length() <= limits.fieldBytes());
    require(isTarget(method, target));
    List<String> hosts = values(fields, "host");
    require(hosts.size() == 1 || (hosts.isEmpty() && isHttp10));
    require(hosts.isEmpty() || hosts.getFirst().isEmpty() || isAuthority(hosts.getFirst()));
    require(values(fields, "expect").stream().allMatch("100-continue"::equalsIgnoreCase));
    List<String> lengths = values(fields, "content-length");
    List<String> codings = values(fields, "transfer-encoding");
    require(lengths.size() + codings.size() <= 1);
    String body = "";
    List<Field> trailers = List.of();
    if (!codings.isEmpty()) {
      require(!isHttp10 && codings.getFirst().equalsIgnoreCase("chunked"));
      body = chunks();
      trailers = trailers();
    } else if (!lengths.isEmpty()) {
      require(lengths.getFirst().matches("[0-9]{1,18}"));
      body = data(Long.parseLong(lengths.getFirst()), 0);
    }
    return new Request(method, target, isHttp10, fields, body, trailers);
  }

  private static boolean isTarget(String method, String target) {
    if (method.equals("CONNECT")) {
      return isAuthority(target) && target.matches(".*:[0-9]+");
    }
    Matcher absolute = Pattern.compile("(?i:https?)://([^/?]*)[^\\[\\]]*").matcher(target);
    return (target.startsWith("/") && !target.matches(".*[\\[\\]].*"))
        || (target.equals("*") && method.equals("OPTIONS"))
        || (absolute.matches() && isAuthority(absolute.group(1)));
  }

  private static boolean isAuthority(String text) {
    if (!text.matches(AUTHORITY)) {
      return false;
    }
    String port = text.replaceFirst("^" + HOST, "").replace(":", "").replaceFirst("^0+", "");
    return port.length() <= 5 && (port.isEmpty() || Integer.parseInt(port) <= 65_535);
  }

  private static List<Field> fields(String lines) {
    List<Field> fields = new ArrayList<>();
    for (String line : lines.split("\r\n", -1)) {
      if (!line.isEmpty()) {
        int colon = line.indexOf(':');
        String value = line.substring(colon + 1).replaceAll("^[ \t]+|[ \t]+$", "");
        fields.add(new Field(line.substring(0, colon), value));
      }
    }
    return fields;
  }

  private static List<String> values(List<Field> fields, String name) {
    return fields.stream()
        .filter(field -> field.name.toLowerCase(Locale.ROOT).equals(name))
        .map(Field::value)
        .toList();
  }

  private String data(long length, long before) {
    require(length <= limits.bodyBytes() - before);
    if (in.length() - at < length) {
      throw new Stop(FieldParser.Result.MORE);
    }
    String data = in.substring(at, at + (int) length);
    at += (int) length;
    return data;
  }

  private String chunks() {
    StringBuilder body = new StringBuilder();
    int extensionBytes = 0;
    while (true) {
      Matcher line = take(SIZE);
      extensionBytes += line.group(2).length();
      require(extensionBytes <= limits.chunkExtensionBytes());
      long size = Long.parseLong(line.group(1), 16);
      if (size == 0) {
        return body.toString();
      }
      body.append(data(size, body.length()));
      Matcher _ = take(Pattern.compile("\r\n"));
    }
  }

  private List<Field> trailers() {
    Matcher matcher = take(TRAILERS);
    List<Field> trailers = fields(matcher.group(1));
    require(trailers.size() <= limits.fieldCount());
    require(matcher.group(1).length() <= limits.fieldBytes());
    require(trailers.stream().noneMatch(t -> FORBIDDEN.contains(t.name.toLowerCase(Locale.ROOT))));
    return trailers;
  }
}
