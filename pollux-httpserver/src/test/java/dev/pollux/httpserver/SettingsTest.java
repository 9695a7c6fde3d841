package dev.pollux.httpserver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.http.HttpLimits;
import java.time.Duration;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the JDK's properties come to. */
class SettingsTest {

  private static Settings with(String... properties) {
    Properties all = new Properties();
    for (int i = 0; i < properties.length; i += 2) {
      all.setProperty(properties[i], properties[i + 1]);
    }
    return Settings.of(all, 8);
  }

  @Test
  void defaults_areTheJdks_withThoseOfPolluxWhereThatHasNone() {
    Settings settings = with();
    HttpLimits limits = settings.http().limits();
    assertEquals(200, limits.fieldCount());
    assertEquals(380 << 10, limits.fieldBytes());
    assertEquals(Duration.ofSeconds(30), limits.keepAlive());
    assertEquals(1 << 16, limits.drainBytes());
    assertEquals(HttpLimits.DEFAULT.headTime(), limits.headTime());
    assertEquals(Integer.MAX_VALUE, limits.requests());
    assertEquals(65_536, settings.maxConnections());
    assertEquals(Duration.ZERO, settings.requestTime());
    assertEquals(2, settings.loops());
  }

  @Test
  void properties_areTakenAsTheJdkTakesThem() {
    Settings settings =
        with(
            "sun.net.httpserver.idleInterval", "5",
            "sun.net.httpserver.maxReqHeaders", "7",
            "sun.net.httpserver.maxReqHeaderSize", "1000",
            "sun.net.httpserver.drainAmount", "12",
            "sun.net.httpserver.maxReqTime", "3",
            "sun.net.httpserver.maxRspTime", "4",
            "jdk.httpserver.maxConnections", "9",
            "dev.pollux.httpserver.loops", "3");
    HttpLimits limits = settings.http().limits();
    assertEquals(Duration.ofSeconds(5), limits.keepAlive());
    assertEquals(7, limits.fieldCount());
    assertEquals(1000, limits.fieldBytes());
    assertEquals(12, limits.drainBytes());
    assertEquals(Duration.ofSeconds(3), limits.headTime());
    assertEquals(Duration.ofSeconds(3), settings.requestTime());
    assertEquals(Duration.ofSeconds(4), settings.responseTime());
    assertEquals(9, settings.maxConnections());
    assertEquals(3, settings.loops());
  }

  @ParameterizedTest
  @CsvSource({"''", "x", "-1", "0", "99999999999999999999"})
  void property_thatIsNone_countsAsTheDefault(String value) {
    Settings settings =
        with(
            "sun.net.httpserver.idleInterval", value,
            "sun.net.httpserver.maxReqHeaders", value,
            "sun.net.httpserver.maxReqTime", value,
            "jdk.httpserver.maxConnections", value,
            "dev.pollux.httpserver.loops", value);
    assertEquals(with().http().limits().keepAlive(), settings.http().limits().keepAlive());
    assertEquals(200, settings.http().limits().fieldCount());
    assertEquals(Duration.ZERO, settings.requestTime());
    assertEquals(65_536, settings.maxConnections());
    assertEquals(2, settings.loops());
  }

  @ParameterizedTest
  @CsvSource({"0", "-1"})
  void fieldBytes_withoutABound_areAsManyAsThereMayBe(String value) {
    assertEquals(
        1 << 24, with("sun.net.httpserver.maxReqHeaderSize", value).http().limits().fieldBytes());
  }
}
