package dev.pollux.model;

import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * What was sent over one direction of a TCP connection, held against what is read at its other end:
 * the network's check of itself, by the bytes and not by the numbers they travelled under.
 *
 * <p>A stream with an urgent byte, which is read out of turn, is not checked.
 */
final class StreamBooks {

  private final World world;
  private final ArrayDeque<byte[]> sent = new ArrayDeque<>();
  private int start; // of the first one's bytes that were not read yet
  private long readBytes;
  private boolean isClosed; // nothing is checked any more

  StreamBooks(World world) {
    this.world = world;
  }

  void sent(byte[] bytes, boolean urgent) {
    isClosed |= urgent;
    if (isClosed) {
      sent.clear();
    } else {
      sent.add(bytes);
    }
  }

  /** These are read, by a call that takes them. */
  void read(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to && !isClosed) {
      byte[] first = sent.peek();
      if (first == null) {
        refuse("more is read than was sent");
        return;
      }
      int n = Math.min(to - at, first.length - start);
      int same = Arrays.mismatch(bytes, at, at + n, first, start, start + n);
      if (same >= 0) {
        readBytes += same;
        refuse("other bytes are read than were sent");
        return;
      }
      at += n;
      readBytes += n;
      start += n;
      if (start == first.length) {
        byte[] _ = sent.remove();
        start = 0;
      }
    }
  }

  /** The end of the stream is read, in order. */
  void end() {
    if (!sent.isEmpty() && !isClosed) {
      refuse("the end is read before the last bytes that were sent");
    }
  }

  private void refuse(String what) {
    isClosed = true;
    sent.clear();
    world.brokenStream(what + ", behind " + readBytes + " bytes of a TCP connection");
  }
}
