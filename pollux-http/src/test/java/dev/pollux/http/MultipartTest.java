package dev.pollux.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pollux.http.wire.FieldParser;
import java.nio.ByteBuffer;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Forms with parts, good and bad, each split at every byte. */
class MultipartTest {

  private static final String TYPE = "multipart/form-data; boundary=b-x";
  private static final String A = "Content-Disposition: form-data; name=\"a\"\r\n";

  /** Writes down what it is given: [name|file|type:data], and . at the end. */
  static class Log implements MultipartHandler {
    final StringBuilder text = new StringBuilder();

    @Override
    public void part(PartHead head) {
      text.append('[').append(head.name()).append('|').append(head.fileName());
      text.append('|').append(head.contentType()).append(':');
    }

    @Override
    public void data(ByteBuffer data) {
      assertEquals(true, data.hasRemaining());
      text.append(ISO_8859_1.decode(data));
    }

    @Override
    public void partEnd() {
      text.append(']');
    }

    @Override
    public void end() {
      text.append('.');
    }
  }

  /** What comes of a body in pieces of these sizes: the log, or status and message. */
  static String read(String type, String body, MultipartLimits limits, IntSupplier sizes) {
    Log log = new Log();
    byte[] bytes = body.getBytes(ISO_8859_1);
    try {
      Multipart parser = Multipart.parser(type, log, limits);
      for (int at = 0; at < bytes.length; ) {
        int size = Math.min(bytes.length - at, sizes.getAsInt());
        ByteBuffer piece = ByteBuffer.allocate(size + 5).position(3).put(bytes, at, size);
        parser.feed(piece.flip().position(3));
        assertEquals(0, piece.remaining());
        at += size;
      }
      parser.end();
      return log.text.toString();
    } catch (HttpException e) {
      return e.status() + " " + e.getMessage();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** The same, whatever the split is. */
  private static String read(String body, MultipartLimits limits) {
    String whole = read(TYPE, body, limits, () -> 1 << 20);
    assertEquals(whole, read(TYPE, body, limits, () -> 1));
    for (int first = 1; first < body.length(); first++) {
      int[] next = {first, 1 << 20};
      int[] index = {0};
      assertEquals(whole, read(TYPE, body, limits, () -> next[index[0]++]), "split at " + first);
    }
    return whole;
  }

  private static String read(String body) {
    return read(body.replace("¶", "\r\n").replace("A:", A), MultipartLimits.DEFAULT);
  }

  @ParameterizedTest
  @CsvSource({
    "--b-x¶A:¶1¶--b-x--¶, [a|null|null:1].",
    "--b-x¶A:¶1¶--b-x--, [a|null|null:1].",
    "--b-x¶A:¶¶--b-x--¶, [a|null|null:].",
    "--b-x--, .",
    "--b-x--¶anything--b-x¶, .",
    "--b-x¶A:¶1¶--b-x¶A:¶2¶--b-x--¶, [a|null|null:1][a|null|null:2].",
    "before¶--b-x¶A:¶1¶--b-x--¶, [a|null|null:1].",
    "--b-¶--b-x¶A:¶1¶--b-x--¶, [a|null|null:1].",
    "¶--b-x¶A:¶1¶--b-x--¶, [a|null|null:1]."
  })
  void form_isItsParts(String body, String parts) {
    assertEquals(parts, read(body));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\r",
        "\n",
        "\r\n",
        "\r\n-",
        "\r\n--",
        "\r\n--b",
        "\r\n--b-",
        "\r\n--b-y",
        "\r\r\n--b-",
        "\r\n\r\n--b-",
        "\r\n--\r\n--b-\r",
        "--b-y",
        "-",
        "--b-",
        "--b-\r\n--b-",
        "\n--b-x",
        "\r--b-x",
        "x--b-x",
        "\r\n--B-X",
        "\r\n-\r\n--b--x",
        "\0\377\r\n\r"
      })
  void data_thatIsLikeABoundary_isData(String data) {
    String body = "--b-x¶A:¶" + data + "¶--b-x¶A:¶" + data + "z" + data + "¶--b-x--";
    assertEquals("[a|null|null:" + data + "][a|null|null:" + data + "z" + data + "].", read(body));
  }

  @ParameterizedTest
  @CsvSource({
    "'', 400 the form is not whole; it ends at byte 0",
    "--b-x, 400 the form is not whole; it ends at byte 5",
    "--b-x¶A:¶1, 400 the form is not whole; it ends at byte 52",
    "--b-x¶A:¶1¶--b-x-, 400 the form is not whole; it ends at byte 60",
    "'--b-x--\r', 400 the form is not whole; it ends at byte 8",
    "'--b-x\n', '400 a boundary is followed by a LF, at byte 5'",
    "'--b-x ¶', '400 a boundary is followed by a space, at byte 5'",
    "--b-xy, '400 a boundary is followed by ''y'', at byte 5'",
    "'--b-x\rA', '400 a boundary''s CR is followed by ''A'', at byte 6'",
    "--b-x-¶, '400 a boundary''s - is followed by a CR, at byte 6'",
    "--b-x--x, '400 the last boundary is followed by ''x'', at byte 7'",
    "'--b-x--\n', '400 the last boundary is followed by a LF, at byte 7'",
    "'--b-x--\rx', '400 the last boundary''s CR is followed by ''x'', at byte 8'",
    "--b-x¶A:¶1¶--b-xy, '400 a boundary is followed by ''y'', at byte 59'",
    "--b-x¶A:¶--b-x--, '400 a part''s data begins with the boundary, which ends, at byte 55'"
  })
  void form_thatIsMalformed_isRefused(String body, String why) {
    assertEquals(why, read(body));
  }

  @ParameterizedTest
  @CsvSource({
    "¶, there is no Content-Disposition",
    "Content-Type: a/b¶¶, there is no Content-Disposition",
    "Content-Disposition: attachment; name=a¶¶, its Content-Disposition is not form-data",
    "Content-Disposition: form-data¶¶, it has no name",
    "Content-Disposition: form-data; filename=a¶¶, it has no name",
    "A:A:¶, there are two fields content-disposition",
    "A:Content-Type: a¶Content-Type: a¶¶, there are two fields content-type",
    "A:Content-Transfer-Encoding: base64¶¶, its Content-Transfer-Encoding is none that is plain",
    "Content-Disposition: form-data; name=a; name=b¶¶, there are two parameters name",
    "Content-Disposition: form-data; name=\"a¶¶, a parameter's quotes do not end",
    "Content-Disposition: form-data; name=\"a\\\"¶¶, a parameter's quotes do not end",
    "Content-Disposition: form-data; name=¶¶, a parameter has no value",
    "Content-Disposition: form-data; name=a b¶¶, there is no ; between two parameters",
    "Content-Disposition: form-data; name=\"a\"b¶¶, there is no ; between two parameters",
    "Content-Disposition: form-data; name=a; b¶¶, a parameter has no name and a = behind that",
    "Content-Disposition: form-data; name:a¶¶, a parameter has no name and a = behind that",
    "Content-Disposition: form-data; name¶¶, a parameter has no name and a = behind that",
    "Content-Disposition: form-data; =a¶¶, a parameter has no name and a = behind that",
    "Content-Disposition: form-data; name=\"\377\"¶¶, a field is no UTF-8",
    "Content-Disposition : form-data¶¶, a field's name has a space",
    "'A:\n', a field's name has a LF"
  })
  void head_thatIsNoneOfAForm_isRefused(String head, String why) {
    String shown = read("--b-x¶" + head + "¶--b-x--");
    assertEquals(
        "400 the head of a part is not good: " + why + ", in what begins at byte 7", shown);
  }

  @ParameterizedTest
  @CsvSource({
    "'name=a', a|null|null",
    "'NAME=\"\"', |null|null",
    "'name=\"a;b\" ; filename=\"c d.txt\"', a;b|c d.txt|null",
    "'name=\"a\\\"b\"; filename=\"c\\\\d\"', a\"b|c\\d|null",
    "'name=a; filename=\"C:\\dir\\f.txt\"', a|C:\\dir\\f.txt|null",
    "'name=a; filename=\"%22\"', a|%22|null",
    "'name=a; filename=\"\"', a||null",
    "'name=a; filename*=UTF-8''''x.txt', a|null|null",
    "'name=a; filename=\"f\"; filename*=UTF-8''''x.txt', a|f|null",
    "'filename=f;name=a;x=y', a|f|null"
  })
  void head_saysNameAndFile(String parameters, String shown) {
    String body = "--b-x¶Content-Disposition: Form-Data; " + parameters + "¶¶1¶--b-x--";
    assertEquals("[" + shown + ":1].", read(body));
  }

  @Test
  void head_hasAType_andTextInUtf8_andOtherFieldsMeanNothing() {
    String name = new String("é😀".getBytes(UTF_8), ISO_8859_1);
    String body =
        "--b-x¶content-disposition: form-data; name=\""
            + name
            + "\"¶X: y¶Content-Transfer-Encoding: 8BIT¶CONTENT-TYPE: a/b; c=d¶¶1¶--b-x--";
    assertEquals("[é😀|null|a/b; c=d:1].", read(body));
  }

  @ParameterizedTest
  @CsvSource({
    "f.txt, f.txt",
    "../../etc/passwd, passwd",
    "'C:\\dir\\f.txt', f.txt",
    "'a/b\\c', c",
    "'a\\b/c', c",
    "dir/, ''",
    "'', ''",
    "., ''",
    "x/.., ''",
    "' .. ', ''",
    "..., ...",
    ".bashrc, .bashrc",
    "'a b', a b"
  })
  void safeFileName_isTheLastSegment(String fileName, String safe) throws Exception {
    String[] found = new String[1];
    MultipartHandler handler =
        new MultipartHandler() {
          @Override
          public void part(PartHead head) {
            assertEquals(fileName, head.fileName());
            found[0] = head.safeFileName();
          }

          @Override
          public void data(ByteBuffer data) {}

          @Override
          public void partEnd() {}

          @Override
          public void end() {}
        };
    String quoted = fileName.replace("\\", "\\\\");
    String body = "--b-x\r\n" + A.replace("\"a\"", "a; filename=\"" + quoted + "\"") + "\r\n";
    Multipart.parser(TYPE, handler).feed(ByteBuffer.wrap(body.getBytes(ISO_8859_1)));
    assertEquals(safe, found[0]);
  }

  @Test
  void safeFileName_hasNoControlCharacters_andIsNoneWithoutAFile() {
    byte[] in =
        "Content-Disposition: form-data; name=a; filename=\"a/\u00c2\u0085x\ty\"\r\n\r\n"
            .getBytes(ISO_8859_1);
    FieldParser fields = new FieldParser(100, 32 << 10);
    fields.begin(0);
    assertEquals(FieldParser.Result.DONE, fields.parse(in, 0, in.length));
    assertEquals("a/\u0085x\ty", PartHead.of(fields, in).fileName());
    assertEquals("xy", PartHead.of(fields, in).safeFileName());
    byte[] none = (A + "\r\n").getBytes(ISO_8859_1);
    fields.begin(0);
    assertEquals(FieldParser.Result.DONE, fields.parse(none, 0, none.length));
    assertNull(PartHead.of(fields, none).safeFileName());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "multipart/form-data; boundary=b-x",
        "Multipart/Form-Data;BOUNDARY=\"b-x\"",
        "multipart/form-data ; charset=utf-8 ; boundary=b-x "
      })
  void contentType_withABoundary_isTaken(String type) {
    String body = "--b-x--";
    assertEquals(".", read(type, body, MultipartLimits.DEFAULT, () -> 1));
  }

