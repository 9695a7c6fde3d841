package dev.pollux.net;

import dev.pollux.sys.Linux;
import dev.pollux.sys.SysException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The program's side of one random program: what it does with its connection, from outside and from
 * within its handlers, and what it tells the oracle of that.
 */
final class ProgramRun {

  private static final int MAX_LEFT = 1_000;

  final ProgramOracle oracle = new ProgramOracle();
  private final NetCase box;
  private final SplittableRandom reactions;
  private final byte[] content;
  private final Path file;
  private final List<String> trace = new ArrayList<>();
  private @Nullable Connection connection;
  private @Nullable Handler current;
  private boolean closed;
  private boolean calm;
  private int holds;
  private boolean moving;

  /** Whether the connection's kernel is to take little. */
  boolean smallBuffers;

  ProgramRun(NetCase box, long seed, byte[] content, Path file) {
    this.box = box;
    this.reactions = new SplittableRandom(~seed);
    this.content = content;
    this.file = file;
  }

  /** The one that the connection begins with. */
  ConnectionHandler firstHandler() {
    Handler first = new Handler();
    current = first;
    return first;
  }

  boolean isOpened() {
    return connection != null;
  }

  boolean isClosed() {
    return closed;
  }

  void note(String what) {
    trace.add(what);
  }

  byte[] bytes(SplittableRandom dice, int count) {
    byte[] bytes = new byte[count];
    dice.nextBytes(bytes);
    return bytes;
  }

  private Connection connection() {
    Connection opened = connection;
    if (opened == null) {
      throw new IllegalStateException("not opened");
    }
    return opened;
  }

  // ---- what it does

  /** One call of the program's, whatever state the connection is in. */
  void act(SplittableRandom dice) {
    int what = dice.nextInt(102);
    if (moving) {
      return; // it is nobody's, for the rest of the turn
    }
    if (what < 40) {
      for (int times = smallBuffers ? 1 + dice.nextInt(12) : 1; times > 0 && !moving; times--) {
        write(bytes(dice, ConnectionProgramTest.size(dice)), dice.nextInt(4));
      }
    } else if (what < 45) {
      whenSent();
    } else if (what < 55) {
      int start = dice.nextInt(content.length);
      sendFile(start, dice.nextInt(content.length - start + 1));
    } else if (what < 68) {
      note("pause");
      connection().pauseReading();
    } else if (what < 83) {
      note("resume");
      connection().resumeReading();
    } else if (what < 88) {
      note("set handler");
      Handler next = new Handler();
      current = next;
      oracle.handlerChanged();
      connection().setHandler(next);
    } else if (what < 92) {
      note("end");
      oracle.endedOutput();
      oracle.asked(CloseReason.END_OF_STREAM); // once the peer has ended, too
      connection().end();
    } else if (what < 95) {
      close();
    } else if (what < 97) {
      note("finish");
      oracle.asked(CloseReason.CLOSED, CloseReason.END_OF_STREAM);
      connection().finish();
    } else if (what < 98) {
      note("cut off");
      oracle.asked(CloseReason.CUT_OFF);
      oracle.endedOutput();
      connection().reset();
    } else if (what >= 100) {
      move();
    } else if (holds == 0 || what == 98) {
      note("hold");
      holds++;
      connection().hold();
    } else {
      note("release");
      holds--;
      connection().release();
    }
  }

  private void write(byte[] bytes, int way) {
    boolean mayBe = connection().isOpen() && !oracle.isOutputEnded();
    WriteResult result =
        switch (way) {
          case 0 -> connection().write(Payload.copyOf(ByteBuffer.wrap(bytes)));
          case 1 -> encode(bytes);
          default -> copy(bytes);
        };
    note("write " + bytes.length + " by way " + way + ": " + result);
    oracle.wrote(bytes, mayBe, result);
    boolean sent = result != WriteResult.SENT || connection().queuedBytes() == 0;
    oracle.require(sent, "sent, and still queued");
    boolean waits = result == WriteResult.FULL || result == WriteResult.REFUSED;
    oracle.require(!waits || !connection().isWritable(), result + ", and writable all the same");
    if (connection().isOpen() && connection().tlsSession() == null) {
      oracle.require(
          connection().queuedBytes() <= oracle.missingBytes(), "more is queued than was taken");
    }
  }

  private WriteResult copy(byte[] bytes) {
    ByteBuffer data = ByteBuffer.wrap(bytes);
    WriteResult result = connection().write(data);
    int left = result == WriteResult.REFUSED ? bytes.length : 0;
    oracle.require(data.remaining() == left, "a write left bytes in the buffer");
    return result;
  }

  private WriteResult encode(byte[] bytes) {
    var _ = connection().beginWrite(bytes.length + 10).put(bytes);
    return connection().endWrite();
  }

  private void whenSent() {
    if (connection().isClosed()) { // then it is told of, perhaps after closed
      connection().whenSent((_, sent) -> oracle.require(!sent, "sent, though it was over"));
      return;
    }
    int number = oracle.askedWhenSent();
    note("tell " + number + " when sent");
    connection()
        .whenSent((_, sent) -> {
          note(number + " sent: " + sent);
          oracle.require(!closed, "a delivery after closed");
          oracle.delivered(number, sent);
          if (current != null) {
            current.react();
          }
        });
  }

