package dev.pollux.bench.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP server on {@link Selector}, written by hand the way {@code http_server.c} is: one read
 * and one write for each readiness, through direct buffers that all connections share. A part of a
 * head, and what a full socket does not take, are kept with the connection.
 */
public final class NioHttp {

  private static final int INPUT_BYTES = 1 << 16;
  private static final int MAX_HEAD_BYTES = 1 << 14;
  private static final int MAX_ANSWER_BYTES = 256;
  private static final int LEAST_REQUEST_BYTES = 23;
  private static final int OUTPUT_BYTES =
      (INPUT_BYTES / LEAST_REQUEST_BYTES + 2) * MAX_ANSWER_BYTES;
  private static final byte[] NONE = {};
  private static final byte[] HEAD_END = latin("\r\n\r\n");
  private static final byte[] REFUSAL =
      latin("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

  private final Selector selector;
  private final ServerSocketChannel listener;
  private final ByteBuffer input = ByteBuffer.allocateDirect(INPUT_BYTES);
  private final ByteBuffer output = ByteBuffer.allocateDirect(OUTPUT_BYTES);
  private final byte[] bytes = new byte[INPUT_BYTES];
  private final NioHead head = new NioHead();
  private long second = -1;
  private byte[] fields = NONE; // of an answer, up to its length
  private byte[] hello = NONE;

  private NioHttp(Selector selector, ServerSocketChannel listener) {
    this.selector = selector;
    this.listener = listener;
  }

  /** What is known of a connection. */
  private static final class State {
    byte[] head = NONE; // a part of one
    @Nullable ByteBuffer rest; // what the socket did not take
    boolean isOver; // it ends with what is written
    final NioBody body = new NioBody();
  }

  /** Serves until standard input ends. */
  public static void main(String[] args) throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open();
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), HttpServing.BACKLOG);
    listener.configureBlocking(false);
    Selector selector = Selector.open();
    listener.register(selector, SelectionKey.OP_ACCEPT);
    NioHttp server = new NioHttp(selector, listener);
    Thread thread = Thread.ofPlatform().name("http").daemon().start(server::run);
    HttpServing.run(listener.socket().getLocalPort(), thread);
  }

  private void run() {
    try {
      while (true) {
        int _ = selector.select(this::ready);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void ready(SelectionKey key) {
    try {
      if (key.isAcceptable()) {
        accept();
      } else {
        serve(key, (SocketChannel) key.channel(), (State) key.attachment());
      }
    } catch (IOException e) {
      close(key); // the peer reset the connection
    }
  }

  private void accept() throws IOException {
    for (SocketChannel channel = next(); channel != null; channel = next()) {
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ, new State());
    }
  }

  private @Nullable SocketChannel next() throws IOException {
    return listener.accept();
  }

  private void serve(SelectionKey key, SocketChannel channel, State state) throws IOException {
    ByteBuffer rest = state.rest;
    if (rest == null) {
      read(key, channel, state);
      return;
    }
    int _ = channel.write(rest);
    if (!rest.hasRemaining()) {
      state.rest = null;
      key.interestOps(SelectionKey.OP_READ);
      if (state.isOver) {
        channel.close();
      }
    }
  }

  private void read(SelectionKey key, SocketChannel channel, State state) throws IOException {
    int known = state.head.length;
    input.clear().limit(INPUT_BYTES - known);
    int count = channel.read(input);
    if (count < 0) {
      channel.close();
      return;
    }
    System.arraycopy(state.head, 0, bytes, 0, known);
    state.head = NONE;
    input.get(0, bytes, known, count);
    output.clear();
    tick();
    answerAll(state, known + count);
    output.flip();
    if (output.hasRemaining()) {
      int _ = channel.write(output);
    }
    if (output.hasRemaining()) {
      state.rest = ByteBuffer.allocateDirect(output.remaining()).put(output).flip();
      key.interestOps(SelectionKey.OP_WRITE);
    } else if (state.isOver) {
      channel.close();
    }
  }

  /** Answers all requests that are there. */
  private void answerAll(State state, int to) {
    int i = 0;
    while (i < to && !state.isOver) {
      if (!state.body.isOver()) {
        i = state.body.take(bytes, i, to);
        if (i == NioBody.BAD) {
          refuse(state);
          return;
        }
        if (state.body.isOver()) {
          answer(state);
        }
        continue;
      }
      int size = head.parse(bytes, i, to);
      if (size == NioHead.BAD || (size == 0 && to - i > MAX_HEAD_BYTES)) {
        refuse(state);
      } else if (size == 0) {
        state.head = Arrays.copyOfRange(bytes, i, to);
        return;
      } else {
        state.body.begin(head, bytes);
        i += size;
        if (state.body.isOver()) {
          state.isOver = head.isLast();
          answer(state);
        }
      }
    }
  }

  private void refuse(State state) {
    put(REFUSAL);
    state.isOver = true;
  }

  private void answer(State state) {
    if (state.body.isNone()) {
      put(hello);
    } else {
      putNumber(state.body.result());
    }
  }

  private void put(byte[] answer) {
    var _ = output.put(answer);
  }

  private void putNumber(long number) {
    boolean isNegative = number < 0;
    put(fields);
    putDigits(digits(Math.abs(number)) + (isNegative ? 1 : 0));
    put(HEAD_END);
    if (isNegative) {
      var _ = output.put((byte) '-');
    }
    putDigits(Math.abs(number));
  }

  private static int digits(long number) {
    int digits = 1;
    for (long left = number / 10; left > 0; left /= 10) {
      digits++;
    }
    return digits;
  }

  private void putDigits(long number) {
    if (number >= 10) {
      putDigits(number / 10);
    }
    var _ = output.put((byte) ('0' + number % 10));
  }

  /** Makes what has the date in it, once a second. */
  private void tick() {
    long now = HttpServing.second();
    if (now != second) {
      second = now;
      String begin =
          "HTTP/1.1 200 OK\r\nDate: %s\r\nContent-Type: %s\r\nContent-Length: "
              .formatted(HttpServing.date(now), HttpServing.TYPE);
      String content = HttpServing.HELLO;
      fields = latin(begin);
      hello = latin(begin + content.length() + "\r\n\r\n" + content);
    }
  }

  private static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static void close(SelectionKey key) {
    try {
      key.channel().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
