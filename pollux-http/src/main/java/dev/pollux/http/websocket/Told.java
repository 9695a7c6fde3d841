package dev.pollux.http.websocket;

import dev.pollux.net.WriteResult;
import org.jspecify.annotations.Nullable;

/**
 * Tells the observer of a WebSocket, and reports what it throws.
 *
 * <p>Threads: the loop's; the one that tells nobody is for all.
 */
final class Told {

  private static final Told NOBODY = new Told(null, null);

  private final @Nullable WebSocketObserver observer;
  private final @Nullable WebSocket socket;
  private long partBytes; // of a message that is sent in parts
  private boolean isText; // that one

  private Told(@Nullable WebSocketObserver observer, @Nullable WebSocket socket) {
    this.observer = observer;
    this.socket = socket;
  }

  static Told of(@Nullable WebSocketObserver observer, WebSocket socket) {
    return observer == null ? NOBODY : new Told(observer, socket);
  }

  void opened() {
    if (observer != null && socket != null) {
      try {
        observer.opened(socket);
      } catch (Throwable t) {
        socket.conversation().report(t);
      }
    }
  }

  void received(boolean isReceivedText, int sizeBytes) {
    if (observer != null && socket != null) {
      try {
        observer.received(socket, isReceivedText, sizeBytes);
      } catch (Throwable t) {
        socket.conversation().report(t);
      }
    }
  }

  /** Returns the result, of which it depends. */
  WriteResult sent(boolean isSentText, long sizeBytes, WriteResult result) {
    if (observer != null && socket != null && result.isTaken()) {
      try {
        observer.sent(socket, isSentText, sizeBytes);
      } catch (Throwable t) {
        socket.conversation().report(t);
      }
    }
    return result;
  }

  /** A part was taken. */
  void sentPart(boolean isPartText, boolean isFirst, int sizeBytes, boolean isLast) {
    if (observer != null) {
      isText = isFirst ? isPartText : isText;
      partBytes = isFirst ? sizeBytes : partBytes + sizeBytes;
      if (isLast) {
        WriteResult _ = sent(isText, partBytes, WriteResult.QUEUED);
      }
    }
  }

  void closed(WebSocketEnd end) {
    if (observer != null && socket != null) {
      try {
        observer.closed(socket, end);
      } catch (Throwable t) {
        socket.conversation().report(t);
      }
    }
  }
}
