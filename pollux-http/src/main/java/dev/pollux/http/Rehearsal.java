package dev.pollux.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.pollux.http.wire.FieldParser;
import dev.pollux.loop.Threads;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.FileRegion;
import dev.pollux.net.Payload;
import dev.pollux.net.WriteResult;
import java.io.ByteArrayOutputStream;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An exchange without a connection: the thread that runs it stands in for the loop, and what is
 * sent is kept.
 */
final class Rehearsal extends Exchange {

  private static final long PATIENCE_SECONDS = 10;

  private final HttpOptions options;
  private final HeadParser head;
  private final byte[] headBytes;
  private final ByteBuffer content;
  private final int pieceBytes;
  private final @Nullable SocketAddress remoteAddress;
  private final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
  private final Thread caller = Thread.currentThread();
  private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
  private final List<HttpAnswer.Line> fields = new ArrayList<>();
  private final List<HttpAnswer.Line> trailers = new ArrayList<>();
  private int status;
  private boolean isGiving;
  private volatile boolean isOver;
  private @Nullable Throwable thrown;

  Rehearsal(
      HttpOptions options,
      byte[] headBytes,
      byte[] content,
      int pieceBytes,
      @Nullable SocketAddress remoteAddress) {
    this.options = options;
    this.headBytes = headBytes;
    this.content = ByteBuffer.wrap(content).asReadOnlyBuffer();
    this.pieceBytes = pieceBytes;
    this.remoteAddress = remoteAddress;
    this.head = new HeadParser(options.limits().withBodyBytes(Long.MAX_VALUE), options);
  }

  HttpAnswer run(HttpHandler handler) {
    head.begin();
    if (head.parse(headBytes, 0, headBytes.length) != FieldParser.Result.DONE) {
      throw new IllegalArgumentException("this is no request: " + head.problem());
    }
    request.show(headBytes, 0, head);
    request.keep();
    if (remoteAddress != null) {
      request.setRemoteAddress(remoteAddress);
    }
    body.begin(head.framing().bodyBytes());
    response.begin();
    try {
      handler.handle(request, response);
      if (response.isOpen() && !response.isLater()) {
        throw new IllegalStateException(
            "the handler has neither answered " + request + " nor said that it will");
      }
    } catch (Throwable t) {
      failed(t);
    }
    awaitAnswer();
    isOver = true;
    if (thrown != null) {
      throw new IllegalStateException("the handler of " + request + " threw: " + thrown, thrown);
    }
    return new HttpAnswer(status, fields, trailers, sent.toByteArray());
  }

  private void awaitAnswer() {
    while (!isOver && thrown == null) {
      try {
        Runnable task = tasks.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (task == null) {
          throw new IllegalStateException(
              request + " was not answered in " + PATIENCE_SECONDS + " s");
        }
        task.run();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
    }
  }

  @Override
  @Nullable Connection connection() {
    return null;
  }

  @Override
  long client() {
    return ClientKeys.NONE;
  }

  @Override
  HttpLimits limits() {
    return options.limits();
  }

  @Override
  Threads threads() {
    return Threads.jvm();
  }

  @Override
  boolean offer(Runnable task) {
    return tasks.offer(task);
  }

  @Override
  void soon(Runnable task) {
    boolean _ = tasks.offer(task);
  }

  @Override
  boolean isClosed() {
    return isOver;
  }

  @Override
  boolean isFinishing() {
    return false;
  }

  @Override
  boolean inLoop() {
    return Thread.currentThread().equals(caller);
  }

  @Override
  void requireInLoop(String call) {
    if (!inLoop()) {
      throw new IllegalStateException(
          call + ": this is for the thread of the loop: use request.execute");
    }
  }

  @Override
  String text(byte[] in, int from, int to) {
    return new String(in, from, to - from, ISO_8859_1);
  }

  @Override
  void later() {}

  @Override
  void bodyWanted() {
    if (!isGiving && body.isWanted()) {
      isGiving = true; // behind the handler, as on a connection
      soon(this::giveBody);
    }
  }

  private void giveBody() {
    try {
      while (body.isWanted()) {
        if (content.hasRemaining()) {
          int count = Math.min(pieceBytes, content.remaining());
          ByteBuffer piece = content.slice(content.position(), count);
          var _ = content.position(content.position() + count);
          body.give(piece);
        } else {
          body.end(null);
        }
      }
    } catch (Throwable t) {
      failed(t);
    } finally {
      isGiving = false;
    }
  }

  @Override
  void refuse(int newStatus, String problem) {
    if (!isOver) {
      Refusals.answer(this, newStatus, problem);
      body.fail();
    }
  }

  @Override
  void failed(Throwable failure) {
    if (failure instanceof HttpException known && !response.isBegun()) {
      Refusals.answer(this, known.status(), String.valueOf(known.getMessage()));
    } else {
      report(failure);
    }
  }

  @Override
  void report(Throwable failure) {
    thrown = failure;
    response.lose();
    response.tellOver();
  }

  @Override
  void abort(Throwable why) {
    report(why);
  }

  // ---- the answer

  private void keepHead() {
    status = response.status();
    Lines lines = response.lines;
    for (int i = 0; i < lines.count(); i++) {
      fields.add(new HttpAnswer.Line(lines.name(i), lines.value(i)));
    }
  }

  private void keep(ByteBuffer some) {
    byte[] bytes = new byte[some.remaining()];
    some.get(bytes);
    if (!request.isHead() && !request.isBodiless(status)) {
      sent.writeBytes(bytes);
    }
  }

  private WriteResult over() {
    isOver = true;
    response.tellOver();
    return WriteResult.SENT;
  }

  @Override
  WriteResult send(ByteBuffer all, long length) {
    keepHead();
    keep(all);
    return over();
  }

  @Override
  WriteResult send(HttpContent all) {
    keepHead();
    fields.add(new HttpAnswer.Line("Content-Type", all.type()));
    keep(all.buffer());
    return over();
  }

  @Override
  WriteResult send(FileRegion file) {
    file.close();
    report(new UnsupportedOperationException("a file is sent by a connection only"));
    return WriteResult.CLOSED;
  }

  @Override
  void begin(long length) {
    keepHead();
  }

  @Override
  boolean isChunked() {
    return false;
  }

  @Override
  boolean hasRoom(int sizeBytes) {
    return true;
  }

  @Override
  WriteResult write(ByteBuffer some) {
    keep(some);
    return WriteResult.SENT;
  }

  @Override
  WriteResult write(Payload framed, int contentBytes) {
    throw new UnsupportedOperationException("what is shared is sent by a connection only");
  }

  @Override
  WriteResult end() {
    Lines lines = response.trailers;
    for (int i = 0; i < lines.count(); i++) {
      trailers.add(new HttpAnswer.Line(lines.name(i), lines.value(i)));
    }
    return over();
  }

  @Override
  WriteResult inform(int informational) {
    return WriteResult.SENT;
  }

  @Override
  void switchTo(ConnectionHandler next) {
    keepHead();
    WriteResult _ = over();
  }

  @Override
  boolean isWritable() {
    return true;
  }

  @Override
  boolean isRoomAwaited() {
    return false;
  }
}
