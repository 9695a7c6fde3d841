package dev.pollux.http;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The coding of an answer's content, if there is one and it applies. Passive. */
final class AnswerCoding {

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private @Nullable ContentCoding coding;
  private boolean isBegun;

  /** Has content put into this, if it applies. */
  void set(ContentCoding newCoding) {
    coding = newCoding;
  }

  boolean isSet() {
    return coding != null;
  }

  /** The head is about to be sent, for so many bytes or -1; whether it applies. */
  boolean begin(HttpResponse response, long length) {
    ContentCoding known = coding;
    boolean isThere =
        !Statuses.isBodiless(response.status()) || response.status() == 304; // which says the same
    boolean applies = known != null && isThere && known.begin(response, length);
    isBegun = applies && !Statuses.isBodiless(response.status());
    return isBegun;
  }

  boolean isBegun() {
    return isBegun;
  }

  /** A piece as it is sent. */
  ByteBuffer encode(ByteBuffer content, boolean last) {
    ContentCoding known = coding;
    return known == null || !isBegun ? content : known.encode(content, last);
  }

  /** What is still to be sent. */
  ByteBuffer end() {
    return encode(NOTHING, true);
  }

  /** The answer is over, or begins anew. */
  void close() {
    ContentCoding known = coding;
    if (known != null) {
      coding = null;
      isBegun = false;
      known.close();
    }
  }
}
