package dev.pollux.http.proxy;

import dev.pollux.http.HttpBody;
import dev.pollux.http.HttpBodyHandler;
import dev.pollux.http.HttpException;
import dev.pollux.http.HttpFields;
import dev.pollux.http.HttpRequest;
import dev.pollux.http.HttpResponse;
import dev.pollux.http.client.ClientAnswer;
import dev.pollux.http.client.ClientCall;
import dev.pollux.http.client.ClientException;
import dev.pollux.http.client.ClientHandler;
import dev.pollux.http.client.ClientRequest;
import dev.pollux.net.Connection;
import dev.pollux.net.WriteResult;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way to a target, and the answer on its way back. Nothing is held of either but
 * a piece that was not taken.
 *
 * <p>Threads: the loop's.
 */
final class Passage implements ClientHandler, HttpBodyHandler {

  private static final String VIA = "1.1 pollux";
  private static final String MAX_FORWARDS = "max-forwards";

  private final LoopProxy proxy;
  private final HttpRequest request;
  private final HttpResponse response;
  private final HttpBody body;
  private final Set<Target> tried = new HashSet<>(2);
  private @Nullable Target target;
  private @Nullable ClientCall call;
  private @Nullable ByteBuffer upRest; // of the body, that was not taken
  private @Nullable ByteBuffer downRest; // of the answer's
  private boolean isReading; // the body
  private boolean isBodyOver;
  private boolean isAnswerOver;
  private @Nullable HttpFields trailers;

  Passage(LoopProxy proxy, HttpRequest request, HttpResponse response) {
    this.proxy = proxy;
    this.request = request;
    this.response = response;
    this.body = request.body();
  }

  void begin() {
    if (request.method().equals("CONNECT")) {
      throw new HttpException(405, "this proxy opens no tunnels");
    }
    if (isForHere()) {
      throw new HttpException(
          405, "this was to be passed on no further, and there is nothing here");
    }
    response.later().whenOver(this::answerOver);
    ask();
  }

  /** Whether the client wants to know of this proxy, and not of what is behind it. */
  private boolean isForHere() {
    return isCounted() && "0".equals(request.field(MAX_FORWARDS));
  }

  private boolean isCounted() {
    return request.method().equals("OPTIONS") || request.method().equals("TRACE");
  }

  /** What is left of the hops that a request may go, behind this one. */
  private String fewer(String said) {
    return isCounted() && said.matches("[0-9]{1,9}")
        ? String.valueOf(Integer.parseInt(said) - 1)
        : said;
  }

  /** Asks the next target. */
  private void ask() {
    Target chosen = proxy.choose(tried);
    if (chosen == null) {
      throw new IllegalStateException("all targets were tried");
    }
    boolean _ = tried.add(chosen);
    target = chosen;
    chosen.begin();
    ClientCall begun = proxy.client().send(requestTo(chosen), this);
    call = begun;
    if (body.length() != 0 && !isReading) {
      begun.whenWritable(() -> pump(begun));
    }
  }

  // ---- there

  private ClientRequest requestTo(Target chosen) {
    String query = request.query();
    String path = request.path();
    ClientRequest to = chosen.request(request.method(), query == null ? path : path + "?" + query);
    if (proxy.options().hostPolicy() == HostPolicy.CLIENT && !request.host().isEmpty()) {
      to = to.withField("Host", request.host());
    }
    HttpFields fields = request.fields();
    HopByHop here = HopByHop.of(fields);
    for (int i = 0; i < fields.count(); i++) {
      String name = fields.name(i);
      String small = name.toLowerCase(Locale.ROOT);
      if (!here.has(small) && !small.equals("host") && !ForwardedFields.has(small)) {
        String value = fields.value(i);
        boolean isCount = small.equals(MAX_FORWARDS);
        to = to.withField(name, isCount ? fewer(value) : value);
      }
    }
    to = ForwardedFields.add(to, request, proxy.options().trustedForwarding());
    to = to.withField("Via", VIA);
    String upgrade = upgrade();
    if (upgrade != null) {
      to = to.withUpgrade(upgrade);
    }
    long length = body.length();
    if (length != 0) {
      to = length < 0 ? to.withStreamedBody() : to.withStreamedBody(length);
      to = fields.has("Expect") ? to.withContinue() : to;
    }
    return to;
  }

  /** The first protocol that the client would rather speak; null if there is none. */
  private @Nullable String upgrade() {
    String said = request.field("Upgrade");
    String first = said == null ? null : said.split(",", -1)[0].strip();
    return first != null && body.length() == 0 && request.asksToSwitchTo(first) ? first : null;
  }

  /** There is room for more of the body, or never will be. */
  private void pump(ClientCall known) {
    if (!known.equals(call) || known.isOver() || !response.isOpen()) {
      return;
    }
    if (!isReading) {
      isReading = true;
      readBody();
      return;
    }
    ByteBuffer rest = upRest;
    upRest = null;
    if (rest != null) {
      send(known, rest);
    }
    if (upRest == null) {
      if (isBodyOver) {
        known.end();
      } else {
        body.resume();
      }
    }
  }

  private void readBody() {
    try {
      body.stream(this);
    } catch (Exception e) {
      request.fail(e);
    }
  }

