package dev.pollux.http.files;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.pollux.http.HttpResponse;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopLocal;
import dev.pollux.net.WriteResult;
import dev.pollux.sys.Errno;
import dev.pollux.sys.SysException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Sends several parts of a file as {@code multipart/byteranges}, a piece at a time, as the client
 * takes them and no more than {@link #PIECES_PER_TURN} a turn. A piece is in memory of the loop's
 * for as long as a write takes; one that is refused is read again.
 *
 * <p>Threads: the loop's. Source: RFC 9110, 14.6.
 */
final class PartSender {

  /** How many pieces a turn takes, so that the others have theirs. */
  static final int PIECES_PER_TURN = 16;

  private static final int PIECE_BYTES = 1 << 15; // 32 KiB
  private static final LoopLocal<ByteBuffer> PIECE =
      new LoopLocal<>(_ -> ByteBuffer.allocateDirect(PIECE_BYTES));

  private final HttpResponse response;
  private final OpenFile file;
  private final List<ByteRanges.Part> parts;
  private final String type;
  private final String boundary = boundary();
  private final EventLoop loop;
  private int index; // of the part; behind the last one is the end
  private long sent; // of the part
  private boolean isHeadDue = true;

  private PartSender(
      EventLoop loop,
      HttpResponse response,
      OpenFile file,
      List<ByteRanges.Part> parts,
      String type) {
    this.loop = loop;
    this.response = response;
    this.file = file;
    this.parts = parts;
    this.type = type;
  }

  /** Answers, and closes the file when that is over. */
  static void send(
      EventLoop loop,
      HttpResponse response,
      OpenFile file,
      List<ByteRanges.Part> parts,
      String type)
      throws IOException {
    PartSender sender = new PartSender(loop, response, file, parts, type);
    response.later().whenOver(file::close);
    var _ =
        response
            .status(206)
            .type("multipart/byteranges; boundary=" + sender.boundary)
            .length(sender.lengthBytes());
    sender.goOn();
  }

  private static String boundary() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return "part-" + Long.toHexString(random.nextLong()) + Long.toHexString(random.nextLong());
  }

  private long lengthBytes() {
    long all = end().length();
    for (int i = 0; i < parts.size(); i++) {
      all += head(i).length() + parts.get(i).length();
    }
    return all;
  }

  private String head(int part) {
    return "\r\n--"
        + boundary
        + "\r\nContent-Type: "
        + type
        + "\r\nContent-Range: "
        + parts.get(part).of(file.status().sizeBytes())
        + "\r\n\r\n";
  }

  private String end() {
    return "\r\n--" + boundary + "--\r\n";
  }

  /** Writes until the client has enough for now, or all, or the others have their turn. */
  private void goOn() throws IOException {
    ByteBuffer piece = PIECE.of(loop);
    for (int i = 0; i < PIECES_PER_TURN; i++) {
      if (index > parts.size()) {
        WriteResult _ = response.end();
        return;
      }
      fill(piece);
      int count = piece.remaining();
      WriteResult result = response.write(piece);
      if (result == WriteResult.CLOSED) {
        return;
      }
      if (result != WriteResult.REFUSED) {
        wrote(count);
      }
      if (result == WriteResult.REFUSED || result == WriteResult.FULL) {
        response.whenWritable(this::goOnLater);
        return;
      }
    }
    response.whenWritable(this::goOnLater); // which is in the next turn
  }

  private void goOnLater() {
    try {
      goOn();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Puts the next piece there: the head of a part, some of it, or the end. */
  private void fill(ByteBuffer piece) throws IOException {
    piece.clear();
    if (index == parts.size()) {
      piece.put(end().getBytes(ISO_8859_1)).flip();
    } else if (isHeadDue) {
      piece.put(head(index).getBytes(ISO_8859_1)).flip();
    } else {
      ByteRanges.Part part = parts.get(index);
      long count = Math.min(part.length() - sent, PIECE_BYTES);
      var _ = piece.limit(read(piece, part.start() + sent, count));
    }
  }

  /** So much was taken of what {@link #fill} puts. */
  private void wrote(int count) {
    if (index == parts.size()) {
      index++;
    } else if (isHeadDue) {
      isHeadDue = false;
    } else {
      sent += count;
      if (sent == parts.get(index).length()) {
        index++;
        sent = 0;
        isHeadDue = true;
      }
    }
  }

  private int read(ByteBuffer piece, long at, long count) throws IOException {
    long address = MemorySegment.ofBuffer(piece).address();
    int n;
    do {
      n = file.sys().pread(file.fd(), address, count, at);
    } while (n == -Errno.EINTR);
    if (n == 0) {
      throw new IOException("the file became shorter while it was sent");
    }
    return SysException.check("pread", n);
  }
}
