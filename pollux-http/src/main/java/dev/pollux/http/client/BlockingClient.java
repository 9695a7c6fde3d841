package dev.pollux.http.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * An {@link HttpClient} for threads that may block: any but its loop's, virtual ones too.
 *
 * <pre>{@code
 * String text = client.blocking().send(ClientRequest.get("http://example.org/")).text();
 * }</pre>
 *
 * <p>Blocking: each method, for as long as the times of the {@link ClientOptions} and of the
 * request say. Interruption cancels the call.
 *
 * <p>Threads: any. Errors: {@link ClientException}; IllegalStateException on the loop's thread.
 */
public final class BlockingClient {

  private static final int PIECE_BYTES = 1 << 14; // 16 KiB

  private final HttpClient client;

  BlockingClient(HttpClient client) {
    this.client = client;
  }

  /** Sends a request, and waits for the whole answer. */
  public WholeAnswer send(ClientRequest request) throws ClientException, InterruptedException {
    try (BlockingAnswer answer = open(request)) {
      return whole(answer);
    }
  }

  /** Sends a request with the bytes of a stream for its body, and waits for the whole answer. */
  public WholeAnswer send(ClientRequest request, InputStream body)
      throws IOException, InterruptedException {
    try (BlockingAnswer answer = open(request, body)) {
      return whole(answer);
    }
  }

  /** Sends a request, and waits for the head of the answer; the rest is read from that. */
  public BlockingAnswer open(ClientRequest request) throws ClientException, InterruptedException {
    if (request.isStreamed()) {
      throw new IllegalArgumentException(request + " has a streamed body, of which there is none");
    }
    BlockingBridge bridge = new BlockingBridge(client, request);
    bridge.send();
    return new BlockingAnswer(bridge, bridge.head());
  }

  /**
   * Sends a request with the bytes of a stream for its body, and waits for the head of the answer.
   *
   * @param body read to its end, or until the server wants no more; it stays the caller's
   * @throws IOException also if it is of the stream's
   */
  public BlockingAnswer open(ClientRequest request, InputStream body)
      throws IOException, InterruptedException {
    ClientRequest streamed = request.isStreamed() ? request : request.withStreamedBody();
    BlockingBridge bridge = new BlockingBridge(client, streamed);
    bridge.send();
    boolean isDone = false;
    try {
      byte[] piece = new byte[PIECE_BYTES];
      boolean isWanted = true;
      int count = body.read(piece);
      while (isWanted && count >= 0) {
        isWanted = bridge.write(piece, count);
        count = isWanted ? body.read(piece) : count;
      }
      if (isWanted) {
        bridge.end();
      }
      isDone = true;
    } finally {
      if (!isDone) {
        bridge.cancel();
      }
    }
    return new BlockingAnswer(bridge, bridge.head());
  }

  private WholeAnswer whole(BlockingAnswer answer) throws ClientException, InterruptedException {
    int most = client.options().limits().wholeBytes();
    if (answer.head().length() > most) {
      throw tooLarge(answer, most);
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (ByteBuffer piece = answer.next(); piece != null; piece = answer.next()) {
      if (piece.remaining() > most - body.size()) {
        throw tooLarge(answer, most);
      }
      byte[] some = new byte[piece.remaining()];
      var _ = piece.get(some);
      body.writeBytes(some);
    }
    return new WholeAnswer(answer.head(), body.toByteArray(), answer.trailers());
  }

  private static ClientException tooLarge(BlockingAnswer answer, int most) {
    String why = ": the body has more than " + most + " bytes: read it as a stream";
    return new ClientException(
        FailureReason.TOO_LARGE, answer.head().request() + why, true, false, null);
  }
}
