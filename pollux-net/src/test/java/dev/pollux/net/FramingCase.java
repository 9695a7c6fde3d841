package dev.pollux.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A framing, the plain one that it must agree with, and the bytes that mean something to it.
 *
 * @param alphabet what random streams are made of
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares cases
record FramingCase(String name, Framing framing, NaiveFraming naive, byte[] alphabet) {

  static List<FramingCase> all() {
    List<FramingCase> cases = new ArrayList<>();
    cases.add(of("lines", Framing.lines(4), NaiveFraming.lines(4), "a\r\n\nb"));
    cases.add(of("crlf lines", Framing.crlfLines(4), NaiveFraming.lines(4), "a\r\nb"));
    cases.add(of("empty lines", Framing.lines(0), NaiveFraming.lines(0), "\r\n\n\na"));
    for (String delimiter : List.of("|", "ab", "aab", "abab", "aaa")) {
      byte[] bytes = delimiter.getBytes(ISO_8859_1);
      cases.add(
          of(
              "delimiter " + delimiter,
              Framing.delimiter(bytes, 4),
              NaiveFraming.delimiter(bytes, 4),
              delimiter + "a|c"));
    }
    cases.addAll(severalDelimiters());
    cases.add(
        of(
            "a decoder of one's own",
            Framing.of(12, Netstring::new, Netstring.ENCODER),
            NaiveFraming.netstring(9),
            "::::112,,,,a"));
    for (int size : List.of(1, 3)) {
      cases.add(of("fixed " + size, Framing.fixed(size), NaiveFraming.fixed(size), "xyz"));
    }
    for (int prefix : List.of(1, 2, 4, 8)) {
      for (boolean bigEnd : List.of(true, false)) {
        for (boolean countsItself : List.of(true, false)) {
          cases.add(length(prefix, bigEnd, countsItself));
        }
      }
    }
    cases.add(
        of(
            "lines in lengths",
            Framing.lengthPrefix(1, 7).containing(Framing.lines(2)),
            NaiveFraming.length(1, true, false, 7).containing(NaiveFraming.lines(2)),
            "\0\1\2\3\n\n\n\ra"));
    cases.add(
        of(
            "lengths in lines",
            Framing.lines(6).containing(Framing.lengthPrefix(1, 3)),
            NaiveFraming.lines(6).containing(NaiveFraming.length(1, true, false, 3)),
            "\0\0\1\2\n\n\r"));
    cases.add(
        of(
            "three deep",
            Framing.lengthPrefix(1, 8)
                .containing(Framing.delimiter(new byte[] {';'}, 5).containing(Framing.fixed(2))),
            NaiveFraming.length(1, true, false, 8)
                .containing(
                    NaiveFraming.delimiter(new byte[] {';'}, 5).containing(NaiveFraming.fixed(2))),
            "\0\1\2\3\6;;;a"));
    return cases;
  }

  private static List<FramingCase> severalDelimiters() {
    List<FramingCase> cases = new ArrayList<>();
    for (List<String> some :
        List.of(
            List.of("\r\n", "\n"),
            List.of("ab", "b", "aab"),
            List.of("aba", "bab", "c"),
            List.of("c|", "bc", "abcd"))) {
      byte[][] bytes = some.stream().map(each -> each.getBytes(ISO_8859_1)).toArray(byte[][]::new);
      cases.add(
          of(
              "delimiters " + String.join(" ", some).replace("\r", "CR").replace("\n", "LF"),
              Framing.delimiters(4, bytes),
              NaiveFraming.delimiters(4, bytes),
              String.join("", some) + "aa|c"));
    }
    return cases;
  }

  /** Unframed bytes in frames: cut by these and by their size, but not by how they arrive. */
  static List<FramingCase> unframedInFrames() {
    return List.of(
        of(
            "unframed in lengths",
            Framing.lengthPrefix(1, 5).containing(Framing.unframed(2)),
            NaiveFraming.length(1, true, false, 5).containing(NaiveFraming.unframed(2)),
            "\0\1\2\3\4\5"),
        of(
            "unframed in lines",
            Framing.lines(5).containing(Framing.unframed(5)),
            NaiveFraming.lines(5).containing(NaiveFraming.unframed(5)),
            "a\r\n\nb"));
  }

  private static FramingCase length(int prefix, boolean bigEnd, boolean countsItself) {
    ByteOrder order = bigEnd ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    return of(
        "length " + prefix + " " + order + (countsItself ? " with itself" : ""),
        Framing.lengthPrefix(prefix, order, countsItself, 5),
        NaiveFraming.length(prefix, bigEnd, countsItself, 5),
        "\0\0\0\0\0\0\0\1" + (char) (countsItself ? prefix + 1 : 2));
  }

  private static FramingCase of(String name, Framing framing, NaiveFraming naive, String alphabet) {
    return new FramingCase(name, framing, naive, alphabet.getBytes(ISO_8859_1));
  }

  @Override
  public String toString() {
    return name;
  }
}
