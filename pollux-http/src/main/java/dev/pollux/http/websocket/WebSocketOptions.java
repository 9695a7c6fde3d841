package dev.pollux.http.websocket;

import dev.pollux.http.wire.Tokens;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The limits and habits of WebSockets, of either end.
 *
 * <p>Immutable. Threads: any; a predicate is asked by those of all loops. Errors: each {@code with}
 * throws IllegalArgumentException for a value out of bounds. Units: a time of zero means never.
 */
public final class WebSocketOptions {

  /** What is so by default. */
  public static final WebSocketOptions DEFAULT = new WebSocketOptions(new Values());

  private static final int MAX_MESSAGE_BYTES = 1 << 30; // 1 GiB
  private static final Duration MAX_TIME = Duration.ofDays(36_500);

  private final Values values;

  private WebSocketOptions(Values values) {
    this.values = values;
  }

  // ---- limits

  /** As these, with another {@link #maxMessageBytes}: 1 to 1 GiB. */
  public WebSocketOptions withMaxMessageBytes(int maxMessageBytes) {
    int bytes = within("maxMessageBytes", maxMessageBytes, MAX_MESSAGE_BYTES);
    return with(v -> v.maxMessageBytes = bytes);
  }

  /**
   * A message that comes, all frames of it together, and after it was inflated: 1 MiB by default;
   * beyond, the WebSocket ends with {@link CloseCodes#TOO_BIG}. Memory is taken as a message comes,
   * not as it is announced.
   */
  public int maxMessageBytes() {
    return values.maxMessageBytes;
  }

  /** As these, with another {@link #maxFrames}: 1 or more. */
  public WebSocketOptions withMaxFrames(int maxFrames) {
    int count = within("maxFrames", maxFrames, Integer.MAX_VALUE);
    return with(v -> v.maxFrames = count);
  }

  /**
   * Frames of a message, empty ones too: 1,024 by default; beyond, the WebSocket ends with {@link
   * CloseCodes#POLICY_VIOLATION}.
   */
  public int maxFrames() {
    return values.maxFrames;
  }

  // ---- what is agreed on

  /**
   * As these, speaking these subprotocols, the best one first. A server takes the first that the
   * client offers, and none if there is no such; a client offers all of them.
   */
  public WebSocketOptions withSubprotocols(String... subprotocols) {
    List<String> all = List.of(subprotocols);
    for (String each : all) {
      var _ = Tokens.requireToken("a subprotocol", each);
    }
    return with(v -> v.subprotocols = all);
  }

  /** The subprotocols. By default none. */
  public List<String> subprotocols() {
    return values.subprotocols;
  }

  /** As these, taking pages of these origins, each as browsers write it, and of no other. */
  public WebSocketOptions withOrigins(String... origins) {
    List<String> all = List.of(origins);
    return withOriginsIf(all::contains);
  }

  /** As these, taking pages of the origins that a predicate takes; {@code _ -> true} is all. */
  public WebSocketOptions withOriginsIf(Predicate<String> isAllowed) {
    Objects.requireNonNull(isAllowed, "isAllowed");
    return with(v -> v.isAllowed = isAllowed);
  }

  /**
   * Whether a server takes a page of this origin; it answers 403 if not. By default those that the
   * host of the request has itself, so that no other site acts as a browser's user. Who sends no
   * origin is no browser, and is taken.
   */
  boolean takesOrigin(String origin, String host) {
    Predicate<String> known = values.isAllowed;
    return known == null ? Handshake.isOwnOrigin(origin, host) : known.test(origin);
  }

  /** As these, compressing messages if the peer does, or not. */
  public WebSocketOptions withCompression(boolean compression) {
    return with(v -> v.compression = compression);
  }

  /**
   * Whether messages are compressed, by permessage-deflate. By default not: it takes time, and says
   * something of secrets beside what an attacker chose.
   */
  public boolean compression() {
    return values.compression;
  }

  /** As these, keeping the context of compression from message to message, or not. */
  public WebSocketOptions withContextTakeover(boolean contextTakeover) {
    return with(v -> v.contextTakeover = contextTakeover);
  }

  /**
   * Whether a message may refer to those before it: small ones become smaller, and each WebSocket
   * keeps 300 KiB. By default not; broadcasts are not compressed where it is so.
   */
  public boolean contextTakeover() {
    return values.contextTakeover;
  }

  /** As these, with another {@link #compressFromBytes}: 1 or more. */
  public WebSocketOptions withCompressFromBytes(int compressFromBytes) {
    int bytes = within("compressFromBytes", compressFromBytes, Integer.MAX_VALUE);
    return with(v -> v.compressFromBytes = bytes);
  }