  @Override
  public void data(ByteBuffer data) {
    ClientCall known = call;
    if (known != null && !known.isOver()) {
      send(known, data);
    }
  }

  private void send(ClientCall to, ByteBuffer data) {
    WriteResult result = to.write(data);
    if (result == WriteResult.REFUSED) {
      upRest = copy(data);
    }
    if (result == WriteResult.REFUSED || result == WriteResult.FULL) {
      body.pause();
      to.whenWritable(() -> pump(to));
    }
  }

  @Override
  public void end() {
    isBodyOver = true;
    ClientCall known = call;
    if (known != null && !known.isOver() && upRest == null) {
      known.end();
    }
  }

  // ---- back

  @Override
  public void informed(ClientCall from, int status, HttpFields fields) {
    if (status == 103 && response.isOpen() && !response.isBegun()) {
      copy(fields);
      WriteResult _ = response.inform(status);
      for (int i = 0; i < fields.count(); i++) {
        response.removeField(fields.name(i));
      }
    }
  }

  @Override
  public void answered(ClientCall from, ClientAnswer answer) {
    answeredBy();
    if (!response.isOpen()) {
      return;
    }
    var _ = response.status(answer.status());
    copy(answer.fields());
    var _ = response.addField("Via", VIA);
    long length = lengthOf(answer);
    if (length >= 0) {
      var _ = response.length(length);
    }
  }

  /** What Content-Length says, also where there is no content. */
  private long lengthOf(ClientAnswer answer) {
    String said = answer.field("Content-Length");
    boolean isHead = request.method().equals("HEAD");
    return isHead && said != null && said.matches("[0-9]{1,18}")
        ? Long.parseLong(said)
        : isHead ? -1 : answer.length();
  }

  private void copy(HttpFields fields) {
    HopByHop there = HopByHop.of(fields);
    for (int i = 0; i < fields.count(); i++) {
      String small = fields.name(i).toLowerCase(Locale.ROOT);
      if (!there.has(small) && !small.equals("date")) {
        var _ = response.addField(fields.name(i), fields.value(i));
      }
    }
  }

  @Override
  public void data(ClientCall from, ByteBuffer data) {
    if (response.isOpen()) {
      write(data);
    }
  }

  private void write(ByteBuffer data) {
    WriteResult result = response.write(data);
    if (result == WriteResult.REFUSED) {
      downRest = copy(data);
    }
    ClientCall from = call;
    if ((result == WriteResult.REFUSED || result == WriteResult.FULL) && from != null) {
      from.pause();
      response.whenWritable(this::goOn);
    }
  }

  /** The client takes more, or never will. */
  private void goOn() {
    ByteBuffer rest = downRest;
    downRest = null;
    ClientCall from = call;
    if (!response.isOpen()) {
      return;
    }
    if (rest != null) {
      write(rest);
    }
    if (downRest == null) {
      if (isAnswerOver) {
        endAnswer();
      } else if (from != null) {
        from.resume();
      }
    }
  }

  @Override
  public void ended(ClientCall from, HttpFields behind) {
    isAnswerOver = true;
    trailers = behind;
    if (response.isOpen() && downRest == null) {
      endAnswer();
    }
  }

  private void endAnswer() {
    HttpFields known = trailers;
    HopByHop there = known == null ? null : HopByHop.of(known);
    for (int i = 0; known != null && there != null && i < known.count(); i++) {
      if (!there.has(known.name(i).toLowerCase(Locale.ROOT))) {
        var _ = response.trailer(known.name(i), known.value(i));
      }
    }
    WriteResult _ = response.end();
  }

  @Override
  public void switched(ClientCall from, ClientAnswer answer, Connection connection) {
    answeredBy();
    String protocol = upgrade();
    if (!response.isOpen() || protocol == null) {
      throw new IllegalStateException("the client is gone");
    }
    copy(answer.fields());
    if (!response.switchTo(protocol, Tunnel.to(connection))) {
      connection.reset();
    }
  }

  // ---- the end

  private void answeredBy() {
    Target known = target;
    if (known != null) {
      known.answered();
    }
  }

  @Override
  public void failed(ClientCall from, ClientException failure) {
    Target known = target;
    if (!from.equals(call) || known == null) {
      return;
    }
    leave();
    BiConsumer<URI, ClientException> listener = proxy.options().failureListener();
    if (listener != null && response.isOpen()) {
      listener.accept(known.uri(), failure);
    }
    boolean isConnecting = Failures.isOfConnecting(failure.reason());
    if (isConnecting) {
      proxy.failed(known);
    }
    if (!response.isOpen()) {
      return;
    }
    boolean isTriable = isConnecting && failure.isRetrySafe() && !isReading;
    if (isTriable && tried.size() < proxy.targetCount()) {
      ask();
    } else {
      request.fail(Failures.answer(failure));
    }
  }

  /** The answer is over: complete, or lost with its connection. */
  private void answerOver() {
    ClientCall known = call;
    leave();
    if (known != null) {
      known.cancel();
    }
  }

  private void leave() {
    Target known = target;
    if (known != null) {
      known.end();
    }
    target = null;
    call = null;
    upRest = null;
    downRest = null;
  }

  private static ByteBuffer copy(ByteBuffer data) {
    return ByteBuffer.allocate(data.remaining()).put(data).flip();
  }
}
