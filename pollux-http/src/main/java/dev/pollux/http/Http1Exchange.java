package dev.pollux.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.pollux.http.wire.ChunkParser;
import dev.pollux.loop.Threads;
import dev.pollux.net.CloseCause;
import dev.pollux.net.CloseReason;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.FileRegion;
import dev.pollux.net.Payload;
import dev.pollux.net.WriteResult;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A request of HTTP/1 and its answer: how an answer is framed is decided here. Where it stands in
 * the stream of its connection is known to {@link Http1Connection}.
 *
 * <p>Used for one request after the other, of whatever connection, as long as each is answered
 * within its handler; one whose answer comes later is used once.
 *
 * <p>Threads: the loop's. Source: RFC 9112, 6, 7 and 9; RFC 9110, 6.6.1, 10.1.1.
 */
final class Http1Exchange extends Exchange {

  private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(ISO_8859_1);
  private static final byte[] CLOSE = "Connection: close\r\n".getBytes(ISO_8859_1);
  private static final byte[] STAY = "Connection: keep-alive\r\n".getBytes(ISO_8859_1);
  private static final byte[] SWITCH = "Connection: upgrade\r\n".getBytes(ISO_8859_1);
  private static final byte[] CHUNKED = "Transfer-Encoding: chunked\r\n".getBytes(ISO_8859_1);
  private static final byte[] LAST_CHUNK = "0\r\n".getBytes(ISO_8859_1);

  /** What is shorter is copied behind its head, and leaves with it. */
  private static final int SHORT_BYTES = 1 << 14; // 16 KiB

  private static final int OWN_LINES_BYTES = 512; // with the name of the server
  private static final int CHUNK_BYTES = 24; // around the data

  final HeadParser head;
  final HttpOptions options;
  private final HttpLimits limits;
  private @Nullable Http1Connection owner;
  private @Nullable ChunkParser chunks;
  private boolean isChunked; // the body
  private long left; // of the body
  private boolean isContinued; // or need not be
  private boolean isLast;
  private boolean isRefusedHead; // a HEAD that is no request
  private boolean isEncoded; // the answer, in chunks
  final HttpOutcome outcome = new HttpOutcome(this);

  Http1Exchange(HttpOptions options) {
    this.options = options;
    this.limits = options.limits();
    this.head = new HeadParser(limits.withBodyBytes(Long.MAX_VALUE), options);
    detach();
  }

  /** Nobody uses it. */
  void detach() {
    owner = null;
    request.clear();
    body.begin(0);
    response.begin();
    response.lose(); // for whoever has kept it
  }

  /** A connection has it for its next request. */
  void attach(Http1Connection connection) {
    owner = connection;
    head.begin();
    response.begin();
    isLast = false;
    isRefusedHead = false;
    isContinued = true;
    outcome.begin();
  }

  /** The head is whole. */
  void begin(byte[] in, int base) {
    Framing framing = head.framing();
    outcome.headCame();
    request.show(in, base, head);
    SocketAddress named = owner().outlet().named();
    if (named != null) {
      request.setRemoteAddress(named);
    }
    isChunked = framing.isChunked();
    left = framing.bodyBytes();
    if (left != 0) {
      body.begin(left);
    }
    if (isChunked) {
      chunks().begin();
    }
    isContinued = !framing.expectsContinue();
    boolean stays = request.isHttp10() && framing.asksToStay() && options.keepAliveOfHttp10();
    isLast = framing.isLast() && !stays;
    outcome.begun();
  }

  private ChunkParser chunks() {
    ChunkParser known = chunks;
    if (known == null) {
      known = limits.chunkParser(Long.MAX_VALUE);
      chunks = known;
    }
    return known;
  }

  /** Whether these are its options. */
  boolean isFor(HttpOptions others) {
    return options.equals(others);
  }

  /** The head is whole; or not yet, or none, as far as it was read. */
  void looked(HeadInput input, boolean isWhole) {
    if (!isWhole) {
      isRefusedHead = head.isHead(input.bytes(), input.base());
      outcome.saw(input);
    }
  }

  Http1Connection owner() {
    return Objects.requireNonNull(owner, "no connection");
  }

  @Override
  Connection connection() {
    return owner().connection();
  }

  @Override
  HttpLimits limits() {
    return limits;
  }

  @Override
  long client() {
    return owner().outlet().client();
  }

  @Override
  Threads threads() {
    return connection().loop().options().threads();
  }

  @Override
  boolean offer(Runnable task) {
    return connection().loop().offer(task);
  }

  @Override
  boolean isClosed() {
    return connection().loop().isClosed();
  }

