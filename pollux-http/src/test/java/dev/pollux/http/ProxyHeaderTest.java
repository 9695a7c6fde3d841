package dev.pollux.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.http.wire.FieldParser;
import dev.pollux.sys.UnixAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers of the PROXY protocol, however they are cut. */
class ProxyHeaderTest {

  private static final String MORE = "MORE";
  private static final String REFUSED = "REFUSED";

  /** What is made of bytes that come in pieces: MORE, REFUSED, or the size and the address. */
  private static String parse(byte[] bytes, int... cuts) {
    ProxyHeader header = new ProxyHeader();
    ByteBuffer data = ByteBuffer.wrap(bytes);
    FieldParser.Result result = FieldParser.Result.MORE;
    for (int i = 0; i <= cuts.length && result == FieldParser.Result.MORE; i++) {
      var _ = data.limit(i < cuts.length ? cuts[i] : bytes.length);
      result = header.parse(data);
    }
    return result == FieldParser.Result.DONE
        ? data.position() + " " + header.address()
        : result.toString();
  }

  /** As of {@link #parse}, and at every cut the same. */
  private static String parseCut(byte[] bytes) {
    String whole = parse(bytes);
    for (int cut = 0; cut <= bytes.length; cut++) {
      assertEquals(whole, parse(bytes, cut), "cut at " + cut);
    }
    int[] all = new int[bytes.length];
    Arrays.setAll(all, i -> i + 1);
    assertEquals(whole, parse(bytes, all), "byte by byte");
    return whole;
  }

  private static String line(String text) {
    return parseCut(HttpWire.bytes(text + "GET / HTTP/1.1¶"));
  }

  @ParameterizedTest
  @CsvSource({
    "PROXY TCP4 192.0.2.1 192.0.2.2 1234 443¶, /192.0.2.1:1234",
    "PROXY TCP4 0.0.0.0 255.255.255.255 0 65535¶, /0.0.0.0:0",
    "PROXY TCP6 2001:db8::1 ::1 1 2¶, /[2001:db8:0:0:0:0:0:1]:1",
    "PROXY TCP6 ::ffff:1.2.3.4 ::1 1 2¶, /1.2.3.4:1",
    "PROXY UNKNOWN¶, null",
    "PROXY UNKNOWN ffff:f...f:ffff what ever¶, null"
  })
  void line_isRead(String text, String read) {
    assertEquals(HttpWire.bytes(text).length + " " + read, line(text));
  }

