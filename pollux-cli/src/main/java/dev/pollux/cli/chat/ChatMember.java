package dev.pollux.cli.chat;

import dev.pollux.loop.LoopHandler;
import dev.pollux.loop.LoopTimer;
import dev.pollux.net.CloseCause;
import dev.pollux.net.CloseReason;
import dev.pollux.net.Connection;
import dev.pollux.net.FrameHandler;
import dev.pollux.poll.Event;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A member of a {@link ChatRoom}, or what may become one: it has no name yet, says nothing and
 * hears nothing.
 *
 * <p>It is also a {@link LoopHandler}, to be called in the flush phase: when its queue has reached
 * the watermark, what matters is whether it still is there after it was tried to send it.
 *
 * <p>Threads: the loop's.
 */
public final class ChatMember implements FrameHandler, LoopHandler {

  /** How long a speaker waits until it tries again to reach a loop whose queue is full. */
  static final long RETRY_NANOS = 1_000_000; // 1 ms

  /** What one that is dropped hears last. */
  static final String TOO_SLOW = "# you read too slowly; you are dropped";

  private static final int MOST_LISTED = 20;

  private final ChatRoom room;
  private final ChatPart part;
  private final Connection connection;
  private final LoopTimer retry = new LoopTimer(this::post);

  /** Lines that not all loops have yet: at most one that was said, and one about the end. */
  private final Deque<Letter> letters = new ArrayDeque<>(0);

  private @Nullable String name;
  private boolean in;
  private boolean suspected;

  /** Why it was cut off, if it was. */
  private @Nullable String dropReason;

  ChatMember(ChatRoom room, ChatPart part, Connection connection) {
    this.room = room;
    this.part = part;
    this.connection = connection;
  }

  /** A line on its way to the other loops. */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares them
  private record Letter(byte[] line, List<ChatPart> parts) {}

  /** How it is reached. */
  public Connection connection() {
    return connection;
  }

  /** Where it is. */
  public ChatPart part() {
    return part;
  }

  /** Its name; null as long as it has none. */
  @Nullable String name() {
    return name;
  }

  @Override
  public void opened(Connection connection) {
    note("what is your name? the first line you send");
  }

  @Override
  public void frame(Connection connection, ByteBuffer text) {
    String known = name;
    if (known == null) {
      join(ChatText.name(text));
    } else if (text.hasRemaining()) {
      tell(ChatText.said(known, text));
    }
  }

  @Override
  public void malformed(Connection connection, CloseCause cause) {
    int most = room.options().maxLineBytes();
    note("your line is longer than " + most + " bytes, which is the limit; you are dropped");
    leave("was dropped: a line too long");
  }

  @Override
  public void truncated(Connection connection, CloseCause cause) {
    readClosed(connection);
  }

  @Override
  public void readClosed(Connection connection) {
    leave("left");
    connection.close();
  }

  @Override
  public void closed(Connection connection, CloseCause cause) {
    leave(dropReason == null ? "left: " + cause.message() : dropReason);
    room.listener().closed(this, cause);
  }

  /** Sends a line, and sees to it that a member that does not read is found out. */
  void hear(byte[] line) {
    switch (connection.write(ByteBuffer.wrap(line))) {
      case REFUSED -> { // what waits for it is lost, and it must see that
        dropReason = "was dropped: too much came at once";
        connection.reset(CloseCause.of(CloseReason.LIMIT, "too much came at once"));
      }
      case FULL -> {
        if (!suspected) {
          suspected = true;
          part.loop().flushLater(this); // after the connection's own flush, asked for before
        }
      }
      case SENT, QUEUED, CLOSED -> {} // CLOSED: its end is on its way
    }
  }

  /**
   * It was tried to send what was queued. Who takes something of it, be it little, is not slow: the
   * connection calls itself writable only when much has left.
   */
  @Override
  public void flush() {
    suspected = false;
    if (connection.isOpen() && isAtItsMark()) {
      var _ = connection.write(ByteBuffer.wrap(ChatText.line(TOO_SLOW)));
      connection.close(CloseCause.of(CloseReason.LIMIT, "reads too slowly"));
      leave("was dropped: it reads too slowly");
    }
  }

  private boolean isAtItsMark() {
    return connection.queuedBytes() >= connection.options().highWaterBytes();
  }

  @Override
  public void ready(Event event) {
    throw new IllegalStateException("a member watches nothing; its connection does");
  }

  @Override
  public void failed(Throwable cause) {
    connection.reset(CloseCause.of(CloseReason.HANDLER_FAILED, cause));
  }

  @Override
  public String toString() {
    return name == null ? "somebody without a name" : name;
  }

  private void join(@Nullable String wanted) {
    if (wanted == null) {
      note(
          "that is no name: up to "
              + ChatText.MAX_NAME_LENGTH
              + " letters, digits, '-', '_' and '.'; try again");
      return;
    }
    if (!room.names().add(wanted)) {
      note(wanted + " is here already; try another name");
      return;
    }
    name = wanted;
    in = true;
    part.add(this);
    note("you are " + wanted + "; here are: " + listed());
    room.listener().joined(this);
    if (part.isStopped()) {
      hear(ChatText.line(ChatPart.LAST_WORD)); // it comes too late to have been told
    }
    tell(ChatText.line("* " + wanted + " joined"));
  }

  private String listed() {
    StringBuilder text = new StringBuilder();
    int count = 0;
    for (String member : room.names()) {
      if (count++ == MOST_LISTED) {
        return text.append(", and more").toString();
      }
      text.append(text.isEmpty() ? "" : ", ").append(member);
    }
    return text.toString();
  }

  /** Says good-bye for it, once. */
  private void leave(String how) {
    String known = name;
    if (!in || known == null) {
      return;
    }
    in = false;
    part.remove(this);
    room.listener().left(this, how);
    if (!part.isStopped()) {
      tell(ChatText.line("* " + known + " " + how));
    }
    boolean _ = room.names().remove(known);
  }

  /** A line for this one alone. */
  private void note(String text) {
    hear(ChatText.line("# " + text));
  }

  /** The others hear a line: those here at once, those on other loops as soon as there is room. */
  private void tell(byte[] line) {
    room.listener().told(this, line);
    part.tell(this, line);
    if (room.parts().size() > 1) {
      List<ChatPart> others = new ArrayList<>(room.parts());
      boolean _ = others.remove(part);
      letters.add(new Letter(line, others));
      post();
    }
  }

  /** Takes the letters to their loops, in order; whoever has more to say waits meanwhile. */
  private void post() {
    while (!letters.isEmpty()) {
      Letter letter = letters.getFirst();
      for (Iterator<ChatPart> rest = letter.parts.iterator(); rest.hasNext(); ) {
        ChatPart target = rest.next();
        byte[] line = letter.line;
        if (target.loop().offer(() -> target.tell(this, line)) || target.loop().isClosed()) {
          rest.remove();
        }
      }
      if (!letter.parts.isEmpty()) {
        connection.pauseReading();
        part.loop().schedule(retry, RETRY_NANOS);
        return;
      }
      letters.removeFirst();
    }
    connection.resumeReading();
  }
}
