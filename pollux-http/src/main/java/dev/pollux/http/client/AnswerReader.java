package dev.pollux.http.client;

import dev.pollux.http.HttpFields;
import dev.pollux.http.wire.BodyDecoder;
import dev.pollux.http.wire.Inflation;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Takes the answer to one call after the other out of what a connection receives, and tells the
 * call's handler of it: what comes before the answer, its head, its body.
 *
 * <p>Threads: the loop's.
 */
final class AnswerReader implements Inflation.Sink {

  private enum Phase {
    NONE,
    HEAD,
    BODY
  }

  /** How much of a redirect's body is read, so that the connection can be kept. */
  private static final int DRAIN_BYTES = 64 << 10;

  private final ClientConnection owner;
  private final ClientOptions options;
  private final AnswerParser parser;
  private final AnswerBody body;
  private Phase phase = Phase.NONE;
  private @Nullable ClientCall call;
  private @Nullable ClientRequest redirect; // whose answer leads there
  private int drained; // of that answer
  private int informed; // of this answer
  private boolean hasBytes; // of this answer
  private boolean isLast;

  AnswerReader(ClientConnection owner, ClientOptions options) {
    this.owner = owner;
    this.options = options;
    this.parser = new AnswerParser(options.limits());
    this.body = new AnswerBody(options.limits(), this);
  }

  /** The answer to this call comes next. */
  void begin(ClientCall next) {
    call = next;
    phase = Phase.HEAD;
    redirect = null;
    informed = 0;
    hasBytes = false;
    isLast = false;
    parser.begin();
  }

  /** Nothing is awaited any more. */
  void stop() {
    phase = Phase.NONE;
    call = null;
    redirect = null;
    body.close();
  }

  boolean isInHead() {
    return phase == Phase.HEAD;
  }

  boolean isInBody() {
    return phase == Phase.BODY;
  }

  /** Whether a byte of the answer came. */
  boolean hasBytes() {
    return hasBytes;
  }

  /** Whether the connection ends with the answer. */
  boolean isLast() {
    return isLast;
  }

  /** Where the answer leads; null if it is one. */
  @Nullable ClientRequest redirect() {
    return redirect;
  }

  HttpFields trailers() {
    return body.trailers();
  }

  /** Goes on as far as it can. */
  void read(ByteBuffer data) {
    boolean goesOn = true;
    while (goesOn) {
      goesOn =
          switch (phase) {
            case HEAD -> data.hasRemaining() && readHead(data);
            case BODY -> readBody(data);
            case NONE -> false;
          };
    }
  }

  // ---- the head

  private boolean readHead(ByteBuffer data) {
    ClientCall current = call;
    if (current == null) {
      return false;
    }
    current.answering();
    hasBytes = true;
    switch (parser.parse(data)) {
      case MORE -> {
        return false;
      }
      case REFUSED -> {
        FailureReason why =
            parser.isTooLarge() ? FailureReason.TOO_LARGE : FailureReason.BAD_ANSWER;
        owner.fail(why, "the answer is none: " + parser.problem(), null);
      }
      case DONE -> headCame(current, parser.head(), data.hasRemaining());
    }
    return true;
  }

  private void headCame(ClientCall current, AnswerHead head, boolean hasMore) {
    AnswerFraming framing = AnswerFraming.of(current.request(), head);
    String problem = framing.problem();
    if (problem != null) {
      bad("the answer can be understood in two ways: " + problem);
    } else if (head.status() == 101 || framing.kind() == AnswerFraming.Kind.TUNNEL) {
      leave(current, head);
    } else if (head.status() < 200) {
      inform(current, head);
    } else {
      isLast = framing.isLast();
      Redirects.Step step = Redirects.of(current.request(), head, current.redirects(), options);
      String refused = step.problem();
      redirect = step.next();
      drained = 0;
      if (refused != null) {
        owner.fail(FailureReason.BAD_REDIRECT, refused, null);
      } else {
        beginBody(current, head, framing, hasMore);
      }
    }
  }

  private void bad(String why) {
    owner.fail(FailureReason.BAD_ANSWER, why, null);
  }

