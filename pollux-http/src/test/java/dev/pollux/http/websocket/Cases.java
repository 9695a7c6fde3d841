package dev.pollux.http.websocket;

import static dev.pollux.http.websocket.Frames.BINARY;
import static dev.pollux.http.websocket.Frames.CLOSE;
import static dev.pollux.http.websocket.Frames.CONTINUATION;
import static dev.pollux.http.websocket.Frames.FIN;
import static dev.pollux.http.websocket.Frames.PING;
import static dev.pollux.http.websocket.Frames.RSV1;
import static dev.pollux.http.websocket.Frames.TEXT;
import static dev.pollux.http.websocket.Frames.frames;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * What a client may send to a server that echoes, and what that answers, by the sections of the
 * suite that implementations are compared by: framing, pings, reserved bits, opcodes, fragments,
 * UTF-8, closing.
 */
final class Cases {

  /**
   * One of them; after the answer the connection has ended.
   *
   * @param answer in the words of {@link Frames#show}
   */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares them
  record Case(String name, byte[] sent, String answer) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static final int[] LENGTHS = {0, 1, 125, 126, 127, 128, 65_535, 65_536};

  private final List<Case> all = new ArrayList<>();

  static List<Case> all() {
    Cases cases = new Cases();
    cases.framing();
    cases.pings();
    cases.reservedBits();
    cases.opcodes();
    cases.fragments();
    cases.fragmentsWithin();
    cases.validTexts();
    cases.invalidTexts();
    cases.closing();
    cases.closeCodes();
    return cases.all;
  }

  /** What is right is answered so, and then a Close. */
  private void right(String name, Frames sent, String answer) {
    String all = answer.isEmpty() ? "close(1000)" : answer + " close(1000)";
    this.all.add(new Case(name, sent.close(1000, "").bytes(), all));
  }

  /** What is wrong is answered so; what follows is not looked at. */
  private void wrong(String name, Frames sent, String answer) {
    all.add(new Case(name, sent.text("behind").ping("behind").bytes(), answer));
  }

  private static String shown(String kind, int length) {
    return kind + "(" + (length > 40 ? length + " bytes" : "*".repeat(length)) + ")";
  }

  private void framing() {
    for (int length : LENGTHS) {
      right("1 text of " + length, frames().textOf(length), shown("text", length));
      right("1 binary of " + length, frames().binary(length), shown("binary", length));
    }
    wrong("1 not masked", frames().unmasked(FIN | TEXT, new byte[] {'a'}), "close(1002)");
    wrong("1 length 5 in 2 bytes", frames().raw(0x82, 0xfe, 0, 5), "close(1002)");
    wrong(
        "1 length 65535 in 8 bytes",
        frames().raw(0x82, 0xff, 0, 0, 0, 0, 0, 0, 0xff, 0xff),
        "close(1002)");
    wrong(
        "1 length with the highest bit",
        frames().raw(0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0),
        "close(1002)");
    wrong(
        "1 length of 2^63 - 1",
        frames().raw(0x82, 0xff, 0x7f, 255, 255, 255, 255, 255, 255, 255, 1, 2, 3, 4),
        "close(1009)");
  }

  private void pings() {
    right("2 ping", frames().ping(""), "pong()");
    right("2 ping with text", frames().ping("Hello"), "pong(Hello)");
    right("2 ping with any bytes", frames().frame(FIN | PING, "\0ÿþý"), "pong(\0ÿþý)");
    right("2 ping of 125", frames().ping("*".repeat(125)), "pong(125 bytes)");
    wrong("2 ping of 126", frames().ping("*".repeat(126)), "close(1002)");
    right("2 pong that nobody asked for", frames().pong(""), "");
    right("2 pong with text", frames().pong("unasked").ping("a"), "pong(a)");
    right(
        "2 ten pings",
        frames()
            .ping("0")
            .ping("1")
            .ping("2")
            .ping("3")
            .ping("4")
            .ping("5")
            .ping("6")
            .ping("7")
            .ping("8")
            .ping("9"),
        "pong(0) pong(1) pong(2) pong(3) pong(4) pong(5) pong(6) pong(7) pong(8) pong(9)");
  }

