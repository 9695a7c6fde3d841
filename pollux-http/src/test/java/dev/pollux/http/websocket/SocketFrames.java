package dev.pollux.http.websocket;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** What a server that echoes sends, in the words of {@link PlainReader}. */
final class SocketFrames {

  private SocketFrames() {}

  /** What it is to answer: nothing behind a Close. */
  static List<String> answers(PlainReader.Outcome outcome) {
    List<String> answers = new ArrayList<>();
    for (String event : outcome.events()) {
      if (event.startsWith("close ")) {
        String code = event.substring("close ".length(), event.lastIndexOf(' '));
        answers.add("close " + code);
        return answers;
      } else if (event.startsWith("ping ")) {
        answers.add(event.replace("ping", "pong"));
      } else if (!event.startsWith("pong ")) {
        answers.add(event);
      }
    }
    if (outcome.failure() != 0) {
      answers.add("close " + outcome.failure());
    }
    return answers;
  }

  /** Takes a server's frames, none of which is cut. */
  static List<String> read(byte[] sent) {
    List<String> all = new ArrayList<>();
    for (ByteBuffer in = ByteBuffer.wrap(sent); in.hasRemaining(); ) {
      int first = in.get() & 0xff;
      int length = in.get();
      long size = length == 126 ? in.getShort() & 0xffff : length == 127 ? in.getLong() : length;
      byte[] payload = new byte[Math.toIntExact(size)];
      in.get(payload);
      all.add(
          switch (first) {
            case 0x81 -> "text " + HexFormat.of().formatHex(payload);
            case 0x82 -> "binary " + HexFormat.of().formatHex(payload);
            case 0x88 -> "close " + PlainReader.close(payload);
            case 0x8a -> "pong " + HexFormat.of().formatHex(payload);
            default -> throw new AssertionError("a frame that begins with " + first);
          });
    }
    return all;
  }

  static boolean isOfContent(String answer) {
    return answer.equals("close 1007") || answer.equals("close 1009");
  }
}
