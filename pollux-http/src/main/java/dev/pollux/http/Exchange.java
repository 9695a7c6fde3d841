package dev.pollux.http;

import dev.pollux.loop.Threads;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.FileRegion;
import dev.pollux.net.Payload;
import dev.pollux.net.WriteResult;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A request and its answer, and what is beneath them: the seam between what a program sees, which
 * knows no version of HTTP, and a connection, or a test that has none.
 *
 * <p>{@link HttpRequest}, {@link HttpBody} and {@link HttpResponse} check what the program asks,
 * and know how far it is; what is done to the wire is done here.
 */
abstract class Exchange {

  final HttpRequest request = new HttpRequest(this);
  final HttpBody body = new HttpBody(this);
  final HttpResponse response = new HttpResponse(this);

  /**
   * Whether something waits in the loop's queues that knows this exchange: it is used once then.
   */
  private boolean isQueued;

  /** A task that knows it is about to be queued. */
  void queued() {
    isQueued = true;
  }

  /** Whether nobody has it when its answer is over: neither a program nor a queue. */
  boolean isReusable() {
    return !isQueued && !response.isLater();
  }

  /** Whether a length may be said although nothing is written. */
  boolean isHeadAlone() {
    return request.isHead() || Statuses.isBodiless(response.status());
  }

  /** Throws unless the client asked to leave HTTP for this, and has sent all that comes before. */
  void requireSwitch(@Nullable String protocol) {
    if (!body.isOver()) {
      throw new IllegalStateException("a request with a body cannot leave HTTP before its end");
    }
    request.requireSwitch(protocol);
  }

  /** Where the request came from; null if there is no connection. */
  abstract @Nullable Connection connection();

  /** The {@linkplain ClientKeys number} of whom the connection is from. */
  abstract long client();

  /** The limits of the server. */
  abstract HttpLimits limits();

  /** How code beside the loop runs and waits. */
  abstract Threads threads();

  /** Has the loop run this soon; false if it has too much to do, or is closed. Any thread. */
  abstract boolean offer(Runnable task);

  /** Runs this in the next turn. */
  abstract void soon(Runnable task);

  /** Whether no task will run any more. Any thread. */
  abstract boolean isClosed();

  /** Whether the connection ends when the answer is over, as the server stops. */
  abstract boolean isFinishing();

  /** Whether this is the thread of the loop. Any thread. */
  abstract boolean inLoop();

  /** Throws unless this thread may ask something of it. */
  abstract void requireInLoop(String call);

  /** Text of a head. */
  abstract String text(byte[] in, int from, int to);

  /** The program will answer later: what it holds must stay as it is. */
  abstract void later();

  /** The program has begun to read the body, or goes on, or pauses. */
  abstract void bodyWanted();

  /** Answers in the program's place, as what came is no request, and ends the connection. */
  abstract void refuse(int status, String problem);

  /** The program's code threw. */
  abstract void failed(Throwable thrown);

  /** The program's code threw, when the answer was over. */
  abstract void report(Throwable thrown);

  /** Cuts the connection off, as the program cannot end what it began. */
  abstract void abort(Throwable why);

  // Of the answer, whose status and fields are in the response:

  /** Sends all of an answer, which says to have so many bytes. */
  abstract WriteResult send(ByteBuffer content, long length);

  /** Sends all of an answer. */
  abstract WriteResult send(HttpContent content);

  /** Sends all of an answer; the file is the connection's. */
  abstract WriteResult send(FileRegion content);

  /** Puts the head before what is written next; with the length that was declared, or -1. */
  abstract void begin(long length);

  /** Whether the content, of an answer that has begun, is cut in chunks. */
  abstract boolean isChunked();

  /** Whether so many bytes of content would be taken now. */
  abstract boolean hasRoom(int sizeBytes);

  /** Sends more of the content, for which there is room. */
  abstract WriteResult write(ByteBuffer content);

  /**
   * Sends more of the content, which others are sent too: all or nothing, and nothing while
   * something waits before it.
   *
   * @param framed in a chunk if the answer {@linkplain #isChunked is cut} so
   */
  abstract WriteResult write(Payload framed, int contentBytes);

  /** Sends the end of what was begun. */
  abstract WriteResult end();

  /** Sends an answer before the answer. */
  abstract WriteResult inform(int status);

  /** Sends the head, and hands the connection over. */
  abstract void switchTo(ConnectionHandler next);

  /** Whether more may be written now. */
  abstract boolean isWritable();

  /** Whether it will be told when there is room. */
  abstract boolean isRoomAwaited();
}
