package dev.pollux.cli.chat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class ChatTextTest {

  private static String said(String text) {
    return new String(ChatText.said("ann", ByteBuffer.wrap(text.getBytes(UTF_8))), UTF_8);
  }

  @Test
  void said_text_hasTheNameInFront() {
    assertEquals("ann: grüße\t€ 😀\n", said("grüße\t€ 😀"));
  }

  @Test
  void said_controlCharacters_areReplaced() {
    assertEquals("ann: a?[2Jb?c?d\n", said("a\u001b[2Jb\rc\u007fd"));
    assertEquals("ann: \u00c2?x\n".length(), said("\u009bx").length());
    assertFalse(said("\u009bx").contains("\u009b"));
  }

  @Test
  void name_ofLettersAndDigits_isOne() {
    assertEquals("Zoë-1_.x", ChatText.name(ByteBuffer.wrap(" Zoë-1_.x ".getBytes(UTF_8))));
    assertTrue(ChatText.isName("a".repeat(ChatText.MAX_NAME_LENGTH)));
  }

  @Test
  void name_ofAnythingElse_isNone() {
    for (String text : new String[] {"", " ", "a b", "*", "#a", "a:", "a\u001b"}) {
      assertNull(ChatText.name(ByteBuffer.wrap(text.getBytes(UTF_8))), text);
    }
    assertFalse(ChatText.isName("a".repeat(ChatText.MAX_NAME_LENGTH + 1)));
    assertNull(ChatText.name(ByteBuffer.wrap(new byte[] {'a', (byte) 0xC3})));
  }
}