  private void leave(ClientCall current, AnswerHead head) {
    String asked = current.request().upgrade();
    boolean isTunnel = head.status() != 101;
    boolean isAgreed =
        isTunnel || (asked != null && AnswerFraming.says(head.fields(), "Upgrade", asked));
    if (isAgreed && current.upload().isComplete()) {
      owner.switched(new ClientAnswer(current.request(), head, 0, false));
    } else {
      bad("it leaves HTTP for what was not asked for");
    }
  }

  private void inform(ClientCall current, AnswerHead head) {
    informed++;
    int most = options.limits().informationalCount();
    if (informed > most) {
      owner.fail(
          FailureReason.TOO_LARGE, "there are more than " + most + " informational answers", null);
      return;
    }
    parser.begin();
    if (head.status() == 100) {
      owner.goOn();
    }
    tell(() -> current.handler().informed(current, head.status(), head.fields()));
    current.tellRoom();
  }

  // ---- the body

  private void beginBody(
      ClientCall current, AnswerHead head, AnswerFraming framing, boolean hasMore) {
    BodyDecoder decoder = redirect == null ? current.decoder(head, framing) : null;
    boolean isInflated = decoder != null;
    body.begin(framing, decoder);
    phase = Phase.BODY;
    if (redirect == null) {
      long length = isInflated ? -1 : body.isWireOver() ? 0 : framing.length();
      ClientAnswer answer = new ClientAnswer(current.request(), head, length, isInflated);
      tell(() -> current.handler().answered(current, answer));
    }
    if (phase == Phase.BODY) {
      if (!isTaking() && !body.isWireOver()) {
        owner.pause();
      }
      settle(hasMore);
    }
  }

  /** Goes a step further in the body; false if nothing more can be done with it now. */
  private boolean readBody(ByteBuffer data) {
    boolean on = false;
    if (isTaking()) {
      try {
        on = body.read(data);
      } catch (Throwable t) {
        threw(t);
        return true;
      }
      settle(data.hasRemaining());
    }
    return on;
  }

  /** The answer is over if all of its body was given. */
  private void settle(boolean hasMore) {
    if (phase == Phase.BODY && body.isDrained() && body.end() && phase == Phase.BODY) {
      owner.finish(hasMore);
    }
  }

  /** The connection sends no more. */
  void endInput() {
    if (body.inputOver()) {
      settle(false);
    } else {
      owner.fail(FailureReason.CLOSED_EARLY, "the server ended the connection within a body", null);
    }
  }

  /** Goes on with what was left while it was paused. */
  void goOn(boolean isInputOver, boolean hasMore) {
    if (!isTaking()) {
      return;
    }
    try {
      var _ = body.goOn();
    } catch (Throwable t) {
      threw(t);
    }
    if (phase == Phase.BODY && isInputOver && !hasMore) {
      endInput();
    }
    settle(hasMore);
  }

  @Override
  public boolean isTaking() {
    ClientCall current = call;
    return phase == Phase.BODY && current != null && (redirect != null || !current.isPaused());
  }

  @Override
  public void take(ByteBuffer data) {
    ClientCall current = call;
    if (redirect != null) {
      drained += data.remaining();
      if (drained > DRAIN_BYTES) {
        isLast = true;
        owner.finish(true);
      }
    } else if (phase == Phase.BODY && current != null) {
      tell(() -> current.handler().data(current, data));
    }
  }

  @Override
  public void refuse(int status, String problem) {
    boolean isTooMuch = status == 413 || status == 431;
    owner.fail(isTooMuch ? FailureReason.TOO_LARGE : FailureReason.BAD_ANSWER, problem, null);
  }

  @Override
  public void again() {
    owner.again();
  }

  /** Tells the program something; what it throws is its own failure. */
  private void tell(ClientCall.Step step) {
    try {
      step.run();
    } catch (Throwable t) {
      threw(t);
    }
  }

  private void threw(Throwable thrown) {
    owner.fail(FailureReason.HANDLER_FAILED, "the handler threw " + thrown, thrown);
  }
}
