package dev.pollux.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Headers of the PROXY protocol to send, and what they say by a plain reader of a whole one. */
final class ProxyHeaders {

  static final byte[] SIGNATURE = "\r\n\r\n\0\r\nQUIT\n".getBytes(ISO_8859_1);

  private static final String NUMBER = "(?:0|[1-9][0-9]{0,4})";
  private static final String QUAD = "((?:(?:0|[1-9][0-9]{0,2})\\.){3}(?:0|[1-9][0-9]{0,2}))";
  private static final String HEX = "([0-9a-fA-F:.]+)";
  private static final Pattern LINE =
      Pattern.compile(
          "PROXY (?:UNKNOWN(?: [^\\r\\n]*)?|TCP4 "
              + QUAD
              + " "
              + QUAD
              + " ("
              + NUMBER
              + ") ("
              + NUMBER
              + ")|TCP6 "
              + HEX
              + " "
              + HEX
              + " ("
              + NUMBER
              + ") ("
              + NUMBER
              + "))\\r\\n");

  private ProxyHeaders() {}

  /** A binary one. */
  static byte[] binary(int command, int family, byte[] rest) {
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    header.writeBytes(SIGNATURE);
    header.write(command);
    header.write(family);
    header.write(rest.length >> 8);
    header.write(rest.length);
    header.writeBytes(rest);
    return header.toByteArray();
  }

  /** What is said of TCP, and something behind that. */
  static byte[] addresses(String from, String to, int fromPort, int toPort, int more) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(InetAddress.ofLiteral(from).getAddress());
    bytes.writeBytes(InetAddress.ofLiteral(to).getAddress());
    bytes.writeBytes(new byte[] {(byte) (fromPort >> 8), (byte) fromPort});
    bytes.writeBytes(new byte[] {(byte) (toPort >> 8), (byte) toPort});
    bytes.writeBytes(new byte[more]);
    return bytes.toByteArray();
  }

  /** A binary one of 192.0.2.1, port 1234. */
  static byte[] binary() {
    return binary(0x21, 0x11, addresses("192.0.2.1", "192.0.2.2", 1234, 443, 7));
  }

  /** What a header says: its size and the address, REFUSED, or null if it is not whole. */
  static String read(byte[] bytes) {
    try {
      boolean isText = bytes.length > 0 && bytes[0] == 'P';
      return isText ? readText(new String(bytes, ISO_8859_1)) : readBinary(ByteBuffer.wrap(bytes));
    } catch (BufferUnderflowException e) {
      return null;
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  private static String readText(String text) {
    int end = text.indexOf('\n') + 1;
    if (end == 0) {
      return text.length() < 107 ? null : "REFUSED";
    }
    Matcher line = LINE.matcher(text.substring(0, end));
    if (end > 107 || !line.matches()) {
      return "REFUSED";
    }
    boolean isOld = line.group(1) != null;
    if (!isOld && line.group(5) == null) {
      return end + " null";
    }
    int group = isOld ? 1 : 5;
    try {
      InetAddress from = InetAddress.ofLiteral(line.group(group));
      InetAddress _ = InetAddress.ofLiteral(line.group(group + 1));
      int port = Integer.parseInt(line.group(group + 2));
      boolean isGood = port < 65536 && Integer.parseInt(line.group(group + 3)) < 65536;
      isGood &= isOld || (line.group(5).contains(":") && line.group(6).contains(":"));
      return isGood ? end + " " + new InetSocketAddress(from, port) : "REFUSED";
    } catch (IllegalArgumentException e) {
      return "REFUSED";
    }
  }

  private static String readBinary(ByteBuffer bytes) throws UnknownHostException {
    byte[] signature = new byte[12];
    bytes.get(signature);
    int command = bytes.get();
    int family = bytes.get();
    int length = bytes.getShort() & 0xffff;
    boolean isProxied = command == 0x21;
    int least = family == 0x11 ? 12 : family == 0x21 ? 36 : family == 0x31 ? 216 : 0;
    boolean isGood = Arrays.equals(signature, SIGNATURE) && (isProxied || command == 0x20);
    isGood &= !isProxied || ((least > 0 || family == 0) && length >= least);
    if (!isGood || length + 16 > 4096) {
      return "REFUSED";
    }
    byte[] rest = new byte[length];
    bytes.get(rest);
    String size = length + 16 + " ";
    if (!isProxied || family == 0) {
      return size + "null";
    }
    if (family == 0x31) {
      return size + new String(rest, 0, 108, ISO_8859_1).replaceAll("(?<=.)\0.*", "");
    }
    int host = family == 0x11 ? 4 : 16;
    int port = ByteBuffer.wrap(rest).getShort(2 * host) & 0xffff;
    InetAddress from = InetAddress.getByAddress(Arrays.copyOf(rest, host));
    return size + new InetSocketAddress(from, port);
  }
}
