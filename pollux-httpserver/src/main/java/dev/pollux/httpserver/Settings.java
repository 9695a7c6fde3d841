package dev.pollux.httpserver;

import dev.pollux.http.HttpLimits;
import dev.pollux.http.HttpOptions;
import java.time.Duration;
import java.util.Properties;

/**
 * What the JDK's system properties say, and those of this module; as they are when a server is
 * made. A value that is no number, or out of its bounds, counts as the default.
 *
 * @param http how requests are taken
 * @param maxConnections how many connections a server has
 * @param requestTime how long a request may take to come; zero is for ever
 * @param responseTime how long an answer may take from then on; zero is for ever
 * @param loops how many loops a server has
 */
record Settings(
    HttpOptions http, int maxConnections, Duration requestTime, Duration responseTime, int loops) {

  private static final String PREFIX = "sun.net.httpserver.";
  private static final String OWN = "dev.pollux.httpserver.";
  private static final int MAX_LOOPS = 1_024;
  private static final int MAX_CONNECTIONS = 1 << 16; // the JDK has no bound
  private static final int CORES_PER_LOOP = 4; // the others run handlers

  /** As the properties of the virtual machine say. */
  static Settings current() {
    return of(System.getProperties(), Runtime.getRuntime().availableProcessors());
  }

  static Settings of(Properties properties, int cores) {
    Reader reader = new Reader(properties);
    int drainBytes = (int) reader.number(PREFIX + "drainAmount", 1 << 16, 0, 1 << 30);
    long idleSeconds = reader.number(PREFIX + "idleInterval", 30, 1, Integer.MAX_VALUE);
    Duration requestTime = seconds(reader, "maxReqTime");
    HttpLimits limits =
        HttpLimits.DEFAULT
            .withFieldCount((int) reader.number(PREFIX + "maxReqHeaders", 200, 1, 1 << 16))
            .withFieldBytes(fieldBytes(reader))
            .withRequestLineBytes(1 << 16)
            .withDrainBytes(drainBytes)
            .withKeepAlive(Duration.ofSeconds(idleSeconds))
            .withRequests(Integer.MAX_VALUE)
            .withHeadTime(headTime(reader))
            .withBodyBytesPerSecond(
                (int) reader.number(OWN + "bodyBytesPerSecond", 1 << 10, 0, 1 << 30));
    if (!requestTime.isZero() && requestTime.compareTo(limits.headTime()) < 0) {
      limits = limits.withHeadTime(requestTime);
    }
    HttpOptions http =
        HttpOptions.DEFAULT
            .withLimits(limits)
            .withKeepAliveOfHttp10(true)
            .withMissingHost(true)
            .withLooseTargets(true);
    int loops = Math.clamp(cores / CORES_PER_LOOP, 1, MAX_LOOPS);
    return new Settings(
        http,
        (int) reader.number("jdk.httpserver.maxConnections", MAX_CONNECTIONS, 1, Integer.MAX_VALUE),
        requestTime,
        seconds(reader, "maxRspTime"),
        (int) reader.number(PolluxHttpServerProvider.LOOPS, loops, 1, MAX_LOOPS));
  }

  /** The lines of all fields; the JDK counts 32 bytes more for each. */
  private static int fieldBytes(Reader reader) {
    int most = 1 << 24;
    long said = reader.number(PREFIX + "maxReqHeaderSize", 380 << 10, Integer.MIN_VALUE, most);
    return said <= 0 ? most : (int) Math.max(16, said);
  }

  /** Zero is for ever. */
  private static Duration headTime(Reader reader) {
    long seconds = reader.number(OWN + "headSeconds", 10, 0, Integer.MAX_VALUE);
    return Duration.ofSeconds(seconds == 0 ? Integer.MAX_VALUE : seconds);
  }

  private static Duration seconds(Reader reader, String name) {
    return Duration.ofSeconds(reader.number(PREFIX + name, 0, 1, Integer.MAX_VALUE));
  }

  /** Numbers out of properties. */
  private record Reader(Properties properties) {

    long number(String name, long otherwise, long least, long most) {
      String text = properties.getProperty(name);
      if (text == null) {
        return otherwise;
      }
      try {
        long value = Long.decode(text.strip());
        return value < least || value > most ? otherwise : value;
      } catch (NumberFormatException e) {
        return otherwise;
      }
    }
  }
}
