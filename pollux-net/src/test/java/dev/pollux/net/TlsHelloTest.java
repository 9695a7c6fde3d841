package dev.pollux.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;

/** The name in a client's first message: of the JDK's client, in pieces, and of nobody's. */
class TlsHelloTest {

  private static final int RECORD_HEAD_BYTES = 5;
  private static final int NOISE = 20_000;

  private static byte[] hello(String... names) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, null, null);
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    for (String name : names) {
      parameters.setServerNames(List.of(new SNIHostName(name)));
    }
    engine.setSSLParameters(parameters);
    ByteBuffer wire = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(ByteBuffer.allocate(0), wire);
    byte[] bytes = new byte[wire.flip().remaining()];
    wire.get(bytes);
    return bytes;
  }

  /** The same message in records of so many bytes. */
  private static byte[] inRecordsOf(int sizeBytes, byte[] record) {
    ByteBuffer many = ByteBuffer.allocate((1 + RECORD_HEAD_BYTES) * record.length);
    for (int at = RECORD_HEAD_BYTES; at < record.length; at += sizeBytes) {
      int n = Math.min(sizeBytes, record.length - at);
      var _ = many.put(record, 0, 3).putShort((short) n).put(record, at, n);
    }
    byte[] bytes = new byte[many.flip().remaining()];
    many.get(bytes);
    return bytes;
  }

  @Test
  void name_isFound_onceTheMessageIsWhole() throws Exception {
    byte[] one = hello("Shop.Example");
    for (byte[] bytes : List.of(one, inRecordsOf(1, one), inRecordsOf(100, one))) {
      for (int n = 0; n < bytes.length; n++) {
        assertNull(Tls.serverName(ByteBuffer.wrap(bytes, 0, n)), "after " + n + " bytes");
      }
      ByteBuffer whole = ByteBuffer.allocateDirect(bytes.length + 9).put(3, bytes);
      assertEquals("shop.example", Tls.serverName(whole.position(3)), "with bytes around it");
      assertEquals(3, whole.position());
    }
  }

  @Test
  void noName_isEmpty() throws Exception {
    assertEquals("", Tls.serverName(ByteBuffer.wrap(hello())));
  }

  @Test
  void otherProtocol_isEmpty_fromItsFirstByteOn() {
    assertEquals("", Tls.serverName(ByteBuffer.wrap("GET / HTTP/1.1\r\n".getBytes(US_ASCII))));
    assertEquals("", Tls.serverName(ByteBuffer.wrap(new byte[] {'G'})));
    assertEquals("", Tls.serverName(ByteBuffer.wrap(new byte[] {22, 3, 1, 0, 0})), "empty record");
    assertEquals("", Tls.serverName(ByteBuffer.wrap(new byte[] {22, 3, 1, 0, 4, 2})), "no hello");
    byte[] endless = {22, 3, 1, 0, 4, 1, (byte) 0xff, 0, 0};
    assertEquals("", Tls.serverName(ByteBuffer.wrap(endless)), "longer than any");
    byte[] whole = new byte[(1 << 16) + 64];
    for (int at = 0; at + 5 <= whole.length; at += 5 + (1 << 14)) { // records of 16 KiB
      System.arraycopy(new byte[] {22, 3, 1, 0x40, 0}, 0, whole, at, 5);
    }
    System.arraycopy(new byte[] {1, 0, (byte) 0xff, (byte) 0xfe}, 0, whole, 5, 4);
    assertEquals("", Tls.serverName(ByteBuffer.wrap(whole)), "as long as all that is looked at");
    byte[] given = {22, 3, 1, 0, 6, 1, 0, 0, 90, 3, 3, 21, 3, 3, 0, 2, 2, 80}; // and an alert
    assertEquals("", Tls.serverName(ByteBuffer.wrap(given)), "half a hello, given up");
    assertNull(Tls.serverName(ByteBuffer.allocate(0)));
  }

  /** A hello with a few wrong bytes: some answer, and no exception. */
  @Test
  void garbage_isAnswered() throws Exception {
    byte[] good = hello("shop.example");
    Random random = new Random(1);
    for (int i = 0; i < NOISE; i++) {
      byte[] bytes = good.clone();
      for (int k = random.nextInt(1, 4); k > 0; k--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      String name = Tls.serverName(ByteBuffer.wrap(bytes, 0, random.nextInt(bytes.length + 1)));
      assertEquals(name, name == null ? null : name.strip());
    }
  }
}
