package dev.pollux.guide;

import dev.pollux.net.Connection;
import dev.pollux.net.FrameHandler;
import dev.pollux.net.Framing;
import dev.pollux.net.HandlerFactory;
import java.nio.ByteBuffer;

/** Answers each line with the same line in capitals. */
public final class Shout implements FrameHandler {

  static final Framing LINES = Framing.lines(1024);

  static HandlerFactory handlers() {
    return _ -> LINES.handler(new Shout());
  }

  @Override
  public void frame(Connection connection, ByteBuffer line) {
    for (int i = line.position(); i < line.limit(); i++) {
      line.put(i, (byte) Character.toUpperCase(line.get(i)));
    }
    if (!LINES.write(connection, line).goesOn()) {
      connection.pauseReading();
    }
  }

  @Override
  public void writable(Connection connection) {
    connection.resumeReading();
  }
}