  private void reservedBits() {
    for (int bits = 1; bits < 8; bits++) {
      for (int opcode : new int[] {TEXT, BINARY, PING, CLOSE}) {
        Frames sent = frames().text("before").frame(FIN | bits << 4 | opcode, "x");
        wrong("3 bits " + bits + " of opcode " + opcode, sent, "text(before) close(1002)");
      }
    }
  }

  private void opcodes() {
    for (int opcode = 3; opcode < 16; opcode++) {
      boolean isKnown = opcode >= CLOSE && opcode <= Frames.PONG;
      if (!isKnown) {
        wrong("4 opcode " + opcode, frames().frame(FIN | opcode, ""), "close(1002)");
        wrong(
            "4 opcode " + opcode + " behind a text",
            frames().text("a").frame(FIN | opcode, "much"),
            "text(a) close(1002)");
        wrong(
            "4 opcode " + opcode + " with a huge payload that does not come",
            frames().raw(FIN | opcode, 0xff),
            "close(1002)");
      }
    }
  }

  private void fragments() {
    right(
        "5 two fragments", frames().frame(TEXT, "ab").frame(FIN | CONTINUATION, "c"), "text(abc)");
    right(
        "5 empty fragments",
        frames().frame(TEXT, "").frame(CONTINUATION, "").frame(FIN | CONTINUATION, ""),
        "text()");
    right(
        "5 ends with an empty one",
        frames().frame(BINARY, "ab").frame(CONTINUATION, "c").frame(FIN | CONTINUATION, ""),
        "binary(abc)");
    wrong("5 ping in fragments", frames().frame(PING, "a"), "close(1002)");
    wrong("5 pong in fragments", frames().frame(Frames.PONG, "a"), "close(1002)");
    wrong("5 close in fragments", frames().frame(CLOSE, "a"), "close(1002)");
    wrong("5 nothing to go on with", frames().frame(FIN | CONTINUATION, "a"), "close(1002)");
    wrong("5 nothing to go on with, not last", frames().frame(CONTINUATION, "a"), "close(1002)");
    wrong("5 a text within a text", frames().frame(TEXT, "a").text("b"), "close(1002)");
    wrong("5 bytes within a text", frames().frame(TEXT, "a").binary(1), "close(1002)");
    wrong(
        "5 nothing to go on with behind a whole",
        frames().frame(TEXT, "a").frame(FIN | CONTINUATION, "b").frame(FIN | CONTINUATION, "c"),
        "text(ab) close(1002)");
    wrong(
        "5 compressed fragment",
        frames().frame(TEXT, "a").frame(FIN | RSV1 | CONTINUATION, "b"),
        "close(1002)");
  }

  private void fragmentsWithin() {
    right(
        "5 ping between fragments",
        frames().frame(TEXT, "a").ping("p").frame(FIN | CONTINUATION, "b"),
        "pong(p) text(ab)");
    right(
        "5 pings between fragments",
        frames()
            .frame(TEXT, "a")
            .ping("1")
            .frame(CONTINUATION, "b")
            .ping("2")
            .frame(CONTINUATION, "c")
            .pong("3")
            .frame(FIN | CONTINUATION, "d"),
        "pong(1) pong(2) text(abcd)");
    right("5 close between fragments", frames().frame(TEXT, "a"), "");
    Frames most = frames().frame(TEXT, "");
    for (int i = 2; i < 1024; i++) {
      most.frame(CONTINUATION, "");
    }
    right("5 1,024 frames", most.frame(FIN | CONTINUATION, ""), "text()");
    Frames more = frames().frame(TEXT, "");
    for (int i = 1; i < 1024; i++) {
      more.frame(CONTINUATION, "");
    }
    wrong("5 1,025 frames", more.frame(FIN | CONTINUATION, ""), "close(1008)");
  }

