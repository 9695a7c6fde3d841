package dev.pollux.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopOptions;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.HandlerFactory;
import dev.pollux.sys.Errno;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A request over a connection of a kernel, whose other end is written and read by system calls; the
 * thread that runs it turns the loop.
 */
final class WireCall implements AutoCloseable {

  private static final int IO_BYTES = 1 << 16;
  private static final int MAX_TURNS = 100_000;
  private static final int QUICK_TURNS = 1_000;
  private static final long PAUSE_NANOS = 100_000; // 0.1 ms
  private static final long TURN_NANOS = 1_000_000_000L; // 1 s

  private final Sys sys;
  private final EventLoop loop;
  private final IoBuffer io = IoBuffer.allocate(IO_BYTES);
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private @Nullable Throwable reported;
  private int fd = -1;
  private boolean isEnded;

  WireCall(Sys sys) throws SysException {
    this.sys = sys;
    this.loop =
        EventLoop.open(
            sys, LoopOptions.DEFAULT.withErrorHandler((_, _, thrown) -> reported = thrown));
  }

  HttpAnswer run(byte[] request, boolean isHead, HttpOptions options, HttpHandler handler)
      throws SysException {
    int[] pair = Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
    fd = pair[1];
    HandlerFactory factory = HttpServer.handlers(options, handler);
    Connection connection =
        Connection.adopt(
            loop, pair[0], ConnectionOptions.DEFAULT, (_, _) -> {}); // until it has its own
    try {
      connection.setHandler(factory.handlerFor(connection));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    int at = 0;
    HttpAnswer answer = null;
    for (int turns = 0; answer == null && turns < MAX_TURNS; turns++) {
      at += send(request, at);
      int _ = loop.runOnce(at < request.length ? 0 : TURN_NANOS);
      receive();
      if (turns > QUICK_TURNS) { // time may be virtual, and threads are not
        LockSupport.parkNanos(PAUSE_NANOS);
      }
      answer = AnswerReader.read(received.toByteArray(), isHead, isEnded);
      if (answer == null && isEnded) {
        throw new IllegalStateException("the connection ended without an answer", reported);
      }
    }
    connection.reset();
    int _ = loop.runOnce(0);
    if (answer == null) {
      throw new IllegalStateException("no answer in " + MAX_TURNS + " turns");
    }
    if (reported != null) {
      throw new IllegalStateException("the handler threw: " + reported, reported);
    }
    return answer;
  }

  private int send(byte[] bytes, int from) {
    int count = Math.min(bytes.length - from, IO_BYTES);
    if (count == 0) {
      return 0;
    }
    var _ = io.buffer().clear().put(bytes, from, count);
    int sent = sys.send(fd, io.address(), count, Linux.MSG_NOSIGNAL);
    if (sent == -Errno.EPIPE || sent == -Errno.ECONNRESET) {
      return bytes.length - from; // it has had enough
    }
    return Math.max(0, sent);
  }

  private void receive() {
    int n = 1;
    while (n > 0 && !isEnded) {
      n = sys.recv(fd, io.address(), IO_BYTES, 0);
      if (n > 0) {
        byte[] got = new byte[n];
        var _ = io.buffer().clear().get(got);
        received.writeBytes(got);
      } else {
        isEnded = n != -Errno.EAGAIN && n != -Errno.EINTR;
      }
    }
  }

  @Override
  public void close() {
    if (fd >= 0) {
      int _ = sys.close(fd);
    }
    loop.close();
  }

  /** Reads an answer that this library wrote. */
  private static final class AnswerReader {

    private static final String END = "\r\n\r\n";

    private AnswerReader() {}

    /** The answer; null if it is not whole. */
    static @Nullable HttpAnswer read(byte[] bytes, boolean isHead, boolean isEnded) {
      String all = new String(bytes, ISO_8859_1);
      int end = all.indexOf(END);
      while (end >= 0
          && all.startsWith("HTTP/1.1 1")
          && !all.startsWith("HTTP/1.1 101")) { // an answer before the answer
        all = all.substring(end + END.length());
        end = all.indexOf(END);
      }
      if (end < 0) {
        return null;
      }
      int status = Integer.parseInt(all.substring("HTTP/1.1 ".length(), "HTTP/1.1 200".length()));
      List<HttpAnswer.Line> fields = lines(all.substring(0, end + 2));
      String rest = all.substring(end + END.length());
      if (isHead || Statuses.isBodiless(status)) {
        return new HttpAnswer(status, fields, List.of(), new byte[0]);
      }
      HttpAnswer head = new HttpAnswer(status, fields, List.of(), new byte[0]);
      String length = head.field("Content-Length");
      if (length != null) {
        int size = Integer.parseInt(length);
        return rest.length() < size
            ? null
            : new HttpAnswer(status, fields, List.of(), rest.getBytes(ISO_8859_1));
      }
      if (head.field("Transfer-Encoding") != null) {
        return chunks(head, fields, rest);
      }
      return isEnded ? new HttpAnswer(status, fields, List.of(), rest.getBytes(ISO_8859_1)) : null;
    }

    private static @Nullable HttpAnswer chunks(
        HttpAnswer head, List<HttpAnswer.Line> fields, String rest) {
      StringBuilder content = new StringBuilder();
      int at = 0;
      while (true) {
        int line = rest.indexOf("\r\n", at);
        if (line < 0) {
          return null;
        }
        int size = Integer.parseInt(rest.substring(at, line), 16);
        int from = line + 2;
        if (size == 0) {
          int end = rest.indexOf("\r\n", from) == from ? from : rest.indexOf(END, from);
          return end < 0
              ? null
              : new HttpAnswer(
                  head.status(),
                  fields,
                  lines("\r\n" + rest.substring(from, end) + "\r\n"),
                  content.toString().getBytes(ISO_8859_1));
        }
        if (rest.length() < from + size + 2) {
          return null;
        }
        content.append(rest, from, from + size);
        at = from + size + 2;
      }
    }

    /** The lines behind the first. */
    private static List<HttpAnswer.Line> lines(String text) {
      List<HttpAnswer.Line> lines = new ArrayList<>();
      String[] all = text.split("\r\n", -1);
      for (int i = 1; i < all.length; i++) {
        int colon = all[i].indexOf(':');
        if (colon > 0) {
          lines.add(
              new HttpAnswer.Line(all[i].substring(0, colon), all[i].substring(colon + 1).strip()));
        }
      }
      return lines;
    }
  }
}
