package dev.pollux.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pollux.http.wire.FieldParser;
import dev.pollux.http.wire.Octets;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a part of a form says of itself.
 *
 * <p>A {@code filename*} is not looked at, as RFC 7578 has none: it would be a second name, and who
 * checks one may serve the other.
 *
 * <p>Immutable. Threads: any. Source: RFC 7578, 4.
 */
public final class PartHead {

  private static final Set<String> PLAIN_CODINGS = Set.of("7bit", "8bit", "binary");

  private final String name;
  private final @Nullable String fileName;
  private final @Nullable String contentType;

  private PartHead(String name, @Nullable String fileName, @Nullable String contentType) {
    this.name = name;
    this.fileName = fileName;
    this.contentType = contentType;
  }

  /** Of the fields that were read. An {@link IllegalArgumentException} says what is wrong. */
  static PartHead of(FieldParser fields, byte[] in) {
    String disposition = value(fields, in, "content-disposition");
    if (disposition == null) {
      throw new IllegalArgumentException("there is no Content-Disposition");
    }
    Parameters parameters = Parameters.of(disposition);
    if (!parameters.value().equals("form-data")) {
      throw new IllegalArgumentException("its Content-Disposition is not form-data");
    }
    String name = parameters.all().get("name");
    if (name == null) {
      throw new IllegalArgumentException("it has no name");
    }
    String coding = value(fields, in, "content-transfer-encoding");
    if (coding != null && !PLAIN_CODINGS.contains(coding.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException("its Content-Transfer-Encoding is none that is plain");
    }
    String fileName = parameters.all().get("filename");
    return new PartHead(name, fileName, value(fields, in, "content-type"));
  }

  private static @Nullable String value(FieldParser fields, byte[] in, String name) {
    String value = null;
    for (int i = 0; i < fields.count(); i++) {
      if (Octets.equalsIgnoreCase(in, fields.nameFrom(i), fields.nameTo(i), name)) {
        if (value != null) {
          throw new IllegalArgumentException("there are two fields " + name);
        }
        int from = fields.valueFrom(i);
        value = text(ByteBuffer.wrap(in, from, fields.valueTo(i) - from));
      }
    }
    return value;
  }

  private static String text(ByteBuffer bytes) {
    try {
      return UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("a field is no UTF-8", e);
    }
  }

  /** The name of the form's field. */
  public String name() {
    return name;
  }

  /**
   * The name of the file, as it was sent; null if it is none. It says what the peer likes, {@code
   * ../../etc/passwd} too: never use it as a path.
   */
  public @Nullable String fileName() {
    return fileName;
  }

  /**
   * The last segment of {@link #fileName}, behind all slashes and backslashes, without control
   * characters; empty if nothing is left of it, or . or .. alone. Two parts may have the same, and
   * a file of that name may be there already.
   */
  public @Nullable String safeFileName() {
    if (fileName == null) {
      return null;
    }
    int from = Math.max(fileName.lastIndexOf('/'), fileName.lastIndexOf('\\')) + 1;
    StringBuilder safe = new StringBuilder();
    for (int i = from; i < fileName.length(); i++) {
      char c = fileName.charAt(i);
      if (!Character.isISOControl(c)) {
        safe.append(c);
      }
    }
    String text = safe.toString().strip();
    return text.equals(".") || text.equals("..") ? "" : text;
  }

  /** The value of the Content-Type field, as it was sent; null if there is none. */
  public @Nullable String contentType() {
    return contentType;
  }
}
