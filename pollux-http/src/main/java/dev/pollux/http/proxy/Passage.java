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
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way to a target, and the answer on its way back. Nothing is held of either but
 * a piece that was not taken.
 *
 * <p>Threads: the loop's.
 */
final class Passage implements ClientHandler, HttpBodyHandler {

  private static final int EARLY_HINTS = 103;
  private static final int UPGRADE_REQUIRED = 426;
  private static final String VIA = "1.1 pollux";
  private static final String MAX_FORWARDS = "max-forwards";
  private static final String ALLOWED = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
  private static final String DATE = "date"; // which the server says

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
  private boolean isBodyPassed; // its end, too
  private boolean isLengthUnknown; // of the answer
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
      refuse("this proxy opens no tunnels");
      return;
    }
    if (isForHere()) {
      answerHere();
      return;
    }
    response.later().whenOver(this::answerOver);
    proxy.await(this);
  }

  /** It has waited for a look. */
  void goOnAsking() {
    if (response.isOpen()) {
      try {
        ask();
      } catch (Throwable t) {
        request.fail(t);
      }
    }
  }

  /** It has waited, and the proxy is closed. */
  void refuse() {
    if (response.isOpen()) {
      request.fail(ReverseProxy.closed());
    }
  }

  /** As whoever is asked at last does. Source: RFC 9110, 7.6.2 and 9.3.7. */
  private void answerHere() {
    if (request.method().equals("OPTIONS")) {
      var _ = response.status(204).field("Allow", ALLOWED).send();
    } else {
      refuse("this was to be passed on no further, and there is nothing here");
    }
  }

  private void refuse(String why) {
    var _ = response.status(405).field("Allow", ALLOWED);
    var _ = response.send("405 Method Not Allowed: " + why + "\n");
  }

  /** Whether the client wants to know of this proxy, and not of what is behind it. */
  private boolean isForHere() {
    return isCounted()
        && request.fields().all(MAX_FORWARDS).stream().anyMatch(left -> left.matches("0{1,9}"));
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
  void ask() {
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
    ClientRequest bare;
    try {
      bare = chosen.request(request.method(), target());
    } catch (IllegalArgumentException e) {
      throw new HttpException(400, "a target like this is not passed on");
    }
    try {
      return withBody(withFields(bare));
    } catch (IllegalArgumentException e) {
      throw new HttpException(431, "there are more fields than are passed on");
    }
  }

  /** As it came, but without a scheme and a host. Source: RFC 9112, 3.2. */
  private String target() {
    String query = request.query();
    String path = request.path();
    boolean isBare = query == null && !request.target().endsWith(path); // http://host
    boolean isOfAll = isBare && request.method().equals("OPTIONS");
    return isOfAll ? "*" : query == null ? path : path + "?" + query;
  }

  private ClientRequest withFields(ClientRequest bare) {
    ClientRequest to = bare;
    if (proxy.options().hostPolicy() == HostPolicy.CLIENT && !request.host().isEmpty()) {
      to = to.withField("Host", request.host());
    }
    HttpFields fields = request.fields();
    HopByHop here = HopByHop.of(fields);
    boolean isTrusted = proxy.options().trustedForwarding();
    for (int i = 0; i < fields.count(); i++) {
      String name = fields.name(i);
      String small = name.toLowerCase(Locale.ROOT).replace('_', '-'); // as CGI, WSGI … read it
      boolean isKept = isTrusted && name.indexOf('_') < 0;
      if (!here.has(small) && !small.equals("host") && !ForwardedFields.has(small, isKept)) {
        String value = fields.value(i);
        boolean isCount = small.equals(MAX_FORWARDS);
        to = to.withField(name, isCount ? fewer(value) : value);
      }
    }
    to = ForwardedFields.add(to, request, isTrusted).withField("Via", VIA);
    String upgrade = upgrade();
    return upgrade == null ? to : to.withUpgrade(upgrade);
  }

  private ClientRequest withBody(ClientRequest to) {
    long length = body.length();
    if (length == 0) {
      return to;
    }
    ClientRequest streamed = length < 0 ? to.withStreamedBody() : to.withStreamedBody(length);
    return request.fields().has("Expect") ? streamed.withContinue() : streamed;
  }

  /** The first protocol that the client would rather speak and may; null if there is none. */
  private @Nullable String upgrade() {
    if (body.length() == 0) {
      for (String protocol : proxy.options().upgrades()) {
        if (request.asksToSwitchTo(protocol)) {
          return protocol;
        }
      }
    }
    return null;
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
        endBody(known);
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
      endBody(known);
    }
  }

  /** Once, although who waits for room may hear of it behind the end. */
  private void endBody(ClientCall to) {
    if (!isBodyPassed) {
      isBodyPassed = true;
      to.end();
    }
  }

  // ---- back

  @Override
  public void informed(ClientCall from, int status, HttpFields fields) {
    if (status == EARLY_HINTS && response.isOpen() && !response.isBegun()) {
      List<String> added = new ArrayList<>();
      for (int i = 0; i < fields.count(); i++) {
        if (response.field(fields.name(i)) == null) { // else somebody around has said it
          added.add(fields.name(i));
        }
      }
      copy(fields, added::contains);
      WriteResult _ = response.inform(status);
      added.forEach(response::removeField);
    }
  }

  @Override
  public void answered(ClientCall from, ClientAnswer answer) {
    answeredBy();
    if (!response.isOpen()) {
      return;
    }
    var _ = response.status(answer.status());
    copy(answer.fields(), _ -> true);
    String upgrade = answer.field("Upgrade");
    if (answer.status() == UPGRADE_REQUIRED && upgrade != null) { // which says to what
      var _ = response.field("Upgrade", upgrade);
    }
    var _ = response.addField("Via", VIA);
    long length = lengthOf(answer);
    isLengthUnknown = length < 0;
    if (length >= 0) {
      var _ = response.length(length);
    }
    if (answer.length() != 0) {
      var _ = proxy.loop().schedule(0, this::beginAnswer);
    }
  }

  /** Sends the head alone, where nothing of the body came with it. */
  private void beginAnswer() {
    if (response.isOpen() && !response.isBegun()) {
      try {
        WriteResult _ = response.write(ByteBuffer.allocate(0));
      } catch (Throwable t) {
        request.fail(t);
      }
    }
  }

  /** What Content-Length says, also where there is no content. */
  private long lengthOf(ClientAnswer answer) {
    String said = answer.field("Content-Length");
    boolean isHeadAlone = request.method().equals("HEAD") || answer.status() == 304;
    return isHeadAlone && said != null && said.matches("[0-9]{1,18}")
        ? Long.parseLong(said)
        : isHeadAlone ? -1 : answer.length();
  }

  private void copy(HttpFields fields, Predicate<String> isWanted) {
    HopByHop there = HopByHop.of(fields);
    for (int i = 0; i < fields.count(); i++) {
      String small = fields.name(i).toLowerCase(Locale.ROOT);
      if (!there.has(small) && !small.equals(DATE) && isWanted.test(fields.name(i))) {
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
      try {
        endAnswer();
      } catch (Throwable t) { // trailers, which may be more than are taken
        request.fail(t);
      }
    }
  }

  private void endAnswer() {
    HttpFields known = trailers;
    HopByHop there = known == null ? null : HopByHop.of(known);
    for (int i = 0; known != null && there != null && i < known.count(); i++) {
      String small = known.name(i).toLowerCase(Locale.ROOT);
      if (!there.has(small) && !small.equals(DATE)) {
        var _ = response.trailer(known.name(i), known.value(i));
      }
    }
    if (isLengthUnknown && !response.isBegun()) { // of HEAD: or it would be said to be zero
      WriteResult _ = response.write(ByteBuffer.allocate(0));
    }
    WriteResult _ = response.end();
  }

  @Override
  public void switched(ClientCall from, ClientAnswer answer, Connection connection) {
    answeredBy();
    String protocol = upgrade();
    Target known = target;
    if (!response.isOpen() || protocol == null || known == null) {
      throw new IllegalStateException("the client is gone");
    }
    copy(answer.fields(), _ -> true);
    if (!response.switchTo(protocol, Tunnel.to(proxy, known, connection))) {
      connection.reset();
    }
  }

  // ---- the end

  private void answeredBy() {
    Target known = target;
    if (known != null) {
      proxy.answered(known);
    }
  }

  @Override
  public void failed(ClientCall from, ClientException failure) {
    Target known = target;
    if (!from.equals(call) || known == null) {
      return;
    }
    leave();
    if (response.isOpen()) {
      tell(known, failure);
    }
    boolean isConnecting = Failures.isOfConnecting(failure.reason());
    if (isConnecting) {
      proxy.failed(known, String.valueOf(failure.getMessage()));
    }
    boolean isTriable = isConnecting && failure.isRetrySafe() && !isReading;
    if (isTriable && tried.size() < proxy.targetCount()) {
      goOnAsking();
    } else if (response.isOpen()) {
      request.fail(Failures.answer(failure));
    }
  }

  private void tell(Target known, ClientException failure) {
    BiConsumer<URI, ClientException> listener = proxy.options().failureListener();
    try {
      if (listener != null) {
        listener.accept(known.place().name(), failure);
      }
    } catch (Throwable t) {
      proxy.loop().report("the failure listener of the proxy to " + known, t);
    }
  }

  /** The answer is over: complete, or lost with its connection. */
  private void answerOver() {
    ClientCall known = call;
    proxy.forget(this);
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