  @Test
  void line_longest_isRead_andOneLongerIsNot() {
    String full = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
    String longest = "PROXY UNKNOWN " + full + " " + full + " 65535 65535¶";
    assertEquals(107, HttpWire.bytes(longest).length);
    assertEquals("107 null", line(longest));
    assertEquals(REFUSED, line(longest.replace("¶", "5¶")));
    assertEquals(MORE, parse("PROXY UNKNOWN ".concat("x".repeat(92)).getBytes(ISO_8859_1)));
    assertEquals(REFUSED, parse("PROXY UNKNOWN ".concat("x".repeat(93)).getBytes(ISO_8859_1)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1¶",
        "P¶",
        "proxy UNKNOWN¶",
        "PROXY  UNKNOWN¶",
        "PROXY UNKNOWNX¶",
        "PROXY ¶",
        "PROXY UNKNOWN\n",
        "PROXY UNKNOWN\r\r\n",
        "PROXY UNKNOWN\rx\r\n",
        "PROXY UNKNOWN x\n\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 1¶",
        "PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3¶",
        "PROXY TCP5 1.1 2 3 4¶",
        "PROXY TCP4 1.2.3.4 1.2.3.4 1 2 ¶",
        "PROXY TCP4  1.2.3.4 1.2.3.4 1 2¶",
        "PROXY TCP4 1.2.3.256 1.2.3.4 1 2¶",
        "PROXY TCP4 1.2.3.4 1.2.3 1 2¶",
        "PROXY TCP4 1.2.3.04 1.2.3.4 1 2¶",
        "PROXY TCP4 1.2.3.4 1.2.3.4 65536 2¶",
        "PROXY TCP4 1.2.3.4 1.2.3.4 1 65536¶",
        "PROXY TCP4 1.2.3.4 1.2.3.4 01 2¶",
        "PROXY TCP4 1.2.3.4 1.2.3.4 1 -2¶",
        "PROXY TCP4 ::1 ::1 1 2¶",
        "PROXY TCP4 a.test b.test 1 2¶",
        "PROXY TCP6 1.2.3.4 1.2.3.4 1 2¶",
        "PROXY TCP6 ::1 1.2.3.4 1 2¶",
        "PROXY TCP6 ::1%1 ::1 1 2¶",
        "PROXY TCP6 [::1] ::1 1 2¶",
        "PROXY TCP6 ::1 :::1 1 2¶",
        "PROXY UDP4 1.2.3.4 1.2.3.4 1 2¶",
        "PROXY TCP4 1.2.3.4\t1.2.3.4 1 2¶",
        "\0",
        "\rP",
        "\r\n\r\n\0\r\nQUIT\r"
      })
  void line_malformed_isRefused(String text) {
    assertEquals(REFUSED, line(text));
  }

  private static String binary(int command, int family, byte[] rest) {
    byte[] header = ProxyHeaders.binary(command, family, rest);
    byte[] followed = Arrays.copyOf(header, header.length + 3);
    Arrays.fill(followed, header.length, followed.length, (byte) 'x');
    return parseCut(followed);
  }

  @Test
  void binary_isRead() {
    byte[] four = ProxyHeaders.addresses("192.0.2.1", "192.0.2.2", 65535, 443, 0);
    assertEquals("28 /192.0.2.1:65535", binary(0x21, 0x11, four));
    byte[] six = ProxyHeaders.addresses("2001:db8::1", "::2", 258, 1, 0);
    assertEquals("52 /[2001:db8:0:0:0:0:0:1]:258", binary(0x21, 0x21, six));
    byte[] more = ProxyHeaders.addresses("192.0.2.1", "192.0.2.2", 1, 443, 300);
    assertEquals("328 /192.0.2.1:1", binary(0x21, 0x11, more));
    assertEquals("16 null", binary(0x21, 0, new byte[0]));
    assertEquals("25 null", binary(0x21, 0, new byte[9]));
    assertEquals("16 null", binary(0x20, 0, new byte[0]));
    assertEquals("28 null", binary(0x20, 0x11, four));
    assertEquals("18 null", binary(0x20, 0xff, new byte[2])); // whatever a check of health has
  }

  private static String unix(byte[] from) {
    byte[] rest = Arrays.copyOf(from, 216);
    Arrays.fill(rest, 108, 216, (byte) 'd');
    return binary(0x21, 0x31, rest);
  }

  @Test
  void binary_ofUnixSockets_isRead() {
    assertEquals("232 " + UnixAddress.path("/run/a"), unix("/run/a".getBytes(ISO_8859_1)));
    byte[] after = "/run/a\0b".getBytes(ISO_8859_1);
    assertEquals("232 " + UnixAddress.path("/run/a"), unix(after));
    String longest = "/".repeat(107);
    assertEquals("232 " + UnixAddress.path(longest), unix(longest.getBytes(ISO_8859_1)));
    assertEquals(REFUSED, unix("/".repeat(108).getBytes(ISO_8859_1)));
    assertEquals("232 " + UnixAddress.abstractName("x\0y"), unix("\0x\0y".getBytes(ISO_8859_1)));
    String full = "n".repeat(107);
    assertEquals("232 " + UnixAddress.abstractName(full), unix(("\0" + full).getBytes(ISO_8859_1)));
    assertEquals("232 " + UnixAddress.unnamed(), unix(new byte[0]));
  }

  @Test
  void binary_malformed_isRefused() {
    byte[] four = ProxyHeaders.addresses("192.0.2.1", "192.0.2.2", 65535, 443, 0);
    for (int command : new int[] {0x22, 0x2f, 0x11, 0x01, 0x31, 0x00, 0xff}) {
      assertEquals(REFUSED, binary(command, 0x11, four));
    }
    for (int family : new int[] {0x10, 0x01, 0x12, 0x22, 0x32, 0x13, 0x41, 0xff}) {
      assertEquals(REFUSED, binary(0x21, family, new byte[300]));
    }
    assertEquals(REFUSED, binary(0x21, 0x11, new byte[11]));
    assertEquals(REFUSED, binary(0x21, 0x21, new byte[35]));
    assertEquals(REFUSED, binary(0x21, 0x31, new byte[215]));
    assertEquals("4096 /0.0.0.0:0", parse(ProxyHeaders.binary(0x21, 0x11, new byte[4080])));
    assertEquals(REFUSED, parse(ProxyHeaders.binary(0x21, 0x11, new byte[4081])));
    assertEquals(REFUSED, parse(ProxyHeaders.binary(0x20, 0, new byte[65535])));
    for (int i = 0; i < 12; i++) {
      byte[] broken = ProxyHeaders.binary();
      broken[i] ^= 1;
      assertEquals(REFUSED, parseCut(broken));
    }
  }

  @Test
  void begun_isWaitedFor() {
    byte[] whole = ProxyHeaders.binary();
    for (int size = 0; size < whole.length; size++) {
      assertEquals(MORE, parse(Arrays.copyOf(whole, size)), "of " + size);
    }
    byte[] line = HttpWire.bytes("PROXY TCP4 192.0.2.1 192.0.2.2 1234 443¶");
    for (int size = 0; size < line.length; size++) {
      assertEquals(MORE, parse(Arrays.copyOf(line, size)), "of " + size);
    }
  }

  @Test
  void random_isAsByThePlainReader() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    int read = 0;
    for (int i = 0; i < 100_000; i++) {
      byte[] bytes = changed(sample(random), random);
      String plain = ProxyHeaders.read(bytes);
      String parsed = parse(bytes, random.nextInt(bytes.length + 1));
      String what = "seed " + seed + ", step " + i + ": " + Arrays.toString(bytes);
      if (plain == null) {
        assertTrue(parsed.equals(MORE) || parsed.equals(REFUSED), what + ": " + parsed);
      } else {
        assertEquals(plain, parsed, what);
      }
      read += plain == null || plain.equals(REFUSED) ? 0 : 1;
    }
    assertTrue(read > 10_000, "read " + read);
  }

