package dev.pollux.http.files;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.http.HttpAnswer;
import java.util.ArrayList;
import java.util.List;

/** Reads multipart/byteranges back. Source: RFC 9110, 14.6; RFC 2046, 5.1.1. */
final class Parts {

  private static final String TYPE = "multipart/byteranges; boundary=";

  private Parts() {}

  /** Each as its Content-Range, Content-Type and content. */
  static List<String> of(HttpAnswer answer) {
    String type = String.valueOf(answer.field("Content-Type"));
    assertTrue(type.startsWith(TYPE), type);
    return of(type.substring(TYPE.length()), new String(answer.bytes(), ISO_8859_1));
  }

  static List<String> of(String boundary, String content) {
    assertTrue(boundary.matches("[0-9A-Za-z'()+_,./:=?-]{1,70}"), boundary);
    String mark = "\r\n--" + boundary;
    List<String> parts = new ArrayList<>();
    int at = 0;
    while (content.startsWith(mark + "\r\n", at)) {
      int head = at + mark.length() + 2;
      int end = content.indexOf("\r\n\r\n", head);
      String range = "";
      String type = "";
      for (String line : content.substring(head, end).split("\r\n", -1)) {
        range = line.startsWith("Content-Range: ") ? line.substring(15) : range;
        type = line.startsWith("Content-Type: ") ? line.substring(14) : type;
      }
      String[] numbers = range.substring("bytes ".length()).split("[-/]", -1);
      int length = Integer.parseInt(numbers[1]) - Integer.parseInt(numbers[0]) + 1;
      parts.add(range + " " + type + " " + content.substring(end + 4, end + 4 + length));
      at = end + 4 + length;
    }
    assertEquals(mark + "--\r\n", content.substring(at), "the end");
    return parts;
  }
}