  /**
   * Shorter messages are not compressed: 256 bytes by default. What a group sends is for members of
   * any options, and compressed if that makes it shorter.
   */
  public int compressFromBytes() {
    return values.compressFromBytes;
  }

  // ---- time

  /**
   * As these, with another {@link #pingInterval}; zero is never: then a server ends those that are
   * silent for {@link dev.pollux.net.ServerOptions#ALL_IDLE}.
   */
  public WebSocketOptions withPingInterval(Duration pingInterval) {
    long nanos = nanos("pingInterval", pingInterval);
    return with(v -> v.pingNanos = nanos);
  }

  /** After so long a silence of the peer's it is pinged: 30 s by default. */
  public Duration pingInterval() {
    return Duration.ofNanos(values.pingNanos);
  }

  /** As these, with another {@link #pongTime}; zero is never. */
  public WebSocketOptions withPongTime(Duration pongTime) {
    long nanos = nanos("pongTime", pongTime);
    return with(v -> v.pongNanos = nanos);
  }

  /**
   * So long after a ping something must have come, else the connection is reset: 15 s by default.
   * There is no ping while messages are queued here; but what the kernels have is read before it,
   * so a peer that may be slow, and is sent much, is to be given the time for that.
   */
  public Duration pongTime() {
    return Duration.ofNanos(values.pongNanos);
  }

  /** As these, with another {@link #closeTime}; zero does not wait. */
  public WebSocketOptions withCloseTime(Duration closeTime) {
    long nanos = nanos("closeTime", closeTime);
    return with(v -> v.closeNanos = nanos);
  }

  /** So long the peer may take to answer a Close: 5 s by default; then the connection ends. */
  public Duration closeTime() {
    return Duration.ofNanos(values.closeNanos);
  }

  /** As these, telling somebody of the life of each and of its messages; nobody, for null. */
  public WebSocketOptions withObserver(@Nullable WebSocketObserver observer) {
    return with(v -> v.observer = observer);
  }

  /** Who is told of WebSockets. By default null. */
  public @Nullable WebSocketObserver observer() {
    return values.observer;
  }

  long pingNanos() {
    return values.pingNanos;
  }

  long pongNanos() {
    return values.pongNanos;
  }

  long closeNanos() {
    return values.closeNanos;
  }

  /** As these, drawing masks and keys from another source: for tests that are to be repeatable. */
  public WebSocketOptions withRandom(RandomGenerator random) {
    Objects.requireNonNull(random, "random");
    return with(v -> v.random = random);
  }

  /**
   * Where a client's masks and keys come from. By default a {@link SecureRandom}, as they are not
   * to be guessed by whoever chooses the data.
   */
  public RandomGenerator random() {
    return values.random;
  }

  @Override
  public String toString() {
    return "WebSocketOptions[maxMessageBytes="
        + maxMessageBytes()
        + ", maxFrames="
        + maxFrames()
        + ", subprotocols="
        + subprotocols()
        + ", compression="
        + compression()
        + ", contextTakeover="
        + contextTakeover()
        + ", compressFromBytes="
        + compressFromBytes()
        + ", pingInterval="
        + pingInterval()
        + ", pongTime="
        + pongTime()
        + ", closeTime="
        + closeTime()
        + "]";
  }

  private static int within(String name, int value, int most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException(name + ": " + value + " is not within 1 and " + most);
    }
    return value;
  }

  private static long nanos(String name, Duration value) {
    if (value.isNegative() || value.compareTo(MAX_TIME) > 0) {
      throw new IllegalArgumentException(
          name + ": " + value + " is not within zero and " + MAX_TIME);
    }
    return value.toNanos();
  }

  private WebSocketOptions with(Consumer<Values> change) {
    Values copy = values.copy();
    change.accept(copy);
    return new WebSocketOptions(copy);
  }

  /** The values, and what they are by default. Written only by who has the sole copy. */
  private static final class Values implements Cloneable {
    int maxMessageBytes = 1 << 20; // 1 MiB
    int maxFrames = 1024;
    List<String> subprotocols = List.of();
    @Nullable Predicate<String> isAllowed;
    boolean compression;
    boolean contextTakeover;
    int compressFromBytes = 256;
    long pingNanos = 30_000_000_000L; // 30 s
    long pongNanos = 15_000_000_000L; // 15 s
    long closeNanos = 5_000_000_000L; // 5 s
    RandomGenerator random = new SecureRandom();
    @Nullable WebSocketObserver observer;

    /** By clone, which forgets no value. */
    Values copy() {
      try {
        return (Values) clone();
      } catch (CloneNotSupportedException e) {
        throw new AssertionError(e);
      }
    }
  }
}
