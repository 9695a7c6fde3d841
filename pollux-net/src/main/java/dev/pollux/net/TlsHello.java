package dev.pollux.net;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Finds the server name in a TLS client's first message (RFC 8446, RFC 6066), without doing TLS.
 *
 * <p>Threads: no state.
 */
final class TlsHello {

  /** There is no name, or this is no such message. */
  static final String NO_NAME = "";

  private static final int MAX_RECORD_BYTES = (1 << 14) + 256;
  private static final int MAX_HELLO_BYTES = 1 << 16; // far more than any client sends
  private static final int RECORD_HEAD_BYTES = 5;
  private static final int MESSAGE_HEAD_BYTES = 4;

  private static final int HANDSHAKE = 22;
  private static final int MAJOR_VERSION = 3;
  private static final int CLIENT_HELLO = 1;
  private static final int VERSION_AND_RANDOM_BYTES = 2 + 32;
  private static final int SERVER_NAME = 0; // both the extension and the kind of name

  private TlsHello() {}

  /** The name, in lower case; {@link #NO_NAME}; or null if more has to come. Moves no position. */
  static @Nullable String serverName(ByteBuffer data) {
    ByteBuffer message = ByteBuffer.allocate(Math.min(data.remaining(), MAX_HELLO_BYTES));
    boolean isMoreToCome = unwrap(data.duplicate(), message);
    var _ = message.flip();
    if (message.hasRemaining() && message.get(0) != CLIENT_HELLO) {
      return NO_NAME;
    }
    if (message.remaining() < MESSAGE_HEAD_BYTES) {
      return isMoreToCome ? null : NO_NAME;
    }
    int size = message.getInt() & 0xffffff;
    if (size > MAX_HELLO_BYTES - MESSAGE_HEAD_BYTES) {
      return NO_NAME;
    }
    if (size > message.remaining()) {
      return isMoreToCome ? null : NO_NAME;
    }
    try {
      return nameIn(message.limit(MESSAGE_HEAD_BYTES + size));
    } catch (BufferUnderflowException | IllegalArgumentException _) {
      return NO_NAME; // a length that says too much
    }
  }

  /** Takes the records off, as many as there are; false if one follows that is no handshake's. */
  private static boolean unwrap(ByteBuffer records, ByteBuffer message) {
    while (records.hasRemaining()) {
      int start = records.position();
      boolean isHandshake = records.get(start) == HANDSHAKE;
      boolean isVersion = records.remaining() == 1 || records.get(start + 1) == MAJOR_VERSION;
      if (!isHandshake || !isVersion) {
        return false;
      }
      if (records.remaining() < RECORD_HEAD_BYTES) {
        return true;
      }
      int size = records.getShort(start + 3) & 0xffff;
      if (size == 0 || size > MAX_RECORD_BYTES) {
        return false;
      }
      records.position(start + RECORD_HEAD_BYTES);
      int here = Math.min(Math.min(size, records.remaining()), message.remaining());
      message.put(message.position(), records, records.position(), here);
      var _ = message.position(message.position() + here);
      records.position(Math.min(records.position() + size, records.limit()));
    }
    return true;
  }

  private static String nameIn(ByteBuffer hello) {
    skip(hello, VERSION_AND_RANDOM_BYTES);
    skip(hello, hello.get() & 0xff); // the session
    skip(hello, hello.getShort() & 0xffff); // the cipher suites
    skip(hello, hello.get() & 0xff); // the compression methods
    if (!hello.hasRemaining()) {
      return NO_NAME; // there need not be extensions
    }
    ByteBuffer extensions = part(hello, hello.getShort() & 0xffff);
    while (extensions.hasRemaining()) {
      int kind = extensions.getShort() & 0xffff;
      ByteBuffer extension = part(extensions, extensions.getShort() & 0xffff);
      if (kind == SERVER_NAME) {
        return nameOf(part(extension, extension.getShort() & 0xffff));
      }
    }
    return NO_NAME;
  }

  private static String nameOf(ByteBuffer names) {
    while (names.hasRemaining()) {
      int kind = names.get();
      ByteBuffer name = part(names, names.getShort() & 0xffff);
      if (kind == SERVER_NAME) {
        byte[] ascii = new byte[name.remaining()];
        var _ = name.get(ascii);
        for (byte b : ascii) {
          if (b <= ' ' || b == 0x7f) {
            return NO_NAME; // also what is beyond ASCII, which is negative
          }
        }
        return new String(ascii, US_ASCII).toLowerCase(Locale.ROOT);
      }
    }
    return NO_NAME;
  }

  private static ByteBuffer part(ByteBuffer whole, int sizeBytes) {
    ByteBuffer part = whole.slice(whole.position(), Math.min(sizeBytes, whole.remaining()));
    skip(whole, sizeBytes);
    return part;
  }

  private static void skip(ByteBuffer data, int sizeBytes) {
    var _ = data.position(data.position() + sizeBytes); // throws if that is beyond the limit
  }
}
