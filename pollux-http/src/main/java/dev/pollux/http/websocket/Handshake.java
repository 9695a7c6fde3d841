package dev.pollux.http.websocket;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.pollux.http.HttpFields;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What is said before the first frame. Passive. Source: RFC 6455, 1.3 and 4. */
final class Handshake {

  static final String PROTOCOL = "websocket";
  static final String VERSION = "13";
  static final String KEY = "Sec-WebSocket-Key";
  static final String ACCEPT = "Sec-WebSocket-Accept";
  static final String VERSIONS = "Sec-WebSocket-Version";
  static final String SUBPROTOCOL = "Sec-WebSocket-Protocol";
  static final String EXTENSIONS = "Sec-WebSocket-Extensions";

  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final int KEY_BYTES = 16;

  private Handshake() {}

  /** A key that nobody has thought of. */
  static String newKey(RandomGenerator random) {
    byte[] key = new byte[KEY_BYTES];
    random.nextBytes(key);
    return Base64.getEncoder().encodeToString(key);
  }

  /** Whether this is a key: 16 bytes in base64. */
  static boolean isKey(@Nullable String key) {
    try {
      return key != null
          && key.length() == (KEY_BYTES + 2) / 3 * 4
          && Base64.getDecoder().decode(key).length == KEY_BYTES;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** What shows that a server has read a key. */
  static String accept(String key) {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      return Base64.getEncoder().encodeToString(sha1.digest((key + GUID).getBytes(ISO_8859_1)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }

  /** The members of a list in fields of this name, as they are written. */
  static List<String> list(HttpFields fields, String name) {
    List<String> members = new ArrayList<>();
    for (String value : fields.all(name)) {
      for (String member : value.split(",", -1)) {
        if (!member.isBlank()) {
          members.add(member.strip());
        }
      }
    }
    return members;
  }

  /**
   * Whether a browser's page of this origin is one of the host's own: the same host and port, by
   * whatever scheme, as TLS may end before.
   */
  static boolean isOwnOrigin(String origin, String host) {
    int mark = origin.indexOf("://");
    if (mark < 0) {
      return false;
    }
    String scheme = origin.substring(0, mark).toLowerCase(Locale.ROOT);
    String port = scheme.equals("https") ? ":443" : ":80";
    return withoutPort(origin.substring(mark + 3), port).equals(withoutPort(host, port));
  }

  private static String withoutPort(String authority, String port) {
    String small = authority.toLowerCase(Locale.ROOT);
    return small.endsWith(port) ? small.substring(0, small.length() - port.length()) : small;
  }
}
