package dev.pollux.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.pollux.http.wire.FieldParser;
import dev.pollux.sys.UnixAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a proxy says of a connection before anything else: whom it is from. As a line of text, or in
 * binary, where what is said besides is passed over.
 *
 * <p>It takes one byte after the other, so that it makes no difference how they come, and none
 * behind the header. Passive. Source: HAProxy's PROXY protocol, versions 1 and 2.
 */
final class ProxyHeader {

  /** The longest line, with its end. */
  static final int MAX_LINE_BYTES = 107;

  /** How long a binary one may be. */
  static final int MAX_BYTES = 1 << 12; // 4 KiB

  private static final byte[] WORD = "PROXY ".getBytes(ISO_8859_1);
  private static final byte[] SIGNATURE = "\r\n\r\n\0\r\nQUIT\n".getBytes(ISO_8859_1);
  private static final int FIXED_BYTES = 16;
  private static final int LOCAL = 0x20;
  private static final int PROXY = 0x21;
  private static final int UNSPECIFIED = 0x00;
  private static final int TCP4 = 0x11;
  private static final int TCP6 = 0x21;
  private static final int UNIX = 0x31;
  private static final int UNIX_BYTES = 108;

  private final byte[] bytes = new byte[FIXED_BYTES + 2 * UNIX_BYTES];
  private FieldParser.Result result = FieldParser.Result.MORE;
  private int size;
  private int end; // of a binary one, when that is known
  private @Nullable SocketAddress address;
  private @Nullable String problem;

  /** Takes what is there of the header, and nothing behind it. */
  FieldParser.Result parse(ByteBuffer data) {
    while (result == FieldParser.Result.MORE && data.hasRemaining()) {
      take(data.get());
    }
    return result;
  }

  /** Whom it is from; null if it is said to be from the proxy itself, or nothing is said. */
  @Nullable SocketAddress address() {
    return address;
  }

  /** What is wrong with it. */
  String problem() {
    return "the PROXY header: " + problem;
  }

  private void take(byte octet) {
    if (size < bytes.length) {
      bytes[size] = octet;
    }
    size++;
    if (bytes[0] == WORD[0]) {
      takeText(octet);
    } else {
      takeBinary(octet & 0xff);
    }
  }

  private void refuse(String why) {
    result = FieldParser.Result.REFUSED;
    problem = why;
  }

  private void finish(@Nullable SocketAddress from) {
    result = FieldParser.Result.DONE;
    address = from;
  }

  // ---- as a line

  private void takeText(byte octet) {
    if (size <= WORD.length) {
      if (octet != WORD[size - 1]) {
        refuse("it does not begin as one");
      }
    } else if ((octet == '\n') != (bytes[size - 2] == '\r')) {
      refuse("a CR or a LF alone");
    } else if (octet == '\n') {
      readLine(new String(bytes, WORD.length, size - 2 - WORD.length, ISO_8859_1));
    } else if (size == MAX_LINE_BYTES) {
      refuse("more than " + MAX_LINE_BYTES + " bytes");
    }
  }

  private void readLine(String line) {
    if (line.equals("UNKNOWN") || line.startsWith("UNKNOWN ")) {
      finish(null);
      return;
    }
    String[] words = line.split(" ", -1);
    boolean isOld = words[0].equals("TCP4");
    if (words.length != 5 || !(isOld || words[0].equals("TCP6"))) {
      refuse("not a protocol, two addresses and two ports");
      return;
    }
    InetAddress from = literal(isOld, words[1]);
    int port = IpLiterals.port(words[3]);
    if (from == null || literal(isOld, words[2]) == null) {
      refuse("an address is none");
    } else if (port < 0 || IpLiterals.port(words[4]) < 0) {
      refuse("a port is none");
    } else {
      finish(new InetSocketAddress(from, port));
    }
  }

  private static @Nullable InetAddress literal(boolean isOld, String text) {
    return (text.indexOf(':') < 0) == isOld ? IpLiterals.address(text) : null;
  }

  // ---- in binary

  private void takeBinary(int octet) {
    if (size <= SIGNATURE.length) {
      if (octet != SIGNATURE[size - 1]) {
        refuse("it does not begin as one");
      }
      return;
    }
    switch (size) {
      case 13 -> {
        if (octet != LOCAL && octet != PROXY) {
          refuse("no version 2 with a command that is known");
        }
      }
      case 14 -> {
        if (isProxied() && addressBytes() < 0) {
          refuse("no family of streams");
        }
      }
      case FIXED_BYTES -> takeLength();
      default -> {}
    }
    if (size == end && result == FieldParser.Result.MORE) {
      readAddress();
    }
  }

  private boolean isProxied() {
    return bytes[12] == PROXY;
  }

  /** How long the addresses of the family are; -1 if it is none. */
  private int addressBytes() {
    return switch (bytes[13]) {
      case UNSPECIFIED -> 0;
      case TCP4 -> 12;
      case TCP6 -> 36;
      case UNIX -> 2 * UNIX_BYTES;
      default -> -1;
    };
  }

  private void takeLength() {
    int length = (bytes[14] & 0xff) << 8 | (bytes[15] & 0xff);
    end = FIXED_BYTES + length;
    if (end > MAX_BYTES) {
      refuse("more than " + MAX_BYTES + " bytes");
    } else if (isProxied() && length < addressBytes()) {
      refuse("shorter than its addresses");
    }
  }

  private void readAddress() {
    if (!isProxied()) {
      finish(null);
      return;
    }
    switch (bytes[13]) {
      case TCP4 -> readInet(4);
      case TCP6 -> readInet(16);
      case UNIX -> readUnix();
      default -> finish(null);
    }
  }

  private void readInet(int length) {
    int portAt = FIXED_BYTES + 2 * length;
    int port = (bytes[portAt] & 0xff) << 8 | (bytes[portAt + 1] & 0xff);
    try {
      byte[] host = Arrays.copyOfRange(bytes, FIXED_BYTES, FIXED_BYTES + length);
      finish(new InetSocketAddress(InetAddress.getByAddress(host), port));
    } catch (UnknownHostException e) {
      throw new AssertionError(e); // so many bytes are an address
    }
  }

  private void readUnix() {
    byte[] path = Arrays.copyOfRange(bytes, FIXED_BYTES, FIXED_BYTES + UNIX_BYTES);
    if (path[0] == 0) {
      int length = path.length;
      while (length > 1 && path[length - 1] == 0) {
        length--;
      }
      byte[] name = Arrays.copyOfRange(path, 1, length);
      finish(name.length == 0 ? UnixAddress.unnamed() : UnixAddress.abstractName(name));
      return;
    }
    int length = 0;
    while (length < path.length && path[length] != 0) {
      length++;
    }
    if (length > UnixAddress.MAX_PATH_BYTES) {
      refuse("a path without an end");
    } else {
      finish(UnixAddress.path(Arrays.copyOf(path, length)));
    }
  }
}
