package dev.pollux.net;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Connection} as a pair of streams that block, see {@link Blocking}.
 *
 * <h2>Ends</h2>
 *
 * <ul>
 *   <li>The peer ends its stream: after what it sent, {@code read} gives -1; writing still works.
 *   <li>The output is closed: half-close; the peer sees the end after what was written.
 *   <li>{@link #close}: what was written is sent, then the end.
 *   <li>The connection is over for another reason: what had arrived is still read; then {@code
 *       read}, and at once {@code write}, throw an {@link IOException} with the cause in words and,
 *       if there was one, the exception. So a thread learns of it at its next call; it is not
 *       interrupted. Also a connect that is refused, or a handshake that fails, is learnt at the
 *       first call; not so on a server, which starts no thread for a handshake that fails.
 *   <li>Nothing can be sent any more: {@code write} throws an {@link IOException} that says why,
 *       while what still arrives is read.
 *   <li>The connection is {@linkplain Connection#setHandler handed over}, or goes on with TLS: what
 *       was written before that is sent, and what was not read is the next handler's; from then on
 *       {@code read} and {@code write} throw an {@link IOException} that says so, and {@link
 *       #close} does nothing.
 *   <li>The code throws what it was told by this connection: after a read that timed out or was
 *       interrupted, or a line that was none, the connection ends in order, with {@link
 *       CloseReason#IDLE}, {@link CloseReason#CLOSED}, or what {@link #readLine} says; after a
 *       write that was interrupted, by a reset, because only a part was written; after one that was
 *       told that nothing can be sent, for the reason of that.
 * </ul>
 *
 * <h2>Interrupts and timeouts</h2>
 *
 * <p>A thread that is interrupted as it waits gets an {@link InterruptedIOException}, and its
 * interrupt status is cleared; one that waits longer for input than {@link #setReadTimeout} says, a
 * {@link SocketTimeoutException}. Neither harms the connection: nothing that arrived is lost, and
 * {@link InterruptedIOException#bytesTransferred} tells how much of a write was taken.
 *
 * <p>Threads: any but that of the loop, where what may wait throws {@link IllegalStateException};
 * one at a time in each direction. {@link #close} and {@link #connection} on any. Blocking: reading
 * until there is a byte, writing until all is taken into the buffer; {@code flush} does nothing,
 * because what is written is sent as soon as the loop comes to it.
 */
public final class BlockingConnection implements Closeable {

  /** How long a line may be, unless told otherwise: so many bytes without its end. */
  public static final int MAX_LINE_BYTES = 1 << 12; // 4 KiB

  private static final long NEVER = Long.MAX_VALUE;

  private final BlockingBridge bridge;
  private final Input input = new Input();
  private final Output output = new Output();
  private volatile long readTimeoutNanos;
  private long leftNanos; // of the time for the read at hand; by the lock
  private volatile @Nullable IOException readerTold; // of the connection, by the last exception
  private volatile @Nullable IOException writerTold;

  BlockingConnection(BlockingBridge bridge) {
    this.bridge = bridge;
  }

  /** What the peer sends. */
  public InputStream input() {
    return input;
  }

  /** What the peer is sent. */
  public OutputStream output() {
    return output;
  }

  /** {@link #readLine(int)} with {@link #MAX_LINE_BYTES}. */
  public @Nullable String readLine() throws IOException {
    return readLine(MAX_LINE_BYTES);
  }

  /**
   * Waits for a line, which ends in LF or CR LF, and takes it from the input; null at the end of
   * the stream. Without an end of its own nothing is taken: the line can be waited for again.
   *
   * <p>The {@linkplain #setReadTimeout read timeout} is for the line: what arrives of it does not
   * prolong it.
   *
   * @param maxBytes of the line without its end; at most half of {@link Blocking#BUFFER_BYTES}
   * @return the line without its end, decoded as UTF-8, with U+FFFD for what is none
   * @throws IOException if the line is longer; whose connection ends with {@link CloseReason#LIMIT}
   *     if the thread lets this through
   * @throws EOFException if the stream ends within the line; likewise, {@link CloseReason#PROTOCOL}
   */
  public @Nullable String readLine(int maxBytes) throws IOException {
    int most = OptionChecks.within("maxBytes", maxBytes, 0, Blocking.BUFFER_BYTES / 2);
    requireOffLoop();
    byte[] line;
    boolean post;
    bridge.lock.lock();
    try {
      int end = awaitLine(most);
      if (end < 0) {
        return null;
      }
      line = new byte[end + 1];
      bridge.input.drain(ByteBuffer.wrap(line));
      post = bridge.wantsInput() && bridge.claimPost();
    } catch (IOException e) {
      readerTold = e;
      throw e;
    } finally {
      bridge.readerWaits = false;
      bridge.lock.unlock();
    }
    if (post) {
      bridge.post();
    }
    int size = line.length - 1;
    size -= size > 0 && line[size - 1] == '\r' ? 1 : 0;
    return new String(line, 0, size, StandardCharsets.UTF_8);
  }

  /** Where the line in front ends; -1 at the end of the stream. With the lock. */
  private int awaitLine(int maxBytes) throws IOException {
    beginWait();
    int scanned = 0;
    while (true) {
      int end = bridge.input.indexOf((byte) '\n', scanned);
      int size = bridge.input.sizeBytes();
      int length = end < 0 ? size : end;
      boolean endsInCr = length > 0 && bridge.input.at(length - 1) == '\r';
      if (length - (endsInCr ? 1 : 0) > maxBytes) {
        throw new LineTooLongException(
            connection() + " sent a line of more than " + maxBytes + " bytes, which is the limit");
      }
      if (end >= 0) {
        return end;
      }
      if (!awaitInput(size)) {
        if (size > 0) {
          throw new EOFException(connection() + " ended within a line, after " + size + " bytes");
        }
        return -1;
      }
      scanned = size;
    }
  }

  /** A line that is too long, which is the peer's doing. */
  private static final class LineTooLongException extends IOException {
    @java.io.Serial private static final long serialVersionUID = 1;

    LineTooLongException(String message) {
      super(message);
    }
  }

  /** The connection beneath; of the loop, but for what it says is for any thread. */
  public Connection connection() {
    return bridge.connection();
  }

  /** How long a read may wait from now on; 0 is for ever. */
  public void setReadTimeout(long timeoutNanos) {
    if (timeoutNanos < 0) {
      throw new IllegalArgumentException("timeoutNanos: " + timeoutNanos + " < 0");
    }
    readTimeoutNanos = timeoutNanos;
  }

  /** Ends in order, in the background: what was written is sent first. Idempotent. */
  @Override
  public void close() {
    bridge.close(null);
  }

  /** Runs the code that deals with it. */
  void run(BlockingHandler handler) {
    try {
      handler.handle(this);
    } catch (Throwable t) {
      ended(t);
      return;
    }
    close();
  }

  /**
   * The code threw. Where that goes back to what this told the thread, an end, a timeout or an
   * interrupt, it is no failure; but who was interrupted as it wrote has sent a part of something.
   */
  private void ended(Throwable thrown) {
    IOException told = readerTold;
    if (told != null && isOf(thrown, told)) {
      bridge.close(CloseCause.of(reasonOf(told), told));
    } else if (isOf(thrown, writerTold)) {
      bridge.cutOff(thrown);
    } else {
      bridge.failed(thrown);
    }
  }

  private static CloseReason reasonOf(IOException told) {
    return switch (told) {
      case SocketTimeoutException _ -> CloseReason.IDLE;
      case LineTooLongException _ -> CloseReason.LIMIT;
      case EOFException _ -> CloseReason.PROTOCOL;
      default -> CloseReason.CLOSED;
    };
  }

  @SuppressWarnings("ReferenceEquality") // an equal one would be another's
  private static boolean isOf(Throwable thrown, @Nullable Throwable told) {
    Throwable cause = thrown;
    while (cause != null && cause != told) {
      cause = cause.getCause();
    }
    return cause != null;
  }

  private int read(ByteBuffer target) throws IOException {
    requireOffLoop();
    int before = target.position();
    boolean post;
    bridge.lock.lock();
    try {
      beginWait();
      if (!awaitInput(0)) {
        return -1;
      }
      bridge.input.drain(target);
      post = bridge.wantsInput() && bridge.claimPost();
    } catch (IOException e) {
      readerTold = e;
      throw e;
    } finally {
      bridge.readerWaits = false;
      bridge.lock.unlock();
    }
    if (post) {
      bridge.post();
    }
    return target.position() - before;
  }

  private void requireOffLoop() {
    if (connection().loop().inLoop()) {
      throw new IllegalStateException(
          connection() + ": blocking calls are not for the thread of its loop");
    }
  }

  /** The time for a read begins. With the lock. */
  private void beginWait() {
    long timeout = readTimeoutNanos;
    leftNanos = timeout == 0 ? NEVER : timeout;
  }

  /** Waits for more than so many bytes; false at the end of the stream. With the lock. */
  private boolean awaitInput(int knownBytes) throws IOException {
    while (bridge.input.sizeBytes() <= knownBytes) {
      requireMine();
      if (bridge.inputEnded) {
        return false;
      }
      requireOpen(bridge.closed);
      if (leftNanos <= 0) {
        throw new SocketTimeoutException("nothing arrived in " + readTimeoutNanos + " ns");
      }
      if (bridge.waitsForInput(knownBytes)) {
        postWithoutTheLock();
        continue;
      }
      try {
        if (leftNanos < NEVER) {
          leftNanos = bridge.readable.awaitNanos(leftNanos);
        } else {
          bridge.readable.await();
        }
      } catch (InterruptedException e) {
        throw interrupted(e, 0);
      }
    }
    return true;
  }

  /** The loop may have to take the lock before it has room for a task. */
  private void postWithoutTheLock() {
    bridge.lock.unlock();
    try {
      bridge.post();
    } finally {
      bridge.lock.lock();
    }
  }

  private void requireOpen(@Nullable CloseCause cause) throws IOException {
    if (cause != null) {
      throw new IOException(
          connection() + " is closed: " + cause.reason() + ", " + cause.message(),
          cause.exception());
    }
    requireMine();
    if (bridge.isCloseAsked()) {
      throw new IOException(connection() + " was closed by this side");
    }
  }

  private void requireMine() throws IOException {
    if (bridge.left) {
      throw new IOException(connection() + " was handed over to another handler");
    }
  }

  private static InterruptedIOException interrupted(InterruptedException cause, int doneBytes) {
    InterruptedIOException result = new InterruptedIOException("interrupted");
    result.bytesTransferred = doneBytes;
    var _ = result.initCause(cause);
    return result;
  }

  private void write(ByteBuffer source) throws IOException {
    requireOffLoop();
    int first = source.position();
    while (source.hasRemaining()) {
      boolean post;
      bridge.lock.lock();
      try {
        awaitRoom(source.position() - first);
        if (bridge.outputEnded) {
          throw new IOException("the output of " + connection() + " is closed");
        }
        bridge.output.fill(source);
        bridge.writing = source.hasRemaining();
        post = bridge.claimPost();
      } catch (IOException e) {
        bridge.writing = false;
        throw e;
      } finally {
        bridge.lock.unlock();
      }
      if (post) {
        bridge.post();
      }
    }
  }

  /** Waits until there is room for a byte, or the output is closed. With the lock. */
  private void awaitRoom(int doneBytes) throws IOException {
    try {
      requireOpen(bridge.closed);
      requireSending();
      while (bridge.output.isFull() && !bridge.outputEnded) {
        bridge.writable.await();
        requireOpen(bridge.closed);
        requireSending();
      }
    } catch (InterruptedException e) {
      writerTold = interrupted(e, doneBytes);
      throw writerTold;
    } catch (IOException e) {
      writerTold = e;
      throw e;
    }
  }

  private void requireSending() throws IOException {
    String lost = bridge.outputLost;
    if (lost != null) {
      throw new IOException(connection() + " takes nothing any more: " + lost);
    }
  }

  private void endOutput() {
    boolean post;
    bridge.lock.lock();
    try {
      if (bridge.outputEnded || bridge.left || bridge.closed != null) {
        return;
      }
      bridge.outputEnded = true;
      post = bridge.claimPost();
    } finally {
      bridge.lock.unlock();
    }
    if (post) {
      bridge.post();
    }
  }

  /** The input; to close it is to close nothing: the connection is closed as a whole. */
  private final class Input extends InputStream {

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      ByteBuffer buffer = ByteBuffer.wrap(target, offset, length);
      return length == 0 ? 0 : BlockingConnection.this.read(buffer);
    }

    @Override
    public int available() {
      bridge.lock.lock();
      try {
        return bridge.input.sizeBytes();
      } finally {
        bridge.lock.unlock();
      }
    }
  }

  /** The output. */
  private final class Output extends OutputStream {

    @Override
    public void write(int value) throws IOException {
      BlockingConnection.this.write(ByteBuffer.wrap(new byte[] {(byte) value}));
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      BlockingConnection.this.write(ByteBuffer.wrap(source, offset, length));
    }

    @Override
    public void close() {
      endOutput();
    }
  }
}