  @ParameterizedTest
  @CsvSource({
    "'', it is not multipart/form-data",
    "multipart/mixed; boundary=a, it is not multipart/form-data",
    "multipart/form-data, there is no boundary",
    "multipart/form-data; boundary=a; boundary=a, there are two parameters boundary",
    "multipart/form-data; boundary=\"a;\", the boundary has a character that it may not",
    "multipart/form-data; boundary=a&b, the boundary has a character that it may not",
    "multipart/form-data; boundary=\u0161, a parameter has no value",
    "multipart/form-data; boundary=\"\u0161\", the boundary has a character that it may not"
  })
  void contentType_withoutABoundary_isRefused(String type, String why) {
    assertEquals(
        "400 the Content-Type is not good: " + why,
        read(type, "", MultipartLimits.DEFAULT, () -> 1));
  }

  @Test
  void boundary_atAndBeyondTheLimit() {
    String marks = "'()+_,-./:=? azAZ09";
    String type = "multipart/form-data; boundary=\"";
    String most = marks + "x".repeat(70 - marks.length());
    MultipartLimits limits = MultipartLimits.DEFAULT;
    assertEquals(".", read(type + most + "\"", "--" + most + "--", limits, () -> 7));
    String why =
        "400 the Content-Type is not good: "
            + "the boundary is empty, has more than 70 bytes or ends in a blank";
    assertEquals(why, read(type + most + "x\"", "", limits, () -> 1));
    assertEquals(why, read(type + "\"", "", limits, () -> 1));
    assertEquals(why, read(type + "a \"", "", limits, () -> 1));
  }

