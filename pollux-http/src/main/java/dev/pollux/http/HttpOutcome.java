package dev.pollux.http;

import dev.pollux.loop.EventLoop;
import dev.pollux.net.Connection;
import dev.pollux.net.FileRegion;
import dev.pollux.sys.Addresses;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Arrays;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/**
 * What became of a request. Ownership: the server's, lent to an {@link HttpObserver}. Threads: the
 * loop's.
 */
public final class HttpOutcome {

  private static final int MOST_SEEN_BYTES = 512;
  private static final int INTERNAL_ERROR = 500;
  private static final byte[] NOTHING = {};

  /** Where the JDK has no flight recorder, or nobody uses it, nothing of it is touched. */
  private static final boolean HAS_RECORDER = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

  private final Http1Exchange exchange;
  private long begunNanos; // when the head was whole; 0 if it was not
  private long contentBytes;
  private long receivedBytes;
  private boolean isHeadWritten;
  private boolean isLost; // although it was written
  private boolean isTold; // or will be
  private HttpEnd end = HttpEnd.ANSWERED; // if it is complete; or CUT
  private byte[] seen = NOTHING; // of the first line of what is not yet a request
  private @Nullable FileRegion file;
  private @Nullable HttpTrace trace; // if somebody records

  HttpOutcome(Http1Exchange exchange) {
    this.exchange = exchange;
  }

  /** Another exchange begins. */
  void begin() {
    begunNanos = 0;
    contentBytes = 0;
    receivedBytes = 0;
    isHeadWritten = false;
    isLost = false;
    isTold = false;
    end = HttpEnd.ANSWERED;
    seen = NOTHING;
    file = null;
    trace = null;
  }

  /** A head is not yet whole, or none: notes its first line, as far as it came. */
  void saw(HeadInput input) {
    if (exchange.options.observer() == null) {
      return;
    }
    byte[] bytes = input.bytes();
    int from = input.base();
    while (from < input.end() && isEndOfLine(bytes[from])) { // which may stand before a request
      from++;
    }
    int most = Math.min(input.end(), from + MOST_SEEN_BYTES);
    int to = from;
    while (to < most && !isEndOfLine(bytes[to])) {
      to++;
    }
    if (to - from != seen.length) {
      seen = Arrays.copyOfRange(bytes, from, to);
    }
  }

  private static boolean isEndOfLine(byte octet) {
    return octet == '\r' || octet == '\n';
  }

  /** Answers what is no request, or no body. */
  void refuse(int status, String problem) {
    end = HttpEnd.REFUSED;
    Refusals.answer(exchange, status, problem);
  }

  /** Answers in the place of a handler that has failed. */
  void fail() {
    end = HttpEnd.FAILED;
    Refusals.answer(exchange, INTERNAL_ERROR, "");
  }

  /** The connection is another handler's. */
  void leave() {
    end = HttpEnd.SWITCHED;
  }

  /** No more of the answer will be written. */
  void cut() {
    end = HttpEnd.CUT;
    exchange.response.lose();
  }

  void headCame() {
    begunNanos = exchange.options.observer() == null ? 0 : now(); // nobody asks
    trace = HAS_RECORDER && FlightRecorder.isInitialized() ? newTrace() : null;
  }

  /** Recording takes memory. Where there is none the exchange goes on, unseen. */
  private static @Nullable HttpTrace newTrace() {
    try {
      return HttpTrace.begin();
    } catch (Throwable _) {
      return null;
    }
  }

  /** The request can be seen, and is about to be handled. */
  void begun() {
    HttpObserver observer = exchange.options.observer();
    if (observer != null) {
      try {
        observer.begun(this);
      } catch (Throwable t) {
        exchange.report(t);
      }
    }
  }

  /** So much of the body came. */
  void received(int sizeBytes) {
    receivedBytes += sizeBytes;
  }

  /** Not the time of the turn, in which most exchanges begin and end. */
  private long now() {
    return loop().sys().nanoTime();
  }

  void wroteHead() {
    isHeadWritten = true;
  }

  void wrote(long bytes) {
    contentBytes += bytes;
  }

  void wrote(FileRegion region) {
    contentBytes += region.remaining();
    file = region;
  }

