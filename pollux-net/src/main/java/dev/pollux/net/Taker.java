package dev.pollux.net;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who is given the descriptor of a connection that was detached, when it is over; before its owner
 * hears of it.
 *
 * <p>Threads: the loop's.
 */
final class Taker implements ConnectionOwner {

  private final Consumer<Detached> consumer;
  private final @Nullable ConnectionOwner owner;

  /** What it is given. */
  @Nullable Detached away;

  Taker(Consumer<Detached> consumer, @Nullable ConnectionOwner owner) {
    this.consumer = consumer;
    this.owner = owner;
  }

  @Override
  public boolean isServer() {
    ConnectionOwner next = owner;
    return next != null && next.isServer();
  }

  /** From here on the descriptor is the consumer's, whatever it throws. */
  @Override
  public void closed(Connection connection, CloseCause cause) {
    Detached given = away;
    try {
      if (given != null) {
        consumer.accept(given);
      }
    } catch (Throwable t) {
      Callbacks.failed(connection, "who it was detached for", t);
    }
    ConnectionOwner next = owner;
    if (next != null) {
      next.closed(connection, cause);
    }
  }
}
