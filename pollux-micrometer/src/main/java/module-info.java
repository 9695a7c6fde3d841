/**
 * Figures of loops, servers and HTTP as Micrometer's meters. Start with {@link
 * dev.pollux.micrometer.PolluxHttpMetrics}.
 */
module dev.pollux.micrometer {
  requires transitive dev.pollux.http;
  requires transitive micrometer.core;
  requires static org.jspecify; // for the compiler: who uses Pollux needs none of it

  exports dev.pollux.micrometer;
}