  @Override
  boolean isFinishing() {
    return owner().isFinishing();
  }

  @Override
  boolean inLoop() {
    return connection().loop().inLoop();
  }

  @Override
  void requireInLoop(String call) {
    Http1Connection known = owner;
    if (known == null) {
      throw new IllegalStateException(call + ": there is no request any more");
    }
    known.connection().loop().requireInLoop(call);
  }

  @Override
  String text(byte[] in, int from, int to) {
    return owner().loop.word(in, from, to);
  }

  // ---- the body

  /** Whether all of the body was read off the wire. */
  boolean isBodyOver() {
    return isChunked ? body.isWireOver() : left == 0;
  }

  /** How much of the body is known to come; 0 if it is over, or not known. */
  long knownLeft() {
    return isChunked ? 0 : left;
  }

  /** Takes what is there of the body; whether it went on. */
  boolean readBody(ByteBuffer data) throws Exception {
    return isChunked ? readChunks(data) : readLength(data);
  }

  private boolean readLength(ByteBuffer data) throws Exception {
    int count = (int) Math.min(left, data.remaining());
    if (count == 0) {
      return false;
    }
    left -= count;
    outcome.received(count);
    body.give(data, count);
    if (left == 0 && !owner().isOver()) {
      body.end(null);
    }
    return true;
  }

  private boolean readChunks(ByteBuffer data) throws Exception {
    ChunkParser parser = chunks();
    switch (parser.parse(data)) {
      case MORE -> {
        return false;
      }
      case DATA -> {
        int count = (int) Math.min(parser.left(), data.remaining());
        parser.took(count);
        outcome.received(count);
        body.give(data, count);
      }
      case DONE -> body.end(parser);
      case REFUSED -> refuse(parser.status(), String.valueOf(parser.problem()));
    }
    return true;
  }

  @Override
  void soon(Runnable task) {
    queued();
    var _ = connection().loop().schedule(0, () -> owner().call(this, task));
  }

  @Override
  void later() {
    owner().later(this);
  }

  @Override
  void bodyWanted() {
    if (!isContinued && body.isWanted() && !response.isBegun()) {
      isContinued = true;
      if (!owner().hasMore()) { // else it does not wait for this
        claim(CONTINUE.length).put(CONTINUE);
      }
    }
    owner().settleLater();
  }

  @Override
  void refuse(int status, String problem) {
    owner().refuse(this, status, problem);
  }

  @Override
  void failed(Throwable thrown) {
    owner().failed(this, thrown);
  }

  @Override
  void report(Throwable thrown) {
    Connection connection = connection();
    try {
      connection.options().observer().failed(connection, "the handler of " + request, thrown);
    } catch (Throwable t) {
      connection.loop().report("the observer of " + connection, t);
    }
  }

  @Override
  void abort(Throwable why) {
    owner().broken(CloseCause.of(CloseReason.HANDLER_FAILED, why));
  }

  /** The connection ends with this. */
  void setLast() {
    isLast = true;
  }

  boolean isLast() {
    return isLast;
  }

  /** The answer is over. */
  void over() {
    outcome.tell();
    response.tellOver();
  }

  // ---- the answer

  @Override
  WriteResult send(ByteBuffer content, long length) {
    int size = content.remaining();
    writeHead(length, null, size <= SHORT_BYTES ? size : 0, true);
    outcome.wrote(hasContent() ? size : 0);
    return hasContent() ? sendContent(content) : sent();
  }

  @Override
  WriteResult send(HttpContent content) {
    int size = hasContent() ? content.sizeBytes() : 0;
    boolean isShort = size <= SHORT_BYTES;
    writeHead(content.sizeBytes(), content, isShort ? size : 0, true);
    outcome.wrote(size);
    return isShort ? sent() : sendContent(content.buffer());
  }

  private WriteResult sendContent(ByteBuffer content) {
    writeContent(content);
    return sent();
  }

  @Override
  WriteResult send(FileRegion content) {
    writeHead(content.remaining(), null, 0, true);
    if (hasContent()) {
      outcome.wrote(content);
      owner().outlet().write(content);
    } else {
      content.close();
    }
    return sent();
  }

  private WriteResult sent() {
    return owner().completed(this);
  }

  /** Whether the content is sent, where there is some. */
  private boolean hasContent() {
    return !request.isHead() && !isRefusedHead && !request.isBodiless(response.status());
  }

  @Override
  void begin(long length) {
    writeHead(length, null, 0, false);
  }

  @Override
  boolean isChunked() {
    return isEncoded;
  }

