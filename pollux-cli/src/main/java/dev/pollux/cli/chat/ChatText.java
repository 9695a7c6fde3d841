package dev.pollux.cli.chat;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import org.jspecify.annotations.Nullable;

/** The lines of a chat. */
final class ChatText {

  static final int MAX_NAME_LENGTH = 32;

  private static final byte REPLACED = '?';

  private ChatText() {}

  /** A line of the room's own. */
  static byte[] line(String text) {
    return (text + "\n").getBytes(UTF_8);
  }

  /** What a member says, with its name in front and nothing in it that a terminal would obey. */
  static byte[] said(String name, ByteBuffer text) {
    byte[] head = (name + ": ").getBytes(UTF_8);
    byte[] line = new byte[head.length + text.remaining() + 1];
    System.arraycopy(head, 0, line, 0, head.length);
    int i = head.length;
    for (int p = text.position(); p < text.limit(); p++) {
      line[i++] = harmless(p == text.position() ? 0 : text.get(p - 1), text.get(p));
    }
    line[i] = '\n';
    return line;
  }

  /** Replaces the control characters: below 32 and 127, and in UTF-8, those from 128 to 159. */
  private static byte harmless(byte before, byte b) {
    boolean control = (b >= 0 && b < ' ' && b != '\t') || b == 0x7F;
    boolean control8 = before == (byte) 0xC2 && b < (byte) 0xA0;
    return control || control8 ? REPLACED : b;
  }

  /** A member's name; null if these bytes are none. */
  static @Nullable String name(ByteBuffer bytes) {
    try {
      String name = UTF_8.newDecoder().decode(bytes).toString().strip();
      return isName(name) ? name : null;
    } catch (CharacterCodingException _) {
      return null;
    }
  }

  /** Whether a text may be a name. */
  static boolean isName(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_NAME_LENGTH
        && text.codePoints().allMatch(c -> Character.isLetterOrDigit(c) || "-_.".indexOf(c) >= 0);
  }
}
