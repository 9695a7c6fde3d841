package dev.pollux.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Much data, for one that does not read. */
final class Flood {

  /** More than the buffers of four sockets hold, which the kernel lets grow to megabytes. */
  private static final int SIZE_BYTES = 48 << 20; // 48 MiB

  private static final int PIECE_BYTES = 1 << 16; // 64 KiB
  private static final int PERIOD = 251; // prime
  private static final int SHORT_MILLIS = 50;
  private static final int TRIES = 600;

  private Flood() {}

  /** Sends much, and reads nothing until the sender has come to a stop; then all must arrive. */
  static void throughSlowReader(Client source, Client target) throws Exception {
    Sender sender = new Sender(source);
    Thread thread = Thread.ofPlatform().start(sender);
    try {
      long seen = -1;
      while (sender.sentBytes != seen) { // has not moved for a while: it has to wait
        seen = sender.sentBytes;
        thread.join(10L * SHORT_MILLIS);
        assertTrue(thread.isAlive(), "everything was taken, or it failed: " + sender.failure);
      }
      byte[] piece = new byte[PIECE_BYTES];
      InputStream input = target.socket.getInputStream();
      for (int received = 0; received < SIZE_BYTES; ) {
        int count = input.read(piece, 0, Math.min(piece.length, SIZE_BYTES - received));
        assertTrue(count > 0, "the end after " + received + " bytes");
        for (int i = 0; i < count; i++) {
          assertEquals((byte) ((received + i) % PERIOD), piece[i]);
        }
        received += count;
      }
    } finally {
      thread.join();
    }
    assertEquals(null, sender.failure.get());
  }

  /** Says something until it is heard: then both are in. */
  static void untilHeard(Client speaker, Client listener, String line) throws IOException {
    listener.socket.setSoTimeout(SHORT_MILLIS);
    for (int i = 0; i < TRIES; i++) {
      speaker.send(line + "\n");
      try {
        assertEquals(line, listener.line());
        listener.socket.setSoTimeout(SHORT_MILLIS * TRIES);
        return;
      } catch (SocketTimeoutException _) {
        // once more
      }
    }
    throw new AssertionError("not heard: " + line);
  }

  /** The first line that is another one. */
  static @Nullable String lineAfter(Client client, String repeated) throws IOException {
    String line = client.line();
    while (repeated.equals(line)) {
      line = client.line();
    }
    return line;
  }

  /**
   * Says so much that one who does not read must be dropped; its stream then ends early. One who
   * reads hears every line.
   */
  static void untilDropped(Client speaker, Client deaf, Client reader) throws IOException {
    String line = "x".repeat(1000);
    int count = SIZE_BYTES / (line.length() + 1);
    String piece = (line + "\n").repeat(100);
    for (int i = 0; i < count / 100; i++) {
      speaker.send(piece);
      for (int k = 0; k < 100; k++) {
        assertEquals(line, lineAfter(reader, "are you there?"));
      }
    }
    int heard = 0;
    try {
      while (deaf.line() != null) {
        heard++;
      }
    } catch (SocketException _) {
      // a reset ends it as well
    }
    assertTrue(heard < count / 100 * 100, "it heard everything");
  }

  private static final class Sender implements Runnable {

    private final Client client;
    final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    volatile long sentBytes;

    Sender(Client client) {
      this.client = client;
    }

    @Override
    public void run() {
      byte[] piece = new byte[PIECE_BYTES];
      try {
        for (long sent = 0; sent < SIZE_BYTES; sent += piece.length) {
          for (int i = 0; i < piece.length; i++) {
            piece[i] = (byte) ((sent + i) % PERIOD);
          }
          client.socket.getOutputStream().write(piece);
          sentBytes = sent;
        }
      } catch (IOException e) {
        failure.set(e);
      }
    }
  }
}
