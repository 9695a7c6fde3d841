package dev.pollux.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A few names, and a digest of the password of each: all have the same length, so that to compare
 * them takes the same time.
 *
 * <p>Immutable. Threads: any.
 */
final class PasswordTable implements BasicAuth.Checker {

  private static final int MAX_BYTES_OF_A_CHAR = 3;
  private static final byte[] NOBODYS = digest(new char[0]);

  private final Map<String, byte[]> digests = new HashMap<>();

  PasswordTable(Map<String, String> passwords) {
    passwords.forEach((name, password) -> digests.put(name, digest(password.toCharArray())));
  }

  @Override
  public @Nullable Object principal(String name, char[] password) {
    byte[] known = digests.get(name);
    boolean isEqual = MessageDigest.isEqual(known == null ? NOBODYS : known, digest(password));
    return isEqual && known != null ? name : null;
  }

  private static byte[] digest(char[] password) {
    ByteBuffer bytes = ByteBuffer.allocate(MAX_BYTES_OF_A_CHAR * password.length);
    var _ =
        UTF_8
            .newEncoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .encode(CharBuffer.wrap(password), bytes, true);
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(bytes.flip());
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e); // every JDK has it
    } finally {
      Arrays.fill(bytes.array(), (byte) 0);
    }
  }

  @Override
  public String toString() {
    return "a table of " + digests.size() + " names";
  }
}