  private static String form(int parts, String data) {
    return ("--b-x\r\n" + A + "\r\n" + data + "\r\n").repeat(parts) + "--b-x--";
  }

  @Test
  void parts_atAndBeyondTheLimit() {
    MultipartLimits limits = MultipartLimits.DEFAULT;
    assertEquals(1_000 * 15 + 1, read(TYPE, form(1_000, "1"), limits, () -> 9_999).length());
    assertEquals(
        "413 there are more than 1000 parts", read(TYPE, form(1_001, "1"), limits, () -> 9_999));
    assertEquals("413 there are more than 2 parts", read(form(3, "1"), limits.withPartCount(2)));
    assertEquals(".", read("--b-x--", limits.withPartCount(0)));
  }

  @Test
  void bytes_atAndBeyondTheLimits() {
    String good = "[a|null|null:123][a|null|null:123].";
    String bad = "413 a part, or all of them, have too many bytes";
    MultipartLimits limits = MultipartLimits.DEFAULT;
    assertEquals(good, read(form(2, "123"), limits.withPartBytes(3)));
    assertEquals(bad, read(form(2, "123"), limits.withPartBytes(2)));
    assertEquals(good, read(form(2, "123"), limits.withTotalBytes(6)));
    assertEquals(bad, read(form(2, "123"), limits.withTotalBytes(5)));
    assertEquals(bad, read(form(1, "\r\n--b"), limits.withPartBytes(4)));
  }