  private static byte[] sample(Random random) {
    List<byte[]> samples = new ArrayList<>();
    samples.add(HttpWire.bytes("PROXY TCP4 192.0.2.1 10.20.30.255 1234 443¶x¶"));
    samples.add(HttpWire.bytes("PROXY TCP6 2001:db8::a 1:2:3:4:5:6:7:8 65535 1¶x"));
    samples.add(HttpWire.bytes("PROXY UNKNOWN some thing¶"));
    samples.add(ProxyHeaders.binary());
    samples.add(
        ProxyHeaders.binary(0x21, 0x21, ProxyHeaders.addresses("2001:db8::a", "::1", 9, 1, 3)));
    return samples.get(random.nextInt(samples.size()));
  }

  /** With up to three bytes changed, removed, or doubled; those that mean something mostly. */
  private static byte[] changed(byte[] sample, Random random) {
    byte[] bytes = sample;
    for (int changes = random.nextInt(4); changes > 0 && bytes.length > 0; changes--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> bytes[at] = (byte) "0123456789abf:. \r\nTUP%[\0".charAt(random.nextInt(24));
        case 2 -> {
          byte[] less = Arrays.copyOf(bytes, bytes.length - 1);
          System.arraycopy(bytes, at + 1, less, at, less.length - at);
          bytes = less;
        }
        default -> {
          byte[] more = Arrays.copyOf(bytes, bytes.length + 1);
          System.arraycopy(bytes, at, more, at + 1, bytes.length - at);
          bytes = more;
        }
      }
    }
    return bytes;
  }
}