  @Override
  boolean hasRoom(int sizeBytes) {
    return !hasContent() || owner().outlet().hasRoom(sizeBytes + CHUNK_BYTES);
  }

  @Override
  WriteResult write(ByteBuffer content) {
    if (!hasContent() || !content.hasRemaining()) { // an empty chunk would be the end
      var _ = content.position(content.limit());
      return owner().wrote();
    }
    outcome.wrote(content.remaining());
    if (isEncoded) {
      Output out = claim(CHUNK_BYTES);
      out.putNumber(content.remaining(), 16);
      out.putEnd();
    }
    writeContent(content);
    if (isEncoded) {
      claim(2).putEnd();
    }
    return owner().wrote();
  }

  @Override
  WriteResult write(Payload framed, int contentBytes) {
    if (!hasContent()) {
      return owner().wrote();
    }
    WriteResult result = owner().outlet().write(framed);
    outcome.wrote(result.isTaken() ? contentBytes : 0);
    return result;
  }

  private void writeContent(ByteBuffer content) {
    if (content.remaining() <= SHORT_BYTES) {
      claim(content.remaining()).put(content);
    } else {
      owner().outlet().write(content);
    }
  }

  @Override
  WriteResult end() {
    if (isEncoded && hasContent()) {
      Lines lines = response.trailers;
      Output out = claim(lines.sizeBytes() + CHUNK_BYTES);
      out.put(LAST_CHUNK);
      out.put(lines);
      out.putEnd();
    }
    return sent();
  }

  @Override
  WriteResult inform(int status) {
    if (request.isHttp10()) { // which knows of none
      return owner().wrote();
    }
    Lines lines = response.lines;
    Output out = claim(lines.sizeBytes() + OWN_LINES_BYTES);
    out.put(Statuses.line(status));
    out.put(lines);
    out.putEnd();
    return owner().wrote();
  }

  @Override
  void switchTo(ConnectionHandler next) {
    Lines lines = response.lines;
    Output out = claim(lines.sizeBytes() + OWN_LINES_BYTES);
    owner().loop.date(options).put(out, response.status());
    out.put(lines);
    if (response.status() == 101) {
      out.put(SWITCH);
    }
    out.putEnd();
    outcome.leave();
    owner().switchTo(this, next);
  }

  @Override
  boolean isWritable() {
    return owner().outlet().isWritable();
  }

  @Override
  boolean isRoomAwaited() {
    return owner().outlet().isRoomAwaited();
  }

  /**
   * The head, and room behind it for so many bytes, where those of the content are put if it is
   * known; whether the answer is complete with them.
   */
  private void writeHead(long length, @Nullable HttpContent content, int ahead, boolean isWhole) {
    isLast |= response.isLast() || owner().isEnding() || !isReusable(isWhole);
    isLast |= request.opensTunnel(response.status()); // which nobody is in
    boolean isBodiless = request.isBodiless(response.status());
    isEncoded = length < 0 && !request.isHttp10() && !isBodiless;
    boolean isOpenEnded = length < 0 && !isEncoded;
    isLast |= isOpenEnded && hasContent();
    Lines lines = response.lines;
    int described = content == null ? 0 : content.headBytes();
    int fieldBytes = lines.sizeBytes() + described;
    Output out = claim(OWN_LINES_BYTES + fieldBytes + ahead);
    owner().loop.date(options).put(out, response.status());
    outcome.wroteHead();
    String serverName = options.serverName();
    if (serverName != null && lines.first("Server") == null) {
      out.putLine("Server", serverName);
    }
    out.put(lines);
    if (lines.hasUpgrade()) {
      out.put(SWITCH);
    }
    if (isLast) {
      out.put(CLOSE);
    } else if (request.isHttp10()) {
      out.put(STAY);
    }
    if (content != null && !isBodiless) {
      out.put(content.all(), content.headBytes() + ahead);
      return;
    }
    if (isEncoded && hasContent()) { // to HEAD that need not be said
      out.put(CHUNKED);
    } else if (length >= 0 && (!isBodiless || response.status() == 304)) {
      out.put("Content-Length: ");
      out.putNumber(length, 10);
      out.putEnd();
    }
    out.putEnd();
  }

  /** Whether the connection can be used again, as far as the rest of the body is known. */
  private boolean isReusable(boolean isWhole) {
    boolean goesOn = body.isReadOn() && !isWhole;
    return isContinued && (goesOn || knownLeft() <= limits.drainBytes());
  }

  /** Room for so many bytes. */
  private Output claim(int atMostBytes) {
    return owner().outlet().claim(atMostBytes);
  }
}
