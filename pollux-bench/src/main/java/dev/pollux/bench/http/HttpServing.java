package dev.pollux.bench.http;

import dev.pollux.bench.echo.Allocation;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * The process of one HTTP server: it prints {@code listening PORT}, answers each line {@code
 * allocated} with the bytes that the server's thread has allocated, or -1, and ends when its
 * standard input does. Meanwhile its first thread is blocked in a read and takes no time from the
 * server.
 */
final class HttpServing {

  static final String HELLO = "Hello, World!";
  static final String TYPE = "text/plain; charset=utf-8";

  /** How many connections may wait to be accepted: more than the load opens at once. */
  static final int BACKLOG = 4096;

  private static final InstantSource CLOCK = InstantSource.system();
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private HttpServing() {}

  /** Serves until standard input ends, and ends the process. */
  static void run(int port, Thread server) throws IOException {
    System.out.println("listening " + port);
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      System.out.println(
          line.equals("allocated")
              ? String.valueOf(Allocation.of(server).orElse(-1))
              : "not understood: " + line);
    }
    Runtime.getRuntime().halt(0); // the server's thread is in the middle of something
  }

  /** The second that it is, since 1970: in another one the date is old. */
  static long second() {
    return Math.floorDiv(CLOCK.millis(), 1000L);
  }

  /** The value of the Date field in a second. */
  static String date(long second) {
    return DATE.format(Instant.ofEpochSecond(second));
  }
}
