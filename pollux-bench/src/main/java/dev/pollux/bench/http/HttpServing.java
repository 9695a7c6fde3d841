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
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The process of one HTTP server: it prints {@code listening PORT}, answers each line {@code
 * allocated} with the bytes that the server's threads have allocated, or -1, and ends when its
 * standard input does. Meanwhile its first thread is blocked in a read and takes no time from the
 * server.
 */
final class HttpServing {

  static final String HELLO = "Hello, World!";
  static final String TYPE = "text/plain; charset=utf-8";

  /** Where the sum of the numbers in the query, and of that in the body, is asked for. */
  static final String SUM_PATH = "/baseline11";

  /** Where a WebSocket is asked for, which sends back what it is sent. */
  static final String SOCKET_PATH = "/ws";

  /** How many connections may wait to be accepted: more than the load opens at once. */
  static final int BACKLOG = 4096;

  private static final InstantSource CLOCK = InstantSource.system();
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private HttpServing() {}

  /** Serves by one thread until standard input ends, and ends the process. */
  static void run(int port, Thread server) throws IOException {
    run(port, () -> Allocation.of(server));
  }

  /** Serves by several threads. */
  static void run(int port) throws IOException {
    run(port, Allocation::ofAll);
  }

  private static void run(int port, Supplier<OptionalLong> allocated) throws IOException {
    System.out.println("listening " + port);
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      System.out.println(
          line.equals("allocated")
              ? String.valueOf(allocated.get().orElse(-1))
              : "not understood: " + line);
    }
    Runtime.getRuntime().halt(0); // the server's thread is in the middle of something
  }

  /** The sum of the numbers in a query and in a body. */
  static String sum(@Nullable String query, String body) {
    long sum = body.isEmpty() ? 0 : Long.parseLong(body);
    int from = query == null ? 0 : query.indexOf('=') + 1;
    while (query != null && from > 0) {
      int mark = query.indexOf('&', from);
      int to = mark < 0 ? query.length() : mark;
      sum += Long.parseLong(query, from, to, 10);
      from = query.indexOf('=', to) + 1;
    }
    return String.valueOf(sum);
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
