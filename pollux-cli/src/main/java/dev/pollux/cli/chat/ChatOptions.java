package dev.pollux.cli.chat;

import dev.pollux.net.ConnectionOptions;
import java.time.Duration;

/**
 * The limits of a {@link ChatRoom}.
 *
 * @param maxLineBytes how long a line may be, without its end
 * @param highWaterBytes a member that has so much to read still is too slow
 * @param maxMembers how many connections there may be
 */
public record ChatOptions(int maxLineBytes, int highWaterBytes, int maxMembers) {

  static final int MIN_LINE_BYTES = 16;
  static final int MAX_LINE_BYTES = 1 << 16; // 64 KiB
  static final int DEFAULT_LINE_BYTES = 1 << 10; // 1 KiB

  private static final int END_BYTES = 2;
  private static final int DEFAULT_HIGH_WATER_BYTES = 1 << 18; // 256 KiB
  private static final int DEFAULT_MEMBERS = 10_000;

  /** How long a member has at most to take what is left for it. */
  private static final Duration CLOSE_TIME = Duration.ofSeconds(5);

  /** How far above the watermark a queue may grow until it has been tried to send it. */
  private static final int BURST = 16;

  /** What a room does unless told otherwise. */
  public static final ChatOptions DEFAULT =
      new ChatOptions(DEFAULT_LINE_BYTES, DEFAULT_HIGH_WATER_BYTES, DEFAULT_MEMBERS);

  /** As this, with another longest line. */
  public ChatOptions withMaxLineBytes(int newMaxLineBytes) {
    return new ChatOptions(newMaxLineBytes, highWaterBytes, maxMembers);
  }

  /** As this, with another watermark. */
  public ChatOptions withHighWaterBytes(int newHighWaterBytes) {
    return new ChatOptions(maxLineBytes, newHighWaterBytes, maxMembers);
  }

  /** As this, with room for so many. */
  ChatOptions withMaxMembers(int newMaxMembers) {
    return new ChatOptions(maxLineBytes, highWaterBytes, newMaxMembers);
  }

  /** What a member's connection is like: it reads a line or two at a time. */
  public ConnectionOptions connection() {
    return ConnectionOptions.DEFAULT
        .withReadBytes(
            Math.max(ConnectionOptions.DEFAULT.readBytes() / 8, maxLineBytes + END_BYTES))
        .withReadsPerTurn(1)
        .withLowWaterBytes(highWaterBytes / 4)
        .withHighWaterBytes(highWaterBytes)
        .withMaxQueuedBytes(maxQueuedBytes())
        .withCloseTotal(CLOSE_TIME);
  }

  /** The most that may ever wait for one member. */
  public int maxQueuedBytes() {
    return highWaterBytes * BURST;
  }
}