  /** Tells of it: now, or when the kernel has what waits in the connection, or will not have it. */
  void tell() {
    HttpObserver observer = exchange.options.observer();
    if (observer == null && trace == null) {
      return;
    }
    isTold = true;
    if (!isComplete() || !exchange.owner().outlet().isBusy()) {
      tellNow(observer);
      return;
    }
    exchange.queued(); // so it is used once
    if (exchange.request.isThere()) {
      exchange.request.keep();
    }
    Connection connection = exchange.connection();
    exchange
        .owner()
        .outlet()
        .whenTaken(() -> connection.whenSent((_, isSent) -> tellLater(observer, isSent)));
  }

  /** The connection is over, in the middle of a head if something of one came. */
  void tellHalf() {
    HttpObserver observer = exchange.options.observer();
    if (observer != null && !isTold && seen.length > 0) {
      isTold = true;
      tellNow(observer);
    }
  }

  private void tellLater(@Nullable HttpObserver observer, boolean isSent) {
    isLost = !isSent;
    FileRegion region = file;
    if (isLost && region != null) {
      contentBytes -= region.remaining();
    }
    tellNow(observer);
  }

  private void tellNow(@Nullable HttpObserver observer) {
    if (observer != null) {
      try {
        observer.over(this);
      } catch (Throwable t) {
        exchange.report(t);
      }
    }
    HttpTrace traced = trace;
    if (traced != null) {
      trace = null;
      try {
        traced.end(this);
      } catch (Throwable _) {
        // it is not recorded
      }
    }
  }

  /** The request; null if what came was none, or not all of its head came. */
  public @Nullable HttpRequest request() {
    HttpRequest request = exchange.request;
    return request.isThere() ? request : null;
  }

  /** Who sent it, as {@link HttpRequest#remoteAddress}; null if that is not known. */
  public @Nullable SocketAddress remoteAddress() {
    SocketAddress named = request() == null ? exchange.owner().outlet().named() : null;
    return named == null ? exchange.request.knownAddress() : named;
  }

  /**
   * Who sent it, as {@link #remoteAddress} says, without the port and the zone; "unix" if that is
   * no address of IP, "-" if it is not known. Made once for a connection.
   */
  public String client() {
    SocketAddress said = exchange.request.saidAddress();
    Outlet outlet = exchange.owner().outlet();
    boolean isOfConnection = request() == null || said == null || said.equals(outlet.named());
    return isOfConnection ? outlet.clientText() : text(said);
  }

  /** An address as {@link #client} says it. */
  static String text(@Nullable SocketAddress address) {
    if (address == null) {
      return "-";
    }
    if (!(address instanceof InetSocketAddress inet) || inet.getAddress() == null) {
      return "unix";
    }
    String text = Addresses.text(inet.getAddress());
    int zone = text.indexOf('%');
    return zone < 0 ? text : text.substring(0, zone);
  }

  /**
   * What was seen of the first line of what is no request: 512 bytes of it at most, each as a
   * character, whatever they are. Empty where there is a {@link #request}, or nothing was seen.
   */
  public String seen() {
    return request() == null ? new String(seen, StandardCharsets.ISO_8859_1) : "";
  }

  /** How it came to its end. */
  public HttpEnd end() {
    boolean isOver = isComplete() || end == HttpEnd.CUT;
    return isOver ? end : HttpEnd.LOST;
  }

  /** The status of the answer; 0 if nothing of one was sent before the connection was over. */
  public int status() {
    return isHeadWritten || isComplete() ? exchange.response.status() : 0;
  }

  /**
   * Whether all of the answer was written, and the kernel has it; the client may have less. Where
   * it is small and nothing waited before it, the kernel has it by the end of the turn, which is
   * not waited for.
   */
  public boolean isComplete() {
    return exchange.response.isComplete() && !isLost;
  }

  /**
   * How many bytes of content were written, in chunks or not, without what is around them; of a
   * file, how many the kernel has.
   */
  public long contentBytes() {
    return contentBytes;
  }

  /**
   * How many bytes of the request's content were read, without what is around them; what is passed
   * over behind the answer is not in it.
   */
  public long receivedBytes() {
    return receivedBytes;
  }

  /**
   * From the whole head to the end of the answer, when the kernel has it; 0 if the head never was
   * whole.
   */
  public long durationNanos() {
    return begunNanos == 0 ? 0 : now() - begunNanos;
  }

  /** The loop of the connection. */
  public EventLoop loop() {
    return exchange.connection().loop();
  }

  /** The clock of the server's dates. */
  public InstantSource wallClock() {
    return exchange.options.wallClock();
  }
}