  @Test
  void padding_atAndBeyondTheLimit() {
    MultipartLimits limits = MultipartLimits.DEFAULT.withPaddingBytes(4);
    String bad = "413 there are more than 4 bytes in no part";
    assertEquals("[a|null|null:1].", read("1234\r\n" + form(1, "1") + "\r\n1234", limits));
    assertEquals(bad, read("12345\r\n" + form(1, "1"), limits));
    assertEquals(bad, read(form(1, "1") + "\r\n12345", limits));
    assertEquals(".", read("--b-x--\r\n", limits.withPaddingBytes(0)));
  }

  @Test
  void head_atAndBeyondTheLimits() {
    MultipartLimits limits = MultipartLimits.DEFAULT.withHeadBytes(A.length());
    String bad = "413 the head of a part is not good: ";
    String where = ", in what begins at byte 7";
    assertEquals("[a|null|null:1].", read(form(1, "1"), limits));
    assertEquals(
        bad + "the fields have more than 40 bytes" + where,
        read(form(1, "1"), limits.withHeadBytes(40)));
    String fields = "X:y\r\n".repeat(15);
    assertEquals(
        "[a|null|null:1].",
        read("--b-x\r\n" + fields + A + "\r\n1\r\n--b-x--", MultipartLimits.DEFAULT));
    assertEquals(
        bad + "there are more than 16 fields" + where,
        read("--b-x\r\nX:y\r\n" + fields + A + "\r\n1\r\n--b-x--", MultipartLimits.DEFAULT));
  }

  @Test
  void limits_areKept_andAreNotNegative() {
    MultipartLimits limits =
        MultipartLimits.DEFAULT
            .withPartCount(1)
            .withPartBytes(2)
            .withTotalBytes(3)
            .withHeadBytes(16)
            .withPaddingBytes(5)
            .withPartCount(1);
    assertEquals(1, limits.partCount());
    assertEquals(2, limits.partBytes());
    assertEquals(3, limits.totalBytes());
    assertEquals(16, limits.headBytes());
    assertEquals(5, limits.paddingBytes());
    assertEquals(
        "headBytes: 15 is less than 16",
        assertThrows(IllegalArgumentException.class, () -> limits.withHeadBytes(15)).getMessage());
    assertThrows(IllegalArgumentException.class, () -> limits.withPartCount(-1));
    assertThrows(IllegalArgumentException.class, () -> limits.withPartBytes(-1));
    assertThrows(IllegalArgumentException.class, () -> limits.withTotalBytes(-1));
    assertThrows(IllegalArgumentException.class, () -> limits.withPaddingBytes(-1));
  }

  @Test
  void parser_thatRefusedOrIsOver_goesOnNoMore() throws Exception {
    Multipart parser = Multipart.parser(TYPE, new Log());
    ByteBuffer bad = ByteBuffer.wrap("--b-xy".getBytes(ISO_8859_1));
    assertThrows(HttpException.class, () -> parser.feed(bad));
    assertEquals(
        "the form is refused",
        assertThrows(IllegalStateException.class, () -> parser.feed(bad)).getMessage());
    assertThrows(IllegalStateException.class, parser::end);
    Multipart over = Multipart.parser(TYPE, new Log());
    over.feed(ByteBuffer.wrap("--b-x--".getBytes(ISO_8859_1)));
    over.end();
    assertEquals(
        "the form is over", assertThrows(IllegalStateException.class, over::end).getMessage());
    Multipart cut = Multipart.parser(TYPE, new Log());
    assertThrows(HttpException.class, cut::end);
    assertThrows(IllegalStateException.class, cut::end);
  }

  @Test
  void handler_thatThrows_isNotCalledAgain() {
    IllegalArgumentException failure = new IllegalArgumentException("mine");
    Log log =
        new Log() {
          @Override
          public void part(PartHead head) {
            throw failure;
          }
        };
    Multipart parser = Multipart.parser(TYPE, log);
    ByteBuffer in = ByteBuffer.wrap(form(2, "1").getBytes(ISO_8859_1));
    assertEquals(failure, assertThrows(IllegalArgumentException.class, () -> parser.feed(in)));
    assertThrows(IllegalStateException.class, () -> parser.feed(in));
    assertEquals("", log.text.toString());
  }
}
