package dev.pollux.net;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What a worker answers to a request: any number of frames, none included.
 *
 * <p>Threads: the worker's, until {@link WorkHandler#handle} returns.
 */
public final class Reply {

  private final WorkConnection owner;
  private List<ByteBuffer> frames = new ArrayList<>();
  private boolean closeAsked;

  Reply(WorkConnection owner) {
    this.owner = owner;
  }

  /**
   * Adds a frame with this payload, which is copied and read to its end. It is sent when the
   * handler returns, or at {@link #flush}.
   *
   * @throws IllegalArgumentException as {@link Framing#write}
   */
  public void write(ByteBuffer payload) {
    frames.add(owner.framing().encode(payload));
  }

  /**
   * Sends what was added so far, while the handler goes on. It does not wait for the peer: a long
   * answer that the peer is too slow for ends at {@link ConnectionOptions#maxQueuedBytes}.
   */
  public void flush() {
    if (!frames.isEmpty()) {
      List<ByteBuffer> batch = take();
      owner.post(() -> owner.send(batch));
    }
  }

  /** The connection is {@linkplain Connection#close closed} after this reply. */
  public void close() {
    closeAsked = true;
  }

  /** The connection, for its address or what is attached; it is not to be touched off its loop. */
  public Connection connection() {
    return owner.connection();
  }

  /** Whether the connection is over, so that nobody waits for the answer. */
  public boolean isCancelled() {
    return owner.isCancelled();
  }

  List<ByteBuffer> take() {
    List<ByteBuffer> batch = frames;
    frames = new ArrayList<>();
    return batch;
  }

  boolean isCloseAsked() {
    return closeAsked;
  }
}
