package dev.pollux.http.client;

import dev.pollux.http.HttpFields;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Takes an answer whole. */
final class Whole implements ClientHandler {

  private static final int FIRST_BYTES = 1 << 10;

  private final int maxBytes;
  private final Consumer<WholeAnswer> taker;
  private final Consumer<ClientException> failed;
  private ByteArrayOutputStream body = new ByteArrayOutputStream(0);
  private @Nullable ClientAnswer head;

  Whole(int maxBytes, Consumer<WholeAnswer> taker, Consumer<ClientException> failed) {
    this.maxBytes = maxBytes;
    this.taker = Objects.requireNonNull(taker, "taker");
    this.failed = Objects.requireNonNull(failed, "failed");
  }

  @Override
  public void answered(ClientCall call, ClientAnswer answer) {
    head = answer;
    if (answer.length() > maxBytes) {
      call.tooLarge(maxBytes);
    } else {
      body = new ByteArrayOutputStream((int) Math.min(FIRST_BYTES, Math.max(0, answer.length())));
    }
  }

  @Override
  public void data(ClientCall call, ByteBuffer data) {
    if (data.remaining() > maxBytes - body.size()) {
      call.tooLarge(maxBytes);
      return;
    }
    byte[] piece = new byte[data.remaining()];
    var _ = data.get(piece);
    body.writeBytes(piece);
  }

  @Override
  public void ended(ClientCall call, HttpFields trailers) {
    ClientAnswer known = Objects.requireNonNull(head);
    taker.accept(new WholeAnswer(known, body.toByteArray(), trailers));
  }

  @Override
  public void failed(ClientCall call, ClientException failure) {
    failed.accept(failure);
  }
}
