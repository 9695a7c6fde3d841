package dev.pollux.http.files;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.pollux.http.HttpResponse;
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
 * takes them. Threads: the loop's. Source: RFC 9110, 14.6.
 */
final class PartSender {

  private static final int PIECE_BYTES = 1 << 15; // 32 KiB

  private final HttpResponse response;
  private final OpenFile file;
  private final List<ByteRanges.Part> parts;
  private final String type;
  private final String boundary = boundary();
  private final ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES).flip();
  private int index; // of the part
  private long sent; // of the part
  private boolean isHeadDue = true;

  private PartSender(
      HttpResponse response, OpenFile file, List<ByteRanges.Part> parts, String type) {
    this.response = response;
    this.file = file;
    this.parts = parts;
    this.type = type;
  }

  /** Answers, and closes the file when that is over. */
  static void send(HttpResponse response, OpenFile file, List<ByteRanges.Part> parts, String type)
      throws IOException {
    PartSender sender = new PartSender(response, file, parts, type);
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

  /** Writes until the client has enough for now, or all. */
  private void goOn() throws IOException {
    while (piece.hasRemaining() || fill()) {
      switch (response.write(piece)) {
        case SENT, QUEUED -> {}
        case FULL, REFUSED -> {
          response.whenWritable(this::goOnLater);
          return;
        }
        case CLOSED -> {
          return;
        }
      }
    }
    WriteResult _ = response.end();
  }

  private void goOnLater() {
    try {
      goOn();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The next piece; false behind the last one. */
  private boolean fill() throws IOException {
    piece.clear();
    if (index > parts.size()) {
      return false;
    }
    if (index == parts.size()) {
      index++;
      piece.put(end().getBytes(ISO_8859_1)).flip();
      return true;
    }
    ByteRanges.Part part = parts.get(index);
    if (isHeadDue) {
      isHeadDue = false;
      piece.put(head(index).getBytes(ISO_8859_1)).flip();
      return true;
    }
    long count = Math.min(part.length() - sent, PIECE_BYTES);
    int n = read(part.start() + sent, count);
    piece.limit(n);
    sent += n;
    if (sent == part.length()) {
      index++;
      sent = 0;
      isHeadDue = true;
    }
    return true;
  }

  private int read(long at, long count) throws IOException {
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
