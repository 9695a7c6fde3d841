package dev.pollux.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.pollux.http.fields.HttpDates;
import java.time.InstantSource;
import java.util.Arrays;

/**
 * How an answer begins: the line of its status, and the Date field, which is made once a second.
 * Source: RFC 9110, 5.6.7 and 6.6.1.
 *
 * <p>Threads: a loop's.
 */
final class HttpDate {

  private static final int OK = 200;

  private final InstantSource source;
  private long second = Long.MIN_VALUE;
  private byte[] line = {}; // with its end
  private byte[] ok = {}; // behind that of status 200

  HttpDate(InstantSource source) {
    this.source = source;
  }

  boolean isOf(InstantSource other) {
    return source.equals(other);
  }

  /** Puts the line of a status, and the date. */
  void put(Output out, int status) {
    long now = Math.floorDiv(source.millis(), 1000L);
    if (now != second) {
      line = ("Date: " + HttpDates.text(now) + "\r\n").getBytes(ISO_8859_1);
      ok = joined(Statuses.line(OK), line);
      second = now;
    }
    if (status == OK) {
      out.put(ok);
    } else {
      out.put(Statuses.line(status));
      out.put(line);
    }
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