  /** Gives the descriptor away, and takes it again: another connection, which goes on with it. */
  private void move() {
    Connection from = connection();
    if (!from.isOpen() || from.tlsSession() != null) {
      return;
    }
    boolean queued = from.queuedBytes() > 0 || from.queuedFileBytes() > 0;
    try {
      from.detach(this::arrive);
    } catch (IllegalStateException e) {
      note("cannot move");
      oracle.require(
          from.link().sender.queuedFiles() > 0 || queued, "not moved, and nothing is queued");
      oracle.require(from.isOpen(), "not moved, and closed");
      return;
    }
    note("move");
    oracle.require(!queued, "moved with something queued");
    moving = true;
    holds = 0;
  }

  private void arrive(Detached away) {
    note("moved with " + away.unread().remaining());
    boolean ended = oracle.isOutputEnded() && away.failure() == null;
    oracle.require(away.outputEnded() == ended, "moved, output ended?");
    moving = false;
    connection = null;
    oracle.handlerChanged();
    try {
      Connection _ = away.adopt(box.loop, box.options, firstHandler());
    } catch (SysException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void sendFile(int start, int count) {
    boolean mayBe = connection().isOpen() && !oracle.isOutputEnded();
    WriteResult result;
    try {
      result = connection().sendFile(FileRegion.open(box.loop.sys(), file, start, count));
    } catch (SysException e) {
      throw new UncheckedIOException(e);
    }
    note("file of " + count + ": " + result);
    oracle.wrote(ConnectionProgramTest.part(content, start, count), mayBe, result);
  }

  void close() {
    note("close");
    oracle.asked(CloseReason.CLOSED, CloseReason.END_OF_STREAM);
    oracle.endedOutput();
    connection().close();
  }

  /** Whether the peer has all there is, and whoever waits should know. */
  boolean isCalm() {
    return oracle.isAllRead() || !connection().isOpen();
  }

  /** It is calm, and has been for some turns: if the peer has read everything, nobody waits. */
  void checkTold() {
    if (connection().isOpen() && oracle.isAllRead()) {
      oracle.calm();
    }
  }

  /** From now on it reads everything, and does nothing else. */
  void calmDown() {
    note("calm");
    calm = true;
    for (; holds > 0; holds--) {
      connection().release();
    }
    connection().pauseReading();
    connection().resumeReading();
  }

  // ---- what it is told

  private final class Handler implements ConnectionHandler {

    private boolean begun;
    private boolean finishing;

    private void told(Connection by, String what) {
      oracle.require(!closed, what + " after closed");
      oracle.require(this == current, what + " to a handler of before");
      oracle.require(what.equals("opened") == (connection == null), what + ", opened?");
      oracle.require(connection == null || by == connection, what + " of another connection");
      boolean first = what.equals("opened") || what.equals("attached");
      oracle.require(begun != first || what.equals("closed"), what + ", begun " + begun);
      begun = true;
    }

    private void react() {
      if (!calm && reactions.nextInt(8) == 0) {
        note("in it:");
        act(reactions);
      }
    }

    @Override
    public void opened(Connection by) {
      told(by, "opened");
      connection = by;
      if (smallBuffers) {
        try {
          int bytes = ConnectionProgramTest.SMALL_BUFFER_BYTES;
          by.setOption(Linux.SOL_SOCKET, Linux.SO_SNDBUF, bytes);
        } catch (SysException e) {
          oracle.require(oracle.isPeerEnded(), e.toString());
        }
      }
    }

    @Override
    public void attached(Connection by) {
      told(by, "attached");
      oracle.require(by.isOpen(), "attached");
      react();
    }

    @Override
    public void finishing(Connection by) {
      told(by, "finishing");
      oracle.require(by.isOpen() && !finishing, "finishing");
      finishing = true;
      react();
    }

    @Override
    public void received(Connection by, ByteBuffer data) {
      told(by, "received");
      oracle.require(by.isOpen() && !by.isReadingPaused() && data.hasRemaining(), "received");
      int left = calm || reactions.nextInt(3) > 0 ? 0 : reactions.nextInt(MAX_LEFT);
      int taken = Math.max(0, data.remaining() - left);
      oracle.given(data, taken);
      var _ = data.position(data.position() + taken);
      note("received " + taken + " and left " + data.remaining());
      react();
    }

    @Override
    public void readComplete(Connection by) {
      told(by, "readComplete");
    }

    @Override
    public void readClosed(Connection by) {
      told(by, "readClosed");
      note("end received");
      oracle.readClosed(by.unreadBytes());
      if (reactions.nextBoolean()) {
        close();
      } else {
        react();
      }
    }

    @Override
    public void writable(Connection by) {
      told(by, "writable");
      oracle.require(by.isWritable() || !by.link().ending.isTaking(), "writable");
      oracle.writable();
      react();
    }

    @Override
    public void closed(Connection by, CloseCause cause) {
      told(by, "closed");
      if (moving) {
        oracle.require(cause.reason() == CloseReason.DETACHED, "moved, and " + cause);
        oracle.allDelivered();
        return;
      }
      closed = true;
      oracle.closed(cause, by.queuedBytes());
    }
  }

  @Override
  public String toString() {
    return oracle.wrong + " " + oracle + " " + trace;
  }
}