  private void validTexts() {
    for (int point :
        new int[] {
          0, 0x7f, 0x80, 0x7ff, 0x800, 0xfff, 0x1000, 0xcfff, 0xd000, 0xd7ff, 0xe000, 0xfffd,
          0xfffe, 0xffff, 0x10000, 0x3ffff, 0x40000, 0xfffff, 0x100000, 0x10ffff
        }) {
      String text = Character.toString(point);
      right("6 U+" + Integer.toHexString(point), frames().text(text), "text(" + text + ")");
      right(
          "6 U+" + Integer.toHexString(point) + " behind seven bytes",
          frames().text("1234567" + text + "89"),
          "text(1234567" + text + "89)");
    }
    String greek = "κόσμε";
    Frames pieces = frames();
    byte[] bytes = greek.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i++) {
      int opcode = i == 0 ? TEXT : CONTINUATION;
      pieces.frame(i == bytes.length - 1 ? FIN | opcode : opcode, new byte[] {bytes[i]});
    }
    right("6 characters cut by frames", pieces, "text(" + greek + ")");
  }

  private void invalidTexts() {
    String[] wrongs = {
      "80",
      "bf",
      "8080",
      "c0af",
      "e080af",
      "f08080af",
      "c1bf",
      "e09fbf",
      "f08fbfbf",
      "c0",
      "c2",
      "c220",
      "e0",
      "e1",
      "e180",
      "e18020",
      "ed",
      "eda080",
      "edafbf",
      "edb080",
      "edbfbf",
      "f0",
      "f1",
      "f180",
      "f18080",
      "f1808020",
      "f4908080",
      "f5808080",
      "f888808080",
      "fc8480808080",
      "fe",
      "ff",
      "fefeffff",
      "61c361",
      "eda080edb080",
      "cebae1bdb9cf83cebcceb5eda080656469746564"
    };
    for (String hex : wrongs) {
      byte[] bytes = HexFormat.of().parseHex(hex);
      wrong("6 " + hex, frames().frame(FIN | TEXT, bytes), "close(1007)");
      wrong(
          "6 " + hex + " in a fragment",
          frames().frame(TEXT, "abcdefgh").frame(FIN | CONTINUATION, bytes),
          "close(1007)");
    }
    wrong( // and the rest of the message never comes
        "6 told at once",
        frames().frame(TEXT, HexFormat.of().parseHex("61f4908080")),
        "close(1007)");
    right("6 bytes may be anything", frames().frame(FIN | BINARY, "ÿÿ"), "binary(ÿÿ)");
  }

  private void closing() {
    right("7 text, then close", frames().text("a"), "text(a)");
    all.add(new Case("7 close without code", frames().close(0, "").bytes(), "close()"));
    wrong("7 close of one byte", frames().frame(FIN | CLOSE, "a"), "close(1002)");
    wrong("7 what follows close", frames().close(1000, "bye"), "close(1000)");
    wrong("7 two closes", frames().close(1000, "").close(1000, ""), "close(1000)");
    wrong("7 reason of 123 bytes", frames().close(1000, "*".repeat(123)), "close(1000)");
    wrong("7 close of 126 bytes", frames().close(1000, "*".repeat(124)), "close(1002)");
    wrong(
        "7 reason that is not UTF-8",
        frames().frame(FIN | CLOSE, HexFormat.of().parseHex("03e8ceba80")),
        "close(1007)");
    wrong(
        "7 reason cut within a character",
        frames().frame(FIN | CLOSE, HexFormat.of().parseHex("03e8ce")),
        "close(1007)");
  }

  private void closeCodes() {
    for (int code :
        new int[] {
          1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000,
          4999
        }) {
      wrong("7 code " + code, frames().close(code, ""), "close(" + code + ")");
    }
    for (int code :
        new int[] {1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535}) {
      wrong("7 code " + code, frames().close(code, ""), "close(1002)");
    }
  }
}
