package dev.pollux.guide;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.pollux.loop.LoopTimer;
import dev.pollux.net.CloseCause;
import dev.pollux.net.CloseReason;
import dev.pollux.net.Connection;
import dev.pollux.net.FrameHandler;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

// begin login
/** Wants a first line within ten seconds; then hands over to {@link Shout}. */
final class Login implements FrameHandler {

  private @Nullable LoopTimer deadline;

  @Override
  public void opened(Connection connection) {
    deadline =
        connection
            .loop()
            .schedule(
                TimeUnit.SECONDS.toNanos(10),
                () -> connection.close(CloseCause.of(CloseReason.IDLE, "no login in 10 s")));
  }

  @Override
  public void frame(Connection connection, ByteBuffer name) {
    cancelDeadline(connection);
    connection.attach(US_ASCII.decode(name).toString());
    connection.setHandler(Shout.LINES.handler(new Shout())); // given the bytes after this line
  }

  @Override
  public void heartbeat(Connection connection) {
    var _ = connection.write(US_ASCII.encode("still waiting\n"));
  }

  @Override
  public void closed(Connection connection, CloseCause cause) {
    cancelDeadline(connection);
  }

  private void cancelDeadline(Connection connection) {
    LoopTimer timer = deadline;
    if (timer != null) {
      connection.loop().cancel(timer);
    }
  }
}
// end login
