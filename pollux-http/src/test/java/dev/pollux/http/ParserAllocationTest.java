package dev.pollux.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import dev.pollux.http.wire.ChunkParser;
import dev.pollux.http.wire.FieldParser;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** A request costs no object: bytes allocated by the thread over 20,000 of them. */
class ParserAllocationTest {

  private static final int REQUESTS = 20_000;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final byte[] HEAD =
      """
      POST /path?a=b HTTP/1.1
      Host: localhost:8080
      User-Agent: test
      Accept: */*
      Connection: keep-alive
      Transfer-Encoding: chunked

      """
          .replace("\n", "\r\n")
          .getBytes(ISO_8859_1);
  private static final byte[] BODY = "5;a=b\r\nhello\r\n0\r\n\r\n".getBytes(ISO_8859_1);

  private final HeadParser head = new HeadParser(HttpLimits.DEFAULT);
  private final ChunkParser chunks = HttpLimits.DEFAULT.chunkParser(Long.MAX_VALUE);
  private final ByteBuffer body = ByteBuffer.wrap(BODY);
  private long bytes;

  private void parse(int pieces) {
    head.begin();
    int piece = HEAD.length / pieces;
    FieldParser.Result result = FieldParser.Result.MORE;
    for (int end = piece; result == FieldParser.Result.MORE; end += piece) {
      result = head.parse(HEAD, 0, Math.min(end, HEAD.length));
    }
    chunks.begin();
    body.clear();
    while (chunks.parse(body) == ChunkParser.Result.DATA) {
      int count = (int) chunks.left();
      body.position(body.position() + count);
      chunks.took(count);
      bytes += count;
    }
  }

  @Test
  void requests_allocateNothing() {
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 10 && least > 0; round++) { // until it is compiled
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < REQUESTS; i++) {
        parse(1 + i % 7);
      }
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
    assertEquals(0, least);
    assertEquals(0, bytes % (5L * REQUESTS));
    assertEquals(FieldParser.Result.DONE, head.parse(HEAD, 0, HEAD.length));
  }
}
