package dev.pollux.http.log;

/** How a line of an {@link AccessLog} looks. */
public enum AccessLogFormat {
  /** {@code ADDRESS - - [TIME] "REQUEST" STATUS BYTES}, which every tool reads. */
  COMMON,
  /** As {@link #COMMON}, and behind it the Referer and the User-Agent, each in quotes. */
  COMBINED,
  /** An object of JSON: also the duration, the host, and how the answer came to its end. */
  JSON
}
