package dev.pollux.http.wire;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Inflates a body that is in a coding, as many bytes at a time as there are.
 *
 * <p>Ownership: may hold native memory until it is closed. Passive.
 */
public sealed interface BodyDecoder extends AutoCloseable permits GzipDecoder, DeflateDecoder {

  /** What comes next. */
  enum Result {
    /** Nothing that is there by now. */
    MORE,
    /** There is no room left for what comes out. */
    FULL,
    /** The body is over. */
    DONE,
    /** This is no such coding, or too much: {@link #status} and {@link #problem} say why. */
    REFUSED
  }

  /** Inflates what has come, up to its end or that of the room for it. Never says DONE. */
  Result decode(ByteBuffer in, ByteBuffer out);

  /** There is no more to come: DONE, or the body is not whole and REFUSED. */
  Result end();

  /** How a refusal is answered: 413 if it is too much. */
  int status();

  /** Why it is refused. */
  @Nullable String problem();

  /** Gives the native memory back. */
  @Override
  void close();
}
